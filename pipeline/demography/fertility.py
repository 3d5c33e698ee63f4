"""Births: age-specific fertility from the UN's TFR and age shares, set to an area's level."""

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import OPEN_AGE, Array

FERTILE_FIRST, FERTILE_LAST = 15, 49


def single_age_asfr(tfr: ArrayLike, shares: ArrayLike) -> Array:
    """ASFR by single age: births per woman and year.

    `tfr` (...,) children per woman; `shares` (..., 7) per cent of the TFR in 15-19 … 45-49, spread evenly
    within each group. Returns (..., 101) with Σ over ages = TFR.
    """
    part = np.asarray(shares, dtype=float)
    part = part / part.sum(axis=-1, keepdims=True)
    asfr = np.zeros((*part.shape[:-1], OPEN_AGE + 1))
    asfr[..., FERTILE_FIRST : FERTILE_LAST + 1] = np.repeat(part / 5.0, 5, axis=-1)
    return np.asarray(asfr * np.asarray(tfr, dtype=float)[..., None])


def relative_fertility(population: ArrayLike, nation: ArrayLike, asfr: ArrayLike) -> Array:
    """An area's fertility against the nation's, from the children it holds for its women.

    `population` (..., sex, age) and `nation` (sex, age) persons by single age at one census, `asfr` (101,) the
    nation's. Children 0-4 over the births the nation's rates would give the area's women, against the same
    ratio of the nation (a child-woman ratio standardised for age). Children who moved with their
    parents count where they live, which is what the projection needs.
    """
    rates = np.asarray(asfr, dtype=float)

    def children_per_expected(people: Array) -> Array:
        children = people[..., :5].sum(axis=(-2, -1))
        return np.asarray(children / (people[..., 1, :] * rates).sum(axis=-1))

    area = np.asarray(population, dtype=float)
    whole = np.asarray(nation, dtype=float)
    return children_per_expected(area) / children_per_expected(whole)
