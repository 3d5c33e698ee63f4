"""The provinces of two censuses as cases to learn from, and as the branches to be projected."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.models.cohorts import five_year
from pipeline.models.counties.matching import Matches, in_boundary_of
from pipeline.models.counties.model import Branch, CountyCase
from pipeline.models.counties.tree import Tree


@dataclass(frozen=True, eq=False)
class Province:
    """One province of the second census: its branch, the rows of the tree in it, and the case it makes.

    `middle_rows` and `county_rows` are rows of the tree; `case` has the counties `county_rows[case_counties]`, and its
    whole middles are those of the branch in `whole_middles`.
    """

    id: str
    branch: Branch
    middle_rows: NDArray[np.intp]
    county_rows: NDArray[np.intp]
    case: CountyCase
    case_counties: NDArray[np.intp]
    whole_middles: NDArray[np.intp]


def provinces(first: Tree, second: Tree, found: Matches) -> dict[str, Province]:
    """Every province by id, in the order of the tree."""
    before = in_boundary_of(first, second, found)
    return {name: _province(name, first, second, found, *before) for name in second.provinces}


def _province(
    name: str, first: Tree, second: Tree, found: Matches, was: Array, unbroken: NDArray[np.bool_]
) -> Province:
    middles = np.flatnonzero(second.middles["province"] == name)
    counties = np.flatnonzero(second.counties["province"] == name)
    place = dict(zip(middles.tolist(), range(len(middles)), strict=True))
    middle = np.array([place[at] for at in second.counties["middle"].iloc[counties]], dtype=np.intp)
    kinds = second.counties["kind"].iloc[counties].tolist()
    branch = Branch(
        five_year(second.province_people[second.provinces.index(name)]),
        five_year(second.middle_people[middles]),
        five_year(second.county_people[counties]),
        middle,
        kinds,
    )

    people, whole = was[middles], unbroken[middles]
    province = five_year(first.province_people[first.provinces.index(name)])
    wide, later = five_year(people[whole]), branch.middles[whole]
    # What of the province is in no whole middle makes one of its own, whose change is not learned from.
    row = np.where(whole, np.cumsum(whole) - 1, whole.sum())
    left = np.maximum(province - wide.sum(axis=0), 0.0)
    if left.any() or not whole.all():
        wide = np.concatenate([wide, left[None]])
        later = np.concatenate([later, (branch.province - later.sum(axis=0))[None]])
    known = np.flatnonzero((found.before[counties] >= 0) & whole[middle])
    start = five_year(first.county_people[found.before[counties[known]]])
    named = [kinds[at] for at in known]
    case = CountyCase(
        Branch(province, wide, start, row[middle[known]], named),
        Branch(branch.province, later, branch.counties[known], row[middle[known]], named),
        np.ones(len(known), dtype=bool),
        np.arange(len(wide)) < whole.sum(),
    )
    return Province(name, branch, middles, counties, case, known, np.flatnonzero(whole))
