"""Mortality of the nation by year, from the UN's five-year tables and yearly life expectancies.

A projection year runs from census day to census day, 1 November to 31 October. Two months of it lie in the
calendar year it starts in and ten in the next, which is how yearly life expectancies are averaged.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import SEXES, Array
from pipeline.demography.age_groups import ABRIDGED_AGES
from pipeline.demography.lifetable import (
    alpha_for_life_expectancy,
    life_table,
    logit_survivors,
    relational_survivors,
    single_year_survivors,
    survival_ratios,
)

SHARE_OF_FIRST_YEAR = 2.0 / 12.0
"""Part of a year from 1 November that lies in the calendar year it starts in."""

OLD = 60
"""Age from which people weigh areas against each other where it is about deaths."""


def census_year_mean(values: Array, first_year: int, start_years: Sequence[int]) -> Array:
    """Means of calendar-year values over years from 1 November.

    `values` (calendar year, ...) from `first_year` on; returns (start year, ...). Raises ValueError where a
    year is not covered.
    """
    index = np.asarray(start_years) - first_year
    if index.min() < 0 or index.max() + 1 >= len(values):
        last = first_year + len(values) - 1
        raise ValueError(f"values for {first_year} to {last} do not cover {start_years[0]} to {start_years[-1] + 1}")
    return SHARE_OF_FIRST_YEAR * values[index] + (1 - SHARE_OF_FIRST_YEAR) * values[index + 1]


def yearly_standard(period_nmx: Array, period_middles: ArrayLike, e0: Array, start_years: Sequence[int]) -> Array:
    """lx of the nation for years from 1 November, (start year, sex, exact age 0 … 130).

    `period_nmx` (period, sex, 22 abridged ages) per person-year, `period_middles` (period,) decimal years,
    `e0` (start year, sex) years of life. Log rates are interpolated between period middles (held beyond
    the ends), then shifted on Brass's scale until the table's e0 is the one given.
    """
    rates = np.log(period_nmx)
    middles = np.asarray(period_middles, dtype=float)
    when = np.asarray(start_years, dtype=float) + 10.0 / 12.0 + 0.5
    place = np.clip(np.interp(when, middles, np.arange(middles.size)), 0, middles.size - 1)
    low = np.minimum(place.astype(int), middles.size - 2)
    weight = (place - low)[:, None, None]
    nmx = np.exp((1 - weight) * rates[low] + weight * rates[low + 1])
    tables = [single_year_survivors(life_table(nmx[:, i], ABRIDGED_AGES, sex)) for i, sex in enumerate(SEXES)]
    shape = np.stack(tables, axis=1)
    return relational_survivors(shape, alpha_for_life_expectancy(shape, e0))


def relative_level(lx: Array, standard_lx: Array, ages: ArrayLike) -> Array:
    """α of one life table against another on Brass's scale, the mean difference of logits over `ages` 5 to 85.

    `lx`, `standard_lx` (..., age) at the same exact `ages` (age,). Both tables may be distorted by the same under-count
    of deaths: only their difference is read.
    """
    exact = np.asarray(ages, dtype=float)
    used = (exact >= 5) & (exact <= 85)
    return (logit_survivors(lx[..., used]) - logit_survivors(standard_lx[..., used])).mean(axis=-1)


def centred(level: Array, people: Array) -> Array:
    """α (area, …, sex) of areas less what they have together, so that they die as the whole they make up does.

    `people` (area, sex, age) weigh them, those of 60 and over: nearly all who die.
    """
    weight = people[..., OLD:].sum(axis=-1)
    together = np.einsum("a...s,as->...s", level, weight / weight.sum(axis=0))
    return level - together


def yearly_survival(standard_lx: Array, alpha: Array) -> Array:
    """Yearly survival ratios of an area: the nation's table shifted by `alpha` on Brass's scale.

    `standard_lx` (time, sex, exact age); `alpha` (draw, time or 1, sex). Returns (draw, time, sex, 101).
    """
    return survival_ratios(relational_survivors(standard_lx, alpha))
