"""The sections of a plan's report, each a function from context to blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.domain import Figure
from pipeline.report import figures
from pipeline.report.context import (
    Context,
    norms,
    note,
    ordered,
    plan_title,
    resources_of,
    table,
    text_row,
)
from pipeline.report.document import Block, Bullets, Card, Cards, Inline, Paragraph, Row, Span, line
from pipeline.report.facts import (
    CENSUS_DAY,
    CENSUS_YEAR,
    CENTRAL,
    OLD_GROUPS,
    Estimate,
    Event,
    Line,
    MissingResult,
    PlanFacts,
    Resource,
    line_from,
    norm_ids,
    source_ids,
)
from pipeline.report.figures import Balance, Curves, Forecast, ScenarioPanel
from pipeline.report.words import LEAST_CHANCE, Words, significant

CARD_RESOURCES = ("beds", "caregivers", "social_workers")
YARDSTICKS = ("plan", "norm", "need")
PATHS = ("held", "no_new_policy", "plan_delivered")
FORECASTS = {"population_60plus": "60+", "population_65plus": "65+", "population_80plus": "80+"}
BEST = 3
"""Models that a plan's report shows of each test: the best-ranked ones."""

SUFFICE = (0.5, 0.8, 0.95)
"""Probabilities at which a table says how many units suffice."""

PANELS = 4
"""Quantities that stand side by side in the figure of scenarios; the table has all."""

NEVER_MUCH = 0.5
"""Below half a unit a gap is none."""


def headline(context: Context) -> list[Block]:
    """The first screen: sentences, then cards for people, beds, caregivers and social workers."""
    words, facts = context.words, context.plan
    sixty = facts.people.old["60+"]
    now, then, last = sixty.at(CENSUS_YEAR), sixty.at(facts.target_year), sixty.at(facts.last_year)
    if now is None or then is None or last is None:
        raise MissingResult(f"population: 60+ of {facts.people.region} in {facts.target_year}")
    known = {
        "region": context.name(facts.people.region),
        "year": str(facts.target_year),
        "last": str(facts.last_year),
        "now": words.number(now.median),
        "then": context.people(then),
        "later": context.people(last),
        "growth": words.percent(last.median / now.median - 1),
        "census": words.date(CENSUS_DAY),
    }
    people = words("lead.people_census" if facts.target_year == CENSUS_YEAR else "lead.people", **known)
    cards = [_people_card(context, facts.target_year)]
    cards += [_resource_card(context, facts.resources[name]) for name in CARD_RESOURCES]
    return [
        Paragraph(line(people), "lead"),
        Paragraph(line(gap_sentence(context)), "lead"),
        Cards(cards),
        Paragraph(line(_certainty(context), " " if words.language == "en" else "", words("lead.rate")), "note"),
    ]


def gap_sentence(context: Context, *, brief: bool = False) -> str:
    """Beds, caregivers and social workers in words: what is short, what is not, what cannot be known.

    `brief` leaves out by which measure, where several such sentences follow one another.
    """
    words, facts = context.words, context.plan
    short, others = [], []
    region = context.name(facts.people.region)
    for name in CARD_RESOURCES:
        item = facts.resources[name]
        gap = item.gap.at(item.measured_year) if item.gap is not None else None
        known = {"resource": words(f"resource_in.{name}"), "year": str(item.measured_year)}
        if gap is None:
            key = "lead.item_no_rule" if item.required.at(item.measured_year) is None else "lead.item_no_stock"
            others.append(words("lead.unknown", items=words(key, resource=known["resource"])))
            continue
        number = context.amount(gap) if gap.certain else words.rounded(abs(gap.median))
        amount = words(f"amount.{item.unit}", value=number) if words.language == "zh" else number
        if gap.median > NEVER_MUCH:
            marked = "lead.item_assumed" if _stands_on_assumption(item) else "lead.item"
            short.append(words(marked, amount=amount, interval=context.interval(gap), **known))
        else:
            enough = "lead.enough_brief" if brief else "lead.item_enough"
            interval = context.interval(gap.opposite)
            item_text = words(enough, region=region, amount=amount, interval=interval, **known)
            others.append(words("lead.enough", items=item_text))
    key = "lead.short_brief" if brief else "lead.short"
    first = [words(key, region=region, items=words.listed(short))] if short else []
    return words.sentences([*first, *others])


def _stands_on_assumption(item: Resource) -> bool:
    return bool({"norm", "imputed_stock"} & set(item.assumed))


def _certainty(context: Context) -> str:
    key = "certainty.deterministic" if context.plan.certain else "certainty.draws"
    return context.words(key, draws=context.words.number(context.shared.central.draws))


def _people_card(context: Context, year: int) -> Card:
    words, facts = context.words, context.plan
    sixty, eighty, total = facts.people.old["60+"], facts.people.old["80+"], facts.people.total
    then, last = sixty.at(year), sixty.at(facts.last_year)
    old, everyone = eighty.at(facts.last_year), total.at(facts.last_year)
    if then is None or last is None or old is None or everyone is None:
        raise MissingResult(f"population: {facts.people.region} in {year} and {facts.last_year}")
    date = CENSUS_DAY if year == CENSUS_YEAR else f"{year}-12-31"
    lines = [
        line(context.interval(then, "interval.line")),
        line(
            words(
                "card.people_last",
                year=str(facts.last_year),
                value=context.people(last),
            )
        ),
        line(words("card.people_share", share=words.percent(last.median / everyone.median))),
        line(words("card.people_old", year=str(facts.last_year), value=words.rounded(old.median))),
    ]
    marks = (Span(words("card.certain"), mark="status"),) if facts.certain else ()
    return Card(
        words("card.people"),
        words.rounded(then.median),
        words("unit.persons_short", date=words.date(date)),
        [entry for entry in lines if entry],
        "people",
        marks,
    )


