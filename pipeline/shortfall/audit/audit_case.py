"""What a plan is held against: its own figures, and what is known of a region's people outside it."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.domain import Indicator
from pipeline.shortfall.audit.figures import Span, StatedFigure
from pipeline.vocabulary import FIRST_AGES, POPULATIONS

COUNTED_BASES = ("resident", "hukou")

DIGITS = 3
"""Significant digits of our own interval that an audit rests on: more would change with the sample of draws."""

Origin = Literal["census", "published", "cohort", "projection"]


class Reference(NamedTuple):
    """A census, a published count or share, cohort bounds, or our own projected interval."""

    region: str
    basis: str
    year: int
    indicator: str
    value: float
    low: float
    high: float
    origin: Origin


def references_of(frame: pd.DataFrame, region: str) -> tuple[Reference, ...]:
    """Those of a region from a frame with the columns of `Reference`."""
    rows = frame.loc[frame["region"] == region, list(Reference._fields)]
    return tuple(itertools.starmap(Reference, rows.itertuples(index=False, name=None)))


class Evidence(NamedTuple):
    """What is known of a population on one basis in one year: counted in it (`exact`), or drawn from counts near it."""

    span: Span
    exact: bool
    references: tuple[Reference, ...]

    @property
    def named(self) -> Reference:
        """The one to name: the last census among them, else the last count."""
        return max(self.references, key=lambda row: (row.origin == "census", row.year))


@dataclass(frozen=True)
class AuditCase:
    """One plan before the auditor, with counts of its region; what it aims at before `start` is history."""

    figures: tuple[StatedFigure, ...]
    indicators: Mapping[str, Indicator]
    references: tuple[Reference, ...] = ()
    start: int | None = None

    @cached_property
    def by_indicator(self) -> Mapping[str, list[StatedFigure]]:
        grouped = defaultdict[str, list[StatedFigure]](list)
        for figure in self.figures:
            grouped[figure.indicator].append(figure)
        return grouped

    def dated(self, *kinds: str) -> Iterator[tuple[StatedFigure, Indicator, int]]:
        """Figures of these kinds (facts and aims where none is named) with a year, each with its indicator."""
        for figure in self.figures:
            if figure.kind in (kinds or ("baseline", "target", "projection")) and figure.year is not None:
                yield figure, self.indicators[figure.indicator], figure.year

    def beside(self, figure: StatedFigure, indicator: str | None, years: int = 0) -> StatedFigure | None:
        """The one figure of `indicator` on the same people, fact by fact or aim by aim, at most `years` off."""
        pool = [
            other
            for other in self.by_indicator[indicator or ""]
            if other.kind != "norm" and other.aim == figure.aim and compatible(other, figure)
        ]
        for off in range(years + 1):
            found = [f for f in pool if f.year and figure.year and abs(f.year - figure.year) == off]
            found = [f for f in found if f.suffix == figure.suffix] or found
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def facts(self, figure: StatedFigure) -> list[StatedFigure]:
        """The dated facts on the indicator of `figure` for the same subject and people, in order of year."""
        facts = (fact for fact in self.by_indicator[figure.indicator] if fact.kind == "baseline" and fact.year)
        alike = (fact for fact in facts if (fact.suffix, fact.unit) == (figure.suffix, figure.unit))
        return sorted((fact for fact in alike if compatible(fact, figure)), key=lambda fact: fact.year or 0)

    def known(self, indicator: str | None, basis: str, *origins: Origin) -> list[Reference]:
        """References in order of year."""
        found = (r for r in self.references if (r.indicator, r.basis) == (indicator, basis) and r.origin in origins)
        return sorted(found, key=lambda row: (row.year, row.origin))

    def growth(self, indicator: str, basis: str, year: int) -> float:
        """Mean yearly growth between the two censuses around a year, or the nearest two; 0 without two."""
        pairs = itertools.pairwise(self.known(indicator, basis, "census"))
        pair = min(pairs, key=lambda pair: max(pair[0].year - year, year - pair[1].year, 0), default=None)
        if pair is None:
            return 0.0
        first, last = pair
        return float((last.value / first.value) ** (1 / (last.year - first.year)) - 1)

    def evidence(self, indicator: str, basis: str, year: int) -> Evidence | None:
        """Counted in the year; else a year off (± twice the growth, at least 5 %); else between two censuses."""
        counts = self.known(indicator, basis, "census", "published")
        for off in (0, 1):
            near = tuple(r for r in counts if abs(r.year - year) == off)
            if near:
                moved = max(2 * abs(self.growth(indicator, basis, year)), 0.05) if off else 0.0
                low, high = min(r.low for r in near), max(r.high for r in near)
                return Evidence(Span(low / (1 + moved), high * (1 + moved)), off == 0, near)
        for first, last in itertools.pairwise(self.known(indicator, basis, "census")):
            if first.year < year < last.year:
                part = (year - first.year) / (last.year - first.year)
                low = first.value * (last.value / first.value) ** part
                high = first.value + (last.value - first.value) * part
                return Evidence(Span(low, high), False, (first, last))
        return None

    def share(self, indicator: str, item: Indicator, basis: str, year: int) -> tuple[float, int] | None:
        """A published share in percent, or one of two censuses' counts, of the year or one year off; with its year."""
        for when in (year, year - 1, year + 1):
            # From the last: of two series of one share the first counts.
            rows = [row for row in reversed(self.references) if (row.basis, row.year) == (basis, when)]
            census = {row.indicator: row.value for row in rows if row.origin == "census"}
            published = {row.indicator: row.value for row in rows if row.origin == "published"}
            if indicator in (counted := published | census):
                return counted[indicator], when
            if item.numerator in census and item.denominator in census:
                return census[item.numerator] / census[item.denominator] * 100, when
        return None

    def bases(self, figure: StatedFigure) -> tuple[str, ...]:
        """The populations that a figure may speak of: the stated one, else both."""
        return (figure.basis,) if figure.basis in COUNTED_BASES else COUNTED_BASES

    def counted(self, figure: StatedFigure, indicator: str | None) -> dict[str, Evidence]:
        """People counted of `indicator` in the year of `figure`, by basis that it may speak of; never zero."""
        found = {b: self.evidence(indicator or "", b, figure.year or 0) for b in self.bases(figure)}
        return {basis: evidence for basis, evidence in found.items() if evidence is not None and evidence.span.low > 0}

    def among_residents(self, figure: StatedFigure) -> Literal["stated", "presumed"] | None:
        """Whether a figure speaks of residents: it says so, or it or the plan's own fact before it is read so."""
        if figure.basis in COUNTED_BASES:
            return "stated" if figure.basis == "resident" else None
        facts = self.by_indicator[figure.indicator]
        read = {figure.read_as, *(f.read_as or f.basis for f in facts if f.kind == "baseline")}
        return "presumed" if read & set(COUNTED_BASES) == {"resident"} else None


