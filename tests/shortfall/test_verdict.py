"""Verdicts: by hand, in draws that disagree, where nothing is known, and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.care.flow import plan_path
from pipeline.shortfall.verdict import EventYear, ratio_to_record, verdict

YEARS = range(2020, 2026)
amounts = arrays(float, (4, len(YEARS)), elements=st.integers(0, 1000).map(lambda n: n / 8))


def test_one_draw_by_hand() -> None:
    required = np.array([[100.0, 110.0, 130.0, 140.0, 120.0, 130.0]])
    found = verdict(required, np.full((1, 6), 120.0), YEARS)
    np.testing.assert_array_equal(found.gap, [[-20, -10, 10, 20, 0, 10]])
    np.testing.assert_array_equal(found.shortfall, [[0, 0, 10, 20, 0, 10]])
    np.testing.assert_array_equal(found.met_probability, [1, 1, 0, 0, 1, 0])
    assert found.sufficiency[0, 3] == pytest.approx(120 / 140)
    assert (found.first_short.median, found.first_closed.median, found.peak.median) == (2022, 2024, 2023)
    assert found.probability_met(2024) == 1.0


def test_required_equal_to_existing_is_met_with_a_gap_of_zero() -> None:
    required = np.array([[101.3, 0.7, 8377.0, 1e6, 1.0, 3.0]])
    found = verdict(required, required, YEARS)
    np.testing.assert_array_equal(found.gap, 0.0)
    np.testing.assert_array_equal(found.met_probability, 1.0)
    assert np.isnan(found.first_short.years).all()
    assert found.first_short.share == 0.0
    assert found.first_short.median is None
    assert found.peak.mode is None


@given(arrays(float, 4, elements=st.floats(0.1, 1e7)), arrays(float, 4, elements=st.floats(0.1, 1e7)))
def test_a_delivered_target_counts_as_met_whatever_the_rounding(start: np.ndarray, target: np.ndarray) -> None:
    supply = plan_path(start, 2019, [(2023, target)], len(YEARS))
    found = verdict(np.broadcast_to(target[:, None], supply.shape), supply, YEARS)
    assert found.probability_met(2023) == 1.0


def test_a_gap_of_rounding_is_met_and_a_real_one_is_not() -> None:
    required = np.full((1, 6), 1000 * (0.1 + 0.2))
    assert required[0, 0] > 300
    np.testing.assert_array_equal(verdict(required, np.full((1, 6), 300.0), YEARS).met_probability, 1.0)
    np.testing.assert_array_equal(verdict(required, np.full((1, 6), 299.999), YEARS).met_probability, 0.0)


def test_draws_that_disagree_give_a_probability_and_years_of_their_own() -> None:
    required = np.array([[90.0] * 6, [110, 110, 90, 90, 90, 90], [90, 110, 120, 90, 90, 90], [110] * 6])
    found = verdict(required, np.full((1, 6), 100.0), YEARS)
    np.testing.assert_allclose(found.met_probability, [0.5, 0.25, 0.5, 0.75, 0.75, 0.75])
    np.testing.assert_array_equal(found.first_short.years, [np.nan, 2020, 2021, 2020])
    assert found.first_short.share == 0.75
    assert found.first_short.mode == 2020
    assert found.first_short.mode_share == pytest.approx(2 / 3)
    np.testing.assert_array_equal(found.first_closed.years, [np.nan, 2022, 2023, np.nan])
    np.testing.assert_array_equal(found.peak.years, [np.nan, 2020, 2022, 2020])


def test_unknown_years_are_neither_short_nor_met() -> None:
    required = np.array([[np.nan, np.nan, 120.0, 120.0, 90.0, 90.0]] * 2)
    supply = np.array([[100.0] * 6, [100.0, 100.0, 100.0, np.nan, 100.0, 100.0]])
    found = verdict(required, supply, YEARS)
    np.testing.assert_array_equal(found.met_probability, [np.nan, np.nan, 0, np.nan, 1, 1])
    assert found.first_short.median == 2022
    partly = verdict(np.array([[np.nan] * 6, [120.0] * 6, [90.0] * 6]), np.full((1, 6), 100.0), YEARS)
    assert partly.first_short.share == 0.5, "of the draws in which anything is known"
    nothing = verdict(np.full((1, 6), np.nan), supply, YEARS)
    assert np.isnan(nothing.first_short.share)
    assert nothing.peak.quantile(0.9) is None
    assert np.isnan(nothing.probability_met(2025))


@given(amounts, amounts)
def test_measures_agree_with_each_other(required: np.ndarray, supply: np.ndarray) -> None:
    found = verdict(required, supply, YEARS)
    np.testing.assert_array_equal(found.shortfall - np.maximum(-found.gap, 0), found.gap)
    known = required > 0
    np.testing.assert_allclose((found.sufficiency * required)[known], supply[known], rtol=1e-9)
    assert np.isnan(found.sufficiency[~known]).all()
    short, peak, closed = (event.years for event in (found.first_short, found.peak, found.first_closed))
    ever = ~np.isnan(short)
    np.testing.assert_array_equal(ever, ~np.isnan(peak))
    assert np.all(peak[ever] >= short[ever])
    assert np.all(~(closed <= short)), "a gap closes after it opened"
    rows = np.flatnonzero(ever)
    at_peak = found.gap[rows, (peak[rows] - YEARS[0]).astype(int)]
    np.testing.assert_array_equal(at_peak, found.gap[rows].max(axis=1))


@given(amounts, amounts, st.floats(0, 1e5))
def test_more_supply_never_makes_a_target_less_likely(required: np.ndarray, supply: np.ndarray, extra: float) -> None:
    more = verdict(required, supply + extra, YEARS).met_probability
    assert np.all(more >= verdict(required, supply, YEARS).met_probability)


def test_event_years_are_years_that_occur() -> None:
    event = EventYear(np.array([2021.0, 2024.0, np.nan, 2024.0, 2021.0]), 0.8)
    assert (event.mode, event.mode_share, event.median, event.quantile(0.9)) == (2021, 0.5, 2021, 2024)


def test_ratio_to_the_record_has_no_value_where_the_record_shrank() -> None:
    ratio = ratio_to_record(np.array([[300.0, -50.0]]), np.array([100.0, -20.0, 0.0]))
    np.testing.assert_array_equal(ratio, [[3.0, -0.5], [np.nan] * 2, [np.nan] * 2])


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"found shape \(2, 5\), expected draws × 6 years"):
        verdict(np.ones((2, 5)), np.ones((2, 5)), YEARS)
    with pytest.raises(ValueError, match="target year: found 2040, expected one of 2020 to 2025"):
        verdict(np.ones((1, 6)), np.ones((1, 6)), YEARS).probability_met(2040)
