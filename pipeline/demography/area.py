"""One area's future: its draws, how a scenario changes them all alike, and its people by year; areas that add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.age_groups import ranges
from pipeline.demography.cohort_change import taper, yearly_from_decade
from pipeline.demography.lifetable import alpha_for_life_expectancy, life_expectancy, logit_survivors
from pipeline.settings.forecast import ProjectionSettings

YEAR_END = 2.0 / 12.0  # share of a year between census day, 1 November, and the year's end
CHUNK = 128  # draws balanced at once: single ages of all areas would fill the memory


class Nation(NamedTuple):
    """What all areas share: `standard_lx` (time, sex, exact age), `asfr_shape` (time, age) summing to one
    child per woman, `srb` (time,) boys per girl; time counts years from census day."""

    standard_lx: Array
    asfr_shape: Array
    srb: Array


class AreaDraws(NamedTuple):
    """Draws of one area; size-1 axes broadcast; groups are `COHORT_GROUPS`."""

    base: Array  # (draw, sex, age) persons on census day
    level: Array  # (draw, time, sex) α of Brass's relational table against the nation's median
    consistency: Array  # (draw, time, sex, group) log factor of ten years like this one
    migration: Array  # (draw, time, sex, group) the same of net migration
    tfr: Array  # (draw, time) children per woman
    balance: Array | None = None
    """(draw, time, sex, age) yearly log factor by age attained that makes areas add up; no scenario weights it."""

    def draws(self) -> int:
        return max(len(array) for array in self if array is not None)

    def select(self, draws: slice) -> AreaDraws:
        """The same area for some of its draws."""
        return AreaDraws._make(rows if rows is None or len(rows) == 1 else rows[draws] for rows in self)


class Path(NamedTuple):
    """What all draws and areas share under a scenario, for the kernel."""

    odds: Array  # (time, sex, exact age from 1 up) of the dead to the living of the standard
    shift: Array  # (time, sex) of α
    held: Array  # (group, age) from decades to yearly log factors of consistency
    spread: Array  # (group, age) the same of migration
    fading: Array  # (time,) of migration
    asfr: Array  # (time, age) of one child per woman, times the scenario's factor
    boys: Array  # (time,) share of births


def scenario_levels(standard_lx: Array, extra_e0: float) -> Array:
    """α (time, sex) that adds `extra_e0` years to the standard's e0 by the last year, linearly from none."""
    steps = standard_lx.shape[0]
    growing = extra_e0 * (np.arange(steps) + 1.0) / steps
    return alpha_for_life_expectancy(standard_lx, life_expectancy(standard_lx) + growing[:, None])


def path_of(nation: Nation, scenario: ProjectionSettings) -> Path:
    spread = np.ascontiguousarray(yearly_from_decade().T)
    old_enough = np.arange(OPEN_AGE + 1) >= scenario.consistency.from_age
    return Path(
        odds=np.exp(logit_survivors(nation.standard_lx[..., 1:])),
        shift=scenario_levels(nation.standard_lx, scenario.mortality.extra_e0),
        held=scenario.consistency.weight * spread * old_enough,
        spread=spread,
        fading=scenario.migration.weight * taper(len(nation.srb), scenario.migration.taper_years),
        asfr=scenario.fertility.weight * nation.asfr_shape,
        boys=nation.srb / (1.0 + nation.srb),
    )


def project_area(
    area: AreaDraws,
    nation: Nation,
    scenario: ProjectionSettings,
    groups: Sequence[str] = (),
    threads: int | None = None,
) -> Array:
    """People (draw, time + 1, sex, group) on census day and its anniversaries; single ages where no `groups` are named.

    A step is a year from 1 November, migration comes at its end; `threads` changes no number.
    """
    from pipeline.demography.kernel import project

    return project(_together([area]), area.draws(), path_of(nation, scenario), ranges(groups), None, threads)[0][0]


def at_year_ends(anniversaries: Array) -> Array:
    """Populations (draw, time, ...) on census day, then at the ends of the years after it, linear between
    `anniversaries` (draw, time + 1, ...) of census day, itself the first."""
    ends = anniversaries[:, :-1] + YEAR_END * np.diff(anniversaries, axis=1)
    ends[:, 0] = anniversaries[:, 0]
    return ends


class Balanced(NamedTuple):
    """Some draws of `areas` (area, draw, time + 1, sex, group) that add up to `whole` (draw, time + 1, sex, age), raked
    by `factor` (draw, time, sex, age), a yearly log factor by age attained."""

    whole: Array
    areas: Array
    factor: Array


def project_balanced(
    whole: AreaDraws, areas: Sequence[AreaDraws], nation: Nation, scenario: ProjectionSettings, groups: Sequence[str]
) -> Iterator[tuple[slice, Balanced]]:
    """Project `areas` with `whole`, which they make up, and rake them to it: yields (draws, balanced) by `CHUNK`.

    Each year every area takes its step alone; then all people of one sex and age are scaled by the same factor, which
    goes with the cohort from there on. Births follow the women before that year's raking, those of an area projected by
    itself with the factor after it: children differ by half the factor, nobody else. Raises ValueError where the areas,
    which have no `balance` yet, have nobody of an age at which the whole has people.
    """
    from pipeline.demography.kernel import project

    path, ends = path_of(nation, scenario), ranges(groups)
    for start in range(0, whole.draws(), CHUNK):
        part = slice(start, min(start + CHUNK, whole.draws()))
        people = project_area(whole.select(part), nation, scenario)
        inside = _together([area.select(part) for area in areas])
        yield part, Balanced(people, *project(inside, len(people), path, ends, people, None))


def _together(areas: Sequence[AreaDraws]) -> AreaDraws:
    """Areas for the kernel, in arrays with an axis of areas first; all have a balance or none has."""
    nothing = np.zeros((1, 1, 2, OPEN_AGE + 1), np.float32)
    *own, balance = zip(*areas, strict=True)
    rows = (np.stack(np.broadcast_arrays(*arrays), dtype=float) for arrays in own)
    return AreaDraws._make([*rows, np.stack([nothing if array is None else array for array in balance])])


def unbalanced(people: Array, factor: Array) -> Array:
    """What the areas had together before any raking, (draw, time + 1, sex, age), of those alive at the start.

    A cohort has one factor a year in all areas, which can be taken off their sum. Ages born since are NaN; in the open
    group the factor of its youngest stands for all.
    """
    before = people.copy()
    gone = np.zeros_like(factor[:, 0])
    for t in range(factor.shape[1]):
        gone[..., 1:] = gone[..., :-1].copy()
        gone += factor[:, t]
        before[:, t + 1] *= np.exp(-gone)
        before[:, t + 1, :, : t + 1] = np.nan
    return before
