"""One region from now on: what additions, the next plan and their cost are worked out from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.axes import Array
from pipeline.care.need import Demand
from pipeline.care.supply import Supplies, Supply
from pipeline.random import stream
from pipeline.shortfall.cost import KINDS, YEARLY, UnitCost, cost_columns
from pipeline.shortfall.gap import GapLine, existing_line

type Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Ahead:
    """One region from `as_of` on: its supplies, what every yardstick asks for, and need under the headline definition.

    `old` (draw, year, sex, group) over the years of the supplies' region; `requirements` of plan, status quo, norm and
    need; `prices` what one unit costs in `price_year`, by kind; `empty` share (draw,) of beds on paper that stand empty
    and could be filled up to the occupancy aimed at.
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
        """The ends of years looked at."""
        return list(self.supplies.region.years)

    @property
    def as_of(self) -> int:
        """The year at whose end additions begin."""
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
                "grade": price.grade,
                "own": price.own,
                "sources": ";".join(price.sources),
            }
