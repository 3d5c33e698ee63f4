"""How figures look: one typeface, few colours that differ in grey too, and a dash or marker for every meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.report.fonts import FAMILY, FILE, font_folder
from pipeline.report.words import Words

WIDTH = 6.4
"""Inches: the width of the text on an A4 page, at which 9-point labels stay 9 points."""

INK = "#1d2733"
QUIET = "#5b6673"
RULE = "#c9d0d8"
BLUE = "#12436d"
ORANGE = "#e8590c"
TEAL = "#1f8a80"
PLUM = "#7b2d6b"
SAND = "#f6d7b8"
MIST = "#a9c3dc"

type Dash = str | tuple[int, tuple[float, ...]]


@dataclass(frozen=True)
class Stroke:
    """How a line of one meaning is drawn everywhere."""

    colour: str
    dash: Dash = "-"
    width: float = 1.8


STROKES = {
    "plan": Stroke(BLUE, "-", 2.2),
    "norm": Stroke(BLUE, (0, (5, 2)), 1.6),
    "need": Stroke(BLUE, (0, (1, 1.4)), 1.8),
    "held": Stroke(ORANGE, "-", 2.2),
    "no_new_policy": Stroke(ORANGE, (0, (5, 2)), 1.6),
    "plan_delivered": Stroke(ORANGE, (0, (1, 1.4)), 1.8),
}
"""Requirement is blue and supply orange (lighter in grey); the dash says which yardstick or path."""

GROUP_STROKES = {"60+": Stroke(BLUE), "65+": Stroke(TEAL, (0, (6, 1.5))), "80+": Stroke(PLUM, (0, (2, 1.2)))}

SHEET: dict[Any, Any] = {
    "font.family": FAMILY,
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 7,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
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
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.6,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.5,
    "text.language": "zh-CN",
    "svg.fonttype": "none",
    "svg.hashsalt": "elder-care-gap",
    "figure.dpi": 100,
}


@contextmanager
def sheet() -> Iterator[None]:
    """Matplotlib with this style sheet and typeface, and nothing of the machine's own settings."""
    path = str(font_folder() / FILE)
    if path not in {entry.fname for entry in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in SHEET.items():
            mpl.rcParams[key] = value
        yield


def canvas(height: float, rows: int = 1, columns: int = 1, *, sharey: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of the page's width and `height` inches, and its axes row by row."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharey=sharey)
    return figure, list(axes.ravel())


@dataclass(frozen=True)
class Scale:
    """A unit for an axis: values are divided by `divisor`, `key` names the message of the unit."""

    divisor: float
    key: str


def scale_for(largest: float, words: Words) -> Scale:
    """The unit in which numbers up to `largest` have few digits: 万 and 亿, thousands and millions."""
    if words.language == "zh":
        steps = ((1e8, "unit.yi"), (1e4, "unit.wan"))
    else:
        steps = ((1e6, "unit.millions"), (1e4, "unit.thousands"))
    for size, key in steps:
        if largest >= size:
            return Scale(1e3 if key == "unit.thousands" else size, key)
    return Scale(1.0, "unit.ones")


def spread(positions: Sequence[float], least: float) -> list[float]:
    """Positions moved apart as little as needed to lie `least` from one another, in the same order."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    blocks: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        blocks.append([index])
        centres.append(positions[index])
        while len(blocks) > 1:
            gap = (len(blocks[-1]) + len(blocks[-2])) / 2 * least
            if centres[-1] - centres[-2] >= gap:
                break
            merged = blocks[-2] + blocks[-1]
            blocks[-2:] = [merged]
            centres[-2:] = [sum(positions[i] for i in merged) / len(merged)]
    placed = [0.0] * len(positions)
    for block, centre in zip(blocks, centres, strict=True):
        for rank, index in enumerate(block):
            placed[index] = centre + (rank - (len(block) - 1) / 2) * least
    return placed
