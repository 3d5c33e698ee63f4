from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from defaults import ROOT

from pipeline.inputs.raw_tables import load_corrections, load_table
from pipeline.models.counties.matching import in_boundary_of, kind_of, matches, moved_cities, tree, unchanged_cities


@cache
def table():
    return load_table(ROOT, "data/raw/prefectures.csv", load_corrections(ROOT))


@cache
def trees():
    first, second = tree(table(), 2010), tree(table(), 2020)
    return first, second, matches(first, second, load_table(ROOT, "data/raw/county_successors.csv"))


@cache
def cities():
    return unchanged_cities(*trees()[:2])


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
    same = cities()
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
    unchanged = cities()
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


def test_at_least_290_prefectures_kept_their_boundary():
    """Grown since 2010 by the State Council's approvals: 合肥 and 芜湖 (Chaohu, 2011), 淮南 (Shou county, 2015), 成都
    (Jianyang, 2016), 铜陵 (Zongyang, 2016), 济南 (Laiwu, 2019), 长春 (Gongzhuling, 2020); 西安 has Xixian in it."""
    found = cities()
    codes = set(found.labels["code"])
    assert len(codes) == len(found.labels) >= 290
    assert codes.isdisjoint({"340100", "340200", "510100", "370100", "340400", "340700", "220100", "610100"})
    assert {"420100", "411000", "510400", "330100", "441900"} <= codes
    assert not set(found.labels["province"]) & {"beijing", "shanghai", "tianjin", "chongqing"}


def test_tables_and_features_of_prefectures():
    """60+ in 2020: 许昌 862,656 and 攀枝花 239,574 (bulletins of the seventh census); cities of districts alone are
    urban."""
    found = cities()
    old = dict(zip(found.labels["code"], found.second[..., 12:].sum(axis=(1, 2)), strict=True))
    assert (old["411000"], old["510400"]) == (862_656, 239_574)
    urban = dict(zip(found.labels["code"], found.urban, strict=True))
    assert urban["440300"] == urban["441900"] == 1.0
    assert 0.0 < urban["411000"] < 0.2
    features = found.features(dict.fromkeys(found.labels["province"], 1e7))
    assert features.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert features.std(axis=0) == pytest.approx([1, 1])


AGES = ["0", "1-4", *(f"{age}-{age + 4}" for age in range(5, 85, 5)), "85+"]


def prefectures(*rows):
    """Rows (year, code, level, parent, name) of one province, ten people in every cell."""
    frame = pd.DataFrame(rows, columns=["year", "code", "level", "parent", "name"]).assign(province="hebei")
    both = pd.concat([frame.assign(sex=sex) for sex in ("male", "female")], ignore_index=True)
    return both.join(pd.DataFrame(10, index=both.index, columns=AGES))


PLACES = (
    ("130000", "province", "000000", "河北省"),
    ("130100", "prefecture", "130000", "甲甲市"),
    ("130121", "county", "130100", "东东县"),
    ("130122", "county", "130100", "西西县"),
    ("130200", "prefecture", "130000", "乙乙市"),
    ("130221", "county", "130200", "南南县"),
    ("130222", "county", "130200", "北北县"),
)


def unchanged_between(rows):
    return unchanged_cities(tree(rows, 2010), tree(rows, 2020))


def unchanged(name="", new=("", "", "")):
    """Cities of `PLACES` in 2010 and 2020, the county `name` of 2020 with another code, parent and name."""
    later = [
        (new[0], level, *new[1:]) if own == name else (code, level, parent, own) for code, level, parent, own in PLACES
    ]
    rows = [*((2010, *place) for place in PLACES), *((2020, *place) for place in later)]
    return unchanged_between(prefectures(*rows))


def test_a_county_moves_both_prefectures_where_it_changes_hands_and_not_where_it_becomes_a_district():
    for code in ("130221", "130123"):
        assert list(unchanged("南南县", (code, "130100", "南南县")).labels["code"]) == []
    for found in (unchanged(), unchanged("西西县", ("130104", "130100", "西西区"))):
        assert list(found.labels["code"]) == ["130100", "130200"]
        assert list(found.urban) == [0.0, 0.0]


def test_a_prefecture_with_a_blank_cell_is_left_out():
    holed = prefectures(*((year, *place) for year in (2010, 2020) for place in PLACES)).astype({"85+": float})
    holed.loc[(holed["code"] == "130100") & (holed["year"] == 2020) & (holed["sex"] == "male"), "85+"] = np.nan
    assert list(unchanged_between(holed).labels["code"]) == ["130200"]
