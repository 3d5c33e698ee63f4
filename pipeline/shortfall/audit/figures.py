"""What a plan states, with the rounding that each number carries, and what an audit finds in it."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite
from typing import Literal, NamedTuple

from pipeline import domain
from pipeline.shortfall.audit.known_people import COUNTED_BASES, Evidence, References
from pipeline.shortfall.audit.span import Span, half_unit
from pipeline.vocabulary import AuditSeverity


@dataclass(frozen=True)
class StatedFigure:
    """A figure as its plan states it (see `domain.Figure`), with a value; `read_as` is the basis inferred for it."""

    id: str
    indicator: str
    kind: str
    year: int | None
    value: float
    unit: str
    comparator: str = "="
    basis: str = "unspecified"
    upper: float | None = None
    section: str = ""
    read_as: str = ""

    @classmethod
    def of(cls, figure: domain.Figure) -> "StatedFigure":
        """The figure of a plan's file; it must have a value."""
        names = [item.name for item in dataclasses.fields(cls) if item.name != "read_as"]
        inferred = figure.basis_inferred.value if figure.basis_inferred else ""
        return cls(**{name: getattr(figure, name) for name in names}, read_as=inferred)

    @property
    def suffix(self) -> str:
        """What tells it from others of its indicator, kind and year."""
        return ".".join(self.id.split(".")[4:])

    @property
    def aim(self) -> bool:
        """Whether it speaks of the future (target, projection) and not of a fact."""
        return self.kind in ("target", "projection")

    @property
    def span(self) -> Span:
        """The values that would be rounded to the stated one, twice as many where it says about."""
        half = half_unit(self.value, self.unit) * (2 if self.comparator == "about" else 1)
        return Span(self.value - half, (self.value if self.upper is None else self.upper) + half)

    @property
    def bounds(self) -> Span:
        """The values that the statement allows: open upwards for at least, downwards for at most."""
        low, high = self.span
        return Span(0.0 if self.comparator == "<=" else low, inf if self.comparator == ">=" else high)

    @property
    def level(self) -> Span:
        """What arithmetic works with: the mark that a target sets, what a fact or a forecast allows."""
        return self.span if self.kind == "target" else self.bounds

    @property
    def bounded(self) -> bool:
        """Whether it states a bound and not a value."""
        return self.comparator in (">=", "<=")


class StatedAmount(NamedTuple):
    """A value with its unit, as a sentence is to print it."""

    value: float
    unit: str


def persons(value: float) -> StatedAmount:
    """A number of people."""
    return StatedAmount(value, "persons")


type Value = (
    int | str | StatedAmount | StatedFigure | Clause | tuple[StatedFigure, ...] | tuple[Clause, ...] | tuple[int, ...]
)


class Clause(NamedTuple):
    """A sentence, or a part of one, by its code, with what goes into it.

    Values are years and counts (whole numbers), amounts, figures (with name, year and section), codes of indicators
    and bases, clauses, and several of these.
    """

    code: str
    values: Mapping[str, Value]


def say(code: str, **values: Value) -> Clause:
    """A clause by its code and values."""
    return Clause(code, values)


@dataclass(frozen=True)
class Finding:
    """One comparison, or `count` that merely hold: what is stated, what follows from elsewhere, how both go together.

    `stated` and `expected` are None where there is no one value; `bound` where one of them is a date or a bound, so
    that their difference says nothing. `basis` is the population on which they were compared.
    """

    check: str
    figures: tuple[StatedFigure, ...]
    stated: float | None
    expected: float | None
    severity: AuditSeverity
    clauses: tuple[Clause, ...]
    basis: str | None = None
    bound: bool = False
    count: int = 1

    @property
    def figure_ids(self) -> tuple[str, ...]:
        """Ids of the figures it rests on, each once."""
        return tuple(dict.fromkeys(figure.id for figure in self.figures))

    @property
    def plan(self) -> str:
        return self.figures[0].id.partition(".")[0]

    @property
    def difference(self) -> float | None:
        """Relative: stated ÷ expected − 1; None against a bound or zero."""
        if self.bound or self.stated is None or not self.expected:
            return None
        return self.stated / self.expected - 1


