"""Additions: parts that sum in every draw, nothing where nothing moves, closures exactly, a surplus that runs down."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.shortfall.additions import periods, shown_parts_of
from pipeline.vocabulary import ADDITION_PARTS

YEARS = list(range(2025, 2036))
ENDS = (2025, 2030, 2035)
AMOUNTS = st.floats(0, 1e6)


@settings(max_examples=80, deadline=None)
@given(
    arrays(float, (5, 11), elements=AMOUNTS),
    arrays(float, 5, elements=AMOUNTS),
    arrays(float, 5, elements=st.floats(0, 0.4)),
)
def test_parts_sum_and_the_stock_ends_at_what_is_required_or_above(
    required: np.ndarray, existing: np.ndarray, closing: np.ndarray
) -> None:
    stock = existing
    for period, end in zip(periods(required, existing, closing, YEARS, ENDS), ENDS[1:], strict=True):
        np.testing.assert_allclose(period.shortfall + period.ageing + period.closures, period.signed)
        np.testing.assert_array_equal(period.total, np.maximum(period.signed, 0))
        np.testing.assert_allclose(period.closures, 5 * closing * stock)
        stock = stock - period.closures + period.total
        asked = required[:, YEARS.index(end)]
        assert np.all(stock >= asked - 1e-6)
        np.testing.assert_allclose(stock[period.signed > 0], asked[period.signed > 0], rtol=1e-9, atol=1e-6)


def test_todays_shortfall_counts_once() -> None:
    first, second = periods(np.full((1, 11), 120.0), np.array([100.0]), np.zeros(1), YEARS, ENDS)
    assert (first.shortfall[0], first.total[0]) == (20, 20)
    assert (second.shortfall[0], second.total[0]) == (0, 0)


def test_a_surplus_runs_down_before_anything_is_added() -> None:
    """110 stand, 100 are asked for, 4 more every five years: 10 too many, then 6, so that nothing is added."""
    required = np.interp(YEARS, ENDS, [100.0, 104.0, 108.0])[None]
    first, second = periods(required, np.array([110.0]), np.zeros(1), YEARS, ENDS)
    assert (first.shortfall[0], first.ageing[0], first.total[0]) == (-10, 4, 0)
    assert (second.shortfall[0], second.total[0]) == (-6, 0)


@given(arrays(float, 4, elements=st.floats(1, 1e6)), st.floats(0, 0.3))
def test_constant_people_add_nothing_to_the_status_quo_but_what_closes(existing: np.ndarray, closing: float) -> None:
    held = existing[:, None] * np.ones(11)
    for period in periods(held, existing, np.zeros(1), YEARS, ENDS):
        np.testing.assert_allclose(period.total, 0.0, atol=1e-9)
    for period in periods(held, existing, np.full(1, closing), YEARS, ENDS):
        np.testing.assert_allclose(period.total, 5 * closing * existing)
        np.testing.assert_allclose(period.total, period.closures)


def shown_parts(required: np.ndarray, existing: np.ndarray, shown: Sequence[float]) -> list[dict[str, float]]:
    """What is shown of each part by period, from numbers shown as required at the ends of periods and as existing."""
    closing = np.full(len(existing), 0.02)
    by_draw = periods(required, existing, closing, YEARS, ENDS)
    middle = periods(np.array([shown[:-1]]), shown[-1:], closing[:1], ENDS, ENDS)
    found = map(shown_parts_of, by_draw, middle)
    return [{part: columns["shown"] for part, columns in parts.items()} for parts in found]


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (5, 11), elements=st.floats(1, 1e6)),
    arrays(float, 5, elements=AMOUNTS),
    st.tuples(*[st.integers(0, 10**6)] * 4),
)
def test_what_is_shown_sums(required: np.ndarray, existing: np.ndarray, shown: tuple[int, ...]) -> None:
    found = shown_parts(required, existing, shown)
    assert len(found) == 2
    for parts in found:
        assert parts["total"] == max(sum(parts[part] for part in ADDITION_PARTS), 0)


def test_shown_parts_come_from_shown_numbers() -> None:
    """By hand: 1,000 asked for today and 800 there, 1,300 in 2030, 2 % close: 40, 60 and 16 a year."""
    required = np.interp(YEARS, ENDS, [1_010.0, 1_290.0, 1_500.0])[None] * np.array([[0.9], [1.1]])
    first, second = shown_parts(required, np.full(2, 795.0), [1_000, 1_300, 1_500, 800])
    assert list(first.values()) == [40, 60, 16, 116]
    assert list(second.values()) == [0, 40, 26, 66]