def _resource_card(context: Context, item: Resource) -> Card:
    words, last = context.words, context.plan.last_year
    year = item.measured_year
    required = item.required.at(year)
    gap = item.gap.at(year) if item.gap is not None else None
    later = item.gap.at(last) if item.gap is not None else None
    asked = item.per_year.at(last) if item.per_year is not None else None
    supply = item.supply.at(max(year, item.stock_year or year)) if item.supply is not None else None
    lines: list[Inline] = []
    if gap is None:
        tone, value, unit = "unknown", words("card.unknown"), ""
    else:
        short = gap.median > NEVER_MUCH
        tone, key = ("short", "card.short") if short else ("enough", "card.enough")
        value, unit = context.amount(gap), words(f"{key}.{item.unit}", year=str(year))
        lines += _how_sure(context, item, gap, year)
    if later is not None:
        key = "card.later_short" if later.median > NEVER_MUCH else "card.later_enough"
        first = item.first_short()
        lines.append(
            line(
                words(key, year=str(last), value=context.amount(later)),
                words("card.first_short", year=str(first)) if first is not None and first > year else "",
            )
        )
    if asked is not None and asked.median > NEVER_MUCH:
        lines.append(
            line(
                words("card.rate", year=str(last), value=words.number(asked.median), since=str(item.stock_year)),
                _record_in_words(words, item),
            )
        )
    if required is None:
        lines.append(line(words("card.required_unknown")))
    else:
        amount = words(f"amount.{item.unit}", value=context.amount(required))
        what = words("card.required", year=str(year), amount=amount)
        lines.append(line(what, " " if words.language == "en" else "", *context.refs(item.figure_ids)))
    if supply is None or item.stock_year is None:
        lines.append(line(words("card.supply_unknown")))
    else:
        key = "card.supply_imputed" if "imputed_stock" in item.assumed else "card.supply"
        lines.append(line(words(key, year=str(item.stock_year), value=words.number(supply.median))))
    met = words("card.status", status=words(f"status.{item.status}"))
    marks = (Span(met, mark="status"), *context.assumed(item.assumed))
    return Card(words(f"resource.{item.name}"), value, unit, lines, tone, marks)  # type: ignore[arg-type]


def _how_sure(context: Context, item: Resource, gap: Estimate, year: int) -> list[Inline]:
    """The interval of a gap and the chance that the target is met; or that both numbers are fixed."""
    words = context.words
    if context.plan.certain:
        return []
    if gap.certain:
        return [line(words("card.fixed"))]
    seen = gap if gap.median > NEVER_MUCH else gap.opposite
    lines = [line(context.interval(seen, "interval.line"))]
    if item.met_probability is not None:
        lines.append(line(words("card.probability", year=str(year), value=words.chance(item.met_probability))))
    return lines


def _record_in_words(words: Words, item: Resource) -> str:
    """The yearly additions of the past, marked where they are not the region's own."""
    if item.record is None:
        return words("card.record_none")
    key = "card.record_nation" if item.record.assumed else "card.record"
    return words(key, value=words.signed(item.record.per_year))


def standing(context: Context) -> list[Block]:
    """All five resources: target, required, there, missing, and how the target stands."""
    words = context.words
    rows = []
    for item in resources_of(context.plan):
        year = item.measured_year
        supply = item.supply.at(max(year, item.stock_year or year)) if item.supply is not None else None
        gap = item.gap.at(year) if item.gap is not None else None
        share = item.sufficiency.at(year) if item.sufficiency is not None else None
        target = words("blank") if item.target is None else _amount(words, item.target, item.target_unit)
        there = context.estimate(supply)
        if supply is not None and item.stock_year is not None:
            there = words("table.with_year", value=there, year=str(item.stock_year))
        rows.append(
            text_row(
                [
                    line(words(f"resource.{item.name}")),
                    line(target, " ", *context.refs(item.figure_ids)),
                    str(item.target_year),
                    context.estimate(item.required.at(year)),
                    there,
                    context.estimate(gap, signed=True),
                    words("blank") if share is None else words.percent(share.median),
                    line(words(f"status.{item.status}")),
                    joined(context.assumed(item.assumed)),
                ]
            )
        )
    heads = [
        words(f"head.{name}")
        for name in ("resource", "target", "year", "required", "supply", "gap", "sufficiency", "status", "assumed")
    ]
    caption = words("standing.caption", date=words.date(context.shared.central.as_of))
    widths = (11, 13, 6, 10, 13, 9, 10, 8, 20)
    return [
        table(context.caption(caption), heads, "ttnnnnntt", rows, widths=widths),
        note(words("standing.note", last=str(context.plan.last_year))),
        *_reasons(context),
    ]


def _reasons(context: Context) -> list[Block]:
    """Why it is not known whether a target was met, resource by resource."""
    words = context.words
    reasons = [
        line(Span(words(f"resource.{item.name}"), mark="strong"), words("colon"), item.notes[words.language])
        for item in resources_of(context.plan)
        if words.language in item.notes
    ]
    return [Paragraph(line(words("standing.reasons"))), Bullets(reasons)] if reasons else []


