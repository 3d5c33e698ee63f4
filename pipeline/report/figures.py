"""The figures of the reports. Each takes facts and words and returns SVG text; none knows of files or pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.report.drawing import drawn
from pipeline.report.facts import CENSUS_YEAR, OLD_GROUPS, RESOURCES, CensusPoint, Line, RegionFacts, Resource
from pipeline.report.style import (
    BLUE,
    GROUP_STROKES,
    INK,
    MIST,
    ORANGE,
    PLUM,
    QUIET,
    RULE,
    SAND,
    STROKES,
    TEAL,
    Stroke,
    canvas,
    scale_for,
    sheet,
    spread,
)
from pipeline.report.words import Words, significant

HALO = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}

WIDEST = 200.0
"""Percent: an interval of sufficiency that reaches beyond is cut off there, so that lines keep their slope."""

FLATTENS = 2.5
"""A line of need so many times higher than all others is written as a number and not drawn."""


@dataclass(frozen=True)
class Forecast:
    """A plan's own forecast of an old-age population: persons at a year's end, and of whom."""

    group: str
    year: int
    value: float
    basis: str


def pyramid(facts: RegionFacts, last: int, words: Words) -> str:
    """Men left, women right, by five-year age group: 2020 as an outline, the last year as bars."""
    tables = {}
    for year in (CENSUS_YEAR, last):
        rows = facts.pyramid[year]
        middle = rows[(rows["output_type"] == "quantile") & (rows["output_type_id"] == 0.5)]
        tables[year] = middle.pivot(index="age_group", columns="sex", values="value")
    groups = sorted(tables[last].index, key=lambda g: int(g.split("-")[0].rstrip("+")))
    largest = max(float(table.to_numpy().max()) for table in tables.values())
    scale = scale_for(largest, words)
    with sheet():
        figure, (axis,) = canvas(3.75)
        height = np.arange(len(groups))
        old = np.array([int(g.split("-")[0].rstrip("+")) >= 60 for g in groups])
        for sex, side in (("male", -1), ("female", 1)):
            future = tables[last].loc[groups, sex].to_numpy(dtype=float) / scale.divisor * side
            axis.barh(height, future, 0.86, color=np.where(old, BLUE, MIST), linewidth=0)
            past = tables[CENSUS_YEAR].loc[groups, sex].to_numpy(dtype=float) / scale.divisor * side
            edges = np.repeat(np.append(height - 0.5, height[-1] + 0.5), 2)[1:-1]
            axis.plot(np.repeat(past, 2), edges, color=ORANGE, lw=1.5)
            word = axis.text(side * 0.97, 1.0, words(f"sex.{sex}"), transform=axis.get_yaxis_transform(), fontsize=9)
            word.set_transform(axis.transAxes)
            word.set_position((0.02 if side < 0 else 0.98, 0.97))
            word.set_horizontalalignment("left" if side < 0 else "right")
        axis.axvline(0, color="white", lw=1.2)
        axis.set_yticks(height[::2], groups[::2])
        axis.set_ylim(-0.7, len(groups) - 0.2)
        limit = largest / scale.divisor * 1.06
        axis.set_xlim(-limit, limit)
        axis.xaxis.set_major_locator(MaxNLocator(7, symmetric=True))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _plain(abs(v), words)))
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_ylabel(words("axis.age"))
        axis.set_xlabel(words("axis.persons", unit=words(scale.key)))
        handles: list[Line2D | Patch] = [
            Line2D([], [], color=ORANGE, lw=1.5, label=words("pyramid.census", year=str(CENSUS_YEAR))),
            Patch(facecolor=MIST, label=words("pyramid.young", year=str(last))),
            Patch(facecolor=BLUE, label=words("pyramid.old", year=str(last))),
        ]
        _legend(figure, handles, 3)
        return drawn(figure)


def paths(facts: RegionFacts, forecasts: Sequence[Forecast], words: Words, counted: Sequence[CensusPoint] = ()) -> str:
    """60+, 65+ and 80+ by year with their intervals, the counts of the censuses and the plan's own forecast.

    `counted` are published counts of years' ends, which are shown and were not used.
    """
    largest = max([*(line.column(0.975).max() for line in facts.old.values()), *(f.value for f in forecasts)])
    scale = scale_for(largest, words)
    with sheet():
        figure, (axis,) = canvas(3.4)
        ends = []
        for group in OLD_GROUPS:
            line, stroke = facts.old[group], GROUP_STROKES[group]
            when = _year_ends(line)
            _band(axis, when, line, stroke.colour, scale.divisor)
            _stroke(axis, when, line.column(0.5) / scale.divisor, stroke)
            points = [point for point in facts.census if point.group == group]
            values = [point.value / scale.divisor for point in points]
            axis.plot([p.when for p in points], values, "o", ms=5.5, mfc="white", mec=stroke.colour, mew=1.5, zorder=4)
            published = [point for point in counted if point.group == group]
            values = [point.value / scale.divisor for point in published]
            axis.plot([p.when for p in published], values, "x", ms=5, mec=INK, mew=1.3, zorder=6)
            ends.append((group, stroke, line.column(0.5)[-1] / scale.divisor, when[-1]))
        basis_marks = {"resident": ORANGE, "hukou": "white", "unspecified": SAND}
        for forecast in forecasts:
            axis.plot(
                forecast.year + 1.0,
                forecast.value / scale.divisor,
                "D",
                ms=6.5,
                mfc=basis_marks.get(forecast.basis, SAND),
                mec=ORANGE,
                mew=1.5,
                zorder=5,
            )
        top = largest / scale.divisor * 1.1
        axis.set_ylim(0, top)
        axis.set_xlim(1999.5, ends[0][3] + 0.3)
        placed = spread([value for _, _, value, _ in ends], top * 0.075)
        for (group, stroke, value, _), y in zip(ends, placed, strict=True):
            label = words("paths.end", group=words(f"group.{group}"), value=_plain(float(f"{value:.4g}"), words))
            axis.annotate(
                label,
                (ends[0][3], y),
                xytext=(6, 0),
                textcoords="offset points",
                color=stroke.colour,
                va="center",
                fontsize=9,
                annotation_clip=False,
            )
        axis.set_xticks([2000, 2005, 2010, 2015, 2020, 2025, 2030, 2035])
        axis.set_title(words("axis.persons", unit=words(scale.key)), color=QUIET, fontsize=8.5)
        handles: list[Line2D | Patch] = [
            Line2D([], [], marker="o", ls="", ms=5.5, mfc="white", mec=INK, mew=1.5, label=words("paths.census")),
            Line2D([], [], color=INK, lw=1.8, label=words("paths.projection")),
        ]
        if counted:
            label = words("paths.counted")
            handles.append(Line2D([], [], marker="x", ls="", ms=5, mec=INK, mew=1.3, label=label))
        for basis in dict.fromkeys(f.basis for f in forecasts):
            handles.append(
                Line2D(
                    [],
                    [],
                    marker="D",
                    ls="",
                    ms=6.5,
                    mfc=basis_marks.get(basis, SAND),
                    mec=ORANGE,
                    mew=1.5,
                    label=words("paths.forecast", basis=words(f"basis.{basis}")),
                )
            )
        if not all(line.certain for line in facts.old.values()):
            handles.append(Patch(facecolor=BLUE, alpha=0.28, label=words("interval.bands")))
        _legend(figure, handles, 2)
        return drawn(figure)


@dataclass(frozen=True)
class Balance:
    """Requirement and supply of one resource: lines by yardstick and by supply path."""

    resource: Resource
    required: Mapping[str, Line]
    supply: Mapping[str, Line]


def balances(items: Sequence[Balance], words: Words) -> str:
    """Small multiples: what each resource takes by yardstick, what there is by path, the main gap shaded."""
    rows = (len(items) + 2) // 2
    with sheet():
        figure, axes = canvas(1.7 * rows, rows, 2)
        used: list[str] = []
        for axis, item in zip(axes, items, strict=False):
            beyond = _beyond(item)
            required = {name: found for name, found in item.required.items() if name not in beyond}
            lines = [*required.values(), *item.supply.values()]
            if not lines:
                axis.text(0.5, 0.5, words("balance.unknown"), transform=axis.transAxes, ha="center", color=QUIET)
            highest = max((float(line.column(0.9).max()) for line in lines), default=1.0)
            scale = scale_for(highest, words)
            held, main = item.supply.get("held"), item.required.get(item.resource.yardstick)
            if held is not None and main is not None:
                both = [year for year in held.years if year in main.years]
                low = held.values.loc[both, 0.5].to_numpy(dtype=float) / scale.divisor
                high = main.values.loc[both, 0.5].to_numpy(dtype=float) / scale.divisor
                axis.fill_between(both, low, high, where=list(high > low), color=SAND, alpha=0.75, lw=0, zorder=1)
            for name, line in (*required.items(), *item.supply.items()):
                used.append(name)
                colour = STROKES[name].colour
                if not line.certain and name in (item.resource.yardstick, "held"):
                    axis.fill_between(
                        line.years,
                        line.column(0.1) / scale.divisor,
                        line.column(0.9) / scale.divisor,
                        color=colour,
                        alpha=0.18,
                        lw=0,
                    )
                _stroke(axis, np.array(line.years, dtype=float), line.column(0.5) / scale.divisor, STROKES[name])
            if held is None and lines:
                axis.text(
                    0.03,
                    0.06,
                    words("balance.no_stock"),
                    transform=axis.transAxes,
                    color=ORANGE,
                    fontsize=8.5,
                    bbox=HALO,
                )
            elif held is not None and held.assumed:
                axis.text(
                    0.03,
                    0.06,
                    words("balance.imputed"),
                    transform=axis.transAxes,
                    color=QUIET,
                    fontsize=8.5,
                    bbox=HALO,
                )
            for found in beyond.values():
                value = words.number(float(found.column(0.5)[-1]))
                text = words("balance.beyond", year=str(found.years[-1]), value=value)
                axis.text(0.03, 0.9, text, transform=axis.transAxes, color=BLUE, fontsize=8.5, bbox=HALO)
            year = item.resource.measured_year
            if lines:
                axis.axvline(year, color=RULE, lw=1.0, zorder=0.5)
            axis.set_ylim(0, highest / scale.divisor * 1.12)
            axis.set_xlim(2019.5, 2035.5)
            axis.set_xticks([2020, 2025, 2030, 2035])
            axis.yaxis.set_major_locator(MaxNLocator(4))
            name = words(f"resource.{item.resource.name}")
            axis.set_title(words(f"unit_of.{item.resource.unit}", name=name, unit=words(scale.key)))
        for axis in axes[len(items) :]:
            axis.set_axis_off()
        handles: list[Line2D | Patch] = [_key(name, words) for name in STROKES if name in used]
        handles.append(Patch(facecolor=SAND, alpha=0.75, label=words("balance.short")))
        handles.append(Line2D([], [], color=RULE, lw=1.0, label=words("balance.target_year")))
        if len(axes) > len(items):
            axes[len(items)].legend(handles=handles, loc="center left", labelspacing=0.7)
        else:
            _legend(figure, handles, 3)
        return drawn(figure)


def sufficiency(items: Sequence[Resource], words: Words) -> str:
    """Supply as a share of the requirement by year, with the last known stock held; 100 % is enough."""
    colours = dict(zip(RESOURCES, (BLUE, TEAL, PLUM, ORANGE, QUIET), strict=True))
    dashes: dict[str, object] = dict(
        zip(RESOURCES, ("-", (0, (6, 1.5)), (0, (2, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (1, 1))), strict=True)
    )
    known = [item for item in items if item.sufficiency is not None]
    with sheet():
        figure, (axis,) = canvas(3.1)
        ends, tops = [], [100.0]
        for item in known:
            line = item.sufficiency
            assert line is not None
            shares = line.column(0.5) * 100
            tops += [float(shares.max()), min(float(line.column(0.9).max()) * 100, WIDEST)]
            stroke = Stroke(colours[item.name], dashes[item.name])  # type: ignore[arg-type]
            if not line.certain:
                axis.fill_between(
                    line.years,
                    line.column(0.1) * 100,
                    line.column(0.9) * 100,
                    color=stroke.colour,
                    alpha=0.12,
                    lw=0,
                )
            _stroke(axis, np.array(line.years, dtype=float), shares, stroke)
            ends.append((item, shares[-1], stroke.colour))
        top = max(tops) * 1.1
        placed = spread([value for _, value, _ in ends], top * 0.085)
        for (item, value, colour), y in zip(ends, placed, strict=True):
            axis.annotate(
                f"{words('resource.' + item.name)} {value:.0f}%",
                (2035, y),
                xytext=(6, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                annotation_clip=False,
            )
        axis.axhline(100, color=INK, lw=1.0)
        axis.text(2034.9, 100 + top * 0.015, words("sufficiency.enough"), color=INK, fontsize=8.5, ha="right")
        axis.set_ylim(0, top)
        axis.set_xlim(2019.8, 2035)
        axis.set_xticks([2020, 2025, 2030, 2035])
        axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}%"))
        return drawn(figure)


def rates(items: Sequence[Resource], last: int, words: Words) -> str:
    """Units to add a year until the last year beside the record, both as a share of the last known stock."""
    rows = []
    for item in items:
        asked = item.per_year.at(last) if item.per_year is not None else None
        if asked is None or item.supply is None:
            continue
        stock = item.supply.column(0.5)[0]
        rows.append(
            (item, asked.median / stock * 100, None if item.record is None else item.record.per_year / stock * 100)
        )
    with sheet():
        figure, (axis,) = canvas(0.62 * len(rows) + 0.9)
        position = np.arange(len(rows))[::-1] * 1.0
        span = max([abs(v) for _, a, r in rows for v in (a, r or 0.0)] + [1.0])
        for y, (_item, asked_share, record) in zip(position, rows, strict=True):
            axis.barh(y + 0.19, asked_share, 0.34, color=BLUE)
            _bar_label(axis, asked_share, y + 0.19, span)
            if record is None:
                axis.text(span * 0.012, y - 0.19, words("rates.no_record"), va="center", color=QUIET, fontsize=8.5)
            else:
                axis.barh(y - 0.19, record, 0.34, color=SAND, edgecolor=ORANGE, hatch="////", lw=0.8)
                _bar_label(axis, record, y - 0.19, span)
        axis.set_yticks(position, [words(f"resource.{item.name}") for item, _, _ in rows])
        axis.tick_params(axis="y", labelcolor=INK, labelsize=9)
        axis.axvline(0, color=INK, lw=0.9)
        axis.set_ylim(-0.55, len(rows) - 0.45)
        lowest = min([0.0, *(r for _, _, r in rows if r is not None), *(a for _, a, _ in rows)])
        highest = max([0.0, *(r for _, _, r in rows if r is not None), *(a for _, a, _ in rows)])
        axis.set_xlim(lowest - (span * 0.2 if lowest < 0 else 0), highest + span * 0.2)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}%".replace("-", "−")))
        axis.set_xlabel(words("rates.axis"))
        handles = [
            Patch(facecolor=BLUE, label=words("rates.asked", year=str(last))),
            Patch(facecolor=SAND, edgecolor=ORANGE, hatch="////", label=words("rates.record")),
        ]
        _legend(figure, handles, 2)
        return drawn(figure)


@dataclass(frozen=True)
class ScenarioPanel:
    """One quantity under every scenario: (low, median, high) of the 80 % interval, by scenario."""

    title: str
    values: Mapping[str, tuple[float, float, float]]


def scenarios(panels: Sequence[ScenarioPanel], names: Mapping[str, str], words: Words) -> str:
    """Dot plots side by side: one row a scenario, one panel a quantity, values written beside the dots."""
    keys = list(names)
    with sheet():
        figure, axes = canvas(0.36 * len(keys) + 0.75, 1, len(panels), sharey=True)
        for axis, panel in zip(axes, panels, strict=True):
            centre = panel.values[keys[0]][1]
            known = [value for triple in panel.values.values() for value in triple]
            reach = max(max(known) - min(known), abs(centre) * 0.02, 1.0)
            for y, key in enumerate(reversed(keys)):
                low, middle, high = panel.values[key]
                if high - low > 1e-6 * max(abs(middle), 1.0):
                    axis.plot([low, high], [y, y], color=MIST, lw=5, solid_capstyle="butt")
                axis.plot(middle, y, "o", ms=6.5, color=BLUE if key == keys[0] else ORANGE)
                axis.annotate(
                    words.number(significant(middle)),
                    (middle, y),
                    xytext=(0, 6),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8.5,
                )
            axis.axvline(centre, color=RULE, lw=1.0, zorder=0.5)
            axis.set_xlim(min(known) - reach * 0.55, max(known) + reach * 0.55)
            axis.set_xticks([])
            axis.spines["bottom"].set_visible(False)
            axis.set_title(panel.title, fontsize=8.8)
        axes[0].set_yticks(range(len(keys)), [names[key] for key in reversed(keys)])
        axes[0].set_ylim(-0.5, len(keys) - 0.35)
        axes[0].tick_params(axis="y", labelcolor=INK, labelsize=9)
        return drawn(figure)


def shares(lines: Mapping[str, tuple[str, Sequence[int], np.ndarray]], words: Words) -> str:
    """Share of people aged 60+ by region and year, labelled at the line's end; the nation is dashed grey."""
    colours = (BLUE, ORANGE, TEAL, PLUM, "#8a6d1f")
    dashes: tuple[object, ...] = ("-", (0, (6, 1.5)), (0, (2, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (1, 1)))
    with sheet():
        figure, (axis,) = canvas(3.5)
        ends = []
        own = count()
        for region, (name, years, values) in lines.items():
            # Beyond the fifth region colours come back with another dash.
            place = 0 if region == "china" else next(own)
            colour = QUIET if region == "china" else colours[place % 5]
            dash = (0, (4, 3)) if region == "china" else dashes[(place + place // 5) % 5]
            _stroke(axis, np.array(years, dtype=float), values * 100, Stroke(colour, dash, 1.9))  # type: ignore[arg-type]
            ends.append((name, float(values[-1] * 100), colour, years[-1]))
        low, high = axis.get_ylim()
        placed = spread([value for _, value, _, _ in ends], (high - low) * 0.07)
        for (name, value, colour, year), y in zip(ends, placed, strict=True):
            axis.annotate(
                f"{name} {value:.1f}%",
                (year, y),
                xytext=(6, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                annotation_clip=False,
            )
        axis.set_xlim(2019.8, 2035)
        axis.set_xticks([2020, 2025, 2030, 2035])
        axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}%"))
        axis.set_title(words("shares.axis"), color=QUIET, fontsize=8.5)
        return drawn(figure)


@dataclass(frozen=True)
class Ranking:
    """Regions ranked by one number, largest first: (name, value, whether the stock behind it is assumed)."""

    title: str
    rows: Sequence[tuple[str, float, bool]]
    decimals: int


def rankings(panels: Sequence[Ranking], words: Words) -> str:
    """Bars side by side, each panel with its own order; hatched where the stock is imputed."""
    rows = (len(panels) + 1) // 2
    with sheet():
        figure, axes = canvas(1.75 * rows + 0.35, rows, 2)
        for axis, panel in zip(axes, panels, strict=True):
            position = np.arange(len(panel.rows))[::-1]
            span = max((abs(value) for _, value, _ in panel.rows), default=1.0) or 1.0
            for y, (_, value, assumed) in zip(position, panel.rows, strict=True):
                style: dict[str, Any] = (
                    {"color": SAND, "edgecolor": BLUE, "hatch": "////", "lw": 0.8} if assumed else {"color": BLUE}
                )
                axis.barh(y, value, 0.62, **style)
                axis.annotate(
                    words.number(significant(value), panel.decimals),
                    (max(value, 0.0), y),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8.5,
                )
            axis.set_yticks(position, [name for name, _, _ in panel.rows])
            axis.tick_params(axis="y", labelcolor=INK, labelsize=9)
            lowest = min([0.0, *(value for _, value, _ in panel.rows)])
            axis.set_xlim(lowest * 1.1, span * 1.28)
            axis.set_xticks([])
            axis.spines["bottom"].set_visible(False)
            axis.axvline(0, color=INK, lw=0.9)
            axis.grid(False)
            axis.set_title(panel.title, fontsize=9)
        handles = [
            Patch(facecolor=BLUE, label=words("ranking.stated")),
            Patch(facecolor=SAND, edgecolor=BLUE, hatch="////", label=words("ranking.imputed")),
        ]
        _legend(figure, handles, 2)
        return drawn(figure)


def benchmark(table: pd.DataFrame, words: Words) -> str:
    """The nation: our path beside the UN's (its intervals where it gives any) and beside published counts."""
    groups = [group for group in ("total", *OLD_GROUPS) if (table["age_group"] == group).any()]
    with sheet():
        figure, axes = canvas(2.1 * ((len(groups) + 1) // 2), (len(groups) + 1) // 2, 2)
        handles: dict[str, Line2D | Patch] = {}
        for axis, group in zip(axes, groups, strict=False):
            rows = table[table["age_group"] == group]
            scale = scale_for(float(rows["value"].max()), words)
            un = rows[rows["source"].isin(["wpp_2024", "wpp_2022"])].sort_values("date")
            when = [_end_of(date) for date in un["date"]]
            source = str(un["source"].iloc[0])
            if un["lower_95"].notna().all():
                for lower, upper, alpha in (("lower_95", "upper_95", 0.14), ("lower_80", "upper_80", 0.2)):
                    axis.fill_between(
                        when, un[lower] / scale.divisor, un[upper] / scale.divisor, color=ORANGE, alpha=alpha, lw=0
                    )
                handles["band"] = Patch(facecolor=ORANGE, alpha=0.3, label=words("benchmark.band"))
            axis.plot(when, un["value"] / scale.divisor, color=ORANGE, lw=1.6, ls=(0, (5, 2)))
            for lower, upper, alpha in (("lower_95", "upper_95", 0.12), ("lower_80", "upper_80", 0.16)):
                low, high = (un[f"ours_{end}"] / scale.divisor for end in (lower, upper))
                axis.fill_between(when, low, high, color=BLUE, alpha=alpha, lw=0)
            axis.plot(when, un["ours_median"] / scale.divisor, color=BLUE, lw=2.0)
            handles["own"] = Patch(facecolor=BLUE, alpha=0.28, label=words("benchmark.own_band"))
            handles["un"] = Line2D([], [], color=ORANGE, lw=1.6, ls=(0, (5, 2)), label=words("benchmark.un"))
            handles["ours"] = Line2D([], [], color=BLUE, lw=2.0, label=words("benchmark.ours"))
            counted = rows[rows["source"] == "communique"]
            if len(counted):
                axis.plot(
                    [_end_of(date) for date in counted["date"]],
                    counted["value"] / scale.divisor,
                    "o",
                    ms=5.5,
                    mfc="white",
                    mec=INK,
                    mew=1.4,
                    zorder=4,
                )
                handles["count"] = Line2D(
                    [],
                    [],
                    marker="o",
                    ls="",
                    ms=5.5,
                    mfc="white",
                    mec=INK,
                    mew=1.4,
                    label=words("benchmark.count"),
                )
            name = words(f"group.{group}")
            unit = words("axis.persons", unit=words(scale.key))
            axis.set_title(f"{name} · {words('source.' + source)}", fontsize=9)
            axis.set_ylabel(unit, fontsize=8.5)
            axis.set_xlim(2020.5, 2036.3)
            axis.set_xticks([2025, 2030, 2035])
            axis.yaxis.set_major_locator(MaxNLocator(4))
        for axis in axes[len(groups) :]:
            axis.set_axis_off()
        _legend(figure, list(handles.values()), 2)
        return drawn(figure)


@dataclass(frozen=True)
class Shares:
    """The nation's share of one age group, percent: this projection by quantile, other methods, published years."""

    group: str
    years: np.ndarray
    ours: Mapping[float, np.ndarray]
    others: Mapping[str, tuple[np.ndarray, np.ndarray]]
    counted_years: np.ndarray
    counted: np.ndarray


METHOD_STROKES = {
    "prophet": Stroke(ORANGE, (0, (5, 2)), 1.5),
    "state_space": Stroke(TEAL, (0, (2, 1.2)), 1.5),
    "ets": Stroke(PLUM, (0, (6, 1.5, 1, 1.5)), 1.5),
    "drift": Stroke(QUIET, (0, (1, 1)), 1.5),
    "exponential": Stroke("#8a6d1f", (0, (8, 2)), 1.5),
}


def rivals(panels: Sequence[Shares], words: Words) -> str:
    """Share of the old: published years, this projection with its intervals, and time-series methods as lines."""
    with sheet():
        figure, axes = canvas(3.1, 1, len(panels))
        names: list[str] = []
        for axis, panel in zip(axes, panels, strict=True):
            for low, high, alpha in ((0.025, 0.975, 0.13), (0.1, 0.9, 0.2)):
                axis.fill_between(panel.years, panel.ours[low], panel.ours[high], color=BLUE, alpha=alpha, lw=0)
            for name, (years, values) in panel.others.items():
                _stroke(axis, years, values, METHOD_STROKES[name])
                names.append(name)
            axis.plot(panel.years, panel.ours[0.5], color=BLUE, lw=2.2)
            axis.plot(panel.counted_years, panel.counted, "o", ms=3.2, mfc="white", mec=INK, mew=1.0, zorder=4)
            axis.set_title(words(f"group.{panel.group}"))
            axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}%"))
            axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axis.set_ylim(bottom=0)
        handles: list[Line2D | Patch] = [
            Line2D([], [], color=BLUE, lw=2.2, label=words("model.ours")),
            Patch(facecolor=BLUE, alpha=0.28, label=words("interval.bands")),
            Line2D([], [], marker="o", ls="", ms=3.2, mfc="white", mec=INK, mew=1.0, label=words("rivals.counted")),
        ]
        for name in dict.fromkeys(names):
            stroke = METHOD_STROKES[name]
            label = words(f"model.{name}")
            handles.append(Line2D([], [], color=stroke.colour, ls=stroke.dash, lw=stroke.width, label=label))
        _legend(figure, handles, 3)
        return drawn(figure)


def waterfall(rows: pd.DataFrame, base_year: int, target_year: int, words: Words) -> str:
    """From the base year's requirement to the target year's, driver by driver, in the order of the table.

    `rows` has columns driver and mean: first the base, then the changes; the sum of all is the last bar.
    """
    ordered = rows.sort_values("order")
    values = ordered["mean"].to_numpy(dtype=float)
    drivers = list(ordered["driver"])
    if drivers[-1] in ("target", "total"):
        values, drivers = values[:-1], drivers[:-1]
    running = np.cumsum(values)
    scale = scale_for(float(np.abs(running).max()), words)
    with sheet():
        figure, (axis,) = canvas(0.42 * (len(values) + 1) + 0.7)
        position = np.arange(len(values) + 1)[::-1]
        starts = np.concatenate([[0.0], running[:-1]])
        for index, (start, change) in enumerate(zip(starts, values, strict=True)):
            colour = BLUE if index == 0 else (ORANGE if change >= 0 else TEAL)
            axis.barh(position[index], change / scale.divisor, 0.6, left=start / scale.divisor, color=colour)
            text = words.number(significant(change)) if index == 0 else words.signed(significant(change))
            edge = max(start, start + change) / scale.divisor
            axis.annotate(
                text, (edge, position[index]), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5
            )
        axis.barh(position[-1], running[-1] / scale.divisor, 0.6, color=BLUE)
        axis.annotate(
            words.number(significant(running[-1])),
            (running[-1] / scale.divisor, position[-1]),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
        names = [words("waterfall.base", year=str(base_year))]
        names += [words(f"driver.{name}") for name in drivers[1:]]
        axis.set_yticks(position, [*names, words("waterfall.target", year=str(target_year))])
        axis.tick_params(axis="y", labelcolor=INK, labelsize=9)
        axis.set_xlim(0, float(running.max()) / scale.divisor * 1.2)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_xlabel(words(f"axis.{_unit(rows)}", unit=words(scale.key)))
        return drawn(figure)


def _unit(rows: pd.DataFrame) -> str:
    """What the rows of one resource count: beds or persons."""
    return "beds" if str(rows["resource"].iloc[0]).endswith("beds") else "workers"


def tornado(rows: pd.DataFrame, words: Words) -> str:
    """Each uncertain input's reach of the gap, the most telling on top; columns input, low, high, rank."""
    ordered = rows.sort_values("rank").head(10)
    scale = scale_for(float(ordered[["low", "high"]].abs().to_numpy().max()), words)
    with sheet():
        figure, (axis,) = canvas(0.36 * len(ordered) + 0.8)
        position = np.arange(len(ordered))[::-1]
        low = ordered["low"].to_numpy(dtype=float) / scale.divisor
        high = ordered["high"].to_numpy(dtype=float) / scale.divisor
        centre = float(np.median((low + high) / 2))
        axis.barh(position, low - centre, 0.6, left=centre, color=ORANGE)
        axis.barh(position, high - centre, 0.6, left=centre, color=BLUE)
        axis.axvline(centre, color=INK, lw=0.9)
        axis.set_yticks(position, [words(f"input.{name}") for name in ordered["input"]])
        axis.tick_params(axis="y", labelcolor=INK, labelsize=9)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _plain(v, words)))
        axis.set_xlabel(words(f"tornado.{_unit(rows)}", unit=words(scale.key)))
        handles = [
            Patch(facecolor=ORANGE, label=words("tornado.low")),
            Patch(facecolor=BLUE, label=words("tornado.high")),
        ]
        _legend(figure, handles, 2)
        return drawn(figure)


@dataclass(frozen=True)
class Curves:
    """One resource: (units, probability that they suffice) by yardstick, and the stock if nothing is added."""

    resource: str
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]]
    stock: float | None


def s_curves(panels: Sequence[Curves], words: Words) -> str:
    """Probability that so many units suffice, one panel a resource; the known stock as a line across."""
    columns = min(len(panels), 2)
    rows = (len(panels) + columns - 1) // columns
    with sheet():
        figure, axes = canvas(1.9 * rows + 0.5, rows, columns)
        used: list[str] = []
        for axis, panel in zip(axes, panels, strict=False):
            most = max(float(units.max()) for units, _ in panel.lines.values())
            scale = scale_for(max(most, panel.stock or 0.0), words)
            for name, (units, probability) in panel.lines.items():
                used.append(name)
                units, probability = np.r_[units[0], units, units[-1]], np.r_[0.0, probability, 1.0]
                _stroke(axis, units / scale.divisor, probability * 100, STROKES[name])
            if panel.stock is not None:
                axis.axvline(panel.stock / scale.divisor, color=ORANGE, lw=1.6)
            axis.set_xlim(left=0)
            axis.set_ylim(0, 101)
            axis.xaxis.set_major_locator(MaxNLocator(5))
            axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}%"))
            axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _plain(v, words)))
            unit = "beds" if panel.resource.endswith("beds") else "persons"
            axis.set_title(words(f"unit_of.{unit}", name=words(f"resource.{panel.resource}"), unit=words(scale.key)))
        for axis in axes[len(panels) :]:
            axis.set_axis_off()
        handles: list[Line2D | Patch] = [_key(name, words) for name in STROKES if name in used]
        handles.append(Line2D([], [], color=ORANGE, lw=1.6, label=words("s_curve.stock")))
        _legend(figure, handles, 4)
        return drawn(figure)


