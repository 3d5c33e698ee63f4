"""Figures as small SVG text, the same bytes each time.

matplotlib draws letters as outlines. So they stay in the files beside the Markdown, which nobody can rely on to
find a typeface; in pages that carry the typeface they become text again, at the very same places.
"""

from __future__ import annotations

import io
import re
import warnings
from html import escape

from matplotlib.figure import Figure

from pipeline.report.fonts import FAMILY, characters_by_glyph

_GLYPH = re.compile(r'<path id="NotoSansSC-Regular-([0-9a-f]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>')
_SMALL_USE = re.compile(r'<use href="#g([0-9a-f]+)"')
_USE = re.compile(r'<use href="#NotoSansSC-Regular-([0-9a-f]+)"(?: transform="translate\(([\d.-]+) 0\)")?/>')
_WORD = re.compile(
    r'<g style="([^"]*)" transform="([^"]*) scale\(([\d.]+) -\3\)">'
    r"(?:<defs>(?:<path [^>]*/>)*</defs>)?((?:<use [^>]*/>)+)</g>"
)
_NUMBER = re.compile(r"-?\d+\.\d+")
_UNUSED_ID = re.compile(
    r' id="(?:figure|axes|patch|text|line2d|matplotlib\.axis|xtick|ytick|legend|[A-Z]\w*Collection)_[\w.]*"'
)
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
GLYPH_DIVISOR = 16
"""Outlines are kept at 1/16 of matplotlib's grid, 400 steps an em: finer than a screen or printer shows."""


def drawn(figure: Figure) -> str:
    """The figure as SVG text without metadata; a character the typeface lacks is an error (UserWarning)."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata=NO_METADATA)
    return small(buffer.getvalue().decode("utf-8"))


def small(svg: str) -> str:
    """SVG text without prologue, comments, unused ids and needless decimals."""
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = _UNUSED_ID.sub("", text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = _GLYPH.sub(_small_glyph, text)
    text = _USE.sub(lambda m: f'<use href="#g{m[1]}"' + (f' x="{m[2]}"' if m[2] else "") + "/>", text)
    text = re.sub(r'(?<= )(?:d|x|y)="[^"]*"|(?<=translate\()[^)]*', lambda m: _NUMBER.sub(_tenths, m[0]), text)
    text = re.sub(r'(?<= d=")[^"]*', lambda m: re.sub(r" ?([MLQCz]) ?", r"\1", re.sub(r"\s+", " ", m[0])), text)
    text = re.sub(r"\s*\n\s*", " ", text)
    text = re.sub(r"; (?=[\w-]+: )", ";", text).replace("<defs></defs>", "")
    return re.sub(r"> <", "><", text).replace(' "', '"').strip()


def with_text(svg: str) -> str:
    """The picture with its letters as text in the reports' typeface, each word where its outline was.

    Raises KeyError for an outline that no character of the typeface has.
    """
    characters = characters_by_glyph()

    def word(match: re.Match[str]) -> str:
        style, place, size, uses = match.groups()
        text = escape("".join(characters[int(glyph, 16)] for glyph in _SMALL_USE.findall(uses)), quote=False)
        return f'<text style="{style}" transform="{place} scale({size})">{text}</text>'

    font = f"font-family:Report,'{FAMILY}';font-size:100px"
    return _WORD.sub(word, svg).replace("<svg ", f'<svg xml:space="preserve" style="{font}" ', 1)


def within(name: str, svg: str) -> str:
    """The picture as part of a page: its ids get the picture's name in front, its size is left to the page."""
    text = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    text = re.sub(r"<style.*?</style>", "", text).replace("<defs></defs>", "")
    for identifier in dict.fromkeys(re.findall(r' id="([^"]+)"', text)):
        text = re.sub(rf'( id="|#){re.escape(identifier)}(?=["\)])', rf"\g<1>{name}-{identifier}", text)
    return text


def written(svg: str) -> str:
    """The characters of a picture whose letters are text."""
    return "".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg))


def _small_glyph(match: re.Match[str]) -> str:
    """The outline in whole steps of a coarser grid, each point relative to the one before."""
    numbers: list[tuple[int, int]] = []
    out = ""
    here = start = (0, 0)
    for command, rest in re.findall(r"([MLQz])([^MLQz]*)", match[2]):
        values = [round(float(value) / GLYPH_DIVISOR) for value in rest.split()]
        numbers = list(zip(values[::2], values[1::2], strict=True))
        if command == "z":
            out, here = out + "z", start
            continue
        steps = [(x - here[0], y - here[1]) for x, y in numbers]
        out += command.lower() + " ".join(f"{x} {y}" for x, y in steps)
        here = numbers[-1]
        if command == "M":
            start = here
    scale = 0.015625 * GLYPH_DIVISOR
    return f'<path id="g{match[1]}" d="{out.replace(" -", "-")}" transform="scale({scale:g})"/>'


def _tenths(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
