"""The first screen: people, what to do, where each resource stands, and what is not known. It prints on one sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, Card, Cards, Column, Inline, Paragraph, Span, line
from pipeline.report.facts import value, where
from pipeline.report.numbers import Unit, Value
from pipeline.report.sections.counts import counted
from pipeline.report.sections.supply import (
    amount_of,
    beside_nation,
    dated,
    in_sentence,
    latest,
    marks_of,
    part_name,
    settled,
    stock,
    verdict_of,
)
from pipeline.report.words import Words
from pipeline.vocabulary import NATION, SEVERITIES

TABLES = ("headline", "population", "need", "additions", "next_plan", "cost", "norms")
CARDS = ("beds", "nursing", "caregivers", "social_workers")
HEADLINES = {"nursing": ("nursing_share", "nursing_beds")}
"""Resources of the headline table that a card speaks of; the others are called as their card."""

NEXT = {"nursing": "nursing_beds"}
"""What a card's resource is called in the tables of additions, of the next plan and of cost."""

APART = {"beds": ("rural_mutual_aid_beds", "family_care_beds")}
"""Beds that are published beside those of a card and not counted among them."""

GOAL_YEAR = 2030
YUAN = {"zh": Unit(1e8, "亿"), "en": Unit(1e6, " million")}
"""The unit of a column of money."""

FIRM = ("A", "B")
"""Grades of evidence that carry a verdict."""


def brief(context: Context) -> Sequence[Block]:
    """All of the first screen."""
    words = context.words
    return [
        Paragraph(line(people_sentence(context)), "lead"),
        _people(context),
        Paragraph(line(words("brief.do")), "head"),
        Bullets([line(text) for text in to_do(context)]),
        Cards([_card(context, name) for name in CARDS]),
        Paragraph(line(words("brief.unknown")), "head"),
        Bullets(_unknown(context)),
        context.note("brief.note"),
    ]


def goal_year(context: Context) -> int:
    """The year that the next plan aims at, or the last of the projection where it ends before."""
    return min(GOAL_YEAR, context.last)


def people_sentence(context: Context) -> str:
    """Older residents at the census, in the goal year and in the last; what has been counted since."""
    words, found, year = context.words, context.plan.people, goal_year(context)
    change = found.at("60+", year).shown / found.at("60+", CENSUS_YEAR).shown - 1
    told = words(
        "brief.people",
        region=context.region,
        now=words.exact(found.at("60+", CENSUS_YEAR).shown),
        year=str(year),
        then=words.ranged(found.at("60+", year)),
        growth=words.percent(abs(change), 0),
        change=words("brief.more" if change >= 0 else "brief.fewer"),
        share=words.percent(found.share("60+", year), 0),
        nation=words.percent(context.shared.people[NATION].share("60+", year), 0),
    )
    rows = counted(context, context.plan.region)
    rows = rows[rows["age_group"] == "60+"]
    if rows.empty:
        rows = counted(context, context.plan.region)
        rows = rows[rows["age_group"] == "65+"]
    if rows.empty:
        return words.sentences([told, words("brief.none_counted")])
    last = rows.iloc[-1]
    since = words(
        "brief.counted",
        year=str(int(last["year"])),
        group=words(f"group.{last['age_group']}"),
        value=words.exact(float(last["value"])),
    )
    return words.sentences([told, since])


def _people(context: Context) -> Block:
    """60+, 80+, the disabled by severity and people with dementia: today, in the goal year and in the last."""
    words, found = context.words, context.plan.people
    years = sorted({context.today, goal_year(context), context.last})
    rows: list[tuple[str, Callable[[int], Value | None]]] = [
        (words("brief.old", group=words(f"group.{group}")), lambda year, g=group: found.at(g, year))  # type: ignore[misc]
        for group in ("60+", "80+")
    ]
    for severity in SEVERITIES:
        rows.append((words(f"brief.{severity}"), lambda year, s=severity: disabled(context, year, s)))  # type: ignore[misc]
    rows.append((words("brief.dementia"), lambda year: context.plan.value("need", year=year, measure="dementia")))
    return context.table(
        words("brief.people_caption"),
        rows,
        Column(words("head.people"), lambda row: row[0], 24),
        *(Column(words("head.end_of", year=str(year)), lambda row, y=year: row[1](y), 25) for year in years),  # type: ignore[misc]
    )


