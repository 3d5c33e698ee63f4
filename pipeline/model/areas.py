"""The draws of areas, and what all areas share, as they are kept between stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.demography.area import AreaDraws, Nation
from pipeline.demography.cohort_change import yearly_from_decade
from pipeline.demography.graduation import split_anew
from pipeline.domain import Region
from pipeline.model.files import AREA_FOLDER, CENSUS_YEAR, NATION_FILE, SINGLE_AGES, Array, save_arrays


def save_area(
    root: Path,
    folder: str,
    region: str,
    draws: Mapping[str, Array],
    groups: Sequence[str] = SINGLE_AGES,
    split: Array | None = None,
) -> None:
    """Write the draws of one area (as from `forward.area_draws`) to its own file; the census day stays exact.

    `split` (draw, age), as from `graduation.split_steps`, is how the area's single ages depart from the base within
    the census groups `groups`; none where single ages were published.
    """
    lean = {name: array if name == "base" else array.astype(np.float32) for name, array in draws.items()}
    if split is not None:
        lean |= {"groups": np.array(groups), "split": split.astype(np.float32)}
    save_arrays(root / AREA_FOLDER / folder / f"{region}.npz", **lean)


def load_area(root: Path, region: Region) -> AreaDraws:
    """Draws of one area as `save_area` wrote them, their decade effects spread over single years."""
    folder = "cities" if region.level == "city" else "provinces"
    with np.load(root / AREA_FOLDER / folder / f"{region.id}.npz") as file:
        groups = file["groups"].tolist() if "groups" in file.files else []
        parts = {name: file[name].astype(float) for name in file.files if name != "groups"}
    base = split_anew(parts["base"], groups, parts["split"]) if groups else parts["base"]
    spread = yearly_from_decade().T
    return AreaDraws(base, parts["level"], parts["consistency"] @ spread, parts["migration"] @ spread, parts["tfr"])


def load_nation(root: Path) -> Nation:
    """What all areas share, for the years from the last census on."""
    with np.load(root / NATION_FILE) as file:
        since = int(np.flatnonzero(file["start_years"] == CENSUS_YEAR)[0])
        return Nation(file["standard_lx"][since:], file["asfr_shape"][since:], file["srb"][since:])
