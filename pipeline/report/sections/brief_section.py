"""The first screen: people, what to do, a card a resource, and what is not known. It prints on one sheet."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import FIRM, Context, unit_of_resource
from pipeline.report.document import Block, Bullets, Card, Cards, Inline, Paragraph, TextSpan, line
from pipeline.report.facts import one, value
from pipeline.report.sections.people_section import counted
from pipeline.report.sections.supply_section import (
    amount_of,
    beside_norm,
    dated,
    latest,
    marks_of,
    norm_of,
    norm_text,
    settled,
    stock,
    verdict_of,
)
from pipeline.report.wording import Value, Words
from pipeline.vocabulary import NATION, SEVERITIES

CARDS = ("beds", "nursing_beds", "caregivers", "social_workers")
"""Resources that have a card. Of nursing beds the headline table may have the share alone."""

APART = {"beds": ("rural_mutual_aid_beds", "family_care_beds")}
"""Beds that are published beside those of a card and not counted among them."""

OF_HOMES = "nursing_bed_share"
"""The share of nursing beds that the nation publishes: of beds in institutions."""


def brief(context: Context) -> Sequence[Block]:
    """All of the first screen."""
    words = context.words
    return [
        Paragraph(line(_people_sentence(context)), "lead"),
        _people_table(context),
        Paragraph(line(words("brief.do")), "head"),
        Bullets([line(text) for text in to_do(context)]),
        Cards([_card(context, name) for name in CARDS]),
        Paragraph(line(words("brief.unknown")), "head"),
        Bullets(_unknown(context)),
        context.note("brief.note"),
    ]


def _people_sentence(context: Context) -> str:
    """Older residents at the census, in the goal year and in the last; what has been counted since."""
    words, people, year = context.words, context.people, context.goal_year
    now, then = people.at("60+", CENSUS_YEAR), people.at("60+", year)
    change = then.shown / now.shown - 1
    forecast = words(
        "brief.people",
        region=context.region,
        now=words.exact(now.shown),
        year=year,
        then=words.ranged(then),
        growth=words.percent(abs(change), 0),
        change=words("brief.more" if change >= 0 else "brief.fewer"),
        share=words.percent(people.share("60+", year), 0),
        nation=words.percent(context.shared.people[NATION].share("60+", year), 0),
    )
    rows = counted(context, context.plan.region, "60+", "65+")
    if rows.empty:
        return words.sentences([forecast, words("brief.none_counted")])
    last = rows.iloc[-1]
    group, count = words(f"group.{last['age_group']}"), words.exact(float(last["value"]))
    return words.sentences([forecast, words("brief.counted", year=int(last["year"]), group=group, value=count)])


def _people_table(context: Context) -> Block:
    """60+, 80+, the disabled by severity and people with dementia in three years; their shares beside the nation's."""
    words, people, goal = context.words, context.people, context.goal_year
    rows: list[tuple[str, Callable[..., Value | None], str | None]] = []
    for group, whole in (("60+", "total"), ("80+", "60+")):
        here, nation = (
            words.percent(facts.at(group, goal).shown / facts.at(whole, goal).shown)
            for facts in (people, context.shared.people[NATION])
        )
        name = words("brief.old", group=words(f"group.{group}"))
        rows.append((name, partial(people.at, group), words("brief.peer", here=here, nation=nation)))
    for measure, severity in (*(("disabled", severity) for severity in SEVERITIES), ("dementia", None)):
        number = partial(context.need, measure, severity=severity)
        rows.append((words(f"brief.{severity or measure}"), number, context.need_beside_nation(measure, severity)))
    return context.table(
        words("brief.people_caption"),
        rows,
        context.column("head.people", lambda row: row[0], 18),
        *context.year_columns(lambda row, year: row[1](year=year), 23),
        context.column("head.share_of", lambda row: row[2], 16, number=True, year=goal),
    )


def to_do(context: Context) -> list[str]:
    """What to do, in three sentences: beds, what kind of beds, people and what to find out."""
    words, goal = context.words, context.goal_year
    sentences = [_beds_to_do(context)]
    nursing, dementia, carers = (context.need(name, goal) for name in ("nursing_beds", "dementia_beds", "caregivers"))
    if nursing is not None and dementia is not None:
        share = context.next_plan_value("nursing_beds", "national_goal", "share")
        nation = "" if share is None else words("do.goal", value=words.exact(share.shown, 1))
        unit = words.unit(nursing, dementia)
        ends = {"nursing": words.ends(nursing, unit), "dementia": words.ends(dementia, unit)}
        sentences.append(words("do.nursing", year=goal, goal=nation, **ends))
    if carers is not None:
        sentences.append(words("do.staff", year=goal, value=words.ends(carers)))
    return [sentence for sentence in sentences if sentence]


def _clauses(
    words: Words,
    found: Sequence[tuple[str, Value | float | None, Callable[..., str]]],
    counted: str = "",
    **values: int | str,
) -> list[str]:
    """Each amount that is known, as it is `written`, by its message; all in one unit, of what is `counted`."""
    unit = words.unit(*(amount for _, amount, _ in found))
    texts = [(key, written(amount, unit)) for key, amount, written in found if amount is not None]
    return [
        words(key, value=words(f"stated.{counted}", value=text) if counted else text, **values) for key, text in texts
    ]


