"""The loops of the projection, one draw after the other, compiled by numba for `area`.

One step as Preston, Heuveline & Guillot (2001), Demography, ch. 6 write it: survivors into each group, net migrants
part before and the rest after mortality, births from the mean of the women at both ends, split by the sex ratio.
Two factors on survivors come after mortality: census consistency, whose effect is kept apart as adjustment, and
migration as a ratio. P(t+1) = P(t) + births − deaths + net migration + adjustment.

Blocks of draws run on as many threads as wanted with the same bytes; there is no fast math: sums run in the order
written. All of it stands in one file because numba's cache on disk is renewed when the file of the function called
from outside changes, and knows nothing of others.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from pipeline.axes import Array

BLOCK = 64
"""Draws handed to a thread at once."""


class Path(NamedTuple):
    """What all draws and areas share.

    odds (time, sex, exact age from 1 up) of the dead to the living of the standard; shift (time, sex) of α; held and
    spread (group, age) from decades to yearly log factors of consistency and migration; fading (time,) of migration;
    asfr (time, age) of one child per woman, times the scenario's factor; boys (time,) their share of births.
    """

    odds: Array
    shift: Array
    held: Array
    spread: Array
    fading: Array
    asfr: Array
    boys: Array


class Moves(NamedTuple):
    """What moves one area, as in `AreaDraws`, every axis but the last ones of length 1 or full."""

    base: Array
    level: Array
    consistency: Array
    migration: Array
    tfr: Array
    balance: Array


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call; kept on disk where numba finds a folder that can be written."""
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:
        return njit(**options)(function)


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile as part of those that call it."""
    return njit(nogil=True, error_model="numpy")(function)


def in_blocks(work: Callable[[int, int], object], draws: int, threads: int | None) -> None:
    """`work(first, last)` for blocks of draws, on so many threads: None is one a core, four at most.

    Raises what `work` raises.
    """
    starts = range(0, draws, BLOCK)
    with ThreadPoolExecutor(threads or min(os.cpu_count() or 1, 4)) as pool:
        for _ in pool.map(lambda start: work(start, min(start + BLOCK, draws)), starts):
            pass


@inner
def at(array, d, t):  # type: ignore[no-untyped-def]
    """Row of an array (draw, time, ...) whose first axes may have length 1."""
    return array[min(d, array.shape[0] - 1), min(t, array.shape[1] - 1)]


@inner
def step(now, after, flows, survival, consistency, migration, net, asfr, tfr, boys, early, width):  # type: ignore[no-untyped-def]
    """One step from `now` to `after` (sex, age); `early` is the part of net migrants that comes before mortality.

    `flows` (4, sex) is set to births, deaths, net migration and adjustment.
    """
    last = now.shape[1] - 1
    for sex in range(2):
        dead = moved = adjusted = 0.0
        for age in range(1, last + 1):
            start = now[sex, age - 1] + early * net[sex, age - 1]
            if age == last:
                start += now[sex, age] + early * net[sex, age]
            alive = survival[sex, age] * start
            counted = consistency[sex, age] * alive
            here = migration[sex, age] * counted
            after[sex, age] = here + (1.0 - early) * net[sex, age]
            dead += start - alive
            adjusted += counted - alive
            moved += here - counted + net[sex, age]
        flows[1, sex], flows[2, sex], flows[3, sex] = dead, moved, adjusted
    births = 0.0
    for age in range(1, last + 1):
        births += asfr[age] * (now[1, age] + early * net[1, age] + after[1, age])
    births *= 0.5 * width * tfr
    flows[0, 0] = births * boys
    flows[0, 1] = births - flows[0, 0]
    for sex in range(2):
        alive = survival[sex, 0] * flows[0, sex]
        counted = consistency[sex, 0] * alive
        here = migration[sex, 0] * counted
        after[sex, 0] = here + (1.0 - early) * net[sex, 0]
        flows[1, sex] += flows[0, sex] - alive
        flows[2, sex] += here - counted + net[sex, 0]
        flows[3, sex] += counted - alive


@inner
def survive(ratios, odds, level, lx):  # type: ignore[no-untyped-def]
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
def exponential(row):  # type: ignore[no-untyped-def]
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
def factors(out, decade, spread, fading, balance):  # type: ignore[no-untyped-def]
    """Yearly factors (sex, age) from a decade's log factors (sex, group) and yearly ones (sex, age)."""
    for sex in range(2):
        out[sex] = balance[sex]
        for group in range(spread.shape[0]):
            size = fading * decade[sex, group]
            for age in range(out.shape[1]):
                out[sex, age] += size * spread[group, age]
        exponential(out[sex])


