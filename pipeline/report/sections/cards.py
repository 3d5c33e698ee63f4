"""The cards of the first screen: where each resource stands, what the goal year takes, and what it costs."""

from collections.abc import Iterable
from typing import Literal

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.document import Card, Inline, TextSpan, line
from pipeline.report.facts import one, value
from pipeline.report.numbers import Value
from pipeline.report.sections.lookups import (
    FIRM,
    additions,
    by_need,
    grade_of,
    has_ended,
    money,
    next_plan_value,
    one_unit,
    option_name,
    past_additions,
    periods,
    span,
    unit_of_resource,
    yardstick_name,
    years_of,
)
from pipeline.report.sections.supply_section import (
    amount_of,
    beside_norm,
    dated,
    in_sentence,
    latest,
    marks_of,
    norm_of,
    norm_text,
    part_name,
    stock,
    verdict_of,
)

CARDS = ("beds", "nursing", "caregivers", "social_workers")
HEADLINES = {"nursing": ("nursing_share", "nursing_beds")}
"""Resources of the headline table that a card speaks of; the others are called as their card."""

NEXT = {"nursing": "nursing_beds"}
"""What a card's resource is called in the tables of additions, of the next plan and of cost."""

APART = {"beds": ("rural_mutual_aid_beds", "family_care_beds")}
"""Beds that are published beside those of a card and not counted among them."""

OF_HOMES = "nursing_bed_share"
"""The share of nursing beds that the nation publishes: of beds in institutions."""


def card(context: Context, name: str) -> Card:
    """What is known of one resource."""
    words, row, goal = context.words, headline_of(context, name), context.goal_year
    verdict, tone = standing(context, row)
    texts = {
        "existing": existing(context, name),
        "places": _within(context, row),
        "apart": _apart(context, name),
        "peer": _peer(context, name, row),
        **_gap(context, row),
        "in": line(_in_goal_year(context, name)),
        "yearly": line(yearly(context, name)),
        "cost": cost_line(context, NEXT.get(name, name)),
    }
    target_year = goal if row is None else int(row["target_year"])
    lines = [
        (words(f"card.{key}", year=goal if key == "in" else target_year), text) for key, text in texts.items() if text
    ]
    return Card(words(f"card.title.{name}"), lines, verdict, tone)


def existing(context: Context, name: str) -> Inline:
    """The region's last published count of a card's resource, and what it counts."""
    words, row = context.words, headline_of(context, name)
    if row is not None and pd.notna(row["stock_value"]):
        quantity = in_sentence(context.indicator(published_as(context, row)))
        return line(words("card.stock", name=quantity, stock=stock(context, row)))
    counted = latest(context, NEXT.get(name, name))
    return line(dated(context, counted[-1]) if counted else words("stock.none"))


def _within(context: Context, row: pd.Series | None) -> Inline:
    """Counts of places within the region."""
    rows = [] if row is None else latest(context, row["quantity"], within=True)
    return line(context.words.clauses(f"{part_name(context, row['part'])} {dated(context, row)}" for row in rows))


def _apart(context: Context, name: str) -> Inline:
    """What is published beside the card's beds and not counted among them."""
    counts = [(other, count) for other in APART.get(name, ()) for count in latest(context, other)]
    return line(context.words.clauses(f"{context.indicator(other)} {dated(context, count)}" for other, count in counts))


