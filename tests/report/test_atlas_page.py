import json
import re

import pandas as pd
from defaults import ROOT

from pipeline.inputs.catalogue import load_regions
from pipeline.pinyin import pinyin_of
from pipeline.report.atlas_page import TILES, atlas_page, packed_values
from pipeline.results.tables import ADDED, MEASURES, STATUS_QUO
from pipeline.stages.write_atlas import with_counts

COUNTED = ["code", "year", "age_group", "q10", "median", "q90"]
NORMS = {"norm_beds": 0.016, "norm_all_beds": 0.026, "norm_social_workers": 0.001}
YEARS, PLAN_YEAR = (2020, 2022, 2025, 2030, 2040), 2030
SPARSE = (*STATUS_QUO, "added_status_quo_beds")
STOCKS = {"410000": {"status_quo_beds": ("2021", 335_000.0, "beds")}}
PLACES = (
    ("110000", "北京市", "province", "beijing", None),
    ("410000", "河南省", "province", "henan", None),
    ("410300", "洛阳市", "prefecture", "henan", None),
    ("410305", "涧西区", "district", "henan", "410300"),
)


def table():
    rows = [
        (*place, measure, year, 90.0 + at, 100.0 + at, 115.0 + at)
        for at, place in enumerate(PLACES)
        for measure in MEASURES
        for year in YEARS
        if (measure not in ADDED or year == PLAN_YEAR) and (measure not in SPARSE or place[0] == "410000")
    ]
    names = ["code", "name_zh", "level", "province", "prefecture", "measure", "year", "q10", "median", "q90"]
    return pd.DataFrame(rows, columns=names)


def scores():
    row = ("model", "counties", "all", "60+", 2670, 7.6, 2.5, 82.0, 12.2)
    names = ["method", "kind", "size", "age_group", "places", "mape", "bias", "coverage_80", "half_width"]
    return pd.DataFrame([row], columns=names)


def test_the_page_holds_every_place_and_its_intervals():
    packed = packed_values(table(), YEARS)
    assert [place[0] for place in packed["places"]] == [place[0] for place in PLACES]
    middle, below, above = packed["values"]["60+"][3]
    assert middle == [100, 101, 102, 103]
    assert set(below) == {10}
    assert set(above) == {15}
    assert packed["values"]["added_need_beds"][0] is None
    alone = [[None, number, None, None] for number in (101, 10, 15)]
    assert packed["values"]["status_quo_beds"][3] == alone


def test_the_page_fetches_nothing_and_speaks_both_languages():
    page = atlas_page(
        table(), scores(), {"410305": "moved"}, load_regions(ROOT), NORMS, STOCKS, 1000, as_of=2025, draft=True
    ).decode()
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", page)
    assert "fetch(" not in page
    assert "An atlas of older people in China" in page
    assert "全国老年人口地图集" in page
    assert len(page) < 6_000_000
    asked = set(re.findall(r"text\(\"(atlas\.[a-z_0-9+]+)\"", page)) | set(re.findall(r'data-text="([^"]+)"', page))
    known = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])["texts"]["en"]
    assert asked
    assert asked <= set(known)


def test_names_are_found_by_pinyin():
    names = {"洛阳市": "Luoyang", "重庆市": "Chongqing", "县": "Xian", "朝阳区": "Chaoyang", "长治市": "Changzhi"}
    names |= {"长子县": "Zhangzi", "新都区": "Xindu", "单县": "Shanxian"}
    assert {name: pinyin_of(name) for name in names} == names


def test_every_province_has_a_tile_of_its_own():
    assert len(TILES) == 31
    assert len({tile[2] for tile in TILES.values()}) == 31
    provinces = {region.gb_code for region in load_regions(ROOT).values() if region.level == "province"}
    assert set(TILES) == provinces


def test_people_of_the_census_are_shown_as_they_were_counted():
    exact = pd.DataFrame([("410300", 2020, "60+", 102_345.0, 102_345.0, 102_345.0)], columns=COUNTED)
    found = with_counts(table(), exact).set_index(["code", "measure", "year"])
    assert found.loc[("410300", "60+", 2020), "median"] == 102_345.0
    assert found.loc[("410300", "60+", 2030), "median"] == 102.0
    assert len(found) == len(table())
    assert not found["median"].isna().any()
