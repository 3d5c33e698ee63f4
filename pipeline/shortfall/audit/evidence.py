"""What an audit weighs: figures as stated, the catalogue's arithmetic, and counts from outside the plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf, nan, sqrt
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Severity = Literal["consistent", "rounding", "basis", "contradiction"]

COUNTED = frozenset(
    [
        "persons",
        "person_times",
        "beds",
        "places",
        "facilities",
        "organisations",
        "communities",
        "households",
        "yuan",
    ]
)
"""Units of counts. They are written out in full or rounded to thousands; ratios carry their digits."""

BASES = ("resident", "hukou")


class Span(NamedTuple):
    """An interval, ends included."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        slack = 1e-9 * max(abs(self.low), abs(self.high) if self.high < inf else 0.0, 1.0)
        return isinstance(value, int | float) and self.low - slack <= value <= self.high + slack

    def meets(self, other: Span) -> bool:
        """Whether the two intervals share a value."""
        return max(self.low, other.low) in self and max(self.low, other.low) in other

    def over(self, other: Span, scale: float = 1.0) -> Span:
        """self ÷ other × scale for positive intervals."""
        return Span(self.low / other.high * scale, self.high / other.low * scale)

    def times(self, low: float, high: float) -> Span:
        """The interval multiplied by another positive one."""
        return Span(self.low * low, self.high * high)


@dataclass(frozen=True)
class Quantity:
    """An indicator of the catalogue as far as its arithmetic goes; the fields as in data/indicators.yaml."""

    id: str
    unit: str
    zh: str
    en: str
    numerator: str | None = None
    denominator: str | None = None
    scale: float | None = None
    serves: str | None = None
    subset_of: str | None = None
    part_of: str | None = None
    disjoint_from: tuple[str, ...] = ()
    gap_of: str | None = None
    increase_of: str | None = None
    period: int | None = None

    @property
    def whole(self) -> str | None:
        """The quantity that this one lies within."""
        return self.subset_of or self.part_of


@dataclass(frozen=True)
class Figure:
    """A figure as its plan states it; `id` is plan.indicator.kind.year, then a suffix where one is needed."""

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

    @property
    def suffix(self) -> str:
        return ".".join(self.id.split(".")[4:])

    @property
    def aim(self) -> bool:
        """Whether it speaks of the future (target, projection) and not of a fact."""
        return self.kind in ("target", "projection")

    @property
    def span(self) -> Span:
        """The values that would be rounded to the stated one, twice as many where it says about."""
        half = half_unit(self.value, self.unit) * (2 if self.comparator == "about" else 1)
        top = self.value if self.upper is None else self.upper
        return Span(self.value - half, top + half)

    @property
    def bounds(self) -> Span:
        """The values that the statement allows: open upwards for at least, downwards for at most."""
        low, high = self.span
        return Span(0.0 if self.comparator == "<=" else low, inf if self.comparator == ">=" else high)


def half_unit(value: float, unit: str) -> float:
    """Half a unit of the last digit that a stated value carries.

    Decimals count as written. A whole number that is a ratio is exact to the unit. A count under 1,000 or with
    no zero at its end is exact; otherwise the zeros at its end carry nothing, but two digits always do.
    """
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    zeros = exponent if isinstance(exponent, int) else 0
    if zeros < 0:
        return 0.5 * 10.0**zeros
    if unit not in COUNTED:
        return 0.5
    if abs(value) < 1000 or zeros == 0:
        return 0.0
    return 0.5 * 10.0 ** min(zeros, len(str(int(abs(value)))) - 2)


@dataclass(frozen=True)
class Reference:
    """A count or share from outside the plan.

    `origin`: census, published (a registered or yearly count), cohort (bounds from the census cohorts, see
    `cohort_bounds`) or projection (our own interval). `known_from_year`: the year it was published in.
    """

    region: str
    basis: str
    year: int
    indicator: str
    value: float
    low: float
    high: float
    origin: str
    known_from_year: int

    @property
    def span(self) -> Span:
        return Span(self.low, self.high)


class Evidence(NamedTuple):
    """What is known of a population on one basis in one year.

    `exact`: counted in that year, on that day or its end; otherwise drawn between or just beyond counts.
    """

    span: Span
    exact: bool
    references: tuple[Reference, ...]

    @property
    def named(self) -> Reference:
        """The one to name: the last census among them, else the last count."""
        return max(self.references, key=lambda row: (row.origin == "census", row.year))


