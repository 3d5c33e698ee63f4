"""The raw tables: published totals, agreement with one another, a sentence for everything that can be wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from defaults import write_default_params

from pipeline.errors import InputError
from pipeline.inputs import reconcile
from pipeline.inputs.care_input_tables import CARE_FIGURES
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.census_tables import AGES_85, CENSUS_CITY
from pipeline.inputs.corrections import Correction, apply_corrections, load_corrections
from pipeline.inputs.county_checks import counties_whole
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import RawTables, check_tables, load_table
from pipeline.inputs.read import CSV_LIMIT, check_csv, read_csv
from pipeline.inputs.table_checks import schema_faults
from pipeline.results.write import write_csv, write_parquet
from pipeline.schemas import DTYPES, RowRule, Table, boolean, integer, number, text
from pipeline.stages.check_inputs import tables

ROOT = Path(__file__).parents[2]
XUCHANG = "data/raw/census/cities/xuchang.csv"
FIGURES = "data/raw/care_figures.csv"


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(ROOT)


@pytest.fixture(scope="module")
def census(catalogue):
    return RawTables(ROOT, catalogue.corrections).census(catalogue.regions.values())


def test_raw_data_agrees_with_itself(catalogue):
    faults, _ = check_tables(RawTables(ROOT, catalogue.corrections), catalogue.regions, catalogue.sources)
    assert faults == []


@pytest.mark.parametrize(
    ("region", "year", "first_age", "persons"),
    [
        ("china", 2020, 0, 1_409_778_724),  # China Population Census Yearbook 2020, without servicemen
        ("china", 2000, 0, 1_242_612_226),
        ("wuhan", 2020, 0, 12_447_718),  # yearbook; the bulletin of May 2021 gives 12,326,518
        ("xuchang", 2020, 60, 862_656),  # bulletins of the seventh census
        ("zhejiang", 2020, 60, 12_072_684),
        ("panzhihua", 2020, 60, 239_574),
        ("inner_mongolia", 2020, 60, 4_757_233),
    ],
)
def test_published_totals(census, region, year, first_age, persons):
    rows = census[(census["region"] == region) & (census["year"] == year)]
    ages = rows["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    assert rows.loc[ages >= first_age, "population"].sum() == persons


def test_deaths_are_blank_for_cities_and_never_zeroed(census):
    city = census["region"].isin(["wuhan", "xuchang", "panzhihua"])
    assert census.loc[city, "deaths"].isna().all()
    nation = census[(census["region"] == "china") & (census["year"] == 2020)]
    assert nation["deaths"].sum() == 7_965_772  # 7.97 million


def test_blank_cells_of_small_areas_stay_blank():
    areas = load_table(ROOT, "data/raw/prefectures.csv")
    zone = areas[(areas["name"] == "达孜工业园区") & (areas["sex"] == "female")].iloc[0]
    assert pd.isna(zone["85+"]) is False
    assert pd.isna(zone["75-79"])
    assert pd.isna(zone["code"])


def test_every_raw_file_is_declared():
    on_disk = {str(path.relative_to(ROOT)) for path in (ROOT / "data/raw").rglob("*.csv")}
    assert {file for file in on_disk if "/census/" not in file} == set(RAW_FILES)


# Bad input: each broken file gets one clear sentence, and nothing is guessed.


def lines(edit: Callable[[list[str]], None]) -> Callable[[bytes], bytes]:
    def broken(content: bytes) -> bytes:
        rows = content.decode().splitlines()
        edit(rows)
        return ("\n".join(rows) + "\n").encode()

    return broken


def cell(row: int, column: int, value: str) -> Callable[[bytes], bytes]:
    def edit(rows: list[str]) -> None:
        cells = rows[row - 1].split(",")
        cells[column] = value
        rows[row - 1] = ",".join(cells)

    return lines(edit)


def row_edit(row: int, edit: Callable[[str], str]) -> Callable[[bytes], bytes]:
    def change(rows: list[str]) -> None:
        rows[row - 1] = edit(rows[row - 1])

    return lines(change)


POPULATION = 3
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda content: b"", r"found an empty file, expected a file with content"),
    "blank": (lambda content: b"\n \n", r"found an empty file"),
    "header only": (lines(lambda rows: rows.__delitem__(slice(1, None))), r"found a header and no rows"),
    "byte-order mark": (lambda content: b"\xef\xbb\xbf" + content, r"row 1: found a byte-order mark"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), r"found UTF-16 text"),
    "GBK": (
        lambda content: cell(3, 5, "许昌")(content).decode().encode("gbk"),
        r"row 3: found text that looks like GBK, expected UTF-8",
    ),
    "Latin-1": (
        lambda content: content.replace(b"census", b"c\xe9nsus", 1),
        r"row 2: found bytes that are no UTF-8",
    ),
    "NUL": (lambda content: content.replace(b"male", b"ma\0le", 1), r"row 2: found a NUL byte"),
    "CRLF": (lambda content: content.replace(b"\n", b"\r\n"), r"row 1: found a carriage return"),
    "unknown column": (
        row_edit(1, lambda row: row.replace("population", "populaton")),
        r"did you mean population",
    ),
    "missing column": (
        row_edit(1, lambda row: row.replace("population", "populaton")),
        r"found no column population",
    ),
    "doubled column": (row_edit(1, lambda row: row.replace("deaths", "sex")), r"found the column 'sex' 2 times"),
    "swapped columns": (row_edit(1, lambda row: row.replace("year,sex", "sex,year")), r"columns in another order"),
    "long row": (row_edit(5, lambda row: row + ",1"), r"row 5: found 7 cells, expected 6 cells"),
    "short row": (row_edit(5, lambda row: row.rsplit(",", 1)[0]), r"row 5: found 5 cells, expected 6 cells"),
    "empty row": (lines(lambda rows: rows.insert(4, "")), r"row 5: found an empty row, expected 6 cells"),
    "open quote": (cell(9, 2, '"15-19'), r"found broken CSV"),
    "text for a number": (
        cell(4, POPULATION, "many"),
        r"row 4, column population: found 'many', expected a whole number",
    ),
    "decimal": (cell(4, POPULATION, "120.5"), r"row 4, column population: found '120.5', expected a whole number"),
    "blank count": (cell(4, POPULATION, ""), r"row 4, column population: found a blank"),
    "negative count": (cell(4, POPULATION, "-5"), r"row 4, column population: found -5, expected .* at least 0"),
    "full-width digits": (cell(4, POPULATION, "１２３"), r"row 4.*'１２３'.*in plain digits 0-9"),
    "thousands": (
        lines(lambda rows: rows.__setitem__(3, '2010,male,5-9,"1,234",,census_county_2010')),
        r"thousands",
    ),
    "NaN": (cell(4, POPULATION, "nan"), r"found 'nan', expected .*finite"),
    "infinity": (cell(4, POPULATION, "inf"), r"found 'inf', expected .*finite"),
    "unit in cell": (cell(4, POPULATION, "12万"), r"found '12万', expected .*without a unit"),
    "huge number": (cell(4, POPULATION, "9" * 30), r"row 4, column population: found '9{30}'"),
    "spaces": (cell(4, POPULATION, " 12"), r"found ' 12', expected .*without spaces"),
    "unknown sex": (cell(4, 1, "mal"), r"row 4, column sex: found 'mal', expected one of .*did you mean male"),
    "unknown age": (cell(4, 2, "5-10"), r"row 4, column age: found '5-10', expected one of 0, 1-4"),
    "wrong year": (
        cell(4, 0, "1890"),
        r"row 4, column year: found 1890, expected a whole number from 2010 to 2020",
    ),
    "source with blanks": (cell(4, 5, "the census"), r"row 4, column source: found 'the census'"),
    "missing age": (lines(lambda rows: rows.__delitem__(4)), r"year 2010, sex male: found no row for age 10-14"),
    "missing sex": (
        lines(lambda rows: rows.__setitem__(slice(None), [row for row in rows if not row.startswith("2020,female")])),
        r"year 2020, sex female: found no row for any age",
    ),
    "repeated row": (lines(lambda rows: rows.insert(3, rows[2])), r"row 4: found the key of row 3 again"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_csv_is_refused_with_its_place(tmp_path, fault):
    breaking, sentence = BROKEN[fault]
    target = tmp_path / XUCHANG
    target.parent.mkdir(parents=True)
    target.write_bytes(breaking((ROOT / XUCHANG).read_bytes()))
    with pytest.raises(InputError) as error:
        read_csv(tmp_path, XUCHANG, CENSUS_CITY)
    told = [line for line in str(error.value).splitlines() if re.search(sentence, line)]
    assert told, error.value
    assert all(line.startswith(XUCHANG) for line in str(error.value).splitlines())


def test_all_faults_are_told_at_once(tmp_path):
    content = (ROOT / XUCHANG).read_bytes()
    for row, value in ((4, "-5"), (8, "many"), (12, "")):
        content = cell(row, POPULATION, value)(content)
    (tmp_path / "city.csv").write_bytes(cell(20, 1, "men")(content))
    _, faults = check_csv(tmp_path, "city.csv", CENSUS_CITY)
    places = {fault.place for fault in faults}
    assert {"row 4, column population", "row 8, column population", "row 12, column population"} < places
    assert "row 20, column sex" in places


def test_many_faults_of_a_kind_are_counted_not_listed(tmp_path):
    content = (ROOT / XUCHANG).read_bytes()
    for row in range(2, 60):
        content = cell(row, POPULATION, "many")(content)
    (tmp_path / "city.csv").write_bytes(content)
    _, faults = check_csv(tmp_path, "city.csv", CENSUS_CITY)
    listed = [fault for fault in faults if "column population" in fault.place]
    assert len(listed) == 20
    assert any(fault.value == "38 more faults of the same kind" for fault in faults)


def test_share_over_100_is_refused(tmp_path):
    rows = (ROOT / FIGURES).read_text().splitlines()
    number_of_row = next(i for i, row in enumerate(rows) if ",percent," in row)
    cells = rows[number_of_row].split(",")
    cells[4] = "170"
    rows[number_of_row] = ",".join(cells)
    (tmp_path / "figures.csv").write_text("\n".join(rows) + "\n")
    _, faults = check_csv(tmp_path, "figures.csv", CARE_FIGURES)
    sentence = f"figures.csv, row {number_of_row + 1}, column value: found 170, expected a share of at most 100 percent"
    assert sentence in [str(fault) for fault in faults]


def test_path_out_of_the_project_and_giant_files_are_refused(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside.csv").write_text("year\n")
    _, (leaves,) = check_csv(tmp_path / "inside", "../outside.csv", CENSUS_CITY)
    assert leaves.value == "a path that leaves the project"
    (tmp_path / "inside/link.csv").symlink_to(tmp_path / "outside.csv")
    _, (link,) = check_csv(tmp_path / "inside", "link.csv", CENSUS_CITY)
    assert link.value == "a path that leaves the project"
    _, (missing,) = check_csv(tmp_path, "none.csv", CENSUS_CITY)
    assert missing.value == "no such file"
    with (tmp_path / "giant.csv").open("wb") as giant:
        giant.truncate(CSV_LIMIT + 1)
    _, (size,) = check_csv(tmp_path, "giant.csv", CENSUS_CITY)
    assert size.expected == "at most 20 MiB"


# Reconciliation: a single wrong cell anywhere is found.


def changed(frame: pd.DataFrame, row: int, column: str, by: float) -> pd.DataFrame:
    other = frame.copy()
    other.loc[other.index[row], column] += by
    return other


def test_one_person_moved_is_found(catalogue, census):
    provinces = [region.id for region in catalogue.regions.values() if region.level == "province"]
    henan = census.index[census["region"] == "henan"][10]
    faults = reconcile.provinces_sum_to_nation(changed(census, henan, "population", 1), provinces, "china.csv")
    assert len(faults) == 1
    assert faults[0].place == "column population, year 2000, sex male, age 45-49"
    without = census[census["region"] != "tibet"]
    assert reconcile.provinces_sum_to_nation(without, provinces, "china.csv")


def test_city_larger_than_its_province_is_found(catalogue, census):
    at = census.index[(census["region"] == "xuchang") & (census["age"] == "85+")][0]
    faults = reconcile.cities_within_provinces(
        changed(census, at, "population", 1e6), {"xuchang": "henan"}, {"xuchang": "xuchang.csv"}
    )
    assert [fault.place for fault in faults] == ["region xuchang, year 2010, sex male, age 85+"]


@pytest.mark.parametrize("column", ["population", "deaths"])
def test_a_cell_that_counts_nobody_is_found(census, column):
    files = dict.fromkeys(census["region"], "x.csv") | {"tibet": "data/raw/census/provinces/tibet.csv"}
    assert reconcile.somebody_everywhere(census, files) == []
    empty = census.copy()
    at = empty.index[(empty["region"] == "tibet") & (empty["year"] == 2010) & (empty["age"] == "80-84")][1]
    empty.loc[at, column] = 0
    (fault,) = reconcile.somebody_everywhere(empty, files)
    assert str(fault) == (
        f"data/raw/census/provinces/tibet.csv, column {column}, region tibet, year 2010, sex female, age 80-84: "
        f"found 0, expected {'people' if column == 'population' else 'deaths'}, not 0"
    )


BEFORE_SAMPLING = {
    "a hole": (
        lambda rows: rows.__delitem__(slice(60, 62)),
        "year 2020, sex female: found no row for age",
    ),
    "a city beyond its province": (
        lambda rows: rows.__setitem__(slice(1, None), [_with_population(row, "9000000") for row in rows[1:]]),
        "region xuchang, year 2010, sex male, age 0: found 9000000, expected at most",
    ),
    "ages that do not sum": (
        lambda rows: rows.__setitem__(60, _with_population(rows[60], "1")),
        "as the census table of xuchang adds up",
    ),
    "an empty cell": (
        lambda rows: rows.__setitem__(60, _with_population(rows[60], "0")),
        "column population, region xuchang, year 2020, sex female, age 5-9: found 0, expected people",
    ),
}


def _with_population(row: str, value: str) -> str:
    cells = row.split(",")
    cells[POPULATION] = value
    return ",".join(cells)


@pytest.mark.parametrize("fault", BEFORE_SAMPLING)
def test_the_first_stage_refuses_a_broken_census_and_writes_nothing(tmp_path, fault):
    breaking, sentence = BEFORE_SAMPLING[fault]
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("derived", "results", "backtest"))
    write_default_params(tmp_path)
    (tmp_path / XUCHANG).write_bytes(lines(breaking)((ROOT / XUCHANG).read_bytes()))
    with pytest.raises(InputError) as error:
        tables(tmp_path)
    assert sentence in str(error.value)
    assert "xuchang" in str(error.value)
    assert not (tmp_path / "reports").exists()


def test_totals_disagree_without_the_correction(catalogue, census):
    """The bulletin's Wuhan total is what stands in the raw file; only the correction makes it fit the census."""
    raw = load_table(ROOT, "data/raw/census_totals.csv")
    faults = reconcile.census_totals_agree(census, raw, "totals.csv")
    assert [str(fault) for fault in faults] == [
        "totals.csv, row 8, column value: found 12326518, expected 12447718, as the census table of wuhan adds up"
    ]
    shares = raw.assign(value=raw["value"].where(raw["unit"] != "percent", raw["value"] + 0.01))
    assert len(reconcile.census_totals_agree(census, shares, "totals.csv")) == 1 + 3


