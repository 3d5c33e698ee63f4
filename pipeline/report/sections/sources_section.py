"""Back matter: what in the plan does not add up, its figures, what words and grades mean, and the sources."""

from collections.abc import Sequence

import pandas as pd

from pipeline.domain import Figure
from pipeline.report.context import Context, rows_of, stated_basis
from pipeline.report.document import Block, Bullets, Inline, Paragraph, TextSpan, line
from pipeline.report.facts import where
from pipeline.report.wording import DASH, Words
from pipeline.vocabulary import AUDIT_SEVERITIES, GRADES

STRAIGHT = str.maketrans("“”‘’", "\"\"''")
"""English quotation marks: the typeface's curved ones are as wide as a Chinese character."""


def glossary(context: Context) -> Sequence[Block]:
    """The grades of evidence, and twenty words of the trade."""
    words, column = context.words, context.column
    terms = [key.removesuffix(".name") for key in words.beginning("term.") if key.endswith(".name")]
    return [
        context.table(
            words("grades.caption"),
            GRADES,
            column("head.grade", lambda grade: TextSpan(words("grade.label", grade=grade), mark="strong"), 8),
            column("head.meaning", lambda grade: words(f"grade.{grade}"), 60),
            column("head.allows", lambda grade: words(f"grade.{grade}.allows"), 32),
            anchor=lambda grade: "grades" if grade == "A" else "",
        ),
        context.table(
            words("glossary.caption"),
            terms,
            column("head.term", lambda term: TextSpan(words(f"{term}.name"), mark="strong"), 22),
            column("head.meaning", lambda term: words(f"{term}.text"), 78),
            anchor=lambda term: term.replace(".", "-"),
        ),
    ]


def audit(context: Context) -> Sequence[Block]:
    """How many checks held, and each finding with its recomputation."""
    words, column = context.words, context.column
    found = where(context.shared.tables["plan_audit"], plan=context.plan.id)
    counts = found.groupby("severity")["count"].sum()
    if found.empty:
        stated = [figure for figure in context.plan.figures if figure.value is not None]
        facts = sum(figure.kind == "baseline" for figure in stated)
        among = words("audit.facts" if facts else "audit.no_facts", facts=facts)
        return [context.text("audit.none", figures=len(stated), facts=among)]
    items = [
        words(f"audit.count.{name}", count=int(counts[name])) for name in reversed(AUDIT_SEVERITIES) if counts.get(name)
    ]
    rows = [row for severity in AUDIT_SEVERITIES[:-1] for row in rows_of(where(found, severity=severity))]

    def finding(row: pd.Series) -> str:
        text = str(row[f"explanation_{words.language}"])
        return words.either(text, text.translate(STRAIGHT))

    return [
        context.text("audit.summary", checks=int(counts.sum()), items=words.either("，", "; ").join(items)),
        context.table(
            words("audit.table"),
            rows,
            column("head.severity", lambda row: words(f"severity.{row['severity']}"), 12),
            column("head.finding", finding, 74),
            column("head.basis_of", lambda row: context.refs(row["figure_ids"]), 14),
        ),
    ]


def figures(context: Context) -> Sequence[Block]:
    """Every figure the plan states, with its place in the plan and, where it has one, the note on how it was read."""
    words, column, plan = context.words, context.column, context.plan
    found = context.figures

    def name(figure: Figure) -> Inline:
        note = words.either(getattr(figure, "note_zh", None) or "", figure.note)
        return line(context.indicator(figure.indicator), TextSpan(words("colon") + note, mark="quiet") if note else "")

    def basis(figure: Figure) -> str:
        mark = words("basis.inferred_mark") if figure.basis_inferred else ""
        return words(f"basis.{stated_basis(figure)}") + mark

    intro = words("figures.intro", count=len(found), title=words.named(plan.title))
    blank = sum(figure.value is None for figure in found)
    intro += words("figures.left_blank", blank=blank) if blank else ""
    intro += words("figures.document", number=plan.document_number) if plan.document_number else ""
    notes = plan.notes_zh if words.language == "zh" else plan.notes
    return [
        Paragraph(line(intro + words("stop"))),
        Bullets([line(text) for text in notes]),
        context.table(
            words("figures.table"),
            found,
            column("head.number", lambda figure: str(found.index(figure) + 1), 5),
            column("head.figure", name, 46),
            column("head.kind", lambda figure: words(f"kind.{figure.kind}"), 8),
            column("head.year", lambda figure: str(figure.year or "—"), 7, number=True),
            column("head.value", lambda figure: _stated(words, figure), 15, number=True),
            column("head.basis", basis),
            column("head.section", lambda figure: TextSpan(figure.section, lang=words.either("", "zh")), 12),
            anchor=lambda figure: f"fig-{figure.id}",
            small=True,
        ),
    ]


def unit_of(figure: Figure) -> str:
    """The unit as it is worded: years of age are not a span of years."""
    return "age" if figure.unit == "years" and figure.indicator.endswith("_age") else figure.unit


def _stated(words: Words, figure: Figure) -> str:
    if figure.value is None:
        return words("figures.blank")
    amount = words.exact(figure.value, 2)
    if figure.upper is not None:
        amount = words("range", low=amount, high=words.exact(figure.upper, 2))
    single = f"stated_one.{unit_of(figure)}"
    text = words(single if amount == "1" and words.has(single) else f"stated.{unit_of(figure)}", value=amount)
    return words(f"comparator.{figure.comparator}", value=text)


def used_sources(context: Context) -> list[str]:
    """The sources that this report's tables name; all of them in the annex."""
    known = context.shared.catalogue.sources
    if context.planned is None:
        return list(known)
    used = {"census_2010", "census_2020", "wpp_2024", "mca_bulletin", context.plan.source}
    for rows in (context.shared.tables["norms"], *(context.rows(name) for name in ("supply", "counts", "cost"))):
        for column in rows.columns.intersection(["source", "sources"]):
            used |= {part for several in rows[column].dropna() for part in several.split(";")}
    return [name for name in known if name in used]


def published(words: Words, when: object) -> str:
    """When a source was published; a span of years as a reader sees it."""
    return str(when).replace(" to ", DASH[words.language])


def sources(context: Context) -> Sequence[Block]:
    """Where the numbers come from."""
    words, column, known = context.words, context.column, context.shared.catalogue.sources
    place = column("head.place", lambda name: TextSpan(known[name].table_or_section, lang=words.either("en", "")), 30)
    return [
        context.table(
            words("sources.table"),
            used_sources(context),
            column("head.title", lambda name: words.named(known[name].title), 60),
            column("head.published", lambda name: published(words, known[name].published), 12),
            column("head.id", lambda name: TextSpan(name, mark="quiet"), 28),
            *([place] if context.planned is None and words.language == "en" else []),
            anchor=lambda name: f"source-{name}",
            small=True,
        )
    ]
