"""The results that reports speak of, looked up by key in the published tables."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS
from pipeline.domain import Catalogue
from pipeline.report.wording import Value
from pipeline.settings import Settings
from pipeline.vocabulary import CENTRAL, NATION

CENSUS_DAY = "2020-11-01"


class MissingResult(LookupError):  # noqa: N818 - what is missing, beside MissingMessage and MissingGlyph
    """A result that a report needs and no table has; its text names the key."""


class Tables(dict[str, pd.DataFrame]):
    """Published tables by name, as read."""

    def __missing__(self, key: str) -> pd.DataFrame:
        raise MissingResult(f"the report needs the table {key}, which was not read")

    def has(self, key: str) -> bool:
        """Whether the table was read and has rows."""
        return key in self and not self[key].empty

    def of(self, name: str, region: str) -> pd.DataFrame:
        """A region's rows of a table: the central scenario's, where it has several."""
        rows = where(self[name], region=region)
        return where(rows, scenario=CENTRAL) if "scenario" in rows else rows


def value(row: pd.Series, name: str = "shown", low: str = "q10", high: str = "q90") -> Value | None:
    """The value of a row with its interval; None where it is blank."""
    shown, *ends = (float(row.get(column, math.nan)) for column in (name, low, high))
    return None if math.isnan(shown) else Value(shown, *ends)


def where(frame: pd.DataFrame, **keys: object) -> pd.DataFrame:
    """Rows that have these values; None asks for a blank, a tuple for any of its values."""
    for column, wanted in keys.items():
        found = frame[column]
        frame = frame[
            found.isna() if wanted is None else found.isin(wanted if isinstance(wanted, tuple) else (wanted,))
        ]
    return frame


def one(frame: pd.DataFrame, **keys: object) -> pd.Series | None:
    """The only row with these values; None where there is none. Raises MissingResult where there are several."""
    found = where(frame, **keys)
    if len(found) > 1:
        raise MissingResult(f"two rows for one key: {keys}")
    return found.iloc[0] if len(found) else None


@dataclass(frozen=True)
class PopulationFacts:
    """Population of one region in the central scenario, both sexes.

    `quantiles`: years as index; age group (60+, 65+, 80+, total) and quantile as columns.
    """

    region: str
    quantiles: pd.DataFrame

    def at(self, group: str, year: int) -> Value:
        """People of a group at a year's end (on census day in 2020). MissingResult where there is none."""
        shown, *ends = self.quantiles[group].reindex([year])[[0.5, 0.1, 0.9]].to_numpy(dtype=float)[0].tolist()
        if math.isnan(shown):
            raise MissingResult(f"population: no {group} of {self.region} for {year}")
        return Value(shown, *ends)

    def share(self, group: str, year: int) -> float:
        """The group as a share of all people."""
        return self.at(group, year).shown / self.at("total", year).shown


@dataclass(frozen=True)
class SharedFacts:
    """What every report of a run speaks of; `people` by region, `made` the cities whose first census the project put
    into the boundary of the last one."""

    catalogue: Catalogue
    settings: Mapping[str, Settings]
    tables: Tables
    people: Mapping[str, PopulationFacts]
    made: frozenset[str] = frozenset()

    @property
    def central(self) -> Settings:
        return self.settings[CENTRAL]


def shared_facts(
    catalogue: Catalogue, settings: Mapping[str, Settings], tables: Tables, made: Iterable[str] = ()
) -> SharedFacts:
    """What all reports speak of. Raises MissingResult naming the key that no table has."""
    regions = dict.fromkeys([*(plan.region for plan in catalogue.plans.values()), NATION])
    population = {region: people(region, tables, settings[CENTRAL].last_year) for region in regions}
    for name in catalogue.plans:
        if where(tables["headline"], plan=name).empty:
            raise MissingResult(f"headline: no row for plan {name}")
    return SharedFacts(catalogue, settings, tables, population, frozenset(made))


def people(region: str, tables: Tables, last: int) -> PopulationFacts:
    """Population of one region in the central scenario."""
    rows = where(tables["population"], region=region, scenario=CENTRAL, sex="both", output_type="quantile")
    wide = rows.pivot(index="year", columns=["age_group", "output_type_id"], values="value")
    for group in COUNTED_GROUPS:
        if group not in wide or wide.reindex([CENSUS_YEAR, last])[group, 0.5].isna().any():
            raise MissingResult(f"population: no {group} of {region} for {CENSUS_YEAR} to {last}")
    return PopulationFacts(region, wide)
