"""The sections of the overview of all plans."""

from __future__ import annotations

import numpy as np

from pipeline.report import figures
from pipeline.report.context import Context, note, plan_title, table, text_row
from pipeline.report.document import Block, Bullets, Inline, Paragraph, Span, line
from pipeline.report.facts import (
    CENSUS_YEAR,
    NATION,
    OLD_GROUPS,
    RESOURCES,
    CensusPoint,
    MissingResult,
    source_ids,
    year_fraction,
)
from pipeline.report.figures import Ranking
from pipeline.report.plan_sections import gap_sentence, general_limits, joined, needed, source_table

RANKED = ("beds", "caregivers")
"""Resources with a norm for every region and a stock, stated or imputed, for every region."""


def headline(context: Context) -> list[Block]:
    """The first screen: older people of all regions, then one sentence a region."""
    words, plans = context.words, context.shared.plans
    last = context.shared.central.last_year
    totals = []
    for year in (CENSUS_YEAR, last):
        found = [facts.people.old["60+"].at(year) for facts in plans.values()]
        totals.append(sum(estimate.median for estimate in found if estimate is not None))
    lead = words(
        "overview.lead",
        first=words.rounded(totals[0]),
        last=words.rounded(totals[1]),
        year=str(last),
        growth=words.signed_percent(totals[1] / totals[0] - 1),
    )
    items = []
    for plan, facts in plans.items():
        own = Context(context.shared, words, facts)
        name = Span(context.name(facts.plan.region), to=f"../{plan}/{words.language}.html", mark="strong")
        items.append(line(name, words("colon"), gap_sentence(own, brief=True)))
    certain = all(facts.certain for facts in plans.values())
    sure = words(
        "certainty.deterministic" if certain else "certainty.draws",
        draws=words.number(context.shared.central.draws),
    )
    return [Paragraph(line(lead), "lead"), Bullets(items), Paragraph(line(sure), "note")]


def compare(context: Context) -> list[Block]:
    """One row a plan and resource."""
    words = context.words
    rows = []
    for plan, facts in context.shared.plans.items():
        own = Context(context.shared, words, facts)
        for name in RESOURCES:
            item = facts.resources[name]
            year = item.measured_year
            supply = item.supply.at(max(year, item.stock_year or year)) if item.supply is not None else None
            gap = item.gap.at(year) if item.gap is not None else None
            share = item.sufficiency.at(year) if item.sufficiency is not None else None
            there = own.estimate(supply)
            if supply is not None and item.stock_year is not None:
                there = words("table.with_year", value=there, year=str(item.stock_year))
            region = line(Span(context.name(facts.plan.region), to=f"../{plan}/{words.language}.html"))
            marks = joined([Span(words(f"assumed.{code}"), mark="assumed") for code in item.assumed])
            rows.append(
                text_row(
                    [
                        region,
                        words(f"resource.{name}"),
                        str(item.target_year),
                        own.estimate(item.required.at(year)),
                        there,
                        own.estimate(gap, signed=True),
                        words("blank") if share is None else words.percent(share.median),
                        words(f"status.{item.status}"),
                        marks,
                    ]
                )
            )
    heads = [
        words(f"head.{h}")
        for h in ("region", "resource", "year", "required", "supply", "gap", "sufficiency", "status", "assumed")
    ]
    return [
        table(
            context.caption(words("compare.caption")),
            heads,
            "ttnnnnntt",
            rows,
            widths=(11, 13, 6, 10, 13, 9, 10, 8, 20),
        ),
        note(words("standing.note", last=str(context.shared.central.last_year))),
    ]


