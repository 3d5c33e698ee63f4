from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from defaults import ROOT

from pipeline.commands.place import as_text, candidates, care, census_csv, census_rows, full_name, place_of, rank
from pipeline.errors import InputError
from pipeline.inputs.declarations import CENSUS_CITY

PLACES = (
    ("320000", "江苏省", "province", "jiangsu"),
    ("320100", "南京市", "prefecture", "jiangsu"),
    ("320106", "鼓楼区", "district", "jiangsu"),
    ("320302", "鼓楼区", "district", "jiangsu"),
    ("410000", "河南省", "province", "henan"),
    ("410300", "洛阳市", "prefecture", "henan"),
    ("220100", "长春市", "prefecture", "jilin"),
    ("411000", "许昌市", "prefecture", "henan"),
)


def atlas():
    rows = [
        (*place, year, age, 90.0 * size, 100.0 * size, 110.0 * size)
        for size, place in enumerate(PLACES, start=1)
        for year in (2020, 2022, 2025, 2030, 2035)
        for age in ("60+", "65+", "80+", "total")
    ]
    return pd.DataFrame(
        rows, columns=["code", "name_zh", "level", "province", "year", "age_group", "q10", "median", "q90"]
    )


@pytest.mark.parametrize("asked", ["洛阳", "洛阳市", "luoyang", "Luo Yang", "410300"])
def test_a_place_is_found_by_name_pinyin_and_code(asked):
    assert place_of(atlas(), asked).code == "410300"


def test_a_name_that_stands_twice_is_asked_about():
    assert [place.code for place in candidates(atlas(), "鼓楼区")] == ["320106", "320302"]
    with pytest.raises(
        InputError, match="found 2 places of that name, expected one of 320106 江苏省南京市鼓楼区, 320302"
    ):
        place_of(atlas(), "鼓楼")
    assert full_name(atlas(), place_of(atlas(), "320106")) == "江苏省南京市鼓楼区"


def test_a_name_nobody_has_is_one_sentence():
    with pytest.raises(InputError, match="place: found 'nowhere', expected the name, pinyin or code"):
        place_of(atlas(), "nowhere")


def test_ranks_are_among_places_of_the_level():
    assert rank(atlas(), place_of(atlas(), "410300"), 2030) == (2, 3)
    district = place_of(atlas(), "320106")
    text = as_text(atlas(), district, care(Path("nowhere"), district), 2030)
    assert text.splitlines()[2].split()[-3:] == ["2020", "2025", "2030"]
    assert as_text(atlas(), district, care(Path("nowhere"), district), 2035).splitlines()[2].endswith("2035")
    assert "320106" in text
    assert "300 (270 to 330)" in text
    assert "% of its province, " in text
    assert "district lines" in text


def test_counted_people_of_a_place_are_those_of_the_census():
    known = pd.read_csv(ROOT / "data/raw/census/cities/xuchang.csv")
    found = census_rows(ROOT, "411000")
    for year in (2010, 2020):
        rows = known[known["year"] == year]
        for at, sex in enumerate(("male", "female")):
            assert np.array_equal(found[year][at], rows[rows["sex"] == sex]["population"])
    assert found[2020].sum() == 4_379_998
    assert list(census_rows(ROOT, "370211")) == [2020]  # Huangdao's boundary moved
    text = census_csv(found, CENSUS_CITY.names)
    assert text.splitlines()[0] == ",".join(CENSUS_CITY.names)
    assert len(text.splitlines()) == 1 + 2 * 2 * 19
