"""The provinces of two censuses as cases to learn from and as branches to be projected, and how well that is learned.

Scored is where within a province its people of 60 and over of 2020 are, its own change being known, by what was fitted
to the other provinces.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.cohorts import cohorts, five_year
from pipeline.models.counties.matching import Matches, Tree, in_boundary_of
from pipeline.models.counties.model import MIDDLE, Branch, CountyCase, cohorts_reached, fit
from pipeline.random import stream
from pipeline.summary import INTERVAL

DRAWS = 400
AGES = {name: COHORT_GROUPS.index(first) for name, first in (("60+", "60-64"), ("65+", "65-69"), ("80+", "80-84"))}
SIZES = ("below_50k", "50k_100k", "100k_200k", "200k_400k", "400k_800k", "above_800k")
_ENDS = (50e3, 100e3, 200e3, 400e3, 800e3)
METHODS = ("model", "like_province")


@dataclass(frozen=True, eq=False)
class Province:
    """One province of the second census: its branch, the rows of the tree in it, and the case it makes, with the
    counties `county_rows[case_counties]` and the branch's `whole_middles` as its whole ones."""

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
    middle = np.searchsorted(middles, second.counties["middle"].iloc[counties])
    kinds = second.counties["kind"].iloc[counties].tolist()
    branch = Branch(
        five_year(second.province_people[second.provinces.index(name)]),
        five_year(second.middle_people[middles]),
        five_year(second.county_people[counties]),
        middle,
        kinds,
    )
    whole = unbroken[middles]
    province = five_year(first.province_people[first.provinces.index(name)])
    wide, later = five_year(was[middles][whole]), branch.middles[whole]
    # What of the province is in no whole middle makes one of its own, whose change is not learned from.
    row = np.where(whole, np.cumsum(whole) - 1, whole.sum())
    left = np.maximum(province - wide.sum(axis=0), 0.0)
    if left.any() or not whole.all():
        wide = np.concatenate([wide, left[None]])
        later = np.concatenate([later, (branch.province - later.sum(axis=0))[None]])
    known = np.flatnonzero((found.before[counties] >= 0) & whole[middle])
    start = five_year(first.county_people[found.before[counties[known]]])
    inside = row[middle[known]], [kinds[at] for at in known]
    before = Branch(province, wide, start, *inside)
    after = Branch(branch.province, later, branch.counties[known], *inside)
    case = CountyCase(before, after, np.arange(len(wide)) < whole.sum())
    return Province(name, branch, middles, counties, case, known, np.flatnonzero(whole))


def forecasts(cases: Mapping[str, CountyCase], seed: int, folds: int) -> pd.DataFrame:
    """One row a place, method and age group; people in 2010.

    The last `folds` provinces are left out in turn: the first are cities without a prefecture to score.
    """
    rows = []
    for left_out, case in list(cases.items())[-folds:]:
        model = fit([other for name, other in cases.items() if name != left_out])
        middles, counties = model.forecast(case, DRAWS, stream(seed, "atlas_scores", left_out))
        change = cohorts_reached(case.after.province) / cohorts(case.before.province)
        for drawn, before, after, kinds, scorable in (
            (middles, case.before.middles, case.after.middles, MIDDLE, case.whole),
            (counties, case.before.counties, case.after.counties, case.before.kinds, slice(None)),
        ):
            people, alike, reached = before.sum(axis=(1, 2)), cohorts(before) * change, cohorts_reached(after)
            for age, first in AGES.items():
                old, same, counted = (part[..., first:].sum(axis=(-1, -2)) for part in (drawn, alike, reached))
                q10, median, q90 = np.quantile(old, INTERVAL, axis=0)[:, scorable]
                labels = pd.DataFrame({"kind": kinds, "people": people, "age_group": age, "counted": counted})[scorable]
                rows.append(
                    labels.assign(method="model", q10=q10[scorable], median=median[scorable], q90=q90[scorable])
                )
                rows.append(labels.assign(method="like_province", q10=np.nan, median=same[scorable], q90=np.nan))
    return pd.concat(rows, ignore_index=True)


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    """Scores of forecasts by method, kind, size and age group; "counties" are the three kinds, "all" every size.

    mape and bias of the median and half_width of the 80 % interval in percent, coverage_80 in percent of the places.
    """
    error = 100.0 * (rows["median"] / rows["counted"] - 1.0)
    inside = (rows["q10"] <= rows["counted"]) & (rows["counted"] <= rows["q90"])
    each = rows.assign(
        size=np.array(SIZES)[np.searchsorted(_ENDS, rows["people"], side="right")],
        mape=error.abs(),
        bias=error,
        coverage_80=(100.0 * inside).where(rows["q10"].notna()),
        half_width=50.0 * np.log(rows["q90"] / rows["q10"]),
    )
    whole = each.assign(size="all")
    parts = [each, whole, *(part[part["kind"] != MIDDLE].assign(kind="counties") for part in (each, whole))]
    grouped = pd.concat(parts).groupby(["method", "kind", "size", "age_group"], sort=False)
    measures = ["mape", "bias", "coverage_80", "half_width"]
    return grouped[measures].mean().assign(places=grouped.size()).reset_index()
