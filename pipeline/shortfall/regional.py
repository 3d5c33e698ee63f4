"""One region, one scenario: every resource under every yardstick, with what there is and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.care.published import Growth, Rate
from pipeline.care.requirement import Required, required
from pipeline.care.supply import Record, Stock, supply_paths
from pipeline.care.yardstick import (
    RESOURCES,
    effective_basis,
    norm_rules,
    plan_rules,
    quantity_of,
    stated_ratio,
    stated_stock,
    with_norms,
)
from pipeline.shortfall.gap import gap_measures
from pipeline.sources.catalogue import Figure, Indicator

Array = NDArray[np.float64]

UNITS: Mapping[str, str] = {
    "beds": "beds",
    "nursing_beds": "beds",
    "dementia_beds": "beds",
    "caregivers": "persons",
    "social_workers": "persons",
}


@dataclass(frozen=True)
class Series:
    """One line of the gap table in all years and draws: `values` (draw, year), NaN where nothing is known."""

    resource: str
    yardstick: str
    supply_path: str | None
    measure: str
    values: Array
    unit: str
    basis: str
    assumed: bool
    figure_id: str | None
    stock_year: int | None


@dataclass(frozen=True)
class Published:
    """Published rates and growth by quantity, which stand in for what a plan does not state."""

    rates: Mapping[str, Rate]
    growth: Mapping[str, Growth]


@dataclass(frozen=True)
class Region:
    """What the arithmetic needs to know of a planned region under one scenario.

    `populations` resident people by indicator id, (draw, year); `past_60plus` resident people aged 60+ in
    census years; `hukou_ratio` and `imputed_factor` (draw,); `horizon_end` the plan's last year, after which no
    imputed stock is dated.
    """

    figures: Sequence[Figure]
    populations: Mapping[str, Array]
    past_60plus: Mapping[int, float]
    hukou_ratio: Array | None
    imputed_factor: Array
    horizon_end: int
    years: Sequence[int]


def region_series(region: Region, indicators: Mapping[str, Indicator], published: Published) -> list[Series]:
    """All series of a region: for each resource the plan's yardstick (where it has one) and the norm's.

    Supply, gap and sufficiency come with the stock the plan states, blank where it states none; where it states
    none and a published rate exists, a second set with the imputed stock follows, marked assumed.
    """
    own = plan_rules(region.figures, indicators, region.years[0])
    norms = norm_rules(indicators, region.years[0])
    series: list[Series] = []
    for resource in RESOURCES:
        quantity = quantity_of(resource, own, region.figures)
        stocks = _stocks(quantity, region, indicators, published)
        planned = any(rule.quantity == quantity for rule in own)
        yardsticks = {"plan": with_norms(own, norms) if planned else [], "norm": norms}
        for yardstick, rules in yardsticks.items():
            asked = required(quantity, rules, region.populations, region.hukou_ratio, region.years)
            if asked is None:
                continue
            series += _required_series(resource, yardstick, asked, region)
            for stock in stocks:
                record = _record(quantity, stock, region, indicators, published)
                series += _supply_series(resource, yardstick, asked, stock, record, region)
            if not stocks or stocks[0].assumed:
                series += _unknown_supply(resource, yardstick, asked, region)
    return series


def _required_series(resource: str, yardstick: str, asked: Required, region: Region) -> list[Series]:
    draws = max(p.shape[0] for p in region.populations.values())
    values = np.broadcast_to(asked.amount, (draws, len(region.years)))
    return [
        Series(
            resource,
            yardstick,
            None,
            "required",
            values,
            UNITS[resource],
            asked.basis,
            asked.assumed,
            asked.figure_id,
            None,
        )
    ]


def _supply_series(
    resource: str, yardstick: str, asked: Required, stock: Stock, record: Record | None, region: Region
) -> list[Series]:
    result = []
    for path, supply in supply_paths(stock, record, region.years).items():
        assumed = stock.assumed or (path != "held" and record is not None and record.assumed)
        common = Series(
            resource,
            yardstick,
            path,
            "supply",
            supply,
            UNITS[resource],
            asked.basis,
            assumed,
            stock.figure_id,
            stock.year,
        )
        result.append(common)
        measures = gap_measures(asked.amount, supply, stock.amount, stock.year, region.years)
        for measure, values in measures.items():
            if measure == "required_per_year" and path != "held":
                continue
            unit = {"sufficiency": "ratio", "required_per_year": f"{UNITS[resource]}_per_year"}.get(
                measure, UNITS[resource]
            )
            result.append(
                replace(
                    common,
                    measure=measure,
                    values=values,
                    unit=unit,
                    assumed=assumed or asked.assumed,
                    figure_id=asked.figure_id,
                )
            )
    return result


def _unknown_supply(resource: str, yardstick: str, asked: Required, region: Region) -> list[Series]:
    nothing = np.full((1, len(region.years)), np.nan)
    return [
        Series(
            resource,
            yardstick,
            "held",
            measure,
            nothing,
            unit,
            asked.basis,
            False,
            None if measure == "supply" else asked.figure_id,
            None,
        )
        for measure, unit in (
            ("supply", UNITS[resource]),
            ("gap", UNITS[resource]),
            ("sufficiency", "ratio"),
            ("required_per_year", f"{UNITS[resource]}_per_year"),
        )
    ]


def _stocks(
    quantity: str, region: Region, indicators: Mapping[str, Indicator], published: Published
) -> list[Stock]:
    stock = _stated(quantity, region, indicators)
    if stock is not None:
        return [stock]
    rate = published.rates.get(quantity)
    if rate is None:
        return []
    when = max(min(rate.year, region.horizon_end), region.years[0])
    people = region.populations["population_60plus"][:, list(region.years).index(when)]
    amount = rate.per_person * people * region.imputed_factor
    return [Stock(amount, when, f"rate.{rate.region}.{quantity}", assumed=True)]


def _stated(quantity: str, region: Region, indicators: Mapping[str, Indicator]) -> Stock | None:
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
            people = people * region.hukou_ratio
        return Stock(share * people, ratio.year, ratio.id)
    whole = None if indicator.denominator is None else _stated(indicator.denominator, region, indicators)
    return None if whole is None else Stock(share * whole.amount, ratio.year, f"{ratio.id};{whole.figure_id}")


def _record(
    quantity: str, stock: Stock, region: Region, indicators: Mapping[str, Indicator], published: Published
) -> Record | None:
    """Units added a year in the past: the plan's own record, else the nation's rate on the region's stock.

    A plan's record is a stated increase, or the same count or ratio to people aged 60+ stated for two years.
    """
    for figure in region.figures:
        indicator = indicators[figure.indicator]
        if indicator.increase_of == quantity and figure.kind == "baseline" and figure.value is not None:
            return Record(np.array([figure.value / (indicator.period or 1)]), figure.id, assumed=False)
    two_years = _stated_growth(quantity, region, indicators)
    if two_years is not None:
        return two_years
    growth = published.growth.get(quantity)
    if growth is None:
        return None
    return Record(growth.share * stock.amount, f"growth.{growth.region}.{quantity}", assumed=True)


def _stated_growth(quantity: str, region: Region, indicators: Mapping[str, Indicator]) -> Record | None:
    """Units a year between the first and the last stock the plan states by the same indicator."""
    for name in (quantity, *(i for i, item in indicators.items() if item.numerator == quantity)):
        stated = {
            figure.year: figure
            for figure in region.figures
            if figure.indicator == name and figure.kind == "baseline" and figure.value is not None
        }
        dated = [(year, stated[year]) for year in sorted(year for year in stated if year is not None)]
        if len(dated) < 2 or indicators[name].denominator not in (None, "population_60plus"):
            continue
        (first_year, first), (last_year, last) = dated[0], dated[-1]
        amounts = []
        for year, figure in (dated[0], dated[-1]):
            people = _past_people(region.past_60plus, year) if indicators[name].denominator else 1.0
            amounts.append((figure.value or 0.0) / (indicators[name].scale or 1.0) * people)
        yearly = (amounts[1] - amounts[0]) / (last_year - first_year)
        return Record(
            np.array([yearly]), f"{first.id};{last.id}", assumed=indicators[name].denominator is not None
        )
    return None


def _past_people(census: Mapping[int, float], year: int) -> float:
    """People at a year between censuses, growing at a steady rate; beyond them the nearest census counts."""
    years = sorted(census)
    return float(np.exp(np.interp(year, years, np.log([census[y] for y in years]))))
