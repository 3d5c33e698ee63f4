"""The result keys that reports speak of: small typed objects filled from the result tables, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.domain import Catalogue, Plan
from pipeline.settings import Settings

CENTRAL = "central"
NATION = "china"
CENSUS_DAY = "2020-11-01"
CENSUS_YEAR = 2020
OLD_GROUPS = ("60+", "65+", "80+")
RESOURCES = ("beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers")
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
SAME = 1e-6
"""Draws that differ by less than this share of their median agree."""

WHOLE = {"severity": None, "setting": None, "bed_basis": "nominal", "unit_basis": "heads"}
"""Columns that split the gap table further, and the value of the rows that the main figures speak of: people of
every severity in every setting, beds on paper, heads. Rows with a blank there always count."""


KEYS = ("scenario", "resource", "yardstick", "definition", "supply_path", "measure")
"""Columns that lines of one region's gap table are looked up by."""


class MissingResult(KeyError):  # noqa: N818 - what is missing, beside MissingMessage and MissingGlyph
    """A result that a report needs and no table has; its text names the key."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Estimate:
    """A result over the draws: median, ends of the 80 % and the 95 % interval."""

    median: float
    low80: float
    high80: float
    low95: float
    high95: float

    @property
    def opposite(self) -> Estimate:
        """The same with its sign turned: what is to spare where this is what is missing."""
        return Estimate(-self.median, -self.high80, -self.low80, -self.high95, -self.low95)

    @property
    def certain(self) -> bool:
        """Whether all draws agree: there is then no interval to speak of."""
        return not self.high95 - self.low95 > SAME * max(abs(self.median), 1.0)


@dataclass(frozen=True)
class Line:
    """A result by year: `values` has the years as index and one column a quantile."""

    values: pd.DataFrame
    stock_year: int | None
    assumed: bool
    figure_id: str

    @cached_property
    def _known(self) -> pd.DataFrame:
        return self.values[list(QUANTILES)].dropna()

    @cached_property
    def _estimates(self) -> Mapping[int, Estimate]:
        return {
            int(year): Estimate(median, low80, high80, low95, high95)
            for year, low95, low80, median, high80, high95 in self._known.itertuples()
        }

    def at(self, year: int) -> Estimate | None:
        """The estimate of a year; None where nothing is known of it."""
        return self._estimates.get(year)

    @property
    def years(self) -> list[int]:
        """Years with a value."""
        return list(self._estimates)

    @property
    def certain(self) -> bool:
        """Whether no year has an interval."""
        return all(estimate.certain for estimate in self._estimates.values())

    def column(self, quantile: float) -> np.ndarray:
        """Values of one quantile in the years with a value."""
        return self._known[quantile].to_numpy(dtype=float)


@dataclass(frozen=True)
class Tables:
    """Result tables by key, as read; `facts` looks things up in them once per region.

    population, ages and gap hold every year and scenario; the others are the published CSV tables.
    """

    frames: Mapping[str, pd.DataFrame]

    def __getitem__(self, key: str) -> pd.DataFrame:
        if key not in self.frames:
            raise MissingResult(f"the report needs the table {key}, which was not read")
        return self.frames[key]

    def has(self, key: str) -> bool:
        """Whether the table was read."""
        return key in self.frames


@dataclass(frozen=True)
class Record:
    """Units added a year in the past, what that rests on, and whether it is the region's own record."""

    per_year: float
    figure_ids: tuple[str, ...]
    assumed: bool


@dataclass(frozen=True)
class Event:
    """A year that comes in a share of the draws: its median over those, and the ends of its 80 % interval."""

    share: float
    year: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Verdict:
    """What a gap means on one supply path: the chance in the target's year, and when it opens and closes."""

    target_year: int
    met_probability: float | None
    first_short: Event | None
    first_closed: Event | None
    assumed: bool


