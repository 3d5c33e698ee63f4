"""Published rates and trends that stand in where a plan states nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.care.published import counts, published_rate, published_trend

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


def test_a_trend_is_the_mean_yearly_change_of_the_logarithm(
    figures: pd.DataFrame,
) -> None:
    trend = published_trend(figures, "nation", "beds", 2020)
    assert trend is not None
    assert (trend.first, trend.last, trend.region, trend.quantity) == (2020, 2024, "nation", "beds")
    assert trend.path.yearly == pytest.approx(np.log(36 / 30) / 4)
    earlier = published_trend(figures, "nation", "beds", 2010)
    assert earlier is not None
    assert earlier.path.yearly == pytest.approx(np.log(36 / 20) / 7)


def test_no_trend_from_fewer_than_three_counts(figures: pd.DataFrame) -> None:
    assert published_trend(figures, "nation", "beds", 2021) is None
    assert published_trend(figures, "nation", "staff", 2010) is None
    assert published_trend(figures, "nation", "social_workers", 2010) is None


def test_beds_of_one_kind_follow_the_beds_they_are_among(figures: pd.DataFrame) -> None:
    more = pd.concat([figures, figures[figures["indicator"] == "institution_beds"].assign(year=[2018, 2020])])
    trend = published_trend(more, "nation", "nursing_beds", 2010)
    assert trend is not None
    assert trend.quantity == "institution_beds"
    assert trend.path.yearly == pytest.approx(np.log(28 / 24) / 6)
