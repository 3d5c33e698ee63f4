"""People in need and what their care takes, why that moves and which uncertainty matters most; childcare of a plan."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from pipeline.report.context import Context, pictures, rows_of
from pipeline.report.document import Block, Cell, Picture
from pipeline.report.facts import value, where
from pipeline.report.style import BLUE, MIST, ORANGE, QUIET, TEAL, bar_names, drawing, unit_title, value_axis
from pipeline.report.wording import Value
from pipeline.vocabulary import CENTRAL, SEVERITIES

MEASURES = ("disabled", "dementia", "residents", "beds", "nursing_beds", "dementia_beds", "caregivers")
CHILDCARE = ("children_under_3", "places_required", "places_existing", "places_per_1000", "places_to_add")
SHADES = dict(zip(SEVERITIES, (MIST, BLUE, ORANGE), strict=True))

MOST = 5
"""Inputs that the figure of what matters shows: the rest move little."""


def need(context: Context) -> Sequence[Block]:
    """People by severity, what their care takes, and how far definitions differ."""
    words, column, goal = context.words, context.column, context.goal_year
    definitions = context.rows("need", measure="disabled", severity=None, setting=None, year=goal)
    local = context.rows("need", measure="disabled", definition="local_count")
    return [
        pictures(_by_severity(context), _definitions(context)),
        context.table(
            words("need.table"),
            [measure for measure in MEASURES if context.need(measure, context.years[0]) is not None],
            column("head.what_need", lambda measure: words(f"need.{measure}"), 30),
            *context.year_columns(context.need, 22),
            column("head.per_old", partial(context.need_beside_nation, per=1000), 16, number=True, year=goal),
        ),
        context.note("need.note", definitions=len(definitions)),
        *(
            context.note(
                "need.local",
                value=words.exact(float(row["shown"])),
                year=int(row["year"]),
                basis=words.code("basis", row["basis"]),
            )
            for row in rows_of(local.drop_duplicates("shown"))
        ),
    ]


def _by_severity(context: Context) -> Picture | None:
    words, headline = context.words, context.shared.central.need.headline
    rows = context.rows("need", measure="disabled", definition=headline, setting=None, severity=SEVERITIES)
    wide = rows.pivot(index="severity", columns="year", values="shown")
    years = [year for year in map(int, wide.columns) if year >= context.today]
    if len(years) < 2:
        return None
    levels = wide.loc[list(SEVERITIES), years].to_numpy(dtype=float)
    with drawing(2.5) as plot:
        unit = value_axis(plot.axis, float(levels.sum(axis=0).max()), words, "axis.persons")
        foot, places = np.zeros(len(years)), range(len(years))
        for severity, row in zip(SEVERITIES, levels / unit.size, strict=True):
            plot.axis.bar(places, row, 0.55, bottom=foot, color=SHADES[severity], linewidth=0)
            foot += row
        plot.axis.set_xticks(places, [str(year) for year in years])
        plot.legend([Patch(facecolor=SHADES[s], label=words(f"code.severity.{s}")) for s in SEVERITIES], 3)
    now, then = (words.estimate(float(levels[:, place].sum())) for place in (0, -1))
    caption = words("need.caption", first=years[0], last=years[-1], now=now, then=then)
    severe = words.estimate(float(levels[-1, -1]))
    return Picture("need", plot.svg, caption, words("need.alt", caption=caption, severe=severe))


def _definitions(context: Context) -> Picture | None:
    """How many people each definition of disability counts in the goal year."""
    words, year = context.words, context.goal_year
    rows = context.rows("need", year=year, measure="disabled", severity=None, setting=None)
    rows = rows.dropna(subset="q90").sort_values("shown")
    if len(rows) < 2:
        return None
    names = [words.code("definition", name) for name in rows["definition"]]
    with drawing(0.33 * len(rows) + 0.6) as plot:
        axis, unit = plot.axis, words.unit(float(rows["q90"].max()), column=True)
        for place, row in enumerate(rows_of(rows)):
            colour = BLUE if row["definition"] == context.shared.central.need.headline else MIST
            ends = [row["q10"] / unit.size, row["q90"] / unit.size]
            axis.plot(ends, [place, place], color=colour, lw=7, solid_capstyle="butt")
            axis.plot(row["shown"] / unit.size, place, "|", ms=11, color="white", mew=2)
        bar_names(axis, np.arange(len(rows)), names, QUIET)
        axis.set_ylim(-0.6, len(rows) - 0.4)
        axis.set_xlim(0, float(rows["q90"].max()) / unit.size * 1.05)
        unit_title(axis, words, "axis.persons", unit)
    items = words.clauses(f"{name} {words.estimate(shown)}" for name, shown in zip(names, rows["shown"], strict=True))
    caption = words("definitions.caption", year=year)
    return Picture("definitions", plot.svg, caption, words("definitions.alt", caption=caption, items=items))


def drivers(context: Context) -> Sequence[Block]:
    """One waterfall, one bar chart of what matters, one table of scenarios."""
    return [pictures(_waterfall(context), _sensitivity(context)), context.note("drivers.note"), _scenarios(context)]


def _waterfall(context: Context) -> Picture | None:
    """Beds by need, from the base year to the last, driver by driver."""
    words = context.words
    rows = context.rows("waterfall", resource="beds", yardstick="need").sort_values("order")
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
    rows = context.rows("sensitivity", resource="beds", yardstick="need")
    rows = rows[rows["rank"] > 0].sort_values("rank").head(MOST)
    if rows.empty:
        return None
    names = [words.code("input", name) for name in rows["input"]]
    ends = rows[["low", "high"]].to_numpy(dtype=float)
    unit = words.unit(ends.max(), column=True)
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


def childcare(context: Context) -> Sequence[Block]:
    """Childcare places of a plan that covers them: what its ratio takes as the number of small children changes."""
    words, column, rows = context.words, context.column, context.rows("childcare")
    if rows.empty:
        return []
    years = [year for year in context.years if (rows["year"] == year).any()]
    counted = rows[rows["measure"] == "places_existing"].tail(1)

    def cell(measure: str, year: int) -> Cell:
        if measure == "places_existing":
            return value(counted.iloc[0]) if len(counted) else None
        found = context.value("childcare", measure=measure, year=year)
        return words.exact(found.shown, 2) if found is not None and measure == "places_per_1000" else found

    def name(measure: str) -> str:
        return words(f"childcare.{measure}", year=int(counted["year"].iloc[0]) if measure == "places_existing" else "")

    return [
        context.table(
            words("childcare.table"),
            [measure for measure in CHILDCARE if any(cell(measure, year) is not None for year in years)],
            column("head.what_need", name, 34),
            *context.year_columns(cell, 22, years=years, decimals=0),
        ),
        context.note("childcare.note"),
    ]
