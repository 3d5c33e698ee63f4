"""Counts since the census: what the table says, and one sentence for each kind of bad count."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.domain import Count
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.population_counts import COUNTS, FILE, all_counts, counts_agree, observations
from pipeline.inputs.raw_tables import load_table
from pipeline.inputs.table_checks import schema_faults

ROOT = Path(__file__).parents[2]
CENSUS = {"zhejiang": {"total": 64_567_588.0, "60+": 12_072_684.0, "65+": 8_567_000.0}}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return load_table(ROOT, FILE)


@pytest.fixture(scope="module")
def regions():
    return load_catalogue(ROOT).regions


def row(**changes: Any) -> dict[str, Any]:
    usual = {
        "region": "zhejiang",
        "year": 2022,
        "indicator": "population_60plus",
        "value": 13_290_000.0,
        "unit": "persons",
        "basis": "resident",
        "census_base": 2020,
        "sampling": "annual_survey",
        "series_break": False,
        "source": "provincial_communiques",
        "reviewed": None,
        "file": FILE,
    }
    return {**usual, **changes}


def told(*rows: Mapping[str, Any]) -> list[str]:
    return [str(fault) for fault in counts_agree(pd.DataFrame(list(rows)), CENSUS)]


def test_the_nation_is_without_servicemen_and_as_published(table):
    nation = table[table["region"] == "china"].set_index(["year", "indicator"])["value"]
    assert nation[2024, "population_60plus"] == 310_310_000
    assert nation[2021, "population_65plus"] == 200_560_000
    assert nation[2023, "population_total"] == 1_409_670_000 - 2_000_000


def test_provinces_add_up_to_the_nation_in_every_year(table):
    table = table[~table["region"].str.fullmatch(r"p[0-9]{6}")]
    totals = table[(table["indicator"] == "population_total") & (table["source"] != "provincial_communiques")]
    inner_mongolia = table[
        (table["region"] == "inner_mongolia")
        & (table["indicator"] == "population_total")
        & (table["source"] == "provincial_communiques")
        & (table["year"] >= 2023)
    ]
    totals = pd.concat([totals, inner_mongolia])
    by_year = totals[totals["region"] != "china"].groupby("year")["value"].agg(["sum", "size"])
    nation = totals[totals["region"] == "china"].set_index("year")["value"]
    assert list(by_year["size"]) == [31] * 4
    assert (by_year["sum"] / nation - 1.0).abs().max() < 0.0003


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row(value=1329.0)], "zhejiang, 2022, population_60plus (resident): found 1329, expected persons, beside"),
        ([row(), row(value=12_644_538.0, source="other")], "found 12644538 of other, expected 13290000 within .1 %"),
        (
            [row(), row(indicator="population_65plus", value=14_000_000.0)],
            "found 14000000, expected at most 13290000, the value of population_60plus",
        ),
        (
            [
                row(indicator="population_total", value=65_770_000.0),
                row(value=14_300_000.0),
                row(indicator="share_60plus", value=20.2, unit="percent"),
            ],
            "found 14300000, expected about 13285540, the 20.2 % of 65770000 aged 60+",
        ),
    ],
    ids=["a thousandfold slip", "registered people marked resident", "more 65+ than 60+", "a share of another total"],
)
def test_a_bad_count_gets_one_clear_sentence(rows, sentence):
    (found,) = told(*rows)
    assert sentence in found


def test_a_row_that_was_reviewed_need_not_agree():
    assert told(row(), row(value=12_644_538.0, source="other", reviewed="registered people")) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"year": 2019}, "at least|from 2021 to 2060"),
        ({"indicator": "share_60plus", "unit": "percent", "value": 120.0}, "a share from 0.1 to 100"),
        ({"basis": "hukou"}, "register for registered"),
        ({"unit": "percent"}, "persons for population"),
        ({"value": 13.5}, "whole persons"),
    ],
    ids=["a year before the census", "a share of 120", "registered, of a survey", "a unit that does not fit", "halves"],
)
def test_a_bad_row_is_refused_by_its_table(changes, sentence):
    frame = pd.DataFrame([row(**changes)]).drop(columns="file")[list(COUNTS.names)]
    frame = frame.astype({"reviewed": "str", "source": "str"})
    frame["reviewed"] = frame["reviewed"].where(frame["reviewed"] != "None")
    found = " ".join(str(fault) for fault in schema_faults(frame, COUNTS, FILE))
    assert pd.Series([found]).str.contains(sentence).all(), found


def test_a_region_may_bring_its_own_counts(table, regions):
    own = Count(year=2023, indicator="population_60plus", value=950_000.0, unit="persons", basis="resident", source="x")
    region = regions["xuchang"].model_copy(update={"counts": (own,)})
    found = all_counts(table, {"xuchang": region})
    assert len(found) == len(table) + 1
    (line,) = observations(found[found["region"] == "xuchang"]).to_dict("records")
    assert (line["year"], line["age_group"], line["value"], line["used"]) == (2023, "60+", 950_000.0, True)
    assert line["file"] == "data/regions/cities/xuchang.yaml"


def test_one_survey_is_one_observation_and_registered_people_are_none(table, regions):
    found = observations(all_counts(table, regions))
    assert not found.duplicated(["region", "year", "age_group"]).any()
    zhejiang = found[(found["region"] == "zhejiang") & (found["year"] == 2022)].set_index("age_group")
    assert zhejiang.loc["60+", "value"] == 13_290_000  # residents; 12.6 million are registered
    assert zhejiang.loc["65+", "value"] == 9_810_000  # the communique's count, not the share of the yearbook
    beijing = found[(found["region"] == "beijing") & (found["year"] == 2022)].set_index("age_group")
    assert beijing.loc["65+", "value"] == pytest.approx(0.151 * 21_843_000, rel=0.02)
    assert not found.loc[found["region"] == "qinghai", "used"].all()
