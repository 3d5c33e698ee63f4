"""The first screen: people, what to do, where each resource stands, and what is not known. It prints on one sheet."""

from collections.abc import Callable, Sequence

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, Cards, Inline, Paragraph, ReportColumn, TextSpan, line
from pipeline.report.numbers import Value
from pipeline.report.sections.cards import CARDS, card, headline_of, kind_of_need
from pipeline.report.sections.counts_section import counted
from pipeline.report.sections.planned import (
    FIRM,
    added,
    beside_old,
    by_need,
    by_norm,
    counted_as,
    firmly_added,
    goal_year,
    in_force,
    one_unit,
    planned,
    record,
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
    """60+, 80+, the disabled by severity and people with dementia in three years; their shares beside the nation's."""
    words, found, goal = context.words, context.plan.people, goal_year(context)
    years = sorted({context.today, goal, context.last})
    every = (found, context.shared.people[NATION])

    def shares(group: str, whole: str) -> str:
        here, nation = (words.percent(people.at(group, goal).shown / people.at(whole, goal).shown) for people in every)
        return words("brief.peer", here=here, nation=nation)

    def old(group: str) -> Callable[[int], Value | None]:
        return lambda year: found.at(group, year)

    def in_need(measure: str, severity: str | None) -> Callable[[int], Value | None]:
        return lambda year: by_need(context, measure, year, severity)

    rows = [
        (words("brief.old", group=words("group.60+")), old("60+"), shares("60+", "total")),
        (words("brief.old", group=words("group.80+")), old("80+"), shares("80+", "60+")),
        *(
            (words(f"brief.{severity or measure}"), in_need(measure, severity), beside_old(context, measure, severity))
            for measure, severity in (*(("disabled", severity) for severity in SEVERITIES), ("dementia", None))
        ),
    ]
    return context.table(
        words("brief.people_caption"),
        rows,
        ReportColumn(words("head.people"), lambda row: row[0], 18),
        *(ReportColumn(words("head.end_of", year=str(year)), lambda row, y=year: row[1](y), 23) for year in years),  # type: ignore[misc]
        ReportColumn(words("head.share_of", year=str(goal)), lambda row: row[2], 16, number=True),
    )


def to_do(context: Context) -> list[str]:
    """What to do, in three sentences: beds, what kind of beds, people and what to find out."""
    sentences = [_beds_to_do(context)]
    words, goal = context.words, goal_year(context)
    nursing, dementia = by_need(context, "nursing_beds", goal), by_need(context, "dementia_beds", goal)
    share = planned(context, "nursing_beds", "national_goal", "share")
    if nursing is not None and dementia is not None:
        told = "" if share is None else words("do.goal", value=words.exact(share.shown, 1))
        unit = one_unit(words, nursing, dementia)
        ends = {"nursing": span(words, nursing, unit), "dementia": span(words, dementia, unit)}
        sentences.append(words("do.nursing", year=str(goal), goal=told, **ends))
    carers = by_need(context, "caregivers", goal)
    if carers is not None:
        sentences.append(words("do.staff", year=str(goal), value=span(words, carers)))
    return [sentence for sentence in sentences if sentence]


def _beds_to_do(context: Context) -> str:
    """Beds to add a year where the region's own counts carry it; else what the goal year takes and what to count."""
    words, goal = context.words, goal_year(context)
    still, need, plan = (firmly_added(context, "beds", yardstick) for yardstick in ("status_quo", "need", "plan"))
    plan = plan if in_force(context, "do.plan") == "do.plan" else None
    norm = firmly_added(context, "beds", "norm") if still is None and need is None else None
    past = record(context, "beds")
    unit = one_unit(words, still, need, norm, plan, past)
    parts = [words(f"do.by.{name}") for name in ("plan", "need") if _to_spare(context, name)]
    if parts:
        parts = [words("do.spare", today=str(context.today), items=words.listed(parts))]
    if need is not None:
        parts.append(words("do.need", value=span(words, need, unit)))
    if norm is not None:
        parts.append(words("do.norm", value=span(words, norm, unit)))
    if plan is not None:
        parts.append(words("do.plan", value=span(words, plan, unit)))
    if still is not None:
        parts.append(words("do.still" if still.shown > 0 else "do.still_none", value=words.ranged(still, unit)))
    if parts:
        if past is not None:
            parts.append(words("do.record", value=words.estimate(past, unit)))
        items = words.either("；", "; ").join(parts)
        return words("do.beds", beds=counted_as(context, "beds"), period=years_of(context), year=str(goal), items=items)
    by_nation, wanted = by_norm(context, "beds", goal), by_need(context, "beds", goal)
    if by_nation is None or wanted is None:
        return ""
    row, unit = headline_of(context, "beds"), one_unit(words, by_nation, wanted)
    there = "" if row is None or pd.isna(row["stock_value"]) else stock(context, row)
    return words(
        "do.uncertain" if there else "do.unknown",
        beds=counted_as(context, "beds"),
        stock=there,
        today=str(context.today),
        year=str(goal),
        nation=words.ranged(by_nation, unit),
        need=span(words, wanted, unit),
        kind=kind_of_need(context, "beds"),
    )


def _to_spare(context: Context, yardstick: str) -> bool:
    """Whether more exists today than a yardstick asks for, by counts that carry a verdict and in nine draws of ten."""
    rows = context.plan.rows("additions", resource="beds", yardstick=yardstick, part="shortfall")
    found = added(context, "beds", yardstick, "shortfall")
    return found is not None and found.high < 0 and set(rows["grade"]) <= set(FIRM)


def _unknown(context: Context) -> list[Inline]:
    """What is not known, and which publication would settle it."""
    words, out = context.words, []
    for name in CARDS:
        row = headline_of(context, name)
        if row is None:
            lacking = name == "caregivers" and not latest(context, "caregivers")
            codes: object = f"caregivers:{context.today}:civil_affairs_bulletin" if lacking else None
        else:
            known = row["grade"] == "B" and row["verdict"] in ("likely_met", "likely_missed")
            codes = None if known else row["settled_by"]
        if isinstance(codes, str):
            title = TextSpan(words(f"card.title.{name}"), mark="strong")
            out.append(line(title, words("colon"), words("brief.settled", items=settled(context, codes))))
    return out