@dataclass(frozen=True)
class Resource:
    """How one resource of a plan stands: the headline row, and the lines of its yardstick with supply held.

    `verdicts` by supply path, empty where no stock is known; `notes` say by language why the status is unknown;
    `met_probability` is that of the stock held.
    """

    name: str
    yardstick: str
    unit: str
    figure_ids: tuple[str, ...]
    target: float | None
    target_unit: str
    target_year: int
    measured_year: int
    status: str
    stock_year: int | None
    assumed: tuple[str, ...]
    required: Line
    supply: Line | None
    gap: Line | None
    sufficiency: Line | None
    per_year: Line | None
    record: Record | None
    verdicts: Mapping[str, Verdict]
    met_probability: float | None
    notes: Mapping[str, str]

    def first_short(self) -> int | None:
        """First year, from that of the stock on, in which the gap is above zero; None where it never is."""
        if self.gap is None:
            return None
        return next((y for y, value in zip(self.gap.years, self.gap.column(0.5), strict=True) if value > 0.5), None)


@dataclass(frozen=True)
class CensusPoint:
    """A counted population of the old: the day it was counted, as a year with a fraction, and the count."""

    when: float
    date: str
    group: str
    value: float


@dataclass(frozen=True)
class RegionFacts:
    """Population of one region: `old` by age group (both sexes), census counts, pyramids by scenario and year."""

    region: str
    old: Mapping[str, Line]
    total: Line
    census: Sequence[CensusPoint]
    pyramid: Mapping[int, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanFacts:
    """All a plan's report speaks of; `norms` are the indicators whose norm stands behind any of its numbers."""

    plan: Plan
    people: RegionFacts
    resources: Mapping[str, Resource]
    target_year: int
    last_year: int
    certain: bool
    norms: frozenset[str]


def year_fraction(date: str) -> float:
    """A day as a year with a fraction: 1 November 2020 is 2020.83."""
    day = pd.Timestamp(date)
    length = 366 if day.is_leap_year else 365
    return float(day.year + day.day_of_year / length)


def plan_facts(plan: Plan, tables: Tables, gap: Gap, settings: Settings) -> PlanFacts:
    """Facts of one plan; `gap` is its region's.

    Raises MissingResult naming the key where a table lacks what the report speaks of.
    """
    last = settings.last_year
    people = region_facts(plan.region, tables, last)
    headline = tables["headline"]
    rows = {str(row["resource"]): row for _, row in headline[headline["plan"] == plan.id].iterrows()}
    resources = {}
    verdicts = tables["verdict"]
    verdicts = verdicts[(verdicts["scenario"] == CENTRAL) & (verdicts["region"] == plan.region)]
    for name in RESOURCES:
        if name not in rows:
            raise MissingResult(f"headline: no row for plan {plan.id}, resource {name}")
        resources[name] = _resource(name, rows[name], gap, verdicts, last, plan.id)
    lines = [*people.old.values(), *(r.gap for r in resources.values() if r.gap is not None)]
    target = min(max(plan.horizon.end, CENSUS_YEAR), last)
    certain = all(line.certain for line in lines)
    ids = {name for several in gap.rows["figure_id"].dropna().unique() for name in str(several).split(";")}
    return PlanFacts(plan, people, resources, target, last, certain, frozenset(norm_ids(sorted(ids))))


def region_facts(region: str, tables: Tables, last: int) -> RegionFacts:
    """Population of one region in the central scenario, the counts of its censuses, and its pyramids."""
    rows = tables["population"]
    rows = rows[(rows["region"] == region) & (rows["scenario"] == CENTRAL) & (rows["sex"] == "both")]
    groups = {}
    for group in (*OLD_GROUPS, "total"):
        found = line_from(rows[rows["age_group"] == group])
        if found is None or found.at(last) is None or found.at(CENSUS_YEAR) is None:
            raise MissingResult(f"population: no {group} of {region} for {CENSUS_YEAR} to {last}")
        groups[group] = found
    census = []
    if tables.has("single_age"):
        single = tables["single_age"]
        single = single[single["region"] == region]
        ages = single["age"].str.rstrip("+").astype(int)
        for year in sorted(single["year"].unique()):
            for group in filter(lambda group: _counted(groups[group]), OLD_GROUPS):
                old = (single["year"] == year) & (ages >= int(group.rstrip("+")))
                date = f"{year}-11-01"
                census.append(CensusPoint(year_fraction(date), date, group, float(single[old]["population"].sum())))
    pyramid = {}
    if tables.has("ages"):
        ages_table = tables["ages"]
        here = ages_table[(ages_table["region"] == region) & (ages_table["scenario"] == CENTRAL)]
        for year in (CENSUS_YEAR, last):
            chosen = here[here["year"] == year]
            if chosen.empty:
                raise MissingResult(f"ages: no {region} in {year}")
            pyramid[year] = chosen
    return RegionFacts(region, {g: groups[g] for g in OLD_GROUPS}, groups["total"], census, pyramid)


def _counted(line: Line) -> bool:
    """Whether the census counted the group: where a bulletin's bands leave it open, it has an interval on the day."""
    found = line.at(CENSUS_YEAR)
    return found is None or found.certain


def region_rows(gap: pd.DataFrame, region: str) -> pd.DataFrame:
    """Rows of one region, of the dimensions that the main figures speak of."""
    chosen = (gap["region"] == region) & (gap["output_type"] == "quantile")
    for column, value in WHOLE.items():
        if column in gap.columns:
            chosen &= gap[column].isna() if value is None else gap[column].isna() | (gap[column] == value)
    return gap[chosen]


@dataclass(frozen=True)
class Gap:
    """The gap table of one region: its main rows (see `region_rows`), and the lines in them by key."""

    rows: pd.DataFrame

    @cached_property
    def _places(self) -> Mapping[tuple[str, ...], np.ndarray]:
        """The places of the rows of each key; a blank in a key is an empty text."""
        groups: Mapping[Any, Any] = self.rows.groupby(list(KEYS), observed=True, dropna=False, sort=False).indices
        return {tuple("" if pd.isna(part) else str(part) for part in key): found for key, found in groups.items()}

    @cached_property
    def _lines(self) -> dict[tuple[str, ...], Line | None]:
        return {}

    def line(
        self,
        resource: str,
        yardstick: str,
        measure: str,
        path: str | None = None,
        scenario: str = CENTRAL,
        definition: str | None = None,
    ) -> Line | None:
        """One line by year; None where it is not there or nothing is known of it.

        Where an imputed line stands beside a blank one, it is the imputed one.
        """
        key = (scenario, resource, yardstick, definition or "", path or "", measure)
        if key not in self._lines:
            places = self._places.get(key)
            self._lines[key] = None if places is None else line_from(self.rows.iloc[places])
        return self._lines[key]


def line_from(rows: pd.DataFrame) -> Line | None:
    """The line that rows of one key give; None where none has a value.

    Raises MissingResult where a year has two values or a quantile is missing.
    """
    known = rows[(rows["output_type"] == "quantile") & rows["value"].notna()]
    if known.empty:
        return None
    duplicated = known.duplicated(["year", "output_type_id"])
    if duplicated.any():
        first = known[duplicated].iloc[0]
        raise MissingResult(f"two values for one key: {dict(first.drop('value'))}")
    values = known.pivot(index="year", columns="output_type_id", values="value")
    missing = [q for q in QUANTILES if q not in values.columns]
    if missing:
        raise MissingResult(f"quantiles {missing} are missing for {dict(known.iloc[0].drop('value'))}")
    stock = known["stock_year"].dropna() if "stock_year" in known.columns else pd.Series(dtype=float)
    assumed = bool(known["assumed"].any()) if "assumed" in known.columns else False
    ids = known["figure_id"].dropna() if "figure_id" in known.columns else pd.Series(dtype=str)
    return Line(
        values[list(QUANTILES)],
        int(stock.iloc[0]) if len(stock) else None,
        assumed,
        str(ids.iloc[0]) if len(ids) else "",
    )


def _resource(name: str, row: pd.Series, gap: Gap, verdicts: pd.DataFrame, last: int, plan: str) -> Resource:
    yardstick = str(row["yardstick"])
    verdicts = verdicts[(verdicts["resource"] == name) & (verdicts["yardstick"] == yardstick)]
    required = gap.line(name, yardstick, "required")
    if required is None:
        # A requirement that nobody can work out from published counts: an empty line, not a zero.
        empty = pd.DataFrame(columns=list(QUANTILES), index=pd.Index([], name="year"), dtype=float)
        required = Line(empty, None, False, str(row["figure_id"]))
    supply = gap.line(name, yardstick, "supply", "held")
    target_year = int(row["target_year"]) if pd.notna(row["target_year"]) else last
    if pd.isna(row["status"]):
        raise MissingResult(f"headline: no status for plan {plan}, resource {name}")
    return Resource(
        name=name,
        yardstick=yardstick,
        unit=str(row["unit"]),
        figure_ids=tuple(str(row["figure_id"]).split(";")),
        target=float(row["target"]) if pd.notna(row["target"]) else None,
        target_unit=str(row["target_unit"]) if pd.notna(row["target_unit"]) else "",
        target_year=target_year,
        measured_year=min(max(target_year, CENSUS_YEAR), last),
        status=str(row["status"]),
        stock_year=int(row["stock_year"]) if pd.notna(row["stock_year"]) else None,
        assumed=tuple(str(row["assumed"]).split(";")) if pd.notna(row["assumed"]) else (),
        required=required,
        supply=supply,
        gap=gap.line(name, yardstick, "gap", "held"),
        sufficiency=gap.line(name, yardstick, "sufficiency", "held"),
        per_year=gap.line(name, yardstick, "required_per_year", "held"),
        record=_record(verdicts),
        verdicts={str(path): _verdict(found) for path, found in verdicts.set_index("supply_path").iterrows()},
        met_probability=float(row["met_probability"]) if pd.notna(row.get("met_probability")) else None,
        notes={
            language: str(row.get(f"note_{language}"))
            for language in ("zh", "en")
            if pd.notna(row.get(f"note_{language}"))
        },
    )


def _record(verdicts: pd.DataFrame) -> Record | None:
    """Units added a year in the past, which is the same on every path; None where nobody published two counts."""
    known = verdicts[verdicts["record_per_year"].notna()]
    if known.empty:
        return None
    row = known.iloc[0]
    return Record(float(row["record_per_year"]), tuple(str(row["record_id"]).split(";")), bool(row["record_assumed"]))


def _verdict(row: pd.Series) -> Verdict:
    met = row["met_probability"]
    return Verdict(
        target_year=int(row["target_year"]),
        met_probability=float(met) if pd.notna(met) else None,
        first_short=_event(row, "first_short"),
        first_closed=_event(row, "first_closed"),
        assumed=bool(row["assumed"]),
    )


def _event(row: pd.Series, name: str) -> Event | None:
    if pd.isna(row[f"{name}_share"]):
        return None
    years = [int(row[key]) if pd.notna(row[key]) else None for key in (name, f"{name}_lower", f"{name}_upper")]
    return Event(float(row[f"{name}_share"]), *years)


def source_ids(facts: PlanFacts, catalogue: Catalogue, of_need: Iterable[str]) -> list[str]:
    """Sources a plan's report rests on, `of_need` among them, in the order of the catalogue."""
    region = catalogue.regions[facts.plan.region]
    used = {facts.plan.source, "census_2010", "census_2020", "wpp_2024", "mca_bulletin", "working_hours_1995"}
    used |= set(of_need)
    used |= {"census_county_2010", "census_county_2020"} if region.level == "city" else {"census_2000"}
    for name in facts.norms:
        norm = catalogue.indicators[name].norm
        if norm is not None:
            used.add(norm.source)
    return [name for name in catalogue.sources if name in used]


def norm_ids(figure_ids: Sequence[str]) -> list[str]:
    """Indicators whose norms stand in the list of figure ids."""
    return [name.removeprefix("norm.") for name in figure_ids if name.startswith("norm.")]
