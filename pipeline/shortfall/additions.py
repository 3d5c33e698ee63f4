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
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.supply import Supply
from pipeline.care.yardstick import SHARES, unit_of
from pipeline.shortfall.ahead import Ahead, Row
from pipeline.summary import interval_columns
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
        return self.shortfall + self.ageing + self.closures

    @property
    def total(self) -> Array:
        """Units to add (draw,)."""
        return np.maximum(self.signed, 0.0)


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
    found = []
    for start, end in pairwise(ends):
        before, after = (need[:, list(years).index(year)] for year in (start, end))
        parts = (before - stock, after - before, (end - start) * closes * stock)
        period = Period(start + 1, end, *np.broadcast_arrays(*parts))
        found.append(period)
        stock = stock - period.closures + period.total
    return found


def shown_parts_of(period: Period, middle: Period) -> dict[str, dict[str, float]]:
    """Columns of each part and of the total, units a year: what is shown is `middle`, worked out from shown numbers.

    The shown total is the sum of the shown parts, or 0.
    """
    found = {
        part: interval_columns(getattr(period, part) / period.years, getattr(middle, part)[0] / middle.years)
        for part in ADDITION_PARTS
    }
    total = sum(columns["shown"] for columns in found.values())
    return found | {"total": interval_columns(period.total / period.years) | {"shown": max(total, 0.0)}}


def additions_rows(region: Ahead, ends: Sequence[int]) -> tuple[list[Row], list[Row]]:
    """Rows of the additions and of the cost table; `ends` of the periods, the first `as_of`.

    A yardstick without a known stock or requirement has no rows.
    """
    rows: list[Row] = []
    costs: list[Row] = []
    for asked in region.requirements:
        supply = region.supplies[asked.quantity]
        other_definition = asked.definition not in (None, region.demand.choice.headline)
        if supply is None or asked.quantity in SHARES or other_definition:
            continue
        existing, existing_shown = region.existing(supply)
        required, required_shown = (
            from_the_start(values, region.years, ends) for values in (asked.amount, asked.shown[None])
        )
        shown_at_ends = [float(region.at(required_shown, end)[0]) for end in ends]
        if not np.isfinite([*shown_at_ends, existing_shown]).all():
            continue
        closing = 1.0 - supply.kept
        by_draw = periods(required, existing, closing, region.years, ends)
        middle = periods(required_shown, [existing_shown], np.median(closing, keepdims=True), region.years, ends)
        key = {name: getattr(asked, name) for name in ("resource", "quantity", "yardstick")} | {"region": region.name}
        grade = supply.grade(region.as_of)
        beside = list(beside_rows(region, supply, existing))
        for period, shown_period in zip(by_draw, middle, strict=True):
            parts = shown_parts_of(period, shown_period)
            this = {**key, "period": f"{period.first}-{period.last}"}
            unit = {"unit": f"{asked.unit}_per_year"}
            parted = [{"part": part, **columns, **unit} for part, columns in parts.items()]
            rows += [{**this, **row, "grade": grade} for row in (*parted, *beside)]
            units = parts["total"]["shown"] * period.years
            costs += [{**this, **row} for row in region.cost_rows(asked.resource, period.total, units)]
            beside = []
    return rows, costs


def from_the_start(required: Array, years: Sequence[int], ends: Sequence[int]) -> Array:
    """A requirement (draw, year) that is silent when additions begin asks then for what it asks for first, at an end.

    A plan whose first target lies ahead has its way to it as today's shortfall, and nothing of it as ageing.
    """
    filled = required.copy()
    for this, later in reversed(list(pairwise(years.index(end) for end in ends))):
        filled[:, this] = np.where(np.isnan(filled[:, this]), filled[:, later], filled[:, this])
    return filled


def beside_rows(region: Ahead, supply: Supply, existing: Array) -> Iterator[Row]:
    """The record, and the beds that stand empty or could be converted."""
    if supply.record is not None:
        unit = f"{unit_of(supply.quantity)}_per_year"
        yield {"part": "record", **interval_columns(supply.record), "unit": unit}
    if supply.quantity in SHARES.values():
        yield {"part": "empty", **interval_columns(existing * region.empty), "unit": "beds"}
    whole = region.supplies[SHARES["nursing_bed_share"]]
    if supply.quantity == "nursing_beds" and whole is not None:
        more = region.at(whole.existing(), region.as_of) - existing
        yield {"part": "convertible", **interval_columns(np.maximum(more, 0.0)), "unit": "beds"}
