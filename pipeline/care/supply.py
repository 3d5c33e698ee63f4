"""What exists and what will exist of one quantity in one region: its stock, its record and the three paths.

A stock is what the plan states, as a number or through a ratio in a year of the projection. Where it states
none, the published rate of the province or the nation on the region's own people stands in, marked assumed.
`flow` says what the paths are; here they get their inputs. A plan that promises nothing of a quantity delivers
what there is: its `plan_delivered` is `held`. Where nobody published two counts there is no past to go on, and
`no_new_policy` is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.care.flow import (
    ShareInterval,
    StaffRates,
    Training,
    bed_paths,
    bed_states,
    record_path,
    staff_paths,
    trend_path,
)
from pipeline.care.published import Rate, Trend
from pipeline.care.requirement import Rule, required
from pipeline.care.yardstick import QUANTITIES, effective_basis, stated_ratio, stated_stock
from pipeline.domain import Figure, Indicator
from pipeline.summary import Amount

Array = NDArray[np.float64]

STAFF = frozenset((*QUANTITIES["caregivers"], *QUANTITIES["social_workers"]))
"""Quantities that are people; the others are beds."""


@dataclass(frozen=True)
class Outlook:
    """What is uncertain of supply, the same in every region; arrays (draw,) unless said otherwise.

    `staff` the yearly shares that leave, come back and retire; `closing` the share of beds that closes in a year,
    `usable` of beds on paper that can be slept in, `occupancy` of beds on paper that are taken; `new` and
    `taking_up` what a plan's trainings bring (`flow.Training`), with `training_normals` (2, draw) or None.
    `drift_normal` (draw,) and `step_normals` (draw, year) move past trends; None leaves that uncertainty out.
    """

    staff: StaffRates
    closing: Array
    usable: Array
    occupancy: Array
    new: ShareInterval
    taking_up: ShareInterval
    training_normals: Array | None = None
    drift_normal: Array | None = None
    step_normals: Array | None = None


@dataclass(frozen=True)
class Published:
    """Published rates and trends by quantity, which stand in for what a plan does not state."""

    rates: Mapping[str, Rate]
    trends: Mapping[str, Trend]


@dataclass(frozen=True)
class Region:
    """What the arithmetic needs to know of a planned region under one scenario.

    `populations` resident people by indicator id, (draw, year); `past_60plus` resident people aged 60+ in
    census years; `hukou_ratio` (draw, year) and `imputed_factor` (draw,); `horizon` the plan's first and
    last year, after which no imputed stock is dated.
    """

    figures: Sequence[Figure]
    populations: Mapping[str, Array]
    past_60plus: Mapping[int, float]
    hukou_ratio: Array | None
    imputed_factor: Array
    horizon: tuple[int, int]
    years: Sequence[int]
    outlook: Outlook


@dataclass(frozen=True)
class Stock:
    """An amount (draw,) that existed at the end of `year`, and what it rests on."""

    amount: Array
    year: int
    figure_id: str
    assumed: bool = False


@dataclass(frozen=True)
class Record:
    """Units added a year in the past, `yearly` (draw,), below zero where a stock shrank; where it was seen."""

    yearly: Array
    figure_id: str
    assumed: bool


@dataclass(frozen=True)
class Supply:
    """A stock along the three paths, each (draw, year), NaN before its own year and where a path is unknown.

    `usable` and `empty` beds of each path, none for staff. Paths that are one and the same share their amounts.
    `kept` (draw,) is the share of a stock still there a year later when nothing is added.
    """

    stock: Stock
    paths: Mapping[str, Amount]
    usable: Mapping[str, Amount]
    empty: Mapping[str, Amount]
    record: Record | None
    kept: Array

    def assumed(self, path: str) -> bool:
        """Whether the path rests on what stands in for a published figure."""
        borrowed = path == "no_new_policy" and self.record is not None and self.record.assumed
        return self.stock.assumed or borrowed


@dataclass
class Supplies:
    """The supply of each quantity of one region, worked out when it is first asked for."""

    region: Region
    indicators: Mapping[str, Indicator]
    published: Published
    rules: Sequence[Rule]
    _known: dict[str, Supply | None] = field(default_factory=dict)

    def __getitem__(self, quantity: str) -> Supply | None:
        """Supply of a quantity; None where no stock is stated and none can be imputed."""
        if quantity not in self._known:
            self._known[quantity] = self._supply(quantity)
        return self._known[quantity]

    def _supply(self, quantity: str) -> Supply | None:
        stock = stated(quantity, self.region, self.indicators) or imputed(quantity, self.region, self.published)
        if stock is None:
            return None
        region, outlook = self.region, self.region.outlook
        steps = max(region.years[-1] - stock.year, 0)
        record, past = self._past(quantity, stock, steps)
        targets = self._targets(quantity, stock.year)
        if quantity in STAFF:
            entrants = None if targets else self._entrants(quantity, stock.year)
            flows = staff_paths(stock.amount, stock.year, steps, outlook.staff, past, targets, entrants)
            kept = outlook.staff.kept
        else:
            flows = bed_paths(stock.amount, stock.year, steps, past, targets, outlook.closing)
            kept = 1.0 - outlook.closing
        paths = {name: Amount.of(flow.stock_in(region.years)) for name, flow in flows.items()}
        paths.setdefault("no_new_policy", Amount(np.full((1, len(region.years)), np.nan)))
        usable, empty = ({}, {}) if quantity in STAFF else self._conditions(paths)
        for amounts in (paths, usable, empty):
            if amounts:
                amounts.setdefault("plan_delivered", amounts["held"])
        return Supply(stock, paths, usable, empty, record, kept)

    def _conditions(self, paths: Mapping[str, Amount]) -> tuple[dict[str, Amount], dict[str, Amount]]:
        """Usable and empty beds of each path."""
        outlook, everything = self.region.outlook, np.ones(1)
        usable, empty = {}, {}
        for name, beds in paths.items():
            states = bed_states(beds.values, outlook.usable, everything, outlook.occupancy)
            usable[name], empty[name] = Amount.of(states.usable), Amount.of(states.empty)
        return usable, empty

    def _past(self, quantity: str, stock: Stock, steps: int) -> tuple[Record | None, Array | None]:
        """The record, and the stock on it (draw, step): the plan's own, else the nation's rate on this stock.

        The plan's own record goes on in units. It comes from two counts, so that how much a year differs from
        the mean is taken from the nation's series.
        """
        trend, outlook = self.published.trends.get(quantity), self.region.outlook
        record = own_record(quantity, self.region, self.indicators)
        if record is not None:
            if trend is not None and outlook.drift_normal is not None:
                yearly = record.yearly + trend.path.drift_sd * stock.amount * outlook.drift_normal
                record = Record(yearly, record.figure_id, record.assumed)
            return record, record_path(stock.amount, record.yearly, steps)
        if trend is None:
            return None, None
        noise = None if outlook.step_normals is None else outlook.step_normals[:, :steps]
        path = trend_path(stock.amount, trend.path, steps, outlook.drift_normal, noise)
        yearly = np.expm1(trend.path.yearly) * stock.amount
        return Record(yearly, f"trend.{trend.region}.{trend.quantity}", assumed=True), path

    def _targets(self, quantity: str, stock_year: int) -> list[tuple[int, Array]]:
        """Amounts the plan's own targets after `stock_year` come to, by year.

        A share of beds of which the plan sets no number is a share of those that its delivery leaves.
        """
        region = self.region
        years = sorted(
            {
                point.year
                for rule in self.rules
                if rule.quantity == quantity
                for point in rule.targets
                if point.year > stock_year and point.year in region.years
            }
        )
        known = dict(region.populations)
        asked = required(quantity, self.rules, known, region.hukou_ratio, region.years)
        for name in () if asked is None else asked.unknown:
            beds = self[name] if name in QUANTITIES["beds"] else None
            if beds is not None:
                known[name] = beds.paths["plan_delivered"].values
        asked = required(quantity, self.rules, known, region.hukou_ratio, region.years)
        if asked is None:
            return []
        amounts = [(year, asked.amount[:, list(region.years).index(year)]) for year in years]
        return [(year, amount) for year, amount in amounts if np.all(np.isfinite(amount))]

    def _entrants(self, quantity: str, stock_year: int) -> Array | None:
        """Entrants (draw, step) that the plan's training numbers bring; None where it trains nobody."""
        resource = next(name for name, options in QUANTITIES.items() if quantity in options)
        trained = [
            figure
            for figure in self.region.figures
            if self.indicators[figure.indicator].unit == "person_times"
            and self.indicators[figure.indicator].resource == resource
            and figure.value is not None
            and figure.year is not None
        ]
        outlook, total = self.region.outlook, None
        for figure in trained:
            if figure.kind != "target" or figure.value is None or figure.year is None:
                continue
            before = [f.year for f in trained if f.year is not None and f.year < figure.year]
            first = max([min(self.region.horizon[0], figure.year), *(year + 1 for year in before)])
            training = Training(figure.id, figure.value, first, figure.year, outlook.new, outlook.taking_up)
            found = training.entrants(stock_year, self.region.years[-1], outlook.training_normals)
            total = found if total is None else total + found
        return total


