"""Why what need asks for moves, which uncertainty matters most, and what other courses of population change."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Picture
from pipeline.report.facts import where
from pipeline.report.numbers import Value
from pipeline.report.style import BLUE, MIST, ORANGE, TEAL, across, bar_names, drawing, scale, unit_title
from pipeline.vocabulary import CENTRAL

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
    base, target = int(rows["base_year"].iloc[0]), int(rows["target_year"].iloc[0])
    amounts = rows.set_index("driver")["shown"]
    start, end = amounts.pop("base"), amounts.pop("target")
    steps = [(words.code("driver", name), step) for name, step in amounts.items() if step]
    bars = [(words("waterfall.end", year=base), 0.0, start, BLUE)]
    level = start
    for name, step in steps:
        bars.append((name, level, step, ORANGE if step > 0 else TEAL))
        level += step
    bars.append((words("waterfall.end", year=target), 0.0, end, BLUE))
    top = max(max(foot, foot + size) for _, foot, size, _ in bars)
    with drawing(0.36 * len(bars) + 0.55) as plot:
        axis, places = plot.axis, np.arange(len(bars))[::-1]
        for place, (_, foot, size, colour) in zip(places, bars, strict=True):
            axis.barh(place, size, 0.66, left=foot, color=colour, linewidth=0)
            text = words.exact(size) if colour == BLUE else words.signed(size)  # all digits, so that the steps add up
            axis.text(max(foot, foot + size) + top * 0.015, place, text, va="center")
        bar_names(axis, places, [name for name, *_ in bars])
        axis.set_xlim(0, top * 1.32)
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
        axis.grid(False)
        unit_title(axis, words, "axis.beds")
    caption = words("waterfall.caption", base=base, target=target, start=words.estimate(start), end=words.estimate(end))
    items = words.clauses(f"{name} {words.signed(step)}" for name, step in steps)
    return Picture("waterfall", plot.svg, caption, words("waterfall.alt", caption=caption, items=items))


def _sensitivity(context: Context) -> Picture | None:
    """The inputs that move beds by need most: what is required with each at its low and at its high end."""
    words = context.words
    rows = context.plan.rows("sensitivity", resource="beds", yardstick="need")
    rows = rows[rows["rank"] > 0].sort_values("rank").head(MOST)
    if rows.empty:
        return None
    names = [words.code("input", name) for name in rows["input"]]
    ends = rows[["low", "high"]].to_numpy(dtype=float)
    unit = scale(ends.max(), words)
    with drawing(0.4 * len(rows) + 0.75) as plot:
        axis, places = plot.axis, np.arange(len(rows))[::-1]
        full: dict[str, Any] = {"marker": "o", "ls": "", "ms": 6, "color": BLUE}
        hollow = full | {"mfc": "white", "mec": BLUE, "mew": 1.5}
        for place, (low, high) in zip(places, ends / unit.size, strict=True):
            axis.plot([low, high], [place, place], color=MIST, lw=7, solid_capstyle="butt")
            axis.plot(low, place, **hollow)
            axis.plot(high, place, **full)
        bar_names(axis, places, names)
        axis.set_ylim(-0.6, len(rows) - 0.4)
        least = min(ends.min(), 0)
        room = (ends.max() - least) * 0.05
        axis.set_xlim((least - (room if least < 0 else 0)) / unit.size, (ends.max() + room) / unit.size)
        axis.xaxis.set_major_locator(MaxNLocator(4))
        across(axis)
        unit_title(axis, words, "axis.beds", unit)
        plot.legend(
            [Line2D([], [], label=words("tornado.low"), **hollow), Line2D([], [], label=words("tornado.high"), **full)]
        )
    caption = words("tornado.caption", year=int(rows["year"].iloc[0]), input=names[0])
    ranges = (words.interval(min(pair), max(pair)) for pair in ends)
    items = words.clauses(f"{name} {text}" for name, text in zip(names, ranges, strict=True))
    return Picture("tornado", plot.svg, caption, words("tornado.alt", caption=caption, items=items))


def _scenarios(context: Context) -> Block:
    """Older people at the end of the last year under every scenario, and how far from the central one."""
    words, column, last = context.words, context.column, context.last
    chosen = {"region": context.plan.region, "year": last, "sex": "both", "output_type": "quantile"}
    rows = where(context.shared.tables["population"], age_group=("60+", "80+"), **chosen)
    wide = rows.pivot(index=["scenario", "age_group"], columns="output_type_id", values="value")
    found = {key: Value(*ends) for key, *ends in wide.reindex(columns=[0.5, 0.1, 0.9]).itertuples()}

    def change(name: str, group: str) -> str | None:
        if name == CENTRAL or (name, group) not in found:
            return None
        return words.signed_percent(found[name, group].shown / found[CENTRAL, group].shown - 1)

    columns = [column("head.scenario", lambda name: words.code("scenario", name), 18)]
    for group in ("60+", "80+"):
        columns.append(column(f"group.{group}", lambda name, g=group: found.get((name, g)), 24))
        columns.append(column("head.change", lambda name, g=group: change(name, g), 12, number=True))

    def meaning(name: str) -> str | None:
        return words(f"scenario_meaning.{name}") if words.has(f"scenario_meaning.{name}") else None

    names = [name for name in context.shared.settings if name in set(rows["scenario"])]
    return context.table(words("scenarios.caption", year=last), names, *columns, column("head.meaning", meaning, 40))
