"""Where results lie, and arrays and tables as they are kept there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import SEXES, SINGLE_AGES_100, Array
from pipeline.results.write import replaced

type People = Mapping[Any, Array]
"""(sex, age) by region and census year."""

NATION_FILE = Path("data/derived/nation.npz")
SINGLE_AGE_FILE = Path("data/derived/single_age.parquet")
RESIDUALS_FILE = Path("data/derived/residuals.csv")
SAMPLE_FILE = Path("data/derived/sample.parquet")
CITY_AGES_FOLDER = Path("data/derived/cities")
AREA_FOLDER = Path("models/areas")
POSTERIOR_FOLDER = Path("models/posterior")
SHARED_FILE = Path("data/derived/shared_draws.npz")
"""What the draws of all areas share, and the errors of cities."""

PROJECTIONS_FOLDER = Path("data/projections")
RESULTS_FOLDER = Path("data/results")
PROVINCES_NEED = Path("data/derived/need_provinces.parquet")
BACKTEST_FOLDER = Path("data/backtest")
TABLES_FOLDER = Path("reports/tables")


def cube(frame: pd.DataFrame, axes: Mapping[str, Sequence[object]], value: str) -> Array:
    """Values of a tidy table as an array with the given axes in order; other rows are passed over.

    Raises KeyError where a cell is missing, and ValueError where one is there twice.
    """
    cells = pd.MultiIndex.from_product([[*axis] for axis in axes.values()])
    places = cells.get_indexer(pd.MultiIndex.from_frame(frame[[*axes]]))
    inside = places >= 0
    times = np.bincount(places[inside], minlength=len(cells))
    for odd in np.flatnonzero(times != 1)[:1]:
        where = cells.to_list()[odd]
        raise ValueError(f"two of {value} for {where}") if times[odd] else KeyError(f"no {value} for {where}")
    array = np.empty(len(cells))
    array[places[inside]] = frame[value].to_numpy(dtype=float)[inside]
    return array.reshape([len(axis) for axis in axes.values()])


def sex_age(frame: pd.DataFrame, value: str = "population") -> Array:
    """(sex, age) from rows of one region and year, ages in the order of the rows."""
    return cube(frame, {"sex": list(SEXES), "age": list(dict.fromkeys(frame["age"]))}, value)


def save_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    """Write named arrays as one .npz file, whole or not at all; the same arrays give the same bytes."""
    with replaced(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays that `save_arrays` wrote, by name."""
    with np.load(path) as file:
        return dict(file)


def ages_file(city: str) -> Path:
    return CITY_AGES_FOLDER / f"{city}.parquet"


def single_ages(ages: Mapping[tuple[str, int], Array]) -> pd.DataFrame:
    """The table `single_age` of people (sex, age) by region and census year."""
    cells = pd.MultiIndex.from_product([SEXES, SINGLE_AGES_100])
    frames = {place: pd.Series(people.ravel(), cells) for place, people in ages.items()}
    return pd.concat(frames, names=["region", "year", "sex", "age"]).rename("population").reset_index()


def load_people(root: Path, *regions: str) -> dict[Any, Array]:
    """People (sex, age) of nation and provinces, or of those named, by region and census year."""
    single = pd.read_parquet(root / SINGLE_AGE_FILE, filters=[("region", "in", regions)] if regions else None)
    return {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
