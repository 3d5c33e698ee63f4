"""Every file of the reports, as bytes by path: facts in, pages out, the same bytes for the same facts."""

import copyreg
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.processes import spread_out
from pipeline.report.context import Context, ReportSection
from pipeline.report.document import Block, Inline, ReportDocument, TextSpan, line
from pipeline.report.explore import explorer
from pipeline.report.facts import CENSUS_DAY, SharedFacts
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.outline import ANNEX_SECTIONS, PLAN_SECTIONS
from pipeline.report.render import html, markdown_page, page, pdf, texts_of
from pipeline.report.sections.brief_section import CARDS, brief, existing, headline_of, standing, yearly
from pipeline.report.stamp import Stamp
from pipeline.report.wording import Words
from pipeline.report.workbook import workbook
from pipeline.settings import Settings

ANNEX, EXPLORER, ATLAS, PLANS = "annex", "explore.html", "atlas/index.html", "plans"
FILES_OF_A_PLAN = {"html": "index.report", "pdf": "nav.pdf", "xlsx": "index.excel"}

type Files = Iterable[tuple[str, bytes]]
"""Paths below the reports folder, and the content of each file."""

type Job = Callable[[SharedFacts, Stamp], Files]
"""A part of the reports that is made by itself."""

_in_worker: list[tuple[SharedFacts, Stamp]] = []
"""In a worker: the facts it reports, and the stamp of its pages."""


def reports(shared: SharedFacts, stamp: Stamp, workers: int) -> dict[str, bytes]:
    """The content of every file by its path below the reports folder: the same however many processes make them.

    Raises MissingMessage, MissingResult or MissingGlyph where a page asks for what is not there, and Killed where a
    worker was ended, as for want of memory.
    """
    plans = [(plan, language) for plan in shared.plans for language in LANGUAGES]
    jobs: list[Job] = [  # the longest first
        explorer_file,
        *(partial(plan_files, plan=plan, language=language) for plan, language in plans),
        *(partial(annex_files, language=language) for language in LANGUAGES),
        *(partial(workbook_file, plan=plan, language=language) for plan, language in plans),
        entrance_files,
    ]
    # The catalogue's read-only views have no pickled form of their own; a worker gets plain copies.
    copyreg.pickle(MappingProxyType, _plain)
    try:
        files = spread_out(_run, jobs, workers, partial(_begin, shared, stamp))
    finally:
        _in_worker.clear()
    return {name: content for by_job in files for name, content in by_job}


