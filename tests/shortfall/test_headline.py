"""Headline rows: which yardstick, stock and year they take, and how a target's status follows from them."""

from __future__ import annotations

import numpy as np
import pytest
from care_plan import INDICATORS, OLD, OUTLOOK, figure, plan

from pipeline.care.flow import PastTrend
from pipeline.care.published import Rate, Trend
from pipeline.care.supply import Published, Region
from pipeline.care.yardstick import RESOURCES
from pipeline.domain import Figure
from pipeline.shortfall.gap import region_series
from pipeline.shortfall.headline import headline_rows
from pipeline.shortfall.rows import region_tables

DATA_DATE = "2023-12-31"
PEOPLE = np.linspace(0.8, 1.2, 101)[:, None] * np.array([[1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6, 1.5e6, 1.6e6]])
NOTHING = Published({}, {})


def headline(
    *figures: Figure,
    published: Published = NOTHING,
    start: int = 2020,
    end: int = 2025,
    people: np.ndarray = PEOPLE[50:51],
    data_date: str = DATA_DATE,
) -> dict[str, dict[str, object]]:
    """Rows of the headline table by resource, through the same gap table as the stage writes."""
    years = list(range(2020, 2027))
    region = Region(
        figures=figures,
        populations={OLD: people},
        past_60plus={2010: 8e5, 2020: 1e6},
        hukou_ratio=np.full((1, len(years)), 0.9),
        imputed_factor=np.array([1.0]),
        horizon=(start, end),
        years=years,
        outlook=OUTLOOK,
    )
    table, *_ = region_tables(region_series(region, INDICATORS, published), years)
    own = plan(*(figures or (figure("residents_per_worker", "baseline", 2020, None),)), start=start, end=end)
    rows = headline_rows(own, INDICATORS, table, data_date)
    return {str(row["resource"]): row for row in rows}


def test_one_row_a_resource_in_the_order_of_the_reports() -> None:
    assert tuple(headline()) == RESOURCES


@pytest.mark.parametrize(("stock", "status"), [(55.0, "met"), (50.0, "met"), (49.9, "missed")])
def test_a_target_whose_year_has_a_stock_is_met_or_missed(stock: float, status: str) -> None:
    row = headline(
        figure("beds_per_1000", "target", 2020, 50.0, basis="resident"),
        figure("beds_per_1000", "baseline", 2020, stock, basis="resident"),
    )["beds"]
    assert row["status"] == status
    assert row["required"] == pytest.approx(50_000)
    assert row["supply"] == pytest.approx(stock * 1000)
    assert row["gap"] == pytest.approx((50 - stock) * 1000)
    assert (row["target"], row["target_unit"], row["target_year"], row["stock_year"]) == (
        50,
        "per_1000",
        2020,
        2020,
    )
    assert (row["unit"], row["as_of"], row["assumed"]) == ("beds", DATA_DATE, None)


def test_a_target_ahead_is_on_course_only_where_the_stock_suffices_already() -> None:
    for stock, status in ((75_000.0, "on_course"), (74_999.0, "unknown")):
        row = headline(
            figure("beds_per_1000", "target", 2025, 50.0, basis="resident"),
            figure("elderly_care_beds", "baseline", 2021, stock),
        )["beds"]
        assert row["status"] == status
        assert row["required"] == pytest.approx(75_000)


def test_a_target_past_without_a_stock_of_its_year_is_unknown() -> None:
    row = headline(
        figure("beds_per_1000", "target", 2022, 50.0, basis="resident"),
        figure("elderly_care_beds", "baseline", 2020, 1e6),
    )["beds"]
    assert row["status"] == "unknown"
    assert row["gap"] == pytest.approx(60_000 - 1e6)


def test_the_data_date_decides_whether_a_target_is_still_ahead() -> None:
    figures = (
        figure("beds_per_1000", "target", 2024, 50.0),
        figure("elderly_care_beds", "baseline", 2020, 1e6),
    )
    assert headline(*figures, data_date="2023-12-31")["beds"]["status"] == "on_course"
    assert headline(*figures, data_date="2024-12-31")["beds"]["status"] == "unknown"


def test_a_target_from_before_the_projection_is_measured_in_its_first_year_and_not_judged() -> None:
    row = headline(
        figure("elderly_care_beds", "target", 2018, 10.0), figure("elderly_care_beds", "baseline", 2015, 20.0)
    )["beds"]
    assert (row["target_year"], row["required"], row["supply"], row["status"]) == (2018, 10.0, 20.0, "unknown")


def test_an_imputed_stock_fills_the_row_but_decides_nothing() -> None:
    published = Published({"elderly_care_beds": Rate(0.08, 2020, "nation")}, {})
    for year in (2020, 2025):
        target = figure("beds_per_1000", "target", year, 50.0, basis="resident")
        row = headline(target, published=published)["beds"]
        assert row["status"] == "unknown"
        assert (row["supply"], row["stock_year"]) == (pytest.approx(80_000), 2020)
        assert row["assumed"] == "imputed_stock"


