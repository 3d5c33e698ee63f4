"""Cohorts between censuses ten years apart: change ratios, survival, and cities to learn from.

Five-year age groups to 85+, 0-4 counted as one (`GROUPS`); a cohort is named by the group it has reached at the second
census (`COHORT_GROUPS`). Its residual is its log change ratio less log survival: migration and all by which censuses
and mortality disagree.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.axes import CENSUS_GROUPS, SEXES, Array
from pipeline.demography.age_groups import bounds
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.demography.lifetable import life_table

GROUPS = ("0-4", *CENSUS_GROUPS[2:])
BANDS = ("60+", "65+", "70+", "80+")  # ages at the second census that forecasts are scored at
PERIOD_MIDDLES = (2.5, 7.5)  # years from one census to the middles of the two five-year periods up to the next
_STEPS = len(PERIOD_MIDDLES)
_LAST = len(CENSUS_GROUPS) - 1


def five_year(counts: Array) -> Array:
    """Persons by `CENSUS_GROUPS` (..., 19) as persons by `GROUPS` (..., 18)."""
    return np.concatenate([counts[..., :1] + counts[..., 1:2], counts[..., 2:]], axis=-1)


def open_at_85(counts: Array) -> Array:
    """Persons by the groups 0, 1-4, 5-9 … 100+ (..., 22) as persons by `CENSUS_GROUPS` (..., 19)."""
    return np.concatenate([counts[..., :_LAST], counts[..., _LAST:].sum(axis=-1, keepdims=True)], axis=-1)


def cohorts(people: Array) -> Array:
    """Persons at a census by the `COHORT_GROUPS` they will be in ten years on: `GROUPS` (..., 18) → (..., 16)."""
    last = len(COHORT_GROUPS) - 1
    return np.concatenate([people[..., :last], people[..., last:].sum(axis=-1, keepdims=True)], axis=-1)


def log_change(first: Array, second: Array) -> Array:
    """Log cohort change ratios (..., 16) from persons (..., 18) at two censuses; ValueError for an empty cohort."""
    before, after = cohorts(first), second[..., _STEPS:]
    if not (np.all(before > 0) and np.all(after > 0)):
        raise ValueError("a cohort is empty or blank: its change between the censuses cannot be measured")
    return np.log(after / before)


def extrapolated(first: Array, second: Array, years: ArrayLike) -> Array:
    """Death rates (period, ...) so many `years` after the second of two censuses ten years apart, log-linear.

    Raises ValueError where a rate is not above zero.
    """
    if not (np.all(first > 0) and np.all(second > 0)):
        raise ValueError("a death rate is zero or blank and cannot be extrapolated by its logarithm")
    when = np.asarray(years, dtype=float).reshape(-1, *([1] * second.ndim))
    return second * (second / first) ** (when / 10.0)


def survival_steps(nmx: Array) -> Array:
    """Survival from each of `GROUPS` into the next by death rates: (..., sex, 22 abridged ages) → (..., sex, 17).

    The last ratio is that of 80 and over into 85+, T85/T80, by the stationary population's age mix.
    """
    lived = np.stack([life_table(nmx[..., i, :], sex).nLx for i, sex in enumerate(SEXES)], axis=-2)
    years = five_year(open_at_85(lived))
    ratios = years[..., 1:] / years[..., :-1]
    ratios[..., -1] = years[..., -1] / (years[..., -1] + years[..., -2])
    return ratios


def log_survival(people: Array, steps: Array) -> Array:
    """Log decade survival (..., sex, 16) of the cohorts of a census, `people` (..., sex, 18) by `GROUPS`.

    `steps` (2, ..., sex, 17) as from `survival_steps` for the two five-year periods after it.
    """
    alive = people
    for ratios in steps:
        moved = np.zeros(np.broadcast_shapes(alive.shape, (*ratios.shape[:-1], alive.shape[-1])))
        moved[..., 1:-1] = alive[..., :-2] * ratios[..., :-1]
        moved[..., -1] = (alive[..., -2] + alive[..., -1]) * ratios[..., -1]
        alive = moved
    return np.log(alive[..., _STEPS:] / cohorts(people))


def split(values: Array) -> tuple[Array, Array]:
    """Mean of the sexes and half their difference (male − female): (..., sex, group) → two (..., group)."""
    male, female = np.moveaxis(values, -2, 0)
    return (male + female) / 2.0, (male - female) / 2.0


def joined(mean: Array, contrast: Array) -> Array:
    """The inverse of `split`: two (..., group) → (..., sex, group)."""
    return np.stack([mean + contrast, mean - contrast], axis=-2)


def in_bands(people: Array) -> Array:
    """Persons of both sexes by `BANDS`: (..., sex, cohort group), all or the oldest of them, → (..., 4)."""
    old = people.sum(axis=-2)
    firsts = [COHORT_GROUPS.index(next(g for g in COHORT_GROUPS if bounds(g)[0] == bounds(b)[0])) for b in BANDS]
    return np.stack([old[..., first - len(COHORT_GROUPS) :].sum(axis=-1) for first in firsts], axis=-1)


class Cities(NamedTuple):
    """Prefectures in one boundary at two censuses ten years apart, in the order of their codes at the second.

    `labels` code, province and name; `tables` (census, city, sex, 19) persons by `CENSUS_GROUPS`; `urban` (city,) the
    share of people who lived in districts at the first.
    """

    labels: pd.DataFrame
    tables: Array
    urban: Array

    @property
    def first(self) -> Array:
        """Persons (city, sex, 18) by `GROUPS` at the first census."""
        return five_year(self.tables[0])

    @property
    def second(self) -> Array:
        return five_year(self.tables[1])

    def features(self, provinces: Mapping[str, float], beside: "Cities | None" = None) -> Array:
        """Urban share and log share of the people of the province at the first census, (city, 2), standardised.

        `provinces` are people by province; the scale is that of the cities `beside`, or of these themselves.
        """

        def raw(cities: Cities) -> Array:
            size = cities.first.sum(axis=(1, 2)) / cities.labels["province"].map(dict(provinces)).to_numpy(dtype=float)
            return np.stack([cities.urban, np.log(size)], axis=1)

        known = raw(beside or self)
        return (raw(self) - known.mean(axis=0)) / known.std(axis=0)