def disabled(context: Context, year: int, severity: str | None = None) -> Value | None:
    """Disabled people by the headline definition, of one severity or of all."""
    return context.plan.value(
        "need",
        year=year,
        measure="disabled",
        severity=severity,
        setting=None,
        definition=context.shared.central.need.headline,
    )


def planned(context: Context, resource: str, option: str, measure: str = "number") -> Value | None:
    """What the next plan's table has for the goal year."""
    return context.plan.value("next_plan", year=goal_year(context), option=option, resource=resource, measure=measure)


def option_name(context: Context, resource: str, option: str) -> str:
    """An option of the next plan in words: where the nation has no goal for the year its level of today stands in."""
    flagged = context.plan.rows("next_plan", resource=resource, option=option, measure="no_national_goal")
    level = len(flagged) and resource in ("beds", "nursing_beds")
    return context.words(f"option.{'national_level' if level else option}")


def needed(context: Context, resource: str) -> Value | None:
    """What need takes in the goal year, with the ends of its interval."""
    found = planned(context, resource, "need_50")
    if found is not None and not found.certain:
        return found
    beds = {
        "beds": "beds",
        "nursing_beds": "nursing_beds",
        "caregivers": "caregivers",
        "dementia_beds": "dementia_beds",
    }
    if resource not in beds:
        return found
    return context.plan.value(
        "need",
        year=goal_year(context),
        measure=beds[resource],
        severity=None,
        setting=None,
        definition=context.shared.central.need.headline,
    )


def periods(context: Context) -> list[str]:
    """The periods of the additions, the next one first."""
    return sorted(context.shared.tables["additions"]["period"].unique())


def added(context: Context, resource: str, yardstick: str, part: str = "total", place: int = 0) -> Value | None:
    """Units a year to add in a period, or the record beside it."""
    return context.plan.value(
        "additions", resource=resource, yardstick=yardstick, part=part, period=periods(context)[place]
    )


def counted_as(context: Context, resource: str) -> str:
    """What the additions of a resource count: all elderly-care beds where a region publishes no others."""
    rows = context.plan.rows("additions", resource=resource)
    known = rows["quantity"].dropna() if len(rows) else rows
    if len(known) and resource == "caregivers" and str(known.iloc[0]) == "certified_caregivers":
        return context.words("planned.certified_caregivers")
    named = len(known) and resource == "beds"
    return context.indicator(str(known.iloc[0])) if named else context.words(f"planned.{resource}")


def record(context: Context, resource: str) -> float | None:
    """Units added a year in the past, the same whatever the yardstick; None where no two stocks are published."""
    rows = context.plan.rows("additions", resource=resource, part="record")
    known = rows["shown"].dropna()
    return float(known.iloc[0]) if len(known) else None


def span(words: Words, found: Value) -> str:
    """The ends of an interval alone: what rests on national rates has no single number on the first screen."""
    return words.estimate(found.shown) if found.certain else words.interval(max(found.low, 0.0), found.high)


def in_force(context: Context, key: str) -> str:
    """The message of a plan's ratio: another one where the plan has ended, so that nobody takes it for a duty."""
    ended = key.endswith(".plan") and context.plan.plan.horizon.end < context.today
    return f"{key}_ended" if ended else key


def plan_end(context: Context) -> str:
    """The last year of the plan."""
    return str(context.plan.plan.horizon.end)


def to_do(context: Context) -> list[str]:
    """What to do, in three sentences: beds, what kind of beds, people and what to find out."""
    words, year = context.words, str(goal_year(context))
    period = periods(context)[0].replace("-", words.either("—", "–"))
    still, by_need = added(context, "beds", "status_quo"), added(context, "beds", "need")
    past, sentences = record(context, "beds"), []
    parts = []
    if still is not None:
        parts.append(words("do.still" if still.shown > 0 else "do.still_none", value=words.ranged(still)))
    if by_need is not None:
        parts.append(words("do.need", value=span(words, by_need)))
    by_plan = added(context, "beds", "plan") if not parts else None
    if by_plan is not None:
        parts.append(words(in_force(context, "do.plan"), value=span(words, by_plan), end=plan_end(context)))
    if past is not None:
        parts.append(words("do.record", value=words.exact(past)))
    if parts:
        sentences.append(
            words(
                "do.beds",
                beds=counted_as(context, "beds"),
                period=period,
                year=year,
                items=words.either("；", "; ").join(parts),
            )
        )
    else:
        by_nation, wanted = planned(context, "beds", "national_goal"), needed(context, "beds")
        if by_nation is not None and wanted is not None:
            told = {"nation": words.ranged(by_nation), "need": span(words, wanted)}
            sentences.append(words("do.unknown", beds=counted_as(context, "beds"), year=year, **told))
    nursing, dementia = needed(context, "nursing_beds"), needed(context, "dementia_beds")
    goal = planned(context, "nursing_beds", "national_goal", "share")
    if nursing is not None and dementia is not None:
        sentences.append(
            words(
                "do.nursing",
                year=year,
                nursing=span(words, nursing),
                dementia=span(words, dementia),
                goal=words("do.goal", value=words.exact(goal.shown, 1)) if goal is not None else "",
            )
        )
    carers = needed(context, "caregivers")
    if carers is not None:
        sentences.append(words("do.staff", year=year, value=span(words, carers)))
    return sentences


