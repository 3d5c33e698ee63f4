"""What additions cost: published subsidies, project costs and pay, as intervals in the prices of one year.

A public subsidy is part of the whole investment, so the two are never added. Land is left out, and so are the staff and
the beds that are there already.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.errors import OutOfRangeError
from pipeline.random import Z80, strata
from pipeline.summary import interval_shown

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


@dataclass(frozen=True)
class UnitCost:
    """Yuan for one unit, for once or for a year, as an 80 % interval from `low` to `high` in the prices of one year.

    `own` says whether at least two figures of the region itself span it; otherwise prices come from elsewhere.
    """

    kind: str
    low: float
    high: float
    own: bool
    sources: tuple[str, ...]

    @property
    def grade(self) -> str:
        """B where prices are the region's own, C where they come from elsewhere."""
        return "B" if self.own else "C"

    def draws(self, generator: np.random.Generator, count: int) -> Array:
        """Yuan for one unit (draw,), lognormal."""
        middle, spread = np.log(self.low * self.high) / 2, np.log(self.high / self.low) / (2 * Z80)
        return np.asarray(np.exp(middle + spread * strata(generator, count)))


def price_level(prices: pd.DataFrame, year: int, price_year: int) -> float:
    """Prices of `price_year` over those of `year`, from consumer prices on the year before (columns year, change).

    Raises OutOfRangeError where no prices lead there.
    """
    change = {int(when): float(value) for when, value in zip(prices["year"], prices["change"], strict=True)}
    first, last = sorted((year, price_year))
    missing = [when for when in range(first + 1, last + 1) if when not in change]
    if missing:
        raise OutOfRangeError("next_plan.price_year", price_year, "a year to which consumer_prices.csv leads")
    level = float(np.prod([1.0 + change[when] / 100.0 for when in range(first + 1, last + 1)]))
    return level if price_year >= year else 1.0 / level


def unit_costs(costs: pd.DataFrame, prices: pd.DataFrame, region: str, price_year: int) -> dict[str, UnitCost]:
    """What one unit costs in `region`, by kind, from the lowest to the highest published figure.

    `costs` and `prices` as data/raw/unit_costs.csv and consumer_prices.csv have them. Two figures or more of the region
    or of places in it stand alone; fewer widen the range of all.
    """
    level = [price_level(prices, int(year), price_year) for year in costs["year"]]
    table = costs.assign(yuan=costs["value"] * level)
    found = {}
    for kind in KINDS:
        rows = table[table["kind"] == kind]
        mine = rows[rows["region"] == region]
        own = len(mine) > 1
        chosen = mine if own else rows
        months = MONTHS if kind in YEARLY else 1
        low, high = (float(months * end) for end in (chosen["yuan"].min(), chosen["yuan"].max()))
        found[kind] = UnitCost(kind, low, high, own, tuple(dict.fromkeys(map(str, chosen["source"]))))
    return found


@dataclass(frozen=True)
class Cost:
    """Yuan: `shown` is the shown units at the interval's middle, `q10` and `q90` are of the draws."""

    kind: str
    q10: float
    shown: float
    q90: float
    unit: UnitCost


def cost(units: Array, shown: float, price: UnitCost, generator: np.random.Generator) -> Cost:
    """What `units` (draw,) to be added cost, `shown` of them as tables show it."""
    yuan = np.asarray(units, dtype=float) * price.draws(generator, len(units))
    low, middle, high = interval_shown(yuan, shown * math.sqrt(price.low * price.high)).tolist()
    return Cost(price.kind, low, middle, high, price)
