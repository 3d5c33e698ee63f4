"""What every stage does alike: find the project, read its settings, name each fault in one line."""

from __future__ import annotations

import fcntl
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.demography.area import AreaDraws, Nation
from pipeline.demography.cohort_change import yearly_from_decade
from pipeline.demography.graduation import split_anew
from pipeline.demography.groups import OPEN_AGE, SEXES
from pipeline.domain import Region
from pipeline.errors import InputError
from pipeline.recover import keep_lock
from pipeline.results.write import replaced, together

Array = NDArray[np.float64]

CENSUS_YEAR = 2020
NATION = "china"
SINGLE_AGES = (*(str(age) for age in range(OPEN_AGE)), f"{OPEN_AGE}+")

NATION_FILE = Path("data/derived/nation.npz")
SINGLE_AGE_FILE = Path("data/derived/single_age.parquet")
CITY_AGES_FOLDER = Path("data/derived/cities")
AREA_FOLDER = Path("models/areas")
POSTERIOR_FOLDER = Path("models/posterior")
SHARED_FILE = Path("data/derived/shared_draws.npz")
"""What the draws of all areas share, and the errors of cities."""

RESULTS_FOLDER = Path("data/results")
BACKTEST_FOLDER = Path("data/backtest")
TABLES_FOLDER = Path("reports/tables")


def run(stage: Callable[[Path], None], owns: Iterable[Path] = ()) -> None:
    """Run a stage on the project in the working directory; exit with 1 and the faults where inputs are wrong.

    What the stage writes comes into place all at once when it ends well; the folders that it `owns` then hold nothing
    else, as what it made of a region that is gone. A second run of the stage waits for the first.
    """
    try:
        with alone(Path(sys.argv[0])):
            keep_lock(Path())
            with together() as batch:
                for folder in owns:
                    batch.owns(folder)
                stage(Path())
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


@contextmanager
def alone(module: Path) -> Iterator[None]:
    """Keep out every other run of the stage in the file `module`, as one that outlived a DVC that was killed.

    The lock is on that file itself: it ends with the process and leaves nothing behind.
    """
    with module.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{module.stem}: waits for another run of this stage to end", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


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


def ages_file(city: str) -> Path:
    """Where a city's single ages are."""
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


def load_nation(root: Path) -> Nation:
    """What all areas share, for the years from the last census on."""
    with np.load(root / NATION_FILE) as file:
        since = int(np.flatnonzero(file["start_years"] == CENSUS_YEAR)[0])
        return Nation(file["standard_lx"][since:], file["asfr_shape"][since:], file["srb"][since:])
