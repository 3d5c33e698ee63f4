"""What turns one census into the next beside mortality: measured by cohort, spread over single years.

Cohort change = survival (`vital_rates`) × census consistency × migration. Residuals are log ratios of counted to
expected people ten years on, by age group at the second census: the nation's, which has next to no migration, is how
censuses count and what rates miss; an area's, less the nation's, is migration.
"""

from functools import cache

import numpy as np

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.age_groups import bounds, summing_matrix
from pipeline.demography.graduation import with_exact_totals

COHORT_GROUPS = (*(f"{start}-{start + 4}" for start in range(10, 85, 5)), "85+")
"""Ages at the second census of people alive at the first, `DECADE` years before."""

DECADE = 10


def expected_survivors(start: Array, survival: Array) -> Array:
    """People of `start` (..., sex, age) alive after years of `survival` (..., time, sex, age), were nobody to move or
    to be born."""
    people = start
    for t in range(survival.shape[-3]):
        alive = survival[..., t, :, :]
        older = np.zeros(np.broadcast_shapes(people.shape, alive.shape))
        older[..., 1:] = alive[..., 1:] * people[..., :-1]
        older[..., -1] += alive[..., -1] * people[..., -1]
        people = older
    return people


def decade_residual(start: Array, end: Array, survival: Array) -> Array:
    """log(counted / expected), (..., sex, cohort group), from persons (..., sex, age) at two censuses ten years apart.

    `survival` (..., 10, sex, age) between them. Raises ValueError where a group is empty or blank.
    """
    sums = summing_matrix(COHORT_GROUPS).T
    counted = end @ sums
    expected = expected_survivors(start, survival) @ sums
    if not (np.all(counted > 0) and np.all(expected > 0)):
        raise ValueError("a cohort is empty or blank: its change between the censuses cannot be measured")
    return np.log(counted / expected)


@cache
def yearly_from_decade() -> Array:
    """Matrix (age, group) that turns a decade's log residuals into a yearly log factor by age attained.

    Of all whose sums along the ten ages that a cohort passes give back the residual of each group (at the mean over its
    ages) the smoothest, and flat where no cohort was measured (below age 5, above 90).
    """
    size, groups = OPEN_AGE + 1, len(COHORT_GROUPS)
    path = np.zeros((groups, size))
    for row, group in enumerate(COHORT_GROUPS):
        first, last = bounds(group)
        ends = range(first, (last or 91) + 1)
        for end in ends:
            path[row, end - DECADE + 1 : end + 1] += 1.0 / len(ends)
    slope, bend = np.diff(np.eye(size), 1, axis=0), np.diff(np.eye(size), 2, axis=0)
    edges = np.where((np.arange(size - 1) < 5) | (np.arange(size - 1) >= 90), 1e3, 1e-3)
    normal = bend.T @ bend + slope.T @ (edges[:, None] * slope) + 1e-12 * np.eye(size)
    return with_exact_totals(normal, np.zeros((groups, size)), np.eye(groups), path).T


def taper(years: int, length: float) -> Array:
    """Weights (year,) at the middles of years, in a straight line from 1 to 0 over `length`; if infinite, 1."""
    return np.clip(1.0 - (np.arange(years) + 0.5) / length, 0.0, 1.0)