@dataclass(frozen=True)
class AuditCase:
    """One plan before the auditor: its figures, the indicators by id, and what is counted outside.

    `start` is the first year of the plan's period; what it aims at before that is history.
    """

    figures: tuple[StatedFigure, ...]
    indicators: Mapping[str, domain.Indicator]
    references: References
    start: int | None = None

    @cached_property
    def by_indicator(self) -> Mapping[str, list[StatedFigure]]:
        grouped = defaultdict[str, list[StatedFigure]](list)
        for figure in self.figures:
            grouped[figure.indicator].append(figure)
        return grouped

    def dated(self, *kinds: str) -> Iterator[tuple[StatedFigure, domain.Indicator, int]]:
        """Figures of these kinds (facts and aims where none is named) with a year, each with its indicator."""
        for figure in self.figures:
            if figure.kind in (kinds or ("baseline", "target", "projection")) and figure.year is not None:
                yield figure, self.indicators[figure.indicator], figure.year

    def beside(self, figure: StatedFigure, indicator: str | None, years: int = 0) -> StatedFigure | None:
        """The one figure of `indicator` that stands beside `figure`: fact by fact, aim by aim, same population.

        Of the same year, or else at most `years` off. None where there is none or it is not certain which.
        """
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

    def bases(self, figure: StatedFigure) -> tuple[str, ...]:
        """The populations that a figure may speak of: the stated one, else both."""
        return (figure.basis,) if figure.basis in COUNTED_BASES else COUNTED_BASES

    def counted(self, figure: StatedFigure, indicator: str | None) -> dict[str, Evidence]:
        """People counted of `indicator` in the year of `figure`, by basis that it may speak of; never zero."""
        year = figure.year or 0
        found = {basis: self.references.evidence(indicator or "", basis, year) for basis in self.bases(figure)}
        return {basis: evidence for basis, evidence in found.items() if evidence is not None and evidence.span.low > 0}

    def among_residents(self, figure: StatedFigure) -> Literal["stated", "presumed"] | None:
        """Whether a figure speaks of residents: it says so, or it or the plan's own fact before it is read so."""
        if figure.basis in COUNTED_BASES:
            return "stated" if figure.basis == "resident" else None
        facts = self.by_indicator[figure.indicator]
        read = [figure.read_as or "", *(f.read_as or f.basis for f in facts if f.kind == "baseline")]
        known = [basis for basis in read if basis in COUNTED_BASES]
        return "presumed" if known and set(known) == {"resident"} else None


def whole_of(item: domain.Indicator) -> str | None:
    """The quantity that an indicator lies within."""
    return item.subset_of or item.part_of


def compatible(one: StatedFigure, other: StatedFigure) -> bool:
    """Whether two figures may speak of the same population: not one of residents, the other of registered."""
    return not {one.basis, other.basis} >= set(COUNTED_BASES)


def within(value: float, least: float, whole: float, most: float) -> AuditSeverity | None:
    """How a `value`, which is `least` at least, goes with a `whole` that holds it, `most` at most.

    None where only rounding can tell.
    """
    if least > most:
        return "contradiction"
    return "consistent" if value <= whole else None


def weigh(point: float, stated: Span, expected: Span) -> AuditSeverity:
    """How a recomputed `point`, which rounding makes `expected`, goes with what is stated.

    consistent where it rounds to that, or follows from a bound that allows it; rounding where the intervals meet.
    """
    if not stated.meets(expected):
        return "contradiction"
    bound = expected.low == 0 or not all(map(isfinite, expected))
    return "consistent" if bound or point in stated else "rounding"
