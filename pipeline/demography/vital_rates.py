"""Mortality and fertility of the nation by year, and areas against it.

A projection year runs from 1 November, census day: two months of it lie in the calendar year it starts in.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import OPEN_AGE, SEXES, Array
from pipeline.demography.area import YEAR_END
from pipeline.demography.lifetable import (
    alpha_for_life_expectancy,
    life_table,
    logit_survivors,
    relational_survivors,
    single_year_survivors,
    survival_ratios,
)

OLD = 60  # age from which people weigh areas against each other where it is about deaths: nearly all who die
FERTILE = slice(15, 50)


def census_year_mean(values: Array, first_year: int, start_years: Sequence[int]) -> Array:
    """Means over years from 1 November, (start year, ...), of `values` (calendar year, ...) from `first_year` on."""
    index = np.asarray(start_years) - first_year
    return YEAR_END * values[index] + (1 - YEAR_END) * values[index + 1]


def yearly_standard(period_nmx: Array, period_middles: ArrayLike, e0: Array, start_years: Sequence[int]) -> Array:
    """lx of the nation for years from 1 November, (start year, sex, exact age 0 … 130).

    `period_nmx` (period, sex, 22 abridged ages) per person-year, interpolated in logs between the `period_middles`
    (decimal years; held beyond the ends), then shifted on Brass's scale to `e0` (start year, sex).
    """
    rates = np.log(period_nmx)
    middles = np.asarray(period_middles, dtype=float)
    when = np.asarray(start_years, dtype=float) + 10.0 / 12.0 + 0.5
    at = np.interp(when, middles, np.arange(middles.size))
    low = np.minimum(at.astype(int), middles.size - 2)
    weight = (at - low)[:, None, None]
    nmx = np.exp((1 - weight) * rates[low] + weight * rates[low + 1])
    tables = [single_year_survivors(life_table(nmx[:, i], sex)) for i, sex in enumerate(SEXES)]
    shape = np.stack(tables, axis=1)
    return relational_survivors(shape, alpha_for_life_expectancy(shape, e0))


def relative_level(lx: Array, standard_lx: Array, ages: ArrayLike) -> Array:
    """α of one life table (..., age) against another on Brass's scale: the mean difference of logits at 5 to 85.

    Both at the same exact `ages` (age,); an under-count of deaths that both share cancels.
    """
    used = (np.asarray(ages) >= 5) & (np.asarray(ages) <= 85)
    return (logit_survivors(lx[..., used]) - logit_survivors(standard_lx[..., used])).mean(axis=-1)


def centred(level: Array, people: Array) -> Array:
    """α (area, …, sex) less what the areas have together, weighed by `people` (area, sex, age) of `OLD` and over."""
    weight = people[..., OLD:].sum(axis=-1)
    return level - np.einsum("a...s,as->...s", level, weight / weight.sum(axis=0))


def yearly_survival(standard_lx: Array, alpha: Array) -> Array:
    """Yearly survival ratios (draw, time, sex, 101) of tables (time, sex, exact age) shifted by α (draw, time, sex)."""
    return survival_ratios(relational_survivors(standard_lx, alpha))


def single_age_asfr(shares: Array) -> Array:
    """Births per woman and year by single age (..., 101), one child in all, from shares of 15-19 … 45-49 (..., 7)."""
    part = shares / shares.sum(axis=-1, keepdims=True)
    asfr = np.zeros((*part.shape[:-1], OPEN_AGE + 1))
    asfr[..., FERTILE] = np.repeat(part / 5.0, 5, axis=-1)
    return asfr


def relative_fertility(population: Array, nation: Array, asfr: Array) -> Array:
    """An area's fertility against the nation's: children 0-4 per birth that the nation's `asfr` (age,) gives the women.

    Persons (..., sex, age) at one census. Children who moved with their parents count where they live.
    """

    def children_per_expected(people: Array) -> Array:
        return people[..., :5].sum(axis=(-2, -1)) / (people[..., 1, :] * asfr).sum(axis=-1)

    return children_per_expected(population) / children_per_expected(nation)
