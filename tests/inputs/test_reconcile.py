"""Reconciliation: raw tables agree with one another, and a single wrong cell anywhere is found."""

import pandas as pd
import pytest
from defaults import ROOT

from pipeline.inputs import care_checks, reconcile
from pipeline.inputs.raw_tables import load_table

FIGURES = "data/raw/care_figures.csv"


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
    faults = care_checks.figures_agree(figures, FIGURES)
    assert any(sentence in str(fault) for fault in faults)


def test_unknown_source_and_region_get_the_nearest(catalogue):
    figures = load_table(ROOT, FIGURES).head(3).assign(source="mca_buletin", region="chna")
    (first, *_) = reconcile.sources_known(figures, catalogue.sources, FIGURES)
    assert str(first) == (
        f"{FIGURES}, row 2, column source: found 'mca_buletin', expected a source of data/sources.yaml "
        "(did you mean mca_bulletin?)"
    )
    assert "did you mean china?" in reconcile.regions_known(figures, catalogue.regions, FIGURES)[0].expected
