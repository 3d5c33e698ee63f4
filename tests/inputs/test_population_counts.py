import pandas as pd
import pytest
from defaults import ROOT

from pipeline.domain import Count
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.population_counts import FILE, all_counts, counts_agree, observations
from pipeline.inputs.raw_tables import load_table


@pytest.fixture(scope="module")
def table():
    return load_table(ROOT, FILE)


@pytest.fixture(scope="module")
def regions():
    return load_catalogue(ROOT).regions


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


def test_a_row_that_was_reviewed_need_not_agree(table):
    place = (table["region"] == "zhejiang") & (table["year"] == 2022) & (table["indicator"] == "population_60plus")
    one = table[place & (table["basis"] == "resident")].assign(file=FILE)
    other = one.assign(value=12_644_538.0, source="other")
    assert len(counts_agree(pd.concat([one, other]), {})) == 1
    assert counts_agree(pd.concat([one, other.assign(reviewed="registered people")]), {}) == []


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