def whole_of(item: Indicator) -> str | None:
    """The quantity that an indicator lies within."""
    return item.subset_of or item.part_of


def compatible(one: StatedFigure, other: StatedFigure) -> bool:
    """Whether two figures may speak of the same population: not one of residents, the other of registered people."""
    return not {one.basis, other.basis} >= set(COUNTED_BASES)


def cohort_bounds(ages: NDArray[np.int64], earlier: Array, later: Array, from_age: int) -> Span:
    """How many people will be `from_age` + 5 and over five years after the later of two censuses ten years apart.

    `ages` (group,) are lower ends of five-year groups, counts of both sexes. At most everybody who is now `from_age`
    and over. At least the square root of each cohort's change over the ten years: mortality rises with age, so the
    first five cost less than half of the loss (in logs) while survival and migration do not worsen. The last three
    groups are one.
    """
    start = int(np.flatnonzero(ages == from_age)[0])
    closed = slice(start, len(ages) - 3)
    change = later[start + 2 : len(ages) - 1] / earlier[closed]
    open_change = later[-1] / earlier[-3:].sum()
    floor = (later[closed] * np.sqrt(np.minimum(change, 1.0))).sum()
    floor += later[-3:].sum() * sqrt(min(float(open_change), 1.0))
    return Span(float(floor), float(later[start:].sum()))


def census_references(region: str, census: pd.DataFrame) -> pd.DataFrame:
    """Reference rows of residents from a region's censuses: totals, 60+, 65+, 80+, and cohort bounds five years ahead.

    `census` has year, age (lower end) and population. Bounds need two censuses ten years apart, in five-year groups.
    """
    counts = census.pivot_table(index="age", columns="year", values="population", aggfunc="sum")
    years = [int(year) for year in counts.columns]
    rows: list[Reference] = []
    for year, (indicator, group) in itertools.product(years, POPULATIONS.items()):
        if FIRST_AGES[group] in counts.index:
            value = float(counts.loc[counts.index >= FIRST_AGES[group], year].sum())
            rows.append(Reference(region, "resident", year, indicator, value, value, value, "census"))
    if len(years) > 1 and years[-1] - years[-2] == 10 and set(range(50, 85, 5)) <= set(counts.index):
        both = counts.loc[counts.index >= 40, years[-2:]].dropna()
        earlier, later = (both[year].to_numpy(dtype=float) for year in years[-2:])
        for indicator, age in (("population_60plus", 60), ("population_65plus", 65)):
            span = cohort_bounds(both.index.to_numpy(dtype=np.int64), earlier, later, age - 5)
            middle, year = sum(span) / 2, years[-1] + 5
            rows.append(Reference(region, "resident", year, indicator, middle, *span, "cohort"))
    return pd.DataFrame(rows)


def registered_references(figures: pd.DataFrame) -> pd.DataFrame:
    """Reference rows from published counts and shares of registered people, rows of care_figures.csv."""
    rows = figures[(figures["basis"] == "hukou") & figures["indicator"].isin((*POPULATIONS, "share_60plus"))]
    return rows.assign(low=rows["value"], high=rows["value"], origin="published")


def projected_references(population: pd.DataFrame) -> pd.DataFrame:
    """Reference rows from the 95 % intervals of population.csv, to `DIGITS`; none where the run has no spread."""
    rows = population[(population["scenario"] == "central") & (population["sex"] == "both")]
    rows = rows[rows["age_group"].isin(list(FIRST_AGES)) & rows["date"].str.endswith("-12-31")]
    rows = rows[rows["output_type"] == "quantile"]
    wide = rows.pivot(index=["region", "year", "age_group"], columns="output_type_id", values="value")
    wide = wide[(wide[0.975] > wide[0.025]) & (wide[0.025] > 0)].map(lambda value: float(f"{value:.{DIGITS}g}"))
    found = wide.reset_index().rename(columns={0.025: "low", 0.5: "value", 0.975: "high"})
    indicators = {group: indicator for indicator, group in POPULATIONS.items()}
    return found.assign(basis="resident", indicator=found["age_group"].map(indicators), origin="projection")
