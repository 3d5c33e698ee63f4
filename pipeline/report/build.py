"""Every file of the reports, as bytes by path: facts in, pages out, the same bytes for the same facts."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import product

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.processes import spread_out
from pipeline.report.context import Context
from pipeline.report.document import Block, Inline, ReportDocument, TextSpan, line
from pipeline.report.explore import explorer
from pipeline.report.facts import CENSUS_DAY, SharedFacts
from pipeline.report.outline import ANNEX_SECTIONS, PLAN_SECTIONS, parts
from pipeline.report.render import html, markdown_page, page, pdf, texts_of
from pipeline.report.sections.brief_section import CARDS, brief, existing, headline_of, standing, yearly
from pipeline.report.stamp import Stamp
from pipeline.report.wording import LANGUAGES, Language, Words
from pipeline.report.workbook import workbook
from pipeline.settings import Settings

ANNEX, EXPLORER, ATLAS, PLANS = "annex", "explore.html", "atlas/index.html", "plans"
FILES_OF_A_PLAN = {"html": "index.report", "pdf": "nav.pdf", "xlsx": "nav.tables"}

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
    plans = shared.catalogue.plans
    jobs: list[Job] = [  # the longest first
        explorer_file,
        *(partial(report_files, plan=plan, language=language) for plan, language in product([*plans, None], LANGUAGES)),
        *(partial(workbook_file, plan=plan, language=language) for plan, language in product(plans, LANGUAGES)),
        entrance_files,
    ]
    files = spread_out(_run, jobs, workers, partial(_begin, shared, stamp))
    return {name: content for by_job in files for name, content in by_job}


def _begin(shared: SharedFacts, stamp: Stamp) -> None:
    _in_worker[:] = [(shared, stamp)]


def _run(job: Job) -> list[tuple[str, bytes]]:
    return list(job(*_in_worker[0]))


def report_files(shared: SharedFacts, stamp: Stamp, plan: str | None, language: Language) -> Files:
    """The report of one plan; without one the annex, method and statistics behind all reports."""
    folder = ANNEX if plan is None else f"{PLANS}/{plan}"
    document = report_document(Context(shared, Words(language), shared.catalogue.plans[plan] if plan else None), stamp)
    yield f"{folder}/{language}.html", html(document).encode()
    yield f"{folder}/{language}.pdf", pdf(document)


def report_document(context: Context, stamp: Stamp) -> ReportDocument:
    """The report of the context's plan, or the annex."""
    words = context.words
    language, other = words.language, words.either("en", "zh")
    title, subtitle = titles_of(context)
    head: Sequence[Block]
    links = {"nav.pdf": f"{language}.pdf"}
    if context.planned is None:
        head, sections = [context.text("annex.intro")], ANNEX_SECTIONS
        links["nav.home"] = "../index.html"
    else:
        head, sections = brief(context), PLAN_SECTIONS
        links |= {
            "nav.tables": f"{language}.xlsx",
            "nav.explore": f"../../{EXPLORER}#lang={language}&region={context.plan.region}",
            "nav.annex": f"../../{ANNEX}/{language}.html",
            "nav.home": "../../index.html",
        }
    return ReportDocument(
        language=language,
        title=title,
        subtitle=subtitle,
        kicker=words("title.kicker"),
        head=head,
        parts=parts(context, sections),
        links=[
            TextSpan(words("nav.other"), to=f"{other}.html", lang=other),
            *(TextSpan(words(key), to=to) for key, to in links.items()),
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
            "one_sheet": "sheet" if context.planned else "",  # a plan's first screen has a page of its own
            "stamp_short": words("stamp.short", **vars(stamp), version=words.edition),
        },
    )


def titles_of(context: Context) -> tuple[str, str]:
    """Title of a plan's report, and which plan it measures against; or those of the annex."""
    words = context.words
    if context.planned is None:
        return words("title.annex"), words("subtitle.annex")
    plan, subtitle = context.plan, "subtitle.ended" if context.plan_ended else "subtitle.plan"
    measured = words(subtitle, title=words.named(plan.title), end=plan.horizon.end)
    return words("title.plan", region=context.region), measured


