"""Rows of what to do from now on in one region: additions, the next plan, and what both cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.axes import Array
from pipeline.care.demand import Demand
from pipeline.care.need import Need
from pipeline.care.supply import Supplies, Supply
from pipeline.care.yardstick import OLD, QUANTITIES, SHARES, unit_of
from pipeline.random import stream
from pipeline.shortfall.additions import lines, periods
from pipeline.shortfall.by_need import QUANTITIES as OF_NEED
from pipeline.shortfall.cost import KINDS, YEARLY, UnitCost, cost
from pipeline.shortfall.gap import Requirement, by_norm, shown, status_quo
from pipeline.shortfall.next_plan import NATIONAL_GOAL, Resource, first_period, targets, values
from pipeline.summary import interval_shown

Row = dict[str, object]

MILLION = 1e6
OLDEST = slice(4, None)
"""Groups from 80 on among the nine from 60."""

PLANNED = {**OF_NEED, "certified_caregivers": "certified_caregivers"}
"""Resources of the next plan and the quantity each is counted by: one for beds in every region."""


@dataclass(frozen=True, eq=False)
class Ahead:
    """One region from `as_of` on: its supplies, what every yardstick asks for, and need under the headline definition.

    `old` (draw, year, sex, group) over the years of the supplies' region; `requirements` of plan, status quo, norm and
    need; `prices` what one unit costs, by kind; `empty` share (draw,) of beds on paper that stand empty and could be
    filled up to the occupancy aimed at.
    """

    name: str
    supplies: Supplies
    requirements: Sequence[Requirement]
    demand: Demand
    old: Array
    prices: Mapping[str, UnitCost]
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
        return np.asarray(amount[:, self.years.index(year)])

    def existing(self, supply: Supply) -> tuple[Array, float]:
        """What exists when additions begin, by draw and as shown."""
        amount = supply.existing()
        return self.at(amount.values, self.as_of), float(
            self.at(shown(amount, unit_of(supply.quantity))[None], self.as_of)[0]
        )


def additions_rows(region: Ahead, ends: Sequence[int], price_year: int) -> tuple[list[Row], list[Row]]:
    """Rows of the additions and of the cost table; `ends` of the periods, the first `as_of`.

    A yardstick without a known stock or requirement has no rows.
    """
    rows: list[Row] = []
    costs: list[Row] = []
    for requirement in region.requirements:
        supply = region.supplies[requirement.quantity]
        in_part = requirement.severity is not None or requirement.setting is not None
        if supply is None or requirement.quantity in SHARES or in_part:
            continue
        if requirement.definition not in (None, region.demand.choice.headline):
            continue
        existing, shown_value = region.existing(supply)
        required, unit = shown(requirement.amount, unit_of(requirement.quantity)), unit_of(requirement.quantity)
        amount = _from_the_start(requirement.amount.values, region.years, ends)
        wanted = _from_the_start(required[None], region.years, ends)[0, [region.years.index(end) for end in ends]]
        closing = 1.0 - supply.kept
        key = {
            "region": region.name,
            "resource": requirement.resource,
            "quantity": requirement.quantity,
            "yardstick": requirement.yardstick,
        }
        found = list(lines(amount, existing, closing, region.years, ends, [*map(float, wanted), shown_value]))
        grade = supply.grade(region.as_of)
        for line in found:
            values = {"part": line.part, "shown": line.shown, "q10": line.q10, "q90": line.q90}
            when = {"period": f"{line.first}-{line.last}"}
            rows.append({**key, **when, **values, "unit": f"{unit}_per_year", "grade": grade})
        if not found:
            continue
        first = f"{ends[0] + 1}-{ends[1]}"
        rows += [
            {**key, "period": first, **beside, "grade": grade} for beside in _beside(region, supply, existing, unit)
        ]
        totals = {line.first: line.shown for line in found if line.part == "total"}
        for period in periods(amount, existing, closing, region.years, ends):
            for kind, resource in KINDS.items():
                if resource != requirement.resource:
                    continue
                units = totals[period.first] * period.years
                costs.append(
                    {**key, "period": f"{period.first}-{period.last}"}
                    | _cost(region, kind, period.total, units, price_year)
                )
    return rows, costs


def _from_the_start(required: Array, years: Sequence[int], ends: Sequence[int]) -> Array:
    """A requirement (draw, year) that is silent when additions begin asks then for what it asks for first, at an end.

    A plan whose first target lies ahead has its way to it as today's shortfall, and nothing of it as ageing.
    """
    filled = required.copy()
    columns = [years.index(end) for end in ends]
    for this, later in reversed(list(pairwise(columns))):
        filled[:, this] = np.where(np.isnan(filled[:, this]), filled[:, later], filled[:, this])
    return filled


def _beside(region: Ahead, supply: Supply, existing: Array, unit: str) -> Iterator[Row]:
    """The record, and the beds that stand empty or could be converted."""
    if supply.record is not None:
        yearly = supply.record.yearly
        low, middle, high = interval_shown(yearly)
        yield {"part": "record", "shown": middle, "q10": low, "q90": high, "unit": f"{unit}_per_year"}
    spare: dict[str, Array] = {}
    if supply.quantity in SHARES.values():
        spare["empty"] = existing * region.empty
    whole = region.supplies[SHARES["nursing_bed_share"]]
    if supply.quantity == "nursing_beds" and whole is not None:
        spare["convertible"] = np.maximum(region.existing(whole)[0] - existing, 0.0)
    for part, beds in spare.items():
        low, middle, high = interval_shown(beds)
        yield {"part": part, "shown": middle, "q10": low, "q90": high, "unit": "beds"}


def _cost(region: Ahead, kind: str, units: Array, shown_value: float, price_year: int) -> Row:
    """Million yuan for `units` (draw,) of which `shown_value` are shown, in the columns of the cost table."""
    price = region.prices[kind]
    found = cost(units, shown_value, price, stream(region.seed, "cost", region.name, kind))
    return {
        "kind": kind,
        "q10": found.q10 / MILLION,
        "shown": found.shown / MILLION,
        "q90": found.q90 / MILLION,
        "unit": "million_yuan_per_year" if kind in YEARLY else "million_yuan",
        "price_year": price_year,
        "grade": price.grade,
        "own": price.own,
        "sources": ";".join(price.sources),
    }


def planned_resources(region: Ahead, year: int) -> dict[str, Resource]:
    """What the next plan's options rest on, by resource, in the plan's last year."""
    headline = region.demand.choice.headline
    whole, older = (region.demand.need(headline, people) for people in (region.old, _older(region.old)))
    need, need_older = _needed(whole), _needed(older)
    found = {}
    for resource, quantity in PLANNED.items():
        supply = region.supplies[quantity]
        amounts: dict[str, Any] = {}
        for name, requirement in (
            ("stand_still", status_quo(quantity, region.supplies)),
            ("national", by_norm(quantity, region.supplies)),
        ):
            if requirement is not None:
                amounts[name] = region.at(requirement.amount.values, year)
        if resource in need:
            amounts["need"] = region.at(need[resource], year)
        if resource in need_older:
            amounts["need_older"] = region.at(need_older[resource], year)
        if supply is not None:
            existing, shown_value = region.existing(supply)
            amounts |= {"existing": existing, "existing_shown": shown_value, "closing": 1.0 - supply.kept}
            amounts["grade"] = supply.grade(region.as_of)
            if supply.record is not None:
                amounts["record"] = float(interval_shown(supply.record.yearly)[1])
        found[resource] = Resource(**amounts)
    return _with_shares(region, found, year)


def _with_shares(region: Ahead, found: dict[str, Resource], year: int) -> dict[str, Resource]:
    """Nursing beds as a share of each option's own total: today's own share, and the nation's goal."""
    share_of = "nursing_bed_share"
    beds, nursing = found["beds"], found["nursing_beds"]
    own, goal = status_quo(share_of, region.supplies), national_share(region.supplies, share_of, year)
    still = national = None
    if own is not None and beds.stand_still is not None:
        still = beds.stand_still * region.at(own.amount.values, year) / 100.0
    if goal is not None and beds.national is not None:
        national = beds.national * goal / 100.0
    return {**found, "nursing_beds": replace(nursing, stand_still=still, national=national)}


