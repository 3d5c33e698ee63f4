"""The next plan: what to write into it, what to add a year, and why so much."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Cell, Column, Picture
from pipeline.report.facts import value, where
from pipeline.report.sections.brief import added, counted_as, goal_year, in_force, money, option_name, periods, planned
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, canvas, drawn, scale, sheet
from pipeline.vocabulary import ADDITION_PARTS, YARDSTICKS

OPTIONS = ("stand_still", "national_goal", "need_50", "need_80")
PLANNED = ("beds", "nursing_beds", "dementia_beds", "caregivers", "certified_caregivers", "social_workers")
SAME = {"stand_still": "status_quo", "national_goal": "norm"}
"""Options of which the table of additions has the yardstick: one number stands in both."""

COLOURS = dict(zip(OPTIONS, (BLUE, TEAL, MIST, ORANGE), strict=True))


def ruled(resource: str, option: str, measure: str) -> bool:
    """Whether a number speaks of need where only a rule asks: how many social workers a plan wants is no need."""
    return resource == "social_workers" and (option.startswith("need") or measure == "chance_enough")


def next_plan(context: Context) -> Sequence[Block]:
    """Options of the next plan, their chance of being enough, and the additions in three parts."""
    words = context.words
    tenth = planned(context, "beds", "need_50", "change_if_80plus_tenth_higher")
    return [
        pictures(*(_options(context, resource) for resource in ("beds", "nursing_beds", "caregivers"))),
        _table(context),
        *([context.text("next_plan.tenth", value=words.exact(tenth.shown))] if tenth is not None else []),
        context.note("next_plan.note", middle=str(goal_year(context) - 2)),
        _additions(context),
        *_beside(context),
    ]


def _options(context: Context, resource: str) -> Picture | None:
    """One bar an option for the goal year, and the stock of today as a line."""
    words, year = context.words, goal_year(context)
    found = [(option, planned(context, resource, option)) for option in OPTIONS]
    known = [(option, entry) for option, entry in found if entry is not None]
    if len(known) < 2:
        return None
    have = context.plan.value(
        "gap",
        resource=resource,
        measure="existing",
        supply_path="trend",
        year=context.today,
        yardstick=None,
        quantity={"beds": "institution_beds"}.get(resource, resource),
    )
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
        axis.set_yticks(places, [option_name(context, resource, option) for option, _ in known])
        axis.tick_params(axis="y", labelcolor=INK)
        axis.set_xlim(0, top / unit.size * 1.2)
        axis.xaxis.set_major_locator(MaxNLocator(4))
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        counted = "persons" if resource == "caregivers" else "beds"
        axis.set_title(words(f"axis.{counted}", unit=unit.sign + words.either("", " ") if unit.sign else ""))
        svg = drawn(figure)
    told = {"resource": words(f"planned.{resource}"), "year": str(year)}
    key = "options.caption" if have is None else "options.caption_stock"
    caption = words(key, **told, have="" if have is None else words.estimate(have.shown), today=str(context.today))
    items = words.either("；", "; ").join(f"{option_name(context, resource, o)} {words.ranged(e)}" for o, e in known)
    return Picture(f"options_{resource}", svg, caption, words("options.alt", caption=caption, items=items))


def _table(context: Context) -> Block:
    """One row an option and resource: number, ratio, additions a year, cost and the chance that it is enough."""
    words, year = context.words, goal_year(context)
    rows = context.plan.rows("next_plan", year=year, measure="number")
    order = {(r, o): place for place, (r, o) in enumerate((r, o) for r in PLANNED for o in OPTIONS)}
    keys = sorted(
        {(str(r["resource"]), str(r["option"])) for _, r in rows.iterrows() if pd.notna(r["shown"])}
        - {(r, o) for r in PLANNED for o in OPTIONS if ruled(r, o, "number")},
        key=lambda key: order.get(key, len(order)),
    )
    every = context.plan.rows("next_plan", year=year)
    found = {(str(r["resource"]), str(r["option"]), str(r["measure"])): value(r) for _, r in every.iterrows()}
    grades = {(str(r["resource"]), str(r["option"])): r["grade"] for _, r in rows.iterrows()}

    def got(measure: str) -> Callable[[tuple[str, str]], Cell]:
        return lambda key: found.get((*key, measure))

    def ratio(key: tuple[str, str]) -> Cell:
        share, per = found.get((*key, "share")), found.get((*key, "per_1000"))
        if share is not None:
            return words.percent(share.shown / 100)
        return None if per is None else words("stated.per_1000", value=words.exact(per.shown, 1))

    def same(key: tuple[str, str]) -> tuple[str, str] | None:
        """The resource and yardstick of the additions that speak of the same option of the same units."""
        if key[1] not in SAME or key[0] == "social_workers" or (*key, "additions_per_year") not in found:
            return None
        return ("caregivers" if key[0] == "certified_caregivers" else key[0]), SAME[key[1]]

    def yearly(key: tuple[str, str]) -> Cell:
        there = same(key)
        entry = None if there is None else added(context, *there)
        return found.get((*key, "additions_per_year")) if entry is None else entry

    def chance(key: tuple[str, str]) -> Cell:
        entry = None if ruled(*key, "chance_enough") else found.get((*key, "chance_enough"))
        return None if entry is None else words.chance(entry.shown)

    def cost(key: tuple[str, str]) -> Cell:
        entry = found.get((*key, "capital_investment")) or found.get((*key, "pay"))
        there = same(key)
        if there is not None and entry is not None:
            rows = context.plan.rows("cost", resource=there[0], yardstick=there[1], period=periods(context)[0])
            rows = rows[rows["kind"].isin(("capital_investment", "pay"))] if len(rows) else rows
            entry = value(rows.iloc[0]) if len(rows) else entry
        if entry is None or entry.certain:
            return None
        return money(words, entry.low, entry.high, column=True)

    return context.table(
        words("next_plan.table", year=str(year)),
        keys,
        Column(words("head.resource"), lambda key: words(f"planned.{key[0]}"), 15),
        Column(words("head.option"), lambda key: option_name(context, *key), 16),
        Column(words("head.amount"), got("number"), 19, exact=True),
        Column(words("head.ratio"), ratio, 12, number=True),
        Column(words("head.yearly"), yearly, 16, exact=True),
        Column(words("head.cost"), cost, 16, number=True),
        Column(words("head.enough"), chance, 9, number=True),
        Column(
            words("head.basis_of"),
            lambda key: context.grade(grades[key]) if pd.notna(grades[key]) else words("mark.national_rate"),
            12,
        ),
    )


def _additions(context: Context) -> Block:
    """Additions a year in both periods, in parts that add up."""
    words = context.words
    rows = context.plan.rows("additions")
    rows = rows[rows["part"].isin(ADDITION_PARTS) & rows["shown"].notna()]
    keys = [
        (r, y, p)
        for r in PLANNED
        for y in YARDSTICKS
        for p in periods(context)
        if len(where(rows, resource=r, yardstick=y, period=p))
    ]

    def part(name: str) -> Callable[[tuple[str, str, str]], Cell]:
        def cell(key: tuple[str, str, str]) -> Cell:
            found = context.plan.value("additions", resource=key[0], yardstick=key[1], period=key[2], part=name)
            return None if found is None else (found if name == "total" else found.shown)

        return cell

    return context.table(
        words("additions.table"),
        keys,
        Column(words("head.resource"), lambda key: counted_as(context, key[0]), 16),
        Column(words("head.yardstick"), lambda key: words(in_force(context, f"yardstick.{key[1]}")), 15),
        Column(words("head.period"), lambda key: key[2].replace("-", words.either("—", "–")), 11),
        *(Column(words(f"part.{name}"), part(name), 11, exact=True) for name in ADDITION_PARTS),
        Column(words("part.total"), part("total"), 20, exact=True),
    )


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
