"""Every file of the reports, as bytes by path: facts in, pages out, the same bytes for the same facts."""

import copyreg
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from pipeline.axes import CENSUS_YEAR
from pipeline.processes import spread_out
from pipeline.report.context import Context, ReportSection
from pipeline.report.document import Block, ReportDocument, TextSpan, line
from pipeline.report.explore import explorer
from pipeline.report.facts import CENSUS_DAY, SharedFacts
from pipeline.report.index import ANNEX, EXPLORER, PLANS, entrance
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.outline import ANNEX_SECTIONS, PLAN_SECTIONS
from pipeline.report.render import html, markdown_page, page, pdf, texts_of
from pipeline.report.sections.brief_section import brief
from pipeline.report.stamp import Stamp
from pipeline.report.wording import Words
from pipeline.report.workbook import workbook
from pipeline.settings import Settings

type Files = Iterable[tuple[str, bytes]]
"""Paths below the reports folder, and the content of each file."""

type Job = Callable[[SharedFacts, Stamp], Files]
"""A part of the reports that is made by itself."""

_in_worker: list[tuple[SharedFacts, Stamp]] = []
"""In a worker: what it makes reports of, and the stamp they bear."""


def reports(shared: SharedFacts, stamp: Stamp, workers: int) -> dict[str, bytes]:
    """The content of every file by its path below the reports folder: the same however many processes make them.

    Raises MissingMessage, MissingResult or MissingGlyph where a page asks for what is not there, and Killed where a
    worker was ended, as for want of memory.
    """
    # The catalogue's read-only views have no pickled form of their own; a worker gets plain copies.
    copyreg.pickle(MappingProxyType, _plain)
    try:
        made = spread_out(_made, jobs(shared), workers, partial(_begin, shared, stamp))
    finally:
        _in_worker.clear()
    return {name: content for files in made for name, content in files}


def _plain(view: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return dict, (dict(view),)


def _begin(shared: SharedFacts, stamp: Stamp) -> None:
    _in_worker.append((shared, stamp))


def _made(job: Job) -> list[tuple[str, bytes]]:
    return list(job(*_in_worker[0]))


def jobs(shared: SharedFacts) -> list[Job]:
    """All that the reports consist of; what takes longest comes first."""
    by_plan = [(plan, language) for plan in shared.plans for language in LANGUAGES]
    return [
        explorer_file,
        *(partial(plan_files, plan=plan, language=language) for plan, language in by_plan),
        *(partial(annex_files, language=language) for language in LANGUAGES),
        *(partial(workbook_file, plan=plan, language=language) for plan, language in by_plan),
        entrance_files,
    ]


def plan_files(shared: SharedFacts, stamp: Stamp, plan: str, language: Language) -> Files:
    """The report of one plan."""
    return _files(f"{PLANS}/{plan}", plan_document(Context(shared, Words(language), shared.plans[plan]), stamp))


def annex_files(shared: SharedFacts, stamp: Stamp, language: Language) -> Files:
    """Method and statistics behind all reports."""
    words = Words(language)
    head, links = [Context(shared, words).text("annex.intro")], [TextSpan(words("nav.home"), to="../index.html")]
    titles = words("title.annex"), words("subtitle.annex")
    return _files(ANNEX, _document(Context(shared, words), stamp, titles, head, ANNEX_SECTIONS, links))


def workbook_file(shared: SharedFacts, stamp: Stamp, plan: str, language: Language) -> Files:
    """The tables of one plan."""
    context = Context(shared, Words(language), shared.plans[plan])
    words = context.words
    draft = [words("draft.note")] if is_draft(shared.central) else []
    about = [*_titles(context), *draft, words("workbook.note"), *stamp_lines(words, stamp, shared)]
    return [(f"{PLANS}/{plan}/{language}.xlsx", workbook(context, about))]


def explorer_file(shared: SharedFacts, stamp: Stamp) -> Files:
    """The explorer, in both languages."""
    lines, _ = _marks(shared, stamp)
    return [(EXPLORER, explorer(shared, lines, is_draft(shared.central)))]


def entrance_files(shared: SharedFacts, stamp: Stamp) -> Files:
    """The landing page, and the same as Markdown, in both languages."""
    content = entrance(shared, *_marks(shared, stamp))
    yield "README.md", markdown_page("readme.md.j2", **content).encode()
    yield "index.html", page("index.html.j2", texts_of(content), **content).encode()


def _marks(shared: SharedFacts, stamp: Stamp) -> tuple[dict[Language, list[str]], dict[Language, str]]:
    """By language the lines of the run stamp, and the draft mark."""
    every: dict[Language, Words] = {language: Words(language) for language in LANGUAGES}
    lines = {language: stamp_lines(words, stamp, shared) for language, words in every.items()}
    return lines, {language: _draft(words, shared.central) for language, words in every.items()}


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
    words = context.words
    other = words.either("en", "zh")
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
        draft=_draft(words, context.shared.central),
        footer=words("footer.font"),
        labels={
            "lang": words.either("zh-CN", "en"),
            "contents": words("nav.contents"),
            "skip": words("nav.skip"),
            "first": words("part.first"),
            "scroll": words("nav.scroll"),
            "stamp": words("stamp.title"),
            "one_sheet": "sheet" if context.facts else "",  # a plan's first screen has a page of its own
            "stamp_short": words(
                "stamp.short", params=stamp.params, inputs=stamp.inputs, code=stamp.code, version=words.edition
            ),
        },
    )


def _files(folder: str, document: ReportDocument) -> Files:
    yield f"{folder}/{document.language}.html", html(document).encode()
    yield f"{folder}/{document.language}.pdf", pdf(document)


def _draft(words: Words, settings: Settings) -> str:
    return words("draft.mark") if is_draft(settings) else ""


def is_draft(settings: Settings) -> bool:
    """Whether the reports are no final ones: marked so, or made from fits that were let through unjudged."""
    return settings.status != "final" or settings.sampler.accept_bad_fit


def stamp_lines(words: Words, stamp: Stamp, shared: SharedFacts) -> list[str]:
    """What a report was made from: version, dates of its data, what changed, and the hashes of its inputs."""
    counts: Iterable[int] = shared.tables["counts"]["year"] if shared.tables.has("counts") else []
    published = max(str(source.published).split(" to ")[-1] for source in shared.catalogue.sources.values())
    versions = ", ".join(f"{name} {number}" for name, number in stamp.versions.items())
    made_from = {"params": stamp.params, "inputs": stamp.inputs, "code": stamp.code, "versions": versions}
    return [
        words("stamp.cite", version=words.edition, as_of=words.date(shared.central.as_of)),
        words(
            "stamp.dates",
            census=words.date(CENSUS_DAY),
            counted=str(int(max(counts, default=CENSUS_YEAR))),
            published=words.date(published),
        ),
        words(f"edition.{words.edition}"),
        words.either("，", ", ").join(words(f"stamp.{name}", value=value) for name, value in made_from.items()),
    ]