def people(context: Context) -> list[Block]:
    """60+, 65+ and 80+ by year: figure and table."""
    words, facts = context.words, context.plan
    region = context.name(facts.people.region)
    forecasts = [
        Forecast(FORECASTS[f.indicator], f.year, f.value, _basis(f))
        for f in ordered(context.shared.catalogue, facts.plan.id)
        if f.kind == "projection" and f.indicator in FORECASTS and f.year is not None and f.value is not None
    ]
    svg = figures.paths(facts.people, forecasts, words)
    sixty = facts.people.old["60+"]
    first, last = needed(sixty.at(CENSUS_YEAR)), needed(sixty.at(facts.last_year))
    alt = words(
        "paths.alt",
        region=region,
        first=words.number(first.median),
        last=words.number(last.median),
        year=str(facts.last_year),
    )
    blocks: list[Block] = [context.picture("paths", svg, words("paths.caption", region=region), alt)]
    blocks.append(_population_table(context))
    own = []
    for figure in ordered(context.shared.catalogue, facts.plan.id):
        if (
            figure.kind != "projection"
            or figure.indicator not in FORECASTS
            or figure.value is None
            or figure.year is None
        ):
            continue
        estimate = facts.people.old[FORECASTS[figure.indicator]].at(figure.year)
        if estimate is None:
            continue
        sentence = words(
            "paths.own",
            year=str(figure.year),
            group=words(f"group.{FORECASTS[figure.indicator]}"),
            stated=words(f"comparator_in.{figure.comparator}", value=words.rounded(figure.value)),
            basis=words(f"basis.{_basis(figure)}"),
            ours=context.people(estimate),
            difference=words.signed_percent(figure.value / estimate.median - 1),
        )
        own.append(line(sentence, " ", *context.refs([figure.id])))
    if own:
        blocks.append(Bullets(own))
    return blocks


def _population_table(context: Context) -> Block:
    words, facts = context.words, context.plan
    years = sorted({CENSUS_YEAR, facts.target_year, 2025, 2030, facts.last_year})
    rows = []
    for year in years:
        total = needed(facts.people.total.at(year))
        cells: list[str | Inline] = [words.date(CENSUS_DAY if year == CENSUS_YEAR else f"{year}-12-31")]
        cells += [context.estimate(facts.people.old[group].at(year)) for group in OLD_GROUPS]
        cells.append(words.percent(needed(facts.people.old["60+"].at(year)).median / total.median))
        cells.append(context.estimate(total))
        rows.append(text_row(cells))
    heads = [
        words("head.date"),
        *(words(f"group.{g}") for g in OLD_GROUPS),
        words("head.share60"),
        words("group.total"),
    ]
    return table(context.caption(words("people.caption")), heads, "tnnnnn", rows)


def pyramid(context: Context) -> list[Block]:
    """The age pyramid at the census and in the last year."""
    words, facts = context.words, context.plan
    region = context.name(facts.people.region)
    svg = figures.pyramid(facts.people, facts.last_year, words)
    first, last = (
        needed(facts.people.old["60+"].at(y)).median / needed(facts.people.total.at(y)).median
        for y in (CENSUS_YEAR, facts.last_year)
    )
    alt = words(
        "pyramid.alt",
        region=region,
        first=words.percent(first),
        last=words.percent(last),
        year=str(facts.last_year),
        census=str(CENSUS_YEAR),
    )
    caption = words("pyramid.caption", region=region, census=str(CENSUS_YEAR), last=str(facts.last_year))
    return [context.picture("pyramid", svg, caption, alt), Paragraph(line(words("pyramid.why")))]


def balance(context: Context) -> list[Block]:
    """What each resource takes by yardstick against what there is by path; figure and table."""
    words, facts = context.words, context.plan
    gap = context.shared.gaps[facts.people.region]
    items = []
    for item in resources_of(facts):
        required = {}
        for yardstick in YARDSTICKS:
            definition = context.shared.central.need.headline if yardstick == "need" else None
            found = gap.line(item.name, yardstick, "required", definition=definition)
            if found is not None:
                required[yardstick] = found
        supply = {p: found for p in PATHS if (found := gap.line(item.name, item.yardstick, "supply", p)) is not None}
        items.append(Balance(item, required, supply))
    svg = figures.balances(items, words)
    region = context.name(facts.people.region)
    caption = words("balance.caption", region=region)
    blocks: list[Block] = [context.picture("balance", svg, caption, _balance_alt(context))]
    table_rows = []
    for entry in items:
        for yardstick, required_line in entry.required.items():
            definition = context.shared.central.need.headline if yardstick == "need" else None
            missing = gap.line(entry.resource.name, yardstick, "gap", "held", definition=definition)
            cells: list[str | Inline] = [
                line(words(f"resource.{entry.resource.name}")),
                line(words(f"line.{yardstick}")),
            ]
            for year in (2025, 2030, facts.last_year):
                cells.append(context.estimate(required_line.at(year)))
            for year in (2025, 2030, facts.last_year):
                cells.append(context.estimate(missing.at(year) if missing is not None else None, signed=True))
            cells.append(joined(context.refs(required_line.figure_id.split(";"))))
            table_rows.append(text_row(cells))
    heads = [words("head.resource"), words("head.yardstick")]
    heads += [words("head.required_in", year=str(year)) for year in (2025, 2030, facts.last_year)]
    heads += [words("head.gap_in", year=str(year)) for year in (2025, 2030, facts.last_year)]
    heads.append(words("head.rests_on"))
    blocks.append(
        table(
            context.caption(words("balance.table")),
            heads,
            "ttnnnnnnt",
            table_rows,
            widths=(12, 13, 11, 11, 11, 11, 11, 11, 9),
        )
    )
    blocks.append(note(words("balance.note")))
    return blocks


def _balance_alt(context: Context) -> str:
    words, facts = context.words, context.plan
    parts = []
    for item in resources_of(facts):
        required = item.required.at(facts.last_year)
        gap = item.gap.at(facts.last_year) if item.gap is not None else None
        if required is None or gap is None:
            parts.append(words("balance.alt_unknown", resource=words(f"resource.{item.name}")))
        else:
            parts.append(
                words(
                    "balance.alt_item",
                    resource=words(f"resource.{item.name}"),
                    required=words.number(required.median),
                    gap=words.signed(gap.median),
                )
            )
    return words("balance.alt", year=str(facts.last_year), items=words("joiner").join(parts))


