"""The message catalogue."""

import pytest
from report_case import NUMBER_OF_PLANS

from pipeline.report.wording import MissingMessage, Words, load_messages, packaged_messages


def test_a_missing_key_or_value_is_named():
    words = Words("en")
    with pytest.raises(MissingMessage, match=r"no message for the key lead\.nonsense"):
        words("lead.nonsense")
    with pytest.raises(MissingMessage, match=r"card\.target asks for amount"):
        words("card.target", year="2025")
    with pytest.raises(MissingMessage, match="greeting: no text in language en"):
        load_messages({"a.yaml": 'greeting: {zh: "甲"}'})
    with pytest.raises(MissingMessage, match=r"greeting: \{name\} stands in one language only"):
        load_messages({"a.yaml": 'greeting: {zh: "甲{name}", en: "a"}'})
    with pytest.raises(MissingMessage, match=r"b\.yaml, greeting: the key stands in another file too"):
        load_messages(dict.fromkeys(("a.yaml", "b.yaml"), 'greeting: {zh: "甲", en: "a"}'))


def test_no_message_counts_plans():
    """The catalogue says how many there are, and a sentence would be of those of one day."""
    for key, message in packaged_messages().items():
        for text in message.values():
            assert not NUMBER_OF_PLANS.search(text), key
