"""What to add from now on: units by period in three parts that add up, beside the record.

    shortfall   required - existing when the period begins; a surplus is negative
    ageing      required at the period's end - at its beginning
    closures    what closes, or leaves, in the period of the stock that stood at its beginning
    total       max(0, shortfall + ageing + closures)

A period begins with the stock that the one before left: what was required where something was added, and what a
surplus leaves otherwise. So today's shortfall counts once, and a surplus runs down before anything is added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.summary import interval_shown
from pipeline.vocabulary import ADDITION_PARTS


@dataclass(frozen=True)
class Period:
    """Years `first` to `last`, ends of years included, and units added in them, each (draw,)."""

    first: int
    last: int
    shortfall: Array
    ageing: Array
    closures: Array

    @property
    def years(self) -> int:
        """How many years the period has."""
        return self.last - self.first + 1

    @property
    def signed(self) -> Array:
        """The sum of the parts (draw,): below 0 where a surplus is left at the end."""
        return np.asarray(self.shortfall + self.ageing + self.closures)

    @property
    def total(self) -> Array:
        """Units to add (draw,)."""
        return np.asarray(np.maximum(self.signed, 0.0))


def periods(
    required: ArrayLike, existing: ArrayLike, closing: ArrayLike, years: Sequence[int], ends: Sequence[int]
) -> list[Period]:
    """Parts of the additions by period.

    `required` units (draw, year) at the ends of `years`; `existing` units (draw,) at the end of `ends[0]`, the day
    from which additions count; `closing` share of a stock that closes or leaves in a year (draw,); `ends` the ends of
    the periods, ascending, all of them in `years`. Draws of length 1 broadcast. NaN stays NaN.
    """
    need, closes = np.asarray(required, dtype=float), np.asarray(closing, dtype=float)
    stock = np.asarray(existing, dtype=float)
    at = [need[:, list(years).index(end)] for end in ends]
    found = []
    for place in range(1, len(ends)):
        elapsed = ends[place] - ends[place - 1]
        parts = (at[place - 1] - stock, at[place] - at[place - 1], elapsed * closes * stock)
        period = Period(ends[place - 1] + 1, ends[place], *np.broadcast_arrays(*parts))
        found.append(period)
        stock = stock - period.closures + period.total
    return found


@dataclass(frozen=True)
class AdditionLine:
    """One part of one period as a table has it: units a year, `shown` of shown numbers, `q10` and `q90` of draws."""

    first: int
    last: int
    part: str
    shown: float
    q10: float
    q90: float


def lines(
    required: Array, existing: Array, closing: Array, years: Sequence[int], ends: Sequence[int], shown: Sequence[float]
) -> Iterator[AdditionLine]:
    """Parts and totals by period, units a year; arguments as for `periods`.

    `shown` holds what tables show as required at each of `ends`, and as existing at the first, last of all. What is
    shown is worked out from these and the median share that closes; the shown total is the sum of the shown parts, or
    0. Nothing comes where a number is not known.
    """
    need, existing_shown = np.asarray([shown[:-1]], dtype=float), np.asarray(shown[-1:], dtype=float)
    if not (np.isfinite(need).all() and np.isfinite(existing_shown).all()):
        return
    middle = periods(need, existing_shown, np.median(closing, keepdims=True), list(ends), ends)
    for period, shown_parts in zip(periods(required, existing, closing, years, ends), middle, strict=True):
        total = 0.0
        for part in (*ADDITION_PARTS, "total"):
            by_draw = getattr(period, part) / period.years
            low, step, high = interval_shown(by_draw, getattr(shown_parts, part)[0] / shown_parts.years).tolist()
            total += step if part != "total" else 0.0
            yield AdditionLine(period.first, period.last, part, step if part != "total" else max(total, 0.0), low, high)
