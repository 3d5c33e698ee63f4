"""From a document to HTML and PDF."""

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.document import Pictures, ReportDocument
from pipeline.report.fonts import check_glyphs, font_folder, web_font
from pipeline.report.style import within, written
from pipeline.report.wording import Language

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
    pictures, everything = {}, list(texts_of(asdict(document)))
    blocks = (*document.head, *(block for part in document.parts for block in part.blocks))
    for picture in (picture for block in blocks if isinstance(block, Pictures) for picture in block.pictures):
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
    return _environment(escape=True).get_template(template).render(font=web_font(everything), **values)


def interactive_page(
    topic: str,
    texts: Mapping[Language, Mapping[str, str]],
    more: Iterable[str],
    packed: object,
    data: Mapping[str, object],
    **values: object,
) -> bytes:
    """A page whose script works with a reader's choices: `data` as they are, `packed` made small, `texts` by language.

    The typeface holds the characters of `texts` and of `more` that the script shows.
    """
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    small = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode("ascii")
    shown = {"topic": topic, "text": texts["zh"], "words": texts, "data": {**data, "texts": texts, "packed": small}}
    return page(f"{topic}.html.j2", [*texts_of(texts), *more], **shown, **values).encode()


def markdown_page(template: str, **values: Any) -> str:
    """Markdown from a packaged template; in every text of `values` nothing is read as markup."""
    text = _environment(escape=False).get_template(template).render(_mapped(values, _markdown_text))
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


def texts_of(value: Any) -> Iterator[str]:
    """Every text within nested lists and mappings, but for what stands under `NO_TEXT`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, item in value.items() if key not in NO_TEXT for text in texts_of(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in texts_of(item))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """`value` with every text that `texts_of` finds in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: item if key in NO_TEXT else _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    return value


def _breakable(text: str) -> str:
    return _IDENTIFIER.sub(lambda m: re.sub(r"([._])", rf"\1{BREAK}", m[0]), text)


def _markdown_text(text: str) -> str:
    """Text as Markdown shows it: on one line, nothing in it read as markup."""
    return _MARKDOWN.sub(lambda m: {"<": "&lt;", ">": "&gt;"}.get(m[1], "\\" + m[1]), re.sub(r"\s+", " ", text))


@cache
def _environment(escape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    return environment
