import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.care.flow import PastTrend, logit_normal, past_trend, plan_path, staff_kept
from pipeline.random import Z80
from pipeline.settings.fields import LogitNormal

shares = arrays(float, 3, elements=st.floats(0.0, 1.0))
starts = arrays(float, 3, elements=st.floats(0.0, 1e6))


@given(shares, shares, shares)
def test_what_is_kept_of_staff_is_a_share_in_every_draw(leave, back, retire):
    kept = staff_kept(leave, back, retire)
    assert np.all((kept >= 0) & (kept <= 1 + 1e-12))
    np.testing.assert_allclose(staff_kept(leave, back, np.zeros(3)), 1 - leave * (1 - back), atol=1e-12)


def test_a_share_has_its_interval_as_tenth_and_ninetieth_percentile():
    interval = LogitNormal(low=0.15, high=0.40)
    np.testing.assert_allclose(logit_normal(interval, np.array([-Z80, Z80])), [0.15, 0.40])
    assert logit_normal(interval).shape == (1,)
    np.testing.assert_array_equal(logit_normal(LogitNormal(low=1.0, high=1.0), np.array([-3.0, 3.0])), 1.0)


@given(starts, st.integers(0, 4), st.lists(st.floats(0, 2e6), min_size=1, max_size=3))
def test_a_delivered_plan_meets_its_targets_and_closes_nothing(start, gap, amounts):
    targets = [(2021 + gap + 2 * k, np.array([amount])) for k, amount in enumerate(amounts)]
    path = plan_path(start, 2019.75, targets, range(2020, 2033))
    for year, amount in targets:
        assert np.all(path[:, year - 2020] >= amount * (1 - 1e-12))
    assert np.all(np.diff(path, axis=1, prepend=start[:, None]) >= -1e-9 * (1 + path))
    assert np.all(path <= np.maximum(start, max(amounts))[:, None] * (1 + 1e-12))


def test_a_plan_is_delivered_in_a_straight_line_from_the_day_of_the_observation():
    path = plan_path(np.array([100.0]), 2019.5, [(2022, np.array([150.0, 110.0]))], [2020, 2021, 2022, 2023])
    np.testing.assert_allclose(path, [[110, 130, 150, 150], [102, 106, 110, 110]])


def test_a_trend_that_was_exponential_comes_back_without_uncertainty():
    years = [2016, 2017, 2019, 2024]
    trend = past_trend(years, [np.log(500.0) + np.log(1.03) * (year - 2016) for year in years])
    assert trend.yearly == pytest.approx(np.log(1.03))
    assert trend.step_sd == pytest.approx(0.0, abs=1e-9)
    change = trend.change([0.25, 1.25], np.ones(2), np.ones((2, 5)))
    np.testing.assert_allclose(np.exp(change), [1.03 ** np.array([0.25, 1.25])] * 2, rtol=1e-6)


def test_the_national_beds_of_2022_to_2024_fall_with_their_uncertainty():
    """Million beds: 8.294, 8.230, 7.993 (Ministry of Civil Affairs, yearly bulletins)."""
    trend = past_trend([2022, 2023, 2024], list(np.log([8.294, 8.230, 7.993])))
    steps = np.log([8.230 / 8.294, 7.993 / 8.230])
    assert trend.yearly == pytest.approx(steps.mean())
    assert trend.step_sd == pytest.approx(steps.std(ddof=1))
    assert trend.drift_sd == pytest.approx(trend.step_sd / np.sqrt(2))
    rng = np.random.default_rng(1)
    years = np.array([0.5, 1.5, 2.5])
    spread = trend.change(years, rng.standard_normal(40_000), rng.standard_normal((40_000, 3))).std(axis=0)
    expected = np.sqrt((trend.drift_sd * years) ** 2 + trend.step_sd**2 * years)
    np.testing.assert_allclose(spread, expected, rtol=0.02)


def test_a_rate_is_capped_in_every_draw():
    trend = PastTrend(0.1, 0.05, 0.0)
    change = trend.change([2.0], np.array([-3.0, 0.0, 2.0]), step_normals=np.zeros((3, 1)), at_most=0.04)
    np.testing.assert_allclose(change[:, 0], [-0.1, 0.08, 0.08])
