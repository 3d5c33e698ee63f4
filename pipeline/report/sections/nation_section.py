"""Annex: the nation beside the UN and published counts, how fast regions age, and what counts moved."""

from collections.abc import Sequence

import numpy as np

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Picture, ReportColumn
from pipeline.report.facts import value
from pipeline.report.sections.counts_section import seen
from pipeline.report.sections.people_section import forecast_picture, shares
from pipeline.vocabulary import NATION


def nation(context: Context) -> Sequence[Block]:
    """The nation's older people, and the same days in the UN's projections and the communiqués."""
    words, people = context.words, context.shared.people[NATION]
    found = context.shared.tables["benchmark_un"]
    year = found["date"].str[:4].astype(int)
    chosen = found[(found["source"] == "communique") | (year.isin((2025, 2030, context.last)))]
    return [
        pictures(*(forecast_picture(context, people, group) for group in OLD_BANDS)),
        context.table(
            words("benchmark.table"),
            [row for _, row in chosen.iterrows()],
            ReportColumn(words("head.source"), lambda row: words.code("source", row["source"]), 18),
            ReportColumn(words("head.group"), lambda row: words(f"group.{row['age_group']}"), 14),
            ReportColumn(words("head.date"), lambda row: words.date(str(row["date"])), 16),
            ReportColumn(words("head.theirs"), lambda row: float(row["value"]), 14, exact=True),
            ReportColumn(words("head.ours"), lambda row: float(row["ours_median"]), 14, exact=True),
            ReportColumn(
                words("head.difference"),
                lambda row: words.signed_percent(float(row["ours_median"]) / float(row["value"]) - 1),
                10,
                number=True,
            ),
            small=True,
        ),
        context.note("benchmark.note"),
        *seen(context, NATION),
    ]


def ageing(context: Context) -> Sequence[Block]:
    """Share of people aged 60+ by region, and counts."""
    words, last = context.words, context.last
    lines = {}
    for region, found in context.shared.people.items():
        share = found.quantiles["60+"][0.5] / found.quantiles["total"][0.5]
        lines[region] = (context.name(region), list(share.index), np.asarray(share, dtype=float))
    items = words.either("；", "; ").join(f"{name} {words.percent(values[-1])}" for name, _, values in lines.values())
    people = context.shared.people
    return [
        pictures(
            Picture(
                "shares",
                shares(lines, words),
                words("shares.caption"),
                words("shares.alt", year=str(last), items=items),
            )
        ),
        context.table(
            words("ageing.table"),
            list(people),
            ReportColumn(words("head.region"), context.name, 14),
            *(
                ReportColumn(words("head.people_in", year=str(y)), lambda r, y=y: people[r].at("60+", y), 18)  # type: ignore[misc]
                for y in (CENSUS_YEAR, context.today, last)
            ),
            ReportColumn(words("head.eighty", year=str(last)), lambda r: people[r].at("80+", last), 18),
            ReportColumn(
                f"{words('head.share60')} {last}",
                lambda r: words.percent(people[r].share("60+", last)),
                10,
                number=True,
            ),
        ),
    ]


def moved(context: Context) -> Sequence[Block]:
    """What counts published after the census moved in each forecast."""
    words, rows = context.words, context.shared.tables["forecast_moved"]
    rows = rows[rows["region"].isin(list(context.shared.people))]
    ends = {when: (f"{when}_median", f"{when}_lower_80", f"{when}_upper_80") for when in ("before", "after")}
    return [
        context.text("moved.intro"),
        context.table(
            words("moved.table"),
            [row for _, row in rows.iterrows()],
            ReportColumn(words("head.region"), lambda row: context.name(str(row["region"])), 14),
            ReportColumn(words("head.year"), lambda row: str(int(row["year"])), 8, number=True),
            ReportColumn(words("head.group"), lambda row: words(f"group.{row['age_group']}"), 14),
            ReportColumn(words("head.before"), lambda row: value(row, *ends["before"]), 22),
            ReportColumn(words("head.after"), lambda row: value(row, *ends["after"]), 22),
            ReportColumn(
                words("head.difference"),
                lambda row: words.signed_percent(float(row["change_percent"]) / 100),
                10,
                number=True,
            ),
            small=True,
        ),
    ]
