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
from typing import Literal

import numpy as np
from scipy.special import expit, logit

from pipeline.axes import Array
from pipeline.care.flow import PastTrend, plan_path
from pipeline.care.published import National, scale_of
from pipeline.care.requirement import PlanRule, required
from pipeline.care.stocks import CARRIED_YEARS, RegionSupply, Stock, stocks
from pipeline.care.yardstick import SHARES, STAFF
from pipeline.domain import Indicator
from pipeline.vocabulary import CarriedBy, Grade

RECORD_YEARS = 2.0
"""Own observations at least so far apart make a record."""

DISPUTED = 0.1
"""How far, as a share, another publication may lie from an observation of the same date that begins a record."""

LIKE = "institution_beds"
"""The quantity whose yearly scatter stands in where the nation publishes no series."""


@dataclass(frozen=True)
class Record:
    """Units added a year in the past, `yearly` (draw,), below zero where a stock shrank, between two dates."""

    yearly: Array
    first: float
    last: float


@dataclass(frozen=True)
class Supply:
    """Own observations of a quantity by date, and the paths from the last one on, (draw, year) each.

    `carried_by` what the path `trend` follows; without a rate it is `held`. `capped` whether the nation's fastest
    rate binds. `kept` (draw,) the share of a stock still there a year later when nothing is added. `record` is the
    region's own, None without one.
    """

    quantity: str
    observed: tuple[Stock, ...]
    paths: Mapping[str, Array]
    carried_by: Literal["own", "nation", "held"]
    capped: bool
    record: Record | None
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
        if self.nearest(year).year == year or year < self.last.year:
            return "observed"
        return self.carried_by


@dataclass
class Supplies:
    """The supply of each quantity of one region, worked out when it is first asked for."""

    region: RegionSupply
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
    region, indicators = supplies.region, supplies.indicators
    observed = stocks(quantity, region, indicators)
    uncertainty = region.uncertainty
    kept = uncertainty.staff.kept if quantity in STAFF else 1.0 - uncertainty.closing
    if quantity == "nursing_beds":
        of_share = _share_of_beds(supplies, observed, kept)
        if of_share is not None:
            return of_share
    if not observed:
        return None
    trend, carried_by = _trend(quantity, observed, region, supplies)
    cap = supplies.national.fastest.get(quantity, np.inf)
    capped = trend is not None and bool(np.median(np.atleast_1d(trend.yearly)) > cap)
    scale = scale_of(quantity, indicators)
    last = observed[-1]
    years = np.asarray(region.years, dtype=float)
    held = _between(observed, region.years)
    paths = {"held": held}
    after = years > last.year
    carried_on = held
    if trend is not None and after.any():
        change = trend.change(
            np.maximum(years[after] - last.when, 0.0), uncertainty.drift_normal, uncertainty.step_normals, cap
        )
        ahead = _moved(last.amount, change, scale)
        carried_on = _joined(held[:, ~after], ahead)
    paths["trend"] = carried_on
    targets = _targets(quantity, last, supplies)
    if targets:
        delivered = plan_path(last.amount, last.when, targets, region.years)
        paths["plan_delivered"] = _joined(held[:, ~after], delivered[:, after])
    own_record = _record(quantity, observed, region, indicators)
    return Supply(quantity, observed, paths, carried_by, capped, own_record, kept)


def _trend(
    quantity: str, observed: Sequence[Stock], region: RegionSupply, supplies: Supplies
) -> tuple[PastTrend | None, Literal["own", "nation", "held"]]:
    """The rate that the last observation goes on at: the region's own, else the nation's, else none."""
    nation = supplies.national.trends.get(quantity)
    scale = scale_of(quantity, supplies.indicators)
    record = _record_ends(quantity, observed, region, supplies.indicators)
    if record is not None:
        (first, before), (last, after) = record
        if np.all(before > 0) and np.all(after > 0) and (scale == "log" or np.all((before < 100) & (after < 100))):
            like = nation or supplies.national.trends.get(LIKE)
            scatter = 0.0 if like is None else like.step_sd
            yearly = (_scaled(after, scale) - _scaled(before, scale)) / (last - first)
            return PastTrend(yearly, scatter / float(np.sqrt(last - first)), scatter, first, last), "own"
    return (nation, "nation") if nation is not None else (None, "held")


def _record(
    quantity: str, observed: Sequence[Stock], region: RegionSupply, indicators: Mapping[str, Indicator]
) -> Record | None:
    """Units added a year between the first and the last own observation."""
    ends = _record_ends(quantity, observed, region, indicators)
    if ends is None:
        return None
    (first, before), (last, after) = ends
    return Record(np.asarray((after - before) / (last - first)), first, last)


