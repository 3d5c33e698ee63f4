"""Areas that add up to a whole: projected together, and raked to it by sex and age, in every draw and year.

Each year's step is taken by every area alone; then all people of one sex and age are scaled by what the whole has over
what the areas have together. The factor is the same for all areas, stays above zero, and goes with the cohort from
there on; in the flows it counts as net migration. Births of a year follow its women before that year's raking, and
an area projected by itself with the factor has those of after: children differ by half the factor, nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.axes import Array
from pipeline.demography.area import (
    AreaDraws,
    Nation,
    Scenario,
    SurvivalSurface,
    area_rates,
    scenario_levels,
    spreads,
)
from pipeline.demography.engine import project

CHUNK = 128
"""Draws at once: one year of one area fits into the processor's cache."""


@dataclass(frozen=True)
class Balanced:
    """Some draws of areas that add up to `whole`, people (draw, time + 1, sex, age).

    `areas` (area) hold theirs after raking, (draw, time + 1, sex, group); `factor` (draw, time, sex, age) is the yearly
    log factor by age attained that did it.
    """

    whole: Array
    areas: tuple[Array, ...]
    factor: Array


def project_balanced(
    whole: AreaDraws,
    areas: Sequence[AreaDraws],
    nation: Nation,
    scenario: Scenario,
    sums: Array,
    chunk: int = CHUNK,
) -> Iterator[tuple[slice, Balanced]]:
    """Project `areas` with `whole`, which they make up, a chunk of draws at a time: yields (draws, balanced).

    `sums` (age, group) says which ages of the areas are told together: single ages of them all would fill the memory.
    The areas' own `balance` is not read. Raises ValueError where the areas have nobody of an age at which the whole
    has people.
    """
    surface = SurvivalSurface(nation.standard_lx)
    shift = scenario_levels(nation.standard_lx, scenario.extra_e0)
    for start in range(0, whole.draws(), chunk):
        part = slice(start, min(start + chunk, whole.draws()))
        some = whole.select(part)
        around = project(some.base, area_rates(some, nation, surface, scenario, shift), draws=part.stop - start)
        steps = [_Steps(area.select(part), nation, surface, scenario, shift) for area in areas]
        yield part, _raked(around.population, steps, sums)


class _Steps:
    """One area's people by year, without the flows between: all that raking asks for, in a third of the time."""

    def __init__(
        self, area: AreaDraws, nation: Nation, surface: SurvivalSurface, scenario: Scenario, shift: Array
    ) -> None:
        self.area, self.surface, self.shift = area, surface, shift
        self.fading, self.spread, held = spreads(scenario, len(shift))
        self.consistency = area.consistency @ held
        self.asfr = scenario.fertility_weight * nation.asfr_shape
        fertile = np.flatnonzero(self.asfr.any(axis=0))
        self.window = slice(fertile[0], fertile[-1] + 1) if fertile.size else slice(0, 0)
        self.boys = nation.srb / (1.0 + nation.srb)

    def after(self, people: Array, t: int) -> Array:
        """People (draw, sex, age) a year on, from those at its start, as the engine's step has them."""
        level, moved = _at(self.area.level, t), _at(self.area.migration, t)
        factor = self.surface.log_of_year(t, level + self.shift[t])
        factor += _flat(self.fading[t] * moved, self.spread)
        factor += _at(self.consistency, t)
        np.exp(factor, out=factor)
        after = np.empty_like(factor)
        after[..., 1:] = people[..., :-1]
        after[..., 0] = 0.0
        after[..., -1] += people[..., -1]
        after *= factor
        women = people[:, 1, self.window] + after[:, 1, self.window]
        births = 0.5 * _at(self.area.tfr, t) * np.vecdot(women, self.asfr[t, self.window])
        born = births[:, None] * np.array([self.boys[t], 1.0 - self.boys[t]])
        after[..., 0] = born * factor[..., 0]
        return after


def _flat(array: Array, matrix: Array) -> Array:
    """`array` (draw, sex, group) @ `matrix` in one piece: many small products take several times as long."""
    return (array.reshape(-1, array.shape[-1]) @ matrix).reshape(*array.shape[:-1], -1)


def _at(array: Array, t: int) -> Array:
    return array[:, 0 if array.shape[1] == 1 else t]


def unbalanced(people: Array, factor: Array) -> Array:
    """What the areas had together before any raking, (draw, time + 1, sex, age), of those alive at the start.

    `people` (draw, time + 1, sex, age) of the whole, `factor` as in `Balanced`: cohorts are raked by one factor a
    year, whatever their area, and so it can be taken off their sum. Ages born since the start are NaN; within the
    open group the factor of its youngest stands for all.
    """
    before = people.copy()
    gone = np.zeros_like(factor[:, 0])
    for t in range(factor.shape[1]):
        gone[..., 1:] = gone[..., :-1].copy()
        gone += factor[:, t]
        before[:, t + 1] *= np.exp(-gone)
        before[:, t + 1, :, : t + 1] = np.nan
    return before


def _raked(whole: Array, areas: Sequence[_Steps], sums: Array) -> Balanced:
    now = [np.broadcast_to(area.area.base, whole[:, 0].shape) for area in areas]
    told = [np.empty((*whole.shape[:-1], sums.shape[-1])) for _ in areas]
    factor = np.empty_like(whole[:, 1:])
    _tell(told, now, sums, 0)
    for t in range(factor.shape[1]):
        now = [area.after(people, t) for area, people in zip(areas, now, strict=True)]
        together = sum(now[1:], start=now[0].copy())
        target = whole[:, t + 1]
        if np.any((together <= 0) & (target > 0)):
            raise ValueError("the areas have nobody of an age at which the whole has people")
        raised = np.divide(target, together, out=np.ones_like(target), where=together > 0)
        factor[:, t] = np.log(raised)
        for people in now:
            people *= raised
        _tell(told, now, sums, t + 1)
    return Balanced(whole, tuple(told), factor)


def _tell(told: Sequence[Array], people: Sequence[Array], sums: Array, t: int) -> None:
    for out, one in zip(told, people, strict=True):
        out[:, t] = _flat(one, sums)
