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
from pipeline.random import draws_of
from pipeline.summary import interval_columns

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
MILLION = 1e6


@dataclass(frozen=True)
class UnitCost:
    """Yuan for one unit, for once or for a year, as an 80 % interval from `low` to `high` in the prices of one year.

    `own` says whether at least two figures of the region itself span it; otherwise prices come from elsewhere.
    """

    low: float
    high: float
    own: bool
    sources: tuple[str, ...]

    @property
    def grade(self) -> str:
        """B where prices are the region's own, C where they come from elsewhere."""
        return "B" if self.own else "C"


def price_level(prices: pd.DataFrame, year: int, price_year: int) -> float:
    """Prices of `price_year` over those of `year`, from consumer prices on the year before (columns year, change).

    Raises OutOfRangeError where no prices lead there.
    """
    first, last = sorted((year, price_year))
    between = prices.loc[prices["year"].between(first + 1, last), "change"]
    if len(between) < last - first:
        raise OutOfRangeError("next_plan.price_year", price_year, "a year to which consumer_prices.csv leads")
    level = float(np.prod(1.0 + between / 100.0))
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
        found[kind] = UnitCost(low, high, own, tuple(dict.fromkeys(map(str, chosen["source"]))))
    return found


def cost_columns(units: Array, shown: float, price: UnitCost, generator: np.random.Generator) -> dict[str, float]:
    """Million yuan for `units` (draw,) to be added, `shown` of them as tables show it at the interval's middle."""
    yuan = units * draws_of(price, generator, len(units))
    columns = interval_columns(yuan, shown * math.sqrt(price.low * price.high))
    return {name: value / MILLION for name, value in columns.items()}