def test_one_birth_and_one_death_moved_are_found(census):
    births = load_table(ROOT, "data/raw/births.csv")
    single = load_table(ROOT, "data/raw/census_single_age.csv")
    assert len(reconcile.births_sum_to_nation(changed(births, 70, "births", 1), "births.csv")) == 1
    assert len(reconcile.single_ages_agree(changed(single, 70, "deaths", -1), census, "single.csv")) == 1


def test_un_tables_that_disagree_are_found():
    shares = load_table(ROOT, "data/raw/wpp2024/asfr_shares.csv")
    population = load_table(ROOT, "data/raw/wpp2024/population.csv")
    rates = load_table(ROOT, "data/raw/wpp2024/mx.csv")
    assert len(reconcile.asfr_shares_sum_to_100(changed(shares, 3, "value", 5), "f")) == 1
    assert len(reconcile.both_sexes_agree(changed(population, 3, "value", 1), "f")) == 1
    both = rates.index[rates["sex"] == "both"][5]
    assert len(reconcile.both_between_sexes(changed(rates, both, "value", 0.5), ["period", "age"], "f")) == 1


def test_prefecture_slips_are_found_without_their_corrections(catalogue, census):
    codes = {region.id: region.gb_code for region in catalogue.regions.values()}
    raw = load_table(ROOT, "data/raw/prefectures.csv")
    faults = reconcile.prefectures_agree(raw, census, codes, "prefectures.csv")
    assert [fault.place for fault in faults] == ["year 2010, code 211400, sex female, column 35-39"]
    assert faults[0].value == "103394"
    zhejiang = raw.index[(raw["code"] == "330000") & (raw["year"] == 2020)][0]
    assert len(reconcile.prefectures_agree(changed(raw, zhejiang, "60-64", 1), census, codes, "f")) == 2


