"""Every file of the reports, as bytes by path: facts in, pages out, the same bytes for the same facts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context, ReportSection
from pipeline.report.document import Block, ReportDocument, TextSpan, line
from pipeline.report.explore import explorer
from pipeline.report.facts import CENSUS_DAY, SharedFacts
from pipeline.report.index import ANNEX, EXPLORER, PLANS, entrance
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.outline import ANNEX_SECTIONS, PLAN_SECTIONS
from pipeline.report.render import html, markdown_page, page, pdf
from pipeline.report.sections import brief
from pipeline.report.stamp import Stamp
from pipeline.report.wording import Words
from pipeline.report.workbook import workbook
from pipeline.settings import Settings


@dataclass(frozen=True)
class Job:
    """A part of the reports that is made by itself: of a plan or a language, where it is of one."""

    what: Literal["plan", "annex", "workbook", "explorer", "entrance"]
    plan: str = ""
    language: Language = "zh"


def jobs(shared: SharedFacts) -> list[Job]:
    """All that the reports consist of; what takes longest comes first."""
    return [
        Job("explorer"),
        *(Job("plan", plan, language) for plan in shared.plans for language in LANGUAGES),
        *(Job("annex", language=language) for language in LANGUAGES),
        *(Job("workbook", plan, language) for plan in shared.plans for language in LANGUAGES),
        Job("entrance"),
    ]


def files_of(job: Job, shared: SharedFacts, stamp: Stamp) -> Iterator[tuple[str, bytes]]:
    """Paths below the reports folder and the content of each file of a job.

    Raises MissingMessage, MissingResult or MissingGlyph where a page asks for what is not there.
    """
    words = Words(job.language)
    every = {language: Words(language) for language in LANGUAGES}
    lines = {language: stamp_lines(found, stamp, shared) for language, found in every.items()}
    match job.what:
        case "plan":
            yield from _files(
                f"{PLANS}/{job.plan}", plan_document(Context(shared, words, shared.plans[job.plan]), stamp)
            )
        case "annex":
            yield from _files(ANNEX, annex_document(Context(shared, words), stamp))
        case "workbook":
            context = Context(shared, words, shared.plans[job.plan])
            yield f"{PLANS}/{job.plan}/{job.language}.xlsx", workbook(context, _about(context, lines[job.language]))
        case "explorer":
            draft = {language: _draft(found, shared.central) for language, found in every.items()}
            yield EXPLORER, explorer(shared, lines, draft)
        case "entrance":
            drafts = {language: _draft(found, shared.central) for language, found in every.items()}
            content = entrance(shared, lines, drafts)
            yield "README.md", markdown_page("readme.md.j2", **content).encode()
            yield "index.html", page("index.html.j2", texts_of(content), **content).encode()


def plan_document(context: Context, stamp: Stamp) -> ReportDocument:
    """The report of one plan."""
    words, plan = context.words, context.plan.plan
    links = (
        *_links(context),
        TextSpan(words("nav.tables"), to=f"{words.language}.xlsx"),
        TextSpan(words("nav.explore"), to=f"../../{EXPLORER}#lang={words.language}&region={plan.region}"),
        TextSpan(words("nav.annex"), to=f"../../{ANNEX}/{words.language}.html"),
        TextSpan(words("nav.home"), to="../../index.html"),
    )
    title, kicker = words("title.plan", region=context.region), words("title.kicker")
    head = brief.brief(context)
    return _document(context, stamp, title, _vintage_sentence(context), kicker, head, PLAN_SECTIONS, links, "sheet")


def _vintage_sentence(context: Context) -> str:
    plan = context.plan.plan
    key = "subtitle.ended" if plan.horizon.end < context.today else "subtitle.plan"
    return context.words(key, title=context.title(plan), end=str(plan.horizon.end))


def annex_document(context: Context, stamp: Stamp) -> ReportDocument:
    """Method and statistics behind all reports."""
    words = context.words
    links = (*_links(context), TextSpan(words("nav.home"), to="../index.html"))
    head = [context.text("annex.intro")]
    subtitle, kicker = words("subtitle.annex"), words("title.kicker")
    return _document(context, stamp, words("title.annex"), subtitle, kicker, head, ANNEX_SECTIONS, links, "")


def _links(context: Context) -> tuple[TextSpan, ...]:
    words = context.words
    other = "en" if words.language == "zh" else "zh"
    return (
        TextSpan(words("nav.other"), to=f"{other}.html", lang=other),
        TextSpan(words("nav.pdf"), to=f"{words.language}.pdf"),
    )


def _document(
    context: Context,
    stamp: Stamp,
    title: str,
    subtitle: str,
    kicker: str,
    head: Sequence[Block],
    sections: Sequence[ReportSection],
    links: Sequence[TextSpan],
    sheet: str,
) -> ReportDocument:
    """A document; `sheet` says that its first screen stands on a page of its own."""
    words = context.words
    return ReportDocument(
        language=words.language,
        title=title,
        subtitle=subtitle,
        kicker=kicker,
        head=head,
        parts=[part for section in sections if (part := section.part(context)) is not None],
        links=links,
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
            "one_sheet": sheet,
            "stamp_short": words(
                "stamp.short", params=stamp.params, inputs=stamp.inputs, code=stamp.code, version=words.edition
            ),
        },
    )


def _files(folder: str, document: ReportDocument) -> Iterator[tuple[str, bytes]]:
    yield f"{folder}/{document.language}.html", html(document).encode()
    yield f"{folder}/{document.language}.pdf", pdf(document)


def _draft(words: Words, settings: Settings) -> str:
    return words("draft.mark") if is_draft(settings) else ""


def is_draft(settings: Settings) -> bool:
    """Whether the reports are no final ones: marked so, or made from fits that were let through unjudged."""
    return settings.status != "final" or settings.sampler.accept_bad_fit


def data_dates(words: Words, shared: SharedFacts) -> dict[str, str]:
    """The year of the last counts of people, and the day of the last publication among the sources."""
    counts: Iterable[int] = shared.tables["counts"]["year"] if shared.tables.has("counts") else []
    published = max(str(source.published).split(" to ")[-1] for source in shared.catalogue.sources.values())
    return {"counted": str(int(max(counts, default=CENSUS_YEAR))), "published": words.date(published)}


def stamp_lines(words: Words, stamp: Stamp, shared: SharedFacts) -> list[str]:
    """What a report was made from: version and dates for citation, what changed, and the hashes of its inputs."""
    versions = ", ".join(f"{name} {number}" for name, number in stamp.versions.items())
    return [
        words("stamp.cite", version=words.edition, as_of=words.date(str(shared.as_of))),
        words("stamp.dates", census=words.date(CENSUS_DAY), **data_dates(words, shared)),
        words(f"edition.{words.edition}"),
        words.either("，", ", ").join(
            words(f"stamp.{what}", value=value)
            for what, value in (
                ("params", stamp.params),
                ("inputs", stamp.inputs),
                ("code", stamp.code),
                ("versions", versions),
            )
        ),
    ]


def _about(context: Context, lines: Sequence[str]) -> list[str]:
    words = context.words
    draft = [words("draft.note")] if is_draft(context.shared.central) else []
    title = words("title.plan", region=context.region)
    return [title, _vintage_sentence(context), *draft, words("workbook.note"), *lines]


def texts_of(value: object) -> list[str]:
    """Every text within nested lists and mappings."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, TextSpan):
        return [value.text]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_of(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts_of(item)]
    return []
