"""Prefectures of 2010 in the boundary of 2020, from the counties that lie in them now."""

import numpy as np
import pandas as pd

from pipeline.inputs.odd import PrefectureAges
from pipeline.models.counties.matching import in_boundary_of, matches
from pipeline.models.counties.tree import tree


def in_boundary(prefectures: pd.DataFrame, successors: pd.DataFrame, years: tuple[int, int]) -> PrefectureAges:
    """The prefectures of the second census as the first one counted their land; those left out cannot be told.

    `prefectures` and `successors` are the raw tables prefectures and county_successors.
    """
    first, second = (tree(prefectures, year) for year in years)
    people, whole = in_boundary_of(first, second, matches(first, second, successors))
    kept = np.flatnonzero(whole & (second.middles["code"] != "").to_numpy())
    provinces = np.stack([first.province_people[first.provinces.index(name)] for name in second.middles["province"]])
    return PrefectureAges([str(second.middles["code"].iloc[at]) for at in kept], people[kept], provinces[kept])
