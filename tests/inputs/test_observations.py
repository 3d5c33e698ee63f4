import dataclasses

import pandas as pd
import pytest
from defaults import ROOT

from pipeline.domain import Observed
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.observations import SUPPLY, observations, supply_faults
from pipeline.inputs.raw_tables import RawTables

CATALOGUE = load_catalogue(ROOT)
TABLE = RawTables(ROOT, CATALOGUE.corrections).table(SUPPLY)
PREFECTURES = {"150800": "巴彦淖尔市", "511100": "乐山市", "410100": "郑州市"}

ROW = {
    "region": "wuhan",
    "part": None,
    "indicator": "institution_beds",
    "date": "2022",
    "value": 40_000.0,
    "unit": "beds",
    "comparator": "=",
    "basis": "not_applicable",
    "definition": None,
    "confidence": "published",
    "note": "an invented row",
    "source": "wuhan_press_conference_2019",
}
PLANS_OWN = {"indicator": "elderly_care_beds", "date": "2015", "value": 60_000.0}
YEAR = {"region": "henan"}
MONTH = YEAR | {"date": "2022-12", "value": 41_000.0}
ABOUT = {"comparator": "about"}
BELOW = {"region": "inner_mongolia", "date": "2020", "value": 70_000.0}
PARTS = {"elderly_care_beds": 100.0, "institution_beds": 60.0, "community_beds": 50.0}
TWICE = "found 41000, expected 40000"


def sentences(*rows, catalogue=CATALOGUE, last_year=2035):
    """Faults and doubts of the project's table with these rows below it, each `ROW` with other cells."""
    added = pd.DataFrame([ROW | row for row in rows], columns=list(ROW))
    table = pd.concat([TABLE, added], ignore_index=True) if rows else TABLE
    return [*map(str, supply_faults(ROOT, catalogue, table, PREFECTURES, "2025-12-31", last_year))]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"part": "999999"}], "column part: found 999999, expected the code of a prefecture"),
        ([{"unit": "persons"}], "column unit: found persons, expected beds, its unit"),
        ([{"value": 9e9}], "column value: found 9000000000, expected a value from 0 to"),
        ([YEAR, YEAR | {"value": 41_000.0}], TWICE),
        ([YEAR, MONTH], TWICE),
        ([YEAR | ABOUT, MONTH | ABOUT], TWICE),
        ([BELOW], "found 70000, expected at least 80000, as inner_mongolia.institution_beds.baseline.2020 says"),
        (
            [{"region": "hubei", "indicator": name, "date": "2021", "value": value} for name, value in PARTS.items()],
            "elderly_care_beds: found 100, expected 110, the sum of institution_beds and community_beds",
        ),
    ],
)
def test_what_cannot_be_is_named_with_its_row(rows, sentence):
    (found,) = [line for line in sentences(*rows) if not line.startswith("warning")]
    assert sentence in found
    assert found.startswith((f"{SUPPLY}, row {len(TABLE) + 1 + len(rows)}", f"{SUPPLY}, hubei, 2021"))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{}],
        [PLANS_OWN],
        [PLANS_OWN | {"definition": "registered_only"}],
        [PLANS_OWN | {"date": "2015-06"}],
        [YEAR, MONTH | ABOUT],  # a month or a day may be told beside the year that it ends: the exact one counts
        [BELOW | {"value": 85_000.0}],
    ],
)
def test_what_can_be_is_no_fault(rows):
    assert [line for line in sentences(*rows) if not line.startswith("warning")] == []


def test_a_plan_that_says_otherwise_of_one_thing_and_date_is_doubted():
    (found,) = set(sentences(PLANS_OWN)) - set(sentences())
    assert "found 61000, expected 60000 as in data/raw/supply.csv, or another definition" in found
    assert found.startswith("warning: data/plans/wuhan.yaml")


def test_a_region_brings_its_own_in_its_file():
    assert len(observations(CATALOGUE, TABLE)) > len(TABLE)
    said = Observed(indicator="institution_beds", date="2024", value=5_000, source="local_bulletin")
    mine = CATALOGUE.regions["panzhihua"].model_copy(update={"supply": (said,)})
    catalogue = dataclasses.replace(CATALOGUE, regions={**CATALOGUE.regions, "panzhihua": mine})
    found = [item for item in observations(catalogue, TABLE) if item.region == "panzhihua"]
    assert [(item.indicator, item.date, item.value, item.origin) for item in found] == [
        ("institution_beds", "2024", 5_000, "panzhihua.supply")
    ]
    assert not [sentence for sentence in sentences(catalogue=catalogue) if "panzhihua" in sentence]


def test_a_target_outside_the_projection_is_doubted():
    told = [line for line in sentences(last_year=2024) if "found 2025, expected a year from 2020 to 2024" in line]
    assert any("data/plans/xuchang.yaml" in line and "those projected" in line for line in told)
    assert not [line for line in sentences() if "those projected" in line]
