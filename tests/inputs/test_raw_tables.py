import pandas as pd
import pytest
from defaults import ROOT

from pipeline.axes import CENSUS_GROUPS
from pipeline.inputs.declarations import CENSUS_CITY, RAW_FILES
from pipeline.inputs.raw_tables import Correction, apply_corrections, load_corrections, load_table

FIGURES = "data/raw/care_figures.csv"


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


def test_schema_speaks_for_every_column():
    for table in RAW_FILES.values():
        assert table.description
        assert all(column.description for column in table.columns)
    assert CENSUS_CITY.column("age").allowed == CENSUS_GROUPS


def test_wuhan_total_is_corrected_and_the_bulletin_kept():
    corrections = load_corrections(ROOT)
    totals = load_table(ROOT, "data/raw/census_totals.csv", corrections)
    wuhan = totals[totals["region"] == "wuhan"].iloc[0]
    assert wuhan["value"] == 12_447_718
    assert wuhan["source"] == "yearbook_wuhan_2021"
    (correction,) = [c for c in corrections if c.file == "data/raw/census_totals.csv"]
    assert [(kept.value, kept.source) for kept in correction.kept] == [(12_326_518, "bulletin_wuhan_2021")]
    figures = load_table(ROOT, FIGURES, corrections)
    both = figures[(figures["region"] == "wuhan") & (figures["indicator"] == "population_total")]
    both = both[(both["year"] == 2020) & (both["basis"] == "resident")]
    assert sorted(both["value"]) == [12_326_518, 12_447_700]


GUARDED = Correction(
    file=FIGURES,
    key={"region": "wuhan", "indicator": "share_60plus", "year": 2019},
    column="value",
    expected=21.43,
    value=21.44,
    reason="a correction for this test",
    source="local_hukou_report",
)


def test_correction_that_fits_changes_one_cell_and_its_source():
    figures = load_table(ROOT, FIGURES)
    corrected, faults = apply_corrections(figures, FIGURES, [GUARDED])
    assert faults == []
    assert (corrected != figures).fillna(False).to_numpy().sum() == 1
    assert 21.44 in corrected.loc[corrected["region"] == "wuhan", "value"].to_list()