@inner
def sum_groups(out, people, ranges):  # type: ignore[no-untyped-def]
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
def year(now, after, consistency, scratch, path, area, d, t):  # type: ignore[no-untyped-def]
    """A year of one draw of one area; `consistency` (sex, age) is renewed where the area's differs by year."""
    survival, migration, net, flows, lx = scratch
    for sex in range(2):
        survive(survival[sex], path.odds[t, sex], at(area.level, d, t)[sex] + path.shift[t, sex], lx)
    if t < area.consistency.shape[1]:
        factors(consistency, at(area.consistency, d, t), path.held, 1.0, net)
    factors(migration, at(area.migration, d, t), path.spread, path.fading[t], at(area.balance, d, t))
    step(
        now, after, flows, survival, consistency, migration, net, path.asfr[t], at(area.tfr, d, t), path.boys[t], 0.5, 1
    )


@inner
def room(ages, exact):  # type: ignore[no-untyped-def]
    """Space for one year of one draw: survival, migration, no net migrants, flows and lx."""
    shape = (2, ages)
    return np.empty(shape), np.empty(shape), np.zeros(shape), np.empty((4, 2)), np.empty(exact + 1)


@compiled
def project_levels(people, path, area, ranges, first, last):  # type: ignore[no-untyped-def]
    """Fill people (draw, time + 1, sex, group), from census day on, for some draws."""
    ages = area.base.shape[2]
    scratch = room(ages, path.odds.shape[2])
    now, after, consistency = np.empty((2, ages)), np.empty((2, ages)), np.empty((2, ages))
    for d in range(first, last):
        now[:] = area.base[min(d, area.base.shape[0] - 1)]
        sum_groups(people[d, 0], now, ranges)
        for t in range(people.shape[1] - 1):
            year(now, after, consistency, scratch, path, area, d, t)
            sum_groups(people[d, t + 1], after, ranges)
            now, after = after, now


@compiled
def project_raked(sums, factor, whole, path, areas, ranges, first, last):  # type: ignore[no-untyped-def]
    """Areas that add up to `whole` (draw, time + 1, sex, age), for some draws; the number of ages without people.

    Fills sums (area, draw, time + 1, sex, group) and the log factor (draw, time, sex, age); `areas` are `Moves` whose
    arrays have an axis of areas before the others, all of full length.
    """
    count, _, _, ages = areas.base.shape
    scratch = room(ages, path.odds.shape[2])
    shape = (count, 2, ages)
    now, after, consistency = np.empty(shape), np.empty(shape), np.empty(shape)
    empty = 0
    for d in range(first, last):
        for a in range(count):
            now[a] = areas.base[a, d]
            sum_groups(sums[a, d, 0], now[a], ranges)
        for t in range(whole.shape[1] - 1):
            together = np.zeros((2, ages))
            for a in range(count):
                area = Moves(
                    areas.base[a],
                    areas.level[a],
                    areas.consistency[a],
                    areas.migration[a],
                    areas.tfr[a],
                    areas.balance[a],
                )
                year(now[a], after[a], consistency[a], scratch, path, area, d, t)
                together += after[a]
            for sex in range(2):
                for age in range(ages):
                    have, target = together[sex, age], whole[d, t + 1, sex, age]
                    empty += have <= 0.0 and target > 0.0
                    raised = target / have if have > 0.0 else 1.0
                    factor[d, t, sex, age] = math.log(raised)
                    together[sex, age] = raised
            for a in range(count):
                after[a] *= together
                sum_groups(sums[a, d, t + 1], after[a], ranges)
            now, after = after, now
    return empty
