"""What exists and what will exist of one quantity in one region: its observations, its record and three paths.

An observation is a dated stock, or a ratio to people or share that becomes one. In the year of an observation it
counts as it is, between two the stock runs in a straight line. From the last one on

    trend            the region's own record goes on (log-linear between its first and last own observation, at least
                     two years apart, at most the nation's fastest five-year rate), else the nation's rate
    plan_delivered   the plan's targets after it are reached in their years, in straight lines, and then stay
    held             nothing changes: a reference, no forecast

Shares of a stock move on the log-odds; nursing beds are their share of the beds they are among. Nothing is imputed:
a quantity nobody observed in the region has no supply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import expit

from pipeline.axes import Array, Indices
from pipeline.care.flow import National, PastTrend, plan_path, scale_of, scaled, straight
from pipeline.care.yardstick import SHARES, STAFF, PlanRule, RegionSupply, required
from pipeline.domain import Indicator, Observation
from pipeline.vocabulary import CarriedBy, Grade

CARRIED_YEARS = 5  # how far from an own observation a stock still counts as the region's own
RECORD_YEARS = 2.0  # own observations at least so far apart make a record
DISPUTED = 0.1  # how far, as a share, another count of the same date may lie from an observation that begins a record
LIKE = "institution_beds"  # its yearly scatter stands in where the nation publishes no series

CarriedOn = Literal["own", "nation", "held"]


class Stock(NamedTuple):
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
        return self.observation.year

    @property
    def weak(self) -> bool:
        """Whether anything it rests on is weak."""
        return any(item.confidence == "weak" for item in self.rests_on)

    @property
    def origin(self) -> str:
        """The plan's figures it rests on by semicolon, or supply.<region>.<indicator>.<date>."""
        names = (
            f"supply.{item.region}.{item.indicator}.{item.date.replace('-', '_')}"
            if item.origin in ("supply", f"{item.region}.supply")
            else item.origin
            for item in self.rests_on
        )
        return ";".join(dict.fromkeys(names))


def worth(observation: Observation, as_of: int) -> Grade:
    """What an observation is worth today: A of the year itself, B at most five years old or weak, C older."""
    if observation.year == as_of and observation.confidence != "weak":
        return "A"
    return "B" if as_of - observation.year <= CARRIED_YEARS else "C"


def stocks(quantity: str, region: RegionSupply, indicators: Mapping[str, Indicator]) -> tuple[Stock, ...]:
    """The region's own observations by date: counts, else ratios to known people, else shares of a stock."""
    found: dict[str, tuple[int, Stock]] = {}
    own = [item for item in region.observations if item.part is None and item.definition is None]
    for item in own:
        ratio, amount, order = indicators.get(item.indicator), None, 0 if item.exact else 3
        if item.indicator == quantity:
            amount = np.array([item.value])
        elif ratio is not None and ratio.numerator == quantity and str(ratio.denominator).startswith("population"):
            order += 1
            people = region.people(str(ratio.denominator), item.when, item.basis)
            amount = None if people is None else item.value / (ratio.scale or 1.0) * people
        if amount is not None and (item.date not in found or order < found[item.date][0]):
            found[item.date] = order, Stock(amount, (item,))
    if quantity in SHARES and not any(item.indicator == quantity for item in own):
        wholes = stocks(SHARES[quantity], region, indicators)
        for part, whole in _same_dates(stocks("nursing_beds", region, indicators), wholes):
            if np.all(whole.amount > 0):
                percent = Stock(100.0 * part.amount / whole.amount, (*part.rests_on, *whole.rests_on))
                found[part.observation.date] = 2, percent
    return tuple(stock for _, stock in sorted(found.values(), key=lambda entry: entry[1].when))


def _same_dates(parts: Sequence[Stock], wholes: Sequence[Stock]) -> list[tuple[Stock, Stock]]:
    return [(part, whole) for part in parts for whole in wholes if part.observation.date == whole.observation.date]