def _beds_to_do(context: Context) -> str:
    """Beds to add a year where the region's own counts carry it; else what the goal year takes and what to count."""
    words, goal, beds = context.words, context.goal_year, context.quantity_name("beds")
    still, need, plan = (context.firm_additions("beds", yardstick) for yardstick in ("status_quo", "need", "plan"))
    plan = None if context.plan_ended else plan
    norm = context.firm_additions("beds", "norm") if still is None and need is None else None
    lacking = {name: context.firm_additions("beds", name, "shortfall") for name in ("plan", "need")}
    # To spare is what counts that carry a verdict have in nine draws of ten.
    spare = [words(f"do.by.{name}") for name, amount in lacking.items() if amount is not None and amount.high < 0]
    items = [words("do.spare", today=context.today, items=words.listed(spare))] if spare else []
    if items or {still, need, norm, plan} != {None}:
        by_yardstick = [
            (f"do.{name}", amount, words.ends) for name, amount in (("need", need), ("norm", norm), ("plan", plan))
        ]
        still_key = "do.still" if still is not None and still.shown > 0 else "do.still_none"
        past = ("do.record", context.past_additions("beds"), words.estimate)
        items += _clauses(words, [*by_yardstick, (still_key, still, words.ranged), past])
        return words("do.beds", beds=beds, period=context.period_name(), items=words.clauses(items))
    by_nation, wanted = _by_norm(context, "beds"), context.need("beds", goal)
    if by_nation is None or wanted is None:
        return ""
    row, unit = headline_of(context, "beds"), words.unit(by_nation, wanted)
    there = "" if row is None or pd.isna(row["stock_value"]) else stock(context, row)
    return words(
        "do.uncertain" if there else "do.unknown",
        beds=beds,
        stock=there,
        today=context.today,
        year=goal,
        nation=words.ranged(by_nation, unit),
        need=words.ends(wanted, unit),
        kind=_kind_of_need(context, "beds"),
    )


def _unknown(context: Context) -> list[Inline]:
    """What is not known, and which publication would settle it."""
    words, items = context.words, []
    for name in CARDS:
        row = headline_of(context, name)
        if row is None:
            lacking = name == "caregivers" and not latest(context, "caregivers")
            codes = f"caregivers:{context.today}:civil_affairs_bulletin" if lacking else None
        else:
            known = row["grade"] == "B" and row["verdict"] in ("likely_met", "likely_missed")
            codes = None if known else row["settled_by"]
        if isinstance(codes, str):
            title = TextSpan(words(f"resource.{name}"), mark="strong")
            items.append(line(title, words("colon"), words("brief.settled", items=settled(context, codes))))
    return items


def _card(context: Context, name: str) -> Card:
    """Where a resource stands, what the goal year takes, and what it costs."""
    words, row, goal = context.words, headline_of(context, name), context.goal_year
    verdict, tone = standing(context, row)
    within = [] if row is None else latest(context, row["quantity"], within=True)
    apart = [(other, count) for other in APART.get(name, ()) for count in latest(context, other)]
    texts = {
        "existing": existing(context, name),
        "places": line(words.clauses(f"{context.place(r['part'])} {dated(context, r)}" for r in within)),
        "apart": line(words.clauses(f"{context.indicator(other)} {dated(context, count)}" for other, count in apart)),
        "peer": line(*_peer(context, name, row)),
        **_gap(context, row),
        "in": line(_in_goal_year(context, name)),
        "yearly": line(yearly(context, name)),
        "cost": _cost(context, name),
    }
    target_year = goal if row is None else int(row["target_year"])
    lines = [
        (words(f"card.{key}", year=goal if key == "in" else target_year), text) for key, text in texts.items() if text
    ]
    return Card(words(f"resource.{name}"), lines, verdict, tone)


def existing(context: Context, name: str) -> Inline:
    """The region's last published count of a card's resource, and what it counts."""
    words, row = context.words, headline_of(context, name)
    if row is not None and pd.notna(row["stock_value"]):
        known = context.shared.catalogue.indicators.get(row["quantity"])
        counts = known is not None and known.unit == "percent" and row["stock_unit"] == "beds"
        # Of a share the stock counts the beds themselves where beds are published.
        quantity = (known.numerator if known is not None and counts else None) or str(row["quantity"])
        return line(words("card.stock", name=words.in_sentence(context.indicator(quantity)), stock=stock(context, row)))
    last = latest(context, name)
    return line(dated(context, last[-1]) if last else words("stock.none"))


