"""Intervals, and how exact a printed number is."""

from decimal import Decimal
from math import inf, isfinite
from typing import NamedTuple

COUNTED = frozenset(
    ["persons", "person_times", "beds", "places", "facilities", "organisations", "communities", "households", "yuan"]
)
"""Units of counts. They are written out in full or rounded to thousands; ratios carry their digits."""


class Span(NamedTuple):
    """An interval, ends included."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        slack = 1e-9 * max(1.0, *(abs(end) for end in self if isfinite(end)))
        return isinstance(value, int | float) and self.low - slack <= value <= self.high + slack

    def meets(self, other: "Span") -> bool:
        """Whether the two intervals share a value."""
        return max(self.low, other.low) in self and max(self.low, other.low) in other

    def over(self, other: "Span", scale: float = 1.0) -> "Span":
        """self ÷ other × scale for intervals that are not negative."""
        return Span(self.low / other.high * scale, self.high / other.low * scale if other.low > 0 else inf)

    def widened(self, by: float) -> "Span":
        """The interval with both ends moved outwards."""
        return Span(self.low - by, self.high + by)

    def less(self, other: "Span") -> "Span":
        """self − other."""
        return Span(self.low - other.high, self.high - other.low)

    def distance(self, other: "Span") -> float:
        """Relative distance between two intervals, 0 where they meet."""
        if self.meets(other):
            return 0.0
        return self.low / other.high - 1 if self.low > other.high else 1 - self.high / other.low


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
