"""The next plan: what to write into it, what to add a year, and why so much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Cell, Picture, ReportColumn
from pipeline.report.facts import value, where
from pipeline.report.numbers import Value, significant
from pipeline.report.sections.planned import (
    added,
    counted_as,
    goal_year,
    in_force,
    money,
    option_name,
    periods,
    planned,
    years_of,
)
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, canvas, drawn, scale, sheet
from pipeline.results.view import NEXT_PLAN_OPTIONS, NEXT_PLAN_RESOURCES, ViewChoices, seen
from pipeline.summary import third_digit
from pipeline.vocabulary import ADDITION_PARTS, YARDSTICKS

SAME = {"stand_still": "status_quo", "national_goal": "norm", "need_50": "need"}
"""Options of which the table of additions has the yardstick: one number stands in both."""

COLOURS = dict(zip(NEXT_PLAN_OPTIONS, (BLUE, TEAL, MIST, ORANGE), strict=True))


def next_plan(context: Context) -> Sequence[Block]:
    """Options of the next plan, their chance of being enough, and the additions in three parts."""
    words = context.words
    tenth = planned(context, "beds", "need_50", "change_if_80plus_tenth_higher")
    return [
        pictures(*(_options(context, resource) for resource in ("beds", "nursing_beds", "caregivers"))),
        _table(context),
        *([context.text("next_plan.tenth", value=words.exact(tenth.shown))] if tenth is not None else []),
        context.note(
            "next_plan.note", middle=str(context.shared.central.next_plan.mid_term), year=str(goal_year(context))
        ),
        _additions(context),
        *_beside(context),
    ]


def _options(context: Context, resource: str) -> Picture | None:
    """One bar an option for the goal year, and the stock of today as a line."""
    words, year = context.words, goal_year(context)
    found = [(option, planned(context, resource, option)) for option in NEXT_PLAN_OPTIONS]
    known = [(option, entry) for option, entry in found if entry is not None]
    if len(known) < 2:
        return None
    rows = context.plan.rows(
        "gap",
        resource=resource,
        measure="existing",
        supply_path="trend",
        year=context.today,
        yardstick=None,
        quantity={"beds": "institution_beds"}.get(resource, resource),
    )
    have = value(rows.iloc[0]) if len(rows) == 1 else None
    ends = [entry.shown if entry.certain else entry.high for _, entry in known]
    top = max([*ends, have.shown if have is not None else 0.0])
    unit = scale(top, words)
    with sheet():
        figure, axis = canvas(0.36 * len(known) + 0.7)
        places = np.arange(len(known))[::-1]
        for place, (option, entry) in zip(places, known, strict=True):
            axis.barh(place, entry.shown / unit.size, 0.6, color=COLOURS[option], linewidth=0)
            if not entry.certain:
                axis.plot([entry.low / unit.size, entry.high / unit.size], [place, place], color=INK, lw=1)
            text = words.bare(entry.shown, unit)
            axis.text(
                max(entry.shown, 0 if entry.certain else entry.high) / unit.size + top / unit.size * 0.015,
                place,
                text,
                va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
        if have is not None:
            axis.axvline(have.shown / unit.size, color=INK, lw=1.2, ls=(0, (3, 2)))
        doubted = where(context.plan.rows("next_plan", resource=resource, measure="number"), grade=("C", "D"))
        weak = {option: words("options.weak") for option in doubted["option"]}
        axis.set_yticks(places, [option_name(context, resource, o) + weak.get(o, "") for o, _ in known])
        axis.tick_params(axis="y", labelcolor=INK)
        axis.set_xlim(0, top / unit.size * 1.2)
        axis.xaxis.set_major_locator(MaxNLocator(4))
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        counted = "persons" if resource == "caregivers" else "beds"
        axis.set_title(words(f"axis.{counted}", unit=unit.sign + words.either("", " ") if unit.sign else ""))
        svg = drawn(figure)
    named = {"resource": words(f"planned.{resource}"), "year": str(year)}
    key = "options.caption" if have is None else "options.caption_stock"
    there = "" if have is None else words("options.have", have=words.ranged(have), grade=str(rows["grade"].iloc[0]))
    caption = words(key, **named, have=there, today=str(context.today))
    items = words.either("；", "; ").join(f"{option_name(context, resource, o)} {words.ranged(e)}" for o, e in known)
    return Picture(f"options_{resource}", svg, caption, words("options.alt", caption=caption, items=items))


@dataclass(frozen=True)
class Option:
    """One way to set a target of the next plan: how much of a resource in a year, and what that means."""

    resource: str
    option: str
    number: Value
    middle: Value | None
    per_1000: Value | None
    share: Value | None
    yearly: Value | None
    cost: Value | None
    chance: Value | None
    grade: str | None


def rows_shown(context: Context, table: str, **keys: object) -> pd.DataFrame:
    """The rows of a table, with these values, that the section has of the plan's region."""
    rows = context.plan.rows(table, **keys)
    return rows if rows.empty else seen(rows, table, "next plan", ViewChoices(context.shared.settings))