def headline_of(context: Context, name: str) -> pd.Series | None:
    """The headline row that a card speaks of; None where the plan sets no target and the nation has no measure."""
    found = (context.plan.headline.get(resource) for resource in HEADLINES.get(name, (name,)))
    return next((row for row in found if row is not None), None)


def _card(context: Context, name: str) -> Card:
    words, row, resource = context.words, headline_of(context, name), NEXT.get(name, name)
    lines: list[tuple[str, Inline]] = []
    verdict: Inline = line(words("card.no_row"))
    tone = "open"
    if row is not None:
        verdict, tone = standing(context, row)
        quantity = in_sentence(context.indicator(published_as(context, row)))
        kind = Span(words("card.quantity", name=quantity), mark="quiet")
        lines.append((words("card.existing"), line(stock(context, row), kind)))
        places = [
            f"{part_name(context, entry['part'])} {dated(context, entry)}"
            for entry in latest(context, str(row["quantity"]), within=True)
        ]
        if places:
            lines.append((words("card.places"), line(words.either("；", "; ").join(places))))
        peer = _peer(context, row)
        if peer:
            lines.append((words("card.peer"), peer))
        if row["grade"] in FIRM and row["yardstick"] == "plan" and pd.notna(row["gap"]):
            gap = value(row, "gap", "gap_q10", "gap_q90")
            if gap is not None:
                key = "card.gap" if gap.shown > 0 else "card.surplus"
                lines.append(
                    (
                        words(key, year=str(int(row["target_year"]))),
                        line(_gap(words, gap, str(row["unit"])), _quiet(marks_of(words, row))),
                    )
                )
    if row is None:
        lines += [(words("card.existing"), line(dated(context, entry))) for entry in latest(context, resource)]
    apart = [
        f"{context.indicator(other)} {dated(context, entry)}"
        for other in APART.get(name, ())
        for entry in latest(context, other)
    ]
    if apart:
        lines.append((words("card.apart"), line(words.either("；", "; ").join(apart))))
    said: list[str] = []
    still = planned(context, resource, "stand_still")
    if still is not None:
        said.append(words("card.still", value=words.ranged(still)))
    goal = planned(context, resource, "national_goal")
    if goal is not None:
        named = option_name(context, resource, "national_goal")
        said.append(words("card.goal", option=in_sentence(named), value=words.ranged(goal)))
    by_need = needed(context, resource)
    if by_need is not None and not by_need.certain:
        said.append(words("card.need", value=span(words, by_need)) + kind_of_need(context, name, row))
    if said:
        lines.append((words("card.in", year=str(goal_year(context))), line(words.either("；", "; ").join(said))))
    yearly: list[str] = []
    for yardstick, key in (("status_quo", "card.still"), ("need", "card.need"), ("plan", "card.plan")):
        found = added(context, resource, yardstick)
        if found is not None and not (yardstick == "plan" and yearly):
            amount = words.ranged(found) if yardstick == "status_quo" else span(words, found)
            yearly.append(words(in_force(context, key), value=amount, end=plan_end(context)))
    past = record(context, resource)
    if past is not None:
        yearly.append(words("card.record", value=words.exact(past)))
    if yearly:
        period = periods(context)[0].replace("-", words.either("—", "–"))
        lines.append(
            (
                words("card.yearly"),
                line(words("card.period", period=period, items=words.either("；", "; ").join(yearly))),
            )
        )
    costs = cost_line(context, resource)
    if costs:
        lines.append((words("card.cost"), costs))
    return Card(words(f"card.title.{name}"), lines, verdict, tone)  # type: ignore[arg-type]


