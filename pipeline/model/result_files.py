"""Where results lie, and arrays and tables as they are kept there."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import OPEN_AGE, SEXES, Array
from pipeline.results.write import replaced

type People = Mapping[Any, Array]
"""(sex, age) by region and census year."""

SINGLE_AGES = (*(str(age) for age in range(OPEN_AGE)), f"{OPEN_AGE}+")

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
    shape = [len(axis) for axis in axes.values()]
    labels: list[tuple[str, Any]] = [(name, list(axis)) for name, axis in axes.items()]
    places = np.array([pd.Index(axis).get_indexer(pd.Index(frame[name])) for name, axis in labels])
    inside = (places >= 0).all(axis=0)
    cells = np.ravel_multi_index(tuple(places[:, inside]), shape)
    times = np.bincount(cells, minlength=math.prod(shape))
    if (times != 1).any():
        odd = int(np.argmax(times != 1))
        where = list(product(*axes.values()))[odd]
        raise ValueError(f"two of {value} for {where}") if times[odd] else KeyError(f"no {value} for {where}")
    array = np.empty(len(times))
    array[cells] = frame[value].to_numpy(dtype=float)[inside]
    return array.reshape(shape)


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
    """The table `SINGLE_AGE` of people (sex, age) by region and census year."""
    frames = [
        pd.DataFrame(people.T, columns=list(SEXES), index=pd.Index(SINGLE_AGES, name="age"))
        .reset_index()
        .melt(id_vars="age", var_name="sex", value_name="population")
        .assign(region=region, year=year)
        for (region, year), people in ages.items()
    ]
    return pd.concat(frames)


def load_people(root: Path, *regions: str) -> dict[Any, Array]:
    """People (sex, age) of nation and provinces, or of those named, by region and census year."""
    single = pd.read_parquet(root / SINGLE_AGE_FILE, filters=[("region", "in", regions)] if regions else None)
    return {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