class SupplyUncertainty(NamedTuple):
    """What is uncertain of supply, alike in every region: shares (draw,) of staff kept and of beds closing in a year,
    `occupancy` of beds on paper; normals (draw,) and (draw, step) that move past trends."""

    staff_kept: Array
    closing: Array
    occupancy: Array
    drift_normal: Array
    step_normals: Array

    def some(self, draws: slice | Indices) -> "SupplyUncertainty":
        """The same in some draws."""
        return SupplyUncertainty(*(part if len(part) == 1 else part[draws] for part in self))


@dataclass(frozen=True)
class Supply:
    """Own observations of a quantity by date, and the paths from the last one on, (draw, year) each.

    `carried_by` what the path `trend` follows; `capped` whether the nation's fastest rate binds; `record` units added a
    year in the past (draw,); `kept` (draw,) the share of a stock there a year later when nothing is added.
    """

    quantity: str
    observed: tuple[Stock, ...]
    paths: Mapping[str, Array]
    carried_by: CarriedOn
    capped: bool
    record: Array | None
    kept: Array

    @property
    def last(self) -> Stock:
        """The last observation."""
        return self.observed[-1]

    def existing(self) -> Array:
        """What exists in each year: observed, and carried from the last observation on."""
        return self.paths["trend"]

    def nearest(self, year: int) -> Stock:
        """The observation that speaks for a year: one of it, else the nearest."""
        return min(self.observed, key=lambda stock: (abs(stock.year - year), -stock.when))

    def grade(self, year: int) -> Grade:
        """A: observed in the year. B: own, at most five years away, between two or on its own record. C: else."""
        nearest = self.nearest(year)
        if nearest.year == year:
            return "B" if nearest.weak else "A"
        between = self.observed[0].year < year < self.last.year
        near = abs(nearest.year - year) <= CARRIED_YEARS
        return "B" if near and (between or self.carried_by == "own") else "C"

    def carried(self, year: int) -> CarriedBy:
        """What the amount of a year rests on."""
        return "observed" if self.nearest(year).year == year or year < self.last.year else self.carried_by


@dataclass
class Supplies:
    """The supply of each quantity of one region, worked out when it is first asked for."""

    region: RegionSupply
    uncertainty: SupplyUncertainty
    indicators: Mapping[str, Indicator]
    national: National
    rules: Sequence[PlanRule]
    _known: dict[str, Supply | None] = field(default_factory=dict)

    def __getitem__(self, quantity: str) -> Supply | None:
        """Supply of a quantity; None where nobody observed it in the region."""
        if quantity not in self._known:
            self._known[quantity] = supply_of(quantity, self)
        return self._known[quantity]


def supply_of(quantity: str, supplies: Supplies) -> Supply | None:
    """The supply of one quantity of the region of `supplies`; see the head of this module."""
    region, uncertainty, nation = supplies.region, supplies.uncertainty, supplies.national
    observed = stocks(quantity, region, supplies.indicators)
    kept = uncertainty.staff_kept if quantity in STAFF else 1.0 - uncertainty.closing
    of_share = _share_of_beds(supplies, observed, kept) if quantity == "nursing_beds" else None
    if of_share is not None or not observed:
        return of_share
    scale, last = scale_of(quantity, supplies.indicators), observed[-1]
    record = _record(quantity, observed, supplies)
    trend = nation.trends.get(quantity)
    carried_by: CarriedOn = "held" if trend is None else "nation"
    added = None
    if record is not None:
        elapsed, before, after = record
        added = (after - before) / elapsed
        if np.all(before > 0) and np.all(after > 0) and (scale == "log" or np.all((before < 100) & (after < 100))):
            like = trend or nation.trends.get(LIKE)
            scatter = 0.0 if like is None else like.step_sd
            yearly = (scaled(after, scale) - scaled(before, scale)) / elapsed
            trend, carried_by = PastTrend(yearly, scatter / float(np.sqrt(elapsed)), scatter), "own"
    cap = nation.fastest.get(quantity, np.inf)
    years = np.asarray(region.years, dtype=float)
    ahead = years > last.year
    held = _between(observed, region.years)
    paths = {"held": held, "trend": held}
    if trend is not None and ahead.any():
        since = np.maximum(years[ahead] - last.when, 0.0)
        change = trend.change(since, uncertainty.drift_normal, uncertainty.step_normals, cap)
        if scale == "log":
            carried = last.amount[:, None] * np.exp(change)
        else:
            carried = 100 * expit(scaled(last.amount, scale)[:, None] + change)
        paths["trend"] = np.where(ahead, np.nan, np.broadcast_to(held, (max(len(held), len(carried)), len(years))))
        paths["trend"][:, ahead] = carried
    targets = _targets(quantity, last, supplies)
    if targets:
        paths["plan_delivered"] = np.where(ahead, plan_path(last.amount, last.when, targets, region.years), held)
    capped = trend is not None and bool(np.median(np.atleast_1d(trend.yearly)) > cap)
    return Supply(quantity, observed, paths, carried_by, capped, added, kept)


