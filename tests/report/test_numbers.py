"""How numbers, intervals and columns of numbers are written."""

from pipeline.report.document import ReportColumn, table
from pipeline.report.numbers import Numbers, Unit, Value

VALUES = ReportColumn("人数", lambda value: value)


def test_numbers_are_written_in_each_languages_habit():
    zh, en = Numbers("zh"), Numbers("en")
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
    zh, en = Numbers("zh"), Numbers("en")
    assert (zh.interval(9_400, 12_000), en.interval(940_000, 1_090_000)) == ("9,400—12,000", "940,000–1,090,000")
    assert (zh.interval(12_000, 130_000), en.interval(1e6, 3e6)) == ("1.2—13.0万", "1.00–3.00 million")
    assert zh.ranged(Value(61_000, 9_000, 90_000)) == "61,000（9,000—90,000）"
    assert zh.interval(69e6, 683e6, Unit(1e8, "亿")) == "0.69—6.83亿", "no more decimals than the other end"
    assert zh.interval(9e6, 45.8e8, Unit(1e8, "亿")) == "0.09—45.8亿", "but never nothing"
    assert zh.ranged(Value(280_000, 89_000, 541_000)) == "28.0万（8.9—54.1万）"
    assert zh.interval(-200, 300) == "−200至300"
    assert zh.ranged(Value(5, 5, 5)) == "5"


def test_a_number_that_is_not_known_is_a_dash():
    for numbers in (Numbers("zh"), Numbers("en")):
        blank = float("nan")
        written = [numbers.exact(blank), numbers.percent(blank), numbers.signed_percent(blank), numbers.estimate(blank)]
        assert written == ["—"] * 4


def test_a_column_has_one_unit_where_all_of_it_reaches_one():
    def heads(values):
        made = table(Numbers("zh"), "", values, [ReportColumn("人数", lambda value: value)])
        return made.heads[0], ["".join(span.text for span in row.cells[0]) for row in made.rows]

    assert heads([120_000.0, 34_000.0, None]) == ("人数（万）", ["12.0", "3.40", "—"])
    assert heads([120_000.0, 3_400.0]) == ("人数", ["120,000", "3,400"])
    counted = table(Numbers("zh"), "", [Value(12_072_684), Value(15_600_000, 15_100_000, 16_100_000)], [VALUES])
    assert [row.cells[0][0].text for row in counted.rows] == ["1,207.2684", "1,560 "], "a count keeps its digits"
    assert heads([120_000.0, 0.0]) == ("人数（万）", ["12.0", "0"])
