"""What every stage does alike: find the project, read its settings, name each fault in one line."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.demography.area import AreaDraws, Nation
from pipeline.demography.cohort_change import yearly_from_decade
from pipeline.demography.groups import OPEN_AGE, SEXES
from pipeline.errors import Fault, InputError
from pipeline.recover import keep_lock
from pipeline.settings import PARAMS_FILE
from pipeline.sources.catalogue import Region
from pipeline.tables.words import nearest
from pipeline.tables.write import replaced, together

Array = NDArray[np.float64]

CENSUS_YEAR = 2020
NATION = "china"
SINGLE_AGES = (*(str(age) for age in range(OPEN_AGE)), f"{OPEN_AGE}+")

NATION_FILE = Path("data/derived/nation.npz")
SINGLE_AGE_FILE = Path("data/derived/single_age.parquet")
PROVINCES_FILE = Path("data/derived/single_age_provinces.parquet")
AREA_FOLDER = Path("models/areas")
POSTERIOR_FOLDER = Path("models/posterior")
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


def city_list_faults(listed: Sequence[str], regions: Mapping[str, Region]) -> list[Fault]:
    """A fault for each city of `regions` that the key `cities` of params.yaml does not list, and the other way round.

    DVC needs the list to make a stage of each city; nothing may hang on one of the two alone.
    """
    cities = [region.id for region in regions.values() if region.level == "city"]
    faults = [
        Fault(PARAMS_FILE, "cities", f"no {city}", f"every city of data/regions/cities, so {city} too")
        for city in cities
        if city not in listed
    ]
    faults += [
        Fault(PARAMS_FILE, "cities", city, f"a city of data/regions/cities{nearest(city, cities)}")
        for city in listed
        if city not in cities
    ]
    return faults


def cube(frame: pd.DataFrame, axes: Mapping[str, Sequence[object]], value: str) -> Array:
    """Values of a tidy table as an array with the given axes in order; KeyError where a cell is missing."""
    wanted = pd.MultiIndex.from_product(list(axes.values()))
    rows = pd.MultiIndex.from_frame(frame[list(axes)]).get_indexer(wanted)
    if np.any(rows < 0):
        raise KeyError(f"no {value} for {wanted[int(np.argmin(rows))]}")
    cells = frame[value].to_numpy(dtype=float)[rows]
    return cells.reshape([len(labels) for labels in axes.values()])


def sex_age(frame: pd.DataFrame, value: str = "population") -> Array:
    """(sex, age) from rows of one region and year, ages in the order of the rows."""
    return cube(frame, {"sex": list(SEXES), "age": list(dict.fromkeys(frame["age"]))}, value)


def save_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    """Write named arrays as one .npz file, whole or not at all; the same arrays give the same bytes."""
    with replaced(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def save_area(root: Path, folder: str, region: str, draws: Mapping[str, Array]) -> None:
    """Write the draws of one area (as from `forward.area_draws`) to its own file; the census day stays exact."""
    lean = {name: array if name == "base" else array.astype(np.float32) for name, array in draws.items()}
    save_arrays(root / AREA_FOLDER / folder / f"{region}.npz", **lean)


def load_area(root: Path, region: Region) -> AreaDraws:
    """Draws of one area as `save_area` wrote them, their decade effects spread over single years."""
    folder = "cities" if region.level == "city" else "provinces"
    with np.load(root / AREA_FOLDER / folder / f"{region.id}.npz") as file:
        parts = {name: file[name].astype(float) for name in file.files}
    spread = yearly_from_decade().T
    return AreaDraws(
        parts["base"], parts["level"], parts["consistency"] @ spread, parts["migration"] @ spread, parts["tfr"]
    )


def load_nation(root: Path) -> Nation:
    """What all areas share, for the years from the last census on."""
    with np.load(root / NATION_FILE) as file:
        since = int(np.flatnonzero(file["start_years"] == CENSUS_YEAR)[0])
        return Nation(file["standard_lx"][since:], file["asfr_shape"][since:], file["srb"][since:])
