"""From a document to HTML and PDF."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.document import Picture, Pictures, ReportDocument
from pipeline.report.fonts import check_glyphs, font_folder, web_font
from pipeline.report.style import within, written

BREAK = "\u200b"
"""Zero-width space: lets long identifiers break in narrow columns on paper."""

FIXED_TIME = 1604188800
"""Creation time written into every PDF, 1 November 2020: a run leaves no trace of when it was."""

NO_TEXT = frozenset(
    ("to", "anchor", "svg", "typst", "mathml", "name", "kind", "mark", "role", "tone", "lang", "aligns", "language")
)
"""Keys of a document's parts that hold addresses, notation or codes rather than text for readers."""

_IDENTIFIER = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+){2,}")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~$])")


def html(document: ReportDocument) -> str:
    """The report as one HTML file: figures inline, typeface embedded, nothing fetched."""
    pictures, everything = {}, _texts(document)
    for picture in pictures_of(document):
        svg = within(picture.name, picture.svg)
        everything.append(written(svg))
        pictures[picture.name] = Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(picture.alt)}" ', 1))
    return page("report.html.j2", everything, document=document, pictures=pictures)


def page(template: str, texts: Iterable[str], **values: object) -> str:
    """An HTML page from a packaged template, with the typeface's characters for `texts` embedded.

    Raises MissingGlyph where the typeface lacks a character, and UndefinedError naming a value not given.
    """
    everything = [*texts, "0123456789"]
    check_glyphs("".join(everything).replace(BREAK, ""), template)
    return _html().get_template(template).render(font=web_font(everything), css=Markup(_css()), **values)


def markdown_page(template: str, **values: Any) -> str:
    """Markdown from a packaged template; in every text of `values` nothing is read as markup."""
    text = _markdown().get_template(template).render(_mapped(values, markdown_text))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def pdf(document: ReportDocument) -> bytes:
    """The report as PDF in the reports' own typeface, the same bytes each time."""
    text = json.dumps(_mapped(asdict(document), _breakable), ensure_ascii=False, sort_keys=True)
    result = typst.compile(
        files("pipeline.report").joinpath("templates/report.typ").read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[font_folder()]),
        ignore_system_fonts=True,
        sys_inputs={"document": text},
        format="pdf",
        timestamp=FIXED_TIME,
        pdf_tags=False,
    )
    return bytes(result)


def _breakable(text: str) -> str:
    return _IDENTIFIER.sub(lambda m: re.sub(r"([._])", rf"\1{BREAK}", m[0]), text)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """`value` with every text in it changed, but for what stands under `NO_TEXT`."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: item if key in NO_TEXT else _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    return value


def pictures_of(document: ReportDocument) -> list[Picture]:
    """The figures of a document in their order."""
    blocks = (*document.head, *(block for part in document.parts for block in part.blocks))
    return [picture for block in blocks if isinstance(block, Pictures) for picture in block.pictures]


def _texts(document: ReportDocument) -> list[str]:
    found: list[str] = []

    def collect(text: str) -> str:
        found.append(text)
        return text

    _mapped(asdict(document), collect)
    return found


@cache
def _css() -> str:
    return files("pipeline.report").joinpath("templates/style.css").read_text(encoding="utf-8")


@cache
def _html() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    return environment


@cache
def _markdown() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment


def markdown_text(text: str) -> str:
    """Text as Markdown shows it: on one line, nothing in it read as markup."""
    return _MARKDOWN.sub(lambda m: {"<": "&lt;", ">": "&gt;"}.get(m[1], "\\" + m[1]), re.sub(r"\s+", " ", text))
