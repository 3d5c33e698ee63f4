"""How many older people there are and will be: what was counted, the projection, and the plan's own forecast."""

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.domain import Figure
from pipeline.pinyin import english_of
from pipeline.report.context import Context, ordered, pictures, stated_basis
from pipeline.report.document import Block, Bullets, Inline, Picture, line
from pipeline.report.facts import CENSUS_DAY, PopulationFacts
from pipeline.report.sections.counts_section import counted, counts_and_forecasts, from_census_alone
from pipeline.report.style import BLUE, INK, MIST, ORANGE, drawing, scale, unit_title, value_axis, year_axis
from pipeline.vocabulary import COUNTY_KINDS, NATION, POPULATIONS


def people(context: Context) -> Sequence[Block]:
    """60+ and 80+ by year: figures, table, and the plan's forecasts beside the projection."""
    words, facts = context.words, context.plan
    forecasts = [
        (POPULATIONS[figure.indicator], figure.year, figure.value, figure)
        for figure in ordered(context.shared.catalogue, facts.plan.id)
        if figure.kind == "projection" and POPULATIONS.get(figure.indicator) in OLD_BANDS
        if figure.year and figure.value is not None
    ]
    in_plan = {
        band: [(year + 1.0, value) for group, year, value, _ in forecasts if group == band] for band in OLD_BANDS
    }
    return [
        pictures(
            *(forecast_picture(context, facts.people, group, in_plan[group]) for group in ("60+", "80+")),
            _pyramid(context),
        ),
        _table(context),
        context.note(
            "people.peer",
            share=words.percent(context.shared.people[NATION].share("60+", context.last)),
            last=context.last,
        ),
        *([context.text("people.made")] if facts.region in context.shared.made else []),
        Bullets(
            [
                _beside_projection(context, group, year, value, figure)
                for group, year, value, figure in forecasts
                if CENSUS_YEAR <= year <= context.last
            ]
        ),
        *counts_and_forecasts(context, facts.region),
        *_places(context),
    ]


def _beside_projection(context: Context, group: str, year: int, value: float, figure: Figure) -> Inline:
    """A forecast of the plan and what is projected for its year."""
    words, ours, basis = context.words, context.plan.people.at(group, year), stated_basis(figure)
    # Registered people are not set against residents in percent: they are not the same people.
    key = "people.own_forecast" if basis == "resident" else "people.own_forecast_other"
    # A lower bound is no point: it holds or it does not.
    if basis == "resident" and figure.comparator == ">=":
        key = "people.own_forecast_holds" if ours.shown >= value else "people.own_forecast_fails"
    text = words(
        key,
        year=year,
        group=words(f"group.{group}"),
        stated=words(f"comparator_in.{figure.comparator}", value=words.exact(value)),
        basis=words(f"basis.{basis}"),
        ours=words.ranged(ours),
        difference=words.signed_percent(value / ours.shown - 1),
    )
    return line(text, " ", *context.refs(figure.id))


