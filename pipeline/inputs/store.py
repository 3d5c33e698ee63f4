"""What stage `check_inputs` made of the inputs: the tables, under data/inputs. No other stage opens data/raw.

Each file holds what one kind of reader needs, so that an edited input makes stale only what uses it: one file a shared
table, one for the censuses of the nation and the provinces, one a city.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.errors import Fault, InputError

FOLDER = Path("data/inputs")
PROVINCES_CENSUS = FOLDER / "population.parquet"
CITIES_FOLDER = FOLDER / "cities"
NEED_FOLDER = FOLDER / "need"
NEED_TABLES = ("care_settings", "dementia", "disability_prevalence", "disability_transitions", "severity", "staffing")
"""Tables that are read together wherever need is worked out; in one folder, they are one dependency."""


@dataclass(frozen=True)
class CityCensus:
    """The censuses of one city: rows region, province, form, year, sex, age, population, in the order of ages.

    `form` is that of `Region.census_form`: full and full_2020 are ages by sex, margins what a bulletin says.
    """

    province: str
    form: str
    rows: pd.DataFrame


def table_file(name: str) -> Path:
    """Where the table of data/raw/`name`.csv is."""
    return (NEED_FOLDER if name in NEED_TABLES else FOLDER) / f"{name}.parquet"


def city_file(city: str) -> Path:
    """Where the censuses of a city are."""
    return CITIES_FOLDER / f"{city}.parquet"


def load_table(root: Path, name: str) -> pd.DataFrame:
    """The table of data/raw/`name`.csv, typed and corrected, rows in the order of its key. Raises InputError."""
    return _read(root, table_file(name))


def load_provinces_census(root: Path) -> pd.DataFrame:
    """Censuses of the nation and the provinces: region, year, sex, age, population, deaths. Raises InputError.

    Persons on 1 November of 2000, 2010 and 2020, ages to 100+; deaths of the twelve months before.
    """
    return _read(root, PROVINCES_CENSUS)


def load_city(root: Path, city: str) -> CityCensus:
    """The censuses of one city. Raises InputError."""
    rows = _read(root, city_file(city))
    return CityCensus(str(rows["province"].iloc[0]), str(rows["form"].iloc[0]), rows)


def existing(root: Path, file: Path) -> Path:
    """The path of a file of this folder. Raises InputError where the stage that writes it has not run."""
    if not (root / file).is_file():
        raise InputError([Fault(str(file), "", "no such file", "what `dvc repro check_inputs` writes")])
    return root / file


def _read(root: Path, file: Path) -> pd.DataFrame:
    return pd.read_parquet(existing(root, file))