@dataclass(frozen=True)
class References:
    """All references of one region."""

    rows: tuple[Reference, ...]

    def of(self, indicator: str, basis: str, *origins: str) -> list[Reference]:
        """In order of year."""
        found = (r for r in self.rows if (r.indicator, r.basis) == (indicator, basis) and r.origin in origins)
        return sorted(found, key=lambda r: (r.year, r.origin))

    def growth(self, indicator: str, basis: str, year: int) -> float | None:
        """Mean yearly growth between the two censuses around a year, or the nearest two; None without two."""
        pairs = list(itertools.pairwise(self.of(indicator, basis, "census")))
        if not pairs:
            return None
        first, last = min(pairs, key=lambda pair: max(pair[0].year - year, year - pair[1].year, 0))
        return float((last.value / first.value) ** (1 / (last.year - first.year)) - 1)

    def evidence(self, indicator: str, basis: str, year: int) -> Evidence | None:
        """Counted in the year; else between two censuses (constant growth to straight line); else one year off.

        One year off, the count may have moved by twice its yearly growth between censuses, 5 % at least.
        """
        counts = self.of(indicator, basis, "census", "published")
        same = tuple(r for r in counts if r.year == year)
        if same:
            return Evidence(Span(min(r.low for r in same), max(r.high for r in same)), True, same)
        near = tuple(r for r in counts if abs(r.year - year) == 1)
        if near:
            moved = max(2 * abs(self.growth(indicator, basis, year) or 0.0), 0.05)
            low, high = min(r.low for r in near), max(r.high for r in near)
            return Evidence(Span(low / (1 + moved), high * (1 + moved)), False, near)
        for first, last in itertools.pairwise(self.of(indicator, basis, "census")):
            if first.year < year < last.year:
                part = (year - first.year) / (last.year - first.year)
                low = first.value * (last.value / first.value) ** part
                high = first.value + (last.value - first.value) * part
                return Evidence(Span(low, high), False, (first, last))
        return None

    def share(self, quantity: Quantity, basis: str, year: int) -> tuple[float, int] | None:
        """A published share, or one from two counts, of the year or else one year off; with its year."""
        for when in (year, year - 1, year + 1):
            stated = [r for r in self.of(quantity.id, basis, "census", "published") if r.year == when]
            if stated:
                return stated[0].value, when
            tops = [r for r in self.of(quantity.numerator or "", basis, "census") if r.year == when]
            wholes = [r for r in self.of(quantity.denominator or "", basis, "census") if r.year == when]
            if tops and wholes:
                return tops[0].value / wholes[0].value * (quantity.scale or 1.0), when
        return None


def references_of(frame: pd.DataFrame, region: str) -> References:
    """The references of a region from a frame with the columns of `Reference`; KeyError without one of them."""
    names = list(Reference.__dataclass_fields__)
    rows = frame.loc[frame["region"] == region, names]
    return References(tuple(Reference(*row) for row in rows.itertuples(index=False, name=None)))


def cohort_bounds(
    ages: NDArray[np.int64], earlier: NDArray[np.float64], later: NDArray[np.float64], from_age: int
) -> Span:
    """How many people will be `from_age` + 5 and over five years after the later of two censuses.

    `ages` (group,) are lower ends of five-year groups of which the last is open, `earlier` and `later` (group,)
    the counts of both sexes in censuses ten years apart. The upper end is everybody who is now `from_age` and
    over. The lower end takes the square root of each cohort's change over the ten years: as mortality rises
    with age, the first five of ten years cost a cohort less than half of its loss (in logs), so the root is a
    floor as long as survival and migration do not become worse. The last three groups are taken as one.
    Raises ValueError where the ages are not in fives up to an open group at least ten years above `from_age`.
    """
    if (np.diff(ages) != 5).any() or from_age not in ages[:-2]:
        raise ValueError("cohort bounds need groups of five years to ten years above the age asked for")
    start = int(np.flatnonzero(ages == from_age)[0])
    closed = slice(start, len(ages) - 3)
    change = later[start + 2 : len(ages) - 1] / earlier[closed]
    open_change = later[-1] / earlier[-3:].sum()
    floor = (later[closed] * np.sqrt(np.minimum(change, 1.0))).sum()
    floor += later[-3:].sum() * sqrt(min(float(open_change), 1.0))
    return Span(float(floor), float(later[start:].sum()))