def _record(quantity: str, observed: Sequence[Stock], supplies: Supplies) -> tuple[float, Array, Array] | None:
    """Years from the first to the last own observation, far enough apart, and both amounts; else a stated increase.
    Where another definition counts otherwise on the date none begins: a change of definition is no growth."""
    observations = supplies.region.observations
    others = [item for item in observations if item.indicator == quantity and item.part is None and item.definition]

    def disputed(stock: Stock) -> bool:
        same_date = (other.value for other in others if other.when == stock.when)
        return any(abs(value / float(np.median(stock.amount)) - 1) >= DISPUTED for value in same_date)

    exact = [stock for stock in observed if all(item.exact for item in stock.rests_on) and not disputed(stock)]
    if exact and exact[-1].when - exact[0].when >= RECORD_YEARS:
        return exact[-1].when - exact[0].when, exact[0].amount, exact[-1].amount
    for item in observations:
        increase = supplies.indicators[item.indicator]
        if increase.increase_of == quantity and increase.period is not None and increase.period >= RECORD_YEARS:
            for stock in exact:
                if stock.year == item.year and np.all(stock.amount >= item.value):
                    return float(increase.period), stock.amount - item.value, stock.amount
    return None


def _targets(quantity: str, last: Stock, supplies: Supplies) -> list[tuple[int, Array]]:
    """Amounts that the plan's own targets after an observation come to, by year within those looked at."""
    requirement = required(quantity, supplies.rules, supplies.region)
    if requirement is None:
        return []
    dated = [rule for rule in supplies.rules if rule.quantity == quantity and not rule.standing]
    years = {point.year for rule in dated for point in rule.targets if point.year > last.year}
    amounts = ((year, requirement.amount[:, at]) for at, year in enumerate(supplies.region.years) if year in years)
    return [(year, amount) for year, amount in amounts if np.all(np.isfinite(amount))]


def _share_of_beds(supplies: Supplies, observed: tuple[Stock, ...], kept: Array) -> Supply | None:
    """Nursing beds as their share of the beds they are among, where both are observed."""
    for share_of, whole_of in SHARES.items():
        share, whole = supplies[share_of], supplies[whole_of]
        if share is None or whole is None:
            continue
        paths = {name: share.paths[name] / 100.0 * beds for name, beds in whole.paths.items() if name in share.paths}
        found = observed or tuple(
            Stock(part.amount / 100.0 * beds.amount, (*part.rests_on, *beds.rests_on))
            for part, beds in _same_dates(share.observed, whole.observed)
        )
        if not found:
            continue
        worse = max(share.carried_by, whole.carried_by, key=("own", "nation", "held").index)
        elapsed = found[-1].when - found[0].when
        added = (found[-1].amount - found[0].amount) / elapsed if elapsed >= RECORD_YEARS else None
        return Supply("nursing_beds", found, paths, worse, share.capped or whole.capped, added, kept)
    return None


def _between(observed: Sequence[Stock], years: Sequence[int]) -> Array:
    """Amount (draw, year): as observed, straight between, as last observed after; NaN before the first."""
    amounts = np.stack(np.broadcast_arrays(*(stock.amount for stock in observed)), axis=1)
    values = straight(amounts, [stock.when for stock in observed], years)
    for place, stock in enumerate(observed):
        values[:, np.asarray(years) == stock.year] = amounts[:, [place]]
    values[:, np.asarray(years) < observed[0].year] = np.nan
    return values
