"""Variants of the tables under data/raw."""

import re
from dataclasses import replace
from functools import partial

from defaults import ROOT

from pipeline.inputs.declarations import CENSUS_CITY, CENSUS_PROVINCE, RAW_FILES
from pipeline.schemas import Table

from .printed import printed_tables
from .rules import (
    Variant,
    added,
    exchange,
    line_edit,
    of_any_file,
    of_bytes,
    of_columns,
    of_rows,
    of_text,
    put,
    row_edit,
    swap_all,
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


def _cut(content):
    """The file ends in the middle of a row."""
    last = content.rindex(b"\n", 0, len(content) - 1) + 1
    return content[: content.index(b",", last) + 1]


def of_any_table(file, table):
    """What can befall any table: its bytes, its header, its rows, the cells of its first number."""
    for variant in of_any_file(file, thorough=file in THOROUGH):
        absent = variant.name in ("missing", "a folder")
        by_its_region = replace(variant, told="expected a file that exists")
        yield by_its_region if absent and "/census/" in file else replace(variant, beside=absent)
    slip, names = partial(Variant, file), table.names
    width = len(names)
    ROW = ROWS[file]
    number = next(c for c in table.columns if c.kind in ("integer", "number") and c.name not in ("year", "age"))
    at = f"row {ROW}, column"
    cell = f"{at} {number.name}"
    first, second = names[0], names[1]
    yield slip("truncated", of_bytes(_cut), rf"row \d+: found 2 cells, expected {width} cells")
    lost = of_columns(list.pop, names[-1])
    yield slip("a column lost", lost, f"row 1: found no column {names[-1]}, expected the")
    doubled = of_columns(lambda row, place: row.insert(place, row[place]), first)
    yield slip("a column doubled", doubled, f"row 1: found the column '{first}' 2 times")
    others = of_columns(exchange, first, second)
    yield slip("columns in another order", others, "row 1: found columns in another order, expected the order")
    misspelt = line_edit(1, lambda line: line.replace(number.name, number.name[:-1] + "x", 1))
    yield slip("a column misspelt", misspelt, "row 1: found the unknown column .*expected the columns")
    yield slip("no rows", of_rows(lambda rows: rows.__delitem__(slice(1, None))), "found a header and no rows")
    if file in LARGE:
        yield slip("text for a number", put(ROW, number.name, "many"), rf"{cell}: found 'many', expected a")
        yield slip("a row twice", row_edit(ROW, lambda row: [row, row]), f"row {ROW + 1}: found the key of")
        return
    yield slip("full-width digits", put(ROW, number.name, "１２３"), f"{cell}: found '１２３', .*in plain digits 0-9")
    yield slip("a row twice", row_edit(ROW, lambda row: [row, row]), f"row {ROW + 1}: found the key of row {ROW}")
    if number.low is not None and number.low >= 0:
        yield slip("a negative number", put(ROW, number.name, "-5"), f"{cell}: found -5, expected a")
    if "year" in names:
        yield slip("a wrong year", put(ROW, "year", "1890"), f"{at} year: found 1890, expected a whole number from")
    if table.grids:
        yield slip("a row lost", row_edit(ROW - 2, lambda row: []), "found no row for .*, expected each")
    if file not in THOROUGH:
        return
    yield slip("columns under each other's name", of_columns(exchange, first, number.name, header=False), "row")
    yield slip("a long row", row_edit(ROW, lambda row: [[*row, "1"]]), f"row {ROW}: found {width + 1} cells")
    yield slip("a blank row", line_edit(ROW, lambda line: f"{line}\n"), f"row {ROW + 1}: found an empty row")
    yield slip("an open quote", line_edit(ROW, lambda line: '"' + line), f"row {ROW}: found broken CSV")
    semicolons = of_bytes(lambda c: c.replace(b",", b";"))
    yield slip("semicolons", semicolons, "row 1: found cells parted by semicolons, expected cells pa", alone=True)
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
        yield slip(name, put(ROW, number.name, value), rf"{cell}: found '{re.escape(value)}.*{told}")
    if not number.nullable:
        yield slip("a blank for a number", put(ROW, number.name, ""), f"{cell}: found a blank, expected a")
    if "year" in names:
        yield slip("a year in words", put(ROW, "year", "2020年"), f"{at} year: found '2020年', .*without a unit")
    told = rf"{at} source: found 'censu_2020x', expected a source of data/.* .did you mean census"
    yield slip("an unknown source", put(ROW, "source", "censu_2020x"), told, beside=True)
    told = rf"{at} source: found '\.\./x', expected text of the form"
    yield slip("a source that is a path", put(ROW, "source", "../x"), told)
    told = rf"{at} source: found 'census\\u200b', expected visible characters"
    yield slip("an invisible character", put(ROW, "source", "census\u200b"), told)
    for column in table.columns:
        if column.allowed:
            told = f"{at} {column.name}: found '{column.allowed[0]}x', expected one of .*did you mean"
            wrong = put(ROW, column.name, f"{column.allowed[0]}x")
            yield slip(f"an unknown {column.name}", wrong, told)
    if "region" in names:
        told = f"{at} region: found 'chnia', expected a region of data/regions .did you mean china"
        yield slip("an unknown region", put(ROW, "region", "chnia"), told, beside=True)


def _census():
    """Slips of a spreadsheet or of a person that no single change of cells makes."""
    other = of_bytes(lambda _: (ROOT / "data/raw/census/cities/wuhan.csv").read_bytes())
    yield Variant(XUCHANG, "another city", other, "another place than 411000", beside=True)
    totals = "2020,male,total,2212303,,census_county_2020\n2020,female,total,2167695,,census_county_2020\n"
    told = r"rows \d+, \d+: found sums .total., expected the single groups alone"
    yield Variant(XUCHANG, "totals beside the ages", added(totals), told)
    exchanged = swap_all((",female", ",x"), (",male", ",female"), (",x", ",male"))
    told = "column sex, male and female: found the one for the other, expected the other way round"
    yield Variant(XUCHANG, "sexes exchanged", exchanged, told, beside=True)
    for name, wrong, told in printed_tables():
        yield Variant(XUCHANG, name, of_text(wrong), f"census/cities/xuchang.csv, {told}", alone=True)


TABLES = (*(variant for file, table in KINDS.items() for variant in of_any_table(file, table)), *_census())