def stated(quantity: str, region: Region, indicators: Mapping[str, Indicator]) -> Stock | None:
    """The stock a plan states, as a number or through a ratio in a year of the projection; None otherwise."""
    figure = stated_stock(region.figures, quantity)
    if figure is not None and figure.value is not None and figure.year is not None:
        return Stock(np.array([figure.value]), figure.year, figure.id)
    ratio = stated_ratio(region.figures, indicators, quantity)
    if ratio is None or ratio.value is None or ratio.year is None or ratio.year not in region.years:
        return None
    indicator = indicators[ratio.indicator]
    share = ratio.value / (indicator.scale or 1.0)
    at = list(region.years).index(ratio.year)
    if indicator.denominator is not None and indicator.denominator in region.populations:
        people = region.populations[indicator.denominator][:, at]
        if effective_basis(ratio) == "hukou":
            if region.hukou_ratio is None:
                return None
            people = people * region.hukou_ratio[:, at]
        return Stock(share * people, ratio.year, ratio.id)
    whole = None if indicator.denominator is None else stated(indicator.denominator, region, indicators)
    if whole is None or whole.year != ratio.year:
        return None
    return Stock(share * whole.amount, ratio.year, f"{ratio.id};{whole.figure_id}")


def imputed(quantity: str, region: Region, published: Published) -> Stock | None:
    """The stock that the published rate gives on the region's people, dated within the plan and the projection."""
    rate = published.rates.get(quantity)
    if rate is None:
        return None
    when = max(min(rate.year, region.horizon[1], region.years[-1]), region.years[0])
    people = region.populations["population_60plus"][:, list(region.years).index(when)]
    amount = rate.per_person * people * region.imputed_factor
    return Stock(amount, when, f"rate.{rate.region}.{quantity}.{rate.year}", assumed=True)