def test_a_district_needs_a_name_of_its_own_only_within_its_prefecture() -> None:
    """Jiangsu has a 鼓楼区 in 南京 and one in 徐州; a second one within 南京 is one of its two rows too many."""
    file = "data/raw/prefectures.csv"
    table = load_table(ROOT, file, load_corrections(ROOT))
    drum = table[(table["name"] == "鼓楼区") & (table["province"] == "jiangsu") & (table["year"] == 2020)]
    assert set(drum["parent"]) == {"320100", "320300"}
    assert counties_whole(table, file) == []
    twice = pd.concat([table, drum[drum["parent"] == "320100"]], ignore_index=True)
    assert [fault.place for fault in counties_whole(twice, file)] == ["year 2020, code 320106"]
    assert any("the key of row" in fault.value for fault in schema_faults(twice, RAW_FILES[file], file))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (("wuhan", "population_male", 2020), 7e6, "wuhan, 2020, resident, census_bulletin, population_total"),
        (("wuhan", "share_60plus", 2019), 31.43, "share_60plus"),
        (("china", "population_65plus", 2024), 4e8, "at most 310310000, the population_60plus"),
    ],
)
def test_figures_that_contradict_one_another_are_found(key, value, sentence):
    figures = load_table(ROOT, FIGURES)
    region, indicator, year = key
    at = (figures["region"] == region) & (figures["indicator"] == indicator) & (figures["year"] == year)
    assert at.sum() == 1
    if indicator == "share_60plus":
        total = figures[at].assign(indicator="population_total", value=9.0643e6, published_value="906.43")
        figures = pd.concat([figures, total], ignore_index=True)
        at = at.reindex(figures.index, fill_value=False)
    figures.loc[at, "value"] = value
    faults = reconcile.figures_agree(figures, FIGURES)
    assert any(sentence in str(fault) for fault in faults)


