"""How disability rises with age: a healthy/disabled/dead model held to a given life table.

With onset σ, recovery ρ and death intensities μh, μd (per person-year), the disabled share p of the living
of a cohort follows

    dp/dx = σ(1 − p) − ρp − p(1 − p)·k(μd − μh),

where k scales both death intensities. The living then die at k·[(1 − p)μh + pμd]. Asking that this be the life table's
hazard h gives k at every age: the mortality of the whole is the life table's, and only the ratio μd : μh is kept. A
period life table gives the shares of its synthetic cohort.

Model: Fu, Sherris & Xu (2021), fitted to CLHLS 1998-2014 (their static variant; the one with a trend has an onset that
hardly rises with age).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.axes import Array

FIRST_AGE = 60
PUBLISHED_FROM = 65
"""First age of the published intensities."""

GRADIENT_AGES = (70, 100)
"""Ages from which the gradient is fitted: below, shares say more about where the model was started."""

STEPS = 4
"""Steps a year of the integration over age."""

GROUP_STARTS: NDArray[np.int_] = np.arange(FIRST_AGE, 105, 5)


class Intensities(NamedTuple):
    """Yearly intensities per person-year, each (sex, age); age x is the year from exact age x to x + 1."""

    onset: Array
    recovery: Array
    healthy_death: Array
    disabled_death: Array


def from_sixty(intensities: Intensities) -> Intensities:
    """Published intensities carried down to `FIRST_AGE`, each log-linear in age as its first ten ages are."""
    below = np.arange(FIRST_AGE - PUBLISHED_FROM, 0)

    def extended(values: Array) -> Array:
        slope = np.log(values[..., 10] / values[..., 0]) / 10.0
        return np.concatenate([values[..., :1] * np.exp(slope[..., None] * below), values], axis=-1)

    return Intensities(*map(extended, intensities))


def yearly_hazard(lx: Array, ages: int) -> Array:
    """Hazard (..., sex, age) of so many years of age from `FIRST_AGE` on, from survivors `lx` (..., sex, exact age)."""
    return -np.diff(np.log(lx[..., FIRST_AGE : FIRST_AGE + ages + 1]), axis=-1)


def disabled_share(intensities: Intensities, start: ArrayLike, hazard: Array | None = None) -> Array:
    """Disabled share of the living at each exact age from the first to the last + 1: (..., sex, age + 1).

    `start` (..., sex) or a number: the share at the first age. `hazard` (..., sex, age) of the life table, constant
    within a year of age; without it the model keeps its own mortality (k = 1). Integrated by the classical
    Runge-Kutta rule in `STEPS` steps a year.
    """
    shape = intensities.onset.shape if hazard is None else np.broadcast_shapes(hazard.shape, intensities.onset.shape)
    path = np.empty((*np.broadcast_shapes(np.shape(start), shape[:-1]), shape[-1] + 1))
    path[..., 0] = start
    width = 1.0 / STEPS
    for year in range(shape[-1]):
        rates = Intensities(*(values[..., year] for values in intensities))
        level = None if hazard is None else hazard[..., year]
        p = path[..., year]
        for _ in range(STEPS):
            k1 = _change(p, rates, level)
            k2 = _change(p + width / 2 * k1, rates, level)
            k3 = _change(p + width / 2 * k2, rates, level)
            k4 = _change(p + width * k3, rates, level)
            p = p + width / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path[..., year + 1] = p
    return path


def _change(p: Array, rates: Intensities, level: Array | None) -> Array:
    """Yearly change of the disabled share `p`; deaths are scaled to the hazard `level` of everybody."""
    onset, recovery, healthy, disabled = rates
    scale = 1.0 if level is None else level / ((1.0 - p) * healthy + p * disabled)
    excess = p * (1.0 - p) * scale * (disabled - healthy)
    return onset * (1.0 - p) - recovery * p - excess


def by_group(share: Array, hazard: Array) -> Array:
    """Disabled share of the nine groups, (..., sex, group), weighted by the life table's person-years within them.

    `share` (..., sex, age + 1) at exact ages, `hazard` (..., sex, age), both from `FIRST_AGE` on.
    """
    return _mean_by_group((share[..., 1:] + share[..., :-1]) / 2.0, _person_years(hazard))


def age_gradient(share: Array, hazard: Array) -> Array:
    """Log-odds of disability by sex and group, (..., sex, group), of which only differences count.

    A straight line, fitted by least squares to the log-odds at each sex's ages from 70 to 100, weighted by the life
    table's person-years, and carried down to 60; `share` and `hazard` as in `by_group`.
    """
    middle = (share[..., 1:] + share[..., :-1]) / 2.0
    lived = _person_years(hazard)
    all_ages = np.arange(FIRST_AGE, FIRST_AGE + middle.shape[-1]) + 0.5
    used = slice(*(age - FIRST_AGE for age in GRADIENT_AGES))
    ages, p = all_ages[used], middle[..., used]
    weight = lived[..., used] / lived[..., used].sum(axis=-1, keepdims=True)
    log_odds = np.log(p / (1.0 - p))
    mean_age = (weight * ages).sum(axis=-1, keepdims=True)
    mean = (weight * log_odds).sum(axis=-1, keepdims=True)
    centred = ages - mean_age
    covariance = (weight * centred * log_odds).sum(axis=-1, keepdims=True)
    slope = covariance / (weight * centred**2).sum(axis=-1, keepdims=True)
    return mean + slope * (_mean_by_group(all_ages, lived) - mean_age)


def _person_years(hazard: Array) -> Array:
    """Person-years lived in each year of age under hazards constant within it, from a radix of 1."""
    alive = np.exp(-np.concatenate([np.zeros_like(hazard[..., :1]), np.cumsum(hazard, axis=-1)], axis=-1))
    return (alive[..., :-1] + alive[..., 1:]) / 2.0


def _mean_by_group(values: Array, lived: Array) -> Array:
    starts = GROUP_STARTS - FIRST_AGE
    return np.add.reduceat(lived * values, starts, axis=-1) / np.add.reduceat(lived, starts, axis=-1)
