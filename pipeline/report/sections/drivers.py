"""Why what need asks for moves, which uncertainty matters most, and what other courses of population change."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Picture, ReportColumn
from pipeline.report.facts import where
from pipeline.report.numbers import Value
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, canvas, drawn, legend, scale, sheet
from pipeline.vocabulary import CENTRAL

ENDS = ("base", "target")
MOST = 5
"""Inputs that the figure of what matters shows: the rest move little."""


def drivers(context: Context) -> Sequence[Block]:
    """One waterfall, one bar chart of what matters, one table of scenarios."""
    return [pictures(_waterfall(context), _sensitivity(context)), context.note("drivers.note"), _scenarios(context)]


def _waterfall(context: Context) -> Picture | None:
    """Beds by need, from the base year to the last, driver by driver."""
    words = context.words
    rows = context.plan.rows("waterfall", resource="beds", yardstick="need").sort_values("order")
    if rows.empty:
        return None
    shown = "shown" if "shown" in rows.columns else "mean"
    base, target = int(rows["base_year"].iloc[0]), int(rows["target_year"].iloc[0])
    start = float(rows.loc[rows["driver"] == "base", shown].iloc[0])
    end = float(rows.loc[rows["driver"] == "target", shown].iloc[0])
    steps = [(str(r["driver"]), float(r[shown])) for _, r in rows.iterrows() if r["driver"] not in ENDS]
    steps = [(name, step) for name, step in steps if step]
    bars = [(words("waterfall.end", year=str(base)), 0.0, start, BLUE)]
    level = start
    for name, step in steps:
        bars.append((words.code("driver", name), level, step, ORANGE if step > 0 else TEAL))
        level += step
    bars.append((words("waterfall.end", year=str(target)), 0.0, end, BLUE))
    top = max(max(foot, foot + size) for _, foot, size, _ in bars)
    with sheet():
        figure, axis = canvas(0.36 * len(bars) + 0.55)
        places = np.arange(len(bars))[::-1]
        for place, (_, foot, size, colour) in zip(places, bars, strict=True):
            axis.barh(place, size, 0.66, left=foot, color=colour, linewidth=0)
            text = words.exact(size) if colour == BLUE else words.signed(size)  # all digits, so that the steps add up
            axis.text(max(foot, foot + size) + top * 0.015, place, text, va="center")
        axis.set_yticks(places, [name for name, *_ in bars])
        axis.tick_params(axis="y", labelcolor=INK)
        axis.set_xlim(0, top * 1.32)
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
        axis.grid(False)
        axis.set_title(words("axis.beds", unit=""))
        svg = drawn(figure)
    values = {"base": str(base), "target": str(target), "start": words.estimate(start), "end": words.estimate(end)}
    caption = words("waterfall.caption", **values)
    items = words.either("；", "; ").join(f"{words.code('driver', name)} {words.signed(step)}" for name, step in steps)
    return Picture("waterfall", svg, caption, words("waterfall.alt", caption=caption, items=items))


def _sensitivity(context: Context) -> Picture | None:
    """The inputs that move beds by need most: what is required with each at its low and at its high end."""
    words = context.words
    rows = context.plan.rows("sensitivity", resource="beds", yardstick="need")
    rows = rows[rows["rank"] > 0].sort_values("rank").head(MOST) if len(rows) else rows
    if rows.empty:
        return None
    found = [(words.code("input", r["input"]), float(r["low"]), float(r["high"])) for _, r in rows.iterrows()]
    largest = max(max(low, high) for _, low, high in found)
    smallest = min(min(low, high) for _, low, high in found)
    unit = scale(largest, words)
    with sheet():
        figure, axis = canvas(0.4 * len(found) + 0.75)
        places = np.arange(len(found))[::-1]
        for place, (_, low, high) in zip(places, found, strict=True):
            axis.plot([low / unit.size, high / unit.size], [place, place], color=MIST, lw=7, solid_capstyle="butt")
            axis.plot(low / unit.size, place, "o", ms=6, mfc="white", mec=BLUE, mew=1.5)
            axis.plot(high / unit.size, place, "o", ms=6, color=BLUE)
        axis.set_yticks(places, [name for name, *_ in found])
        axis.tick_params(axis="y", labelcolor=INK)
        axis.set_ylim(-0.6, len(found) - 0.4)
        room = (largest - min(smallest, 0)) * 0.05
        axis.set_xlim((min(smallest, 0) - (room if smallest < 0 else 0)) / unit.size, (largest + room) / unit.size)
        axis.xaxis.set_major_locator(MaxNLocator(4))
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_title(words("axis.beds", unit=unit.sign + words.either("", " ") if unit.sign else ""))
        marks: dict[str, Any] = {"marker": "o", "ls": "", "ms": 6}
        legend(
            figure,
            [
                Line2D([], [], label=words("tornado.low"), mfc="white", mec=BLUE, mew=1.5, **marks),
                Line2D([], [], label=words("tornado.high"), color=BLUE, **marks),
            ],
        )
        svg = drawn(figure)
    year = str(int(rows["year"].iloc[0]))
    caption = words("tornado.caption", year=year, input=found[0][0])
    items = words.either("；", "; ").join(f"{name} {words.interval(min(a, b), max(a, b))}" for name, a, b in found)
    return Picture("tornado", svg, caption, words("tornado.alt", caption=caption, items=items))


def _scenarios(context: Context) -> Block:
    """Older people at the end of the last year under every scenario, and how far from the central one."""
    words, last = context.words, context.last
    rows = where(
        context.shared.tables["population"], region=context.plan.region, year=last, sex="both", output_type="quantile"
    )
    names = [name for name in context.shared.settings if name in set(rows["scenario"])]
    found: dict[tuple[str, str], Value] = {}
    for (scenario, group), part in rows[rows["age_group"].isin(("60+", "80+"))].groupby(["scenario", "age_group"]):
        by = part.set_index("output_type_id")["value"]
        found[str(scenario), str(group)] = Value(float(by[0.5]), float(by.get(0.1, np.nan)), float(by.get(0.9, np.nan)))

    def change(name: str, group: str) -> str | None:
        if name == CENTRAL or (name, group) not in found:
            return None
        return words.signed_percent(found[name, group].shown / found[CENTRAL, group].shown - 1)

    columns: list[ReportColumn[str]] = [
        ReportColumn(words("head.scenario"), lambda name: words.code("scenario", name), 18)
    ]
    for group in ("60+", "80+"):
        columns.append(ReportColumn(words(f"group.{group}"), lambda name, g=group: found.get((name, g)), 24))  # type: ignore[misc]
        columns.append(ReportColumn(words("head.change"), lambda name, g=group: change(name, g), 12, number=True))  # type: ignore[misc]
    meaning = ReportColumn[str](
        words("head.meaning"),
        lambda name: words.code("scenario_meaning", name) if words.has(f"scenario_meaning.{name}") else "—",
        40,
    )
    return context.table(words("scenarios.caption", year=str(last)), names, *columns, meaning)