def ranking(context: Context) -> list[Block]:
    """Regions ranked by how many are missing, and by how many per 1,000 older people."""
    words, last = context.words, context.shared.central.last_year
    panels, rows = [], []
    for resource in RANKED:
        counts: list[tuple[str, float, bool]] = []
        per_head: list[tuple[str, float, bool]] = []
        for facts in context.shared.plans.values():
            gap = context.shared.gaps[facts.plan.region]
            found = gap.line(resource, "norm", "gap", "held")
            supply = gap.line(resource, "norm", "supply", "held")
            people = facts.people.old["60+"].at(last)
            value = found.at(last) if found is not None else None
            if found is None or supply is None or people is None or value is None:
                continue
            name = context.name(facts.plan.region)
            counts.append((name, value.median, supply.assumed))
            per_head.append((name, value.median / people.median * 1000, supply.assumed))
        if not counts:
            raise MissingResult(f"gap: no {resource} by the norm in {last} for any region")
        counts.sort(key=lambda row: -row[1])
        per_head.sort(key=lambda row: -row[1])
        title = words(f"resource.{resource}")
        panels.append(Ranking(words("ranking.title_count", resource=title, year=str(last)), counts, 0))
        panels.append(Ranking(words("ranking.title_rate", resource=title), per_head, 1))
        places = [name for name, _, _ in per_head]
        for place, (name, count, assumed) in enumerate(counts, start=1):
            rate = next(v for n, v, _ in per_head if n == name)
            rows.append(
                text_row(
                    [
                        title,
                        name,
                        words.number(count),
                        str(place),
                        words.number(rate, 1),
                        str(places.index(name) + 1),
                        _counted(context, name, resource),
                        line(
                            Span(words("assumed.norm"), mark="assumed"),
                            " ",
                            Span(words("assumed.imputed_stock"), mark="assumed") if assumed else "",
                        ),
                    ]
                )
            )
    items = words("joiner").join(
        words("ranking.alt_item", title=p.title, region=p.rows[0][0], value=words.number(p.rows[0][1], p.decimals))
        for p in panels
    )
    heads = [
        words(f"head.{h}")
        for h in ("resource", "region", "short_count", "rank", "short_rate", "rank", "counted", "assumed")
    ]
    return [
        Paragraph(line(words("ranking.intro"))),
        context.picture(
            "ranking",
            figures.rankings(panels, words),
            words("ranking.caption", year=str(last)),
            words("ranking.alt", year=str(last), items=items),
        ),
        table(words("ranking.table", year=str(last)), heads, "ttnnnntt", rows, widths=(13, 12, 12, 7, 12, 7, 20, 17)),
    ]


def _counted(context: Context, region_name: str, resource: str) -> str:
    """What a region's norm counts, by the norm's own name."""
    for facts in context.shared.plans.values():
        if context.name(facts.plan.region) != region_name:
            continue
        gap = context.shared.gaps[facts.plan.region]
        found = gap.line(resource, "norm", "required")
        if found is not None:
            return context.indicator(found.figure_id.split(";")[0].removeprefix("norm."))
    raise MissingResult(f"gap: no norm for {resource} in {region_name}")


def ageing(context: Context) -> list[Block]:
    """Share of people aged 60+ by region, and counts."""
    words, last = context.words, context.shared.central.last_year
    lines = {}
    rows = []
    for region, facts in context.shared.regions.items():
        years = facts.old["60+"].years
        values = facts.old["60+"].column(0.5) / facts.total.column(0.5)
        lines[region] = (context.name(region), years, np.asarray(values, dtype=float))
        sixty = [facts.old["60+"].at(year) for year in (CENSUS_YEAR, 2025, last)]
        eighty = [facts.old["80+"].at(year) for year in (CENSUS_YEAR, last)]
        first, final = sixty[0], sixty[-1]
        if first is None or final is None:
            raise MissingResult(f"population: 60+ of {region}")
        cells: list[str | Inline] = [context.name(region), *(context.estimate(e) for e in sixty)]
        cells.append(words.signed_percent(final.median / first.median - 1))
        cells += [words.percent(values[0]), words.percent(values[-1])]
        cells += [context.estimate(e) for e in eighty]
        rows.append(text_row(cells))
    items = words("joiner").join(f"{name} {words.percent(values[-1])}" for name, _, values in lines.values())
    heads = [words("head.region"), *(words("head.people_in", year=str(y)) for y in (CENSUS_YEAR, 2025, last))]
    heads.append(words("head.growth", first=str(CENSUS_YEAR), last=str(last)))
    heads += [f"{words('head.share60')} {year}" for year in (CENSUS_YEAR, last)]
    heads += [words("head.eighty", year=str(year)) for year in (CENSUS_YEAR, last)]
    return [
        context.picture(
            "shares",
            figures.shares(lines, words),
            words("shares.caption"),
            words("shares.alt", year=str(last), items=items),
        ),
        table(context.caption(words("ageing.table")), heads, "tnnnnnnnn", rows),
    ]