def _record_ends(
    quantity: str, observed: Sequence[Stock], region: RegionSupply, indicators: Mapping[str, Indicator]
) -> tuple[tuple[float, Array], tuple[float, Array]] | None:
    """Two dated amounts that make a record: own observations far enough apart, else a stated increase.

    An observation whose date has another count, in another definition, a tenth or more away begins none: which of the
    two counts the same as later ones nobody knows, and a change of definition is no growth.
    """
    exact = [
        stock
        for stock in observed
        if all(item.exact for item in stock.rests_on) and not _disputed(quantity, stock, region)
    ]
    if len(exact) >= 2 and exact[-1].when - exact[0].when >= RECORD_YEARS:
        return (exact[0].when, exact[0].amount), (exact[-1].when, exact[-1].amount)
    for item in region.observations:
        period = indicators[item.indicator].period
        if indicators[item.indicator].increase_of != quantity or period is None or period < RECORD_YEARS:
            continue
        for stock in exact:
            if stock.year == item.year and np.all(stock.amount >= item.value):
                return (stock.when - period, stock.amount - item.value), (stock.when, stock.amount)
    return None


def _disputed(quantity: str, stock: Stock, region: RegionSupply) -> bool:
    """Whether a count of the same date in another definition differs from a stock by a tenth or more of it."""
    others = (
        item.value
        for item in region.observations
        if item.indicator == quantity and item.part is None and item.definition and item.date == stock.observation.date
    )
    return any(abs(other / float(np.median(stock.amount)) - 1) >= DISPUTED for other in others)


def _targets(quantity: str, last: Stock, supplies: Supplies) -> list[tuple[int, Array]]:
    """Amounts that the plan's own targets after an observation come to, by year within those looked at."""
    region = supplies.region
    dated = {
        point.year
        for rule in supplies.rules
        if rule.quantity == quantity and not rule.standing
        for point in rule.targets
    }
    years = sorted(year for year in dated if year > last.year and year in region.years)
    requirement = required(quantity, supplies.rules, region.populations, region.hukou_ratio, region.years)
    if requirement is None or not years:
        return []
    amounts = [(year, requirement.amount[:, list(region.years).index(year)]) for year in years]
    return [(year, amount) for year, amount in amounts if np.all(np.isfinite(amount))]


def _share_of_beds(supplies: Supplies, observed: tuple[Stock, ...], kept: Array) -> Supply | None:
    """Nursing beds as their share of the beds they are among, where both are observed."""
    for share_of, whole_of in SHARES.items():
        share, whole = supplies[share_of], supplies[whole_of]
        if share is None or whole is None:
            continue
        paths = {
            name: share.paths.get(name, share.paths["held"]) / 100.0 * beds
            for name, beds in whole.paths.items()
            if name in share.paths
        }
        both = [
            (part, beds)
            for part in share.observed
            for beds in whole.observed
            if part.observation.date == beds.observation.date
        ]
        found = observed or tuple(
            Stock(part.amount / 100.0 * beds.amount, (*part.rests_on, *beds.rests_on)) for part, beds in both
        )
        if not found:
            continue
        order = ("own", "nation", "held")
        worse = max(share.carried_by, whole.carried_by, key=order.index)
        record = None
        if len(found) >= 2 and found[-1].when - found[0].when >= RECORD_YEARS:
            width = found[-1].when - found[0].when
            record = Record((found[-1].amount - found[0].amount) / width, found[0].when, found[-1].when)
        return Supply("nursing_beds", found, paths, worse, share.capped or whole.capped, record, kept)
    return None


def _between(observed: Sequence[Stock], years: Sequence[int]) -> Array:
    """Amount (draw, year): as observed in a year, in a straight line between observations, as last observed after.

    NaN before the first observation's year.
    """
    amounts = np.stack(np.broadcast_arrays(*(stock.amount for stock in observed)), axis=1)
    when = [stock.when for stock in observed]
    weights = np.stack([np.interp(years, when, unit) for unit in np.eye(len(when))])
    values = np.asarray(amounts @ weights)
    for place, stock in enumerate(observed):
        if stock.year in years:
            values[:, list(years).index(stock.year)] = amounts[:, place]
    values[:, np.asarray(years) < observed[0].year] = np.nan
    return values


def _joined(before: Array, after: Array) -> Array:
    draws = max(len(before), len(after))
    return np.concatenate([np.broadcast_to(part, (draws, part.shape[1])) for part in (before, after)], axis=1)


def _scaled(amount: Array, scale: Literal["log", "logit"]) -> Array:
    return np.asarray(np.log(amount) if scale == "log" else logit(amount / 100))


def _moved(amount: Array, change: Array, scale: Literal["log", "logit"]) -> Array:
    if scale == "log":
        return np.asarray(amount[:, None] * np.exp(change))
    return np.asarray(100 * expit(logit(amount / 100)[:, None] + change))
