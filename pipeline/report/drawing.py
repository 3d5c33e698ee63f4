"""Figures as small SVG text, the same bytes each time: letters stay text, in the typeface of pages and PDF."""

from __future__ import annotations

import io
import re
import warnings
from html import unescape

from matplotlib.figure import Figure

NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
_DROPPED = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", re.S)
_UNUSED_ID = re.compile(r' id="[A-Za-z0-9]*_[\w.]*"')
_NUMBER = re.compile(r"-?\d+\.\d{2,}")


def drawn(figure: Figure) -> str:
    """The figure as SVG without metadata; a character the typeface lacks is a UserWarning."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata=NO_METADATA)
    text = buffer.getvalue().decode("utf-8")
    text = _UNUSED_ID.sub("", _DROPPED.sub("", text[text.index("<svg") :]))
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = re.sub(r'(?<= d=")[^"]*|(?<=translate\()[^)]*', lambda m: _NUMBER.sub(_tenths, m[0]), text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><").replace(' "', '"')
    return text.strip().replace("<svg ", '<svg xml:space="preserve" ', 1)


def within(name: str, svg: str) -> str:
    """The picture as part of a page: its ids get the picture's name in front, its size is left to the page."""
    text = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    for identifier in dict.fromkeys(re.findall(r' id="([^"]+)"', text)):
        text = re.sub(rf'( id="|#){re.escape(identifier)}(?=["\)])', rf"\g<1>{name}-{identifier}", text)
    return text


def written(svg: str) -> str:
    """The characters of a picture."""
    return unescape("".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg)))


def _tenths(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
