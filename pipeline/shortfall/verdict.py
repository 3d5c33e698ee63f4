"""What a gap means: how short, how surely, from when until when, and what closing it would take.

A year is short when what there is falls below what is asked for, by more than rounding. The years of an event
(first short, first closed, worst) are found in each draw; a year of medians would be another thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

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
        return self._first_year + int(np.argmax(self._counts)) if self._counts.size else None

    @property
    def mode_share(self) -> float | None:
        """Share of the draws with the event in which it comes in the most frequent year."""
        return float(self._counts.max() / self._counts.sum()) if self._counts.size else None

    def quantile(self, level: float) -> int | None:
        """The year by which the event has come in this share of the draws in which it comes at all."""
        if not self._counts.size:
            return None
        reached = np.cumsum(self._counts) / self._counts.sum() >= level * (1 - ROUNDING)
        return self._first_year + int(np.argmax(reached))

    @property
    def median(self) -> int | None:
        """The year at the 0.5 quantile."""
        return self.quantile(0.5)

    @cached_property
    def _first_year(self) -> int:
        return int(np.nanmin(self.years))

    @cached_property
    def _counts(self) -> NDArray[np.intp]:
        """Draws with the event by year, from the first year on; empty where it comes in none."""
        known = self.years[~np.isnan(self.years)]
        return np.bincount((known - known.min()).astype(int)) if known.size else np.zeros(0, dtype=np.intp)


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
    unknown = np.isnan(gap)
    short = gap > ROUNDING * np.abs(asked)
    met = np.subtract(1.0, short)
    met[unknown] = np.nan
    sufficiency = np.divide(there, asked, out=np.full(asked.shape, np.nan), where=asked > 0)
    draws = int((~unknown.all(axis=1)).sum()) if unknown.any() else len(gap)
    ever, first = _first(short)
    closed = np.logical_not(short | unknown)
    closed &= np.arange(gap.shape[1]) > first[:, None]
    closed &= ever[:, None]
    worst = np.where(unknown, -np.inf, gap) if unknown.any() else gap
    return Verdict(
        years=tuple(years),
        gap=gap,
        shortfall=np.maximum(gap, 0.0),
        sufficiency=sufficiency,
        met=met,
        met_probability=np.einsum("dy->y", met) / len(met),
        first_short=_event(ever, first, draws, years),
        first_closed=_event(*_first(closed), draws, years),
        peak=_event(ever, worst.argmax(axis=1), draws, years),
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


def _first(happens: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Whether something happens in each draw, and the place of its first year; 0 where it does not."""
    first = happens.argmax(axis=1)
    return happens[np.arange(len(happens)), first], first


def _event(happens: NDArray[np.bool_], place: NDArray[np.intp], draws: int, years: Sequence[int]) -> EventYear:
    """The event that happens in some draws in the year at `place`, of `draws` in which anything is known."""
    when = np.where(happens, np.asarray(years, dtype=float)[place], np.nan)
    return EventYear(when, float(happens.sum() / draws) if draws else np.nan)
