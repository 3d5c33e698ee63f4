"""What to add from now on, by period in three parts that add up, beside the record, and what it costs.

    shortfall   required - existing when the period begins; a surplus is negative
    ageing      required at the period's end - at its beginning
    closures    what closes, or leaves, in the period of the stock that stood at its beginning
    total       max(0, shortfall + ageing + closures)

A period begins with the stock that the one before left, so today's shortfall counts once, and a surplus runs down
before anything is added.

Costs are published subsidies, project costs and pay, as intervals in the prices of one year. A public subsidy is part
of the whole investment, so the two are never added. Land is left out, and so are the staff and beds that are there.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.need import Demand
from pipeline.care.supply import Supplies, Supply
from pipeline.care.yardstick import SHARES, GapLine, unit_of
from pipeline.errors import Fault, InputError
from pipeline.random import draws_of, stream
from pipeline.shortfall.gap import existing_line
from pipeline.summary import interval_columns
from pipeline.vocabulary import ADDITION_PARTS

KINDS: Final[Mapping[str, str]] = {
    "capital_subsidy": "beds",
    "capital_investment": "beds",
    "running_subsidy": "beds",
    "pay": "caregivers",
}
"""Kinds of cost, and the resource whose additions they are of."""

YEARLY: Final = ("running_subsidy", "pay")
"""Kinds that come due every year; the others once."""

MONTHS = 12

type Row = dict[str, Any]


class UnitCost(NamedTuple):
    """Yuan for one unit, for once or for a year, as an 80 % interval; `own`: of the region's own figures alone."""

    low: float
    high: float
    own: bool
    sources: tuple[str, ...]


def price_level(prices: pd.DataFrame, year: int, price_year: int) -> float:
    """Prices of `price_year` over those of `year` by changes of consumer prices. InputError where none lead there."""
    first, last = sorted((year, price_year))
    between = prices.loc[prices["year"].between(first + 1, last), "change"]
    if len(between) < last - first:
        expected = "a year to which consumer_prices.csv leads"
        raise InputError([Fault("params.yaml", "next_plan.price_year", str(price_year), expected)])
    level = float(np.prod(1.0 + between / 100.0))
    return level if price_year >= year else 1.0 / level


def unit_costs(costs: pd.DataFrame, prices: pd.DataFrame, region: str, price_year: int) -> dict[str, UnitCost]:
    """What one unit costs by kind, lowest to highest; two figures or more of the region or places in it stand alone."""
    level = [price_level(prices, int(year), price_year) for year in costs["year"]]
    table = costs.assign(yuan=costs["value"] * level)
    found = {}
    for kind in KINDS:
        rows = table[table["kind"] == kind]
        mine = rows[rows["region"] == region]
        own = len(mine) > 1
        chosen, months = mine if own else rows, MONTHS if kind in YEARLY else 1
        low, high = (months * float(end) for end in (chosen["yuan"].min(), chosen["yuan"].max()))
        found[kind] = UnitCost(low, high, own, tuple(dict.fromkeys(map(str, chosen["source"]))))
    return found


def cost_columns(units: Array, shown: float, price: UnitCost, generator: np.random.Generator) -> dict[str, float]:
    """Million yuan for `units` (draw,) to be added, `shown` of them as tables show it at the interval's middle."""
    yuan = units * draws_of(price, generator, len(units))
    columns = interval_columns(yuan, shown * math.sqrt(price.low * price.high))
    return {name: value / 1e6 for name, value in columns.items()}


