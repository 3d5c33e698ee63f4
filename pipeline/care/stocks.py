"""What was observed of a quantity in a region: dated stocks, and ratios to people or shares that become one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.axes import Array
from pipeline.care.flow import straight
from pipeline.care.yardstick import OLD, SHARES
from pipeline.domain import Indicator, Observation
from pipeline.vocabulary import Grade

CARRIED_YEARS = 5
"""How far from an own observation a stock still counts as the region's own."""


@dataclass(frozen=True)
class RegionSupply:
    """What the arithmetic needs to know of a region under one scenario.

    `populations` resident people by indicator id, (draw, year); `past_60plus` resident people aged 60+ in census
    years; `hukou_ratio` (draw, year) registered over resident people; `as_of` the year at whose end today is.
    """

    observations: Sequence[Observation]
    populations: Mapping[str, Array]
    past_60plus: Mapping[int, float]
    hukou_ratio: Array | None
    years: Sequence[int]
    as_of: int

    def people(self, indicator: str, when: float, basis: str) -> Array | None:
        """People (draw,) at a date, between census days and year-ends; None where they are not known."""
        if when >= self.years[0]:
            if indicator not in self.populations:
                return None
            people = straight(self.populations[indicator], self.years, when)
            if basis != "hukou":
                return people
            return None if self.hukou_ratio is None else people * straight(self.hukou_ratio, self.years, when)
        if indicator != OLD or basis == "hukou" or not self.past_60plus:
            return None
        counted = sorted(self.past_60plus)
        logs = np.log([max(self.past_60plus[year], 1.0) for year in counted])
        return np.exp(np.interp([when], counted, logs))


@dataclass(frozen=True)
class Stock:
    """An amount (draw,) at a date, and the observations it rests on, the one that dates it first."""

    amount: Array
    rests_on: tuple[Observation, ...]

    @property
    def observation(self) -> Observation:
        """The observation that dates it."""
        return self.rests_on[0]

    @property
    def when(self) -> float:
        """Its date in years, whole at a year's end."""
        return self.observation.when

    @property
    def year(self) -> int:
        """Its calendar year."""
        return self.observation.year

    @property
    def weak(self) -> bool:
        """Whether anything it rests on is weak."""
        return any(found.confidence == "weak" for found in self.rests_on)

    @property
    def origin(self) -> str:
        """The figures it rests on by semicolon, or the region and quantity of the shared table."""
        return ";".join(dict.fromkeys(name_of(found) for found in self.rests_on))


def worth(observation: Observation, as_of: int) -> Grade:
    """What an observation is worth today: A of the year itself, B at most five years old or weak, C older."""
    if observation.year == as_of and observation.confidence != "weak":
        return "A"
    return "B" if as_of - observation.year <= CARRIED_YEARS else "C"


def stocks(quantity: str, region: RegionSupply, indicators: Mapping[str, Indicator]) -> tuple[Stock, ...]:
    """Own observations of a quantity by date: counts, else ratios to people, else shares of an observed stock.

    Observations of a part of the region, of another definition, and ratios to people who are not known are left out.
    """
    found: dict[str, tuple[int, Stock]] = {}
    own = [item for item in region.observations if item.part is None and item.definition is None]
    for item in own:
        amount: Array | None = None
        order = 0 if item.exact else 3
        if item.indicator == quantity:
            amount, rests_on = np.array([item.value]), (item,)
        elif (ratio := indicators.get(item.indicator)) is not None and ratio.numerator == quantity:
            share = item.value / (ratio.scale or 1.0)
            order, rests_on = order + 1, (item,)
            if ratio.denominator is not None and ratio.denominator.startswith("population"):
                people = region.people(ratio.denominator, item.when, item.basis)
                amount = None if people is None else share * people
        if amount is not None and (item.date not in found or order < found[item.date][0]):
            found[item.date] = order, Stock(amount, rests_on)
    if quantity in SHARES and not any(item.indicator == quantity for item in own):
        for part in stocks("nursing_beds", region, indicators):
            for whole in stocks(SHARES[quantity], region, indicators):
                if part.observation.date == whole.observation.date and np.all(whole.amount > 0):
                    percent = 100.0 * part.amount / whole.amount
                    found[part.observation.date] = 2, Stock(percent, (*part.rests_on, *whole.rests_on))
    return tuple(stock for _, stock in sorted(found.values(), key=lambda entry: entry[1].when))


def name_of(found: Observation) -> str:
    """An observation as tables name it: the plan's figure, or supply.<region>.<indicator>.<date>."""
    if found.origin not in ("supply", f"{found.region}.supply"):
        return found.origin
    return f"supply.{found.region}.{found.indicator}.{found.date.replace('-', '_')}"
