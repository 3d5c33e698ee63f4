"""The first screen: people, what to do, where each resource stands, and what is not known. It prints on one sheet."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, Cards, Inline, Paragraph, TextSpan, line
from pipeline.report.numbers import Value
from pipeline.report.sections.cards import CARDS, by_norm, card, headline_of, kind_of_need
from pipeline.report.sections.counts_section import counted
from pipeline.report.sections.lookups import (
    FIRM,
    additions,
    beside_nation_per_old,
    by_need,
    firm_additions,
    has_ended,
    next_plan_value,
    one_unit,
    past_additions,
    quantity_name,
    span,
    years_of,
)
from pipeline.report.sections.supply_section import latest, settled, stock
from pipeline.vocabulary import NATION, SEVERITIES

TABLES = ("headline", "population", "need", "additions", "next_plan", "cost", "norms")


def brief(context: Context) -> Sequence[Block]:
    """All of the first screen."""
    words = context.words
    return [
        Paragraph(line(people_sentence(context)), "lead"),
        _people(context),
        Paragraph(line(words("brief.do")), "head"),
        Bullets([line(text) for text in to_do(context)]),
        Cards([card(context, name) for name in CARDS]),
        Paragraph(line(words("brief.unknown")), "head"),
        Bullets(_unknown(context)),
        context.note("brief.note"),
    ]


def people_sentence(context: Context) -> str:
    """Older residents at the census, in the goal year and in the last; what has been counted since."""
    words, found, year = context.words, context.plan.people, context.goal_year
    now, then = found.at("60+", CENSUS_YEAR), found.at("60+", year)
    change = then.shown / now.shown - 1
    forecast = words(
        "brief.people",
        region=context.region,
        now=words.exact(now.shown),
        year=year,
        then=words.ranged(then),
        growth=words.percent(abs(change), 0),
        change=words("brief.more" if change >= 0 else "brief.fewer"),
        share=words.percent(found.share("60+", year), 0),
        nation=words.percent(context.shared.people[NATION].share("60+", year), 0),
    )
    rows = counted(context, context.plan.region, "60+", "65+")
    if rows.empty:
        return words.sentences([forecast, words("brief.none_counted")])
    last = rows.iloc[-1]
    group, count = words(f"group.{last['age_group']}"), words.exact(float(last["value"]))
    return words.sentences([forecast, words("brief.counted", year=int(last["year"]), group=group, value=count)])


def _people(context: Context) -> Block:
    """60+, 80+, the disabled by severity and people with dementia in three years; their shares beside the nation's."""
    words, column, found, goal = context.words, context.column, context.plan.people, context.goal_year
    rows: list[tuple[str, Callable[[int], Value | None], str | None]] = []
    for group, whole in (("60+", "total"), ("80+", "60+")):
        here, nation = (
            words.percent(people.at(group, goal).shown / people.at(whole, goal).shown)
            for people in (found, context.shared.people[NATION])
        )
        share = words("brief.peer", here=here, nation=nation)
        rows.append((words("brief.old", group=words(f"group.{group}")), partial(found.at, group), share))
    for measure, severity in (*(("disabled", severity) for severity in SEVERITIES), ("dementia", None)):
        number = partial(by_need, context, measure, severity=severity)
        rows.append((words(f"brief.{severity or measure}"), number, beside_nation_per_old(context, measure, severity)))
    return context.table(
        words("brief.people_caption"),
        rows,
        column("head.people", lambda row: row[0], 18),
        *(
            column("head.end_of", lambda row, y=year: row[1](y), 23, year=year)
            for year in sorted({context.today, goal, context.last})
        ),
        column("head.share_of", lambda row: row[2], 16, number=True, year=goal),
    )


def to_do(context: Context) -> list[str]:
    """What to do, in three sentences: beds, what kind of beds, people and what to find out."""
    sentences = [_beds_to_do(context)]
    words, goal = context.words, context.goal_year
    nursing, dementia = by_need(context, "nursing_beds", goal), by_need(context, "dementia_beds", goal)
    share = next_plan_value(context, "nursing_beds", "national_goal", "share")
    if nursing is not None and dementia is not None:
        nation = "" if share is None else words("do.goal", value=words.exact(share.shown, 1))
        unit = one_unit(words, nursing, dementia)
        ends = {"nursing": span(words, nursing, unit), "dementia": span(words, dementia, unit)}
        sentences.append(words("do.nursing", year=goal, goal=nation, **ends))
    carers = by_need(context, "caregivers", goal)
    if carers is not None:
        sentences.append(words("do.staff", year=goal, value=span(words, carers)))
    return [sentence for sentence in sentences if sentence]


def _beds_to_do(context: Context) -> str:
    """Beds to add a year where the region's own counts carry it; else what the goal year takes and what to count."""
    words, goal, beds = context.words, context.goal_year, quantity_name(context, "beds")
    still, need, plan = (firm_additions(context, "beds", yardstick) for yardstick in ("status_quo", "need", "plan"))
    plan = None if has_ended(context) else plan
    norm = firm_additions(context, "beds", "norm") if still is None and need is None else None
    past = past_additions(context, "beds")
    unit = one_unit(words, still, need, norm, plan, past)
    spare = [words(f"do.by.{name}") for name in ("plan", "need") if _to_spare(context, name)]
    items = [words("do.spare", today=context.today, items=words.listed(spare))] if spare else []
    for name, amount in (("need", need), ("norm", norm), ("plan", plan)):
        if amount is not None:
            items.append(words(f"do.{name}", value=span(words, amount, unit)))
    if still is not None:
        items.append(words("do.still" if still.shown > 0 else "do.still_none", value=words.ranged(still, unit)))
    if items:
        if past is not None:
            items.append(words("do.record", value=words.estimate(past, unit)))
        return words("do.beds", beds=beds, period=years_of(context), items=words.clauses(items))
    by_nation, wanted = by_norm(context, "beds"), by_need(context, "beds", goal)
    if by_nation is None or wanted is None:
        return ""
    row, unit = headline_of(context, "beds"), one_unit(words, by_nation, wanted)
    there = "" if row is None or pd.isna(row["stock_value"]) else stock(context, row)
    return words(
        "do.uncertain" if there else "do.unknown",
        beds=beds,
        stock=there,
        today=context.today,
        year=goal,
        nation=words.ranged(by_nation, unit),
        need=span(words, wanted, unit),
        kind=kind_of_need(context, "beds"),
    )


def _to_spare(context: Context, yardstick: str) -> bool:
    """Whether more exists today than a yardstick asks for, by counts that carry a verdict and in nine draws of ten."""
    rows = context.plan.rows("additions", resource="beds", yardstick=yardstick, part="shortfall")
    found = additions(context, "beds", yardstick, "shortfall")
    return found is not None and found.high < 0 and set(rows["grade"]) <= set(FIRM)


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
            title = TextSpan(words(f"card.title.{name}"), mark="strong")
            items.append(line(title, words("colon"), words("brief.settled", items=settled(context, codes))))
    return items
