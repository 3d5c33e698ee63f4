"""The loops of the projection, one draw after the other, compiled by numba for `area`.

One step as Preston, Heuveline & Guillot (2001), Demography, ch. 6 write it: survivors into each group, net migrants
part before and the rest after mortality, births from the mean of the women at both ends, split by the sex ratio. Two
factors on survivors come after mortality: census consistency, and migration as a ratio.

Blocks of draws run on as many threads as wanted with the same bytes; there is no fast math: sums run in the order
written. All of it stands in one file because numba's cache on disk is renewed when the file of the function called
from outside changes, and knows nothing of others.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from pipeline.axes import Array, Indices
from pipeline.demography.area import AreaDraws, Path

BLOCK = 64  # draws handed to a thread at once


OPTIONS = {"nogil": True, "error_model": "numpy"}
inner = njit(**OPTIONS)  # compiles as part of those that call it


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call; kept on disk where numba finds a folder that can be written.

    What is kept is found by the function's name and line and names the types of its arguments: where a type is renamed,
    the function must be too, or the next call meets a type that is gone.
    """
    try:
        return njit(cache=True, **OPTIONS)(function)
    except RuntimeError:
        return njit(**OPTIONS)(function)


def project(
    areas: AreaDraws, draws: int, path: Path, ranges: Indices, whole: Array | None, threads: int | None
) -> tuple[Array, Array]:
    """People (area, draw, time + 1, sex, group) on census day and after, by `ranges` of ages or single ages if empty.

    Arrays of `areas` have an axis of areas first; those of draws and time are full or of length 1. With `whole` (draw,
    time + 1, sex, age) the areas are raked to it each year, and the second result is the log factor (draw, time, sex,
    age). `threads`: None is one a core, four at most. Raises ValueError where the areas have nobody of an age at which
    the whole has people.
    """
    years, ages = len(path.boys), areas.base.shape[-1]
    people = np.empty((len(areas.base), draws, years + 1, 2, len(ranges) or ages))
    target = np.empty((0, years + 1, 2, ages)) if whole is None else whole
    factor = np.empty((len(target), years, 2, ages))

    def block(first: int) -> int:
        return _project_draws(people, factor, target, path, areas, ranges, first, min(first + BLOCK, draws))

    with ThreadPoolExecutor(threads or min(os.cpu_count() or 1, 4)) as pool:
        if sum(pool.map(block, range(0, draws, BLOCK))):
            raise ValueError("the areas have nobody of an age at which the whole has people")
    return people, factor


@inner
def at(array, d, t):
    """Row of an array (draw, time, ...) whose first axes may have length 1."""
    return array[min(d, array.shape[0] - 1), min(t, array.shape[1] - 1)]


@inner
def step(now, after, survival, consistency, migration, net, asfr, tfr, boys, early, width):
    """One step from `now` to `after` (sex, age); `early` is the part of net migrants that comes before mortality."""
    last = now.shape[1] - 1
    for sex in range(2):
        for age in range(1, last + 1):
            start = now[sex, age - 1] + early * net[sex, age - 1]
            if age == last:
                start += now[sex, age] + early * net[sex, age]
            here = migration[sex, age] * (consistency[sex, age] * (survival[sex, age] * start))
            after[sex, age] = here + (1.0 - early) * net[sex, age]
    births = 0.0
    for age in range(1, last + 1):
        births += asfr[age] * (now[1, age] + early * net[1, age] + after[1, age])
    births *= 0.5 * width * tfr
    for sex in range(2):
        born = births * boys if sex == 0 else births - births * boys
        here = migration[sex, 0] * (consistency[sex, 0] * (survival[sex, 0] * born))
        after[sex, 0] = here + (1.0 - early) * net[sex, 0]


@inner
def survive(ratios, odds, level, lx):
    """nSx into `ratios` (age,) of the relational table at `level`, α; see `lifetable.survival_ratios`."""
    heavier = math.exp(level)
    lx[0] = 1.0
    for age in range(odds.size):
        lx[age + 1] = 1.0 / (1.0 + heavier * odds[age])
    infant = lx[1] + 0.1 * (lx[0] - lx[1])
    ratios[0] = infant
    ratios[1] = 0.5 * (lx[1] + lx[2]) / infant
    last = ratios.size - 1
    for age in range(2, last):
        ratios[age] = (lx[age] + lx[age + 1]) / (lx[age - 1] + lx[age])
    above = 0.0
    for age in range(last, odds.size):
        above += lx[age] + lx[age + 1]
    ratios[last] = above / (above + lx[last - 1] + lx[last])


