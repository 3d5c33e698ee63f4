"""The cards of the first screen: where each resource stands, what the goal year takes, and what it costs."""

from collections.abc import Iterable

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.document import Card, Inline, TextSpan, line
from pipeline.report.facts import value
from pipeline.report.numbers import Value
from pipeline.report.sections.planned import (
    FIRM,
    added,
    by_need,
    by_norm,
    goal_year,
    grade_of,
    in_force,
    money,
    one_unit,
    option_name,
    periods,
    plan_end,
    planned,
    record,
    span,
    years_of,
)
from pipeline.report.sections.supply_section import (
    amount_of,
    beside_nation,
    dated,
    in_sentence,
    latest,
    marks_of,
    norm_amount,
    norm_of,
    part_name,
    stock,
    verdict_of,
)
from pipeline.report.wording import Words

CARDS = ("beds", "nursing", "caregivers", "social_workers")
HEADLINES = {"nursing": ("nursing_share", "nursing_beds")}
"""Resources of the headline table that a card speaks of; the others are called as their card."""

NEXT = {"nursing": "nursing_beds"}
"""What a card's resource is called in the tables of additions, of the next plan and of cost."""

APART = {"beds": ("rural_mutual_aid_beds", "family_care_beds")}
"""Beds that are published beside those of a card and not counted among them."""

OF_HOMES = "nursing_bed_share"
"""The share of nursing beds that the nation publishes: of beds in institutions."""

COUNTED = {"beds": "beds", "nursing": "beds"}
"""The unit of a card's numbers; where none stands, people."""


def card(context: Context, name: str) -> Card:
    """What is known of one resource."""
    words, row = context.words, headline_of(context, name)
    verdict, tone = (line(words("card.no_row")), "open") if row is None else standing(context, row)
    said = {
        "existing": existing(context, name),
        "places": _within(context, row),
        "apart": _apart(context, name),
        "peer": _peer(context, name, row),
        **_gap(context, row),
        "in": _in_goal_year(context, name),
        "yearly": line(yearly(context, name)),
        "cost": cost_line(context, NEXT.get(name, name)),
    }
    lines = []
    for key, text in said.items():
        year = goal_year(context) if row is None or key == "in" else int(row["target_year"])
        if text:
            lines.append((words(f"card.{key}", year=str(year)), text))
    return Card(words(f"card.title.{name}"), lines, verdict, tone)  # type: ignore[arg-type]


def existing(context: Context, name: str) -> Inline:
    """The region's last published count of a card's resource, and what it counts."""
    words, row = context.words, headline_of(context, name)
    if row is not None and pd.notna(row["stock_value"]):
        quantity = context.indicator(published_as(context, row))
        return line(words("card.stock", name=in_sentence(quantity), stock=stock(context, row)))
    counted = latest(context, NEXT.get(name, name))
    return line(dated(context, counted[-1]) if counted else words("stock.none"))


def _within(context: Context, row: pd.Series | None) -> Inline:
    """Counts of places within the region."""
    found = [] if row is None else latest(context, str(row["quantity"]), within=True)
    return _joined(context.words, [f"{part_name(context, entry['part'])} {dated(context, entry)}" for entry in found])


def _apart(context: Context, name: str) -> Inline:
    """What is published beside the card's beds and not counted among them."""
    found = [(other, entry) for other in APART.get(name, ()) for entry in latest(context, other)]
    return _joined(context.words, [f"{context.indicator(other)} {dated(context, entry)}" for other, entry in found])


def _joined(words: Words, items: list[str]) -> Inline:
    return line(words.either("；", "; ").join(items))


def _in_goal_year(context: Context, name: str) -> Inline:
    """What the goal year takes: to stand still, by the nation's goal or level, by need."""
    words, resource = context.words, NEXT.get(name, name)
    still, goal = planned(context, resource, "stand_still"), planned(context, resource, "national_goal")
    all_beds = name == "beds" and bool(kind_of_need(context, name))
    goal = by_norm(context, name, goal_year(context)) if all_beds else goal
    need, said = by_need(context, resource, goal_year(context)), []
    need = None if need is None or need.certain else need
    unit = one_unit(words, still, goal, need)
    if still is not None:
        said.append(words("card.still", value=_units(words, name, words.ranged(still, unit))))
    if goal is not None:
        option = in_sentence(option_name(context, resource, "national_goal"))
        told = {"value": _units(words, name, words.ranged(goal, unit)), "option": option}
        said.append(words("card.norm_all" if all_beds else "card.goal", **told))
    if need is not None:
        counted = kind_of_need(context, name)
        said.append(words("card.need", value=_units(words, name, span(words, need, unit))) + counted)
    return _joined(words, said)


def yearly(context: Context, name: str) -> str:
    """Units to add a year in the next period, beside the record; by the nation's level and the plan where the region's
    own stock says nothing of standing still or of need."""
    words, resource, said = context.words, NEXT.get(name, name), []
    keys = {"status_quo": "card.still", "need": "card.need", "norm": "card.norm", "plan": "card.plan"}
    found = {yardstick: added(context, resource, yardstick) for yardstick in keys}
    if found["status_quo"] is not None or found["need"] is not None:
        found |= {"norm": None, "plan": None}
    known = {yardstick: entry for yardstick, entry in found.items() if entry is not None}
    past = record(context, resource)
    unit = one_unit(words, *known.values(), past)
    for yardstick, entry in known.items():
        amount = words.ranged(entry, unit) if yardstick == "status_quo" else span(words, entry, unit)
        all_beds = yardstick == "norm" and name == "beds" and kind_of_need(context, name)
        told = "card.norm_all" if all_beds else in_force(context, keys[yardstick])
        said.append(words(told, value=_units(words, name, amount), end=plan_end(context)))
    if past is not None:
        said.append(words("card.record", value=_units(words, name, words.estimate(past, unit))))
    if not said:
        return ""
    items = words.either("；", "; ").join(said)
    return words("card.period", period=years_of(context), items=items) + weakly(context, resource, known)


