"""Annex: the nation beside the UN and published counts, how fast regions age, and what counts moved."""

from collections.abc import Sequence

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Picture
from pipeline.report.facts import value
from pipeline.report.sections.counts_section import counts_and_forecasts
from pipeline.report.sections.people_section import forecast_picture
from pipeline.report.style import BLUE, INK, ORANGE, PLUM, TEAL, drawing, year_axis
from pipeline.vocabulary import NATION


def nation(context: Context) -> Sequence[Block]:
    """The nation's older people, and the same days in the UN's projections and the communiqués."""
    words, column, people = context.words, context.column, context.shared.people[NATION]
    found = context.shared.tables["benchmark_un"]
    year = found["date"].str[:4].astype(int)
    return [
        pictures(*(forecast_picture(context, people, group) for group in OLD_BANDS)),
        context.table(
            words("benchmark.table"),
            found[(found["source"] == "communique") | year.isin((context.today, context.goal_year, context.last))],
            column("head.source", lambda row: words.code("source", row["source"]), 18),
            column("head.group", lambda row: words(f"group.{row['age_group']}"), 14),
            column("head.date", lambda row: words.date(str(row["date"])), 16),
            column("head.theirs", lambda row: float(row["value"]), 14, exact=True),
            column("head.ours", lambda row: float(row["ours_median"]), 14, exact=True),
            column(
                "head.difference",
                lambda row: words.signed_percent(float(row["ours_median"]) / float(row["value"]) - 1),
                number=True,
            ),
            small=True,
        ),
        context.note("benchmark.note"),
        *counts_and_forecasts(context, NATION),
    ]


def ageing(context: Context) -> Sequence[Block]:
    """Share of people aged 60+ by region, in percent, each labelled at its end; the nation dashed."""
    words, column, last, people = context.words, context.column, context.last, context.shared.people
    percent = words.percent
    shares = {name: found.quantiles["60+"][0.5] / found.quantiles["total"][0.5] for name, found in people.items()}
    years = shares[NATION].index
    colours = (BLUE, ORANGE, TEAL, PLUM, "#8a6d1f")
    with drawing(2.9) as plot:
        for place, (region, share) in enumerate(shares.items()):
            colour = INK if region == NATION else colours[place % len(colours)]
            dash = (0, (4, 2)) if region == NATION or place >= 5 else "-"
            plot.axis.plot(share.index, share * 100, color=colour, lw=1.8, ls=dash, label=context.name(region))
        plot.axis.set_title("%")
        year_axis(plot.axis, min(years) - 0.3, max(years) + 0.3)
        plot.legend(plot.axis.get_lines(), 3)
    items = words.clauses(f"{context.name(region)} {percent(share.iloc[-1])}" for region, share in shares.items())
    alt = words("shares.alt", year=last, items=items)
    return [
        pictures(Picture("shares", plot.svg, words("shares.caption"), alt)),
        context.table(
            words("ageing.table"),
            people,
            column("head.region", context.name, 14),
            *(
                column("head.people_in", lambda region, y=year: people[region].at("60+", y), 18, year=year)
                for year in (CENSUS_YEAR, context.today, last)
            ),
            column("head.eighty", lambda region: people[region].at("80+", last), 18, year=last),
            column("head.share60_in", lambda name: percent(people[name].share("60+", last)), number=True, year=last),
        ),
    ]


def moved(context: Context) -> Sequence[Block]:
    """What counts published after the census moved in each forecast."""
    words, column, rows = context.words, context.column, context.shared.tables["forecast_moved"]
    ends = {when: (f"{when}_median", f"{when}_lower_80", f"{when}_upper_80") for when in ("before", "after")}
    return [
        context.text("moved.intro"),
        context.table(
            words("moved.table"),
            rows[rows["region"].isin(list(context.shared.people))],
            column("head.region", lambda row: context.name(str(row["region"])), 14),
            column("head.year", lambda row: str(int(row["year"])), 8, number=True),
            column("head.group", lambda row: words(f"group.{row['age_group']}"), 14),
            column("head.before", lambda row: value(row, *ends["before"]), 22),
            column("head.after", lambda row: value(row, *ends["after"]), 22),
            column("head.difference", lambda row: words.signed_percent(row["change_percent"] / 100), number=True),
            small=True,
        ),
    ]