@inner
def exponential(row):
    """exp of a row, in place: near zero by its series at an eighth, which is faster and alike on every processor."""
    far = 0
    for place in range(row.size):
        far += abs(row[place]) > 1.0
    if far:
        for place in range(row.size):
            row[place] = math.exp(row[place])
        return
    for place in range(row.size):
        x = 0.125 * row[place]
        tail = x * (1 / 720 + x * (1 / 5040 + x * (1 / 40320 + x * (1 / 362880 + x / 3628800))))
        root = 1.0 + x * (1.0 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + tail)))))
        square = root * root
        row[place] = square * square * (square * square)


@inner
def factors(out, decade, spread, fading, balance):
    """Yearly factors (sex, age) from a decade's log factors (sex, group) and yearly ones (sex, age)."""
    for sex in range(2):
        out[sex] = balance[sex]
        for group in range(spread.shape[0]):
            size = fading * decade[sex, group]
            for age in range(out.shape[1]):
                out[sex, age] += size * spread[group, age]
        exponential(out[sex])


@inner
def sum_groups(out, people, ranges):
    """People (sex, age) into `out` (sex, group) by ranges (group, 2) of ages from, up to and without; all ages if none.

    Summed from the oldest down, so that the fewest are added to no large number.
    """
    if ranges.shape[0] == 0:
        out[:] = people
        return
    ages = people.shape[1]
    above = np.empty((ages + 1, 2))
    men = women = above[ages, 0] = above[ages, 1] = 0.0
    for younger in range(ages):
        age = ages - 1 - younger
        men += people[0, age]
        women += people[1, age]
        above[age, 0], above[age, 1] = men, women
    for group in range(ranges.shape[0]):
        first, end = ranges[group, 0], ranges[group, 1]
        for sex in range(2):
            out[sex, group] = above[first, sex] - above[end, sex]


@inner
def rake(areas, factor, whole):
    """Scale areas (area, sex, age) to `whole` (sex, age), by the log `factor`; the number of ages that nobody is of."""
    empty = 0
    for sex in range(2):
        for age in range(whole.shape[1]):
            have = 0.0
            for a in range(areas.shape[0]):
                have += areas[a, sex, age]
            empty += have <= 0.0 and whole[sex, age] > 0.0
            raised = whole[sex, age] / have if have > 0.0 else 1.0
            factor[sex, age] = math.log(raised)
            for a in range(areas.shape[0]):
                areas[a, sex, age] *= raised
    return empty


@compiled
def _project_draws(people, factor, whole, path, areas, ranges, first, last):
    """`project` for some draws; the number of ages at which the areas could not be raked."""
    count, _, _, ages = areas.base.shape
    now, after, consistency = np.empty((count, 2, ages)), np.empty((count, 2, ages)), np.empty((count, 2, ages))
    survival, migration, nobody = np.empty((2, ages)), np.empty((2, ages)), np.zeros((2, ages))
    lx = np.empty(path.odds.shape[2] + 1)
    empty = 0
    for d in range(first, last):
        for a in range(count):
            now[a] = areas.base[a, min(d, areas.base.shape[1] - 1)]
            sum_groups(people[a, d, 0], now[a], ranges)
        for t in range(people.shape[2] - 1):
            for a in range(count):
                level = at(areas.level[a], d, t)
                for sex in range(2):
                    survive(survival[sex], path.odds[t, sex], level[sex] + path.shift[t, sex], lx)
                if t < areas.consistency.shape[2]:
                    factors(consistency[a], at(areas.consistency[a], d, t), path.held, 1.0, nobody)
                decade, balance = at(areas.migration[a], d, t), at(areas.balance[a], d, t)
                factors(migration, decade, path.spread, path.fading[t], balance)
                tfr = at(areas.tfr[a], d, t)
                rates = survival, consistency[a], migration, nobody, path.asfr[t], tfr, path.boys[t]
                step(now[a], after[a], *rates, 0.5, 1)
            if len(whole) > 0:
                empty += rake(after, factor[d, t], whole[d, t + 1])
            for a in range(count):
                sum_groups(people[a, d, t + 1], after[a], ranges)
            now, after = after, now
    return empty
