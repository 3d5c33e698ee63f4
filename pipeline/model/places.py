"""The places of the country as the censuses of 2010 and 2020 have them, and the model of how they change."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import Array, Indices, Mask
from pipeline.inputs.store import load_table
from pipeline.model.result_files import load_arrays
from pipeline.models.cohorts import five_year
from pipeline.models.counties.matching import Matches, Tree, in_boundary_of, matches, tree
from pipeline.models.counties.model import Branch, CountyCase, Errors, Model

CENSUSES = (2010, 2020)
ATLAS_MODEL = Path("models/atlas.npz")
ATLAS_FILE = Path("models/atlas_places.parquet")


class Province(NamedTuple):
    """One province of the second census: its branch, the rows of the tree in it, and the case it makes, with the
    counties `county_rows[case_counties]` and the branch's `whole_middles` as its whole ones."""

    id: str
    branch: Branch
    middle_rows: Indices
    county_rows: Indices
    case: CountyCase
    case_counties: Indices
    whole_middles: Indices


def provinces(first: Tree, second: Tree, found: Matches) -> dict[str, Province]:
    """Every province by id, in the order of the tree."""
    before = in_boundary_of(first, second, found)
    return {name: _province(name, first, second, found, *before) for name in second.provinces}


def _province(name: str, first: Tree, second: Tree, found: Matches, was: Array, unbroken: Mask) -> Province:
    middles = np.flatnonzero(second.middles["province"] == name)
    counties = np.flatnonzero(second.counties["province"] == name)
    middle = np.searchsorted(middles, second.counties["middle"].iloc[counties])
    kinds = second.counties["kind"].to_numpy(dtype=str)[counties]
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
    inside = row[middle[known]], kinds[known]
    before = Branch(province, wide, start, *inside)
    after = Branch(branch.province, later, branch.counties[known], *inside)
    case = CountyCase(before, after, np.arange(len(wide)) < whole.sum())
    return Province(name, branch, middles, counties, case, known, np.flatnonzero(whole))


class Places(NamedTuple):
    """Both censuses, what became of each county, and the provinces by id.

    `province_labels` has code, name and province (the id) of the provinces.
    """

    first: Tree
    second: Tree
    found: Matches
    provinces: Mapping[str, Province]
    province_labels: pd.DataFrame


def load_places(root: Path) -> Places:
    """Read the county table and match its censuses. Raises InputError where they are not there."""
    table = load_table(root, "prefectures")
    first, second = (tree(table, year) for year in CENSUSES)
    found = matches(first, second, load_table(root, "county_successors"))
    whole = table[(table["level"] == "province") & (table["year"] == CENSUSES[1]) & (table["sex"] == "male")]
    labels = whole[["code", "name", "province"]].sort_values("code", ignore_index=True)
    return Places(first, second, found, provinces(first, second, found), labels)


def model_arrays(model: Model) -> dict[str, Array]:
    """A model as named arrays, as `load_model` reads them."""
    out = {f"means_{kind}": means for kind, means in model.means.items()}
    for kind, errors in model.errors.items():
        out |= {f"scale_{kind}": errors.scale, f"slopes_{kind}": errors.slopes}
    return out


def load_model(root: Path) -> Model:
    """The model as stage `fit_atlas` wrote it."""
    arrays = load_arrays(root / ATLAS_MODEL)
    means = {name.removeprefix("means_"): array for name, array in arrays.items() if name.startswith("means_")}
    kinds = [name.removeprefix("scale_") for name in arrays if name.startswith("scale_")]
    return Model(means, {kind: Errors(arrays[f"scale_{kind}"], arrays[f"slopes_{kind}"]) for kind in kinds})
