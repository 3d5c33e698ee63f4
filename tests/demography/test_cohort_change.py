from functools import cache

import demography_data as data
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.demography.cohort_change import (
    COHORT_GROUPS,
    decade_residual,
    expected_survivors,
    taper,
    yearly_from_decade,
)
from pipeline.demography.lifetable import survival_ratios

SIZE = len(COHORT_GROUPS)
FIRST_AGES = np.arange(10, 90, 5)


@cache
def survival_of_the_decade():
    """(10, sex, age): years from 1 November 2010 to 2020."""
    return survival_ratios(data.national_standard(2010, 2019))


def in_cohort_groups(people):
    """Sums at 10-14, 15-19, … 80-84, 85+, in plain slices."""
    return np.stack([people[..., a : a + 5].sum(-1) for a in FIRST_AGES[:-1]] + [people[..., 85:].sum(-1)], axis=-1)


def carried(start, survival, factor):
    """`start` ten years on with survival and a factor on survivors, by hand: no engine."""
    people = start.copy()
    for ratios in survival:
        older = np.zeros_like(people)
        older[:, 1:] = people[:, :-1] * ratios[:, 1:]
        older[:, -1] += people[:, -1] * ratios[:, -1]
        people = older * factor
    return people


@settings(deadline=None)
@given(residual=arrays(float, (3, SIZE), elements=st.floats(-1.0, 1.0)))
def test_yearly_factors_give_back_the_residual_along_each_cohort_s_path(residual):
    yearly = residual @ yearly_from_decade().T
    assert yearly.shape == (3, 101)
    for row, first in enumerate(FIRST_AGES):
        # A cohort aged x at the second census was x − 9, …, x at the end of the ten years; 85+ up to 91.
        ends = range(first, first + 5 if first < 85 else 92)
        along = np.mean([yearly[:, end - 9 : end + 1].sum(axis=1) for end in ends], axis=0)
        np.testing.assert_allclose(along, residual[:, row], atol=1e-6)


def test_yearly_factors_are_smooth_and_flat_where_nobody_was_measured():
    spread = yearly_from_decade()
    assert spread.shape == (101, SIZE)
    constant = spread @ np.full(SIZE, 0.2)
    np.testing.assert_allclose(constant, 0.02, atol=1e-6)
    rising = spread @ np.linspace(-0.1, 0.3, SIZE)
    np.testing.assert_allclose(rising[:5], rising[0], atol=1e-4)
    np.testing.assert_allclose(rising[91:], rising[91], atol=1e-4)
    # A straight line of residuals wants a straight line of factors: 0.4 over 75 years of age, ten a decade.
    slope = np.diff(rising)[15:80]
    np.testing.assert_allclose(slope, 0.4 / 75 / 10, rtol=0.25)


def test_the_census_of_2010_carried_on_hits_the_census_of_2020():
    start, end = data.national_single_ages(2010), data.national_single_ages(2020)
    survival = survival_of_the_decade()
    residual = decade_residual(start, end, survival)
    assert residual.shape == (2, SIZE)
    reached = in_cohort_groups(carried(start, survival, np.exp(residual @ yearly_from_decade().T)))
    counted = in_cohort_groups(end)
    np.testing.assert_allclose(reached[:, :-1], counted[:, :-1], rtol=0.01)
    np.testing.assert_allclose(reached[:, -1], counted[:, -1], rtol=0.02)
    # Without the residual the oldest are missed by far: what the factor is there for.
    plain = in_cohort_groups(expected_survivors(start, survival))
    assert (plain[:, -1] < 0.92 * counted[:, -1]).all()


def test_expected_survivors_by_hand_and_area_by_area():
    start = np.random.default_rng(1).uniform(1e3, 1e6, (2, 3, 2, 101))
    survival = np.random.default_rng(2).uniform(0.8, 1.0, (3, 10, 2, 101))
    together, shared = expected_survivors(start, survival), expected_survivors(start, survival[0])
    assert together.shape == (2, 3, 2, 101)
    np.testing.assert_array_equal(together[..., :10], 0.0)
    for index in np.ndindex(2, 3):
        reached = carried(start[index], survival[index[1]], np.ones((2, 101)))
        np.testing.assert_allclose(together[index], reached, rtol=1e-12)
    np.testing.assert_allclose(shared[1, 2], expected_survivors(start[1, 2], survival[0]), rtol=1e-12)
    along = np.prod([survival[0, t, 1, 51 + t] for t in range(10)])
    assert together[0, 0, 1, 60] == pytest.approx(start[0, 0, 1, 50] * along, rel=1e-12)


def test_a_constant_yearly_gain_is_measured_and_put_back():
    start = np.random.default_rng(3).uniform(1e5, 1e6, (2, 101))
    survival = np.broadcast_to(survival_of_the_decade()[:1], (10, 2, 101))
    gain = np.array([[0.01], [-0.02]])
    end = carried(start, survival, np.exp(gain) * np.ones(101))
    residual = decade_residual(start, end, survival)
    np.testing.assert_allclose(residual, 10 * gain * np.ones(SIZE), atol=1e-9)
    yearly = residual @ yearly_from_decade().T
    np.testing.assert_allclose(yearly, gain * np.ones(101), atol=1e-6)
    again = carried(start, survival, np.exp(yearly))
    np.testing.assert_allclose(in_cohort_groups(again), in_cohort_groups(end), rtol=1e-5)


@pytest.mark.parametrize(
    ("census", "ages", "value"),
    [(0, slice(40, 45), 0.0), (1, slice(50, 55), 0.0), (0, slice(75, None), 0.0), (1, 50, np.nan)],
)
def test_an_empty_or_blank_cohort_cannot_be_measured(census, ages, value):
    counted = np.full((2, 2, 101), 1e3)
    counted[census, 1, ages] = value
    with pytest.raises(ValueError, match="a cohort is empty"):
        decade_residual(*counted, np.full((10, 2, 101), 0.99))


def test_taper_falls_in_a_straight_line_and_stays_at_zero():
    np.testing.assert_allclose(taper(5, 4.0), [0.875, 0.625, 0.375, 0.125, 0.0])
    np.testing.assert_array_equal(taper(30, np.inf), np.ones(30))
    assert taper(20, 20.0).sum() == pytest.approx(10.0)
    assert taper(0, 20.0).shape == (0,)


@given(years=st.integers(1, 60), length=st.floats(0.1, 100.0))
def test_taper_never_rises_nor_leaves_zero_to_one(years, length):
    weights = taper(years, length)
    assert (np.diff(weights) <= 0).all()
    assert ((weights >= 0) & (weights < 1)).all()
