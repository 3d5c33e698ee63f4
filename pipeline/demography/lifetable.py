"""Life tables and what is read off them, along the last axis (age), broadcast over the axes before it.

Ages are the exact ages at which groups start, the last one open; rates are per person-year, l0 is 1. Above
`CLOSING_AGE` a Kannisto law closes the tables, as in the Human Mortality Database (Thatcher, Kannisto & Vaupel 1998,
The Force of Mortality at Ages 80 to 120).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import OPEN_AGE, Array
from pipeline.demography.age_groups import ABRIDGED_AGES

CLOSING_AGE = 80
HIGHEST_AGE = 130

# Coale & Demeny (1983), Regional Model Life Tables, "West": mean years lived in the first year and in ages 1-4 by those
# who die there, by 1m0; rows male, female: (level from 1m0 = 0.107 up, intercept and slope below).
_A0 = np.array([[0.330, 0.045, 2.684], [0.350, 0.053, 2.800]])
_A1 = np.array([[1.352, 1.651, -2.816], [1.361, 1.522, -1.518]])
_A_LIMIT = 0.107
_AT_15 = ABRIDGED_AGES.index(15)


class LifeTable(NamedTuple):
    """Columns of an abridged life table, each (..., age) by `ABRIDGED_AGES`."""

    nmx: Array
    nax: Array
    nqx: Array
    lx: Array
    ndx: Array
    nLx: Array
    Tx: Array
    ex: Array


def life_table(nmx: ArrayLike, sex: str) -> LifeTable:
    """Abridged life table of one `sex` from `nmx` (..., age) (Preston, Heuveline & Guillot 2001, Demography, ch. 3).

    nax, the mean years lived in a group by those who die in it: Coale & Demeny (1983, West) below 5, half the width
    below 15, then Greville's formula, 5/2 − 25/12·(nmx − k) with k = ln(nmx₊₅/nmx₋₅)/10, up to the last group before
    the open one (as the UN's own tables have it: MORTPAK, LIFTB), and there 1/nmx. Raises ValueError where a rate is
    negative or not a number, or the open group's is zero.
    """
    m = np.asarray(nmx, dtype=float)
    if not np.all(np.isfinite(m)) or np.any(m < 0):
        raise ValueError("death rates must be finite and not negative")
    if np.any(m[..., -1] == 0):
        raise ValueError("the open age group needs a death rate above zero")
    width = np.append(np.diff(ABRIDGED_AGES), 1.0)
    nax = np.broadcast_to(width / 2, m.shape).copy()
    for group, table in enumerate((_A0, _A1)):
        high, intercept, slope = table[{"male": 0, "female": 1}[sex]]
        nax[..., group] = np.where(m[..., 0] >= _A_LIMIT, high, intercept + slope * m[..., 0])
    log_m = np.log(np.maximum(m, 1e-9))
    k = (log_m[..., _AT_15 + 1 :] - log_m[..., _AT_15 - 1 : -2]) / 10.0
    nax[..., _AT_15:-1] = np.clip(2.5 - 25.0 / 12.0 * (m[..., _AT_15:-1] - k), 0.5, 4.5)
    nax[..., -1] = 1.0 / m[..., -1]
    nqx = np.minimum(width * m / (1.0 + (width - nax) * m), 1.0)
    nqx[..., -1] = 1.0
    lx = np.ones_like(m)
    lx[..., 1:] = np.cumprod(1.0 - nqx[..., :-1], axis=-1)
    ndx = lx * nqx
    nLx = (lx - ndx) * width + ndx * nax
    nLx[..., -1] = lx[..., -1] * nax[..., -1]
    Tx = np.cumsum(nLx[..., ::-1], axis=-1)[..., ::-1]
    return LifeTable(m, nax, nqx, lx, ndx, nLx, Tx, Tx / np.maximum(lx, 1e-300))


def kannisto(hazard: ArrayLike, ages: ArrayLike, to_ages: ArrayLike) -> Array:
    """Force of mortality (..., to_age) by a Kannisto law fitted to `hazard` (..., age), in (0, 1), at exact `ages`.

    logit μ(x) = log a + b·x by least squares, b held at zero or above: mortality never falls with age.
    """
    mu = np.clip(np.asarray(hazard, dtype=float), 1e-6, 0.98)
    x = np.asarray(ages, dtype=float)
    y = np.log(mu / (1.0 - mu))
    centred = x - x.mean()
    slope = np.maximum((y * centred).sum(axis=-1) / (centred**2).sum(), 0.0)
    level = y.mean(axis=-1)
    z = level[..., None] + slope[..., None] * (np.asarray(to_ages, dtype=float) - x.mean())
    return 1.0 / (1.0 + np.exp(-z))


def single_year_survivors(table: LifeTable) -> Array:
    """lx at exact ages 0, 1, …, `HIGHEST_AGE` from a life table.

    Up to 95 the cumulated hazard −ln lx is interpolated by a monotone cubic (Fritsch & Carlson), which keeps every lx;
    above, a Kannisto law fitted to the five-year hazards from `CLOSING_AGE` on.
    """
    from scipy.interpolate import PchipInterpolator

    top = ABRIDGED_AGES[-2]
    hazard = -np.log(np.maximum(table.lx[..., :-1], 1e-300))
    joined = PchipInterpolator(ABRIDGED_AGES[:-1], hazard, axis=-1)(np.arange(top + 1))
    old = slice(ABRIDGED_AGES.index(CLOSING_AGE), -1)
    yearly = kannisto(table.nmx[..., old], np.array(ABRIDGED_AGES[old]) + 2.5, np.arange(top, HIGHEST_AGE) + 0.5)
    above = joined[..., -1:] + np.cumsum(yearly, axis=-1)
    return np.exp(-np.concatenate([joined, above], axis=-1))


def life_expectancy(lx: Array) -> Array:
    """e0 in years from lx (..., age) at exact single ages 0, 1, … to the end of the table."""
    return person_years(lx).sum(axis=-1)


def person_years(lx: Array) -> Array:
    """Lx (..., age − 1) between exact single ages; deaths are spread evenly within a year of age.

    Those of the first year fall early, after 0.1 year on average: Andreev & Kingkade (2015) at low mortality, rounded.
    """
    years: Array = (lx[..., 1:] + lx[..., :-1]) / 2.0
    years[..., 0] = lx[..., 1] + 0.1 * (lx[..., 0] - lx[..., 1])
    return years


def survival_ratios(lx: Array) -> Array:
    """nSx for yearly steps, (..., age) for ages 0 … 100+; `lx` (..., exact age) at single ages.

    Entry 0 is that of a year's births (L0 / l0), entry x from age x − 1 to x (Lx / Lx−1), the last from 99 and over
    into the open group (T100 / T99), with the age mix of the stationary population.
    """
    years = person_years(lx)
    ratios = np.empty((*years.shape[:-1], OPEN_AGE + 1))
    ratios[..., 0] = years[..., 0]
    ratios[..., 1:OPEN_AGE] = years[..., 1:OPEN_AGE] / years[..., : OPEN_AGE - 1]
    above = years[..., OPEN_AGE:].sum(axis=-1)
    ratios[..., OPEN_AGE] = above / (above + years[..., OPEN_AGE - 1])
    return ratios


def logit_survivors(lx: Array) -> Array:
    """Logit of the dead, ln((1 − lx)/lx): twice Brass's own, who carried a factor ½."""
    survivors = np.clip(lx, 1e-12, 1 - 1e-12)
    return np.log((1.0 - survivors) / survivors)


def relational_survivors(standard_lx: Array, alpha: ArrayLike) -> Array:
    """lx of Brass's relational table (1971, On the scale of mortality): logit(1 − lx) = α + logit(1 − lx*).

    `standard_lx` (..., exact age), `alpha` (...); α > 0 is heavier mortality than the standard.
    """
    dead = np.asarray(alpha)[..., None] + logit_survivors(standard_lx[..., 1:])
    lx = np.ones((*dead.shape[:-1], standard_lx.shape[-1]))
    lx[..., 1:] = 1.0 / (1.0 + np.exp(dead))
    return lx


def alpha_for_life_expectancy(standard_lx: Array, e0: ArrayLike) -> Array:
    """α of the relational table whose e0 is `e0` (...) years, to a millionth, by Newton's method.

    Raises ValueError where an e0 lies outside 20–110 years or no α reaches it.
    """
    target = np.asarray(e0, dtype=float)
    if np.any((target < 20) | (target > 110)):
        raise ValueError("life expectancy outside 20 to 110 years")
    alpha = np.zeros(np.broadcast_shapes(target.shape, standard_lx.shape[:-1]))
    step = 1e-4
    for _ in range(50):
        here = life_expectancy(relational_survivors(standard_lx, alpha))
        if np.all(np.abs(here - target) < 1e-6):
            return alpha
        slope = (life_expectancy(relational_survivors(standard_lx, alpha + step)) - here) / step
        alpha = alpha - np.clip((here - target) / slope, -1.0, 1.0)
    raise ValueError("no relational life table reaches the life expectancy asked for")