def options(context: Context, year: int) -> list[Option]:
    """The options for a year in the order of resources; additions and costs are those of the tables that bear them."""
    rows = rows_shown(context, "next_plan", year=year)
    found = {(str(r["resource"]), str(r["option"]), str(r["measure"])): r for _, r in rows.iterrows()}
    before = rows_shown(context, "next_plan", measure="number")
    at_middle = {(str(r["resource"]), str(r["option"])): value(r) for _, r in before[before["year"] < year].iterrows()}
    listed = []
    for resource, option in ((r, o) for r in NEXT_PLAN_RESOURCES for o in NEXT_PLAN_OPTIONS):
        known = {name: value(r) for (r_, o, name), r in found.items() if (r_, o) == (resource, option)}
        number = known.get("number")
        if number is None:
            continue
        grade, cost = found[resource, option, "number"]["grade"], known.get("capital_investment", known.get("pay"))
        yearly = _three(known.get("additions_per_year"))
        if option in SAME and resource != "social_workers" and yearly is not None:
            called = "caregivers" if resource == "certified_caregivers" else resource
            yearly = _three(added(context, called, SAME[option])) or yearly
            same = context.plan.rows("cost", resource=called, yardstick=SAME[option], period=periods(context)[0])
            same = same[same["kind"].isin(("capital_investment", "pay"))] if len(same) else same
            cost = value(same.iloc[0]) if cost is not None and len(same) else cost
        chance = known.get("chance_enough")
        stated = (known.get("per_1000"), known.get("share"), yearly, cost, chance)
        middle = at_middle.get((resource, option))
        listed.append(Option(resource, option, number, middle, *stated, None if pd.isna(grade) else str(grade)))
    return listed


def _three(found: Value | None) -> Value | None:
    """A number a year with three digits, and its interval."""
    return None if found is None else Value(*(significant(end) for end in (found.shown, found.low, found.high)))


