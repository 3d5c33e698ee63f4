"""Figures as small SVG text, the same bytes each time.

matplotlib draws letters as outlines, which take most of a picture's bytes and cannot be searched or read out. They
become text again at the very same places, in the typeface that pages and PDF carry. Files beside the Markdown, whose
readers use a typeface of their own, also say how long each word is, so that another one fits its place.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import string
import warnings
from collections.abc import Iterator
from html import escape, unescape

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from pipeline.report.fonts import FAMILY, advance, characters_by_glyph, web_font

_GLYPH = re.compile(r'<path id="NotoSansSC-Regular-([0-9a-f]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>')
_SMALL_USE = re.compile(r'<use href="#g([0-9a-f]+)"')
_USE = re.compile(r'<use href="#NotoSansSC-Regular-([0-9a-f]+)"(?: transform="translate\(([\d.-]+) 0\)")?/>')
_WORD = re.compile(
    r'<g style="([^"]*)" transform="([^"]*) scale\(([\d.]+) -\3\)">'
    r"(?:<defs>(?:<path [^>]*/>)*</defs>)?((?:<use [^>]*/>)+)</g>"
)
_NUMBER = re.compile(r"-?\d+\.\d+")
_TEXT = re.compile(r'<text ([^>]*)font-size="([\d.]+)"([^>]*)>([^<]*)</text>')
_PLAIN_PLACE = re.compile(r"translate\(([\d.-]+) ([\d.-]+)\)")
_TAG = re.compile(r"<(/?)(\w+)([^>]*?)(/?)>")
FIRST_IDEOGRAPH = 0x2E80
FALLBACK = f"Report,'{FAMILY}','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
_UNUSED_ID = re.compile(
    r' id="(?:figure|axes|patch|text|line2d|matplotlib\.axis|xtick|ytick|legend|[A-Z]\w*Collection)_[\w.]*"'
)
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def drawn(figure: Figure) -> str:
    """The figure as SVG without metadata, its letters as text; a character the typeface lacks is a UserWarning."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing", category=UserWarning)
        _arrange(figure)
        figure.savefig(buffer, format="svg", metadata=NO_METADATA)
    return lean(with_text(small(buffer.getvalue().decode("utf-8"))))


def _arrange(figure: Figure) -> None:
    """Give the parts of a figure their places, once: `savefig` would draw all of it twice to find them."""
    FigureCanvasSVG(figure)
    figure.set_dpi(FigureCanvasSVG.fixed_dpi)
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")


def small(svg: str) -> str:
    """SVG text without prologue, comments, unused ids and needless decimals."""
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = _UNUSED_ID.sub("", text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = _GLYPH.sub("", text)
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
        plain = _PLAIN_PLACE.fullmatch(place.strip())
        where = f'x="{plain[1]}" y="{plain[2]}"' if plain else f'transform="{place}"'
        return f'<text {where} font-size="{float(size) * 100:g}" style="{style}">{text}</text>'

    font = f"font-family:Report,'{FAMILY}'"
    return _WORD.sub(word, svg).replace("<svg ", f'<svg xml:space="preserve" style="{font}" ', 1)


def lean(svg: str) -> str:
    """SVG without groups that say nothing, with short ids, few signs in paths, and each style written once.

    The name of a style follows from what it says, so that pictures on one page share names without a clash.
    """
    out, open_groups = [], []
    place = 0
    for tag in _TAG.finditer(svg):
        out.append(svg[place : tag.start()])
        place = tag.end()
        closing, name, attributes, alone = tag.groups()
        if name == "g" and not attributes.strip():
            if alone:
                continue
            if not closing:
                open_groups.append(False)
                continue
        elif name == "g" and not alone:
            open_groups.append(True)
        if name == "g" and closing and not open_groups.pop():
            continue
        out.append(tag[0])
    text = "".join([*out, svg[place:]])
    names = dict(zip(dict.fromkeys(re.findall(r' id="([^"]+)"', text)), _short_names(), strict=False))
    text = re.sub(r'( id="|#)([\w-]+)(?=["\)])', lambda m: f"{m[1]}{names.get(m[2], m[2])}", text)
    text = re.sub(r'(?<= d=")[^"]*', lambda m: m[0].replace(" -", "-"), text)
    styles: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        style = match[1].replace(": ", ":").rstrip(";")
        styles.setdefault(style, "k" + hashlib.md5(style.encode()).hexdigest()[:5])
        return f' class="{styles[style]}"'

    end = text.index(">") + 1
    head, body = text[:end], text[end:]
    body = re.sub(r' style="([^"]*)"', named, re.sub(r"<style.*?</style>", "", body))
    return f"{head}<style>{''.join(f'.{name}{{{style}}}' for style, name in styles.items())}</style>{body}"


def for_file(svg: str) -> str:
    """The picture for a file of its own: each word is as long in a reader's typeface as in the reports' one.

    Where it says something in Chinese it carries the characters it needs, since not every machine has them.
    """

    def fitted(match: re.Match[str]) -> str:
        before, size, after, text = match.groups()
        length = sum(advance(character) for character in unescape(text)) * float(size)
        fit = f' textLength="{length:.1f}"' if text.strip() else ""
        return f'<text {before}font-size="{size}"{after}{fit}>{text}</text>'

    text = _TEXT.sub(fitted, svg).replace(f"Report,'{FAMILY}'", FALLBACK, 1)
    said = unescape(written(svg))
    if not any(ord(character) >= FIRST_IDEOGRAPH for character in said):
        return text
    face = f'@font-face{{font-family:Report;src:url(data:font/woff;base64,{web_font([said])}) format("woff")}}'
    return text.replace("<style>", f"<style>{face}", 1)


def _short_names() -> Iterator[str]:
    return (f"{letter}{number}" for number in itertools.count() for letter in string.ascii_lowercase)


def within(name: str, svg: str) -> str:
    """The picture as part of a page: its ids get the picture's name in front, its size is left to the page."""
    text = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    for identifier in dict.fromkeys(re.findall(r' id="([^"]+)"', text)):
        text = re.sub(rf'( id="|#){re.escape(identifier)}(?=["\)])', rf"\g<1>{name}-{identifier}", text)
    return text


def written(svg: str) -> str:
    """The characters of a picture whose letters are text."""
    return "".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg))


def _tenths(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
