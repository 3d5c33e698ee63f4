"""From five-year census groups to single ages, exactly and with the nation's own pattern.

The births of 1959-61 and the wave from 1962 on decide when the numbers aged 60+ surge: no smooth curve will do. The
nation's single ages are published as means of a year and deblurred; an area's are hers times a ratio that runs smoothly
over age and meets the area's groups exactly; the famine did not strike every area alike, so that draws of the ratio
wander within the groups.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.age_groups import bounds, summing_matrix

ROUGHNESS = 0.1
"""Weight of second differences: the smallest at which the ratio of cohorts deblurred in 2010 and 2020 is smooth."""


def with_exact_totals(normal: Array, right: Array, totals: Array, constraint: Array) -> Array:
    """Minimiser of ½·xᵀ·normal·x − rightᵀ·x under constraint·x = totals, by the KKT system.

    `normal` (age, age), `right` (..., age), `totals` (..., group), `constraint` (group, age).
    """
    groups = len(constraint)
    system = np.block([[normal, constraint.T], [constraint, np.zeros((groups, groups))]])
    both = np.concatenate([right, totals], axis=-1)
    return np.linalg.solve(system, both[..., None])[..., : len(normal), 0]


def deblur(
    mean_population: Array, group_totals: Array, groups: Sequence[str], survival: Array, roughness: float = ROUGHNESS
) -> Array:
    """Census-day population N by single age, (..., age), from the mean population of the year before it.

    `mean_population` (..., age), from the census death tabulation, is ½·(N(x) + N(x+1)/s(x)) with the `survival` s
    (..., age) from x to x + 1. Undone by relative least squares with a small roughness penalty under the exact
    `group_totals` (..., group), whose odd width pins the one mode that the blur cannot see, +1 −1 +1 …. Raises
    ValueError where a result is negative.
    """
    mean = np.maximum(mean_population, 1.0)
    size = OPEN_AGE + 1
    constraint = summing_matrix(groups)
    second = np.diff(np.eye(size), 2, axis=0)
    result = np.empty(mean.shape)
    for index in np.ndindex(*mean.shape[:-1]):
        scale = mean[index]
        blur = np.zeros((size - 2, size))
        rows = np.arange(1, size - 1)
        blur[rows - 1, rows] = 0.5
        blur[rows - 1, rows + 1] = 0.5 / survival[index][rows]
        relative = blur * scale / scale[rows, None]
        rough = second * (scale / scale[1:-1, None]) * roughness
        normal = relative.T @ relative + rough.T @ rough + 1e-9 * np.eye(size)
        right = relative.T @ np.ones(size - 2)
        result[index] = scale * with_exact_totals(normal, right, group_totals[index], constraint * scale)
    if np.any(result < 0):
        raise ValueError("the single-age pattern and the census groups contradict each other: a negative count")
    return result


def graduate(group_totals: Array, groups: Sequence[str], standard: Array) -> Array:
    """Single ages of an area, (..., age), that keep `group_totals` (..., group), along a `standard` (..., age).

    The ratio of area to standard has the least sum of squared second differences; where it would turn negative (a group
    far below its neighbours), groups are split in proportion to the standard. An open group that starts below 100 is
    split by the standard's shape, so the standard of a city is its province. Raises ValueError where `groups` do not
    cover every age once.
    """
    pattern = np.broadcast_to(np.maximum(standard, 1e-6), (*group_totals.shape[:-1], OPEN_AGE + 1))
    tiling = summing_matrix(groups)
    if not np.array_equal(tiling.sum(axis=0), np.ones(OPEN_AGE + 1)):
        raise ValueError("the age groups must cover every age once")
    second = np.diff(np.eye(OPEN_AGE + 1), 2, axis=0)
    normal = second.T @ second + 1e-10 * np.eye(OPEN_AGE + 1)
    within = pattern @ tiling.T
    result = np.empty(pattern.shape)
    for index in np.ndindex(*group_totals.shape[:-1]):
        weights = tiling * pattern[index] / within[index][:, None]
        relative = group_totals[index] / within[index]
        ratio = with_exact_totals(normal, np.zeros(OPEN_AGE + 1), relative, weights)
        first_open = bounds(groups[-1])[0]
        ratio[first_open:] = relative[-1]
        if np.any(ratio < 0):
            ratio = tiling.T @ relative
        result[index] = pattern[index] * ratio
    return _meeting(group_totals, result, tiling)


def _meeting(totals: Array, people: Array, tiling: Array) -> Array:
    """`people` (..., age) scaled group by group to `totals` (..., group); a group without people stays empty."""
    sums = people @ tiling.T
    factor = np.divide(totals, sums, out=np.zeros_like(sums), where=sums > 0)
    return people * (factor @ tiling)


def split_steps(
    people: Array, groups: Sequence[str], yearly_step: float, draws: int, generator: np.random.Generator
) -> Array:
    """Draws of how single ages depart from `people` (sex, age) within census groups: log factors (draw, age).

    A random walk over age with steps of SD `yearly_step`, given that every group keeps its total: to first order,
    `split_anew` makes it exact. Both sexes share it, as they share births and moves.
    """
    weights = summing_matrix(groups) * np.maximum(people.sum(axis=0), 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    ages = np.arange(1.0, OPEN_AGE + 2)
    covariance = np.minimum(ages[:, None], ages)
    gain = covariance @ weights.T @ np.linalg.inv(weights @ covariance @ weights.T)
    walk = np.cumsum(generator.standard_normal((draws, ages.size)), axis=1)
    return yearly_step * (walk - walk @ weights.T @ gain.T)


def split_anew(people: Array, groups: Sequence[str], steps: Array) -> Array:
    """`people` (sex, age) or (draw, sex, age) times exp(`steps`) (draw, age), every group's total by sex as it was."""
    tiling = summing_matrix(groups)
    return _meeting(people @ tiling.T, people * np.exp(steps)[:, None], tiling)