def _table(context: Context) -> Block:
    """One row an option and resource: number, ratio, additions a year, cost and the chance that it is enough."""
    words, year = context.words, goal_year(context)
    found = options(context, year)

    def middle(entry: Option) -> Cell:
        # On the way down to less than there is nothing is to be reached.
        enough = entry.middle is not None and entry.middle.shown > entry.number.shown
        return words("options.enough") if enough else _three(entry.middle)

    def ratio(entry: Option) -> Cell:
        if entry.share is not None:
            return words.percent(entry.share.shown / 100)
        return None if entry.per_1000 is None else words.exact(entry.per_1000.shown, 1)

    def cost(entry: Option) -> Cell:
        if entry.cost is None or entry.cost.certain:
            return None
        return money(words, entry.cost.low, entry.cost.high, column=True)

    return context.table(
        words("next_plan.table", year=str(year)),
        found,
        ReportColumn(words("head.resource"), lambda entry: words(f"planned.{entry.resource}"), 15),
        ReportColumn(words("head.option"), lambda entry: option_name(context, entry.resource, entry.option), 15),
        *(
            [ReportColumn(words("head.middle", year=str(year - 2)), middle, 11, exact=True, number=True)]
            if any(entry.middle is not None for entry in found)
            else []
        ),
        ReportColumn(words("head.end_of", year=str(year)), lambda entry: entry.number, 19, exact=True),
        ReportColumn(words("head.ratio"), ratio, 15, number=True),
        ReportColumn(words("head.yearly"), lambda entry: entry.yearly, 16, exact=True),
        ReportColumn(words("head.cost_in"), cost, 17, number=True),
        ReportColumn(
            words("head.enough"),
            lambda entry: None if entry.chance is None else words.chance(entry.chance.shown),
            9,
            number=True,
        ),
        ReportColumn(
            words("head.basis_of"),
            lambda entry: words("basis.national") if entry.grade is None else context.grade(entry.grade),
            11,
        ),
    )


def _additions(context: Context) -> Block:
    """Additions a year in both periods, in parts that add up."""
    words = context.words
    rows = rows_shown(context, "additions")
    keys = [
        (r, y, p)
        for r in NEXT_PLAN_RESOURCES
        for y in YARDSTICKS
        for p in periods(context)
        if len(where(rows, resource=r, yardstick=y, period=p))
    ]

    shown = {key: _parts(context, *key) for key in keys}

    def part(name: str) -> Callable[[tuple[str, str, str]], Cell]:
        return lambda key: shown[key].get(name)

    return context.table(
        words("additions.table"),
        keys,
        ReportColumn(words("head.resource"), lambda key: counted_as(context, key[0]), 16),
        ReportColumn(words("head.yardstick"), lambda key: words(in_force(context, f"yardstick.{key[1]}")), 15),
        ReportColumn(words("head.period"), lambda key: years_of(context, key[2]), 11),
        *(ReportColumn(words(f"part.{name}"), part(name), 11, exact=True) for name in ADDITION_PARTS),
        ReportColumn(words("part.total"), part("total"), 20, exact=True),
    )


def _parts(context: Context, resource: str, yardstick: str, period: str) -> dict[str, Cell]:
    """The parts of what is to be added a year and their total, in the digits of the largest, so that they close."""
    keys = {"resource": resource, "yardstick": yardstick, "period": period}
    found = {name: context.plan.value("additions", part=name, **keys) for name in (*ADDITION_PARTS, "total")}
    parts = {name: entry.shown for name, entry in found.items() if entry is not None and name != "total"}
    total = found["total"]
    if total is None or not parts:
        return {}
    digit = third_digit(max(abs(number) for number in (*parts.values(), total.shown)))
    rounded = shared_out(list(parts.values()), digit)
    ends = (significant(end) for end in (total.low, total.high))
    return dict(zip(parts, rounded, strict=True)) | {"total": Value(max(sum(rounded), 0.0), *ends)}


def shared_out(parts: Sequence[float], digit: float) -> list[float]:
    """Parts in multiples of `digit` that add up to their sum so rounded: the largest remainders are rounded up."""
    floors = [np.floor(part / digit) for part in parts]
    missing = round(sum(parts) / digit) - int(sum(floors))
    order = sorted(range(len(parts)), key=lambda place: floors[place] - parts[place] / digit)
    return [float((floors[place] + (place in order[:missing])) * digit) for place in range(len(parts))]


def _beside(context: Context) -> list[Block]:
    """Beds that stand empty and beds that could be converted: beside the additions, never subtracted."""
    words = context.words
    out: list[Block] = []
    for part in ("empty", "convertible"):
        rows = context.plan.rows("additions", part=part)
        rows = rows[rows["shown"].notna() & (rows["shown"] > 0)]
        if len(rows):
            found = value(rows.iloc[0])
            if found is not None:
                out.append(context.note(f"additions.{part}", value=words.ranged(found)))
    return out
