"""Every file of the reports, as bytes by path: facts in, pages out, the same bytes for the same facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.domain import Catalogue
from pipeline.report import overview_sections, plan_sections
from pipeline.report.context import Context, Shared, plan_title
from pipeline.report.document import Document, Inline, Span, line
from pipeline.report.facts import CENSUS_DAY, Gap, Tables, plan_facts, region_facts, region_rows
from pipeline.report.outline import OVERVIEW_SECTIONS, PLAN_SECTIONS
from pipeline.report.plan_sections import CARD_RESOURCES, needed
from pipeline.report.render import html, markdown_page, page, pdf
from pipeline.report.stamp import Stamp
from pipeline.report.words import LANGUAGES, Language, Words
from pipeline.report.workbook import workbook
from pipeline.settings import Settings

OVERVIEW = "overview"
EXPLORER = "explore.html"


@dataclass(frozen=True)
class Job:
    """A part of the reports that is made by itself: of a plan or a language, where it is of one."""

    what: Literal["plan", "overview", "workbook", "explorer", "entrance"]
    plan: str = ""
    language: Language = "zh"


def shared_facts(catalogue: Catalogue, settings: Mapping[str, Settings], tables: Tables) -> Shared:
    """What all reports speak of. Raises MissingResult naming the key that no table has."""
    central = settings["central"]
    planned = catalogue.plans.values()
    gaps = {plan.region: Gap(region_rows(tables["gap"], plan.region)) for plan in planned}
    plans = {plan.id: plan_facts(plan, tables, gaps[plan.region], central) for plan in planned}
    regions = {facts.plan.region: facts.people for facts in plans.values()}
    regions["china"] = region_facts("china", tables, central.last_year)
    return Shared(catalogue, settings, tables, plans, regions, gaps)


def jobs(shared: Shared) -> list[Job]:
    """All that the reports consist of; what takes longest comes first."""
    return [
        Job("explorer"),
        *(Job("plan", plan, language) for plan in shared.plans for language in LANGUAGES),
        *(Job("overview", language=language) for language in LANGUAGES),
        *(Job("workbook", plan) for plan in shared.plans),
        Job("entrance"),
    ]


def files_of(job: Job, shared: Shared, stamp: Stamp) -> Iterator[tuple[str, bytes]]:
    """Paths below the reports folder and the content of each file of a job.

    Raises MissingMessage, MissingResult or MissingGlyph where a page asks for what is not there.
    """
    facts, words = shared.plans.get(job.plan), Words(job.language)
    every = {language: Words(language) for language in LANGUAGES}
    match job.what:
        case "plan":
            context = Context(shared, words, facts)
            yield from _files(job.plan, plan_document(context, stamp), context)
        case "overview":
            context = Context(shared, words)
            yield from _files(OVERVIEW, overview_document(context, stamp), context)
        case "workbook":
            about = {language: _about(Context(shared, words, facts), stamp) for language, words in every.items()}
            yield f"{job.plan}/tables.xlsx", workbook(shared, shared.plans[job.plan], about)
        case "explorer":
            # Altair takes seconds to import, which only the process that makes this page spends.
            from pipeline.report.explore import explorer

            stamps = {language: _stamp_lines(words, stamp, shared.central) for language, words in every.items()}
            draft = {language: _draft(words, shared.central) for language, words in every.items()}
            yield EXPLORER, explorer(shared, stamps, draft)
        case "entrance":
            entrance = _entrance(shared, stamp)
            yield "README.md", markdown_page("readme.md.j2", **entrance).encode()
            yield "index.html", page("index.html.j2", _texts(entrance), **entrance).encode()


def plan_document(context: Context, stamp: Stamp) -> Document:
    """The report of one plan."""
    words, plan = context.words, context.plan.plan
    other = "en" if words.language == "zh" else "zh"
    links = (
        Span(words("nav.other"), to=f"{other}.html", lang=other),
        Span(words("nav.pdf"), to=f"{words.language}.pdf"),
        Span(words("nav.tables"), to="tables.xlsx"),
        Span(words("nav.explore"), to=f"../{EXPLORER}#lang={words.language}&region={plan.region}"),
        Span(words("nav.overview"), to=f"../{OVERVIEW}/{words.language}.html"),
        Span(words("nav.home"), to="../index.html"),
    )
    return Document(
        language=words.language,
        title=words("title.plan", region=context.name(plan.region)),
        subtitle=words("subtitle.plan", title=plan_title(plan, words)),
        kicker=words("title.kicker"),
        head=plan_sections.headline(context),
        parts=[section.part(context) for section in PLAN_SECTIONS if section.on],
        links=links,
        stamp=_stamp(words, stamp, context.shared.central),
        draft=_draft(words, context.shared.central),
        footer=words("footer.font"),
        labels=_labels(words, stamp, "tables.xlsx"),
    )


def overview_document(context: Context, stamp: Stamp) -> Document:
    """The report of all plans together."""
    words, shared = context.words, context.shared
    other = "en" if words.language == "zh" else "zh"
    names = words.listed(context.name(facts.plan.region) for facts in shared.plans.values())
    return Document(
        language=words.language,
        title=words("title.overview"),
        subtitle=words("subtitle.overview", names=names, last=str(shared.central.last_year)),
        kicker=words("title.kicker_overview"),
        head=overview_sections.headline(context),
        parts=[section.part(context) for section in OVERVIEW_SECTIONS if section.on],
        links=(
            Span(words("nav.other"), to=f"{other}.html", lang=other),
            Span(words("nav.pdf"), to=f"{words.language}.pdf"),
            Span(words("nav.explore"), to=f"../{EXPLORER}#lang={words.language}"),
            Span(words("nav.home"), to="../index.html"),
        ),
        stamp=_stamp(words, stamp, shared.central),
        draft=_draft(words, shared.central),
        footer=words("footer.font"),
        labels=_labels(words, stamp, "../tables/gap.csv"),
    )


def _files(folder: str, document: Document, context: Context) -> Iterator[tuple[str, bytes]]:
    language = context.words.language
    yield f"{folder}/{language}.html", html(document).encode()
    yield f"{folder}/{language}.pdf", pdf(document)


def _labels(words: Words, stamp: Stamp, data: str) -> dict[str, str]:
    return {
        "lang": "zh-CN" if words.language == "zh" else "en",
        "contents": words("nav.contents"),
        "skip": words("nav.skip"),
        "first": words("part.first"),
        "scroll": words("nav.scroll"),
        "picture": words("nav.picture"),
        "data": words("nav.data"),
        "figure": words("nav.figure"),
        "data_link": data,
        "colon": words("colon"),
        "stamp": words("stamp.title"),
        "stamp_short": words("stamp.short", params=stamp.params, inputs=stamp.inputs, code=stamp.code),
    }


def _draft(words: Words, settings: Settings) -> str:
    return words("draft.mark") if is_draft(settings) else ""


def is_draft(settings: Settings) -> bool:
    """Whether the reports are no final ones: marked so, or made from fits that were let through unjudged."""
    return settings.status != "final" or settings.sampler.accept_bad_fit


def _stamp(words: Words, stamp: Stamp, settings: Settings) -> list[Inline]:
    versions = ", ".join(f"{name} {number}" for name, number in stamp.versions.items())
    dates = words("stamp.dates", census=words.date(CENSUS_DAY), data=words.date(settings.as_of))
    return [
        line(words("stamp.params", value=stamp.params)),
        line(words("stamp.inputs", value=stamp.inputs)),
        line(words("stamp.code", value=stamp.code)),
        line(words("stamp.versions", value=versions)),
        line(dates),
    ]


def _stamp_lines(words: Words, stamp: Stamp, settings: Settings) -> list[str]:
    return ["".join(span.text for span in entry) for entry in _stamp(words, stamp, settings)]


def _about(context: Context, stamp: Stamp) -> list[str]:
    words, plan = context.words, context.plan.plan
    draft = [words("draft.note")] if is_draft(context.shared.central) else []
    return [
        words("title.plan", region=context.name(plan.region)),
        words("subtitle.plan", title=plan_title(plan, words)),
        *draft,
        words("standing.note", last=str(context.plan.last_year)),
        words("workbook.note"),
        *_stamp_lines(words, stamp, context.shared.central),
    ]


def _entrance(shared: Shared, stamp: Stamp) -> dict[str, object]:
    """What the two entrance pages say: a headline table a language, and links."""
    zh, en = Words("zh"), Words("en")
    parts = []
    for words in (zh, en):
        language, last = words.language, shared.central.last_year
        rows = []
        for plan, facts in shared.plans.items():
            context = Context(shared, words, facts)
            sixty = facts.people.old["60+"]
            then, later = needed(sixty.at(facts.target_year)), needed(sixty.at(last))
            people = words(
                "index.people_cell",
                then=words.rounded(then.median),
                year=str(facts.target_year),
                last=words.rounded(later.median),
            )
            cells = [people]
            for name in CARD_RESOURCES:
                item = facts.resources[name]
                gap = item.gap.at(item.measured_year) if item.gap is not None else None
                mark = words("index.asterisk") if {"norm", "imputed_stock"} & set(item.assumed) else ""
                if gap is None:
                    cells.append(words("blank"))
                else:
                    text = words.signed(gap.median)
                    cells.append(words("index.gap_cell", gap=text, year=str(item.measured_year), mark=mark))
            links = [
                {"text": words("index.report"), "to": f"{plan}/{language}.html"},
                {"text": words("nav.pdf"), "to": f"{plan}/{language}.pdf"},
                {"text": words("index.excel"), "to": f"{plan}/tables.xlsx"},
            ]
            rows.append(
                {
                    "name": context.name(facts.plan.region),
                    "plan": plan_title(facts.plan, words),
                    "links": links,
                    "cells": cells,
                }
            )
        more = [{"text": words("title.overview"), "to": f"{OVERVIEW}/{language}.html"}]
        more.append({"text": words("explore.title"), "to": f"{EXPLORER}#lang={language}"})
        more.append({"text": f"{words('title.overview')} (PDF)", "to": f"{OVERVIEW}/{language}.pdf"})
        listed = (
            "headline",
            "verdict",
            "gap",
            "need",
            "population",
            "plan_figures",
            "plan_audit",
            "benchmark_un",
            "consistency",
            "series_forecasts",
            "backtest",
            "backtest_scores",
            "backtest_pairs",
            "diagnostics",
            "loo",
            "waterfall",
            "sensitivity",
        )
        for key in listed:
            more.append({"text": f"{key}.csv{words('colon')}{words('index.csv.' + key)}", "to": f"tables/{key}.csv"})
        parts.append(
            {
                "lang": "zh-CN" if language == "zh" else "en",
                "heading": words("index.heading"),
                "intro": words("index.intro"),
                "caption": words("index.table"),
                "scroll": words("nav.scroll"),
                "heads": [
                    words("index.plan"),
                    words("index.people", last=str(last)),
                    *(words("index.gap", resource=words(f"resource.{name}")) for name in CARD_RESOURCES),
                ],
                "rows": rows,
                "note": words("index.note"),
                "more": more,
            }
        )
    stamped = [entry for words in (zh, en) for entry in _stamp_lines(words, stamp, shared.central)]
    return {
        "title_zh": zh("index.title"),
        "title_en": en("index.title"),
        "draft_zh": _draft(zh, shared.central),
        "draft_en": _draft(en, shared.central),
        "skip": f"{zh('nav.skip')} / {en('nav.skip')}",
        "parts": parts,
        "stamp": stamped,
    }


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []
