"""How many older people there are and will be, in a plan's region and (annex) in the nation: what was counted, the
projection beside the forecasts of others, and what counts after the census moved."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.domain import Figure
from pipeline.report.context import Context, pictures, rows_of, stated_basis
from pipeline.report.document import Block, Bullets, Inline, Picture, line
from pipeline.report.facts import CENSUS_DAY, PopulationFacts, value, where
from pipeline.report.style import BLUE, INK, MIST, ORANGE, PLUM, TEAL, drawing, unit_title, value_axis, year_axis
from pipeline.vocabulary import COUNTY_KINDS, FIRST_AGES, NATION, POPULATIONS, UNCOUNTED


def people(context: Context) -> Sequence[Block]:
    """60+ and 80+ by year: figures, table, and the plan's forecasts beside the projection."""
    words, region = context.words, context.plan.region
    forecasts = [
        (POPULATIONS[figure.indicator], figure.year, figure.value, figure)
        for figure in context.figures
        if figure.kind == "projection" and POPULATIONS.get(figure.indicator) in OLD_BANDS
        if figure.year and figure.value is not None
    ]
    dated = {
        band: [(year + 1.0, stated) for group, year, stated, _ in forecasts if group == band] for band in OLD_BANDS
    }
    return [
        pictures(
            *(_forecast_picture(context, context.people, band, dated[band]) for band in ("60+", "80+")),
            _pyramid(context),
        ),
        _people_by_year(context),
        context.note(
            "people.peer",
            share=words.percent(context.shared.people[NATION].share("60+", context.last)),
            last=context.last,
        ),
        *([context.text("people.made")] if region in context.shared.made else []),
        Bullets(
            [
                _beside_projection(context, group, year, stated, figure)
                for group, year, stated, figure in forecasts
                if CENSUS_YEAR <= year <= context.last
            ]
        ),
        *_counts_and_forecasts(context, region),
        *_places(context),
    ]


def _beside_projection(context: Context, group: str, year: int, stated: float, figure: Figure) -> Inline:
    """A forecast of the plan and what is projected for its year."""
    words, ours, basis = context.words, context.people.at(group, year), stated_basis(figure)
    # Registered people are not set against residents in percent: they are not the same people.
    key = "people.own_forecast" if basis == "resident" else "people.own_forecast_other"
    # A lower bound is no point: it holds or it does not.
    if basis == "resident" and figure.comparator == ">=":
        key = "people.own_forecast_holds" if ours.shown >= stated else "people.own_forecast_fails"
    text = words(
        key,
        year=year,
        group=words(f"group.{group}"),
        stated=words(f"comparator_in.{figure.comparator}", value=words.exact(stated)),
        basis=words(f"basis.{basis}"),
        ours=words.ranged(ours),
        difference=words.signed_percent(stated / ours.shown - 1),
    )
    return line(text, " ", *context.refs(figure.id))


def counted(context: Context, region: str, *groups: str) -> pd.DataFrame:
    """Counts published after the census by year, of the first of these age groups of which there are any."""
    if not context.shared.tables.has("counts"):
        return pd.DataFrame(columns=["year", "age_group", "value", "error_census_only"])
    rows = where(context.shared.tables["counts"], region=region).dropna(subset="value").sort_values("year")
    return next((part for group in groups if len(part := where(rows, age_group=group))), rows.head(0))


def _census_counts(context: Context, region: str, group: str) -> pd.Series:
    """People of an age group counted by the censuses, by their days as years with a fraction (2020.84)."""
    tables = context.shared.tables
    if not context.shared.people[region].at(group, CENSUS_YEAR).certain:
        return pd.Series(dtype=float)  # a bulletin's bands that leave the group open did not count it
    rows = where(tables["single_age"], region=region)
    old = rows[rows["age"].str.rstrip("+").astype(int) >= FIRST_AGES[group]]
    by_year = old.groupby("year")["population"].sum()
    days = pd.DatetimeIndex([f"{year}-11-01" for year in by_year.index])
    return by_year.set_axis(days.year + days.day_of_year / np.where(days.is_leap_year, 366, 365))


def _forecast_picture(
    context: Context, found: PopulationFacts, group: str, plan: Sequence[tuple[float, float]] = ()
) -> Picture:
    """The number of a group by year: counts, the projection with its interval, and the plan's own forecasts (year with
    a fraction, people)."""
    words, table = context.words, found.quantiles[group]
    when = np.array([year + 0.835 if year == CENSUS_YEAR else year + 1.0 for year in table.index])
    census, counts = _census_counts(context, found.region, group), counted(context, found.region, group)
    alone = {"scenario": UNCOUNTED, "region": found.region, "sex": "both", "age_group": group, "output_type_id": 0.5}
    before = where(context.shared.tables["population"], **alone)
    with drawing(2.55) as plot:
        axis = plot.axis
        unit = value_axis(axis, max([table[0.9].max(), *(number for _, number in plan)]), words, "axis.persons")
        axis.fill_between(when, table[0.1] / unit.size, table[0.9] / unit.size, color=BLUE, alpha=0.2, lw=0)
        line = axis.plot(when, table[0.5] / unit.size, color=BLUE, lw=2, label=words("forecast.line"))
        hollow: dict[str, Any] = {"ms": 5, "mfc": "white", "mec": BLUE, "mew": 1.4}
        dots = axis.plot(census.index, census / unit.size, "o", **hollow, label=words("forecast.census"))
        handles: list[Line2D | Patch] = [*dots, *line, Patch(facecolor=BLUE, alpha=0.2, label=words("interval.range"))]
        if len(before):
            median = before.set_index("year")["value"].reindex(table.index) / unit.size
            handles += axis.plot(when, median, color=INK, lw=1.1, ls=(0, (4, 2)), label=words("forecast.census_only"))
        if len(counts):
            cross: dict[str, Any] = {"marker": "x", "ls": "", "ms": 5, "mec": INK, "mew": 1.4}
            axis.plot(counts["year"] + 1.0, counts["value"] / unit.size, zorder=5, **cross)
            handles.append(Line2D([], [], label=words("forecast.counted"), **cross))
        if plan:
            days, stated = [year for year, _ in plan], [number / unit.size for _, number in plan]
            handles += axis.plot(days, stated, "D", ms=5.5, color=ORANGE, zorder=6, label=words("forecast.plan"))
        year_axis(axis, min([2009.5, *(census.index - 0.5)]), when[-1] + 0.3)
        plot.legend(handles)
    first, last = found.at(group, CENSUS_YEAR), words.ranged(found.at(group, context.last))
    text = {"region": context.name(found.region), "group": words(f"group.{group}"), "value": last}
    caption = words("forecast.caption", last=context.last, **text)
    alt = words("forecast.alt", last=context.last, first=words.estimate(first.shown), **text)
    return Picture(f"forecast_{found.region}_{group.rstrip('+')}", plot.svg, caption, alt)


def _people_by_year(context: Context) -> Block:
    """People by age at the census, today, at the end of the next plan and in the last year."""
    words, column, facts = context.words, context.column, context.people
    return context.table(
        words("people.caption"),
        sorted({CENSUS_YEAR, *context.years}),
        column("head.date", lambda year: words.date(CENSUS_DAY if year == CENSUS_YEAR else f"{year}-12-31"), 14),
        *(column(f"group.{group}", lambda year, g=group: facts.at(g, year), 17) for group in OLD_BANDS),
        column("head.share60", lambda year: words.percent(facts.share("60+", year)), 9, number=True),
        column("head.share80", lambda year: words.percent(facts.share("80+", year)), 9, number=True),
    )


def _pyramid(context: Context) -> Picture | None:
    """Men left, women right, by five-year age group: the census as an outline, the last year as bars."""
    words, facts, last = context.words, context.people, context.last
    rows = where(context.rows("ages", output_type_id=0.5), year=(CENSUS_YEAR, last))
    if not (rows["year"] == last).any():
        return None
    numbers = rows.pivot(index="age_group", columns=["year", "sex"], values="value")
    start = numbers.index.str.split("-").str[0].str.rstrip("+").astype(int)
    numbers, old = numbers.iloc[start.argsort()], np.sort(start) >= 60
    groups, largest = list(numbers.index), float(numbers.to_numpy(dtype=float).max())
    unit = words.unit(largest, column=True)
    with drawing(2.3) as plot:
        axis, height = plot.axis, np.arange(len(groups))
        for sex, side, place, align in (("male", -1, 0.02, "left"), ("female", 1, 0.98, "right")):
            future, past = (numbers[year, sex].to_numpy(dtype=float) / unit.size * side for year in (last, CENSUS_YEAR))
            axis.barh(height, future, 0.86, color=np.where(old, BLUE, MIST), linewidth=0)
            edges = np.repeat(np.append(height - 0.5, height[-1] + 0.5), 2)[1:-1]
            axis.plot(np.repeat(past, 2), edges, color=ORANGE, lw=1.4)
            axis.text(place, 0.95, words(f"sex.{sex}"), transform=axis.transAxes, ha=align)
        limit = largest / unit.size * 1.06
        axis.set_xlim(-limit, limit)
        axis.set_ylim(-0.7, len(groups) + 0.6)
        axis.set_yticks(height[::4], groups[::4])
        ticks = [tick for tick in axis.get_xticks() if abs(tick) <= limit]
        axis.set_xticks(ticks, [words.exact(abs(tick), 2) for tick in ticks])
        axis.grid(False)
        unit_title(axis, words, "axis.persons", unit)
        plot.legend(
            [
                Line2D([], [], color=ORANGE, lw=1.4, label=words("pyramid.census", year=CENSUS_YEAR)),
                Patch(facecolor=BLUE, label=words("pyramid.old", year=last)),
                Patch(facecolor=MIST, label=words("pyramid.young", year=last)),
            ]
        )
    first, then = (words.percent(facts.share("60+", year)) for year in (CENSUS_YEAR, last))
    text: dict[str, Any] = {"year": last, "region": context.region, "first": first, "last": then}
    return Picture("pyramid", plot.svg, words("pyramid.caption", **text), words("pyramid.alt", **text))


def _places(context: Context) -> list[Block]:
    """Where within the region the share of people aged 60 and over will be highest, and where it will be lowest."""
    words, tables, year = context.words, context.shared.tables, context.goal_year
    if not tables.has("atlas"):
        return []
    region, rows = context.shared.catalogue.regions[context.plan.region], tables["atlas"]
    digits, levels = {"nation": (0, ("province",)), "city": (4, COUNTY_KINDS)}.get(region.level, (2, ("prefecture",)))
    rows = rows[rows["code"].astype(str).str.startswith(region.gb_code[:digits]) & rows["level"].isin(levels)]
    wide = rows.pivot_table(index="code", columns=["age_group", "year"], values="median", aggfunc="first")
    if len(wide) < 2:
        return []
    share = wide["60+", year] / wide["total", year]

    def item(code: str) -> str:
        return words("places.item", name=context.place(code), share=words.percent(float(share[code])))

    items = words.listed(map(item, share.sort_values(ascending=False).index[:3].astype(str)))
    return [context.text("places.told", year=year, count=len(wide), items=items, least=item(str(share.idxmin())))]


