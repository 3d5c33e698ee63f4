"""Observations of supply: those of the project are sound, and each kind of slip gets one clear sentence."""

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.domain import Catalogue, Observed
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.observations import SUPPLY, observations, supply_faults
from pipeline.inputs.raw_tables import RawTables

ROOT = Path(__file__).parents[2]
CATALOGUE = load_catalogue(ROOT)
TABLE = RawTables(ROOT, CATALOGUE.corrections).table(SUPPLY)
PREFECTURES = {"150800": "巴彦淖尔市", "511100": "乐山市", "410100": "郑州市"}

ROW: dict[str, Any] = {
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


def sentences(
    *rows: dict[str, Any], catalogue: Catalogue = CATALOGUE, as_of: str = "2025-12-31", last_year: int = 2035
) -> list[str]:
    table = pd.concat([TABLE, pd.DataFrame(list(rows), columns=list(ROW))], ignore_index=True) if rows else TABLE
    return [*map(str, supply_faults(ROOT, catalogue, table, PREFECTURES, as_of, last_year))]


def faults(*rows: dict[str, Any], **more: Any) -> list[str]:
    return [sentence for sentence in sentences(*rows, **more) if not sentence.startswith("warning")]


def test_the_projects_observations_are_sound() -> None:
    assert faults() == faults(ROW) == []
    assert len(observations(CATALOGUE, TABLE)) > len(TABLE)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"part": "999999"}, "column part: found 999999, expected the code of a prefecture"),
        ({"unit": "persons"}, "column unit: found persons, expected beds, its unit"),
        ({"value": 9e9}, "column value: found 9000000000, expected a value from 0 to"),
    ],
)
def test_a_row_that_cannot_be_is_named(changes: dict[str, Any], sentence: str) -> None:
    (found,) = faults(ROW | changes)
    assert sentence in found
    assert found.startswith(f"{SUPPLY}, row {len(TABLE) + 2}")


def test_two_observations_of_one_thing_and_date_must_agree() -> None:
    plans_own = ROW | {"region": "wuhan", "indicator": "elderly_care_beds", "date": "2015", "value": 60_000.0}
    assert faults(plans_own) == []
    (found,) = set(sentences(plans_own)) - set(sentences())
    assert "found 61000, expected 60000 as in data/raw/supply.csv, or another definition" in found
    assert found.startswith("warning: data/plans/wuhan.yaml")
    (found,) = faults(ROW | {"region": "henan"}, ROW | {"region": "henan", "value": 41_000.0})
    assert "found 41000, expected 40000" in found
    assert faults(plans_own | {"definition": "registered_only"}) == []
    assert faults(plans_own | {"date": "2015-06"}) == []


def test_of_two_values_of_one_moment_the_exact_one_counts() -> None:
    """A month or a day may be told beside the year that it ends."""
    year, month = ROW | {"region": "henan"}, ROW | {"region": "henan", "date": "2022-12", "value": 41_000.0}
    (found,) = faults(year, month)
    assert "found 41000, expected 40000" in found
    assert faults(year, month | {"comparator": "about"}) == []
    (found,) = faults(year | {"comparator": "about"}, month | {"comparator": "about"})
    assert "found 41000, expected 40000" in found


def test_a_comparator_that_contradicts_is_named() -> None:
    below = ROW | {"region": "inner_mongolia", "date": "2020", "value": 70_000.0}
    (found,) = faults(below)
    assert "found 70000, expected at least 80000, as inner_mongolia.institution_beds.baseline.2020 says" in found
    assert faults(below | {"value": 85_000.0}) == []


def test_parts_must_add_up_to_their_whole() -> None:
    parts = [
        ROW | {"region": "hubei", "indicator": name, "date": "2021", "value": value}
        for name, value in (("elderly_care_beds", 100.0), ("institution_beds", 60.0), ("community_beds", 50.0))
    ]
    (found,) = faults(*parts)
    assert (
        "hubei, 2021, elderly_care_beds: found 100, expected 110, the sum of institution_beds and community_beds"
        in found
    )


def test_a_region_brings_its_own_in_its_file() -> None:
    said = Observed(indicator="institution_beds", date="2024", value=5_000, source="local_bulletin")
    mine = CATALOGUE.regions["panzhihua"].model_copy(update={"supply": (said,)})
    catalogue = dataclasses.replace(CATALOGUE, regions={**CATALOGUE.regions, "panzhihua": mine})
    found = [item for item in observations(catalogue, TABLE) if item.region == "panzhihua"]
    assert [(item.indicator, item.date, item.value, item.origin) for item in found] == [
        ("institution_beds", "2024", 5_000, "panzhihua.supply")
    ]
    assert not [sentence for sentence in sentences(catalogue=catalogue) if "panzhihua" in sentence]


def test_a_target_outside_the_projection_is_doubted() -> None:
    found = [sentence for sentence in sentences(last_year=2024) if "those projected" in sentence]
    told = [sentence for sentence in found if "found 2025, expected a year from 2020 to 2024" in sentence]
    assert any("data/plans/xuchang.yaml" in sentence for sentence in told)
    assert not [sentence for sentence in sentences() if "those projected" in sentence]