def rate(context: Context) -> list[Block]:
    """Sufficiency by year, and the additions a year that close the gap beside the record."""
    words, facts = context.words, context.plan
    items = resources_of(facts)
    region = context.name(facts.people.region)
    known = [item for item in items if item.sufficiency is not None]
    if not known:
        return [Paragraph(line(words("rate.nothing")))]
    ends = words("joiner").join(
        f"{words('resource.' + i.name)} {words.percent(_last(i.sufficiency))}"
        for i in known
        if i.sufficiency is not None
    )
    blocks: list[Block] = [
        context.picture(
            "sufficiency",
            figures.sufficiency(items, words),
            words("sufficiency.caption", region=region),
            words("sufficiency.alt", items=ends, year=str(facts.last_year)),
        ),
        context.picture(
            "rates",
            figures.rates(items, facts.last_year, words),
            words("rates.caption", region=region, last=str(facts.last_year)),
            words("rates.alt", last=str(facts.last_year)),
        ),
    ]
    rows = []
    for item in items:
        asked = item.per_year.at(facts.last_year) if item.per_year is not None else None
        share = item.sufficiency.at(facts.last_year) if item.sufficiency is not None else None
        stock = item.supply.at(item.supply.years[0]) if item.supply is not None else None
        rows.append(
            text_row(
                [
                    line(words(f"resource.{item.name}")),
                    words("blank")
                    if stock is None
                    else words("table.with_year", value=words.number(stock.median), year=str(item.stock_year)),
                    words("blank") if share is None else words.percent(share.median),
                    context.estimate(asked, signed=True),
                    _record(context, item),
                    _times(words, item, asked),
                ]
            )
        )
    heads = [
        words("head.resource"),
        words("head.stock"),
        words("head.sufficiency_in", year=str(facts.last_year)),
        words("head.per_year", last=str(facts.last_year)),
        words("head.record"),
        words("head.times"),
    ]
    blocks.append(table(context.caption(words("rate.table")), heads, "tnnnnn", rows, widths=(13, 17, 12, 24, 22, 12)))
    blocks.append(note(words("rate.note")))
    if not facts.certain:
        blocks += _verdicts(context)
    return blocks


def _record(context: Context, item: Resource) -> Inline:
    words = context.words
    if item.record is None:
        return line(words("blank"))
    marked = Span(" " + words("rate.nation"), mark="assumed") if item.record.assumed else ""
    return line(words.signed(item.record.per_year), marked, " ", *context.refs(item.record.figure_ids[:1]))


def _times(words: Words, item: Resource, asked: Estimate | None) -> str:
    """How many times the record is asked for; in words where the record adds nothing or nothing is asked."""
    if asked is None or item.record is None:
        return words("blank")
    if asked.median <= NEVER_MUCH:
        return words("rate.nothing_to_add")
    if item.record.per_year <= 0:
        return words("rate.fell")
    return words("rate.times", value=words.number(asked.median / item.record.per_year, 1))


def _verdicts(context: Context) -> list[Block]:
    """On each supply path: the chance that the target is met in its year, and when the gap opens and closes."""
    words = context.words
    rows = []
    for item in resources_of(context.plan):
        for path in PATHS:
            found = item.verdicts.get(path)
            if found is None or found.met_probability is None:
                continue
            rows.append(
                text_row(
                    [
                        words(f"resource.{item.name}"),
                        words(f"line.{path}"),
                        words("verdict.chance", value=words.chance(found.met_probability), year=str(found.target_year)),
                        _when(words, found.first_short),
                        _when(words, found.first_closed),
                    ]
                )
            )
    if not rows:
        return []
    heads = [words(f"head.{name}") for name in ("resource", "path", "met", "first_short", "first_closed")]
    return [table(words("verdict.table"), heads, "ttttt", rows), note(words("verdict.note"))]


def _when(words: Words, event: Event | None) -> str:
    """A year with the ends of its 80 % interval, and how likely it is to come at all."""
    if event is None:
        return words("blank")
    if event.year is None or event.share < LEAST_CHANCE:
        return words("verdict.never")
    years = str(event.year) if event.low == event.high else words("range", low=str(event.low), high=str(event.high))
    if event.share > 1 - LEAST_CHANCE:
        return years
    return words("verdict.may", years=years, value=words.chance(event.share))


def scenarios(context: Context) -> list[Block]:
    """The last year under every scenario: people and gaps; figure and table."""
    words, facts, tables = context.words, context.plan, context.shared.tables
    last, names = facts.last_year, {key: context.scenario(key) for key in context.shared.settings}
    population = tables["population"]
    here = population[
        (population["region"] == facts.people.region)
        & (population["year"] == last)
        & (population["sex"] == "both")
        & (population["output_type"] == "quantile")
    ]
    gap = context.shared.gaps[facts.people.region]
    panels, columns = [], []
    for group in ("60+", "80+"):
        rows = {
            str(name): line_from(part)
            for name, part in here[here["age_group"] == group].groupby("scenario", observed=True)
        }
        lacking = [key for key in names if key not in rows]
        if lacking:
            raise MissingResult(f"population: no scenario {lacking[0]} for {facts.people.region} in {last}")
        people_by = {key: needed(found.at(last)) for key, found in rows.items() if found is not None}
        values = {key: (people_by[key].low80, people_by[key].median, people_by[key].high80) for key in names}
        columns.append((words(f"group.{group}"), values))
        if group == "60+":
            panels.append(ScenarioPanel(words(f"group.{group}"), values))
    headline = {key: context.shared.settings[key].need.headline for key in names}
    # What need asks for stands beside the plans' own yardsticks, which disability does not move.
    wanted = [(resource, facts.resources[resource].yardstick, "gap") for resource in CARD_RESOURCES]
    wanted += [(resource, "need", "required") for resource in ("beds", "caregivers")]
    for resource, yardstick, measure in wanted:
        path = "held" if measure == "gap" else None
        by_need = yardstick == "need"
        lines = {
            key: gap.line(resource, yardstick, measure, path, key, headline[key] if by_need else None) for key in names
        }
        estimates = {key: found.at(last) for key, found in lines.items() if found is not None}
        if len(estimates) < len(names) or any(value is None for value in estimates.values()):
            continue
        values = {k: (e.low80, e.median, e.high80) for k, e in estimates.items() if e is not None}
        title = words(f"scenarios.{'need' if by_need else 'gap'}", resource=words(f"resource.{resource}"))
        columns.append((title, values))
        if len(panels) < PANELS:
            panels.append(ScenarioPanel(title.replace(": ", ":\n"), values))
    rows_out = []
    for key, name in names.items():
        base = next(iter(names))
        cells: list[str | Inline] = [line(name)]
        for _, values in columns:
            low, middle, high = values[key]
            text = context.estimate(Estimate(middle, low, high, low, high))
            if key != base and values[base][1]:
                text += words("scenarios.change", value=words.signed_percent(middle / values[base][1] - 1))
            cells.append(text)
        rows_out.append(text_row(cells))
    alt = words("scenarios.alt", year=str(last), names=words.listed(names.values()))
    caption = words("scenarios.caption", region=context.name(facts.people.region), year=str(last))
    meaning = [
        line(Span(names[key], mark="strong"), words("colon"), words(f"scenario_meaning.{key}"))
        for key in names
        if words.has(f"scenario_meaning.{key}")
    ]
    return [
        Bullets(meaning),
        context.picture("scenarios", figures.scenarios(panels, names, words), caption, alt),
        table(
            context.caption(words("scenarios.table", year=str(last))),
            [words("head.scenario"), *(title for title, _ in columns)],
            "t" + "n" * len(columns),
            rows_out,
        ),
    ]