def weakly(context: Context, resource: str, yardsticks: Iterable[str]) -> str:
    """That additions start from a stock of grade C or D, where they do: they are for reference alone."""
    grades = {grade_of(context, resource, yardstick) for yardstick in yardsticks} - {"", *FIRM}
    return context.words("card.weak", grade=max(grades)) if grades else ""


def _units(words: Words, name: str, amount: str) -> str:
    """An amount with the unit of a card's numbers."""
    return words(f"stated.{COUNTED.get(name, 'persons')}", value=amount)


def headline_of(context: Context, name: str) -> pd.Series | None:
    """The headline row that a card speaks of; None where the plan sets no target and the nation has no measure."""
    found = (context.plan.headline.get(resource) for resource in HEADLINES.get(name, (name,)))
    return next((row for row in found if row is not None), None)


def published_as(context: Context, row: pd.Series) -> str:
    """The indicator that a row's stock counts: of a share the beds themselves where beds are published."""
    quantity = str(row["quantity"])
    known = context.shared.catalogue.indicators.get(quantity)
    counts = known is not None and known.unit == "percent" and row["stock_unit"] == "beds"
    return known.numerator or quantity if known is not None and counts else quantity


def kind_of_need(context: Context, name: str) -> str:
    """What the required numbers of a card count, where that is not what its title or its stock says."""
    row = headline_of(context, name)
    other = name == "caregivers" or (name == "beds" and row is not None and row["quantity"] == "elderly_care_beds")
    return context.words(f"card.counts.{name}") if other else ""


def standing(context: Context, row: pd.Series) -> tuple[Inline, str]:
    """The target and what became of it, with the grade of evidence; and the tone of its card."""
    words, firm = context.words, row["grade"] in FIRM and pd.notna(row["verdict"])
    if row["yardstick"] == "plan" and pd.notna(row["target"]):
        amount = amount_of(words, row["target"], row["target_unit"], row["unit"])
        what = words("card.target", year=str(int(row["target_year"])), amount=amount)
    elif row["yardstick"] == "plan":
        what = words("card.rule", year=str(int(row["target_year"])))
    else:
        what = words("card.no_target")
    chance = ""
    if firm and pd.notna(row["met_probability"]) and row["grade"] == "B":
        chance = words("card.chance", value=words.chance(float(row["met_probability"])))
    said = TextSpan(verdict_of(words, row) + chance, mark="strong" if firm else "")
    short = firm and row["verdict"] in ("missed", "likely_missed")
    tone = "short" if short else "" if firm else "open"
    return line(what, said, " ", context.grade(row["grade"])), tone


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
    marks = marks_of(words, row)
    return {
        "gap" if short else "surplus": line(
            amount, TextSpan(words.either(f"（{marks}）", f" ({marks})"), mark="quiet") if marks else ""
        )
    }


def _peer(context: Context, name: str, row: pd.Series | None) -> Inline:
    """The region beside the nation's latest outcome, or its goal, of the same quantity, or that there is none."""
    words = context.words
    norm = None if row is None else norm_of(context, row)
    if row is None or norm is None:
        other = None if row is None or name != "nursing" else norm_of(context, row, OF_HOMES)
        if row is None or other is None:
            return line(words("card.no_peer"))
        told = words("card.nation.outcome", value=norm_amount(words, row, other), year=str(int(other["year"])))
        return line(words("card.other_whole", told=told))
    told = words(f"card.nation.{norm['kind']}", value=norm_amount(words, row, norm), year=str(int(norm["year"])))
    here = beside_nation(context, row, norm)
    if here is None or here[1] not in FIRM:
        return line(told)
    return line(words("card.here", value=here[0], year=str(context.today)), told)


def cost_line(context: Context, resource: str) -> Inline:
    """What closing the gap costs in the next period: an interval each of investment and of running it.

    By need where the region has a stock to set it against, else by another yardstick, which is named; by a plan that
    has ended only where the nation's level says nothing.
    """
    words = context.words
    ended = context.plan.plan.horizon.end < context.today
    for yardstick in ("need", "status_quo", *(("norm",) if ended else ()), "plan"):
        said = _costs(context, resource, yardstick)
        if said:
            told = words.either("；", "; ").join(said)
            return line(
                words("cost.by", yardstick=words(in_force(context, f"yardstick.{yardstick}")), items=told),
                TextSpan(words("cost.mark") + weakly(context, resource, [yardstick]), mark="quiet"),
            )
    return ()


def _costs(context: Context, resource: str, yardstick: str) -> list[str]:
    words, said = context.words, []
    for kind in ("capital_investment", "running_subsidy", "pay"):
        found = context.plan.rows("cost", resource=resource, yardstick=yardstick, kind=kind)
        found = found[found["period"] == periods(context)[0]] if len(found) else found
        if found.empty or pd.isna(found["q90"].iloc[0]) or float(found["q90"].iloc[0]) <= 0:
            continue
        row = found.iloc[0]
        said.append(words(f"cost.short.{kind}", value=money(words, float(row["q10"]), float(row["q90"]))))
    return said
