"""People in need by severity and with dementia, what their care takes, and childcare where a plan covers it."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Cell, Picture, ReportColumn
from pipeline.report.facts import value
from pipeline.report.sections.planned import beside_old, by_need, goal_year
from pipeline.report.style import BLUE, MIST, ORANGE, canvas, drawn, legend, scale, sheet, value_axis
from pipeline.vocabulary import SEVERITIES

MEASURES = ("disabled", "dementia", "residents", "beds", "nursing_beds", "dementia_beds", "caregivers")
SHADES = dict(zip(SEVERITIES, (MIST, BLUE, ORANGE), strict=True))


def need(context: Context) -> Sequence[Block]:
    """People by severity, what their care takes, and how far definitions differ."""
    words, facts = context.words, context.plan
    years = sorted({context.today, goal_year(context), context.last})
    definitions = facts.rows("need", measure="disabled", severity=None, setting=None, year=goal_year(context))
    local = facts.rows("need", measure="disabled", definition="local_count")
    return [
        pictures(_by_severity(context), _definitions(context)),
        context.table(
            words("need.table"),
            [measure for measure in MEASURES if by_need(context, measure, years[0]) is not None],
            ReportColumn(words("head.what_need"), lambda measure: words(f"need.{measure}"), 30),
            *(
                ReportColumn(words("head.end_of", year=str(y)), lambda measure, y=y: by_need(context, measure, y), 22)  # type: ignore[misc]
                for y in years
            ),
            ReportColumn(
                words("head.per_old", year=str(goal_year(context))),
                lambda measure: beside_old(context, measure, per=1000),
                16,
                number=True,
            ),
        ),
        context.note("need.note", definitions=str(len(definitions))),
        *(
            context.note(
                "need.local",
                value=words.exact(float(row["shown"])),
                year=str(int(row["year"])),
                basis=words.code("basis", row["basis"]),
            )
            for _, row in local.drop_duplicates("shown").iterrows()
        ),
    ]


def _by_severity(context: Context) -> Picture | None:
    words, headline = context.words, context.shared.central.need.headline
    rows = context.plan.rows("need", measure="disabled", definition=headline, setting=None, severity=SEVERITIES)
    wide = rows.pivot(index="severity", columns="year", values="shown") if len(rows) else pd.DataFrame()
    years = [year for year in map(int, wide.columns) if year >= context.today]
    if len(years) < 2:
        return None
    levels = wide.loc[list(SEVERITIES), years].to_numpy(dtype=float)
    with sheet():
        figure, axis = canvas(2.5)
        unit = value_axis(axis, float(levels.sum(axis=0).max()), words, "axis.persons")
        foot, places = np.zeros(len(years)), range(len(years))
        for severity, row in zip(SEVERITIES, levels, strict=True):
            axis.bar(places, row / unit.size, 0.55, bottom=foot, color=SHADES[severity], linewidth=0)
            foot += row / unit.size
        axis.set_xticks(places, [str(year) for year in years])
        legend(figure, [Patch(facecolor=SHADES[s], label=words(f"severity_of.{s}")) for s in SEVERITIES], 3)
        svg = drawn(figure)
    values = {
        "first": str(years[0]),
        "last": str(years[-1]),
        "now": words.estimate(float(levels[:, 0].sum())),
        "then": words.estimate(float(levels[:, -1].sum())),
    }
    caption = words("need.caption", **values)
    severe = words.estimate(float(levels[-1, -1]))
    return Picture("need", svg, caption, words("need.alt", caption=caption, severe=severe))


def _definitions(context: Context) -> Picture | None:
    """How many people each definition of disability counts in the goal year."""
    words, year = context.words, goal_year(context)
    rows = context.plan.rows("need", year=year, measure="disabled", severity=None, setting=None)
    rows = rows[rows["q90"].notna()].sort_values("shown")
    if len(rows) < 2:
        return None
    headline = context.shared.central.need.headline
    with sheet():
        figure, axis = canvas(0.33 * len(rows) + 0.6)
        unit = scale(float(rows["q90"].max()), words)
        for place, (_, row) in enumerate(rows.iterrows()):
            colour = BLUE if row["definition"] == headline else MIST
            axis.plot(
                [row["q10"] / unit.size, row["q90"] / unit.size],
                [place, place],
                color=colour,
                lw=7,
                solid_capstyle="butt",
            )
            axis.plot(row["shown"] / unit.size, place, "|", ms=11, color="white", mew=2)
        axis.set_yticks(range(len(rows)), [words.code("definition", name) for name in rows["definition"]])
        axis.set_ylim(-0.6, len(rows) - 0.4)
        axis.set_xlim(0, float(rows["q90"].max()) / unit.size * 1.05)
        axis.grid(True, axis="x")
        axis.grid(False, axis="y")
        axis.set_title(words("axis.persons", unit=unit.sign + words.either("", " ") if unit.sign else ""))
        svg = drawn(figure)
    items = words.either("；", "; ").join(
        f"{words.code('definition', row['definition'])} {words.estimate(float(row['shown']))}"
        for _, row in rows.iterrows()
    )
    caption = words("definitions.caption", year=str(year))
    return Picture("definitions", svg, caption, words("definitions.alt", caption=caption, items=items))


def childcare(context: Context) -> Sequence[Block]:
    """Childcare places of a plan that covers them: what its ratio takes as the number of small children changes."""
    words = context.words
    rows = context.plan.rows("childcare")
    if rows.empty:
        return []
    measures = ("children_under_3", "places_required", "places_existing", "places_per_1000", "places_to_add")
    years = [
        year for year in sorted(rows["year"].unique()) if year in (context.today, goal_year(context), context.last)
    ]
    counted = rows[rows["measure"] == "places_existing"]

    def cell(year: int, measure: str) -> Cell:
        if measure == "places_existing":
            return value(counted.iloc[-1]) if len(counted) else None
        found = context.plan.value("childcare", measure=measure, year=year)
        return words.exact(found.shown, 2) if found is not None and measure == "places_per_1000" else found

    def name(measure: str) -> str:
        since = str(int(counted["year"].iloc[-1])) if measure == "places_existing" else ""
        return words(f"childcare.{measure}", year=since)

    return [
        context.table(
            words("childcare.table"),
            [m for m in measures if any(cell(int(y), m) is not None for y in years)],
            ReportColumn(words("head.what_need"), name, 34),
            *(
                ReportColumn(words("head.end_of", year=str(year)), partial(cell, int(year)), 22, exact=True)
                for year in years
            ),
        ),
        context.note("childcare.note"),
    ]