def definitions(values: Mapping[str, tuple[float, float, float]], other: float | None, words: Words) -> str:
    """Beds required by definition of need: median and 80 % interval, with the plan's or norm's number as a line."""
    keys = sorted(values, key=lambda k: values[k][1])
    scale = scale_for(max(high for _, _, high in values.values()), words)
    with sheet():
        figure, (axis,) = canvas(0.4 * len(keys) + 0.9)
        for y, key in enumerate(keys):
            low, middle, high = (value / scale.divisor for value in values[key])
            axis.plot([low, high], [y, y], color=MIST, lw=6, solid_capstyle="butt")
            axis.plot(middle, y, "o", color=BLUE, ms=6.5)
            axis.annotate(
                words.number(significant(values[key][1])),
                (high, y),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
                bbox=HALO,
            )
        if other is not None:
            axis.axvline(other / scale.divisor, color=ORANGE, lw=1.6, ls=(0, (5, 2)))
        axis.set_yticks(range(len(keys)), [words(f"definition.{key}") for key in keys])
        axis.tick_params(axis="y", labelcolor=INK, labelsize=9)
        axis.set_xlim(0, max(other or 0.0, *(high for _, _, high in values.values())) / scale.divisor * 1.18)
        axis.set_ylim(-0.6, len(keys) - 0.4)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _plain(v, words)))
        axis.set_xlabel(words("definitions.axis", unit=words(scale.key)))
        handles = [
            Line2D([], [], marker="o", ls="", color=BLUE, label=words("definitions.median")),
            Line2D([], [], color=ORANGE, lw=1.6, ls=(0, (5, 2)), label=words("definitions.other")),
        ]
        _legend(figure, handles, 2)
        return drawn(figure)


