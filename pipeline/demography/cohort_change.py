"""What turns one census into the next beside mortality: measured by cohort, spread over single years.

cohort change = survival × census consistency × migration

- *survival*: reported mortality (WPP tables at the area's level), see `vital_rates`;
- *census consistency*: the nation's own residual by age and sex. It has next to no migration: what its cohorts gain or
  lose beyond survival is how censuses count, and rates that miss the census's mortality;
- *migration*: an area's residual after the nation's is taken out.

Residuals are log ratios of counted to expected people ten years on, by age group at the second census.
"""

from functools import cache

import numpy as np

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.age_groups import bounds, summing_matrix
from pipeline.demography.graduation import with_exact_totals

COHORT_GROUPS = (*(f"{start}-{start + 4}" for start in range(10, 85, 5)), "85+")
"""Ages at the second census of people alive at the first, ten years before."""

DECADE = 10


def expected_survivors(start: Array, survival: Array) -> Array:
    """People of the first census still alive at the second, were nobody to move, (..., sex, age).

    `start` (..., sex, age) persons; `survival` (..., time, sex, age) ratios by year. Births are left out: ages below
    the number of years are zero.
    """
    people = start
    for t in range(survival.shape[-3]):
        alive = survival[..., t, :, :]
        older = np.zeros(np.broadcast_shapes(people.shape, alive.shape))
        older[..., 1:] = alive[..., 1:] * people[..., :-1]
        older[..., -1] += alive[..., -1] * people[..., -1]
        people = older
    return people


def decade_residual(start: Array, end: Array, survival: Array) -> Array:
    """log(counted / expected) by sex and `COHORT_GROUPS`, (..., sex, group).

    `start`, `end` (..., sex, age) persons at two censuses ten years apart, `survival` (..., 10, sex, age) yearly ratios
    between them. Raises ValueError where a group is empty or blank.
    """
    sums = summing_matrix(COHORT_GROUPS).T
    counted = end @ sums
    expected = expected_survivors(start, survival) @ sums
    if not (np.all(counted > 0) and np.all(expected > 0)):
        raise ValueError("a cohort is empty or blank: its change between the censuses cannot be measured")
    return np.log(counted / expected)


@cache
def yearly_from_decade() -> Array:
    """Matrix (101 ages, group) that turns a decade's log residuals into a yearly log factor by age attained.

    Summed along the ten ages that a cohort passes, they give back the residual of each group (at the mean over its
    ages); of all such paths the smoothest, and flat where no cohort was measured (below age 5, above 90).
    """
    size = OPEN_AGE + 1
    path = np.zeros((len(COHORT_GROUPS), size))
    for row, group in enumerate(COHORT_GROUPS):
        first, last = bounds(group)
        ends = range(first, (last if last is not None else 91) + 1)
        for end in ends:
            path[row, end - DECADE + 1 : end + 1] += 1.0 / len(ends)
    second = np.diff(np.eye(size), 2, axis=0)
    first_difference = np.diff(np.eye(size), 1, axis=0)
    edges = np.where((np.arange(size - 1) < 5) | (np.arange(size - 1) >= 90), 1e3, 1e-3)
    normal = second.T @ second + first_difference.T @ (edges[:, None] * first_difference) + 1e-12 * np.eye(size)
    columns = np.eye(len(COHORT_GROUPS))
    return with_exact_totals(normal, np.zeros((len(COHORT_GROUPS), size)), columns, path).T


def taper(years: int, length: float) -> Array:
    """Weights (year,) at the middles of years, in a straight line from 1 to 0 over `length`; if infinite, 1."""
    return np.clip(1.0 - (np.arange(years) + 0.5) / length, 0.0, 1.0)