def census_references(region: str, census: pd.DataFrame, published: Mapping[int, int]) -> pd.DataFrame:
    """Reference rows from a region's censuses: totals, 60+, 65+, 80+, and cohort bounds five years ahead.

    `census` has year, age (lower end of the group, years) and population (persons, summed over sexes or not);
    `published` gives the year in which each census came out. Cohort bounds need the last two censuses ten years
    apart and are left out otherwise, as is all that bands as wide as a bulletin's cannot say. All on the resident
    basis.
    """
    counts = census.pivot_table(index="age", columns="year", values="population", aggfunc="sum")
    years = [int(year) for year in counts.columns]
    rows: list[Reference] = []

    def add(year: int, name: str, value: float, span: Span, origin: str) -> None:
        known = published[min(year, years[-1])]
        rows.append(Reference(region, "resident", year, f"population_{name}", value, *span, origin, known))

    for year in years:
        for age, name in ((0, "total"), (60, "60plus"), (65, "65plus"), (80, "80plus")):
            if age not in counts.index:
                continue
            value = float(counts.loc[counts.index >= age, year].sum())
            add(year, name, value, Span(value, value), "census")
    if len(years) > 1 and years[-1] - years[-2] == 10 and set(range(50, 85, 5)) <= set(counts.index):
        both = counts.loc[counts.index >= 40, years[-2:]].dropna()
        ages = both.index.to_numpy(dtype=np.int64)
        earlier, later = (both[year].to_numpy(dtype=float) for year in years[-2:])
        for age, name in ((60, "60plus"), (65, "65plus")):
            span = cohort_bounds(ages, earlier, later, age - 5)
            add(years[-1] + 5, name, sum(span) / 2, span, "cohort")
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Finding:
    """One comparison: what is stated, what follows from elsewhere, and how both go together."""

    check: str
    figure_ids: tuple[str, ...]
    stated: float
    expected: float
    severity: Severity
    zh: str
    en: str

    @property
    def difference(self) -> float:
        """Relative: stated ÷ expected − 1; NaN between two dates and against zero."""
        return self.stated / self.expected - 1 if self.expected and self.check != "two_dates" else nan


@dataclass(frozen=True)
class Case:
    """One plan before the auditor: its figures that have a value, the catalogue, and what is known outside."""

    figures: tuple[Figure, ...]
    catalogue: Mapping[str, Quantity]
    references: References
    by_indicator: Mapping[str, tuple[Figure, ...]] = field(init=False)

    def __post_init__(self) -> None:
        grouped: dict[str, list[Figure]] = {}
        for figure in self.figures:
            grouped.setdefault(figure.indicator, []).append(figure)
        object.__setattr__(self, "by_indicator", {name: tuple(found) for name, found in grouped.items()})

    def dated(self) -> Iterator[tuple[Figure, Quantity, int]]:
        """Facts and aims with a year, each with its quantity."""
        for figure in self.figures:
            if figure.kind != "norm" and figure.year is not None:
                yield figure, self.catalogue[figure.indicator], figure.year

    def beside(self, figure: Figure, indicator: str | None, years: int = 0) -> Figure | None:
        """The one figure of `indicator` that stands beside `figure`: fact by fact, aim by aim, same population.

        Of the same year, or else at most `years` off. None where there is none or it is not certain which.
        """
        pool = [
            other
            for other in self.by_indicator.get(indicator or "", ())
            if other.kind != "norm" and other.aim == figure.aim and compatible(other, figure)
        ]
        for off in range(years + 1):
            found = [f for f in pool if _years_apart(f, figure) == off]
            found = [f for f in found if f.suffix == figure.suffix] or found
            if found:
                return found[0] if len(found) == 1 else None
        return None


def _years_apart(one: Figure, other: Figure) -> int | None:
    return None if one.year is None or other.year is None else abs(one.year - other.year)


def compatible(one: Figure, other: Figure) -> bool:
    """Whether two figures may speak of the same population: not one of residents, the other of registered."""
    return not {one.basis, other.basis} >= set(BASES)


def weigh(point: float, stated: Span, expected: Span) -> Severity:
    """consistent where the recomputed point rounds to what is stated, rounding where the intervals still meet."""
    if point in stated:
        return "consistent"
    return "rounding" if stated.meets(expected) else "contradiction"


def zh(value: float) -> str:
    """A number in Chinese print: from 10,000 in units of 万 with two decimals, short counts in full."""
    if abs(value) < 1e4 or (float(value).is_integer() and abs(value) < 1e6 and value % 100):
        return en(value)
    return _plain(value / 1e4, 2) + "万"


def en(value: float) -> str:
    """A number in English print: thousands separators, at most two decimals below 1,000, none above."""
    return _plain(value, 0 if abs(value) >= 1000 else 2)


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: float) -> str:
    """A relative difference in percent with its sign."""
    return "0.0%" if abs(value) < 0.0005 else f"{value * 100:+.1f}%"


def within(name: str) -> str:
    """An English name as it stands inside a sentence."""
    return name[:1].lower() + name[1:]


def rate_zh(value: float, unit: str) -> str:
    """A stated value with its unit, in Chinese."""
    forms = {"percent": "{}%", "per_1000": "{}‰", "per_10000": "每万{}", "per_100": "每百{}"}
    return forms.get(unit, "{}").format(_plain(value, 2) if unit in forms else zh(value))


def rate_en(value: float, unit: str) -> str:
    """A stated value with its unit, in English."""
    forms = {
        "percent": "{}%",
        "per_1000": "{} per 1,000",
        "per_10000": "{} per 10,000",
        "per_100": "{} per 100",
    }
    return forms.get(unit, "{}").format(_plain(value, 2) if unit in forms else en(value))


def ids(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Their ids, each once."""
    return tuple(dict.fromkeys(figure.id for figure in figures))