def _beyond(item: Balance) -> dict[str, Line]:
    """Need, where it lies so far above everything else that its line would flatten the others."""
    others = [*(found for name, found in item.required.items() if name != "need"), *item.supply.values()]
    need = item.required.get("need")
    highest = max((float(found.column(0.5).max()) for found in others), default=0.0)
    return {"need": need} if need is not None and highest and need.column(0.5).max() > FLATTENS * highest else {}


def _year_ends(line: Line) -> np.ndarray:
    """Where a line's years lie on an axis of dates: census day for the census, else the year's end."""
    return np.array([year + 0.835 if year == CENSUS_YEAR else year + 1.0 for year in line.years])


def _end_of(date: str) -> float:
    return float(pd.Timestamp(date).day_of_year / 365.25 + int(date[:4]))


def _band(axis: Axes, when: np.ndarray, line: Line, colour: str, divisor: float) -> None:
    if line.certain:
        return
    for low, high, alpha in ((0.025, 0.975, 0.13), (0.1, 0.9, 0.2)):
        axis.fill_between(
            when, line.column(low) / divisor, line.column(high) / divisor, color=colour, alpha=alpha, lw=0
        )


def _stroke(axis: Axes, when: np.ndarray, values: np.ndarray, stroke: Stroke) -> None:
    axis.plot(when, values, color=stroke.colour, ls=stroke.dash, lw=stroke.width)


def _key(name: str, words: Words) -> Line2D:
    stroke = STROKES[name]
    return Line2D([], [], color=stroke.colour, ls=stroke.dash, lw=stroke.width, label=words(f"line.{name}"))


def _legend(figure: Figure, handles: Sequence[Line2D | Patch], columns: int) -> None:
    figure.legend(handles=list(handles), loc="outside lower left", ncols=columns, columnspacing=1.6)


def _bar_label(axis: Axes, value: float, y: float, span: float) -> None:
    text = f"{value:+.1f}%".replace("-", "−")
    side = 1 if value >= 0 else -1
    axis.text(value + side * span * 0.015, y, text, va="center", ha="left" if side > 0 else "right", fontsize=8.5)


def _plain(value: float, words: Words) -> str:
    """A number on an axis, at most two decimals, no trailing zeros; thousands are set apart in English alone."""
    text = words.either(f"{value:.2f}", f"{value:,.2f}").rstrip("0").rstrip(".")
    return text.replace("-", "−")