def _in_goal_year(context: Context, name: str) -> str:
    """What the goal year takes: to stand still, by the nation's goal or level, by need."""
    words, need = context.words, context.need(name, context.goal_year)
    still, goal = (context.next_plan_value(name, option) for option in ("stand_still", "national_goal"))
    kind, goal_key = _kind_of_need(context, name), "card.goal"
    if name == "beds" and kind:
        goal, goal_key = _by_norm(context, name), "card.norm_all"
    need = None if need is None or need.certain else need
    found = [("card.still", still, words.ranged), (goal_key, goal, words.ranged), ("card.need", need, words.ends)]
    option = words.in_sentence(context.option_name(name, "national_goal"))
    text = words.clauses(_clauses(words, found, unit_of_resource(name), option=option))
    return text if need is None else text + kind


def yearly(context: Context, name: str) -> str:
    """Units to add a year in the next period, beside the record; by the nation's level and the plan where the region's
    own stock says nothing of standing still or of need."""
    words = context.words
    keys = {
        "status_quo": "card.still",
        "need": "card.need",
        "norm": "card.norm_all" if name == "beds" and _kind_of_need(context, name) else "card.norm",
        "plan": "card.plan_ended" if context.plan_ended else "card.plan",
    }
    amounts = {yardstick: context.additions(name, yardstick) for yardstick in keys}
    if amounts["status_quo"] is not None or amounts["need"] is not None:
        amounts |= {"norm": None, "plan": None}
    found = [(keys[by], amount, words.ranged if by == "status_quo" else words.ends) for by, amount in amounts.items()]
    past = ("card.record", context.past_additions(name), words.estimate)
    items = _clauses(words, [*found, past], unit_of_resource(name), end=context.plan.horizon.end)
    if not items:
        return ""
    text = words("card.period", period=context.period_name(), items=words.clauses(items))
    return text + _weak_grade(context, name, (by for by, amount in amounts.items() if amount is not None))


def _weak_grade(context: Context, resource: str, yardsticks: Iterable[str]) -> str:
    """That additions start from a stock of grade C or D, where they do: they are for reference alone."""
    grades = {context.grade_of(resource, yardstick) for yardstick in yardsticks} - {"", *FIRM}
    return context.words("card.weak", grade=max(grades)) if grades else ""


def _by_norm(context: Context, resource: str) -> Value | None:
    """What the nation's latest outcome takes in the goal year of what the headline counts."""
    return context.value("gap", resource=resource, yardstick="norm", measure="required", year=context.goal_year)


def headline_of(context: Context, name: str) -> pd.Series | None:
    """The headline row that a card speaks of; None where the plan sets no target and the nation has no measure."""
    headline = context.headline
    share = headline.get("nursing_share") if name == "nursing_beds" else None
    return headline.get(name) if share is None else share


def _kind_of_need(context: Context, name: str) -> str:
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
    words, gap = context.words, value(row, "gap", "gap_q10", "gap_q90")
    if gap is None:
        return {}
    short = gap.shown > 0
    turned = gap if short else Value(-gap.shown, -gap.high, -gap.low)
    if row["unit"] == "percent":
        amount = words("stated.points", value=words.with_ends(turned, lambda number: words.exact(number, 1)))
    else:
        shown = words.exact(turned.shown) if turned.certain else words.ranged(turned)
        amount = words(f"stated.{row['unit']}", value=shown)
    marks = words.clauses(words(f"mark.{mark}") for mark in marks_of(row) if words.has(f"mark.{mark}"))
    quiet = TextSpan(words.either(f"（{marks}）", f" ({marks})"), mark="quiet") if marks else ""
    return {"gap" if short else "surplus": line(amount, quiet)}


def _peer(context: Context, name: str, row: pd.Series | None) -> list[str]:
    """The region beside the nation's latest outcome, or its goal, of the same quantity, or that there is none."""
    words, norm = context.words, None if row is None else norm_of(context, row)
    if row is not None and norm is not None:
        text, here = norm_text(words, "card.nation", row, norm), beside_norm(context, row, norm)
        firm = here is not None and here[1] in FIRM
        return [words("card.here", value=here[0], year=context.today), text] if here and firm else [text]
    other = norm_of(context, row, OF_HOMES) if row is not None and name == "nursing_beds" else None
    if row is None or other is None:
        return [words("card.no_peer")]
    return [words("card.other_whole", told=norm_text(words, "card.nation", row, other))]


def _cost(context: Context, resource: str) -> Inline:
    """What closing the gap costs in the next period: an interval each of investment and of running it.

    By need where the region has a stock to set it against, else by another yardstick, which is named; by a plan that
    has ended only where the nation's level says nothing.
    """
    words, rows = context.words, context.rows("cost", resource=resource)
    for yardstick in ("need", "status_quo", *(("norm",) if context.plan_ended else ()), "plan"):
        costs = []
        for kind in ("capital_investment", "running_subsidy", "pay"):
            row = one(rows, yardstick=yardstick, kind=kind, period=context.periods[0])
            if row is not None and row["q90"] > 0:
                amount = context.money(float(row["q10"]), float(row["q90"]))
                costs.append(words(f"cost.short.{kind}", value=amount))
        if costs:
            return line(
                words("cost.by", yardstick=context.yardstick_name(yardstick), items=words.clauses(costs)),
                TextSpan(words("cost.mark") + _weak_grade(context, resource, [yardstick]), mark="quiet"),
            )
    return ()
