from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from defaults import ROOT

from pipeline.inputs.raw_tables import load_corrections, load_table
from pipeline.models.cohorts import unchanged_cities
from pipeline.models.counties.matching import in_boundary_of, kind_of, matches, moved_cities, tree


@cache
def table():
    return load_table(ROOT, "data/raw/prefectures.csv", load_corrections(ROOT))


@cache
def trees():
    first, second = tree(table(), 2010), tree(table(), 2020)
    return first, second, matches(first, second, load_table(ROOT, "data/raw/county_successors.csv"))


@pytest.mark.parametrize(("at", "people"), [(0, 1_332_810_869), (1, 1_409_778_724)])
def test_every_cell_of_the_nation_is_in_one_county_or_remainder(at, people):
    found = trees()[at]
    assert found.province_people.sum() == people
    parts = found.county_people.sum(axis=0) + found.remainders().sum(axis=0)
    assert np.array_equal(parts, found.province_people.sum(axis=0))
    assert found.remainders().min() >= 0
    assert len(found.counties) > 2850
    assert found.counties["code"].is_unique


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("410305", "涧西区", "district"),
        ("429021", "神农架林区", "county"),
        ("520203", "六枝特区", "county"),
        ("152501", "二连浩特市", "county_city"),
        ("130672", "保定白沟新城", "district"),
        ("152526", "西乌珠穆沁旗", "county"),
    ],
)
def test_kinds_of_places(code, name, kind):
    assert kind_of(code, name) == kind


def test_counties_are_matched_as_the_publications_name_them():
    first, second, found = trees()
    how = Counter(found.how)
    assert how["code"] + how["name"] > 2650
    assert 45 <= how["moved"] <= 60
    known = found.before[found.before >= 0]
    assert len(set(known)) == len(known)
    named = dict(zip(second.counties["code"], found.before, strict=True))
    assert first.counties["name"].iloc[named["411003"]] == "许昌县"
    assert named["370211"] == -1  # Huangdao took over Jiaonan
    reasons = {"new_zone", "new_or_merged", "moved", "blank"}
    assert all((how in reasons) == (before < 0) for how, before in zip(found.how, found.before, strict=True))


def test_a_prefecture_that_grew_has_its_new_counties_in_2010_too():
    first, second, found = trees()
    people, whole = in_boundary_of(first, second, found)
    totals = dict(zip(second.middles["code"], people.sum(axis=(1, 2)), strict=True))
    assert totals["340100"] == 7_457_027  # Hefei with Chaohu and Lujiang
    assert totals["510100"] == 14_047_625 + 1_071_214  # Chengdu and Jianyang
    assert whole.sum() >= 336
    assert np.isnan(people[~whole]).all()
    assert np.nansum(people) <= first.province_people.sum()


def test_prefectures_that_kept_their_counties_are_as_they_were():
    first, second, found = trees()
    people, _ = in_boundary_of(first, second, found)
    same = unchanged_cities(table(), (2010, 2020))
    at = [list(second.middles["code"]).index(code) for code in same.labels["code"]]
    agree = np.isclose(people[at], same.tables[0]).all(axis=(1, 2))
    assert agree.mean() > 0.97


def test_a_county_that_doubled_in_all_old_ages_counts_as_moved():
    first, second, found = trees()
    at = int(np.flatnonzero(np.array(found.how) == "code")[100])
    people = second.county_people.copy()
    people[at] *= 2
    again = matches(first, replace(second, county_people=people), load_table(ROOT, "data/raw/county_successors.csv"))
    assert again.how[at] == "moved"
    assert again.before[at] == -1
    assert again.linked[at] == found.linked[at]


def test_cities_of_moved_boundary_are_in_todays_and_stand_beside_the_unchanged():
    first, second, found = trees()
    unchanged = unchanged_cities(table(), (2010, 2020))
    moved = moved_cities(first, second, found, unchanged)
    codes = list(moved.labels["code"])
    assert {"340100", "510100", "370100"} <= {*codes}  # Hefei, Chengdu, Jinan
    assert not {*codes} & {*unchanged.labels["code"]}
    assert (moved.tables > 0).all()
    assert ((moved.urban >= 0) & (moved.urban <= 1)).all()
    people, _ = in_boundary_of(first, second, found)
    chengdu = codes.index("510100")
    np.testing.assert_array_equal(moved.tables[0, chengdu], people[list(second.middles["code"]).index("510100")])
    totals = dict(zip(first.provinces, first.province_people.sum(axis=(1, 2)), strict=True))
    # On the scale of those the model learns from, cities that took in counties are large.
    assert moved.features(totals, unchanged)[chengdu, 1] > 1.0
    np.testing.assert_allclose(unchanged.features(totals, unchanged), unchanged.features(totals))
