"""The next plan: what standing still, the national measure and need would each ask for, to copy from.

    stand_still     today's own provision per 1,000 people, held
    national_goal   the nation's measure: its latest outcome of beds, its goals for nursing beds and social workers
    need_50, need_80   enough for need with 50 or 80 % certainty: that quantile of all uncertainty of need

A share is one of the option's own total. The mid-term lies on the straight line from what exists when additions begin
to the plan's year. Arrays by draw; numbers shown are medians, or the quantile of the option.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.yardstick import OLD, QUANTITIES, GapLine
from pipeline.shortfall.additions import Ahead, Row
from pipeline.shortfall.gap import by_norm, need_by_quantity, status_quo
from pipeline.summary import in_digits, in_digits_of, interval_columns, interval_shown, third_digit

STAND_STILL, NATIONAL_GOAL = "stand_still", "national_goal"

PLANNED = {"beds": "institution_beds"} | {
    name: name for name in ("nursing_beds", "dementia_beds", "caregivers", "social_workers", "certified_caregivers")
}
"""Resources of the next plan and the quantity each is counted by: one for beds in every region."""

BLANK = {"q10": np.nan, "q90": np.nan}


class PlannedResource(NamedTuple):
    """What is known of one resource of one region; arrays of units (draw,), None where there is none.

    `existing` when additions begin, with what tables show of it; `closing` share that closes or leaves in a year; in
    the plan's year `stand_still`, `national`, `need`, and `need_older` with the 80+ a tenth higher; `record` units a
    year in the past; `grade` of the stock.
    """

    existing: Array | None = None
    existing_shown: float = np.nan
    closing: Array = np.zeros(1)
    stand_still: Array | None = None
    national: Array | None = None
    need: Array | None = None
    need_older: Array | None = None
    record: float = np.nan
    grade: str | None = None


def option_name(certainty: float) -> str:
    """The option of need at a certainty: need_80 for 0.8."""
    return f"need_{100 * certainty:.0f}"


def planned_resources(region: Ahead, year: int) -> dict[str, PlannedResource]:
    """What the next plan's options rest on, by resource, in the plan's last year."""
    supplies, demand, older = region.supplies, region.demand, region.old.copy()
    older[..., 4:] *= 1.1  # from 80 on
    need, need_older = (
        {name: region.at(amount, year) for name, amount in need_by_quantity(whole).items()}
        for whole in (demand.need(demand.choice.headline, people) for people in (region.old, older))
    )

    def then(line: GapLine | None) -> Array | None:
        return None if line is None else region.at(line.amount, year)

    found: dict[str, PlannedResource] = {}
    for resource, quantity in PLANNED.items():
        own, national = then(status_quo(quantity, supplies)), then(by_norm(quantity, supplies))
        if resource == "nursing_beds":
            # A share of each option's own total: today's own share, and the nation's latest goal.
            goals = [goal for goal in supplies.national.goals if goal.indicator == "nursing_bed_share"]
            goal = max((goal for goal in goals if goal.year <= year), key=lambda goal: goal.year, default=None)
            shares = then(status_quo("nursing_bed_share", supplies)), None if goal is None else goal.value
            own, national = (
                None if beds is None or share is None else beds * share / 100.0
                for beds, share in zip((found["beds"].stand_still, found["beds"].national), shares, strict=True)
            )
        supply, stock = supplies[quantity], dict[str, Any]()
        if supply is not None:
            stock = dict(zip(("existing", "existing_shown"), region.existing(supply), strict=True))
            stock |= {"closing": 1.0 - supply.kept, "grade": supply.grade(region.as_of)}
            stock["record"] = np.nan if supply.record is None else float(interval_shown(supply.record)[1])
        found[resource] = PlannedResource(
            **stock, stand_still=own, national=national, need=need.get(quantity), need_older=need_older.get(quantity)
        )
    return found


def targets(resources: Mapping[str, PlannedResource], certainties: Sequence[float]) -> Iterator[Row]:
    """What each option asks for in the plan's year: rows with what is shown and its interval, of need's none."""
    for name, item in resources.items():
        for option, amount in ((STAND_STILL, item.stand_still), (NATIONAL_GOAL, item.national)):
            if amount is not None and np.isfinite(amount).all():
                yield {"option": option, "certainty": None, "resource": name, **interval_columns(amount)}
        if item.need is not None and np.isfinite(item.need).all():
            for certainty in certainties:
                number = {"shown": enough(item.need, certainty), **BLANK}
                yield {"option": option_name(certainty), "certainty": certainty, "resource": name, **number}


def enough(need: Array, certainty: float) -> float:
    """The number that is enough for `need` (draw,) with this certainty, rounded as medians are in other tables."""
    return in_digits_of(float(np.quantile(need, certainty)), need)


def measure_rows(
    resources: Mapping[str, PlannedResource],
    people: Mapping[int, Array],
    as_of: int,
    year: int,
    mid_term: int,
    aims: Sequence[Row],
) -> Iterator[Row]:
    """All rows but cost: numbers, ratios, shares, additions, record, and the chance that a number is enough for need.

    `aims` are `targets`; `people` aged 60 and over (draw,) at the ends of the plan's `year` and of `mid_term`.
    """
    totals = {target["option"]: target["shown"] for target in aims if target["resource"] == "beds"}
    headcount = {when: float(interval_shown(count)[1]) for when, count in people.items()}
    for target in aims:
        item, number = resources[target["resource"]], target["shown"]
        unit = "beds" if target["resource"].endswith("beds") else "persons"
        grade = item.grade if target["option"] == STAND_STILL else None
        row = target | {"year": year, **BLANK, "grade": grade}
        by_year = {year: number}
        if item.existing is not None:
            share = (mid_term - as_of) / (year - as_of)
            by_year[mid_term] = float(np.rint(item.existing_shown + share * (number - item.existing_shown)))
        for when, amount in by_year.items():
            ends = {name: target[name] for name in BLANK} if when == year else {}
            yield row | {"year": when, "measure": "number", "shown": amount, "unit": unit} | ends
            ratio = float(f"{1000 * amount / headcount[when]:.3g}")
            yield row | {"year": when, "measure": "per_1000", "shown": ratio, "unit": "per_1000"}
        if target["resource"] == "nursing_beds" and target["option"] in totals:
            part = round(100 * number / totals[target["option"]], 1)
            yield row | {"measure": "share", "shown": part, "unit": "percent"}
        if item.existing is not None:
            yearly = row | {"unit": f"{unit}_per_year"}
            added = additions_shown(item, item.existing, target, year - as_of)
            yield yearly | {"measure": "additions_per_year"} | added
            if np.isfinite(item.record):
                yield yearly | {"measure": "record_per_year", "shown": float(np.rint(item.record)), "grade": item.grade}
        if item.need is not None:
            chance = round(float((item.need <= number).mean()), 3)
            yield row | {"measure": "chance_enough", "shown": chance, "unit": "probability", "grade": None}
            if item.need_older is not None and target["certainty"] is not None:
                higher = enough(item.need_older, target["certainty"]) - number
                change = {"measure": "change_if_80plus_tenth_higher", "shown": higher, "unit": unit, "grade": None}
                yield row | change


def additions_shown(item: PlannedResource, existing: Array, target: Row, years: int) -> dict[str, float]:
    """Columns of the units to add a year, without an interval that is narrower than the last digit shown."""
    added = yearly_additions(existing, item.closing, target["shown"], years)
    middle = yearly_additions(item.existing_shown, np.median(item.closing), target["shown"], years)
    columns = interval_columns(added, float(middle))
    if target["certainty"] is not None:
        # The number itself has three digits: what follows from it has no more, whatever closures alone bear.
        digit = third_digit(columns["shown"])
        columns = {name: float(in_digits(value, digit)) for name, value in columns.items()}
    return columns | (BLANK if columns["q90"] - columns["q10"] <= third_digit(columns["shown"]) else {})


def yearly_additions(existing: ArrayLike, closing: ArrayLike, number: float, years: int) -> Array:
    """Units to add a year from what exists to `number` in so many years, closures replaced."""
    stock = np.asarray(existing)
    return np.maximum(number - stock + years * np.asarray(closing) * stock, 0.0) / years


def next_plan_rows(region: Ahead, year: int, mid_term: int, certainties: Sequence[float]) -> list[Row]:
    """Rows of the next-plan table of one region."""
    resources = planned_resources(region, year)
    people = {when: region.at(region.supplies.region.populations[OLD], when) for when in (mid_term, year)}
    aims = list(targets(resources, certainties))
    rows = list(measure_rows(resources, people, region.as_of, year, mid_term, aims))
    yearly = {(r["option"], r["resource"]): r["shown"] for r in rows if r["measure"] == "additions_per_year"}
    goals = {goal.indicator for goal in region.supplies.national.goals if goal.year == year}
    elapsed = year - region.as_of
    for target in aims:
        item, option, resource = resources[target["resource"]], target["option"], target["resource"]
        row = target | {"year": year}
        counted_by = ("nursing_bed_share",) if resource == "nursing_beds" else QUANTITIES.get(resource, ())
        if option == NATIONAL_GOAL and not goals & set(counted_by):
            rows.append(row | {"measure": "no_national_goal", "shown": np.nan, **BLANK})
        if item.existing is not None:
            added = elapsed * yearly_additions(item.existing, item.closing, target["shown"], elapsed)
            for cost in region.cost_rows(resource, added, yearly[option, resource] * elapsed):
                kept = {name: cost[name] for name in ("shown", "q10", "q90", "unit", "grade")}
                rows.append(row | {"measure": cost["kind"]} | kept)
    return [{"region": region.name, **row} for row in rows]