def _plain(view: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return dict, (dict(view),)


def _begin(shared: SharedFacts, stamp: Stamp) -> None:
    _in_worker.append((shared, stamp))


def _run(job: Job) -> list[tuple[str, bytes]]:
    return list(job(*_in_worker[0]))


def plan_files(shared: SharedFacts, stamp: Stamp, plan: str, language: Language) -> Files:
    """The report of one plan."""
    return _pages(f"{PLANS}/{plan}", plan_document(Context(shared, Words(language), shared.plans[plan]), stamp))


def annex_files(shared: SharedFacts, stamp: Stamp, language: Language) -> Files:
    """Method and statistics behind all reports."""
    context, words = Context(shared, Words(language)), Words(language)
    head, links = [context.text("annex.intro")], [TextSpan(words("nav.home"), to="../index.html")]
    titles = words("title.annex"), words("subtitle.annex")
    return _pages(ANNEX, _document(context, stamp, titles, head, ANNEX_SECTIONS, links))


def workbook_file(shared: SharedFacts, stamp: Stamp, plan: str, language: Language) -> Files:
    """The tables of one plan."""
    context = Context(shared, Words(language), shared.plans[plan])
    words = context.words
    draft = [words("draft.note")] if is_draft(shared.central) else []
    about = [*_titles(context), *draft, words("workbook.note"), *stamp_lines(words, stamp, shared)]
    return [(f"{PLANS}/{plan}/{language}.xlsx", workbook(context, about))]


def explorer_file(shared: SharedFacts, stamp: Stamp) -> Files:
    """The explorer, in both languages."""
    stamps = {language: stamp_lines(Words(language), stamp, shared) for language in LANGUAGES}
    return [(EXPLORER, explorer(shared, stamps, is_draft(shared.central)))]


def entrance_files(shared: SharedFacts, stamp: Stamp) -> Files:
    """The landing page, and the same as Markdown, in both languages."""
    content = entrance(shared, stamp)
    yield "README.md", markdown_page("readme.md.j2", **content).encode()
    yield "index.html", page("index.html.j2", texts_of(content), **content).encode()


def plan_document(context: Context, stamp: Stamp) -> ReportDocument:
    """The report of one plan."""
    words = context.words
    links = [
        TextSpan(words("nav.tables"), to=f"{words.language}.xlsx"),
        TextSpan(words("nav.explore"), to=f"../../{EXPLORER}#lang={words.language}&region={context.plan.region}"),
        TextSpan(words("nav.annex"), to=f"../../{ANNEX}/{words.language}.html"),
        TextSpan(words("nav.home"), to="../../index.html"),
    ]
    return _document(context, stamp, _titles(context), brief(context), PLAN_SECTIONS, links)


def _titles(context: Context) -> tuple[str, str]:
    """Title of a plan's report, and which plan it measures against."""
    words, plan = context.words, context.plan.plan
    key = "subtitle.ended" if plan.horizon.end < context.today else "subtitle.plan"
    subtitle = words(key, title=context.title(plan), end=str(plan.horizon.end))
    return words("title.plan", region=context.region), subtitle


def _document(
    context: Context,
    stamp: Stamp,
    titles: tuple[str, str],
    head: Sequence[Block],
    sections: Sequence[ReportSection],
    links: Sequence[TextSpan],
) -> ReportDocument:
    words, other = context.words, context.words.either("en", "zh")
    hashes = {"params": stamp.params, "inputs": stamp.inputs, "code": stamp.code}
    return ReportDocument(
        language=words.language,
        title=titles[0],
        subtitle=titles[1],
        kicker=words("title.kicker"),
        head=head,
        parts=[part for section in sections if (part := section.part(context)) is not None],
        links=[
            TextSpan(words("nav.other"), to=f"{other}.html", lang=other),
            TextSpan(words("nav.pdf"), to=f"{words.language}.pdf"),
            *links,
        ],
        stamp=[line(text) for text in stamp_lines(words, stamp, context.shared)],
        draft=draft_mark(words, context.shared),
        footer=words("footer.font"),
        labels={
            "lang": words.either("zh-CN", "en"),
            "contents": words("nav.contents"),
            "skip": words("nav.skip"),
            "first": words("part.first"),
            "scroll": words("nav.scroll"),
            "stamp": words("stamp.title"),
            "one_sheet": "sheet" if context.facts else "",  # a plan's first screen has a page of its own
            "stamp_short": words("stamp.short", **hashes, version=words.edition),
        },
    )


def _pages(folder: str, document: ReportDocument) -> Files:
    yield f"{folder}/{document.language}.html", html(document).encode()
    yield f"{folder}/{document.language}.pdf", pdf(document)


def entrance(shared: SharedFacts, stamp: Stamp) -> dict[str, object]:
    """Content of the two entrance pages: cards by language, links to files, version and draft mark."""
    zh, en = Words("zh"), Words("en")
    return {
        "title_zh": zh("index.title"),
        "title_en": en("index.title"),
        "draft_zh": draft_mark(zh, shared),
        "draft_en": draft_mark(en, shared),
        "other": zh("nav.other"),
        "skip": f"{zh('nav.skip')} / {en('nav.skip')}",
        "parts": [_entrance_part(shared, words) for words in (zh, en)],
        "stamp": [text for words in (zh, en) for text in stamp_lines(words, stamp, shared)],
    }


def _entrance_part(shared: SharedFacts, words: Words) -> dict[str, object]:
    language = words.language
    links = [
        ("nav.explore", f"{EXPLORER}#lang={language}", "index.why.explore"),
        *([("index.atlas", f"{ATLAS}#lang={language}", "index.why.atlas")] if shared.tables.has("atlas") else []),
        ("title.annex", f"{ANNEX}/{language}.html", "index.why.annex"),
        ("index.tables", "tables", "index.why.tables"),
    ]
    return {
        "id": language,
        "lang": words.either("zh-CN", "en"),
        "heading": words("index.heading"),
        "intro": words("index.intro", year=str(Context(shared, words).goal_year)),
        "cards": [_card(Context(shared, words, facts)) for facts in shared.plans.values()],
        "note": words("index.note"),
        "more_heading": words("index.more"),
        "more": [{"text": words(text), "to": to, "why": words(why)} for text, to, why in links],
        "open": words("index.open"),
    }


def _card(context: Context) -> dict[str, object]:
    words, facts = context.words, context.plan
    files = {f"{PLANS}/{facts.plan.id}/{words.language}.{kind}": key for kind, key in FILES_OF_A_PLAN.items()}
    if context.shared.tables.has("atlas"):
        code = context.shared.catalogue.regions[facts.region].gb_code
        files[f"{ATLAS}#lang={words.language}&place={code}"] = "index.map"
    older, oldest = partial(facts.people.at, "60+"), facts.people.at("80+", context.goal_year)
    years = {"year": str(context.goal_year), "last": str(context.last)}
    people = words(
        "index.people_cell",
        now=words.exact(older(CENSUS_YEAR).shown),
        then=words.ranged(older(context.goal_year)),
        later=words.ranged(older(context.last)),
        **years,
    )
    lines = [
        (words("index.people"), people),
        (words("index.eighty"), words("index.eighty_cell", then=words.ranged(oldest), year=years["year"])),
        *((words(f"resource.{name}"), _resource(context, name)) for name in CARDS),
        (words("index.yearly"), yearly(context, "beds") or words("index.no_stock")),
    ]
    return {
        "region": context.region,
        "plan": context.title(facts.plan),
        "lines": lines,
        "links": [{"text": words(key), "to": to} for to, key in files.items()],
    }


def _resource(context: Context, name: str) -> str:
    """What exists by the region's own last count, and what became of the plan's target, with the grade of evidence."""
    words, row = context.words, headline_of(context, name)
    parts = [] if row is None else [standing(context, row)[0]]
    if row is None or pd.notna(row["stock_value"]):
        parts = [existing(context, name), *parts]
    return words.clauses(_text(words, part) for part in parts)


def _text(words: Words, content: Inline) -> str:
    """A line as plain text, its grade of evidence in brackets."""
    marks = words.either("（{}）", "({})")
    text = "".join(marks.format(part.text) if part.mark == "tag" else part.text for part in content)
    return text.replace(" （", "（")


def draft_mark(words: Words, shared: SharedFacts) -> str:
    return words("draft.mark") if is_draft(shared.central) else ""


def is_draft(settings: Settings) -> bool:
    """Whether the reports are no final ones: marked so, or made from fits that were let through unjudged."""
    return settings.status != "final" or settings.sampler.accept_bad_fit


def stamp_lines(words: Words, stamp: Stamp, shared: SharedFacts) -> list[str]:
    """What a report was made from: version, dates of its data, what changed, and the hashes of its inputs."""
    counts: Iterable[int] = shared.tables["counts"]["year"] if shared.tables.has("counts") else []
    published = max(str(source.published).split(" to ")[-1] for source in shared.catalogue.sources.values())
    versions = ", ".join(f"{name} {number}" for name, number in stamp.versions.items())
    origins = {"params": stamp.params, "inputs": stamp.inputs, "code": stamp.code, "versions": versions}
    return [
        words("stamp.cite", version=words.edition, as_of=words.date(shared.central.as_of)),
        words(
            "stamp.dates",
            census=words.date(CENSUS_DAY),
            counted=str(int(max(counts, default=CENSUS_YEAR))),
            published=words.date(published),
        ),
        words(f"edition.{words.edition}"),
        words.either("，", ", ").join(words(f"stamp.{name}", value=value) for name, value in origins.items()),
    ]