def test_a_plan_without_a_target_is_measured_by_the_norm_in_its_last_year_and_never_judged() -> None:
    row = headline(figure("elderly_care_beds", "baseline", 2020, 1e6), end=2024)["beds"]
    assert row["yardstick"] == "norm"
    assert (row["target"], row["target_unit"], row["target_year"]) == (40, "per_1000", 2024)
    assert row["required"] == pytest.approx(0.04 * 1.4e6)
    assert row["status"] == "unknown"
    assert row["assumed"] == "norm"


def test_the_supply_is_the_held_stock_and_not_its_trend() -> None:
    trend = Trend(PastTrend(0.4, 0.0, 0.0), 2020, 2024, "nation", "elderly_care_beds")
    published = Published({}, {"elderly_care_beds": trend})
    row = headline(
        figure("beds_per_1000", "target", 2025, 50.0),
        figure("elderly_care_beds", "baseline", 2020, 30_000.0),
        published=published,
    )["beds"]
    assert row["supply"] == 30_000.0
    assert row["gap"] == pytest.approx(45_000)


def test_what_nobody_knows_is_blank() -> None:
    row = headline(figure("residents_per_worker", "norm", None, 100.0), end=2022)["social_workers"]
    assert row["yardstick"] == "plan"
    for column in ("required", "required_lower", "required_upper", "supply", "stock_year", "gap", "gap_lower"):
        assert row[column] is None, column
    assert (row["target"], row["target_year"], row["status"]) == (100, 2022, "unknown")


def test_the_last_of_several_targets_is_the_headline() -> None:
    row = headline(
        figure("certified_per_10000", "baseline", 2020, 16.0),
        figure("certified_per_10000", "target", 2022, 20.0),
        figure("certified_per_10000", "target", 2025, 25.0),
    )["caregivers"]
    assert (row["target"], row["target_year"]) == (25, 2025)
    assert row["required"] == pytest.approx(0.0025 * 1.5e6)
    assert row["supply"] == pytest.approx(0.0016 * 1e6)


def test_intervals_are_the_middle_80_per_cent_of_the_draws() -> None:
    row = headline(
        figure("beds_per_1000", "target", 2020, 50.0),
        figure("elderly_care_beds", "baseline", 2020, 50_000.0),
        people=PEOPLE,
    )["beds"]
    np.testing.assert_allclose(
        [row[name] for name in ("required_lower", "required", "required_upper")], [42_000, 50_000, 58_000]
    )
    np.testing.assert_allclose([row[name] for name in ("gap_lower", "gap", "gap_upper")], [-8000, 0, 8000], atol=1e-6)


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        ({"basis": "resident"}, None),
        ({"basis": "unspecified"}, "basis_unspecified"),
        ({"basis": "unspecified", "basis_inferred": "resident"}, "basis_inferred"),
        ({"basis": "unspecified", "basis_inferred": "hukou"}, "hukou_ratio;basis_inferred"),
        ({"basis": "hukou"}, "hukou_ratio"),
    ],
)
def test_what_is_assumed_of_the_basis(target: dict[str, str], codes: str | None) -> None:
    row = headline(
        figure("beds_per_1000", "target", 2025, 50.0, **target), figure("elderly_care_beds", "baseline", 2020, 9.0)
    )["beds"]
    assert row["assumed"] == codes


def test_a_norm_and_an_imputed_stock_behind_a_plan_s_share_are_both_named() -> None:
    published = Published({"nursing_beds": Rate(0.01, 2022, "nation")}, {})
    row = headline(figure("nursing_share", "target", 2025, 55.0), published=published)["nursing_beds"]
    assert row["yardstick"] == "plan"
    assert row["assumed"] == "norm;imputed_stock"
    assert row["required"] == pytest.approx(0.55 * 0.03 * 1.5e6)
    assert row["figure_id"] == "here.nursing_share.target.2025;norm.institution_beds_per_1000"


def test_terms_that_are_added_up_have_no_single_target() -> None:
    row = headline(
        figure("beds_per_worker", "norm", None, 60.0),
        figure("institution_beds", "target", 2020, 60_000.0),
        figure("elders_per_worker", "target", 2023, 500.0, basis="resident"),
    )["social_workers"]
    assert (row["target"], row["target_unit"], row["target_year"]) == (None, None, 2023)
    assert row["required"] == pytest.approx(1000 + 1.3e6 / 500)
    assert row["assumed"] == "carried"


def test_a_target_of_the_period_before_is_marked() -> None:
    row = headline(
        figure("beds_per_1000", "target", 2020, 50.0, basis="resident"),
        figure("beds_per_1000", "baseline", 2020, 55.0, basis="resident"),
        start=2021,
    )["beds"]
    assert (row["status"], row["assumed"]) == ("met", "earlier_period")
