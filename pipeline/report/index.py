"""The landing page and the README of the reports: one card a plan with its numbers, in both languages."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Inline
from pipeline.report.facts import PlanFacts, SharedFacts
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.sections.brief_section import CARDS, existing, headline_of, standing, yearly
from pipeline.report.wording import Words

ANNEX, EXPLORER, ATLAS, PLANS = "annex", "explore.html", "atlas/index.html", "plans"
FILES = {"html": "index.report", "pdf": "nav.pdf", "xlsx": "index.excel"}


def entrance(
    shared: SharedFacts, stamps: Mapping[Language, Sequence[str]], drafts: Mapping[Language, str]
) -> dict[str, object]:
    """What the two entrance pages say: cards by language, links to files, version and draft mark."""
    parts = [_part(shared, Words(language)) for language in LANGUAGES]
    words = {language: Words(language) for language in LANGUAGES}
    return {
        "title_zh": words["zh"]("index.title"),
        "title_en": words["en"]("index.title"),
        "draft_zh": drafts["zh"],
        "draft_en": drafts["en"],
        "other": words["zh"]("nav.other"),
        "skip": " / ".join(found("nav.skip") for found in words.values()),
        "parts": parts,
        "stamp": [entry for language in LANGUAGES for entry in stamps[language]],
    }


def _part(shared: SharedFacts, words: Words) -> dict[str, object]:
    language = words.language
    links = [
        {"text": words("nav.explore"), "to": f"{EXPLORER}#lang={language}", "why": words("index.why.explore")},
        {"text": words("title.annex"), "to": f"{ANNEX}/{language}.html", "why": words("index.why.annex")},
        {"text": words("index.tables"), "to": "tables", "why": words("index.why.tables")},
    ]
    if shared.tables.has("atlas"):
        atlas = {"text": words("index.atlas"), "to": f"{ATLAS}#lang={language}", "why": words("index.why.atlas")}
        links.insert(1, atlas)
    return {
        "id": language,
        "lang": words.either("zh-CN", "en"),
        "heading": words("index.heading"),
        "intro": words("index.intro", year=str(Context(shared, words).goal_year)),
        "cards": [_card(Context(shared, words, facts)) for facts in shared.plans.values()],
        "note": words("index.note"),
        "more_heading": words("index.more"),
        "more": links,
        "open": words("index.open"),
    }


def _card(context: Context) -> dict[str, object]:
    words, facts = context.words, context.plan
    language, folder = words.language, f"{PLANS}/{facts.plan.id}"
    files = {f"{folder}/{language}.{kind}": key for kind, key in FILES.items()}
    if context.shared.tables.has("atlas"):
        code = context.shared.catalogue.regions[facts.region].gb_code
        files[f"{ATLAS}#lang={language}&place={code}"] = "index.map"
    beds = yearly(context, "beds") or words("index.no_stock")
    return {
        "region": context.region,
        "plan": context.title(facts.plan),
        "lines": [*_people(context, facts), *_resources(context), (words("index.yearly"), beds)],
        "links": [{"text": words(key), "to": to} for to, key in files.items()],
    }


def _people(context: Context, facts: PlanFacts) -> list[tuple[str, str]]:
    words, year, last, found = context.words, context.goal_year, context.last, facts.people
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
    """What exists by the region's own last count, and what became of the plan's target, with the grade of evidence."""
    words, out = context.words, []
    for name in CARDS:
        row, part = headline_of(context, name), existing(context, name)
        counted = row is None or pd.notna(row["stock_value"])
        parts = [*([part] if counted else []), *([] if row is None else [standing(context, row)[0]])]
        sentence = words.clauses(_text(words, part) for part in parts)
        out.append((words(f"resource.{name}"), sentence))
    return out


def _text(words: Words, content: Inline) -> str:
    """A line as plain text, its grade of evidence in brackets."""
    marks = words.either("（{}）", "({})")
    text = "".join(marks.format(part.text) if part.mark == "tag" else part.text for part in content)
    return text.replace(" （", "（")