def audit(context: Context) -> list[Block]:
    """What in the plan does not add up."""
    words, plan = context.words, context.plan.plan.id
    found = context.shared.tables["plan_audit"]
    found = found[found["plan"] == plan]
    if found.empty:
        stated = [figure for figure in context.plan.plan.figures if figure.value is not None]
        facts = sum(figure.kind == "baseline" for figure in stated)
        return [Paragraph(line(words("audit.none", figures=str(len(stated)), facts=str(facts))))]
    counts = found.groupby("severity")["count"].sum()
    order = ("contradiction", "basis", "borderline", "rounding")
    numbers = {severity: words.number(int(counts.get(severity, 0))) for severity in (*order, "consistent")}
    summary = words("audit.summary", checks=words.number(int(found["count"].sum())), **numbers)
    blocks: list[Block] = [Paragraph(line(summary))]
    rows = []
    for severity in order:
        for _, row in found[found["severity"] == severity].iterrows():
            explanation = words.either(str(row["explanation_zh"]), narrow_quotes(str(row["explanation_en"])))
            rows.append(
                text_row(
                    [
                        line(words(f"severity.{severity}")),
                        explanation,
                        joined(context.refs(str(row["figure_ids"]).split(";"))),
                    ]
                )
            )
    if rows:
        heads = [words("head.severity"), words("head.finding"), words("head.rests_on")]
        blocks.append(table(words("audit.table"), heads, "ttt", rows, widths=(12, 70, 18)))
    else:
        blocks.append(Paragraph(line(words("audit.nothing"))))
    return blocks


def narrow_quotes(text: str) -> str:
    """English text with straight quotation marks: the typeface's curved ones are as wide as a Chinese one."""
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def waterfall(context: Context) -> list[Block]:
    """Why the requirement moves: from the base year to the target year, driver by driver."""
    words, facts = context.words, context.plan
    found = context.shared.tables["waterfall"]
    found = found[found["region"] == facts.people.region]
    blocks: list[Block] = []
    for resource in CARD_RESOURCES:
        rows = found[found["resource"] == resource]
        if rows.empty:
            continue
        yardstick = "need" if (rows["yardstick"] == "need").any() else str(rows["yardstick"].iloc[0])
        rows = rows[rows["yardstick"] == yardstick]
        base, target = int(rows["base_year"].iloc[0]), int(rows["target_year"].iloc[0])
        title = words(
            "waterfall.caption",
            resource=words(f"resource.{resource}"),
            yardstick=words(f"line.{yardstick}"),
            base=str(base),
            target=str(target),
        )
        changes = rows[~rows["driver"].isin(("base", "target"))].sort_values("order")
        spoken = words("joiner").join(
            f"{words('driver.' + str(row['driver']))} {words.signed(float(row['mean']))}"
            for _, row in changes.iterrows()
        )
        svg = figures.waterfall(rows, base, target, words)
        blocks.append(
            context.picture(f"waterfall_{resource}", svg, title, words("waterfall.alt", title=title, items=spoken))
        )
    return blocks or [Paragraph(line(words("nothing_here")))]


def tornado(context: Context) -> list[Block]:
    """Which uncertain input moves each gap most."""
    words, facts = context.words, context.plan
    found = context.shared.tables["sensitivity"]
    found = found[found["region"] == facts.people.region]
    blocks: list[Block] = []
    for resource in CARD_RESOURCES:
        rows = found[found["resource"] == resource]
        rows = rows[rows["yardstick"] == rows["yardstick"].iloc[0]] if len(rows) else rows
        if rows.empty:
            continue
        first = rows.iloc[0]
        title = words(
            "tornado.caption",
            resource=words(f"resource.{resource}"),
            year=str(int(first["year"])),
            yardstick=words(f"line.{first['yardstick']}"),
            path=words(f"line.{first['supply_path']}"),
        )
        blocks.append(
            context.picture(
                f"tornado_{resource}", figures.tornado(rows, words), title, words("tornado.alt", title=title)
            )
        )
        table_rows = [
            text_row(
                [
                    line(words(f"input.{row['input']}")),
                    words.number(significant(float(row["low"]))),
                    words.number(significant(float(row["high"]))),
                    words.number(float(row["value"]), 2),
                ]
            )
            for _, row in rows.sort_values("rank").iterrows()
        ]
        heads = [words("head.input"), words("head.low"), words("head.high"), words("head.index")]
        blocks.append(table(title, heads, "tnnn", table_rows))
    return blocks or [Paragraph(line(words("nothing_here")))]


