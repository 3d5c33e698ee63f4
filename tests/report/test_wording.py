import pytest
from report_case import NUMBER_OF_PLANS

from pipeline.report.document import ReportColumn, table
from pipeline.report.wording import MissingMessage, Unit, Value, Words, load_messages, packaged_messages

COLUMN = [ReportColumn("人数", lambda value: value)]


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


def test_numbers_are_written_in_each_languages_habit():
    zh, en = Words("zh"), Words("en")
    assert (zh.exact(862656), en.exact(862656)) == ("862,656", "862,656")
    assert (zh.estimate(862656), en.estimate(862656)) == ("86.3万", "863,000")
    assert (zh.estimate(264018218), en.estimate(264018218)) == ("2.64亿", "264 million")
    assert (zh.signed(-98447.1), en.signed(12.4)) == ("−98,447", "+12")
    assert (zh.percent(0.57312), zh.percent(0.27), en.signed_percent(-0.0004)) == ("57.3%", "27.0%", "0.0%")
    assert (zh.date("2020-11-01"), en.date("2020-11-01")) == ("2020年11月1日", "1 November 2020")
    assert (zh.date("2019-09"), en.date("2019-09"), zh.date("2023")) == ("2019年9月", "September 2019", "2023年")
    assert (zh.listed(["甲", "乙", "丙"]), en.listed(["a", "b", "c"])) == ("甲、乙、丙", "a, b and c")
    assert en.exact(-0.4) == "0"
    assert zh.chance(0.0) == "低于0.1%"


def test_the_ends_of_an_interval_have_one_unit():
    zh, en = Words("zh"), Words("en")
    assert (zh.interval(9_400, 12_000), en.interval(940_000, 1_090_000)) == ("9,400—12,000", "940,000–1,090,000")
    assert (zh.interval(12_000, 130_000), en.interval(1e6, 3e6)) == ("1.2—13.0万", "1.00–3.00 million")
    assert zh.ranged(Value(61_000, 9_000, 90_000)) == "61,000（9,000—90,000）"
    assert zh.interval(69e6, 683e6, Unit(1e8, "亿")) == "0.69—6.83亿", "no more decimals than the other end"
    assert zh.interval(9e6, 45.8e8, Unit(1e8, "亿")) == "0.09—45.8亿", "but never nothing"
    assert zh.ranged(Value(280_000, 89_000, 541_000)) == "28.0万（8.9—54.1万）"
    assert zh.interval(-200, 300) == "−200至300"
    assert zh.ranged(Value(5, 5, 5)) == "5"


def test_a_number_that_is_not_known_is_a_dash():
    for words in (Words("zh"), Words("en")):
        blank = float("nan")
        written = [words.exact(blank), words.percent(blank), words.signed_percent(blank), words.estimate(blank)]
        assert written == ["—"] * 4


def test_a_column_has_one_unit_where_all_of_it_reaches_one():
    def heads(values):
        made = table(Words("zh"), "", values, COLUMN)
        return made.heads[0], [row.cells[0][0].text for row in made.rows]

    assert heads([120_000.0, 34_000.0, None]) == ("人数（万）", ["12.0", "3.40", "—"])
    assert heads([120_000.0, 3_400.0]) == ("人数", ["120,000", "3,400"])
    counted = [Value(12_072_684), Value(15_600_000, 15_100_000, 16_100_000)]
    assert heads(counted) == ("人数（万）", ["1,207.2684", "1,560 "]), "a count keeps its digits"
    assert heads([120_000.0, 0.0]) == ("人数（万）", ["12.0", "0"])