def national_share(supplies: Supplies, indicator: str, year: int) -> float | None:
    """The nation's goal for a share in the latest year up to `year`, in percent; None where it has set none."""
    goals = [goal for goal in supplies.national.goals if goal.indicator == indicator and goal.year <= year]
    return max(goals, key=lambda goal: goal.year).value if goals else None


def next_plan_rows(region: Ahead, year: int, mid_term: int, certainties: Sequence[float], price_year: int) -> list[Row]:
    """Rows of the next-plan table of one region."""
    resources = planned_resources(region, year)
    people = {when: region.at(region.supplies.region.populations[OLD], when) for when in (mid_term, year)}
    key = {"region": region.name}
    rows: list[Row] = [
        {**key, **vars(value)} for value in values(resources, people, region.as_of, year, mid_term, certainties)
    ]
    goals = {goal.indicator for goal in region.supplies.national.goals if goal.year == year}
    for target in targets(resources, certainties):
        item = resources[target.resource]
        line = {
            **key,
            "year": year,
            "option": target.option,
            "certainty": target.certainty,
            "resource": target.resource,
        }
        if target.option == NATIONAL_GOAL and not _has_goal(target.resource, goals):
            rows.append({**line, "measure": "no_national_goal", "shown": np.nan, "q10": np.nan, "q90": np.nan})
        if item.existing is None:
            continue
        elapsed = year - region.as_of
        added = elapsed * first_period(item, target.shown, region.as_of, year)
        shown_value = next(
            float(str(row["shown"]))
            for row in rows
            if all(row.get(name) == line[name] for name in ("year", "option", "resource"))
            and row["measure"] == "additions_per_year"
        )
        for kind, resource in KINDS.items():
            if resource == target.resource:
                money = _cost(region, kind, added, shown_value * elapsed, price_year)
                rows.append(
                    {
                        **line,
                        "measure": kind,
                        **{name: money[name] for name in ("shown", "q10", "q90", "unit", "grade")},
                    }
                )
    return rows


def _has_goal(resource: str, goals: Iterable[str]) -> bool:
    """Whether one of the goals' indicators is about the resource."""
    wanted = {"nursing_beds": {"nursing_bed_share"}}.get(resource, set(QUANTITIES.get(resource, ())))
    return bool(wanted & set(goals))


def _older(old: Array) -> Array:
    """The same people with those aged 80 and over a tenth more."""
    higher = old.copy()
    higher[..., OLDEST] *= 1.1
    return higher


def _needed(whole: Need) -> dict[str, Array]:
    """What need asks for by resource, (draw, year)."""
    return {
        "beds": whole.all_beds,
        "nursing_beds": whole.beds[..., 1],
        "dementia_beds": whole.beds[..., 2],
        "caregivers": whole.facility_carers,
    }
