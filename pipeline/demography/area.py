"""One area's future: its draws, how a scenario changes them all alike, and its people by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.age_groups import ranges
from pipeline.demography.cohort_change import taper, yearly_from_decade
from pipeline.demography.lifetable import alpha_for_life_expectancy, life_expectancy, logit_survivors

if TYPE_CHECKING:
    from pipeline.demography.kernel import Path


@dataclass(frozen=True)
class Nation:
    """What all areas share: `standard_lx` (time, sex, exact age), `asfr_shape` (time, age) summing to one
    child per woman, `srb` (time,) boys per girl; time counts years from census day."""

    standard_lx: Array
    asfr_shape: Array
    srb: Array


@dataclass(frozen=True)
class AreaDraws:
    """Draws of one area; size-1 axes broadcast.

    base         (draw, sex, age)          persons on census day
    level        (draw, time, sex)         α of Brass's relational table against the nation's median
    consistency  (draw, time, sex, group)  log factor of ten years like this one, by `COHORT_GROUPS`
    migration    (draw, time, sex, group)  the same of net migration
    tfr          (draw, time)              children per woman
    balance      (draw, time, sex, age)    yearly log factor by age attained that makes areas add up to a whole; it
                                           counts as net migration, which no scenario weights
    """

    base: Array
    level: Array
    consistency: Array
    migration: Array
    tfr: Array
    balance: Array | None = None

    def draws(self) -> int:
        """Number of draws: the largest of any array."""
        return max(len(array) for array in vars(self).values() if array is not None)

    def select(self, draws: slice) -> AreaDraws:
        """The same area for some of its draws."""
        parts = {
            name: array if array is None or len(array) == 1 else array[draws] for name, array in vars(self).items()
        }
        return AreaDraws(**parts)


@dataclass(frozen=True)
class Scenario:
    """How a scenario changes every draw.

    extra_e0             years of life expectancy at birth added in the last year, in a straight line from zero
    consistency_weight   factor on the census-consistency effect
    consistency_from     youngest age to which that effect is applied
    migration_weight     factor on the migration effect
    migration_taper      years over which migration falls to zero (infinite: held)
    fertility_weight     factor on the TFR
    """

    extra_e0: float = 0.0
    consistency_weight: float = 1.0
    consistency_from: int = 0
    migration_weight: float = 1.0
    migration_taper: float = np.inf
    fertility_weight: float = 1.0


def scenario_levels(standard_lx: Array, extra_e0: float) -> Array:
    """α (time, sex) that adds `extra_e0` years to the standard's e0 by the last year, linearly from none."""
    steps = standard_lx.shape[0]
    growing = extra_e0 * (np.arange(steps) + 1.0) / steps
    return alpha_for_life_expectancy(standard_lx, life_expectancy(standard_lx) + growing[:, None])


def path_of(nation: Nation, scenario: Scenario) -> Path:
    """What all areas share under a scenario, for the kernel."""
    from pipeline.demography.kernel import Path

    steps = nation.standard_lx.shape[0]
    spread = np.ascontiguousarray(yearly_from_decade().T)
    old_enough = np.arange(OPEN_AGE + 1) >= scenario.consistency_from
    return Path(
        odds=np.exp(logit_survivors(nation.standard_lx[..., 1:])),
        shift=scenario_levels(nation.standard_lx, scenario.extra_e0),
        held=scenario.consistency_weight * spread * old_enough,
        spread=spread,
        fading=scenario.migration_weight * taper(steps, scenario.migration_taper),
        asfr=scenario.fertility_weight * nation.asfr_shape,
        boys=nation.srb / (1.0 + nation.srb),
    )


def project_area(
    area: AreaDraws, nation: Nation, scenario: Scenario, groups: Sequence[str] = (), threads: int | None = None
) -> Array:
    """People (draw, time + 1, sex, group) on census day and its anniversaries; single ages where no `groups` are named.

    A step is a year from 1 November, migration comes at its end; `threads` changes no number.
    """
    from pipeline.demography.kernel import Moves, in_blocks, project_levels

    draws, steps = area.draws(), nation.standard_lx.shape[0]
    balance = np.zeros((1, 1, 2, OPEN_AGE + 1), np.float32) if area.balance is None else area.balance
    own = (area.base, area.level, area.consistency, area.migration, area.tfr)
    rows = [np.ascontiguousarray(array, dtype=float) for array in own]
    moves = Moves._make([*rows, np.ascontiguousarray(balance)])
    path, sums = path_of(nation, scenario), ranges(groups)
    people = np.empty((draws, steps + 1, 2, len(groups) or OPEN_AGE + 1))
    in_blocks(lambda first, last: project_levels(people, path, moves, sums, first, last), draws, threads)
    return people


def at_year_end(anniversaries: Array, share: float) -> Array:
    """Populations (draw, time, ...) `share` of the year after each of the `anniversaries` (draw, time + 1, ...).

    Linear in time within each age: two months (1/6) bring 1 November to 31 December, eight to the next mid-year.
    """
    return anniversaries[:, :-1] + share * np.diff(anniversaries, axis=1)