def s_curve(context: Context) -> list[Block]:
    """The probability that so many units suffice in the last year, by the main yardstick and by need."""
    words, facts = context.words, context.plan
    found = context.shared.tables["curve"]
    headline = context.shared.central.need.headline
    mine = (found["scenario"] == CENTRAL) & (found["region"] == facts.people.region)
    found = found[mine & (found["year"] == facts.last_year)]
    panels, rows = [], []
    for item in resources_of(facts):
        curves = {}
        for yardstick in dict.fromkeys((item.yardstick, "need")):
            chosen = (found["resource"] == item.name) & (found["yardstick"] == yardstick)
            chosen &= (found["definition"] == headline) if yardstick == "need" else found["definition"].isna()
            part = found[chosen].sort_values("probability")
            if len(part):
                values, chance = (part[name].to_numpy(dtype=float) for name in ("value", "probability"))
                curves[yardstick] = (values, chance)
        if not any(np.ptp(values) > NEVER_MUCH for values, _ in curves.values()):
            continue
        stock = item.supply.at(facts.last_year) if item.supply is not None else None
        panels.append(Curves(item.name, curves, None if stock is None else stock.median))
        for yardstick, (values, chance) in curves.items():
            write = words.number if np.ptp(values) <= NEVER_MUCH else lambda value: words.number(significant(value))
            enough = [write(float(np.interp(level, chance, values))) for level in SUFFICE]
            held = words("blank") if stock is None else words.number(stock.median)
            rows.append(text_row([words(f"resource.{item.name}"), words(f"line.{yardstick}"), held, *enough]))
    if not panels:
        return [Paragraph(line(words("s_curve.none")))]
    caption = words("s_curve.caption", year=str(facts.last_year))
    heads = [words("head.resource"), words("head.yardstick"), words("head.held")]
    heads += [words("head.suffices", level=words.share(level)) for level in SUFFICE]
    return [
        context.picture("s_curve", figures.s_curves(panels, words), caption, words("s_curve.alt", caption=caption)),
        table(words("s_curve.table", year=str(facts.last_year)), heads, "ttnnnn", rows),
        note(words("s_curve.note")),
    ]


def need(context: Context) -> list[Block]:
    """Beds required by need under each definition of disability, beside the plan's number or the norm's."""
    words, facts = context.words, context.plan
    gap = context.shared.gaps[facts.people.region]
    names = gap.rows.loc[gap.rows["yardstick"] == "need", "definition"].dropna().unique()
    item = facts.resources["beds"]
    values = {}
    for name in names:
        found = gap.line("beds", "need", "required", definition=str(name))
        estimate = found.at(facts.last_year) if found is not None else None
        if estimate is not None:
            values[str(name)] = (estimate.low80, estimate.median, estimate.high80)
    if not values:
        raise MissingResult(f"gap: yardstick need of beds in {facts.people.region} has no value for {facts.last_year}")
    required = item.required.at(facts.last_year)
    caption = words("definitions.caption", year=str(facts.last_year))
    svg = figures.definitions(values, None if required is None else required.median, words)
    spoken = words("joiner").join(f"{words('definition.' + n)} {words.number(v[1])}" for n, v in values.items())
    blocks: list[Block] = [
        context.picture("need", svg, caption, words("definitions.alt", caption=caption, items=spoken))
    ]
    head = [
        text_row(
            [
                line(words(f"definition.{name}")),
                context.estimate(found.at(CENSUS_YEAR)),
                context.estimate(found.at(facts.last_year)),
            ]
        )
        for name in values
        if (found := gap.line("beds", "need", "required", definition=name)) is not None
    ]
    heads = [
        words("head.definition"),
        *(words("head.required_in", year=str(y)) for y in (CENSUS_YEAR, facts.last_year)),
    ]
    blocks += [
        table(context.caption(words("definitions.table")), heads, "tnn", head),
        Paragraph(line(words("definitions.note"))),
    ]
    main = context.shared.central.need.headline
    empty = gap.line("beds", "need", "empty", "held", definition=main)
    now = empty.at(empty.years[0]) if empty is not None else None
    if empty is not None and now is not None:
        number = words.rounded(now.median)
        amount = words("amount.beds", value=number) if words.language == "zh" else number
        amount += context.interval(now)
        blocks.append(Paragraph(line(words("definitions.empty", year=str(empty.years[0]), amount=amount))))
    return blocks


