"""How disability rises with age: a healthy/disabled/dead model held to a given life table.

With onset σ, recovery ρ and death intensities μh, μd (per person-year), the disabled share p of the living
of a cohort follows

    dp/dx = σ(1 − p) − ρp − p(1 − p)·k(μd − μh),

where k scales both death intensities. The living then die at k·[(1 − p)μh + pμd]. Asking that this be the
life table's hazard h gives k = h / [(1 − p)μh + pμd] at every age, in closed form: whatever the intensities
say of levels, the mortality of the whole is the life table's, and only the ratio μd : μh is kept.
A period life table gives the shares of its synthetic cohort.

Model: Fu, Sherris & Xu (2021), fitted to CLHLS 1998-2014 (their static variant; the one with a trend has
an onset that hardly rises with age).
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.care_groups import GROUP_STARTS
from pipeline.care.ranges import require_between
from pipeline.errors import OutOfRangeError

FIRST_AGE = 60
GRADIENT_AGE = 70
"""Ages from which the gradient is fitted: below, the shares still carry where the model was started."""

GRADIENT_LAST_AGE = 100
STEPS = 4
"""Steps a year of the integration over age."""

START_SHARE = 0.03
"""Disabled share at 60 where none is given: about where the line fitted from 70 on leads back to (both sexes)."""


@dataclass(frozen=True)
class Intensities:
    """Yearly intensities per person-year, each (sex, age) at single ages from `first_age` on.

    Age x stands for the year from exact age x to x + 1. Raises ValueError naming the field where an
    intensity is negative or not a number, or the shapes differ.
    """

    first_age: int
    onset: Array
    recovery: Array
    healthy_death: Array
    disabled_death: Array

    def __post_init__(self) -> None:
        for name, values in self.named():
            if values.shape != self.onset.shape:
                raise OutOfRangeError(f"intensities.{name}", f"shape {values.shape}", str(self.onset.shape))
            if not np.all(np.isfinite(values)) or np.any(values < 0):
                raise OutOfRangeError(f"intensities.{name}", "a value below 0 or no number", "rates of at least 0")

    def named(self) -> tuple[tuple[str, Array], ...]:
        """The four intensities with their names."""
        return (
            ("onset", self.onset),
            ("recovery", self.recovery),
            ("healthy_death", self.healthy_death),
            ("disabled_death", self.disabled_death),
        )


def from_age(intensities: Intensities) -> Intensities:
    """The same intensities from `FIRST_AGE` on, each log-linear in age as its first ten ages are."""
    below = np.arange(FIRST_AGE - intensities.first_age, 0)

    def extended(values: Array) -> Array:
        slope = np.log(values[..., 10] / values[..., 0]) / 10.0
        return np.concatenate([values[..., :1] * np.exp(slope[..., None] * below), values], axis=-1)

    return Intensities(FIRST_AGE, *(extended(values) for _, values in intensities.named()))


def yearly_hazard(lx: ArrayLike, first_age: int, ages: int) -> Array:
    """Hazard (..., sex, age) of each year of age from `first_age` on, −ln of the yearly survival.

    `lx` (..., sex, exact age 0, 1, …) of the life table, at least to first_age + ages.
    """
    survivors = np.asarray(lx, dtype=float)[..., first_age : first_age + ages + 1]
    if survivors.shape[-1] != ages + 1:
        raise ValueError(f"the life table ends before age {first_age + ages}")
    return np.asarray(-np.diff(np.log(survivors), axis=-1))


def disabled_share(intensities: Intensities, start: ArrayLike, hazard: ArrayLike | None = None) -> Array:
    """Disabled share of the living at exact ages first_age, …, last age + 1: (..., sex, age + 1).

    `start` (..., sex) or a number: the share at the first age, 0 to 1. `hazard` (..., sex, age) of the life
    table, constant within a year of age; without it the model keeps its own mortality (k = 1). Integrated by
    the classical Runge-Kutta rule in `STEPS` steps a year.
    """
    share = np.asarray(start, dtype=float)
    require_between("disabled share at the first age", float(share.min()), 0.0, 1.0)
    require_between("disabled share at the first age", float(share.max()), 0.0, 1.0)
    total = None if hazard is None else np.asarray(hazard, dtype=float)
    shape = intensities.onset.shape if total is None else np.broadcast_shapes(total.shape, intensities.onset.shape)
    sexes = np.broadcast_shapes(share.shape, shape[:-1])
    path = np.empty((*sexes, shape[-1] + 1))
    path[..., 0] = share
    width = 1.0 / STEPS
    for year in range(shape[-1]):
        onset, recovery, healthy, disabled = (values[..., year] for _, values in intensities.named())
        change = partial(_change, onset, recovery, healthy, disabled, None if total is None else total[..., year])
        p = path[..., year]
        for _ in range(STEPS):
            k1 = change(p)
            k2 = change(p + width / 2 * k1)
            k3 = change(p + width / 2 * k2)
            k4 = change(p + width * k3)
            p = p + width / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path[..., year + 1] = p
    return path


def _change(onset: Array, recovery: Array, healthy: Array, disabled: Array, level: Array | None, p: Array) -> Array:
    """Yearly change of the disabled share `p`; the death intensities are scaled to the hazard `level` of everybody."""
    scale = 1.0 if level is None else level / ((1.0 - p) * healthy + p * disabled)
    excess = p * (1.0 - p) * scale * (disabled - healthy)
    return np.asarray(onset * (1.0 - p) - recovery * p - excess)


def by_group(share: ArrayLike, hazard: ArrayLike) -> Array:
    """Disabled share of the nine groups, (..., sex, group), from shares at exact ages.

    `share` (..., sex, age + 1), `hazard` (..., sex, age), both from `FIRST_AGE` on. Shares of the middle
    of each year of age are weighted by the life table's person-years within the group.
    """
    p = np.asarray(share, dtype=float)
    middle = (p[..., 1:] + p[..., :-1]) / 2.0
    lived = _person_years(np.asarray(hazard, dtype=float))
    starts = GROUP_STARTS - FIRST_AGE
    living = np.add.reduceat(lived, starts, axis=-1)
    return np.asarray(np.add.reduceat(middle * lived, starts, axis=-1) / living)


def age_gradient(share: ArrayLike, hazard: ArrayLike) -> Array:
    """Log-odds of disability by sex and group, (..., sex, group): a straight line through ages 70 to 100.

    `share` (..., sex, age + 1) and `hazard` (..., sex, age) as in `by_group`. The line is fitted by least
    squares to the log-odds at each sex's single ages, weighted by the life table's person-years, and carried
    down to 60: below 70 the model's own shares say more about its start than about disability. Only
    differences between cells are meant to be used.
    """
    p = np.asarray(share, dtype=float)
    middle = (p[..., 1:] + p[..., :-1]) / 2.0
    used = slice(GRADIENT_AGE - FIRST_AGE, GRADIENT_LAST_AGE - FIRST_AGE)
    ages = np.arange(FIRST_AGE, FIRST_AGE + middle.shape[-1])[used] + 0.5
    lived = _person_years(np.asarray(hazard, dtype=float))
    weight = lived[..., used] / lived[..., used].sum(axis=-1, keepdims=True)
    log_odds = np.log(middle[..., used] / (1.0 - middle[..., used]))
    mean_age = (weight * ages).sum(axis=-1, keepdims=True)
    mean = (weight * log_odds).sum(axis=-1, keepdims=True)
    centred = ages - mean_age
    slope = (weight * centred * log_odds).sum(axis=-1, keepdims=True) / (weight * centred**2).sum(
        axis=-1, keepdims=True
    )
    all_ages = np.arange(FIRST_AGE, FIRST_AGE + middle.shape[-1]) + 0.5
    starts = GROUP_STARTS - FIRST_AGE
    group_age = np.add.reduceat(lived * all_ages, starts, axis=-1) / np.add.reduceat(lived, starts, axis=-1)
    return np.asarray(mean + slope * (group_age - mean_age))


def _person_years(hazard: Array) -> Array:
    """Person-years lived in each year of age under hazards constant within it, from a radix of 1."""
    alive = np.exp(-np.concatenate([np.zeros_like(hazard[..., :1]), np.cumsum(hazard, axis=-1)], axis=-1))
    return np.asarray((alive[..., :-1] + alive[..., 1:]) / 2.0)
