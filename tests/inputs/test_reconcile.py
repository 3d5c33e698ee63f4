from dataclasses import replace

import pandas as pd
import pytest
from defaults import ROOT

from pipeline.inputs import care_checks, reconcile
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import load_table
from pipeline.inputs.reconcile import PREFECTURES
from pipeline.inputs.table_checks import schema_faults

FIGURES = "data/raw/care_figures.csv"


def moved(frame, row, column, by):
    other = frame.copy()
    other.loc[other.index[row], column] += by
    return other


def with_table(tables, name, frame):
    return replace(tables, shared={**tables.shared, name: frame})


def test_one_person_moved_is_found(tables, census):
    henan = census.index[census["region"] == "henan"][10]
    (fault,) = reconcile.provinces_sum_to_nation(replace(tables, census=moved(census, henan, "population", 1)))
    assert fault.place == "column population, year 2000, sex male, age 45-49"
    assert [*reconcile.provinces_sum_to_nation(replace(tables, census=census[census["region"] != "tibet"]))]


@pytest.mark.parametrize(("column", "expected"), [("population", "people"), ("deaths", "deaths")])
def test_a_cell_that_counts_nobody_is_found(tables, census, column, expected):
    empty = census.copy()
    at = empty.index[(empty["region"] == "tibet") & (empty["year"] == 2010) & (empty["age"] == "80-84")][1]
    empty.loc[at, column] = 0
    (fault,) = reconcile.somebody_everywhere(replace(tables, census=empty))
    assert str(fault) == (
        f"data/raw/census/provinces/tibet.csv, column {column}, region tibet, year 2010, sex female, age 80-84: "
        f"found 0, expected {expected}, not 0"
    )


@pytest.mark.parametrize(
    ("check", "name", "row", "column", "by"),
    [
        (reconcile.provinces_sum_to_nation, "births", 70, "births", 1),
        (reconcile.single_ages_agree, "census_single_age", 70, "deaths", -1),
        (reconcile.asfr_shares_sum_to_100, "wpp2024/asfr_shares", 3, "value", 5),
        (reconcile.both_sexes_agree, "wpp2024/population", 3, "value", 1),
    ],
)
def test_one_cell_moved_is_found(tables, check, name, row, column, by):
    (_,) = check(with_table(tables, name, moved(tables.shared[name], row, column, by)))


def test_prefecture_slips_are_found_without_their_corrections(tables):
    raw = load_table(ROOT, PREFECTURES)
    (fault,) = reconcile.areas_add_up(raw, tables)
    assert (fault.place, fault.value) == ("year 2010, code 211400, sex female, column 35-39", "103394")
    zhejiang = raw.index[(raw["code"] == "330000") & (raw["year"] == 2020)][0]
    _, _ = reconcile.areas_add_up(moved(raw, zhejiang, "60-64", 1), tables)


def test_a_district_needs_a_name_of_its_own_only_within_its_prefecture(tables):
    """Jiangsu has a 鼓楼区 in 南京 and one in 徐州; a second one within 南京 is one of its two rows too many."""
    table = tables.shared["prefectures"]
    drum = table[(table["name"] == "鼓楼区") & (table["province"] == "jiangsu") & (table["year"] == 2020)]
    assert set(drum["parent"]) == {"320100", "320300"}
    twice = pd.concat([table, drum[drum["parent"] == "320100"]], ignore_index=True)
    assert [fault.place for fault in reconcile.counties_whole(twice)] == ["year 2020, code 320106"]
    found = schema_faults(twice, RAW_FILES[PREFECTURES], PREFECTURES)
    assert any("the key of row" in fault.value for fault in found)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (("wuhan", "population_male", 2020), 7e6, "wuhan, 2020, resident, census_bulletin, population_total"),
        (("wuhan", "share_60plus", 2019), 31.43, "share_60plus"),
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
    assert any(sentence in str(fault) for fault in care_checks.care_faults("care_figures", figures))
