"""What a report is made of, before it is HTML or PDF, and the builder of its tables."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pipeline.report.wording import ONES, Value, Words, three_digits

Align = Literal["text", "number"]


@dataclass(frozen=True)
class TextSpan:
    """A run of text; `to` makes it a link (#anchor within the document, else a relative address).

    mark: "tag" (a label), "quiet" (small, secondary) or "strong"; `lang` where it is not the document's language.
    """

    text: str
    to: str = ""
    mark: Literal["", "tag", "quiet", "strong"] = ""
    lang: str = ""


Inline = tuple[TextSpan, ...]
Cell = str | TextSpan | Inline | Value | float | int | None
CellOf = Callable[..., Cell]
"""What a column says of a row."""


def line(*parts: str | TextSpan | Inline) -> Inline:
    """Text and spans as one line; empty strings fall out."""
    out: list[TextSpan] = []
    for part in parts:
        if isinstance(part, tuple):
            out += part
        elif part:
            out.append(TextSpan(part) if isinstance(part, str) else part)
    return tuple(out)


@dataclass(frozen=True)
class Paragraph:
    """Running text; `role` "lead" is a sentence of the first screen, "note" small print, "head" a small heading."""

    content: Inline
    role: Literal["", "lead", "note", "head"] = ""
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    items: Sequence[Inline]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Card:
    """What is known of one resource: pairs of a label and what it says, and a last line of small print."""

    title: str
    lines: Sequence[tuple[str, Inline]]
    verdict: Inline = ()
    tone: Literal["", "short", "open"] = ""


@dataclass(frozen=True)
class Cards:
    cards: Sequence[Card]
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True)
class Row:
    """A row of a table; `anchor` makes it a place that links point to."""

    cells: Sequence[Inline]
    anchor: str = ""


@dataclass(frozen=True)
class ReportTable:
    """Rows under heads; the first cell of a row is its header. `widths` are relative, for paper."""

    caption: str
    heads: Sequence[str]
    aligns: Sequence[Align]
    rows: Sequence[Row]
    widths: Sequence[float]
    small: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure drawn once: `name` is unique in the document, `svg` its text, `alt` the message it gives."""

    name: str
    svg: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Pictures:
    """Figures side by side where there is room, below one another on a phone."""

    pictures: Sequence[Picture]
    kind: Literal["pictures"] = "pictures"


@dataclass(frozen=True)
class Formula:
    """A formula in the notation each output reads, and what its letters are."""

    typst: str
    mathml: str
    where: Inline
    kind: Literal["formula"] = "formula"


Block = Paragraph | Bullets | Cards | ReportTable | Pictures | Formula


@dataclass(frozen=True)
class DocumentPart:
    """A section with its own heading; `anchor` is its place in the document."""

    anchor: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class ReportDocument:
    language: str
    title: str
    subtitle: str
    kicker: str
    head: Sequence[Block]
    parts: Sequence[DocumentPart]
    links: Sequence[TextSpan]
    stamp: Sequence[Inline]
    draft: str
    footer: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportColumn:
    """A column: its head, and what it says of a row. Numbers and values are aligned right and share one unit.

    `decimals` fixes those of plain numbers and writes counts with all digits; `width` is relative, for paper.
    """

    head: str
    cell: CellOf
    width: float = 10
    decimals: int | None = None
    number: bool | None = None


def table(
    words: Words,
    caption: str,
    rows: Iterable[Any],
    columns: Sequence[ReportColumn],
    *,
    anchor: Callable[[Any], str] = lambda _: "",
    small: bool = False,
) -> ReportTable:
    """A table of `rows` by `columns`: head, alignment, unit and cell of a column stand in one place."""
    rows = list(rows)
    written = [_column(words, column, [column.cell(row) for row in rows]) for column in columns]
    heads, aligns, cells = zip(*written, strict=True)
    found = [
        Row([_begun(first) if words.language == "en" else first, *others], anchor(row))
        for row, first, *others in zip(rows, *cells, strict=True)
    ]
    return ReportTable(caption, heads, aligns, found, [column.width for column in columns], small)


def _begun(cell: Inline) -> Inline:
    """The first cell of an English row begins with a capital."""
    first = cell[0]
    return (replace(first, text=first.text[:1].upper() + first.text[1:]), *cell[1:])


def _column(words: Words, column: ReportColumn, cells: Sequence[Cell]) -> tuple[str, Align, list[Inline]]:
    """Head with the unit, alignment and cells."""
    counted = [cell for cell in cells if isinstance(cell, Value | float | int)]
    unit = words.unit(*counted, column=True) if column.decimals is None else ONES

    def number(value: float, beside: float = math.nan) -> str:
        return words.bare(value, unit, beside) if column.decimals is None else words.exact(value, column.decimals)

    def inline(cell: Cell) -> Inline:
        if cell is None:
            return line("—")
        if isinstance(cell, float | int):
            return line(number(float(cell)))
        if not isinstance(cell, Value):
            return line(cell)
        if not cell.certain:
            low, high = (number(end, cell.shown) for end in (cell.low, cell.high))
            return line(number(cell.shown) + " ", TextSpan(f"({low}{words.dash(cell.low)}{high})", mark="quiet"))
        if unit is not ONES and cell.shown != three_digits(cell.shown):
            return line(words.exact(cell.shown / unit.size, round(math.log10(unit.size))))  # a count keeps its digits
        return line(number(cell.shown))

    sign = "" if unit is ONES else words.either(f"（{unit.sign}）", f" ({unit.sign.strip()}s)")
    align: Align = "number" if (bool(counted) if column.number is None else column.number) else "text"
    return column.head + sign, align, [inline(cell) for cell in cells]
