"""Back matter: what words and grades mean, the figures of the plan, and where numbers come from."""

from collections.abc import Sequence

from pipeline.domain import Figure
from pipeline.report.context import Context, ordered
from pipeline.report.document import Block, Bullets, Inline, ReportColumn, TextSpan, line
from pipeline.report.wording import Words
from pipeline.vocabulary import GRADES


def glossary(context: Context) -> Sequence[Block]:
    """The grades of evidence, and twenty words of the trade."""
    words = context.words
    terms = [
        key.removeprefix("term.").removesuffix(".name") for key in words.beginning("term.") if key.endswith(".name")
    ]
    return [
        context.table(
            words("grades.caption"),
            GRADES,
            ReportColumn(
                words("head.grade"), lambda grade: TextSpan(words("grade.label", grade=grade), mark="strong"), 8
            ),
            ReportColumn(words("head.meaning"), lambda grade: words(f"grade.{grade}"), 60),
            ReportColumn(words("head.allows"), lambda grade: words(f"grade.{grade}.allows"), 32),
            anchor=lambda grade: "grades" if grade == "A" else "",
        ),
        context.table(
            words("glossary.caption"),
            terms,
            ReportColumn(words("head.term"), lambda term: TextSpan(words(f"term.{term}.name"), mark="strong"), 22),
            ReportColumn(words("head.meaning"), lambda term: words(f"term.{term}.text"), 78),
            anchor=lambda term: f"term-{term}",
        ),
    ]


def figures(context: Context) -> Sequence[Block]:
    """Every figure the plan states, with its place in the plan and, where it has one, the note on how it was read."""
    words, plan = context.words, context.plan.plan
    found = list(enumerate(ordered(context.shared.catalogue, plan.id), start=1))

    def note(figure: Figure) -> str:
        text = _noted(words, figure)
        return words("colon") + text if text else ""

    told = words("figures.intro", count=str(len(found)), title=context.title(plan))
    blank = sum(figure.value is None for _, figure in found)
    told += words("figures.left_blank", blank=str(blank)) if blank else ""
    number = words("figures.document", number=plan.document_number) if plan.document_number else ""
    notes = [line(text) for text in notes_of(context, plan.notes, plan.notes_zh)]
    return [
        context.text("plain", text=told + number + words("stop")),
        Bullets(notes),
        context.table(
            words("figures.table"),
            found,
            ReportColumn(words("head.number"), lambda entry: str(entry[0]), 5),
            ReportColumn(
                words("head.figure"),
                lambda entry: line(
                    context.indicator(entry[1].indicator),
                    *([TextSpan(text, mark="quiet")] if (text := note(entry[1])) else []),
                ),
                46,
            ),
            ReportColumn(words("head.kind"), lambda entry: words(f"kind.{entry[1].kind}"), 8),
            ReportColumn(words("head.year"), lambda entry: str(entry[1].year or "—"), 7, number=True),
            ReportColumn(words("head.value"), lambda entry: _stated(words, entry[1]), 15, number=True),
            ReportColumn(words("head.basis"), lambda entry: _basis(words, entry[1]), 10),
            ReportColumn(
                words("head.section"), lambda entry: TextSpan(entry[1].section, lang=words.either("", "zh")), 12
            ),
            anchor=lambda entry: f"fig-{entry[1].id}",
            small=True,
        ),
    ]


def notes_of(context: Context, english: Sequence[str], chinese: Sequence[str]) -> Sequence[str]:
    """Notes in the report's language: those of the data that have none in Chinese are left to the English report."""
    return chinese if context.words.language == "zh" else english


def _noted(words: Words, figure: Figure) -> str:
    note_zh = getattr(figure, "note_zh", None)
    return (note_zh or "") if words.language == "zh" else (figure.note or "")


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
    told = words(single if amount == "1" and words.has(single) else f"stated.{unit_of(figure)}", value=amount)
    return words(f"comparator.{figure.comparator}", value=told)


def _basis(words: Words, figure: Figure) -> str:
    basis = figure.basis_inferred.value if figure.basis_inferred is not None else figure.basis
    return words(f"basis.{basis}") + (words("basis.inferred_mark") if figure.basis_inferred else "")


def used_sources(context: Context) -> list[str]:
    """The sources that this report's tables name; all of them in the annex."""
    catalogue = context.shared.catalogue
    used = {"census_2010", "census_2020", "wpp_2024", "mca_bulletin"}
    if context.facts is not None:
        plan, tables = context.plan.plan, context.shared.tables
        used.add(plan.source)
        for name in ("supply", "counts", "cost", "norms"):
            rows = context.plan.rows(name) if name != "norms" else tables[name]
            for column in {"source", "sources"} & set(rows.columns):
                used |= {part for several in rows[column].dropna() for part in str(several).split(";")}
    else:
        used |= set(catalogue.sources)
    return [name for name in catalogue.sources if name in used]


def published(words: Words, when: object) -> str:
    """When a source was published; a span of years as a reader sees it."""
    return str(when).replace(" to ", words.either("—", "–"))


def sources(context: Context) -> Sequence[Block]:
    """Where the numbers come from."""
    words, catalogue = context.words, context.shared.catalogue

    def place(name: str) -> Inline:
        return line(TextSpan(catalogue.sources[name].table_or_section, lang=words.either("en", "")))

    columns: list[ReportColumn[str]] = [
        ReportColumn(
            words("head.title"),
            lambda name: line(
                TextSpan(words.either(catalogue.sources[name].title.zh, catalogue.sources[name].title.en))
            ),
            60,
        ),
        ReportColumn(words("head.published"), lambda name: published(words, catalogue.sources[name].published), 12),
        ReportColumn(words("head.id"), lambda name: TextSpan(name, mark="quiet"), 28),
    ]
    if context.facts is None and words.language == "en":
        columns.append(ReportColumn(words("head.place"), place, 30))
    return [
        context.table(
            words("sources.table"), used_sources(context), *columns, anchor=lambda name: f"source-{name}", small=True
        )
    ]
