"""What a plan states, with the rounding that each number carries, and what an audit finds in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import inf, isfinite
from typing import NamedTuple

from pipeline.domain import Figure
from pipeline.vocabulary import AuditSeverity

COUNTED = frozenset(
    ["persons", "person_times", "beds", "places", "facilities", "organisations", "communities", "households", "yuan"]
)
"""Units of counts, written in full or rounded to thousands; ratios carry their digits."""


class Span(NamedTuple):
    """An interval, ends included; operators for intervals that are not negative."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        slack = 1e-9 * max(1.0, *(abs(end) for end in self if isfinite(end)))
        return isinstance(value, int | float) and self.low - slack <= value <= self.high + slack

    def meets(self, other: "Span") -> bool:
        """Whether the two intervals share a value."""
        return max(self.low, other.low) in self and max(self.low, other.low) in other

    def over(self, other: "Span", scale: float = 1.0) -> "Span":
        """self ÷ other × scale."""
        return Span(self.low / other.high * scale, self.high / other.low * scale if other.low > 0 else inf)

    def distance(self, other: "Span") -> float:
        """Relative distance between two intervals, 0 where they meet."""
        if self.meets(other):
            return 0.0
        return self.low / other.high - 1 if self.low > other.high else 1 - self.high / other.low


def half_unit(value: float, unit: str) -> float:
    """Half a unit of the last digit that a stated value carries.

    A ratio is exact to its digits; so is a count under 1,000 or with no zero at its end. Other zeros at the end carry
    nothing, but two digits always do.
    """
    zeros = int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    if zeros < 0:
        return 0.5 * 10.0**zeros
    if unit not in COUNTED:
        return 0.5
    if abs(value) < 1000 or zeros == 0:
        return 0.0
    return 0.5 * 10.0 ** min(zeros, len(str(int(abs(value)))) - 2)


class StatedFigure(Figure):
    """A figure of a plan that has a value, and what its rounding and wording leave open."""

    value: float

    @property
    def read_as(self) -> str:
        """The basis inferred for it, "" where none is."""
        return self.basis_inferred.value if self.basis_inferred else ""

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
    return StatedAmount(value, "persons")


type Value = (
    int | str | StatedAmount | StatedFigure | Clause | tuple[StatedFigure, ...] | tuple[Clause, ...] | tuple[int, ...]
)


class Clause(NamedTuple):
    """A sentence or a part of one, by its code, with the years, counts, amounts, figures and codes put into it."""

    code: str
    values: Mapping[str, Value]


def say(code: str, **values: Value) -> Clause:
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


def finding(
    check: str,
    figures: tuple[StatedFigure, ...],
    stated: float,
    expected: float,
    severity: AuditSeverity,
    /,
    **values: Value,
) -> Finding:
    """A finding told in one clause that has the code of its check."""
    return Finding(check, figures, stated, expected, severity, (say(check, **values),))


def within(value: float, least: float, whole: float, most: float) -> AuditSeverity | None:
    """How a `value` (at `least`) goes with a `whole` (at `most`) that holds it; None where only rounding can tell."""
    if least > most:
        return "contradiction"
    return "consistent" if value <= whole else None


def weigh(point: float, stated: Span, expected: Span) -> AuditSeverity:
    """How a recomputed `point`, `expected` with its rounding, goes with what is stated; a bound is no point."""
    if not stated.meets(expected):
        return "contradiction"
    bound = expected.low == 0 or not all(map(isfinite, expected))
    return "consistent" if bound or point in stated else "rounding"