def test_unknown_source_and_region_get_the_nearest(catalogue):
    figures = load_table(ROOT, FIGURES).head(3).assign(source="mca_buletin", region="chna")
    (first, *_) = reconcile.sources_known(figures, catalogue.sources, FIGURES)
    assert str(first) == (
        f"{FIGURES}, row 2, column source: found 'mca_buletin', expected a source of data/sources.yaml "
        "(did you mean mca_bulletin?)"
    )
    assert "did you mean china?" in reconcile.regions_known(figures, catalogue.regions, FIGURES)[0].expected


# Corrections


def test_wuhan_total_is_corrected_and_the_bulletin_kept():
    corrections = load_corrections(ROOT)
    totals = load_table(ROOT, "data/raw/census_totals.csv", corrections)
    wuhan = totals[totals["region"] == "wuhan"].iloc[0]
    assert wuhan["value"] == 12_447_718
    assert wuhan["source"] == "yearbook_wuhan_2021"
    (correction,) = [c for c in corrections if c.file == "data/raw/census_totals.csv"]
    assert [(kept.value, kept.source) for kept in correction.kept] == [(12_326_518, "bulletin_wuhan_2021")]
    figures = load_table(ROOT, FIGURES, corrections)
    both = figures[(figures["region"] == "wuhan") & (figures["indicator"] == "population_total")]
    both = both[(both["year"] == 2020) & (both["basis"] == "resident")]
    assert sorted(both["value"]) == [12_326_518, 12_447_700]