def assumptions(context: Context) -> list[Block]:
    """Every assumption with its value, reason, quality and impact; every norm used."""
    words, facts, settings = context.words, context.plan, context.shared.central
    ratio = settings.care.hukou_per_resident_60plus.get(facts.plan.region)
    values = {
        "mortality": {"years": words.number(settings.projection.mortality.extra_e0, 1)},
        "consistency": {
            "weight": words.number(settings.projection.consistency.weight, 2),
            "age": str(settings.projection.consistency.from_age),
        },
        "migration": {
            "weight": words.number(settings.projection.migration.weight, 2),
            "years": words.number(settings.projection.migration.taper_years),
        },
        "fertility": {"weight": words.number(settings.projection.fertility.weight, 2)},
        "held": {},
        "earlier_period": {},
        "carried": {"year": str(facts.plan.horizon.end)},
        "no_new_policy": {},
        "norm": {},
        "imputed_stock": {},
        "basis_unspecified": {},
        "basis_inferred": {},
    }
    if ratio is not None:
        values["hukou_ratio"] = {"low": words.number(ratio.low, 2), "high": words.number(ratio.high, 2)}
    codes = {code for item in facts.resources.values() for code in item.assumed}
    used_by = {
        code: [words(f"resource.{i.name}") for i in resources_of(facts) if code in i.assumed]
        for code in ("norm", "imputed_stock", "hukou_ratio", "basis_unspecified", "basis_inferred", "earlier_period")
    }
    rows = []
    for name, put_in in values.items():
        if name in used_by and name not in codes:
            continue
        users = used_by.get(name)
        what = words(f"assumption.{name}.what", **put_in)
        rows.append(
            text_row(
                [
                    line(Span(words(f"assumption.{name}.name"), mark="strong")),
                    line(
                        what,
                        " " if words.language == "en" and users else "",
                        words("assumption.used_by", items=words.listed(users)) if users else "",
                    ),
                    words(f"assumption.{name}.why"),
                    words("level." + words(f"assumption.{name}.quality")),
                    words("level." + words(f"assumption.{name}.impact")),
                ],
                anchor=f"assumption-{name}",
            )
        )
    heads = [words(f"head.{h}") for h in ("assumption", "what", "why", "quality", "impact")]
    blocks: list[Block] = [
        Paragraph(line(words("assumptions.intro"))),
        table(words("assumptions.table"), heads, "ttttt", rows, widths=(16, 34, 34, 8, 8)),
        settings_table(context),
        _norm_table(context),
    ]
    inferred = [
        line(*context.refs([f.id]), " ", Span(f.basis_inferred.reason, lang="en"))
        for f in ordered(context.shared.catalogue, facts.plan.id)
        if f.basis_inferred is not None
    ]
    if inferred:
        blocks += [Paragraph(line(words("assumptions.inferred"))), Bullets(inferred)]
    return blocks


def settings_table(context: Context) -> Block:
    """What need and supply are drawn with, as params.yaml has it, with the sources of published choices."""
    words, settings = context.words, context.shared.central
    need, supply = settings.need, settings.supply
    chosen = {
        "headline": (f"definition.{need.headline}", need.headline),
        "trend": (f"choice.{need.trend}", None),
        "severity": (f"choice.{need.severity}", need.severity),
        "dementia": (f"choice.{need.dementia}", need.dementia),
        "settings": (f"choice.{need.settings}", need.settings),
        "staffing": (f"choice.{need.staffing}", need.staffing),
    }
    known = context.shared.tables["care_sources"]
    by_choice = {str(name): list(part["source"]) for name, part in known.groupby("choice")}
    rows = []
    for key, (message, choice) in chosen.items():
        links = [_source_link(context, source) for source in by_choice.get(choice or "", [])]
        rows.append(_setting(words, f"need.{key}", line(words(message)), joined(links) or line(words("blank"))))
    shares = {
        "need.institution_use": (need.institution_use, False),
        "need.users_per_caregiver": (need.users_per_caregiver, False),
        "need.target_occupancy": (need.target_occupancy, True),
        "need.dementia_in_institution": (need.dementia_in_institution, True),
        **{
            f"supply.{name}": (getattr(supply, name), True)
            for name in (
                "leave",
                "re_enter",
                "retire",
                "new_among_trained",
                "taking_up",
                "closing",
                "usable",
                "occupancy",
            )
        },
    }
    for key, (interval, is_share) in shares.items():
        low, high = (words.share(v) if is_share else words.number(v, 2) for v in (interval.low, interval.high))
        value = line(words("setting.interval", range=words("range", low=low, high=high)))
        rows.append(_setting(words, key, value, line(Span(words("setting.assumed"), mark="assumed"))))
    hours = words("setting.hours", value=words.number(need.fte_hours))
    rows.append(_setting(words, "need.fte_hours", line(hours), joined([_source_link(context, "working_hours_1995")])))
    start = words("setting.from", year=str(supply.trend_from))
    rows.append(_setting(words, "supply.trend_from", line(start), joined([_source_link(context, "mca_bulletin")])))
    heads = [words(f"head.{h}") for h in ("assumption", "value", "rests_on", "quality", "impact")]
    return table(words("settings.table"), heads, "ttttt", rows, widths=(34, 26, 24, 8, 8))


def _setting(words: Words, key: str, value: Inline, rests_on: Inline) -> Row:
    name = Span(words(f"setting.{key}.name"))
    levels = (words("level." + words(f"setting.{key}.{what}")) for what in ("quality", "impact"))
    return text_row([(name, Span(f" {key}", mark="quiet")), value, rests_on, *levels])


def _source_link(context: Context, source: str) -> Span:
    title = context.shared.catalogue.sources[source].title
    return Span(context.words.either(title.zh, title.en), to=f"#source-{source}")


def _norm_table(context: Context) -> Block:
    words, facts, catalogue = context.words, context.plan, context.shared.catalogue
    own = {n for item in facts.resources.values() for n in norm_ids(item.figure_ids)}
    rows = []
    for number, name in enumerate(norms(catalogue), start=1):
        norm = catalogue.indicators[name].norm
        if name not in facts.norms or norm is None:
            continue
        source = catalogue.sources[norm.source]
        reason_key = f"norm_reason.{name}"
        reason = (
            line(
                words(
                    reason_key,
                    value=words.number(norm.value, 2),
                    low=words.number(norm.low, 2),
                    high=words.number(norm.high, 2),
                )
            )
            if words.language == "zh"
            else line(norm.reason)
        )
        rows.append(
            text_row(
                [
                    words("ref.norm", number=str(number)),
                    line(context.indicator(name)),
                    words.number(norm.value, 2),
                    words("range", low=words.number(norm.low, 2), high=words.number(norm.high, 2)),
                    words("norms.stands_in") if name in own else words("norms.beside"),
                    reason,
                    line(Span(words.either(source.title.zh, source.title.en), to=f"#source-{norm.source}")),
                ],
                anchor=f"norm-{name}",
            )
        )
    heads = [words(f"head.{h}") for h in ("number", "norm", "value", "range", "role", "why", "source")]
    return table(words("norms.table"), heads, "ttnnttt", rows, widths=(6, 19, 7, 9, 12, 31, 16))