def nation(context: Context) -> list[Block]:
    """The nation's 60+, 65+ and 80+ with intervals, its censuses, and the counts published since."""
    words, people = context.words, context.shared.regions[NATION]
    found = context.shared.tables["benchmark_un"]
    found = found[(found["source"] == "communique") & found["age_group"].isin(OLD_GROUPS)].sort_values("date")
    counted = [
        CensusPoint(year_fraction(str(row["date"])), str(row["date"]), str(row["age_group"]), float(row["value"]))
        for _, row in found.iterrows()
    ]
    inside = [
        sum(row[f"ours_lower_{level}"] <= row["value"] <= row[f"ours_upper_{level}"] for _, row in found.iterrows())
        for level in (80, 95)
    ]
    name = context.name(NATION)
    sixty = people.old["60+"]
    first, last = needed(sixty.at(CENSUS_YEAR)), needed(sixty.at(context.shared.central.last_year))
    alt = words(
        "paths.alt",
        region=name,
        first=words.number(first.median),
        last=words.number(last.median),
        year=str(context.shared.central.last_year),
    )
    years = words.listed(dict.fromkeys(point.date[:4] for point in counted))
    blocks: list[Block] = [
        context.picture("nation", figures.paths(people, [], words, counted), words("nation.caption"), alt)
    ]
    if counted:
        text = words(
            "nation.counted", years=years, count=str(len(counted)), inside80=str(inside[0]), inside95=str(inside[1])
        )
        blocks.append(Paragraph(line(text)))
    return blocks


def benchmark(context: Context) -> list[Block]:
    """The nation beside the UN and beside published counts."""
    words = context.words
    found = context.shared.tables["benchmark_un"]
    rows = []
    dates = {d for d in found["date"] if d[:4] in ("2024", "2025", "2030", "2035") or d[:4] <= "2024"}
    chosen = found[
        (found["source"] == "communique") | (found["date"].isin(dates) & found["year"].isin((2025, 2030, 2035)))
    ]
    for _, row in chosen.iterrows():
        theirs, ours = float(row["value"]), float(row["ours_median"])
        rows.append(
            text_row(
                [
                    words(f"source.{row['source']}"),
                    words(f"group.{row['age_group']}"),
                    words.date(str(row["date"])),
                    words.number(theirs),
                    words.number(ours),
                    words.signed_percent(ours / theirs - 1),
                ]
            )
        )
    heads = [words(f"head.{h}") for h in ("source", "group", "date", "theirs", "ours", "difference")]
    return [
        context.picture(
            "benchmark", figures.benchmark(found, words), words("benchmark.caption"), words("benchmark.alt")
        ),
        table(words("benchmark.table"), heads, "tttnnn", rows),
        note(words("benchmark.note")),
    ]


def consistency(context: Context) -> list[Block]:
    """The old with the census-consistency offset and without it."""
    words = context.words
    rows = []
    for _, row in context.shared.tables["consistency"].iterrows():
        counted, reported = float(row["with_median"]), float(row["without_median"])
        rows.append(
            text_row(
                [
                    context.name(str(row["region"])),
                    str(row["year"]),
                    words(f"group.{row['age_group']}"),
                    words.number(counted),
                    words.number(reported),
                    words.signed_percent(reported / counted - 1),
                ]
            )
        )
    heads = [words(f"head.{h}") for h in ("region", "year", "group", "with_offset", "without_offset", "difference")]
    return [Paragraph(line(words("consistency.intro"))), table(words("consistency.table"), heads, "tntnnn", rows)]


def audits(context: Context) -> list[Block]:
    """Results of the plan audits by severity."""
    words = context.words
    found = context.shared.tables["plan_audit"]
    order = ("contradiction", "basis", "borderline", "rounding", "consistent")
    rows = []
    for plan, facts in context.shared.plans.items():
        mine = found[found["plan"] == plan].groupby("severity")["count"].sum()
        link = Span(plan_title(facts.plan, words), to=f"../{plan}/{words.language}.html#audit")
        rows.append(text_row([line(link), str(int(mine.sum())), *(str(int(mine.get(s, 0))) for s in order)]))
    heads = [words("index.plan"), words("head.checks"), *(words(f"severity.{s}") for s in order)]
    blocks: list[Block] = [Paragraph(line(words("audits.intro"))), table(words("audits.table"), heads, "tnnnnnn", rows)]
    unchecked = [
        context.name(facts.plan.region)
        for plan, facts in context.shared.plans.items()
        if plan not in set(found["plan"])
    ]
    return [*blocks, note(words("audits.none", names=words.listed(unchecked)))] if unchecked else blocks


def limitations(context: Context) -> list[Block]:
    """What the results cannot say."""
    words = context.words
    certain = all(facts.certain for facts in context.shared.plans.values())
    first = [line(words("limits.deterministic"))] if certain else []
    return [Bullets([*first, *general_limits(words, list(context.shared.plans.values()))])]


def sources(context: Context) -> list[Block]:
    """Where the numbers come from."""
    catalogue = context.shared.catalogue
    of_need = context.shared.tables["care_sources"]["source"]
    used = {name for facts in context.shared.plans.values() for name in source_ids(facts, catalogue, of_need)}
    used |= {"wpp_2012"}
    if context.shared.tables.has("benchmark_un"):
        used |= {"wpp_2022", "nbs_communique"}
    return [source_table(context, [name for name in catalogue.sources if name in used])]