GUARDED = Correction(
    file=FIGURES,
    key={"region": "wuhan", "indicator": "share_60plus", "year": 2019},
    column="value",
    expected=21.43,
    value=21.44,
    reason="a correction for this test",
    source="local_hukou_report",
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"expected": 99.0},
            r"row \d+, column value: found 21.43, expected 99, the old value that correction 1",
        ),
        ({"key": {"region": "wuhan", "year": 1999}}, r"found 0 rows, expected 1 row of data/raw/care_figures.csv"),
        ({"key": {"region": "wuhan", "year": 2019}}, r"found 3 rows, expected 1 row"),
        ({"column": "valeu"}, r"found the column valeu, expected a column of .*did you mean value"),
        ({"key": {"regoin": "wuhan"}}, r"found the column regoin, expected .*did you mean region"),
    ],
)
def test_correction_that_does_not_fit_is_a_fault_and_changes_nothing(change, sentence):
    figures = load_table(ROOT, FIGURES)
    corrected, faults = apply_corrections(figures, FIGURES, [GUARDED.model_copy(update=change)])
    assert len(faults) == 1
    assert re.search(sentence, str(faults[0]))
    pd.testing.assert_frame_equal(corrected, figures)


def test_correction_that_fits_changes_one_cell_and_its_source():
    figures = load_table(ROOT, FIGURES)
    corrected, faults = apply_corrections(figures, FIGURES, [GUARDED])
    assert faults == []
    assert (corrected != figures).fillna(False).to_numpy().sum() == 1
    assert 21.44 in corrected.loc[corrected["region"] == "wuhan", "value"].to_list()


