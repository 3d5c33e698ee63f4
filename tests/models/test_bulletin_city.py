import io
import re

import pandas as pd
import pytest
from defaults import copy_inputs
from smoke import edit
from test_margins import BANDS, CENSUS_GROUPS, HENAN, XUCHANG, area, published, published_with

from pipeline.demography.age_groups import partition
from pipeline.errors import InputError, raise_if_any
from pipeline.inputs.bulletins import margin_faults, margin_rows, margins_by_year
from pipeline.inputs.catalogue import check_catalogue, load_regions
from pipeline.inputs.declarations import CENSUS_MARGINS
from pipeline.inputs.raw_tables import RawTables, check_tables
from pipeline.models import margins
from pipeline.shortfall.audit.audit_case import census_references

FILE = "data/raw/census/cities/xuchang.csv"


def bulletin(year=2020, **changes):
    said = published()
    counts = {"male,total": said.male, "female,total": said.female, "both,total": said.total}
    counts |= {f"both,{band}": people for band, people in said.bands.items()} | changes
    rows = [f"{year},{cell},{people:.0f},,census_county_2020\n" for cell, people in counts.items() if people]
    return "year,sex,age,population,deaths,source\n" + "".join(rows)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The inputs of the project, 许昌 being known by a bulletin alone, which each test writes."""
    folder = copy_inputs(tmp_path_factory.mktemp("bulletin") / "project")
    edit(folder / "data/regions/cities/xuchang.yaml", "census_form: full", "census_form: margins")
    return folder


def read(project, **changes):
    (project / FILE).write_text(bulletin(**changes), encoding="utf-8")
    raw, regions = RawTables(project), load_regions(project)
    raise_if_any(raw.bulletin_faults(regions["xuchang"], regions[HENAN]))
    return list(margins_by_year(raw.table(FILE, CENSUS_MARGINS)).values())


def test_a_bulletin_takes_the_place_of_a_table(project):
    assert read(project) == [published()]
    catalogue, faults = check_catalogue(project)
    assert faults == []
    raw, regions = RawTables(project, catalogue.corrections), catalogue.regions
    assert check_tables(raw, regions, catalogue.sources) == []
    assert [name for name in regions if raw.form(regions[name]) == "margins"] == ["xuchang"]
    assert "xuchang" not in set(raw.census(regions.values())["region"])
    (project / FILE).write_text(bulletin(**{"both,65+": 900_000}), encoding="utf-8")
    faults = check_tables(RawTables(project, catalogue.corrections), regions, catalogue.sources)
    assert "xuchang 2020, 65+" in {fault.place for fault in faults}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"both,15-59": 2_540_000}, "xuchang 2020, total: found 4379998, expected 4379212, the sum of 0-14 + 15-59 + "),
        ({"male,total": 2_212_303}, "xuchang 2020, total: found 4379998, expected 4379999, male + female"),
        ({"both,65+": 900_000}, "xuchang 2020, 65+: found 900000, expected fewer than the 862656 of 60+"),
        ({"both,60+": None}, "sex both, year 2020: found no row for age 60+"),
        ({"female,total": None}, "found no row for sex female"),
        ({"male,60+": 400_000}, "the age total, the only one that stands for men and women apart"),
        ({"both,60-64": 207_556}, "column age: found '60-64'"),
        ({"year": 2010}, "column year: found no 2020, expected the census of 2020"),
        ({"year": 2015}, "2010 or 2020, a census year"),
    ],
)
def test_a_bulletin_that_contradicts_itself_is_refused(project, changes, sentence):
    with pytest.raises(InputError) as caught:
        read(project, **changes)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(FILE)


def refused(said, province=None):
    return margin_faults(said, area(XUCHANG)[1] if province is None else province, ("xuchang", HENAN), FILE)


@pytest.mark.parametrize(
    ("changes", "place", "value", "expected"),
    [
        *(({"0-14": count}, "0-14", f"{count:g}", "a count of people above zero") for count in (0.0, -5)),
        ({"male": 3_981_816, "female": 398_182}, "male", "3981816", "0.33 to 3 times the 398182 women"),
    ],
)
def test_margins_that_cannot_be_are_refused_with_region_and_cell(changes, place, value, expected):
    (fault,) = refused(published_with(**changes))
    assert (fault.place, fault.value, fault.expected) == (f"xuchang, {place}", value, expected)


def test_a_city_above_its_province_is_refused_with_the_cells():
    truth, province = area(XUCHANG)
    small = truth * 2
    small[:, CENSUS_GROUPS.index("65-69") :] = truth[:, CENSUS_GROUPS.index("65-69") :] * 0.5
    (fault,) = refused(published(), small)
    assert (fault.place, fault.expected) == ("xuchang, 65+", "at most 327550, the count of henan")
    # 万 taken for persons the other way round: every cell is ten thousand times too large.
    huge = margins.margins_of(truth * 1e4, BANDS)
    assert {fault.place for fault in refused(huge, province)} == {
        f"xuchang, {cell}" for cell in ("male", "female", "0-14", "15-59", "60-64", "65+")
    }


@pytest.mark.parametrize(
    ("bands", "problem"),
    [
        ({"0-14": 1, "20-59": 2, "60+": 3}, "20-59 where a band from 15 on is due"),
        ({"0-14": 1, "10-59": 2, "60+": 3}, "10-59 where a band from 15 on is due"),
        ({"0-14": 1, "15-59": 5}, "no band from 60 on"),
        ({"0-15": 1, "16-59": 2, "60+": 3}, "16-59 where a band from 16 on is due"),
        ({}, "no band from 0 on"),
    ],
)
def test_bands_with_gaps_overlaps_or_odd_edges_are_refused(bands, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        partition(bands)


def test_the_audit_takes_from_a_bulletin_what_it_says():
    rows = margin_rows("xuchang", pd.concat([pd.read_csv(io.StringIO(bulletin(year))) for year in (2010, 2020)]))
    assert list(rows["age"].head(4)) == ["0-14", "15-59", "60-64", "65+"]
    assert rows["population"].sum() == 2 * published().total
    rows["age"] = rows["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    found = census_references("xuchang", rows)
    assert set(found["indicator"]) == {"population_total", "population_60plus", "population_65plus"}
    assert set(found["origin"]) == {"census"}
    values = found[found["year"] == 2020].set_index("indicator")["value"]
    assert values["population_60plus"] == 862_656