def forecast_picture(
    context: Context, found: PopulationFacts, group: str, plan: Sequence[tuple[float, float]] = ()
) -> Picture:
    """The number of a group by year: counts, the projection with its interval, and the plan's own forecasts (year with
    a fraction, people)."""
    words, table = context.words, found.quantiles[group]
    when = np.array([year + 0.835 if year == CENSUS_YEAR else year + 1.0 for year in table.index])
    census = found.census.get(group, [])
    counts, before = counted(context, found.region, group), from_census_alone(context, found.region, group)
    with drawing(2.55) as plot:
        axis = plot.axis
        unit = value_axis(axis, max([table[0.9].max(), *(value for _, value in plan)]), words, "axis.persons")
        axis.fill_between(when, table[0.1] / unit.size, table[0.9] / unit.size, color=BLUE, alpha=0.2, lw=0)
        line = axis.plot(when, table[0.5] / unit.size, color=BLUE, lw=2, label=words("forecast.line"))
        days, people = [day for day, _ in census], [count / unit.size for _, count in census]
        dots = axis.plot(days, people, "o", ms=5, mfc="white", mec=BLUE, mew=1.4, label=words("forecast.census"))
        handles: list[Line2D | Patch] = [*dots, *line, Patch(facecolor=BLUE, alpha=0.2, label=words("interval.range"))]
        if before is not None:
            median, label = before.reindex(table.index) / unit.size, words("forecast.census_only")
            handles += axis.plot(when, median, color=INK, lw=1.1, ls=(0, (4, 2)), label=label)
        if len(counts):
            days, people = list(counts["year"] + 1.0), list(counts["value"] / unit.size)
            axis.plot(days, people, "x", ms=5, mec=INK, mew=1.4, zorder=5)
            handles.append(Line2D([], [], marker="x", ls="", ms=5, mec=INK, mew=1.4, label=words("forecast.counted")))
        if plan:
            days, people = [year for year, _ in plan], [value / unit.size for _, value in plan]
            handles += axis.plot(days, people, "D", ms=5.5, color=ORANGE, zorder=6, label=words("forecast.plan"))
        year_axis(axis, min([2009.5, *(day - 0.5 for day, _ in census)]), when[-1] + 0.3)
        plot.legend(handles)
    first, last = found.at(group, CENSUS_YEAR), words.ranged(found.at(group, context.last))
    text = {"region": context.name(found.region), "group": words(f"group.{group}"), "value": last}
    caption = words("forecast.caption", last=context.last, **text)
    alt = words("forecast.alt", last=context.last, first=words.estimate(first.shown), **text)
    name = f"forecast_{found.region}_{group.rstrip('+')}"
    return Picture(name, plot.svg, caption, alt)


def _table(context: Context) -> Block:
    """People by age at the census, today, at the end of the next plan and in the last year."""
    words, column, found = context.words, context.column, context.plan.people
    return context.table(
        words("people.caption"),
        sorted({CENSUS_YEAR, context.today, context.goal_year, context.last}),
        column("head.date", lambda year: words.date(CENSUS_DAY if year == CENSUS_YEAR else f"{year}-12-31"), 14),
        *(column(f"group.{group}", lambda year, g=group: found.at(g, year), 17) for group in OLD_BANDS),
        column("head.share60", lambda year: words.percent(found.share("60+", year)), 9, number=True),
        column("head.share80", lambda year: words.percent(found.share("80+", year)), 9, number=True),
    )


def _pyramid(context: Context) -> Picture | None:
    """Men left, women right, by five-year age group: the census as an outline, the last year as bars."""
    words, found, last = context.words, context.plan.people, context.last
    if not found.ages or found.ages[last].empty:
        return None
    tables = {year: rows.pivot(index="age_group", columns="sex", values="value") for year, rows in found.ages.items()}
    start = {group: int(group.split("-")[0].rstrip("+")) for group in map(str, tables[last].index)}
    groups = sorted(start, key=start.__getitem__)
    old = np.array([start[group] >= 60 for group in groups])
    largest = max(float(table.to_numpy(dtype=float).max()) for table in tables.values())
    unit = scale(largest, words)
    with drawing(2.3) as plot:
        axis, height = plot.axis, np.arange(len(groups))
        for sex, side, place, align in (("male", -1, 0.02, "left"), ("female", 1, 0.98, "right")):
            future, past = (
                tables[year].loc[groups, sex].to_numpy(dtype=float) / unit.size * side for year in (last, CENSUS_YEAR)
            )
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
    first, then = (words.percent(found.share("60+", year)) for year in (CENSUS_YEAR, last))
    said = {"region": context.region, "first": first, "last": then}
    caption, alt = (words(f"pyramid.{key}", year=last, **said) for key in ("caption", "alt"))
    return Picture("pyramid", plot.svg, caption, alt)


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
    names = rows.drop_duplicates("code").set_index("code")["name_zh"].astype(str)
    share = wide["60+", year] / wide["total", year]

    def item(code: str) -> str:
        name = words.either(names[code], english_of(names[code]))
        return words("places.item", name=name, share=words.percent(float(share[code])))

    items = words.listed(map(item, share.sort_values(ascending=False).index[:3].astype(str)))
    return [context.text("places.told", year=year, count=len(wide), items=items, least=item(str(share.idxmin())))]