@dataclass(frozen=True, eq=False)
class Ahead:
    """One region from `as_of` on: its supplies, what every yardstick asks for, and need.

    `old` (draw, year, sex, group); `prices` what one unit costs by kind; `empty` share (draw,) of beds to be filled up.
    """

    name: str
    supplies: Supplies
    requirements: Sequence[GapLine]
    demand: Demand
    old: Array
    prices: Mapping[str, UnitCost]
    price_year: int
    empty: Array
    seed: int

    @property
    def years(self) -> list[int]:
        return list(self.supplies.region.years)

    @property
    def as_of(self) -> int:
        return self.supplies.region.as_of

    def at(self, amount: Array, year: int) -> Array:
        """An amount (draw, year) at a year's end, (draw,)."""
        return amount[:, self.years.index(year)]

    def existing(self, supply: Supply) -> tuple[Array, float]:
        """What exists when additions begin, by draw and as shown."""
        line = existing_line(supply, self.years)
        return self.at(line.amount, self.as_of), float(line.shown[self.years.index(self.as_of)])

    def cost_rows(self, resource: str, units: Array, shown: float) -> Iterator[Row]:
        """What `units` (draw,) of a resource cost, of which `shown` are shown, in the columns of the cost table."""
        for kind in (kind for kind, of in KINDS.items() if of == resource):
            price = self.prices[kind]
            yield {
                "kind": kind,
                **cost_columns(units, shown, price, stream(self.seed, "cost", self.name, kind)),
                "unit": "million_yuan_per_year" if kind in YEARLY else "million_yuan",
                "price_year": self.price_year,
                "grade": "B" if price.own else "C",
                "own": price.own,
                "sources": ";".join(price.sources),
            }


class Period(NamedTuple):
    """Years `first` to `last`, ends of years included, and units added in them, each (draw,)."""

    first: int
    last: int
    shortfall: Array
    ageing: Array
    closures: Array

    @property
    def years(self) -> int:
        return self.last - self.first + 1

    @property
    def signed(self) -> Array:
        """The sum of the parts, below 0 where a surplus is left at the end."""
        return self.shortfall + self.ageing + self.closures

    @property
    def total(self) -> Array:
        """What to add."""
        return np.maximum(self.signed, 0.0)


def periods(required: ArrayLike, existing: ArrayLike, closing: ArrayLike, ends: Sequence[int]) -> list[Period]:
    """Parts of the additions by period between `ends`, ascending years.

    `required` units (draw, end); `existing` units (draw,) at the first end, from which additions count; `closing` share
    of a stock that closes or leaves in a year (draw,). Draws of length 1 broadcast; NaN stays NaN.
    """
    stock, closes, found = np.asarray(existing, dtype=float), np.asarray(closing, dtype=float), []
    asked = np.asarray(required, dtype=float).T
    for (start, before), (end, after) in pairwise(zip(ends, asked, strict=True)):
        parts = np.broadcast_arrays(before - stock, after - before, (end - start) * closes * stock)
        found.append(Period(start + 1, end, *parts))
        stock = stock - found[-1].closures + found[-1].total
    return found


def shown_parts_of(period: Period, middle: Period) -> dict[str, dict[str, float]]:
    """Columns of each part and of the total, units a year: shown are parts of `middle`, and their sum or 0."""
    found = {
        part: interval_columns(getattr(period, part) / period.years, getattr(middle, part)[0] / middle.years)
        for part in ADDITION_PARTS
    }
    total = sum(columns["shown"] for columns in found.values())
    return found | {"total": interval_columns(period.total / period.years) | {"shown": max(total, 0.0)}}


def additions_rows(region: Ahead, ends: Sequence[int]) -> tuple[list[Row], list[Row]]:
    """Rows of the additions and of the cost table, where stock and requirement are known; `ends` of the periods."""
    rows: list[Row] = []
    costs: list[Row] = []
    for asked in region.requirements:
        supply = region.supplies[asked.quantity]
        other_definition = asked.definition not in (None, region.demand.choice.headline)
        if supply is None or asked.quantity in SHARES or other_definition:
            continue
        existing, existing_shown = region.existing(supply)
        at_ends = [region.years.index(end) for end in ends]
        # A first target that lies ahead is today's shortfall, and nothing of it ageing.
        known = (pd.DataFrame(values[:, at_ends]).bfill(axis=1) for values in (asked.amount, asked.shown[None]))
        required, shown = (table.to_numpy() for table in known)
        if not np.isfinite([*shown[0], existing_shown]).all():
            continue
        closing = 1.0 - supply.kept
        by_draw = periods(required, existing, closing, ends)
        middle = periods(shown, [existing_shown], np.median(closing, keepdims=True), ends)
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
