"""Variants of the tables under data/raw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.inputs.census_tables import CENSUS_CITY, CENSUS_PROVINCE
from pipeline.inputs.declarations import RAW_FILES
from pipeline.schemas import Table

from .printed import printed_tables
from .rules import (
    Variant,
    at,
    column_doubled,
    column_lost,
    columns_swapped,
    copied,
    line_edit,
    of_any_file,
    of_bytes,
    of_rows,
    of_text,
    put,
    row_edit,
    scaled,
    without,
)

CHINA = "data/raw/census/provinces/china.csv"
HENAN = "data/raw/census/provinces/henan.csv"
XUCHANG = "data/raw/census/cities/xuchang.csv"
RAW = "data/raw/"
WPP = "data/raw/wpp2024/"
KINDS: dict[str, Table] = {CHINA: CENSUS_PROVINCE, HENAN: CENSUS_PROVINCE, XUCHANG: CENSUS_CITY, **RAW_FILES}
LARGE = {RAW + "prefectures.csv", RAW + "wpp2012.csv", WPP + "net_migration.csv", RAW + "wpp2022_population.csv"}
"""Files of thousands of rows: fewer variants that need all of them read."""

ROWS = dict.fromkeys(KINDS, 7) | {RAW + "dementia.csv": 4, RAW + "national_goals.csv": 3}
"""The row that most rules break."""

THOROUGH = {HENAN, XUCHANG, RAW + "care_figures.csv", RAW + "staffing.csv", WPP + "life_expectancy.csv"}
"""Files of each sort (census, figures, parameters, UN) that all rules break; the others share their reader."""


def _cut(content: bytes) -> bytes:
    """The file ends in the middle of a row."""
    last = content.rindex(b"\n", 0, len(content) - 1) + 1
    return content[: content.index(b",", last) + 1]


def of_any_table(file: str, table: Table) -> Iterator[Variant]:
    """What can befall any table: its bytes, its header, its rows, the cells of its first number."""
    for variant in of_any_file(file, thorough=file in THOROUGH):
        by_its_region = "/census/" in file and variant.name in ("missing", "a folder")
        yield replace(variant, told="expected a file that exists") if by_its_region else variant
    names = table.names
    width = len(names)
    ROW = ROWS[file]
    number = next(c for c in table.columns if c.kind in ("integer", "number") and c.name not in ("year", "age"))
    cell = f"row {ROW}, column {number.name}"
    first, second = names[0], names[1]
    yield Variant(file, "truncated", of_bytes(_cut), rf"row \d+: found 2 cells, expected {width} cells")
    yield Variant(
        file, "a column lost", column_lost(names[-1]), rf"row 1: found no column {names[-1]}, expected the co"
    )
    yield Variant(file, "a column doubled", column_doubled(first), f"row 1: found the column '{first}' 2 times")
    yield Variant(
        file,
        "columns in another order",
        columns_swapped(first, second, with_names=True),
        "row 1: found columns in another order, expected the order",
    )
    yield Variant(
        file,
        "a column misspelt",
        line_edit(1, lambda line: line.replace(number.name, number.name[:-1] + "x", 1)),
        r"row 1: found the unknown column .*expected the columns",
    )
    yield Variant(file, "no rows", of_rows(lambda rows: rows.__delitem__(slice(1, None))), "found a header and no rows")
    if file in LARGE:
        yield Variant(file, "text for a number", put(ROW, number.name, "many"), rf"{cell}: found 'many', expected a")
        yield Variant(file, "a row twice", row_edit(ROW, lambda row: [row, row]), f"row {ROW + 1}: found the key of")
        return
    yield Variant(
        file, "full-width digits", put(ROW, number.name, "１２３"), f"{cell}: found '１２３', .*in plain digits 0-9"
    )
    yield Variant(
        file, "a row twice", row_edit(ROW, lambda row: [row, row]), f"row {ROW + 1}: found the key of row {ROW}"
    )
    if number.low is not None and number.low >= 0:
        yield Variant(file, "a negative number", put(ROW, number.name, "-5"), f"{cell}: found -5, expected a")
    if "year" in names:
        told = f"row {ROW}, column year: found 1890, expected a whole number from"
        yield Variant(file, "a wrong year", put(ROW, "year", "1890"), told)
    if table.grids:
        yield Variant(file, "a row lost", row_edit(ROW - 2, lambda row: []), "found no row for .*, expected each")
    if file not in THOROUGH:
        return
    yield Variant(file, "columns under each other's name", columns_swapped(first, number.name, with_names=False), "row")
    yield Variant(file, "a long row", row_edit(ROW, lambda row: [[*row, "1"]]), f"row {ROW}: found {width + 1} cells")
    yield Variant(file, "a blank row", line_edit(ROW, lambda line: f"{line}\n"), f"row {ROW + 1}: found an empty row")
    yield Variant(file, "an open quote", line_edit(ROW, lambda line: '"' + line), f"row {ROW}: found broken CSV")
    told = "row 1: found cells parted by semicolons, expected cells parted by commas"
    yield Variant(file, "semicolons", of_bytes(lambda c: c.replace(b",", b";")), told, alone=True)
    cells = (
        ("text for a number", "many", "expected a"),
        ("NaN", "NaN", "expected .*finite"),
        ("infinity", "-inf", "expected .*finite"),
        ("thousands separators", "1,234", "expected .*without thousands separators"),
        ("a figure with its unit", "12万", "expected .*without a unit"),
        ("a space", " 12", "expected .*without spaces"),
        ("a formula", "=1+1", "expected a"),
        ("hexadecimal", "0x1F", "expected a"),
        ("a giant number", "9" * 40, "expected a"),
    )
    for name, value, told in cells:
        yield Variant(file, name, put(ROW, number.name, value), rf"{cell}: found '{re.escape(value)}.*{told}")
    if not number.nullable:
        yield Variant(file, "a blank for a number", put(ROW, number.name, ""), f"{cell}: found a blank, expected a")
    if "year" in names:
        told = f"row {ROW}, column year: found '2020年', expected .*without a unit"
        yield Variant(file, "a year in words", put(ROW, "year", "2020年"), told)
    told = rf"row {ROW}, column source: found 'censu_2020x', expected a source of data/sources.yaml"
    yield Variant(file, "an unknown source", put(ROW, "source", "censu_2020x"), told)
    told = rf"row {ROW}, column source: found '\.\./x', expected text of the form"
    yield Variant(file, "a source that is a path", put(ROW, "source", "../x"), told)
    told = rf"row {ROW}, column source: found 'census\\u200b', expected visible characters"
    yield Variant(file, "an invisible character", put(ROW, "source", "census\u200b"), told)
    for column in table.columns:
        if column.allowed:
            told = f"row {ROW}, column {column.name}: found '{column.allowed[0]}x', expected one of .*did you mean"
            wrong = put(ROW, column.name, f"{column.allowed[0]}x")
            yield Variant(file, f"an unknown {column.name}", wrong, told)
    if "region" in names:
        told = f"row {ROW}, column region: found 'chnia', expected a region of data/regions .did you mean china"
        yield Variant(file, "an unknown region", put(ROW, "region", "chnia"), told)


def _census() -> Iterator[Variant]:
    old = {"year": "2020", "sex": "female", "age": "60-64"}
    sums = "data/raw/census/provinces/china.csv, column population, year 2020, sex female, age 60-64: found"
    yield Variant(HENAN, "a digit lost", scaled("population", 0.1, **old), f"{sums} .*, expected .*the sum of the prov")
    yield Variant(CHINA, "a digit lost", scaled("population", 0.1, **old), f"{sums} .*, expected .*the sum of the prov")
    yield Variant(HENAN, "a figure in 万", scaled("population", 1e-4, **old), "expected no more deaths than people")
    yield Variant(CHINA, "a figure in 万", scaled("population", 1e-4, **old), "expected no more deaths than people")
    yield Variant(
        XUCHANG,
        "a figure in 万",
        scaled("population", 1e-4, **old),
        "found 862656, expected .*, as the census table of xuchang",
    )
    yield Variant(XUCHANG, "all figures in 万", scaled("population", 1e-4), "another place than 411000")
    yield Variant(XUCHANG, "thousandfold", scaled("population", 1e3, **old), "expected at most .* the count of henan")
    yield Variant(HENAN, "a census lost", without(year="2010"), "year 2010, sex male: found no row for any age")
    yield Variant(HENAN, "a sex lost", without(sex="male"), "year 2000, sex male: found no row for any age")
    yield Variant(HENAN, "an age group lost", without(age="85-89"), "found no row for age 85-89, expected each age")
    yield Variant(XUCHANG, "the open age lost", without(age="85+"), r"no row for age 85\+, expected each age from 0")
    yield Variant(
        HENAN, "a fourth census", copied("year", "2015", year="2010"), "found 2015, expected 2000, 2010 or 2020"
    )
    yield Variant(XUCHANG, "a third census", copied("year", "2015", year="2010"), "found 2015, expected 2010 or 2020")
    yield Variant(HENAN, "a single age", at("age", "60", **old), "found '60', expected one of 0, 1-4")
    yield Variant(HENAN, "sexes together", at("sex", "both", **old), r"found sums .both., expected the single groups")
    yield Variant(HENAN, "more deaths than people", at("deaths", "99999999", **old), "expected no more deaths than")
    yield Variant(HENAN, "blank deaths", at("deaths", "", **old), "column deaths: found a blank, expected a whole")
    yield Variant(
        HENAN, "men for women", columns_swapped("population", "deaths", with_names=False), "no more deaths than"
    )
    yield Variant(XUCHANG, "another city", of_bytes(_census_of("wuhan")), "another place than 411000")
    totals = "2020,male,total,2212303,,census_county_2020\n2020,female,total,2167695,,census_county_2020\n"
    told = r"rows \d+, \d+: found sums .total., expected the single groups alone"
    yield Variant(XUCHANG, "totals beside the ages", of_text(lambda text: text + totals), told)
    told = r"row \d+: found sums .65\+., expected the single groups alone"
    yield Variant(XUCHANG, "an age that holds others", at("age", "65+", **old), told)
    exchanged = of_text(lambda text: text.replace(",female", ",x").replace(",male", ",female").replace(",x", ",male"))
    told = "column sex, male and female: found the one for the other, expected the other way round"
    yield Variant(XUCHANG, "sexes exchanged", exchanged, told)
    for name, wrong, told in printed_tables():
        yield Variant(XUCHANG, name, of_text(wrong), f"census/cities/xuchang.csv, {told}", alone=True)


def _census_of(city: str):  # type: ignore[no-untyped-def]
    root = Path(__file__).parents[2]
    return lambda _: (root / f"data/raw/census/cities/{city}.csv").read_bytes()


def _supply() -> Iterator[Variant]:
    file = RAW + "supply.csv"
    wuhan = {"region": "wuhan", "indicator": "elderly_care_beds"}
    told = "column date: found 2026-09, expected a date not after 2025-12-31, the day as_of"
    yield Variant(file, "an observation after today", at("date", "2026-09", **wuhan), told)
    told = "data/plans/wuhan.yaml.*found 61000, expected 73368 as in data/raw/supply.csv, or another definition"
    yield Variant(file, "another count of one date", at("date", "2015", **wuhan), told, doubted=True)
    undated = {"region": "inner_mongolia", "confidence": "weak"}
    below = of_rows(_cells(undated, date="2020", value="70000", comparator="="))
    yield Variant(file, "less than at least", below, "found 70000, expected at least 80000, as inner_mongolia")
    yield Variant(file, "no stock", at("indicator", "share_60plus", **wuhan), "found share_60plus, expected a stock")
    part = {"region": "sichuan", "part": "511100", "date": "2022"}
    yield Variant(file, "a part of another region", at("part", "150800", **part), "expected a prefecture of sichuan")


def _cells(where: Mapping[str, str], **cells: str) -> Callable[[list[list[str]]], None]:
    """The cells of the first row that holds `where`."""

    def change(rows: list[list[str]]) -> None:
        names = rows[0]
        row = next(row for row in rows[1:] if all(row[names.index(name)] == value for name, value in where.items()))
        for name, value in cells.items():
            row[names.index(name)] = value

    return change


def _care() -> Iterator[Variant]:
    file = RAW + "care_figures.csv"
    inside = {"region": "china", "indicator": "institution_residents", "year": "2019"}
    yield Variant(file, "people in 万", at("value", "215", **inside), "found 215, expected published_value in its publ")
    yield Variant(
        file, "thousandfold", at("value", "2150000000", **inside), "expected published_value in its published"
    )
    share = {"region": "china", "indicator": "share_60plus", "year": "2024"}
    yield Variant(file, "a share over 100", at("value", "170", **share), "found 170, expected a share of at most 100")
    yield Variant(file, "a share as a fraction", at("value", "0.22", **share), "found 0.22, expected published_value")
    yield Variant(
        file, "another unit", at("unit", "beds", **share), "column unit: found 'beds', expected .*percent for %"
    )
    yield Variant(
        file, "an unknown printed unit", at("published_unit", "万人", **share), "found '万人', expected one of"
    )
    yield Variant(
        file, "a print in words", at("published_value", "about 22", **share), "found 'about 22', expected text"
    )
    older = {"region": "china", "indicator": "population_65plus", "year": "2024"}
    wrong = of_rows(_both(older, "400000000", "40000"))
    yield Variant(
        file, "60+ below 65+", wrong, "population_65plus: found 400000000, expected at most 310310000, the pop"
    )
    workers = {"region": "china", "indicator": "certified_social_workers_all_fields", "year": "2018"}
    none = {"region": "china", "indicator": "population_60plus", "year": "2024"}
    yield Variant(file, "nobody aged 60", of_rows(_both(none, "0", "0")), "expected at most 0, the population_60plus")
    yield Variant(
        file,
        "a thousandfold jump between years",
        of_rows(_both(workers, "439", "0.0439")),
        r"warning: .*column value: found 439, expected a value nearer to 327000 of row \d+ \(745-fold",
        doubted=True,
    )
    occupancy = {"region": "beijing", "indicator": "institution_bed_occupancy"}
    yield Variant(
        file,
        "a share as a fraction in both",
        of_rows(_both(occupancy, "0.53", "0.53")),
        r"warning: .*row 2, column value: found 0.53, expected a value nearer to",
        doubted=True,
    )


def _both(key: dict[str, str], value: str, printed: str):  # type: ignore[no-untyped-def]
    def change(rows: list[list[str]]) -> None:
        header = rows[0]
        for cells in rows[1:]:
            if all(cells[header.index(name)] == wanted for name, wanted in key.items()):
                cells[header.index("value")], cells[header.index("published_value")] = value, printed

    return change


def _need() -> Iterator[Variant]:
    file = RAW + "staffing.csv"
    home = {"staffing": "by_severity", "setting": "home"}
    yield Variant(
        file,
        "without a severity",
        without(**home, severity="severe"),
        "staffing by_severity, setting home, severity severe: found no row, expected one row, of users_per_carer or",
    )
    yield Variant(file, "without hours", without(**home, severity="all"), "setting home: found no row hours_per_head")
    yield Variant(file, "nobody per carer", at("value", "0", setting="community", severity="mild"), "found 0, expected")
    yield Variant(
        file, "a negative ratio", at("value", "-4", setting="community", severity="mild"), "found -4, expected"
    )
    yield Variant(file, "hours beyond a week", at("value", "200", severity="all"), "found 200, expected at most 168")
    yield Variant(file, "out of its interval", put(2, "low", "25"), "found 20, expected a value from low to high")
    yield Variant(
        file, "half an interval", put(2, "low", ""), "row 2, column value: found 20, expected a value from low"
    )
    yield Variant(file, "another unit", put(2, "unit", "hours_per_week"), "expected persons_per_worker for users_per_")
    yield Variant(
        file, "a scheme lost", without(staffing="national_ratio", setting="home"), "found no row hours_per_he"
    )
    file = RAW + "severity.csv"
    rest = {"profile": "two_levels_2009", "severity": "mild"}
    yield Variant(
        file, "shares that do not sum", at("value", "77.2", **rest), "found shares that sum to 110, expected a"
    )
    yield Variant(file, "a severity lost", without(**rest), "profile two_levels_2009: found no row for severity mild")
    yield Variant(file, "two units", at("unit", "percent_of_60plus", **rest), "found the units percent_of_60plus and")
    yield Variant(file, "a share over 100", at("value", "672", **rest), "found 672, expected a number from 0 to 100")
    file = RAW + "care_settings.csv"
    home = {"scheme": "plan_9073", "setting": "home"}
    yield Variant(
        file, "shares that do not sum", at("value", "80", **home), "found shares that sum to 90, expected a sum"
    )
    yield Variant(file, "a setting lost", without(**home), "scheme plan_9073, severity all: found no row for home")
    yield Variant(file, "another base", at("base", "disabled", **home), "expected all where the base is older")
    file = RAW + "dementia.csv"
    yield Variant(file, "no doubling age", without(quantity="doubling_age"), "found 0 values, expected 1")
    yield Variant(file, "a share over 100", put(2, "value", "106"), "found 106, expected a")
    yield Variant(file, "years for percent", put(2, "unit", "years"), "expected percent for prevalence")
    file = RAW + "disability_prevalence.csv"
    yield Variant(file, "a share over 100", put(2, "value", "234"), "found 234, expected a number from 0 to 100")
    yield Variant(
        file, "a value lost", put(2, "value", ""), "row 2, column value: found a blank, expected a blank for ro"
    )
    yield Variant(
        file, "a value for a model", at("value", "9", role="model"), "found 9, expected a blank for role model"
    )
    yield Variant(
        file, "no trend", without(definition="multi_survey"), "trends.multi_survey: found 0 values, expected 2"
    )
    yield Variant(
        file, "a definition lost", without(definition="survey_2015"), "params.yaml, line .*: found 'survey_2015'"
    )
    yield Variant(file, "an age of its own", put(2, "age_range", "60-64"), r"found '60-64', expected text of the form")
    file = RAW + "disability_coefficients.csv"
    yield Variant(file, "a slipped digit", put(2, "printed", "-53.76"), "found -5.376, expected printed times scale")
    file = RAW + "disability_transitions.csv"
    yield Variant(file, "per thousand", put(9, "healthy_to_dead", "26.8"), "found 26.8, expected a number from 0 to 5")
    yield Variant(file, "a share over 1", put(9, "disabled_share", "1.2"), "found 1.2, expected a number from 0 to 1")


def _money() -> Iterator[Variant]:
    file = RAW + "unit_costs.csv"
    one = {"place": "zhejiang", "kind": "capital_subsidy"}
    yield Variant(file, "a cost without a year", at("year", "", **one), r"column year: found a blank, expected a whole")
    yield Variant(
        file,
        "a year without prices",
        at("year", "2026", **one),
        "zhejiang, capital_subsidy private_new, year: found 2026, expected a year from which consumer_prices.csv leads",
    )
    yield Variant(file, "in 万", at("value", "0", **one), "found 0, expected a number above 0")
    yield Variant(file, "another unit", at("unit", "yuan_per_month", **one), "expected the unit of its kind")
    file = RAW + "consumer_prices.csv"
    yield Variant(
        file, "an index for a change", at("change", "102.0", year="2022"), "found 102, expected a number from"
    )
    yield Variant(file, "a year lost", without(year="2022"), "year: found 2011, expected a year from which consumer_pr")


def _reconciled() -> Iterator[Variant]:
    file = RAW + "census_totals.csv"
    total = {"region": "china", "year": "2020"}
    yield Variant(
        file, "a total in 万", at("value", "140978", **total), "found 140978, expected 1409778724, as the cen"
    )
    yield Variant(
        file, "a wrong share", at("value", "19.67", region="panzhihua", unit="percent"), "found 19.67, expected"
    )
    yield Variant(file, "another unit", at("unit", "percent", **total), "expected .*persons for population_total")
    yield Variant(
        file, "a city nobody counted", at("region", "beijing", **total), "found 1409778724, expected .*beijing"
    )
    told = "row 8, column value: found 12447718, expected 12326518, the old value that correction 1 replaces"
    yield Variant(file, "corrected by hand", at("value", "12447718", region="wuhan"), told)
    file = RAW + "births.csv"
    yield Variant(
        file, "a region lost", without(region="tibet"), "year 2010, sex female: found .*the sum of the provinces"
    )
    yield Variant(
        file, "a sex lost", without(region="tibet", sex="male"), "found no row for sex male, expected each sex"
    )
    yield Variant(file, "a figure in 万", scaled("births", 1e-4, region="henan"), "expected .*the sum of the provinces")
    file = RAW + "census_single_age.csv"
    age = {"year": "2020", "sex": "male", "age": "60"}
    yield Variant(
        file, "people thousandfold", scaled("population", 1e3, **age), "expected about .*the people of the age"
    )
    yield Variant(file, "deaths in 万", scaled("deaths", 1e-4, **age), "expected .*the deaths of the age group")
    yield Variant(file, "an age lost", without(age="60"), "found no row for age 60, expected each age from 0 to 100")
    file = RAW + "prefectures.csv"
    yield Variant(
        file,
        "a prefecture in 万",
        scaled("60-64", 1e-4, code="411000"),
        "expected at least .*, the sum of the areas inside",
    )
    yield Variant(
        file, "a county thousandfold", scaled("60-64", 1e3, code="411081"), "column 60-64: found .*expected at l"
    )
    yield Variant(
        file, "a code of another form", at("code", "41100", code="411000"), "found '41100', expected text of th"
    )
    yield Variant(
        file,
        "a county in 万",
        scaled("60-64", 1e-4, code="411081", year="2020"),
        r"year 2020, code 411000: found \d+ people in its counties, expected \d+",
    )
    yield Variant(file, "a county lost", without(code="411081", year="2020"), "a county is missing or has a hole")
    yield Variant(
        file, "a hole in a county", at("60-64", "", code="411081", year="2020"), "a county is missing or has a hole"
    )
    yield Variant(file, "a code twice", at("code", "411081", code="411082", year="2020"), "code 411081: found 4 rows")
    yield Variant(
        file, "another province", at("province", "hebei", code="411000"), "province: found hebei, expected that"
    )
    yield Variant(file, "an unknown province", at("province", "henna", code="411000"), "found henna, expected one of")
    yield Variant(
        file, "its own parent", at("parent", "411000", code="411000"), "parent: found 411000, expected the co"
    )
    yield Variant(
        file, "an unknown parent", at("parent", "999900", code="411081"), "parent: found 999900, expected the"
    )
    yield Variant(
        file, "a parent nobody has", at("parent", "419900", code="411081"), "code 419900, .*expected at least"
    )
    yield Variant(file, "another level", at("level", "county", code="411000"), "level: found county, expected the leve")
    yield Variant(
        file, "one sex alone", without(code="410300", sex="male", year="2010"), "found female alone, expected"
    )
    file = RAW + "county_successors.csv"
    yield Variant(
        file, "an unknown county", at("code_2020", "411099", code_2010="411023"), "expected a county of data/raw/pref"
    )
    yield Variant(file, "people in 万", scaled("people_2010", 1e-4, code_2010="411023"), "found 76, expected 767449")
    file = WPP + "mx.csv"
    middle = {"period": "2020-2025", "sex": "both", "age": "60-64"}
    yield Variant(file, "per thousand", scaled("value", 1e3, **middle), "found .*, expected a number from 0 to 3")
    yield Variant(
        file, "both outside the sexes", scaled("value", 3, **middle), "sex both: found .*, expected a value from"
    )
    man = {"period": "2020-2025", "sex": "male", "age": "5-9"}
    yield Variant(
        file,
        "a thousandfold jump",
        of_rows(_scaled_twice(man, ("male", "female", "both"), 1e3)),
        "warning: .*column value: found .*expected a value nearer to",
        doubted=True,
    )
    file = WPP + "life_expectancy.csv"
    year = {"year": "2030", "sex": "both"}
    yield Variant(
        file, "outside its interval", at("value", "99", **year), "found 99, expected a value from lower_80 to"
    )
    yield Variant(
        file, "intervals crossed", columns_swapped("lower_80", "lower_95", with_names=False), "95 % around 80"
    )
    yield Variant(
        file, "both above the sexes", at("value", "90", year="1990", sex="both"), "sex both: found 90, expected"
    )
    yield Variant(file, "months", at("value", "936", **year), "found 936, expected a number from 10 to 110")
    file = WPP + "total_fertility.csv"
    yield Variant(
        file, "per thousand women", at("value", "1040", year="2030"), "found 1040, expected a number from 0 to"
    )
    yield Variant(
        file, "outside its variants", at("low_variant", "5", year="2030"), "expected a value from low_variant"
    )
    file = WPP + "asfr_shares.csv"
    share = {"period": "2030-2035", "age": "25-29"}
    yield Variant(
        file, "shares that do not sum", at("value", "50", **share), "period 2030-2035: found .*, expected a sum of"
    )
    yield Variant(file, "a share over 100", at("value", "350", **share), "found 350, expected a number from 0 to 100")
    yield Variant(
        WPP + "sex_ratio_at_birth.csv", "girls per boy", put(9, "value", "0.85"), "found 0.85, expected a numb"
    )
    yield Variant(
        WPP + "sex_ratio_at_birth.csv", "boys per 100", put(9, "value", "106"), "found 106, expected a number"
    )
    file = WPP + "net_migration.csv"
    place = {"year": "2030", "sex": "male", "age": "25"}
    yield Variant(file, "in persons", scaled("value", 1e3, **place), "found .*, expected a number from -1000 to 1000")
    yield Variant(file, "another sign", scaled("value", -1, year="2030"), "period 2025-2030, sex male, all ages: found")
    file = WPP + "net_migration_period.csv"
    place = {"period": "2030-2035", "sex": "male", "age": "25-29"}
    yield Variant(
        file, "another sign", scaled("value", -1, **place), "period 2030-2035, sex male, all ages: found .*about"
    )
    file = WPP + "population.csv"
    year = {"year": "2030", "sex": "male"}
    yield Variant(file, "in persons", scaled("value", 1e3, **year), "year 2030, sex both: found .*, expected .*male")
    yield Variant(file, "in 万", scaled("value", 0.1, **year), "year 2030, sex both: found .*, expected .*male")
    file = WPP + "vital.csv"
    yield Variant(
        file, "births in persons", scaled("births", 1e3, year="2020"), "column births: found .*expected deaths"
    )
    yield Variant(
        file, "deaths in 万", scaled("deaths", 0.1, year="2020"), "column births: found .*, expected deaths .*1 %"
    )
    yield Variant(
        file, "births and deaths swapped", columns_swapped("births", "deaths", with_names=False), "column births"
    )
    yield Variant(file, "a wrong rate", at("growth_rate", "5", year="2020"), "found 5, expected .natural_change_rate .")
    file = RAW + "wpp2012.csv"
    cell = {"period": "2010-2015", "sex": "female"}
    yield Variant(
        file, "a share lost", scaled("value", 0.1, quantity="asfr_share", age="25-29", **cell), "a sum of 100"
    )
    yield Variant(
        file, "rates per thousand", scaled("value", 1e3, quantity="mx", age="60-64", **cell), "from 0 to 3 .mx."
    )
    yield Variant(
        file, "a negative count", scaled("value", -1, quantity="population", age="0-4"), "from 0 to 300000 .pop"
    )
    yield Variant(
        file, "a period of its own", copied("period", "2012-2017", quantity="mx", **cell), "found '2012-2017', ex"
    )
    file = RAW + "disability_transitions.csv"
    key = {"model": "static_1998_2014", "sex": "male", "age": "66"}
    yield Variant(
        file, "more than all leave", at("healthy_to_disabled", "0.99", **key), "found a sum of 1.01.*expected at most 1"
    )
    yield Variant(
        file, "survival that grows", at("survival_from_65", "1", **(key | {"age": "70"})), "the value a year y"
    )
    file = RAW + "wpp2022_population.csv"
    yield Variant(
        file, "in persons", scaled("value", 1e3), "year 2020, all ages: found .*, expected about 1409779 thou"
    )
    told = r"warning: .*column value: found .*expected a value nearer to .*1,\d+-fold|999-fold|1,000-fold"
    yield Variant(file, "a thousandfold jump", scaled("value", 1e3, year="2030", age="60-64"), told, doubted=True)


def _scaled_twice(key: dict[str, str], sexes: tuple[str, ...], factor: float):  # type: ignore[no-untyped-def]
    def change(rows: list[list[str]]) -> None:
        header = rows[0]
        for cells in rows[1:]:
            named = dict(zip(header, cells, strict=True))
            if named["sex"] in sexes and all(named[name] == key[name] for name in key if name != "sex"):
                cells[header.index("value")] = f"{float(named['value']) * factor:g}"

    return change


TABLES = (
    *(variant for file, table in KINDS.items() for variant in of_any_table(file, table)),
    *_census(),
    *_care(),
    *_supply(),
    *_need(),
    *_money(),
    *_reconciled(),
)
