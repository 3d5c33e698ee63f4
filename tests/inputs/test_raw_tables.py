"""The raw tables as they stand: published totals, agreement with one another, blanks that stay blank."""

import pandas as pd
import pytest
from defaults import ROOT

from pipeline.inputs.declarations import CENSUS_CITY, RAW_FILES
from pipeline.inputs.raw_tables import load_table
from pipeline.schemas import AGES_85


@pytest.mark.parametrize(
    ("region", "year", "first_age", "persons"),
    [
        ("china", 2020, 0, 1_409_778_724),  # China Population Census Yearbook 2020, without servicemen
        ("china", 2000, 0, 1_242_612_226),
        ("wuhan", 2020, 0, 12_447_718),  # yearbook; the bulletin of May 2021 gives 12,326,518
        ("xuchang", 2020, 60, 862_656),  # bulletins of the seventh census
        ("zhejiang", 2020, 60, 12_072_684),
        ("panzhihua", 2020, 60, 239_574),
        ("inner_mongolia", 2020, 60, 4_757_233),
    ],
)
def test_published_totals(census, region, year, first_age, persons):
    rows = census[(census["region"] == region) & (census["year"] == year)]
    ages = rows["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    assert rows.loc[ages >= first_age, "population"].sum() == persons


def test_deaths_are_blank_for_cities_and_never_zeroed(census):
    city = census["region"].isin(["wuhan", "xuchang", "panzhihua"])
    assert census.loc[city, "deaths"].isna().all()
    nation = census[(census["region"] == "china") & (census["year"] == 2020)]
    assert nation["deaths"].sum() == 7_965_772  # 7.97 million


def test_blank_cells_of_small_areas_stay_blank():
    areas = load_table(ROOT, "data/raw/prefectures.csv")
    zone = areas[(areas["name"] == "达孜工业园区") & (areas["sex"] == "female")].iloc[0]
    assert pd.isna(zone["85+"]) is False
    assert pd.isna(zone["75-79"])
    assert pd.isna(zone["code"])


def test_every_raw_file_is_declared():
    on_disk = {str(path.relative_to(ROOT)) for path in (ROOT / "data/raw").rglob("*.csv")}
    assert {file for file in on_disk if "/census/" not in file} == set(RAW_FILES)


def test_schema_speaks_for_every_column():
    for table in RAW_FILES.values():
        assert table.description
        assert all(column.description for column in table.columns)
    assert CENSUS_CITY.column("age").allowed == AGES_85