def _counts_and_forecasts(context: Context, region: str) -> list[Block]:
    """Each count after the census of 60+ (of 65+ where only that was counted) beside the forecast from the census alone
    and the one that has seen the counts, how far the earlier one was off, and what the counts moved."""
    words, column, tables = context.words, context.column, context.shared.tables
    rows = counted(context, region, "60+", "65+")

    def percent(row: pd.Series, name: str) -> str:
        return words.percent(abs(float(row[name])) / 100)

    def signed(row: pd.Series, name: str) -> str:
        return words.signed_percent(float(row[name]) / 100)

    def group(row: pd.Series) -> str:
        return words(f"group.{row['age_group']}")

    blocks: list[Block] = [
        context.table(
            words("counts.caption"),
            rows,
            column("counts.year", lambda row: str(int(row["year"])), 8),
            column("counts.people", group, 12),
            column("counts.counted", lambda row: float(row["value"]), 16, decimals=0),
            column("counts.census_only", lambda row: signed(row, "error_census_only"), 16, number=True),
            column("counts.central", lambda row: signed(row, "error_central"), 16, number=True),
            small=True,
        )
    ]
    for row in rows_of(rows.dropna(subset="error_census_only").tail(1)):
        side = words("counts.low" if row["error_census_only"] < 0 else "counts.high")
        error = percent(row, "error_census_only")
        blocks.append(context.text("counts.off", year=int(row["year"]), group=group(row), error=error, side=side))
    if tables.has("forecast_moved"):
        moved = where(tables["forecast_moved"], region=region, year=context.goal_year)
        for row in rows_of(moved.dropna(subset=["change_percent", "width_before_percent"])):
            blocks.append(
                context.text(
                    "counts.moved" if len(rows) else "counts.moved_others",
                    year=int(row["year"]),
                    group=group(row),
                    change=signed(row, "change_percent"),
                    before=percent(row, "width_before_percent"),
                    after=percent(row, "width_after_percent"),
                )
            )
    return blocks


def nation(context: Context) -> Sequence[Block]:
    """Annex: the nation's older people, and the same days in the UN's projections and the communiqués."""
    words, column, facts = context.words, context.column, context.shared.people[NATION]
    rows = context.shared.tables["benchmark_un"]
    year = rows["date"].str[:4].astype(int)
    return [
        pictures(*(_forecast_picture(context, facts, group) for group in OLD_BANDS)),
        context.table(
            words("benchmark.table"),
            rows[(rows["source"] == "communique") | year.isin(context.years)],
            column("head.source", lambda row: words.code("source", row["source"]), 18),
            column("head.group", lambda row: words(f"group.{row['age_group']}"), 14),
            column("head.date", lambda row: words.date(str(row["date"])), 16),
            column("head.theirs", lambda row: float(row["value"]), 14, decimals=0),
            column("head.ours", lambda row: float(row["ours_median"]), 14, decimals=0),
            column(
                "head.difference",
                lambda row: words.signed_percent(float(row["ours_median"]) / float(row["value"]) - 1),
                number=True,
            ),
            small=True,
        ),
        context.note("benchmark.note"),
        *_counts_and_forecasts(context, NATION),
    ]


def ageing(context: Context) -> Sequence[Block]:
    """Annex: share of people aged 60+ by region, in percent, each labelled at its end; the nation dashed."""
    words, column, last, facts = context.words, context.column, context.last, context.shared.people
    shares = {name: own.quantiles["60+"][0.5] / own.quantiles["total"][0.5] for name, own in facts.items()}
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
    items = words.clauses(f"{context.name(region)} {words.percent(share.iloc[-1])}" for region, share in shares.items())
    alt = words("shares.alt", year=last, items=items)
    years_shown = (CENSUS_YEAR, context.today, last)
    return [
        pictures(Picture("shares", plot.svg, words("shares.caption"), alt)),
        context.table(
            words("ageing.table"),
            facts,
            column("head.region", context.name, 14),
            *context.year_columns(lambda name, year: facts[name].at("60+", year), 18, "head.people_in", years_shown),
            column("head.eighty", lambda name: facts[name].at("80+", last), 18, year=last),
            column(
                "head.share60_in", lambda name: words.percent(facts[name].share("60+", last)), number=True, year=last
            ),
        ),
    ]


def moved(context: Context) -> Sequence[Block]:
    """Annex: what counts published after the census moved in each forecast."""
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
