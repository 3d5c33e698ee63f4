"""People in need by severity and with dementia, what their care takes, and childcare where a plan covers it."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.patches import Patch

from pipeline.report.context import Context, pictures, rows_of
from pipeline.report.document import Block, Cell, Picture
from pipeline.report.facts import value
from pipeline.report.style import BLUE, MIST, ORANGE, across, drawing, scale, unit_title, value_axis
from pipeline.vocabulary import SEVERITIES

MEASURES = ("disabled", "dementia", "residents", "beds", "nursing_beds", "dementia_beds", "caregivers")
CHILDCARE = ("children_under_3", "places_required", "places_existing", "places_per_1000", "places_to_add")
SHADES = dict(zip(SEVERITIES, (MIST, BLUE, ORANGE), strict=True))


def need(context: Context) -> Sequence[Block]:
    """People by severity, what their care takes, and how far definitions differ."""
    words, column, facts, goal = context.words, context.column, context.plan, context.goal_year
    definitions = facts.rows("need", measure="disabled", severity=None, setting=None, year=goal)
    local = facts.rows("need", measure="disabled", definition="local_count")
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
    rows = context.plan.rows("need", measure="disabled", definition=headline, setting=None, severity=SEVERITIES)
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
    rows = context.plan.rows("need", year=year, measure="disabled", severity=None, setting=None)
    rows = rows.dropna(subset="q90").sort_values("shown")
    if len(rows) < 2:
        return None
    names = [words.code("definition", name) for name in rows["definition"]]
    with drawing(0.33 * len(rows) + 0.6) as plot:
        axis, unit = plot.axis, scale(float(rows["q90"].max()), words)
        for place, row in enumerate(rows_of(rows)):
            colour = BLUE if row["definition"] == context.shared.central.need.headline else MIST
            ends = [row["q10"] / unit.size, row["q90"] / unit.size]
            axis.plot(ends, [place, place], color=colour, lw=7, solid_capstyle="butt")
            axis.plot(row["shown"] / unit.size, place, "|", ms=11, color="white", mew=2)
        axis.set_yticks(range(len(rows)), names)
        axis.set_ylim(-0.6, len(rows) - 0.4)
        axis.set_xlim(0, float(rows["q90"].max()) / unit.size * 1.05)
        across(axis)
        unit_title(axis, words, "axis.persons", unit)
    items = words.clauses(f"{name} {words.estimate(shown)}" for name, shown in zip(names, rows["shown"], strict=True))
    caption = words("definitions.caption", year=year)
    return Picture("definitions", plot.svg, caption, words("definitions.alt", caption=caption, items=items))


def childcare(context: Context) -> Sequence[Block]:
    """Childcare places of a plan that covers them: what its ratio takes as the number of small children changes."""
    words, column, rows = context.words, context.column, context.plan.rows("childcare")
    if rows.empty:
        return []
    years = [year for year in context.years if (rows["year"] == year).any()]
    counted = rows[rows["measure"] == "places_existing"].tail(1)

    def cell(measure: str, year: int) -> Cell:
        if measure == "places_existing":
            return value(counted.iloc[0]) if len(counted) else None
        found = context.plan.value("childcare", measure=measure, year=year)
        return words.exact(found.shown, 2) if found is not None and measure == "places_per_1000" else found

    def name(measure: str) -> str:
        return words(f"childcare.{measure}", year=int(counted["year"].iloc[0]) if measure == "places_existing" else "")

    return [
        context.table(
            words("childcare.table"),
            [measure for measure in CHILDCARE if any(cell(measure, year) is not None for year in years)],
            column("head.what_need", name, 34),
            *context.year_columns(cell, 22, years=years, exact=True),
        ),
        context.note("childcare.note"),
    ]
