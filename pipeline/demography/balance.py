"""Areas that add up to a whole: projected together, and raked to it by sex and age, in every draw and year.

Each year's step is taken by every area alone; then all people of one sex and age are scaled by what the whole has over
what the areas have together. The factor is the same for all areas, stays above zero, and goes with the cohort from
there on; in the flows it counts as net migration. Births of a year follow its women before that year's raking, and
an area projected by itself with the factor has those of after: children differ by half the factor, nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.demography.area import AreaDraws, Nation, Scenario, SurvivalSurface, area_rates, scenario_levels
from pipeline.demography.engine import DRAWS_PER_CHUNK, Projection, Rates, project

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Balanced:
    """Some draws of areas that add up to `whole`.

    `factor` (draw, time, sex, age) is the yearly log factor by age attained that did it; `areas` (area) hold the
    people after it.
    """

    whole: Projection
    areas: tuple[Projection, ...]
    factor: Array


def project_balanced(
    whole: AreaDraws, areas: Sequence[AreaDraws], nation: Nation, scenario: Scenario, chunk: int = DRAWS_PER_CHUNK
) -> Iterator[tuple[slice, Balanced]]:
    """Project `areas` with `whole`, which they make up, a chunk of draws at a time: yields (draws, balanced).

    Raises ValueError where the areas have nobody of an age at which the whole has people.
    """
    surface = SurvivalSurface(nation.standard_lx)
    shift = scenario_levels(nation.standard_lx, scenario.extra_e0)
    for start in range(0, whole.draws(), chunk):
        part = slice(start, min(start + chunk, whole.draws()))
        some = [area.select(part) for area in (whole, *areas)]
        rates = [area_rates(area, nation, surface, scenario, shift) for area in some]
        around = project(some[0].base, rates[0], draws=part.stop - part.start)
        yield part, _raked(around, [area.base for area in some[1:]], rates[1:])


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


def _raked(whole: Projection, bases: Sequence[Array], rates: Sequence[Rates]) -> Balanced:
    draws, steps = whole.births.shape[:2]
    now = [np.broadcast_to(base, (draws, *base.shape[1:])) for base in bases]
    factor = np.empty_like(whole.population[:, 1:])
    years: list[list[Projection]] = [[] for _ in bases]
    for t in range(steps):
        after = [project(people, _year(rate, t), draws=draws) for people, rate in zip(now, rates, strict=True)]
        together = np.sum([one.population[:, 1] for one in after], axis=0)
        target = whole.population[:, t + 1]
        if np.any((together <= 0) & (target > 0)):
            raise ValueError("the areas have nobody of an age at which the whole has people")
        raised = np.divide(target, together, out=np.ones_like(target), where=together > 0)
        factor[:, t] = np.log(raised)
        for place, one in enumerate(after):
            people = one.population.copy()
            people[:, 1] *= raised
            moved = one.net_migration[:, 0] + (people[:, 1] - one.population[:, 1]).sum(axis=-1)
            years[place].append(replace(one, population=people, net_migration=moved[:, None]))
            now[place] = people[:, 1]
    return Balanced(whole, tuple(map(_joined, years)), factor)


def _year(rates: Rates, t: int) -> Rates:
    """The rates of one year."""

    def one(array: Array | None) -> Array | None:
        return array if array is None or array.shape[1] == 1 else array[:, t : t + 1]

    survival, asfr, srb = (np.asarray(one(array)) for array in (rates.survival, rates.asfr, rates.srb))
    return Rates(survival, asfr, srb, migration_ratio=one(rates.migration_ratio), consistency=one(rates.consistency))


def _joined(years: Sequence[Projection]) -> Projection:
    """One projection from those of its years."""
    people = np.concatenate([years[0].population, *(year.population[:, 1:] for year in years[1:])], axis=1)
    flows = ("births", "deaths", "net_migration", "adjustment")
    return Projection(people, *(np.concatenate([getattr(year, flow) for year in years], axis=1) for flow in flows))