def workbook_file(shared: SharedFacts, stamp: Stamp, plan: str, language: Language) -> Files:
    context = Context(shared, Words(language), shared.catalogue.plans[plan])
    words = context.words
    draft = [words("draft.note")] if is_draft(shared.central) else []
    about = [*titles_of(context), *draft, words("workbook.note"), *stamp_lines(words, stamp, shared)]
    return [(f"{PLANS}/{plan}/{language}.xlsx", workbook(context, about))]


def explorer_file(shared: SharedFacts, stamp: Stamp) -> Files:
    stamps = {language: stamp_lines(Words(language), stamp, shared) for language in LANGUAGES}
    return [(EXPLORER, explorer(shared, stamps, is_draft(shared.central)))]


def entrance_files(shared: SharedFacts, stamp: Stamp) -> Files:
    """The landing page, and the same as Markdown, in both languages."""
    content = entrance(shared, stamp)
    yield "README.md", markdown_page("readme.md.j2", **content).encode()
    yield "index.html", page("index.html.j2", texts_of(content), **content).encode()


def entrance(shared: SharedFacts, stamp: Stamp) -> dict[str, object]:
    """Content of the two entrance pages: cards by language, links to files, version and draft mark."""
    zh, en = languages = Words("zh"), Words("en")
    return {
        "other": zh("nav.other"),
        "skip": f"{zh('nav.skip')} / {en('nav.skip')}",
        "parts": [_entrance_part(shared, words) for words in languages],
        "stamp": [text for words in languages for text in stamp_lines(words, stamp, shared)],
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
        "title": words("index.title"),
        "draft": draft_mark(words, shared),
        "heading": words("index.heading"),
        "intro": words("index.intro", year=shared.central.next_plan.year),
        "cards": [_card(Context(shared, words, plan)) for plan in shared.catalogue.plans.values()],
        "note": words("index.note"),
        "more_heading": words("index.more"),
        "more": [{"text": words(text), "to": to, "why": words(why)} for text, to, why in links],
        "open": words("index.open"),
    }


def _card(context: Context) -> dict[str, object]:
    """A plan on the landing page: people, what exists of each resource and its target, beds a year, and its files."""
    words, plan, goal = context.words, context.plan, context.goal_year
    files = {f"{PLANS}/{plan.id}/{words.language}.{kind}": key for kind, key in FILES_OF_A_PLAN.items()}
    if context.shared.tables.has("atlas"):
        code = context.shared.catalogue.regions[plan.region].gb_code
        files[f"{ATLAS}#lang={words.language}&place={code}"] = "index.map"
    older = partial(context.people.at, "60+")
    people = words(
        "index.people_cell",
        now=words.exact(older(CENSUS_YEAR).shown),
        then=words.ranged(older(goal)),
        later=words.ranged(older(context.last)),
        year=goal,
        last=context.last,
    )
    oldest = words("index.eighty_cell", then=words.ranged(context.people.at("80+", goal)), year=goal)
    lines = [
        (words("index.people"), people),
        (words("index.eighty"), oldest),
        *((words(f"resource.{name}"), _resource(context, name)) for name in CARDS),
        (words("index.yearly"), yearly(context, "beds") or words("index.no_stock")),
    ]
    return {
        "region": context.region,
        "plan": words.named(plan.title),
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
    origins = vars(stamp) | {"versions": versions}
    return [
        words("stamp.cite", version=words.edition, as_of=words.date(shared.central.as_of)),
        words(
            "stamp.dates",
            census=words.date(CENSUS_DAY),
            counted=int(max(counts, default=CENSUS_YEAR)),
            published=words.date(published),
        ),
        words(f"edition.{words.edition}"),
        words.either("，", ", ").join(words(f"stamp.{name}", value=value) for name, value in origins.items()),
    ]