# Writing

SMALL = Table(
    "small",
    "A table for these tests.",
    (
        text("sex", "sex", ("male", "female")),
        integer("year", "year", low=2000, nullable=True),
        number("value", "value", "persons", low=0, nullable=True, decimals=2),
        boolean("assumed", "assumed"),
    ),
    ("sex", "year"),
)


def small() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": [2021.0, np.nan, 2020.0, 2020.0],
            "sex": ["female", "male", "male", "female"],
            "value": [1 / 3, np.nan, 2e6, -0.0],
            "assumed": [True, False, False, True],
        }
    )


def test_csv_is_ordered_fixed_and_read_back(tmp_path):
    path = tmp_path / "deep/er/small.csv"
    write_csv(small(), path, SMALL)
    assert path.read_bytes() == (
        b"sex,year,value,assumed\nmale,,,false\nmale,2020,2000000.00,false\n"
        b"female,2020,0.00,true\nfemale,2021,0.33,true\n"
    )
    shuffled = small().sample(frac=1, random_state=1)
    write_csv(shuffled, tmp_path / "again.csv", SMALL)
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()
    back = read_csv(tmp_path, "again.csv", SMALL)
    assert back["year"].isna().sum() == 1
    assert back["assumed"].dtype == bool
    assert [entry.name for entry in path.parent.iterdir()] == ["small.csv"]


def test_parquet_is_the_same_bytes_whatever_the_order(tmp_path):
    write_parquet(small(), tmp_path / "one.parquet", SMALL)
    write_parquet(small()[::-1], tmp_path / "two.parquet", SMALL)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize(
    ("breaking", "sentence"),
    [
        (
            lambda frame: frame.assign(value=-1.0),
            r"rows 2, 3, 4, 5, column value: found -1, expected a number of at least 0",
        ),
        (lambda frame: frame.assign(value=np.inf), r"column value: found inf"),
        (lambda frame: frame.assign(sex="men"), r"column sex: found 'men', expected one of male, female"),
        (lambda frame: frame.assign(year=2020), r"found the key of row \d+ again"),
        (lambda frame: frame.drop(columns="value"), r"found no column value"),
        (lambda frame: frame.assign(vaule=1), r"found the column vaule \(did you mean value\?\)"),
        (lambda frame: frame.assign(value="3"), r"column value"),
        (lambda frame: frame.assign(year=2020.5), r"column year"),
    ],
)
def test_nothing_is_written_when_a_result_is_wrong(tmp_path, breaking, sentence):
    path = tmp_path / "small.csv"
    path.write_text("the last good result\n")
    with pytest.raises(InputError, match=sentence):
        write_csv(breaking(small()), path, SMALL)
    with pytest.raises(InputError, match=sentence):
        write_parquet(breaking(small()), path, SMALL)
    assert path.read_text() == "the last good result\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["small.csv"]


