"""How figures look: one typeface, few colours that differ in grey too, small enough to be read on a phone.

Every figure is as wide as half a page on paper and as the screen of a phone, so that its letters keep their size.
"""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.report.fonts import FAMILY, FILE, font_folder
from pipeline.report.wording import ONES, Unit, Words

WIDTH = 3.4
"""Inches: half the text of an A4 page, and 326 pixels, what a phone has."""

INK = "#1d2733"
QUIET = "#56616d"
RULE = "#c9d0d8"
BLUE = "#12436d"
ORANGE = "#d9520a"
TEAL = "#1f8a80"
PLUM = "#7b2d6b"
MIST = "#a9c3dc"

SHEET: dict[Any, Any] = {
    "font.family": FAMILY,
    "font.size": 8.5,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.titlesize": 8.5,
    "axes.titlecolor": QUIET,
    "axes.titlelocation": "left",
    "axes.edgecolor": RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.unicode_minus": False,
    "grid.color": "#e4e8ec",
    "grid.linewidth": 0.7,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 0,
    "xtick.major.pad": 7,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.2,
    "legend.borderpad": 0.1,
    "lines.solid_capstyle": "round",
    "text.language": "zh-CN",
    "svg.fonttype": "none",
    "svg.hashsalt": "elder-care-gap",
}

_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")


@dataclass
class Drawing:
    """A figure of the common width and its axes; `svg` is its text once it is finished."""

    figure: Figure
    axis: Axes
    svg: str = ""

    def legend(self, handles: Sequence[Any], columns: int = 2) -> None:
        self.figure.legend(handles=list(handles), loc="outside lower left", ncols=columns)


@contextmanager
def drawing(height: float) -> Iterator[Drawing]:
    """A figure of `height` inches to draw upon, in this style sheet and typeface and nothing of the machine's own.

    A character that the typeface lacks is a UserWarning.
    """
    path = str(font_folder() / FILE)
    if path not in {entry.fname for entry in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SHEET)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        plot = Drawing(figure, figure.subplots())
        yield plot
        plot.svg = _svg(figure)


def _svg(figure: Figure) -> str:
    """The figure as small SVG text, letters as text, the same bytes each time."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue().decode("utf-8")
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", text[text.index("<svg") :], flags=re.S)
    text = re.sub(r' id="[A-Za-z0-9.]*_[\w.]*"', "", text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = re.sub(r' transform="rotate\(-0 [^"]*"', "", text)
    text = re.sub(r'(?<= )(?:d|x|y)="[^"]*"|(?<=rotate\()[^)]*', lambda m: _LONG_NUMBER.sub(_tenths, m[0]), text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><").replace(' "', '"')
    # One typeface for all of a picture is named once; groups that hold nothing or a single text say nothing.
    text = re.sub(r"<g>(<text [^>]*>[^<]*</text>)</g>", r"\1", text.replace("<g/>", ""))
    text = text.replace(" font-family: 'Noto Sans SC';", "")
    return text.strip().replace("<svg ", '<svg xml:space="preserve" font-family="Noto Sans SC" ', 1)


def within(name: str, svg: str) -> str:
    """The picture as part of a page: its ids get the picture's name in front, its size is left to the page."""
    text = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    for identifier in dict.fromkeys(re.findall(r' id="([^"]+)"', text)):
        text = re.sub(rf'( id="|#){re.escape(identifier)}(?=["\)])', rf"\g<1>{name}-{identifier}", text)
    return text


def written(svg: str) -> str:
    return unescape("".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg)))


def _tenths(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def value_axis(axis: Axes, top: float, words: Words, counted: str) -> Unit:
    """An upright axis from 0 to a little above `top`, its unit written above; `counted` is a message of what."""
    unit = words.unit(top, column=True)
    axis.set_ylim(0.0, top / unit.size * 1.12)
    axis.yaxis.set_major_locator(MaxNLocator(4))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: words.exact(v, 2)))
    unit_title(axis, words, counted, unit)
    return unit


def unit_title(axis: Axes, words: Words, counted: str, unit: Unit = ONES) -> None:
    """The unit of the values above their axis; `counted` is a message of what."""
    axis.set_title(words(counted, unit=unit.sign.strip() + words.either("", " ") if unit.sign else ""))


def bar_names(axis: Axes, places: np.ndarray, names: Sequence[str], colour: str = INK) -> None:
    """Names of bars that lie, and lines of the grid for their values, which run across."""
    axis.set_yticks(places, names)
    axis.tick_params(axis="y", labelcolor=colour)
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")


def year_axis(axis: Axes, first: float, last: float, step: int = 5) -> None:
    """An axis of years with a label every few years."""
    axis.set_xlim(first, last)
    axis.set_xticks([year for year in range(int(first), int(last) + 1) if year % step == 0 and first <= year <= last])
