"""Cards of the first screen: verdicts and grades of evidence."""

import pytest
from report_case import of_plan

from pipeline.report.facts import SharedFacts
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.sections import cards


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_grades_c_and_d_say_is_no_verdict(drawn: SharedFacts, language: Language) -> None:
    context = of_plan(drawn, language)
    verdicts = [context.words(f"verdict.{name}") for name in ("likely_met", "likely_missed", "met")]
    for name, row in context.plan.headline.items():
        text, tone = cards.standing(context, row)
        assert (tone == "open") == (row["grade"] in ("C", "D")), name
        if tone == "open":
            assert not any(verdict in "".join(span.text for span in text) for verdict in verdicts), name
            assert not any(span.mark == "strong" for span in text)
