"""A city of which only a bulletin is published: read strictly, kept exactly, uncertain where it must be."""

import shutil
from pathlib import Path

import pytest
from smoke import edit
from test_margins import BANDS, XUCHANG, area

from pipeline.documents.yaml_file import parse_yaml
from pipeline.errors import InputError, raise_if_any
from pipeline.inputs.bulletins import margin_rows
from pipeline.inputs.catalogue import check_catalogue, city_faults, load_regions
from pipeline.inputs.raw_tables import RawTables, check_tables
from pipeline.models import margins
from pipeline.models.margins import Margins
from pipeline.shortfall.audit.audit_case import census_references

ROOT = Path(__file__).parents[2]
FILE = "data/raw/census/cities/xuchang.csv"
HEAD = "year,sex,age,population,deaths,source"


def bulletin(**changes: int | None) -> str:
    said = margins.margins_of(area(XUCHANG)[0], BANDS)
    counts: dict[str, float | None] = {
        "male,total": said.male,
        "female,total": said.female,
        "both,total": said.total,
        **{f"both,{band}": people for band, people in said.bands.items()},
    }
    counts |= changes
    rows = [f"2020,{cell},{people:.0f},,census_county_2020" for cell, people in counts.items() if people is not None]
    return "\n".join([HEAD, *rows, ""])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The inputs of the project, 许昌 being known by its bulletin alone."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("derived", "results", "backtest"))
    (tmp_path / FILE).write_text(bulletin(), encoding="utf-8")
    region = tmp_path / "data/regions/cities/xuchang.yaml"
    edit(region, "census_form: full", "census_form: margins")
    return tmp_path


def read(project: Path) -> dict[tuple[str, int], Margins]:
    regions = load_regions(project)
    found, faults = RawTables(project).margins(regions, ("xuchang", "henan"))
    raise_if_any(faults)
    return found


def test_a_bulletin_takes_the_place_of_a_table(project: Path) -> None:
    catalogue, faults = check_catalogue(project)
    assert faults == []
    raw, regions = RawTables(project, catalogue.corrections), catalogue.regions
    assert check_tables(raw, regions, catalogue.sources) == []
    assert [name for name in regions if raw.form(regions[name]) == "margins"] == ["xuchang"]
    assert "xuchang" not in set(raw.census(regions.values())["region"])
    (said,) = read(project).values()
    assert said == margins.margins_of(area(XUCHANG)[0], BANDS)
    rows = margin_rows({("xuchang", 2020): said})
    assert rows["population"].sum() == said.total
    assert list(rows["age"]) == ["0-14", "15-59", "60-64", "65+"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"both,15-59": 2_540_000}, "xuchang 2020, total: found"),
        ({"male,total": 2_212_303}, "male + female"),
        ({"both,65+": 900_000}, "xuchang 2020, 65+: found 900000, expected fewer than the 862656 of 60+"),
        ({"both,60+": None}, "sex both, year 2020: found no row for age 60+"),
        ({"female,total": None}, "found no row for sex female"),
        ({"male,60+": 400_000}, "the age total, the only one that stands for men and women apart"),
        ({"both,60-64": 207_556}, "column age: found '60-64'"),
    ],
)
def test_a_bulletin_that_contradicts_itself_is_refused(
    project: Path, changes: dict[str, int | None], sentence: str
) -> None:
    (project / FILE).write_text(bulletin(**changes), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(project)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(FILE)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2020,", "2010,", "column year: found no 2020, expected the census of 2020"),
        ("2020,", "2015,", "2010 or 2020, a census year"),
    ],
)
def test_years_of_a_bulletin_are_checked(project: Path, old: str, new: str, sentence: str) -> None:
    (project / FILE).write_text(bulletin().replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        read(project)


def test_the_check_of_all_tables_names_what_is_wrong_with_a_bulletin(project: Path) -> None:
    (project / FILE).write_text(bulletin(**{"both,65+": 900_000}), encoding="utf-8")
    catalogue, _ = check_catalogue(project)
    faults = check_tables(RawTables(project, catalogue.corrections), catalogue.regions, catalogue.sources)
    assert "xuchang 2020, 65+" in {fault.place for fault in faults}


def test_the_audit_takes_from_a_bulletin_what_it_says() -> None:
    said = margins.margins_of(area(XUCHANG)[0], BANDS)
    rows = margin_rows({("xuchang", year): said for year in (2010, 2020)})
    rows["age"] = rows["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    found = census_references("xuchang", rows)
    assert set(found["indicator"]) == {"population_total", "population_60plus", "population_65plus"}
    assert set(found["origin"]) == {"census"}
    values = found[found["year"] == 2020].set_index("indicator")["value"]
    assert values["population_60plus"] == 862_656


def test_a_city_with_files_and_no_place_in_the_list_is_named() -> None:
    catalogue, _ = check_catalogue(ROOT)

    def told(listed: str) -> list[str]:
        params = parse_yaml("params.yaml", f"seed: 1\ncities: [{listed}]\n")
        return list(map(str, city_faults(params, catalogue.regions)))

    assert told("panzhihua, wuhan, xuchang") == []
    assert told("panzhihua, xuchang") == [
        "params.yaml, line 2, cities: found ['panzhihua', 'xuchang'], "
        "expected wuhan too, as every city of data/regions/cities"
    ]
    assert told("panzhihua, wuhan, xuchang, xuchan") == [
        "params.yaml, line 2, cities[3]: found 'xuchan', expected a city of data/regions/cities (did you mean xuchang?)"
    ]


def test_a_source_may_stand_in_the_file_that_needs_it_once(project: Path) -> None:
    file = project / "data/regions/cities/xuchang.yaml"
    own = """sources:
  bulletin_xuchang:
    producer: Xuchang
    title: {zh: 公报, en: Bulletin}
    published: "2021"
    licence: none stated
    citation: Bulletin
    table_or_section: "1"
"""
    file.write_text(file.read_text(encoding="utf-8") + own, encoding="utf-8")
    catalogue, faults = check_catalogue(project)
    assert faults == []
    assert catalogue.sources["bulletin_xuchang"].citation == "Bulletin"
    file.write_text(file.read_text(encoding="utf-8").replace("bulletin_xuchang", "census_2020"), encoding="utf-8")
    _, (fault,) = check_catalogue(project)
    assert fault.expected == "an id no other source has"
