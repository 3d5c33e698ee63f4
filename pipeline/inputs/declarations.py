"""The raw tables as raw_tables.yaml declares them: the censuses of the regions, and the shared tables."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pandas as pd

from pipeline.axes import AGES_100, CENSUS_GROUPS, SEXES
from pipeline.inputs.table_checks import raw_file
from pipeline.schemas import CONSTANTS, Grid, RowRule, Table, declared_tables
from pipeline.vocabulary import CensusForm

_PERIODS = tuple(f"{start}-{start + 5}" for start in range(1950, 2100, 5))
_FIFTH_YEARS = tuple(str(at) for at in range(1950, 2101, 5))
_CONSTANTS: Mapping[str, Any] = {
    **CONSTANTS,
    "AGES_5_100": ("0-4", *AGES_100[2:]),
    "FERTILE_AGES": tuple(f"{start}-{start + 4}" for start in range(15, 50, 5)),
    "WPP_PERIODS": _PERIODS,
    "PERIODS_FROM_2020": _PERIODS[14:],
    "FIFTH_YEARS": _FIFTH_YEARS,
    "PERIODS_OF_2012": (*_PERIODS, *_FIFTH_YEARS),
}


def _as_published(frame: pd.DataFrame) -> pd.Series:
    printed = pd.to_numeric(frame["published_value"].str.removeprefix("1:"), errors="coerce")
    wanted = printed * frame["published_unit"].str.split().str[0].map({"10k": 10_000, "million": 1_000_000}).fillna(1)
    return (frame["value"] - wanted).abs() <= 1e-6 * wanted.abs()


_TABLES = declared_tables(files(__package__).joinpath("raw_tables.yaml").read_bytes(), _CONSTANTS)
_PUBLISHED = RowRule("value", "published_value in its published_unit (10k persons: 10,000 of them each)", _as_published)
_TABLES["care_figures"] = replace(_TABLES["care_figures"], rules=(*_TABLES["care_figures"].rules, _PUBLISHED))
PROVINCES_CENSUS, CITY_CENSUS = _TABLES.pop("provinces_census"), _TABLES.pop("city_census")
"""What is handed on of the censuses, without the sources that every raw table names."""

for _name, _table in _TABLES.items():
    if "source" not in _table.names:
        _TABLES[_name] = replace(_table, columns=(*_table.columns, _TABLES["population_counts"].column("source")))
CENSUS_PROVINCE, CENSUS_CITY, CENSUS_MARGINS = (
    _TABLES.pop(name) for name in ("census_province", "census_city", "census_margins")
)

CITY_TABLES: Mapping[CensusForm, Table] = {
    "full": CENSUS_CITY,
    "full_2020": replace(CENSUS_CITY, grids=(Grid({"year": (2020,), "sex": SEXES, "age": CENSUS_GROUPS}),)),
    "margins": CENSUS_MARGINS,
}
"""What the census file of a city is declared as, by the `census_form` of its YAML."""

RAW_FILES: Mapping[str, Table] = {raw_file(name): table for name, table in _TABLES.items()}
"""The shared raw tables by file; the census files of the regions come beside them, named by data/regions."""
