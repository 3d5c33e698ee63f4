"""One area's future: what is drawn for it, how a scenario bends it, and the rates that follow.

Every draw of an area is a census-day population and what moves it year by year: the level of mortality on Brass's
scale, the census-consistency and migration effects by sex and cohort (log factors), the total fertility rate, the
sex ratio at birth, and what makes provinces add up to the nation. A scenario changes them for every draw alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.cohort_change import taper, yearly_from_decade
from pipeline.demography.engine import DRAWS_PER_CHUNK, Projection, Rates, project
from pipeline.demography.lifetable import alpha_for_life_expectancy, life_expectancy
from pipeline.demography.mortality import yearly_survival

_NODES = np.linspace(-2.8, 2.8, 9)
"""Levels on Brass's scale at which survival is worked out exactly; between them it is a polynomial."""


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
        arrays = (self.base, self.level, self.consistency, self.migration, self.tfr)
        return max(int(a.shape[0]) for a in arrays)

    def select(self, draws: slice) -> AreaDraws:
        """The same area for some of its draws."""

        def part(array: Array) -> Array:
            return array if array.shape[0] == 1 else array[draws]

        balance = None if self.balance is None else part(self.balance)
        return AreaDraws(
            part(self.base), part(self.level), part(self.consistency), part(self.migration), part(self.tfr), balance
        )


@dataclass(frozen=True)
class Scenario:
    """How a scenario bends every draw.

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


class SurvivalSurface:
    """Survival ratios of the nation's table at any level on Brass's scale, fast for many draws.

    log nSx at nine levels fixes a polynomial in the level for each year, sex and age; between them it differs
    from the exact ratio by less than 5e-5.
    """

    def __init__(self, standard_lx: Array) -> None:
        self._standard = standard_lx
        times, sexes = standard_lx.shape[:2]
        nodes = np.broadcast_to(_NODES[:, None, None], (_NODES.size, times, sexes))
        exact = np.log(yearly_survival(standard_lx, nodes))
        powers = np.linalg.inv(np.vander(_NODES, increasing=True))
        self._coefficients = np.tensordot(powers, exact, axes=1)

    def at(self, level: Array) -> Array:
        """nSx (draw, time, sex, 101) at `level` (draw, time or 1, sex)."""
        times = range(len(self._standard))
        years = [self.log_of_year(t, level[:, 0 if level.shape[1] == 1 else t]) for t in times]
        return np.asarray(np.exp(np.stack(years, axis=1)))

    def log_of_year(self, t: int, level: Array) -> Array:
        """log nSx (draw, sex, 101) of one year at `level` (draw, sex)."""
        far = (np.abs(level) > _NODES[-1]).any(axis=1)
        alpha = np.where(far[:, None], 0.0, level)
        powers = np.ones((level.shape[1], len(level), _NODES.size))
        for power in range(1, _NODES.size):
            np.multiply(powers[..., power - 1], alpha.T, out=powers[..., power])
        value = np.empty((*level.shape, self._coefficients.shape[-1]))
        for sex in range(level.shape[1]):
            value[:, sex] = powers[sex] @ self._coefficients[:, t, sex]
        np.minimum(value, 0.0, out=value)
        if far.any():
            with np.errstate(divide="ignore"):  # nobody survives
                value[far] = np.log(yearly_survival(self._standard[t : t + 1], level[far, None])[:, 0])
        return np.asarray(value)


def scenario_levels(standard_lx: Array, extra_e0: float) -> Array:
    """α (time, sex) that adds `extra_e0` years to the standard's e0 by the last year, linearly from none."""
    steps = standard_lx.shape[0]
    growing = extra_e0 * (np.arange(steps) + 1.0) / steps
    return alpha_for_life_expectancy(standard_lx, life_expectancy(standard_lx) + growing[:, None])


def area_rates(area: AreaDraws, nation: Nation, surface: SurvivalSurface, scenario: Scenario, shift: Array) -> Rates:
    """Rates of an area under a scenario, for the engine; `shift` (time, sex) as from `scenario_levels`."""
    steps = nation.standard_lx.shape[0]
    survival = surface.at(area.level + shift[None])
    fading, spread, held = spreads(scenario, steps)
    consistency = np.exp(area.consistency @ held)
    moving = (area.migration * fading[:, None, None]) @ spread
    migration = np.exp(moving if area.balance is None else moving + area.balance)
    asfr = scenario.fertility_weight * area.tfr[..., None] * nation.asfr_shape[None]
    return Rates(survival, asfr, nation.srb[None], migration_ratio=migration, consistency=consistency)


def spreads(scenario: Scenario, steps: int) -> tuple[Array, Array, Array]:
    """How decades fall on years and ages: weight of migration (time,), and from decade groups to yearly factors by

    single age (group, 101), of migration and of consistency.
    """
    fading = scenario.migration_weight * taper(steps, scenario.migration_taper)
    old_enough = np.arange(OPEN_AGE + 1) >= scenario.consistency_from
    spread = yearly_from_decade().T
    return fading, spread, scenario.consistency_weight * spread * old_enough


def project_area(
    area: AreaDraws, nation: Nation, scenario: Scenario, chunk: int = DRAWS_PER_CHUNK
) -> Iterator[tuple[slice, Projection]]:
    """Project all draws of an area, a chunk at a time: yields (draws, projection), years from census day on."""
    surface = SurvivalSurface(nation.standard_lx)
    shift = scenario_levels(nation.standard_lx, scenario.extra_e0)
    for start in range(0, area.draws(), chunk):
        part = slice(start, min(start + chunk, area.draws()))
        some = area.select(part)
        rates = area_rates(some, nation, surface, scenario, shift)
        yield part, project(some.base, rates, draws=part.stop - part.start)


def at_year_end(anniversaries: Array, share: float) -> Array:
    """Populations between two census-day anniversaries, `share` of the year after the first.

    `anniversaries` (draw, time + 1, ...) → (draw, time, ...), linear in time within each age: two months
    (share 1/6) bring 1 November to 31 December, eight months (2/3) to the next year's mid-year.
    """
    if not 0 <= share <= 1:
        raise ValueError("the share of a year lies between 0 and 1")
    return anniversaries[:, :-1] + share * np.diff(anniversaries, axis=1)
