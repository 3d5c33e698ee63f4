"""Stocks along their two paths, and published rates and growth that stand in where a plan states nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.care.published import counts, published_growth, published_rate
from pipeline.care.supply import SUPPLY_PATHS, Record, Stock, supply_paths

YEARS = range(2020, 2026)

Row = tuple[str, str, str, int, float, str, str]
ROWS: list[Row] = [
    ("nation", "population_60plus", "communique", 2020, 1000.0, "resident", "published"),
    ("nation", "population_60plus", "communique", 2022, 1200.0, "resident", "published"),
    ("nation", "population_60plus", "communique", 2024, 1400.0, "resident", "published"),
    ("nation", "population_60plus", "register", 2021, 5000.0, "hukou", "published"),
    ("nation", "beds", "stock", 2017, 20.0, "not_applicable", "published"),
    ("nation", "beds", "stock", 2020, 30.0, "not_applicable", "published"),
    ("nation", "beds", "stock", 2021, 31.0, "not_applicable", "published"),
    ("nation", "beds", "stock", 2024, 36.0, "not_applicable", "derived"),
    ("nation", "beds", "stock", 2025, 99.0, "not_applicable", "weak"),
    ("nation", "beds", "plan_target", 2030, 500.0, "not_applicable", "published"),
    ("nation", "institution_beds", "stock", 2022, 24.0, "not_applicable", "published"),
    ("nation", "institution_beds", "stock", 2024, 28.0, "not_applicable", "published"),
    ("nation", "nursing_bed_share", "stock", 2021, 40.0, "not_applicable", "published"),
    ("nation", "nursing_bed_share", "stock", 2022, 50.0, "not_applicable", "published"),
    ("nation", "nursing_bed_share", "plan_target", 2024, 73.0, "not_applicable", "published"),
    ("nation", "staff", "quoted", 2024, 7.0, "not_applicable", "weak"),
    ("province", "population_60plus", "census", 2020, 100.0, "resident", "published"),
    ("province", "beds", "stock", 2020, 4.0, "not_applicable", "published"),
    ("province", "staff", "stock", 2023, 1.0, "not_applicable", "published"),
]


@pytest.fixture
def figures() -> pd.DataFrame:
    columns = ["region", "indicator", "series", "year", "value", "basis", "confidence"]
    return pd.DataFrame(ROWS, columns=columns)


def test_a_held_stock_stays_what_it_is_from_its_own_year_on() -> None:
    paths = supply_paths(Stock(np.array([10.0, 20.0]), 2022, "a"), None, YEARS)
    assert set(paths) == {"held"}
    np.testing.assert_array_equal(
        paths["held"], [[np.nan, np.nan, 10, 10, 10, 10], [np.nan, np.nan, 20, 20, 20, 20]]
    )


def test_a_stock_older_than_the_first_year_has_grown_by_then() -> None:
    paths = supply_paths(Stock(np.array([61_000.0]), 2015, "a"), Record(np.array([5000.0]), "b", False), YEARS)
    assert tuple(paths) == SUPPLY_PATHS
    np.testing.assert_array_equal(paths["held"], [[61_000.0] * 6])
    np.testing.assert_array_equal(paths["no_new_policy"][0], 86_000.0 + 5000.0 * np.arange(6))


def test_a_shrinking_stock_never_falls_below_zero() -> None:
    paths = supply_paths(Stock(np.array([10.0]), 2020, "a"), Record(np.array([-4.0]), "b", True), YEARS)
    np.testing.assert_array_equal(paths["no_new_policy"], [[10, 6, 2, 0, 0, 0]])


@given(st.floats(0, 1e7), st.floats(-1e5, 1e5), st.integers(2010, 2025))
def test_both_paths_begin_at_the_stock_and_are_blank_before_it(amount: float, yearly: float, year: int) -> None:
    years = range(2010, 2026)
    paths = supply_paths(Stock(np.array([amount]), year, "a"), Record(np.array([yearly]), "b", False), years)
    for path in paths.values():
        known = np.asarray(years) >= year
        assert np.isnan(path[0, ~known]).all()
        assert path[0, year - 2010] == amount
        assert (path[0, known] >= 0).all()
    further = np.diff(paths["no_new_policy"][0, np.asarray(years) >= year])
    assert (further >= 0).all() if yearly >= 0 else (further <= 0).all()


def test_counts_take_reliable_figures_and_no_targets(figures: pd.DataFrame) -> None:
    found = counts(figures, "nation", "beds")
    assert found.to_dict() == {2017: 20.0, 2020: 30.0, 2021: 31.0, 2024: 36.0}


def test_weak_figures_count_only_where_there_are_no_others(figures: pd.DataFrame) -> None:
    assert counts(figures, "nation", "staff").to_dict() == {2024: 7.0}
    assert counts(figures, "province", "staff").to_dict() == {2023: 1.0}


def test_nursing_beds_are_counted_in_years_that_have_both_share_and_beds(figures: pd.DataFrame) -> None:
    assert counts(figures, "nation", "nursing_beds").to_dict() == {2022: 12.0}


def test_a_rate_is_of_the_first_region_that_has_one_and_the_nearest_year(figures: pd.DataFrame) -> None:
    rate = published_rate(figures, ["province", "nation"], "beds", 2024)
    assert rate is not None
    assert (rate.per_person, rate.year, rate.region) == (0.04, 2020, "province")
    rate = published_rate(figures, ["nation"], "beds", 2024)
    assert rate is not None
    assert (rate.per_person, rate.year) == (pytest.approx(36 / 1400), 2024)


def test_of_two_years_equally_near_the_earlier_is_taken(figures: pd.DataFrame) -> None:
    rate = published_rate(figures, ["nation"], "beds", 2022)
    assert rate is not None
    assert (rate.per_person, rate.year) == (0.03, 2020)


def test_a_rate_needs_residents_of_the_same_year(figures: pd.DataFrame) -> None:
    # 2021 has a count of beds, but only registered people.
    rate = published_rate(figures, ["nation"], "beds", 2021)
    assert rate is not None
    assert rate.year == 2020
    # The province's staff were counted in a year without a count of people: the nation's rate stands in.
    rate = published_rate(figures, ["province", "nation"], "staff", 2020)
    assert rate is not None
    assert (rate.region, rate.year, rate.per_person) == ("nation", 2024, 7 / 1400)


def test_no_rate_where_nobody_published_one(figures: pd.DataFrame) -> None:
    assert published_rate(figures, ["province", "nation"], "social_workers", 2020) is None
    assert published_rate(figures, [], "beds", 2020) is None


def test_growth_is_the_mean_yearly_change_since_the_year_asked_for(figures: pd.DataFrame) -> None:
    growth = published_growth(figures, "nation", "beds", 2020)
    assert growth is not None
    assert (growth.first, growth.last, growth.region) == (2020, 2024, "nation")
    assert growth.share == pytest.approx((36 / 30 - 1) / 4)
    earlier = published_growth(figures, "nation", "beds", 2010)
    assert earlier is not None
    assert earlier.share == pytest.approx((36 / 20 - 1) / 7)


def test_no_growth_from_counts_less_than_two_years_apart(figures: pd.DataFrame) -> None:
    close = figures[~((figures["indicator"] == "beds") & (figures["year"] > 2021))]
    assert published_growth(close, "nation", "beds", 2020) is None
    assert published_growth(figures, "nation", "staff", 2020) is None
    assert published_growth(figures, "nation", "social_workers", 2020) is None