def own_record(quantity: str, region: Region, indicators: Mapping[str, Indicator]) -> Record | None:
    """Units a year the plan itself reports: a stated increase, or one indicator stated for two years."""
    for figure in region.figures:
        indicator = indicators[figure.indicator]
        if indicator.increase_of == quantity and figure.kind == "baseline" and figure.value is not None:
            return Record(np.array([figure.value / (indicator.period or 1)]), figure.id, assumed=False)
    for name in (quantity, *(i for i, item in indicators.items() if item.numerator == quantity)):
        amounts = _stated_amounts(name, region, indicators)
        if len(amounts) >= 2:
            first, last = min(amounts), max(amounts)
            (before, first_ids), (after, last_ids) = amounts[first], amounts[last]
            yearly = np.array([(after - before) / (last - first)])
            return Record(yearly, f"{first_ids};{last_ids}", assumed=indicators[name].denominator is not None)
    return None


def _stated_amounts(name: str, region: Region, indicators: Mapping[str, Indicator]) -> dict[int, tuple[float, str]]:
    """Amounts by year, and the figures they rest on, that an indicator's stated values come to.

    A share of a whole counts in the years for which the plan states the whole as well, as a number or per person.
    """
    whole = indicators[name].denominator
    if whole is None or whole == "population_60plus":
        return _amounts_alone(name, region, indicators)
    wholes = _amounts_alone(whole, region, indicators)
    for other, item in indicators.items():
        if (item.numerator, item.denominator) == (whole, "population_60plus"):
            wholes = _amounts_alone(other, region, indicators) | wholes
    scale = indicators[name].scale or 1.0
    return {
        year: (value / scale * wholes[year][0], f"{figure_id};{wholes[year][1]}")
        for year, (value, figure_id) in _stated_values(name, region).items()
        if year in wholes
    }


def _amounts_alone(name: str, region: Region, indicators: Mapping[str, Indicator]) -> dict[int, tuple[float, str]]:
    """As `_stated_amounts`, of a count or of a ratio to people aged 60+, who are interpolated between censuses."""
    found = _stated_values(name, region)
    if indicators[name].denominator is None:
        return found
    scale = indicators[name].scale or 1.0
    return {
        year: (value / scale * _past_people(region.past_60plus, year), figure_id)
        for year, (value, figure_id) in found.items()
    }


def _stated_values(name: str, region: Region) -> dict[int, tuple[float, str]]:
    """Values by year that the plan states of an indicator as facts.

    Ratios to registered people are left out: how many of them there were in the past is not known.
    """
    return {
        figure.year: (figure.value, figure.id)
        for figure in region.figures
        if figure.indicator == name
        and figure.kind == "baseline"
        and figure.value is not None
        and figure.year is not None
        and effective_basis(figure) != "hukou"
    }


def _past_people(census: Mapping[int, float], year: int) -> float:
    """People at a year between censuses, growing at a steady rate; beyond them the nearest census counts."""
    years = sorted(census)
    return float(np.exp(np.interp(year, years, np.log([census[y] for y in years]))))
