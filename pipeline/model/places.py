"""The places of the country as the censuses of 2010 and 2020 have them, and the model of how they change."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.axes import Array
from pipeline.inputs.store import load_table
from pipeline.model.result_files import load_arrays
from pipeline.models.counties.cases import Province, provinces
from pipeline.models.counties.matching import Matches, Tree, matches, tree
from pipeline.models.counties.model import Errors, Model

CENSUSES = (2010, 2020)
ATLAS_MODEL = Path("models/atlas.npz")
ATLAS_FILE = Path("models/atlas_places.parquet")


@dataclass(frozen=True, eq=False)
class Places:
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
