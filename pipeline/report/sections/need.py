"""People in need by severity and with dementia, what their care takes, and childcare where a plan covers it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Patch

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Column, Picture
from pipeline.report.facts import where
from pipeline.report.numbers import Value
from pipeline.report.sections.brief import disabled, goal_year
from pipeline.report.style import BLUE, MIST, ORANGE, canvas, drawn, legend, scale, sheet, value_axis, year_axis
from pipeline.vocabulary import NATION, SEVERITIES

MEASURES = ("disabled", "dementia", "residents", "beds", "nursing_beds", "dementia_beds", "caregivers")
SHADES = dict(zip(SEVERITIES, (MIST, BLUE, ORANGE), strict=True))


def need(context: Context) -> Sequence[Block]:
    """People by severity, what their care takes, and how far definitions differ."""
    words, facts, headline = context.words, context.plan, context.shared.central.need.headline
    years = sorted({context.today, goal_year(context), context.last})

    def total(measure: str, year: int) -> Value | None:
        definition = None if measure == "dementia" else headline
        return facts.value("need", year=year, measure=measure, severity=None, setting=None, definition=definition)

    definitions = facts.rows("need", measure="disabled", severity=None, setting=None, year=goal_year(context))
    local = facts.rows("need", measure="disabled", definition="local_count")
    return [
        pictures(_by_severity(context), _definitions(context)),
        context.table(
            words("need.table"),
            [measure for measure in MEASURES if total(measure, years[0]) is not None],
            Column(words("head.what_need"), lambda measure: words(f"need.{measure}"), 34),
            *(Column(words("head.end_of", year=str(year)), lambda m, y=year: total(m, y), 22) for year in years),  # type: ignore[misc]
        ),
        context.note("need.note", definitions=str(len(definitions)), share=_share(context)),
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


def _share(context: Context) -> str:
    """The disabled as a share of people aged 60 and over, here and in the nation, in the goal year."""
    words, year = context.words, goal_year(context)
    own = disabled(context, year)
    rows = where(
        context.shared.tables["need"],
        region=NATION,
        year=year,
        measure="disabled",
        severity=None,
        setting=None,
        definition=context.shared.central.need.headline,
    )
    if own is None:
        return ""
    here = words.percent(own.shown / context.plan.people.at("60+", year).shown)
    if rows.empty:
        return here
    nation = float(rows["shown"].iloc[0]) / context.shared.people[NATION].at("60+", year).shown
    return words("need.share", here=here, nation=words.percent(nation))


def _by_severity(context: Context) -> Picture | None:
    words, years = context.words, np.arange(context.today, context.last + 1)
    found = [[disabled(context, int(year), severity) for year in years] for severity in SEVERITIES]
    if any(entry is None for row in found for entry in row):
        return None
    levels = np.array([[entry.shown for entry in row if entry is not None] for row in found])
    with sheet():
        figure, axis = canvas(2.5)
        unit = value_axis(axis, float(levels.sum(axis=0).max()), words, "axis.persons")
        foot = np.zeros(len(years))
        for severity, row in zip(SEVERITIES, levels, strict=True):
            axis.bar(years, row / unit.size, 0.7, bottom=foot, color=SHADES[severity], linewidth=0)
            foot += row / unit.size
        year_axis(axis, years[0] - 0.6, years[-1] + 0.6)
        legend(figure, [Patch(facecolor=SHADES[s], label=words(f"severity_of.{s}")) for s in SEVERITIES], 3)
        svg = drawn(figure)
    told = {
        "first": str(years[0]),
        "last": str(years[-1]),
        "now": words.estimate(float(levels[:, 0].sum())),
        "then": words.estimate(float(levels[:, -1].sum())),
    }
    caption = words("need.caption", **told)
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

    def cell(measure: str, year: int) -> Value | None:
        return context.plan.value("childcare", measure=measure, year=year)

    return [
        context.table(
            words("childcare.table"),
            [m for m in measures if any(cell(m, int(y)) is not None for y in years)],
            Column(words("head.what_need"), lambda measure: words(f"childcare.{measure}"), 34),
            *(Column(words("head.end_of", year=str(year)), lambda m, y=year: cell(m, int(y)), 22) for year in years),  # type: ignore[misc]
        ),
        context.note("childcare.note"),
    ]