def published_as(context: Context, row: pd.Series) -> str:
    """The indicator that a row's stock counts: of a share the beds themselves where beds are published."""
    quantity = str(row["quantity"])
    known = context.shared.catalogue.indicators.get(quantity)
    counts = known is not None and known.unit == "percent" and row["stock_unit"] == "beds"
    return known.numerator or quantity if known is not None and counts else quantity


def kind_of_need(context: Context, name: str, row: pd.Series | None) -> str:
    """What the required numbers of a card count, where that is not what its stock counts."""
    counted = None if row is None else str(row["quantity"])
    apart = {"beds": "elderly_care_beds", "caregivers": "certified_caregivers"}
    if counted is not None and counted == apart.get(name):
        return context.words(f"card.counts.{name}")
    return ""


def standing(context: Context, row: pd.Series) -> tuple[Inline, str]:
    """The target and what became of it, with the grade of evidence; and the tone of its card."""
    words, firm = context.words, row["grade"] in FIRM and pd.notna(row["verdict"])
    if row["yardstick"] == "plan" and pd.notna(row["target"]):
        amount = amount_of(words, float(row["target"]), str(row["target_unit"]))
        what = words("card.target", year=str(int(row["target_year"])), amount=amount)
    elif row["yardstick"] == "plan":
        what = words("card.rule", year=str(int(row["target_year"])))
    else:
        what = words("card.no_target")
    chance = ""
    if firm and pd.notna(row["met_probability"]) and row["grade"] == "B":
        chance = words("card.chance", value=words.chance(float(row["met_probability"])))
    said = Span(verdict_of(words, row) + chance, mark="strong" if firm else "")
    short = firm and row["verdict"] in ("missed", "likely_missed")
    tone = "short" if short else "" if firm else "open"
    return line(what, said, " ", context.grade(row["grade"])), tone


def _gap(words: Words, gap: Value, unit: str) -> str:
    if unit == "percent":
        return words("stated.points", value=words.exact(abs(gap.shown), 1))
    turned = gap if gap.shown > 0 else Value(-gap.shown, -gap.high, -gap.low)
    return words.exact(turned.shown) if turned.certain else words.ranged(turned)


def _quiet(text: str) -> Span | str:
    return Span(f" {text}", mark="quiet") if text else ""


def _peer(context: Context, row: pd.Series) -> Inline:
    """The region beside the nation's latest outcome of the same quantity."""
    words = context.words
    outcome = where(context.shared.tables["norms"], quantity=row["quantity"], kind="outcome").sort_values("year")
    if outcome.empty:
        return ()
    norm = outcome.iloc[-1]
    nation = words(f"stated.{norm['unit']}", value=words.exact(float(norm["value"]), 1))
    told = words("card.nation", value=nation, year=str(int(norm["year"])))
    here = beside_nation(context, row, norm)
    if here is None or here[1] not in FIRM:
        return line(told)
    return line(words("card.here", value=here[0], year=str(context.today)), told)


def cost_line(context: Context, resource: str) -> Inline:
    """What closing the gap costs in the next period: an interval each of investment and of running it.

    By need where the region has a stock to set it against, else by another yardstick, which is named.
    """
    words = context.words
    for yardstick in ("need", "status_quo", "plan"):
        said = _costs(context, resource, yardstick)
        if said:
            told = words.either("；", "; ").join(said)
            return line(
                words("cost.by", yardstick=words(in_force(context, f"yardstick.{yardstick}")), items=told),
                Span(words("cost.mark"), mark="quiet"),
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


def money(words: Words, low: float, high: float, *, column: bool = False) -> str:
    """An interval of yuan, given in millions, in one unit: that of its high end, or one for a whole `column`."""
    unit = YUAN[words.language] if column else words.unit([high * 1e6])
    ends = [words.bare(end * 1e6, unit) if end > 0 else "0" for end in (low, high)]
    return words("cost.yuan", value=words.either("—", "–").join(ends) + unit.sign)


def _unknown(context: Context) -> list[Inline]:
    """What is not known, and which publication would settle it."""
    words, out = context.words, []
    for name in CARDS:
        row = headline_of(context, name)
        if row is None or pd.isna(row["settled_by"]):
            continue
        if row["grade"] == "B" and row["verdict"] in ("likely_met", "likely_missed"):
            continue
        title = Span(words(f"card.title.{name}"), mark="strong")
        out.append(line(title, words("colon"), words("brief.settled", items=settled(context, row["settled_by"]))))
    return out
