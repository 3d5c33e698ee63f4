"""The landing page and the README of the reports: one card a plan with its numbers, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Span
from pipeline.report.facts import PlanFacts, Shared
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.sections.brief import CARDS, added, goal_year, headline_of, periods, span, standing
from pipeline.report.words import Words

ANNEX, EXPLORER, ATLAS = "annex", "explore.html", "atlas/index.html"


def entrance(
    shared: Shared, stamps: Mapping[Language, Sequence[str]], drafts: Mapping[Language, str]
) -> dict[str, object]:
    """What the two entrance pages say: cards by language, links to files, version and draft mark."""
    parts = [_part(shared, Words(language)) for language in LANGUAGES]
    words = {language: Words(language) for language in LANGUAGES}
    return {
        "title_zh": words["zh"]("index.title"),
        "title_en": words["en"]("index.title"),
        "draft_zh": drafts["zh"],
        "draft_en": drafts["en"],
        "skip": " / ".join(found("nav.skip") for found in words.values()),
        "parts": parts,
        "stamp": [entry for language in LANGUAGES for entry in stamps[language]],
    }


def _part(shared: Shared, words: Words) -> dict[str, object]:
    language = words.language
    links = [
        {"text": words("title.annex"), "to": f"{ANNEX}/{language}.html"},
        {"text": words("nav.explore"), "to": f"{EXPLORER}#lang={language}"},
        {"text": words("index.tables"), "to": "tables"},
    ]
    if shared.tables.has("atlas"):
        links.insert(2, {"text": words("index.atlas"), "to": ATLAS})
    return {
        "lang": words.either("zh-CN", "en"),
        "heading": words("index.heading"),
        "intro": words("index.intro", year=str(goal_year(Context(shared, words)))),
        "cards": [_card(Context(shared, words, facts)) for facts in shared.plans.values()],
        "note": words("index.note"),
        "more_heading": words("index.more"),
        "more": links,
    }


def _card(context: Context) -> dict[str, object]:
    words, facts = context.words, context.plan
    language, folder = words.language, facts.plan.id
    return {
        "name": context.region,
        "plan": context.title(facts.plan),
        "lines": [*_people(context, facts), *_resources(context), *_yearly(context)],
        "links": [
            {"text": words("index.report"), "to": f"{folder}/{language}.html"},
            {"text": words("nav.pdf"), "to": f"{folder}/{language}.pdf"},
            {"text": words("index.excel"), "to": f"{folder}/{language}.xlsx"},
        ],
    }


def _people(context: Context, facts: PlanFacts) -> list[tuple[str, str]]:
    words, year, last, found = context.words, goal_year(context), context.last, facts.people
    cell = words(
        "index.people_cell",
        now=words.exact(found.at("60+", CENSUS_YEAR).shown),
        then=words.ranged(found.at("60+", year)),
        year=str(year),
        later=words.ranged(found.at("60+", last)),
        last=str(last),
    )
    eighty = words("index.eighty_cell", then=words.ranged(found.at("80+", year)), year=str(year))
    return [(words("index.people"), cell), (words("index.eighty"), eighty)]


def _resources(context: Context) -> list[tuple[str, str]]:
    """What became of the plan's targets, resource by resource, with the grade of evidence."""
    out = []
    for name in CARDS:
        row = headline_of(context, name)
        if row is None:
            continue
        said, _ = standing(context, row)
        out.append((context.words(f"card.title.{name}"), "".join(part.text for part in said if isinstance(part, Span))))
    return out


def _yearly(context: Context) -> list[tuple[str, str]]:
    words, said = context.words, []
    still, need = added(context, "beds", "status_quo"), added(context, "beds", "need")
    if still is not None:
        said.append(words("card.still", value=words.ranged(still)))
    if need is not None:
        said.append(words("card.need", value=span(words, need)))
    if not said:
        return []
    period = periods(context)[0].replace("-", words.either("—", "–"))
    joined = words.either("；", "; ").join(said)
    return [(words("index.yearly"), words.either(f"{joined}（{period}）", f"{joined} ({period})"))]