def limitations(context: Context) -> list[Block]:
    """What the results and the data cannot say."""
    words, facts = context.words, context.plan
    items = [line(words(f"limits.{name}")) for name in ("deterministic",) if facts.certain]
    items += general_limits(words, [facts])
    for item in resources_of(facts):
        if item.supply is None:
            items.append(line(words("limits.no_stock", resource=words(f"resource.{item.name}"))))
        if not item.required.years:
            items.append(line(words("limits.no_requirement", resource=words(f"resource.{item.name}"))))
    blocks: list[Block] = [Bullets(items)]
    region = context.shared.catalogue.regions[facts.plan.region]
    lang = "en" if words.language == "zh" else ""
    said = [line(Span(text, lang=lang)) for text in (*facts.plan.notes, *region.basis_notes)]
    if said:
        blocks += [Paragraph(line(words("limits.copy"))), Bullets(said)]
    return blocks


def general_limits(words: Words, plans: Sequence[PlanFacts]) -> list[Inline]:
    """Limits that hold for every plan; the years are those of the stocks that stand in the reports."""
    years = [item.stock_year for facts in plans for item in facts.resources.values() if item.stock_year is not None]
    said = ("small", "deaths", "after_census", "nominal", "definitions", "quality", "staff", "forecast")
    items = [line(words(f"limits.{name}")) for name in said]
    if years:
        items.append(line(words("limits.stocks", first=str(min(years)), last=str(max(years)))))
    return items


def plan_figures(context: Context) -> list[Block]:
    """Every figure the plan states, with its section."""
    words, facts = context.words, context.plan
    plan = facts.plan
    rows = []
    for number, figure in enumerate(ordered(context.shared.catalogue, plan.id), start=1):
        lang = "en" if words.language == "zh" else ""
        spans = [Span(context.indicator(figure.indicator)), Span(f" {figure.id}", mark="quiet")]
        if figure.note:
            spans.append(Span(f" {figure.note}", mark="quiet", lang=lang))
        rows.append(
            text_row(
                [
                    str(number),
                    tuple(spans),
                    words(f"kind.{figure.kind}"),
                    words("blank") if figure.year is None else str(figure.year),
                    _stated(words, figure),
                    words(f"basis.{_basis(figure)}") + (words("basis.inferred_mark") if figure.basis_inferred else ""),
                    line(Span(figure.section, to=f"#source-{plan.source}")),
                ],
                anchor=f"fig-{figure.id}",
            )
        )
    heads = [words(f"head.{h}") for h in ("number", "figure", "kind", "year", "value", "basis", "section")]
    source = context.shared.catalogue.sources[plan.source]
    intro = words(
        "figures.intro",
        count=words.number(len(rows)),
        blank=words.number(sum(figure.value is None for figure in plan.figures)),
        title=plan_title(plan, words),
    )
    number_text = words("figures.document", number=plan.document_number) if plan.document_number else ""
    return [
        Paragraph(
            line(
                intro,
                number_text,
                " " if words.language == "en" else "",
                Span(words("figures.source"), to=f"#source-{plan.source}"),
                words("stop"),
            )
        ),
        table(
            words("figures.table", title=words.either(source.title.zh, source.title.en)),
            heads,
            "tttnntt",
            rows,
            widths=(5, 47, 8, 6, 13, 9, 12),
            small=True,
        ),
    ]


def sources(context: Context) -> list[Block]:
    """Where the numbers come from."""
    used = source_ids(context.plan, context.shared.catalogue, context.shared.tables["care_sources"]["source"])
    return [source_table(context, used)]


def source_table(context: Context, names: Sequence[str]) -> Block:
    """Sources by id: title, producer, date, place in it, licence."""
    words, catalogue = context.words, context.shared.catalogue
    lang = "en" if words.language == "zh" else ""
    rows = []
    for name in names:
        source = catalogue.sources[name]
        rows.append(
            text_row(
                [
                    (Span(words.either(source.title.zh, source.title.en)), Span(f" {name}", mark="quiet")),
                    line(Span(source.producer, lang=lang)),
                    str(source.published),
                    line(Span(source.table_or_section, lang=lang)),
                    line(Span(source.licence, lang=lang)),
                ],
                anchor=f"source-{name}",
            )
        )
    heads = [words(f"head.{h}") for h in ("title", "producer", "published", "place", "licence")]
    return table(words("sources.table"), heads, "ttttt", rows, widths=(36, 18, 11, 17, 18), small=True)


def _amount(words: Words, value: float, unit: str) -> str:
    return words(f"stated.{unit}", value=words.number(value, 2))


def _stated(words: Words, figure: Figure) -> str:
    if figure.value is None:
        return words("figures.blank")
    value = words.number(figure.value, 2)
    if figure.upper is not None:
        value = words("range", low=value, high=words.number(figure.upper, 2))
    return words(f"stated.{figure.unit}", value=words(f"comparator.{figure.comparator}", value=value))


def _basis(figure: Figure) -> str:
    return figure.basis_inferred.value if figure.basis_inferred is not None else figure.basis


def joined(spans: Sequence[Span]) -> Inline:
    """Spans with a space between each two."""
    out: list[Span] = []
    for span in spans:
        if out:
            out.append(Span(" "))
        out.append(span)
    return tuple(out)


def needed(value: Estimate | None) -> Estimate:
    """The estimate; MissingResult where there is none."""
    if value is None:
        raise MissingResult("population: a year that the report speaks of is missing")
    return value


def _last(found: Line | None) -> float:
    if found is None:
        raise MissingResult("gap: a line that the report speaks of is missing")
    return float(found.column(0.5)[-1])
