"""What counts from outside say: references, and bounds of a cohort."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.shortfall.audit.known_people import cohort_bounds
from pipeline.shortfall.audit.span import Span


def test_cohort_bounds_of_a_population_that_nobody_leaves():
    ages = np.arange(40, 90, 5)
    earlier = np.full(len(ages), 1000.0)
    later = earlier.copy()
    later[-1] = 3000.0
    assert cohort_bounds(ages, earlier, later, 55) == Span(9000.0, 9000.0)


@given(st.floats(0.005, 0.05), st.floats(0.05, 0.12))
def test_the_floor_lies_below_survivors_under_mortality_that_rises_with_age(level, slope):
    single = np.arange(40, 131)
    hazard = level * np.exp(slope * (single - 60) / 2)
    survival = np.exp(-np.concatenate([[0.0], np.cumsum(hazard)[:-1]]))
    ages = np.arange(40, 90, 5)

    def grouped(years: int) -> np.ndarray:
        births = np.exp(0.01 * (years - single))
        people = births * survival
        return np.array([people[(single >= a) & ((single < a + 5) | (a == ages[-1]))].sum() for a in ages])

    low, high = cohort_bounds(ages, grouped(0), grouped(10), 55)
    in_five_years = grouped(15)[ages >= 60].sum()
    assert low <= in_five_years <= high