def _in_goal_year(context: Context, name: str) -> str:
    """What the goal year takes: to stand still, by the nation's goal or level, by need."""
    words, resource, year = context.words, NEXT.get(name, name), context.goal_year
    still, goal = (next_plan_value(context, resource, option) for option in ("stand_still", "national_goal"))
    all_beds = name == "beds" and bool(kind_of_need(context, name))
    if all_beds:
        goal = by_norm(context, name)
    need = by_need(context, resource, year)
    need = None if need is None or need.certain else need
    unit, items = one_unit(words, still, goal, need), []
    if still is not None:
        items.append(words("card.still", value=_amount(context, name, words.ranged(still, unit))))
    if goal is not None:
        amount, option = words.ranged(goal, unit), in_sentence(option_name(context, resource, "national_goal"))
        key = "card.norm_all" if all_beds else "card.goal"
        items.append(words(key, value=_amount(context, name, amount), option=option))
    if need is not None:
        amount = _amount(context, name, span(words, need, unit))
        items.append(words("card.need", value=amount) + kind_of_need(context, name))
    return words.clauses(items)


def yearly(context: Context, name: str) -> str:
    """Units to add a year in the next period, beside the record; by the nation's level and the plan where the region's
    own stock says nothing of standing still or of need."""
    words, resource = context.words, NEXT.get(name, name)
    all_beds = name == "beds" and kind_of_need(context, name)
    keys = {
        "status_quo": "card.still",
        "need": "card.need",
        "norm": "card.norm_all" if all_beds else "card.norm",
        "plan": "card.plan_ended" if has_ended(context) else "card.plan",
    }
    found = {yardstick: additions(context, resource, yardstick) for yardstick in keys}
    if found["status_quo"] is not None or found["need"] is not None:
        found |= {"norm": None, "plan": None}
    known = {yardstick: amount for yardstick, amount in found.items() if amount is not None}
    past, items = past_additions(context, resource), []
    unit = one_unit(words, *known.values(), past)
    for yardstick, amount in known.items():
        text = words.ranged(amount, unit) if yardstick == "status_quo" else span(words, amount, unit)
        items.append(words(keys[yardstick], value=_amount(context, name, text), end=context.plan.plan.horizon.end))
    if past is not None:
        items.append(words("card.record", value=_amount(context, name, words.estimate(past, unit))))
    if not items:
        return ""
    return words("card.period", period=years_of(context), items=words.clauses(items)) + weakly(context, resource, known)


def weakly(context: Context, resource: str, yardsticks: Iterable[str]) -> str:
    """That additions start from a stock of grade C or D, where they do: they are for reference alone."""
    grades = {grade_of(context, resource, yardstick) for yardstick in yardsticks} - {"", *FIRM}
    return context.words("card.weak", grade=max(grades)) if grades else ""


def by_norm(context: Context, resource: str) -> Value | None:
    """What the nation's latest outcome takes in the goal year of what the headline counts."""
    keys = {"yardstick": "norm", "measure": "required", "year": context.goal_year}
    return context.plan.value("gap", resource=resource, **keys)


def _amount(context: Context, name: str, text: str) -> str:
    """An amount with the unit of a card's numbers."""
    return context.words(f"stated.{unit_of_resource(name)}", value=text)


def headline_of(context: Context, name: str) -> pd.Series | None:
    """The headline row that a card speaks of; None where the plan sets no target and the nation has no measure."""
    found = (context.plan.headline.get(resource) for resource in HEADLINES.get(name, (name,)))
    return next((row for row in found if row is not None), None)


def published_as(context: Context, row: pd.Series) -> str:
    """The indicator that a row's stock counts: of a share the beds themselves where beds are published."""
    known = context.shared.catalogue.indicators.get(row["quantity"])
    counts = known is not None and known.unit == "percent" and row["stock_unit"] == "beds"
    return (known.numerator if known is not None and counts else None) or str(row["quantity"])


def kind_of_need(context: Context, name: str) -> str:
    """What the required numbers of a card count, where that is not what its title or its stock says."""
    row = headline_of(context, name)
    other = name == "caregivers" or (name == "beds" and row is not None and row["quantity"] == "elderly_care_beds")
    return context.words(f"card.counts.{name}") if other else ""


