"""Stock and flow: conservation in every draw, paths that do what their names say, parameters that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.care.flow import (
    PATHS,
    Attrition,
    Flow,
    PastTrend,
    ShareInterval,
    StaffRates,
    Training,
    bed_flow,
    bed_flow_along,
    bed_paths,
    bed_states,
    held_path,
    needed_per_year,
    past_trend,
    plan_path,
    record_path,
    staff_flow,
    staff_flow_along,
    staff_paths,
    trend_path,
)
from pipeline.random import Z80

DRAWS, STEPS = 3, 6
shares = arrays(float, DRAWS, elements=st.floats(0.0, 1.0))
units = arrays(float, (DRAWS, STEPS), elements=st.floats(0.0, 1e5))
starts = arrays(float, DRAWS, elements=st.floats(0.0, 1e6))
rates = st.builds(StaffRates, leave=shares, re_enter=shares, retire=shares)


def fixed(*, leave: float = 0.0, re_enter: float = 0.0, retire: float = 0.0) -> StaffRates:
    return StaffRates(np.array([leave]), np.array([re_enter]), np.array([retire]))


def balanced(flow: Flow) -> None:
    """Conservation, and no flow or stock below zero."""
    size = 1.0 + flow.stock.max() + flow.start.max()
    np.testing.assert_allclose(flow.imbalance(), 0.0, atol=1e-9 * size)
    for moved in (flow.stock, *flow.inflows.values(), *flow.outflows.values()):
        assert moved.min() >= 0.0


@given(starts, units, units)
def test_beds_are_conserved_and_never_below_zero(start: np.ndarray, built: np.ndarray, closed: np.ndarray) -> None:
    flow = bed_flow(start, 2020, built, closed)
    balanced(flow)
    np.testing.assert_array_equal(flow.inflows["commissioned"], built)
    assert np.all(flow.outflows["closed"] <= closed)


@given(starts, units, rates)
def test_staff_are_conserved_and_follow_the_formula(start: np.ndarray, new: np.ndarray, rate: StaffRates) -> None:
    flow = staff_flow(start, 2020, new, rate)
    balanced(flow)
    before = np.concatenate([start[:, None], flow.stock[:, :-1]], axis=1)
    stay = (1 - rate.leave * (1 - rate.re_enter))[:, None]
    np.testing.assert_allclose(flow.stock, before * stay - flow.outflows["retired"] + new, rtol=1e-12, atol=1e-6)


@given(starts, units, rates)
def test_a_followed_path_is_kept_to_and_conserved(start: np.ndarray, path: np.ndarray, rate: StaffRates) -> None:
    staff, beds = staff_flow_along(start, 2020, path, rate), bed_flow_along(start, 2020, path, rate.retire)
    for flow in (staff, beds):
        balanced(flow)
        np.testing.assert_array_equal(flow.stock, path)
    again = staff_flow(start, 2020, staff.inflows["newly_qualified"], rate)
    assert np.all(again.stock >= path * (1 - 1e-9) - 1e-6), "the intake of a path leads at least to the path"


@given(starts)
def test_staff_stay_what_they_are_without_attrition_and_intake(start: np.ndarray) -> None:
    flow = staff_flow(start, 2020, np.zeros((1, STEPS)), fixed())
    np.testing.assert_array_equal(flow.stock, held_path(start, STEPS))


def test_one_year_by_hand() -> None:
    """1,000 staff: 200 leave, 50 of them return, 3 % of the 800 others retire, 100 begin."""
    flow = staff_flow(1000.0, 2020, [[100.0]], fixed(leave=0.2, re_enter=0.25, retire=0.03))
    assert flow.outflows["left"][0, 0] == pytest.approx(200)
    assert flow.inflows["re_entered"][0, 0] == pytest.approx(50)
    assert flow.outflows["retired"][0, 0] == pytest.approx(24)
    assert flow.stock[0, 0] == pytest.approx(1000 - 200 + 50 - 24 + 100)


def test_more_beds_cannot_close_than_there_are() -> None:
    flow = bed_flow(100.0, 2020, [[10.0, 0.0, 5.0]], [[0.0, 500.0, 0.0]])
    np.testing.assert_allclose(flow.stock, [[110, 0, 5]])
    np.testing.assert_allclose(flow.outflows["closed"], [[0, 110, 0]])


def test_held_replaces_what_is_lost() -> None:
    flows = staff_paths(1000.0, 2020, STEPS, fixed(leave=0.2, re_enter=0.25, retire=0.03))
    assert list(flows) == ["held"]
    np.testing.assert_array_equal(flows["held"].stock, 1000.0)
    np.testing.assert_allclose(flows["held"].inflows["newly_qualified"], 174.0)


def test_the_three_paths_go_by_their_names() -> None:
    past = record_path(1000.0, [-20.0], STEPS)
    beds = bed_paths(1000.0, 2020, STEPS, past, [(2023, 1300.0)], closing=0.02)
    staff = staff_paths(1000.0, 2020, STEPS, fixed(leave=0.2), past, [(2023, 1300.0)])
    assert set(beds) == set(staff) == set(PATHS)
    for flows in (beds, staff):
        np.testing.assert_array_equal(flows["held"].stock, 1000.0)
        np.testing.assert_allclose(flows["no_new_policy"].stock[0], [980, 960, 940, 920, 900, 880])
        np.testing.assert_allclose(flows["plan_delivered"].stock[0], [1100, 1200, 1300, 1300, 1300, 1300])
        for flow in flows.values():
            balanced(flow)
    np.testing.assert_allclose(beds["plan_delivered"].inflows["commissioned"][0, :4], [120, 122, 124, 26])


def test_training_comes_on_top_of_the_usual_intake() -> None:
    rate = fixed(leave=0.2, re_enter=0.25)
    extra = np.array([[100.0, 0.0, 0.0]])
    flows = staff_paths(1000.0, 2020, 3, rate, entrants=extra)
    delivered = flows["plan_delivered"]
    balanced(delivered)
    np.testing.assert_allclose(delivered.stock[0], [1100, 1085, 1072.25])
    np.testing.assert_allclose(delivered.inflows["newly_qualified"], flows["held"].inflows["newly_qualified"] + extra)
    trend = staff_paths(1000.0, 2020, 3, rate, past=record_path(1000.0, 50.0, 3), entrants=extra)
    np.testing.assert_allclose(trend["plan_delivered"].stock[0], [1150, 1185, 1222.25])


def test_training_counts_person_times_after_the_stock_year_only() -> None:
    training = Training(
        "training", 15_000, 2021, 2025, ShareInterval("new", 0.3, 0.3), ShareInterval("taking_up", 0.5, 0.5)
    )
    np.testing.assert_allclose(training.entrants(2020, 2027)[0], [450] * 5 + [0, 0])
    np.testing.assert_allclose(training.entrants(2023, 2027)[0], [450, 450, 0, 0])
    assert training.entrants(2020, 2020).shape == (1, 0)


@given(arrays(float, (2, 50), elements=st.floats(-6, 6)))
def test_entrants_never_exceed_the_trained(normals: np.ndarray) -> None:
    training = Training(
        "training", 1000, 2021, 2021, ShareInterval("new", 0.2, 0.5), ShareInterval("taking_up", 0.4, 0.9)
    )
    entrants = training.entrants(2020, 2021, normals)
    assert entrants.shape == (50, 1)
    assert entrants.min() >= 0.0
    assert entrants.max() <= 1000.0


def test_a_share_has_its_interval_as_tenth_and_ninetieth_percentile() -> None:
    interval = ShareInterval("leave", 0.15, 0.40)
    np.testing.assert_allclose(interval.draws([-Z80, Z80]), [0.15, 0.40])
    assert interval.draws().shape == (1,)
    np.testing.assert_array_equal(ShareInterval("leave", 1.0, 1.0).draws([-3.0, 3.0]), 1.0)


def test_attrition_draws_each_share_from_its_own_row() -> None:
    some = ShareInterval("leave", 0.15, 0.40), ShareInterval("re_enter", 0.1, 0.3), ShareInterval("retire", 0, 0)
    found = Attrition(*some).draws([[Z80, 0.0], [0.0, -Z80], [5.0, 5.0]])
    assert found.leave[0] == pytest.approx(0.40)
    assert found.re_enter[1] == pytest.approx(0.10)
    np.testing.assert_array_equal(found.retire, 0.0)
    assert Attrition(*some).draws().kept.shape == (1,)


@given(starts, st.integers(0, 4), st.lists(st.floats(0, 2e6), min_size=1, max_size=3))
def test_a_delivered_plan_meets_its_targets_and_closes_nothing(
    start: np.ndarray, gap: int, amounts: list[float]
) -> None:
    targets = [(2021 + gap + 2 * k, amount) for k, amount in enumerate(amounts)]
    path = plan_path(start, 2020, targets, 12)
    for year, amount in targets:
        assert np.all(path[:, year - 2021] >= amount * (1 - 1e-12))
    assert np.all(np.diff(path, axis=1, prepend=start[:, None]) >= -1e-9 * (1 + path))
    assert np.all(path <= np.maximum(start, max(amounts))[:, None] * (1 + 1e-12))
    surplus = start >= max(amounts)
    np.testing.assert_array_equal(path[surplus], held_path(start, 12)[surplus])


def test_targets_of_the_past_are_left_out_and_targets_may_differ_by_draw() -> None:
    path = plan_path(100.0, 2020, [(2019, 999.0), (2022, np.array([120.0, 140.0]))], 3)
    np.testing.assert_allclose(path, [[110, 120, 120], [120, 140, 140]])


def test_a_trend_that_was_exponential_comes_back_without_uncertainty() -> None:
    years = [2016, 2017, 2019, 2024]
    trend = past_trend(years, [500.0 * 1.03 ** (year - 2016) for year in years])
    assert trend.yearly == pytest.approx(np.log(1.03))
    assert trend.step_sd == pytest.approx(0.0, abs=1e-9)
    path = trend_path(800.0, trend, 5, np.ones(2), np.ones((2, 5)))
    np.testing.assert_allclose(path, [800.0 * 1.03 ** np.arange(1, 6)] * 2, rtol=1e-6)


def test_the_national_beds_of_2022_to_2024_fall_with_their_uncertainty() -> None:
    """Million beds: 8.294, 8.230, 7.993 (Ministry of Civil Affairs, yearly bulletins)."""
    trend = past_trend([2022, 2023, 2024], [8.294, 8.230, 7.993])
    steps = np.log([8.230 / 8.294, 7.993 / 8.230])
    assert trend.yearly == pytest.approx(steps.mean())
    assert trend.step_sd == pytest.approx(steps.std(ddof=1))
    assert trend.drift_sd == pytest.approx(trend.step_sd / np.sqrt(2))
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(40_000), rng.standard_normal((40_000, 3))
    spread = np.log(trend_path(1.0, trend, 3, *noise)).std(axis=0)
    years = np.arange(1, 4)
    expected = np.sqrt((trend.drift_sd * years) ** 2 + trend.step_sd**2 * years)
    np.testing.assert_allclose(spread, expected, rtol=0.02)


@given(starts, arrays(float, (DRAWS, STEPS), elements=st.floats(1.0, 1e6)), rates)
def test_adding_what_is_needed_each_year_meets_the_need(
    start: np.ndarray, required: np.ndarray, rate: StaffRates
) -> None:
    years = range(2021, 2021 + STEPS)
    needed = needed_per_year(required, start, 2020, rate.kept, years)
    for n in range(STEPS):
        stock = start
        for _ in range(n + 1):
            stock = stock * rate.kept + needed[:, n]
        np.testing.assert_allclose(stock, required[:, n], rtol=1e-9, atol=1e-4)


def test_needed_per_year_without_losses_is_the_gap_over_the_years() -> None:
    years = [2019, 2020, 2021, 2025]
    needed = needed_per_year(np.full((1, 4), 1500.0), 1000.0, 2020, 1.0, years)
    np.testing.assert_allclose(needed, [[np.nan, np.nan, 500.0, 100.0]])


def test_needed_per_year_by_hand_with_losses() -> None:
    """1,000 staff, a quarter lost a year: 562.5 are left after two; what is hired in year 1 counts 0.75."""
    needed = needed_per_year([[1400.0]], 1000.0, 2020, 0.75, [2022])
    assert needed[0, 0] == pytest.approx((1400 - 562.5) / 1.75)


def test_a_flow_answers_for_years_and_not_beyond_what_it_knows() -> None:
    flow = bed_flow([100.0], 2020, [[10.0, 20.0]], [[0.0, 5.0]])
    np.testing.assert_array_equal(flow.stock_in([2019, 2020, 2022]), [[np.nan, 100, 125]])
    np.testing.assert_array_equal(flow.moved_in("commissioned", [2020, 2021]), [[np.nan, 10]])
    with pytest.raises(ValueError, match="found 2023, expected none after 2022"):
        flow.stock_in([2022, 2023])
    none = bed_paths(100.0, 2035, 0)["held"]
    np.testing.assert_array_equal(none.stock_in([2034, 2035]), [[np.nan, 100]])


@given(units, shares, shares, shares)
def test_beds_on_paper_divide_into_occupied_and_empty(
    nominal: np.ndarray, usable: np.ndarray, nursing: np.ndarray, occupancy: np.ndarray
) -> None:
    found = bed_states(nominal, usable, nursing, occupancy)
    np.testing.assert_allclose(found.occupied + found.empty, nominal)
    assert np.all(found.nursing <= found.usable * (1 + 1e-12))
    assert np.all(found.usable <= nominal * (1 + 1e-12))
    assert np.all(found.occupied <= found.usable * (1 + 1e-12))


def test_a_paper_shortfall_and_empty_beds_coexist() -> None:
    found = bed_states([[1000.0]], usable=0.8, nursing=0.6, occupancy=0.45)
    assert found.usable[0, 0] == pytest.approx(800)
    assert found.nursing[0, 0] == pytest.approx(480)
    assert found.empty[0, 0] == pytest.approx(550)


SHARE = ShareInterval("share", 0.2, 0.4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ShareInterval("staff.leave", -0.1, 0.4), r"staff\.leave\.low: found -0\.1, expected"),
        (lambda: ShareInterval("staff.leave", 0.5, 0.4), r"staff\.leave\.high: found 0\.4, expected"),
        (lambda: ShareInterval("staff.leave", 0.5, 1.2), r"staff\.leave\.high: found 1\.2, expected"),
        (lambda: ShareInterval("staff.leave", 0.0, 0.4), r"staff\.leave: found 0 to 0\.4, expected"),
        (lambda: ShareInterval("staff.leave", float("nan"), 0.4), r"staff\.leave\.low: found nan"),
        (lambda: fixed(leave=1.5), r"staff\.leave: found 1\.5, expected a value from 0 to 1"),
        (lambda: replace(fixed(), retire=np.array([0.1, -0.2])), r"staff\.retire: found -0\.2"),
        (lambda: Training("training.x", -5, 2021, 2025, SHARE, SHARE), r"training\.x\.trained: found -5"),
        (lambda: Training("training.x", 5, 2025, 2021, SHARE, SHARE), r"training\.x\.last_year: found 2021"),
        (lambda: PastTrend(0.1, -0.1, 0.1), r"trend\.drift_sd: found -0\.1"),
        (lambda: past_trend([2020], [1.0]), "trend: found 1 years"),
        (lambda: past_trend([2020, 2024], [1.0, 2.0]), r"trend\.step_sd: missing"),
        (lambda: past_trend([2020, 2020, 2021], [1.0, 2.0, 3.0]), "years between two counts: found 0"),
        (lambda: past_trend([2020, 2021, 2022], [1.0, 0.0, 3.0]), "smallest count: found 0"),
        (lambda: bed_flow(-1.0, 2020, [[1.0]], [[0.0]]), "start: found -1"),
        (lambda: bed_flow(1.0, 2020, [[-1.0]], [[0.0]]), "commissioned: found -1"),
        (lambda: bed_flow(1.0, 2020, [[1.0]], [[float("nan")]]), "closed: found nan"),
        (lambda: bed_flow_along(1.0, 2020, [[1.0]], 1.1), r"beds\.closing: found 1\.1"),
        (lambda: staff_flow(1.0, 2020, [[-1.0]], fixed()), "newly_qualified: found -1"),
        (lambda: plan_path(1.0, 2020, [(2025, 1.0), (2024, 2.0)], 9), r"targets: found the years \[2025, 2024\]"),
        (lambda: plan_path(1.0, 2020, [(2025, float("nan"))], 9), r"targets\.2025: found nan"),
        (lambda: needed_per_year([[1.0]], 1.0, 2020, 1.3, [2021]), r"kept: found 1\.3"),
        (lambda: bed_states([[1.0]], 1.3, 0.5, 0.5), r"beds\.usable: found 1\.3"),
        (lambda: bed_states([[1.0]], 0.3, 0.5, 1.5), r"beds\.occupancy: found 1\.5"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