STRICT = Table(
    "strict",
    "One column of every kind, for these tests.",
    (
        text("sex", "sex", ("male", "female")),
        text("code", "code", pattern="[0-9]{2}", nullable=True),
        text("note", "anything"),
        integer("year", "year", low=2000, high=2100),
        integer("deaths", "deaths", low=0, nullable=True),
        number("value", "value", "persons", low=0, high=1e6),
        number("share", "share", "share", low=0, high=1, nullable=True),
        boolean("assumed", "assumed"),
    ),
    ("sex", "year"),
    rules=(
        RowRule("deaths", "no more deaths than the value", lambda frame: frame["deaths"] <= frame["value"]),
        RowRule("share", "a share where it is assumed", lambda frame: frame["share"].notna() | ~frame["assumed"]),
    ),
)


def strict_rows() -> dict[str, list[object]]:
    return {
        "sex": ["male", "male", "female"],
        "code": ["01", None, "22"],
        "note": ["a", "b", "c"],
        "year": [2000, 2001, 2100],
        "deaths": [1, pd.NA, 0],
        "value": [1.0, 5.5, 0.0],
        "share": [0.5, np.nan, 1.0],
        "assumed": [True, False, True],
    }


WRONG = [
    ("sex", "men"),
    ("sex", None),
    ("code", "7"),
    ("code", "07\n"),
    ("note", None),
    ("year", 1999),
    ("year", 2101),
    ("deaths", -1),
    ("value", -1e-9),
    ("value", 1e6 + 1),
    ("value", np.nan),
    ("value", np.inf),
    ("share", 1.1),
    ("share", np.inf),
]
RIGHT = [("code", "07"), ("code", None), ("note", ""), ("year", 2001), ("deaths", 0), ("value", 1e6), ("share", np.nan)]


def strict_frame(*changes: tuple[str, object]) -> pd.DataFrame:
    rows = strict_rows()
    for column, value in changes:
        rows[column][1] = value
    return pd.DataFrame(rows).astype({c.name: DTYPES[c.kind, c.nullable] for c in STRICT.columns})


@pytest.mark.parametrize(("column", "value"), WRONG, ids=str)
def test_a_cell_that_is_not_as_declared_is_one_fault_with_its_place(column, value):
    faults = schema_faults(strict_frame((column, value)), STRICT, "strict.csv")
    assert f"row 3, column {column}" in {fault.place for fault in faults}
    assert all(fault.place.startswith("row 3") for fault in faults)


@pytest.mark.parametrize(("column", "value"), RIGHT, ids=str)
def test_a_cell_at_the_edge_of_what_is_declared_is_right(column, value):
    assert schema_faults(strict_frame((column, value)), STRICT, "strict.csv") == []


def test_rules_and_keys_name_the_row():
    frame = strict_frame(("deaths", 6), ("sex", "male"), ("year", 2000))
    assert [(f.place, f.expected) for f in schema_faults(frame, STRICT, "strict.csv")] == [
        ("row 3", "one row a key"),
        ("row 3, column deaths", "no more deaths than the value"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame[frame.columns[::-1]],
        lambda frame: frame.drop(columns="note"),
        lambda frame: frame.assign(more=1),
        lambda frame: frame.assign(note=1),
        lambda frame: pd.concat([frame, frame], ignore_index=True),
    ],
)
def test_a_frame_of_another_shape_is_refused(change):
    frame = strict_frame()
    assert schema_faults(frame, STRICT, "strict.csv") == []
    assert schema_faults(change(frame), STRICT, "strict.csv")


def test_schema_speaks_for_every_column():
    for table in RAW_FILES.values():
        assert table.description
        assert all(column.description for column in table.columns)
    assert CENSUS_CITY.column("age").allowed == AGES_85
