"""The next plan: what to write into it, what to add a year and why so much, and what that costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from pipeline.report.context import Context, pictures, rows_of, unit_of_resource
from pipeline.report.document import Block, Cell, Picture
from pipeline.report.facts import value, where
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, bar_names, drawing, unit_title
from pipeline.report.wording import Value, three_digits
from pipeline.results.view import NEXT_PLAN_OPTIONS, NEXT_PLAN_RESOURCES, ViewChoices, seen
from pipeline.summary import third_digit
from pipeline.vocabulary import ADDITION_PARTS, COST_KINDS, YARDSTICKS

SAME = {"stand_still": "status_quo", "national_goal": "norm", "need_50": "need"}
"""Options of which the table of additions has the yardstick: one number stands in both."""

COLOURS = dict(zip(NEXT_PLAN_OPTIONS, (BLUE, TEAL, MIST, ORANGE), strict=True))


def next_plan(context: Context) -> Sequence[Block]:
    """Options of the next plan, their chance of being enough, and the additions in three parts."""
    words = context.words
    tenth = context.next_plan_value("beds", "need_50", "change_if_80plus_tenth_higher")
    return [
        pictures(*(_options(context, resource) for resource in ("beds", "nursing_beds", "caregivers"))),
        _table(context),
        *([context.text("next_plan.tenth", value=words.exact(tenth.shown))] if tenth is not None else []),
        context.note("next_plan.note", middle=context.shared.central.next_plan.mid_term, year=context.goal_year),
        _additions(context),
        *_beside(context),
    ]


def _options(context: Context, resource: str) -> Picture | None:
    """One bar an option for the goal year, and the stock of today as a line."""
    words, year = context.words, context.goal_year
    found = {option: context.next_plan_value(resource, option) for option in NEXT_PLAN_OPTIONS}
    known = {option: number for option, number in found.items() if number is not None}
    if len(known) < 2:
        return None
    quantity = "institution_beds" if resource == "beds" else resource
    keys = {"measure": "existing", "supply_path": "trend", "yardstick": None, "year": context.today}
    stocks = context.rows("gap", resource=resource, quantity=quantity, **keys)
    stock = value(stocks.iloc[0]) if len(stocks) == 1 else None
    doubted = where(context.rows("next_plan", resource=resource, measure="number"), grade=("C", "D"))
    weak = dict.fromkeys(doubted["option"], words("options.weak"))
    top = max([number.shown if number.certain else number.high for number in known.values()])
    top = top if stock is None else max(top, stock.shown)
    unit = words.unit(top, column=True)
    with drawing(0.36 * len(known) + 0.7) as plot:
        axis, places = plot.axis, np.arange(len(known))[::-1]
        for place, (option, number) in zip(places, known.items(), strict=True):
            axis.barh(place, number.shown / unit.size, 0.6, color=COLOURS[option], linewidth=0)
            if not number.certain:
                axis.plot([number.low / unit.size, number.high / unit.size], [place, place], color=INK, lw=1)
            axis.text(
                max(number.shown, 0 if number.certain else number.high) / unit.size + top / unit.size * 0.015,
                place,
                words.bare(number.shown, unit),
                va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
        if stock is not None:
            axis.axvline(stock.shown / unit.size, color=INK, lw=1.2, ls=(0, (3, 2)))
        bar_names(axis, places, [context.option_name(resource, option) + weak.get(option, "") for option in known])
        axis.set_xlim(0, top / unit.size * 1.2)
        axis.xaxis.set_major_locator(MaxNLocator(4))
        unit_title(axis, words, f"axis.{unit_of_resource(resource)}", unit)
    have = "" if stock is None else words("options.have", have=words.ranged(stock), grade=str(stocks["grade"].iloc[0]))
    caption = words(
        "options.caption" if stock is None else "options.caption_stock",
        resource=words(f"planned.{resource}"),
        year=year,
        have=have,
        today=context.today,
    )
    items = words.clauses(f"{context.option_name(resource, o)} {words.ranged(n)}" for o, n in known.items())
    return Picture(f"options_{resource}", plot.svg, caption, words("options.alt", caption=caption, items=items))


@dataclass(frozen=True)
class Option:
    """One way to set a target of the next plan: how much of a resource in a year and in the middle of the plan, what it
    means a year, and by measure what else the table shows."""

    resource: str
    option: str
    number: Value
    middle: Value | None
    yearly: Value | None
    cost: Value | None
    shown: Mapping[str, float]
    grade: str | None


def _rows_shown(context: Context, table: str) -> pd.DataFrame:
    return seen(context.rows(table), table, "next plan", ViewChoices(context.shared.settings))


def options(context: Context, year: int) -> list[Option]:
    """The options for a year in the order of resources; additions and costs are those of the tables that bear them."""
    rows, listed = _rows_shown(context, "next_plan"), []
    for resource, option in product(NEXT_PLAN_RESOURCES, NEXT_PLAN_OPTIONS):
        own = where(rows, resource=resource, option=option)
        now = where(own, year=year).set_index("measure")
        known = {str(measure): value(row) for measure, row in now.iterrows()}
        number = known.get("number")
        if number is None:
            continue
        shown = {str(measure): float(number) for measure, number in now["shown"].dropna().items()}
        before = own[(own["measure"] == "number") & (own["year"] < year)]
        middle = value(before.iloc[-1]) if len(before) else None
        grade, cost = now["grade"].to_dict()["number"], known.get("capital_investment", known.get("pay"))
        yearly = _three(known.get("additions_per_year"))
        if option in SAME and resource != "social_workers" and yearly is not None:
            called = "caregivers" if resource == "certified_caregivers" else resource
            yearly = _three(context.additions(called, SAME[option])) or yearly
            same = context.rows("cost", resource=called, yardstick=SAME[option], period=context.periods[0])
            same = where(same, kind=("capital_investment", "pay"))
            cost = value(same.iloc[0]) if cost is not None and len(same) else cost
        grade = None if pd.isna(grade) else str(grade)
        listed.append(Option(resource, option, number, middle, yearly, cost, shown, grade))
    return listed


def _three(found: Value | None) -> Value | None:
    """A number a year with three digits, and its interval."""
    return None if found is None else Value(*(three_digits(end) for end in (found.shown, found.low, found.high)))


def _table(context: Context) -> Block:
    """One row an option and resource: number, ratio, additions a year, cost and the chance that it is enough."""
    words, column, year = context.words, context.column, context.goal_year
    found = options(context, year)

    def middle(entry: Option) -> Cell:
        # On the way down to less than there is nothing is to be reached.
        enough = entry.middle is not None and entry.middle.shown > entry.number.shown
        return words("options.enough") if enough else _three(entry.middle)

    def ratio(entry: Option) -> Cell:
        if "share" in entry.shown:
            return words.percent(entry.shown["share"] / 100)
        return words.exact(entry.shown["per_1000"], 1) if "per_1000" in entry.shown else None

    def cost(entry: Option) -> Cell:
        if entry.cost is None or entry.cost.certain:
            return None
        return context.money(entry.cost.low, entry.cost.high, column=True)

    def chance(entry: Option) -> Cell:
        return words.chance(entry.shown["chance_enough"]) if "chance_enough" in entry.shown else None

    def basis(entry: Option) -> Cell:
        return words("basis.national") if entry.grade is None else context.grade(entry.grade)

    before = column("head.middle", middle, 11, decimals=0, number=True, year=year - 2)
    return context.table(
        words("next_plan.table", year=year),
        found,
        column("head.resource", lambda entry: words(f"planned.{entry.resource}"), 15),
        column("head.option", lambda entry: context.option_name(entry.resource, entry.option), 15),
        *([before] if any(entry.middle is not None for entry in found) else []),
        column("head.end_of", lambda entry: entry.number, 19, decimals=0, year=year),
        column("head.ratio", ratio, 15, number=True),
        column("head.yearly", lambda entry: entry.yearly, 16, decimals=0),
        column("head.cost_in", cost, 17, number=True),
        column("head.enough", chance, 9, number=True),
        column("head.basis_of", basis, 11),
    )


def _additions(context: Context) -> Block:
    """Additions a year in both periods, in parts that add up."""
    words, column, rows = context.words, context.column, _rows_shown(context, "additions")
    found = [
        (resource, yardstick, period, _parts(context, resource, yardstick, period))
        for resource in NEXT_PLAN_RESOURCES
        for yardstick in YARDSTICKS
        for period in context.periods
        if len(where(rows, resource=resource, yardstick=yardstick, period=period))
    ]
    return context.table(
        words("additions.table"),
        found,
        column("head.resource", lambda row: context.quantity_name(row[0]), 16),
        column("head.yardstick", lambda row: context.yardstick_name(row[1]), 15),
        column("head.period", lambda row: context.period_name(row[2]), 11),
        *(column(f"part.{part}", lambda row, p=part: row[3].get(p), 11, decimals=0) for part in ADDITION_PARTS),
        column("part.total", lambda row: row[3].get("total"), 20, decimals=0),
    )


def _parts(context: Context, resource: str, yardstick: str, period: str) -> Mapping[str, Cell]:
    """The parts of what is to be added a year and their total, in the digits of the largest, so that they close."""
    keys = {"resource": resource, "yardstick": yardstick, "period": period}
    found = {name: context.value("additions", part=name, **keys) for name in ADDITION_PARTS}
    parts = {name: number.shown for name, number in found.items() if number is not None}
    total = context.value("additions", part="total", **keys)
    if total is None or not parts:
        return {}
    rounded = shared_out(list(parts.values()), third_digit(max(map(abs, (*parts.values(), total.shown)))))
    whole = Value(max(sum(rounded), 0.0), three_digits(total.low), three_digits(total.high))
    return {**dict(zip(parts, rounded, strict=True)), "total": whole}


def shared_out(parts: Sequence[float], digit: float) -> list[float]:
    """Parts in multiples of `digit` that add up to their sum so rounded: the largest remainders are rounded up."""
    floors = [np.floor(part / digit) for part in parts]
    missing = round(sum(parts) / digit) - int(sum(floors))
    order = sorted(range(len(parts)), key=lambda place: floors[place] - parts[place] / digit)
    return [float((floors[place] + (place in order[:missing])) * digit) for place in range(len(parts))]


def _beside(context: Context) -> list[Block]:
    """Beds that stand empty and beds that could be converted: beside the additions, never subtracted."""
    notes: list[Block] = []
    for part in ("empty", "convertible"):
        rows = context.rows("additions", part=part)
        rows = rows[rows["shown"] > 0]
        found = value(rows.iloc[0]) if len(rows) else None
        if found is not None:
            notes.append(context.note(f"additions.{part}", value=context.words.ranged(found)))
    return notes


def cost(context: Context) -> Sequence[Block]:
    """One interval a resource, yardstick and kind of cost of the next period; the later one stands in the tables."""
    words, column = context.words, context.column
    rows = context.rows("cost", period=context.periods[0])
    found = sorted(
        rows_of(rows[rows["q90"] > 0]),
        key=lambda row: (row["resource"], YARDSTICKS.index(row["yardstick"]), COST_KINDS.index(row["kind"])),
    )
    if not found:
        known = context.rows("additions", part="total")["shown"].notna().any()
        return [context.text("cost.nothing" if known else "cost.unknown")]
    years = ", ".join(sorted({str(int(row["price_year"])) for row in found}))
    return [
        context.table(
            words("cost.table", year=years, period=context.period_name()),
            found,
            column("head.resource", lambda row: context.quantity_name(row["resource"]), 16),
            column("head.yardstick", lambda row: context.yardstick_name(row["yardstick"]), 15),
            column("head.kind_of_cost", lambda row: words(f"cost.{row['kind']}"), 28),
            column("head.cost_in", lambda row: context.money(row["q10"], row["q90"], column=True), 17, number=True),
            column("head.prices", lambda row: words("cost.own" if row["own"] else "cost.elsewhere"), 12),
        ),
        context.note("cost.note"),
    ]
