"""What a report is made of, before it is HTML or PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Align = Literal["text", "number"]


@dataclass(frozen=True)
class Span:
    """A run of text; `to` makes it a link (#anchor within the document, else a relative address).

    mark: "assumed", "status" or "quiet" (small, secondary); `lang` where it is not the document's language.
    """

    text: str
    to: str = ""
    mark: Literal["", "assumed", "status", "quiet", "strong"] = ""
    lang: str = ""


Inline = tuple[Span, ...]


def line(*parts: str | Span) -> Inline:
    """Text and spans as one line; empty strings fall out."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts if part)


@dataclass(frozen=True)
class Paragraph:
    """Running text; `role` "lead" is the sentence of the first screen, "note" small print."""

    content: Inline
    role: Literal["", "lead", "note"] = ""
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list of lines."""

    items: Sequence[Inline]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Card:
    """One headline figure: what, how much, and the lines that say of what and how sure."""

    title: str
    value: str
    unit: str
    lines: Sequence[Inline]
    tone: Literal["short", "enough", "unknown", "people"]
    marks: Sequence[Span] = ()


@dataclass(frozen=True)
class Cards:
    """Headline figures side by side."""

    cards: Sequence[Card]
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True)
class Row:
    """A row of a table; `anchor` makes it a place that links point to."""

    cells: Sequence[Inline]
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first cell of a row is its header. `widths` are relative, for paper."""

    caption: str
    heads: Sequence[str]
    aligns: Sequence[Align]
    rows: Sequence[Row]
    widths: Sequence[float] = ()
    small: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure drawn once: `name` is its file name without language, `svg` its text, `alt` what it shows."""

    name: str
    svg: str
    caption: str
    alt: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Formula:
    """A formula in the notation each output reads, and what its letters are."""

    typst: str
    mathml: str
    where: Inline
    kind: Literal["formula"] = "formula"


Block = Paragraph | Bullets | Cards | Table | Picture | Formula


@dataclass(frozen=True)
class Part:
    """A section with its own heading; `anchor` is its place in the document."""

    anchor: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A report in one language."""

    language: str
    title: str
    subtitle: str
    kicker: str
    head: Sequence[Block]
    parts: Sequence[Part]
    links: Sequence[Span]
    stamp: Sequence[Inline]
    draft: str
    footer: str
    labels: dict[str, str] = field(default_factory=dict)