def standing(context: Context, row: pd.Series | None) -> tuple[Inline, Literal["", "short", "open"]]:
    """The target and what became of it, with the grade of evidence; and the tone of its card."""
    words = context.words
    if row is None:
        return line(words("card.no_row")), "open"
    firm, year = row["grade"] in FIRM and pd.notna(row["verdict"]), int(row["target_year"])
    if row["yardstick"] != "plan":
        target = words("card.no_target")
    elif pd.isna(row["target"]):
        target = words("card.rule", year=year)
    else:
        amount = amount_of(words, row["target"], row["target_unit"], row["unit"])
        target = words("card.target", year=year, amount=amount)
    text = verdict_of(words, row)
    if firm and pd.notna(row["met_probability"]) and row["grade"] == "B":
        text += words("card.chance", value=words.chance(float(row["met_probability"])))
    short = row["verdict"] in ("missed", "likely_missed")
    tone: Literal["", "short", "open"] = "open" if not firm else "short" if short else ""
    return line(target, TextSpan(text, mark="strong" if firm else ""), " ", context.grade(row["grade"])), tone


def _gap(context: Context, row: pd.Series | None) -> dict[str, Inline]:
    """How far what exists lies below or above the plan's target of its year, where counts carry a verdict."""
    if row is None or row["grade"] not in FIRM or row["yardstick"] != "plan":
        return {}
    words, found = context.words, value(row, "gap", "gap_q10", "gap_q90")
    if found is None:
        return {}
    short = found.shown > 0
    turned = found if short else Value(-found.shown, -found.high, -found.low)
    if row["unit"] == "percent":
        amount = words("stated.points", value=words.with_ends(turned, lambda number: words.exact(number, 1)))
    else:
        shown = words.exact(turned.shown) if turned.certain else words.ranged(turned)
        amount = words(f"stated.{row['unit']}", value=shown)
    marks = words.clauses(words(f"mark.{mark}") for mark in marks_of(row) if words.has(f"mark.{mark}"))
    quiet = TextSpan(words.either(f"（{marks}）", f" ({marks})"), mark="quiet") if marks else ""
    return {"gap" if short else "surplus": line(amount, quiet)}


def _peer(context: Context, name: str, row: pd.Series | None) -> Inline:
    """The region beside the nation's latest outcome, or its goal, of the same quantity, or that there is none."""
    words = context.words
    if row is None:
        return line(words("card.no_peer"))
    norm = norm_of(context, row)
    if norm is None:
        other = norm_of(context, row, OF_HOMES) if name == "nursing" else None
        if other is None:
            return line(words("card.no_peer"))
        return line(words("card.other_whole", told=norm_text(words, "card.nation", row, other)))
    text, here = norm_text(words, "card.nation", row, norm), beside_norm(context, row, norm)
    if here is None or here[1] not in FIRM:
        return line(text)
    return line(words("card.here", value=here[0], year=context.today), text)


def cost_line(context: Context, resource: str) -> Inline:
    """What closing the gap costs in the next period: an interval each of investment and of running it.

    By need where the region has a stock to set it against, else by another yardstick, which is named; by a plan that
    has ended only where the nation's level says nothing.
    """
    words = context.words
    for yardstick in ("need", "status_quo", *(("norm",) if has_ended(context) else ()), "plan"):
        costs = _costs(context, resource, yardstick)
        if costs:
            return line(
                words("cost.by", yardstick=yardstick_name(context, yardstick), items=words.clauses(costs)),
                TextSpan(words("cost.mark") + weakly(context, resource, [yardstick]), mark="quiet"),
            )
    return ()


def _costs(context: Context, resource: str, yardstick: str) -> list[str]:
    words, rows = context.words, context.plan.rows("cost", resource=resource, yardstick=yardstick)
    costs = []
    for kind in ("capital_investment", "running_subsidy", "pay"):
        row = one(rows, kind=kind, period=periods(context)[0])
        if row is not None and row["q90"] > 0:
            costs.append(words(f"cost.short.{kind}", value=money(words, float(row["q10"]), float(row["q90"]))))
    return costs
