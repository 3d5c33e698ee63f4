"""Births: age-specific fertility from the UN's TFR and age shares, set to an area's level."""

import numpy as np

from pipeline.axes import OPEN_AGE, Array

FERTILE_FIRST, FERTILE_LAST = 15, 49


def single_age_asfr(tfr: Array, shares: Array) -> Array:
    """ASFR by single age (..., 101): births per woman and year, whose sum over ages is `tfr` (...,).

    `shares` (..., 7) per cent of the TFR in 15-19 … 45-49, spread evenly within each group.
    """
    part = shares / shares.sum(axis=-1, keepdims=True)
    asfr = np.zeros((*part.shape[:-1], OPEN_AGE + 1))
    asfr[..., FERTILE_FIRST : FERTILE_LAST + 1] = np.repeat(part / 5.0, 5, axis=-1)
    return asfr * np.asarray(tfr)[..., None]


def relative_fertility(population: Array, nation: Array, asfr: Array) -> Array:
    """An area's fertility against the nation's, from the children it holds for its women.

    `population` (..., sex, age) and `nation` (sex, age) persons by single age at one census, `asfr` (101,) the
    nation's. Children 0-4 over the births the nation's rates would give the area's women, against the same
    ratio of the nation (a child-woman ratio standardised for age). Children who moved with their
    parents count where they live, which is what the projection needs.
    """

    def children_per_expected(people: Array) -> Array:
        return people[..., :5].sum(axis=(-2, -1)) / (people[..., 1, :] * asfr).sum(axis=-1)

    return children_per_expected(population) / children_per_expected(nation)
