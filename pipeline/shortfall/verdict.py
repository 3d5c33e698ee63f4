"""What a gap means: how short, how surely, from when until when, and what closing it would take.

A year is short when what there is falls below what is asked for, by more than rounding. The years of an event
(first short, first closed, worst) are found in each draw; a year of medians would be another thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUNDING = 1e-9
"""Share of the requirement by which supply may fall below it and still meet it: float64 sums, no more."""


@dataclass(frozen=True)
class EventYear:
    """The year of an event in each draw, `years` (draw,), NaN where it does not come or nothing is known.

    `share` of the draws with anything known in which the event comes within the years looked at, NaN where
    nothing is known. The other figures are taken over those draws, None where there are none: the most
    frequent year (the earliest of several) with its share of them, and their 0.1, 0.5 and 0.9 quantiles, each
    a year that occurs.
    """

    years: Array
    share: float

    @property
    def mode(self) -> int | None:
        """The most frequent year."""
        found, count = np.unique(self._known, return_counts=True)
        return int(found[np.argmax(count)]) if found.size else None

    @property
    def mode_share(self) -> float | None:
        """Share of the draws with the event in which it comes in the most frequent year."""
        return None if self.mode is None else float(np.mean(self._known == self.mode))

    def quantile(self, level: float) -> int | None:
        """The year by which the event has come in this share of the draws in which it comes at all."""
        known = self._known
        return int(np.quantile(known, level, method="inverted_cdf")) if known.size else None

    @property
    def median(self) -> int | None:
        """The year at the 0.5 quantile."""
        return self.quantile(0.5)

    @property
    def _known(self) -> Array:
        return self.years[~np.isnan(self.years)]


@dataclass(frozen=True)
class Verdict:
    """A requirement held against a supply; arrays (draw, year) in units of the resource, NaN where unknown.

    gap                signed: required − supply, above 0 where short
    shortfall          max(gap, 0)
    sufficiency        supply / required, NaN where nothing is required
    met                1 where the requirement is met, 0 where not
    met_probability    (year,): share of draws in which it is met, NaN as soon as one draw is unknown
    first_short        first year short; the first year looked at may be one among several that were
    first_closed       first year met after a short one
    peak               year of the largest shortfall (the first of several), in draws that are ever short
    """

    years: tuple[int, ...]
    gap: Array
    shortfall: Array
    sufficiency: Array
    met: Array
    met_probability: Array
    first_short: EventYear
    first_closed: EventYear
    peak: EventYear

    def probability_met(self, year: int) -> float:
        """P(target met) in its year; ValueError for a year not looked at."""
        if year not in self.years:
            raise ValueError(f"target year: found {year}, expected one of {self.years[0]} to {self.years[-1]}")
        return float(self.met_probability[self.years.index(year)])


def verdict(required: ArrayLike, supply: ArrayLike, years: Sequence[int]) -> Verdict:
    """The verdict on `required` and `supply`, (draw, year) each; a draw axis of length 1 broadcasts.

    Raises ValueError where the arrays do not fit the years.
    """
    asked, there = np.broadcast_arrays(np.asarray(required, dtype=float), np.asarray(supply, dtype=float))
    if asked.ndim != 2 or asked.shape[1] != len(years):
        raise ValueError(f"required and supply: found shape {asked.shape}, expected draws × {len(years)} years")
    gap = asked - there
    known = ~np.isnan(gap)
    short = known & (gap > ROUNDING * np.abs(asked))
    closed = known & ~short & np.logical_or.accumulate(short, axis=1)
    met = np.where(known, (~short).astype(float), np.nan)
    shortfall = np.maximum(gap, 0.0)
    worst = np.where(short, gap, -np.inf)
    at_peak = short & (worst == worst.max(axis=1, keepdims=True))
    sufficiency = np.divide(there, asked, out=np.full(asked.shape, np.nan), where=asked > 0)
    return Verdict(
        years=tuple(years),
        gap=gap,
        shortfall=shortfall,
        sufficiency=sufficiency,
        met=met,
        met_probability=met.mean(axis=0),
        first_short=_first(short, known, years),
        first_closed=_first(closed, known, years),
        peak=_first(at_peak, known, years),
    )


def ratio_to_record(needed: ArrayLike, record: ArrayLike) -> Array:
    """How many times its record a region must add a year, (draw, year).

    `needed` (draw, year) units a year (`flow.needed_per_year`), `record` (draw,) units added a year in the past.
    At most 0 where nothing need be added; NaN where the record added nothing, of which there is no multiple.
    """
    units = np.asarray(needed, dtype=float)
    past = np.asarray(record, dtype=float)[:, None]
    shape = np.broadcast_shapes(units.shape, past.shape)
    ratio = np.full(shape, np.nan)
    np.divide(units, past, out=ratio, where=np.broadcast_to(past > 0, shape))
    return ratio


def _first(happens: NDArray[np.bool_], known: NDArray[np.bool_], years: Sequence[int]) -> EventYear:
    """The first year of each draw in which something happens."""
    when = np.asarray(years, dtype=float)[np.argmax(happens, axis=1)]
    ever = happens.any(axis=1)
    draws = int(known.any(axis=1).sum())
    return EventYear(np.where(ever, when, np.nan), float(ever.sum() / draws) if draws else np.nan)
