"""How many older people there are and will be: what was counted, the projection, and the plan's own forecast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.pinyin import english_of
from pipeline.report.context import Context, ordered, pictures
from pipeline.report.document import Block, Bullets, Picture, ReportColumn, line
from pipeline.report.facts import CENSUS_DAY, PopulationFacts, year_fraction
from pipeline.report.sections.counts_section import counted, from_census_alone, seen
from pipeline.report.style import BLUE, INK, MIST, ORANGE, canvas, drawn, legend, scale, sheet, value_axis, year_axis
from pipeline.report.wording import Words
from pipeline.vocabulary import COUNTY_KINDS, NATION

FORECASTS = {"population_60plus": "60+", "population_65plus": "65+", "population_80plus": "80+"}
COUNTED = {"population_60plus": "60+", "population_65plus": "65+"}


@dataclass(frozen=True)
class Dot:
    """A published count or a plan's forecast: when, how many, and whether it bears on the projection."""

    when: float
    value: float
    used: bool = True


def people(context: Context) -> Sequence[Block]:
    """60+ and 80+ by year: figures, table, and the plan's forecasts beside the projection."""
    words, facts = context.words, context.plan
    forecasts = [
        (figure, FORECASTS[figure.indicator])
        for figure in ordered(context.shared.catalogue, facts.plan.id)
        if figure.kind == "projection" and figure.indicator in FORECASTS and figure.year and figure.value is not None
    ]
    drawn_forecasts = {
        group: [Dot(float(f.year or 0) + 1, float(f.value or 0)) for f, found in forecasts if found == group]
        for group in OLD_BANDS
    }
    own = []
    for figure, group in forecasts:
        year = int(figure.year or 0)
        if not CENSUS_YEAR <= year <= context.last:
            continue
        ours, basis = (
            facts.people.at(group, year),
            figure.basis_inferred.value if figure.basis_inferred else figure.basis,
        )
        # Registered people are not set against residents in percent: they are not the same people.
        key = "people.own_forecast" if basis == "resident" else "people.own_forecast_other"
        # A lower bound is no point: it holds or it does not.
        if basis == "resident" and figure.comparator == ">=":
            key = "people.own_forecast_holds" if ours.shown >= (figure.value or 0) else "people.own_forecast_fails"
        stated = words(f"comparator_in.{figure.comparator}", value=words.exact(float(figure.value or 0)))
        text = words(
            key,
            year=str(year),
            group=words(f"group.{group}"),
            stated=stated,
            basis=words(f"basis.{basis}"),
            ours=words.ranged(ours),
            difference=words.signed_percent(float(figure.value or 0) / ours.shown - 1),
        )
        own.append(line(text, " ", *context.refs(figure.id)))
    return [
        pictures(
            *(forecast_picture(context, facts.people, group, drawn_forecasts[group]) for group in ("60+", "80+")),
            _pyramid(context),
        ),
        _table(context),
        context.note(
            "people.peer",
            share=words.percent(context.shared.people[NATION].share("60+", context.last)),
            last=str(context.last),
        ),
        *([context.text("people.made")] if facts.region in context.shared.made else []),
        Bullets(own),
        *seen(context, facts.people.region),
        *_places(context),
    ]


def forecast_picture(context: Context, found: PopulationFacts, group: str, plan: Sequence[Dot] = ()) -> Picture:
    """The number of a group by year: counts, the projection with its interval, and the plan's own forecast."""
    words = context.words
    name = context.name(found.region)
    rows = counted(context, found.region)
    rows = rows[rows["age_group"] == group]
    dots = [
        Dot(year_fraction(str(int(row["year"]))), float(row["value"]), bool(row["used"])) for _, row in rows.iterrows()
    ]
    svg = _forecast(found, group, dots, plan, from_census_alone(context, found.region, group), words)
    first, last = found.at(group, CENSUS_YEAR), found.at(group, context.last)
    told = {"region": name, "group": words(f"group.{group}"), "last": str(context.last)}
    caption = words("forecast.caption", **told, value=words.ranged(last))
    alt = words("forecast.alt", **told, first=words.estimate(first.shown), value=words.ranged(last))
    return Picture(f"forecast_{found.region}_{group.rstrip('+')}", svg, caption, alt)


def _forecast(
    found: PopulationFacts, group: str, dots: Sequence[Dot], plan: Sequence[Dot], before: pd.Series | None, words: Words
) -> str:
    table = found.quantiles[group]
    when = np.array([year + 0.835 if year == CENSUS_YEAR else year + 1.0 for year in table.index])
    census = [point for point in found.census if point.group == group]
    with sheet():
        figure, axis = canvas(2.55)
        top = max([float(table[0.9].max()), *(dot.value for dot in plan)])
        unit = value_axis(axis, top, words, "axis.persons")
        axis.fill_between(when, table[0.1] / unit.size, table[0.9] / unit.size, color=BLUE, alpha=0.2, lw=0)
        axis.plot(when, table[0.5] / unit.size, color=BLUE, lw=2)
        axis.plot(
            [p.when for p in census], [p.value / unit.size for p in census], "o", ms=5, mfc="white", mec=BLUE, mew=1.4
        )
        handles = [
            Line2D([], [], marker="o", ls="", ms=5, mfc="white", mec=BLUE, mew=1.4, label=words("forecast.census")),
            Line2D([], [], color=BLUE, lw=2, label=words("forecast.line")),
            Patch(facecolor=BLUE, alpha=0.2, label=words("interval.range")),
        ]
        if before is not None:
            lines = axis.plot(when, before.reindex(table.index) / unit.size, color=INK, lw=1.1, ls=(0, (4, 2)))
            lines[0].set_label(words("forecast.census_only"))
            handles += lines
        if dots:
            axis.plot(
                [d.when for d in dots], [d.value / unit.size for d in dots], "x", ms=5, mec=INK, mew=1.4, zorder=5
            )
            handles.append(Line2D([], [], marker="x", ls="", ms=5, mec=INK, mew=1.4, label=words("forecast.counted")))
        if plan:
            axis.plot([d.when for d in plan], [d.value / unit.size for d in plan], "D", ms=5.5, color=ORANGE, zorder=6)
            handles.append(Line2D([], [], marker="D", ls="", ms=5.5, color=ORANGE, label=words("forecast.plan")))
        year_axis(axis, min([2009.5, *(p.when - 0.5 for p in census)]), when[-1] + 0.3)
        legend(figure, handles)
        return drawn(figure)


def _table(context: Context) -> Block:
    """People by age at the census, today, at the end of the next plan and in the last year."""
    words, found = context.words, context.plan.people
    years = sorted({CENSUS_YEAR, context.today, context.shared.central.next_plan.year, context.last})
    return context.table(
        words("people.caption"),
        years,
        ReportColumn(
            words("head.date"), lambda year: words.date(CENSUS_DAY if year == CENSUS_YEAR else f"{year}-12-31"), 14
        ),
        *(ReportColumn(words(f"group.{group}"), lambda year, g=group: found.at(g, year), 17) for group in OLD_BANDS),  # type: ignore[misc]
        ReportColumn(words("head.share60"), lambda year: words.percent(found.share("60+", year)), 9, number=True),
        ReportColumn(words("head.share80"), lambda year: words.percent(found.share("80+", year)), 9, number=True),
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
    with sheet():
        figure, axis = canvas(2.3)
        height = np.arange(len(groups))
        for sex, side in (("male", -1), ("female", 1)):
            future, past = (
                tables[year].loc[groups, sex].to_numpy(dtype=float) / unit.size * side for year in (last, CENSUS_YEAR)
            )
            axis.barh(height, future, 0.86, color=np.where(old, BLUE, MIST), linewidth=0)
            edges = np.repeat(np.append(height - 0.5, height[-1] + 0.5), 2)[1:-1]
            axis.plot(np.repeat(past, 2), edges, color=ORANGE, lw=1.4)
            axis.text(
                0.02 if side < 0 else 0.98,
                0.95,
                words(f"sex.{sex}"),
                transform=axis.transAxes,
                ha="left" if side < 0 else "right",
            )
        limit = largest / unit.size * 1.06
        axis.set_xlim(-limit, limit)
        axis.set_ylim(-0.7, len(groups) + 0.6)
        axis.set_yticks(height[::4], groups[::4])
        ticks = [tick for tick in axis.get_xticks() if abs(tick) <= limit]
        axis.set_xticks(ticks, [words.exact(abs(tick), 2) for tick in ticks])
        axis.grid(False)
        axis.set_title(words("axis.persons", unit=unit.sign + words.either("", " ") if unit.sign else ""))
        legend(
            figure,
            [
                Line2D([], [], color=ORANGE, lw=1.4, label=words("pyramid.census", year=str(CENSUS_YEAR))),
                Patch(facecolor=BLUE, label=words("pyramid.old", year=str(last))),
                Patch(facecolor=MIST, label=words("pyramid.young", year=str(last))),
            ],
        )
        svg = drawn(figure)
    shares = {year: words.percent(found.share("60+", year)) for year in (CENSUS_YEAR, last)}
    told = {"region": context.region, "first": shares[CENSUS_YEAR], "last": shares[last], "year": str(last)}
    return Picture("pyramid", svg, words("pyramid.caption", **told), words("pyramid.alt", **told))


def _places(context: Context) -> list[Block]:
    """Where within the region the share of people aged 80 and over will be highest, and where most of them live."""
    words, tables = context.words, context.shared.tables
    if not tables.has("atlas"):
        return []
    region = context.shared.catalogue.regions[context.plan.region]
    digits, levels = (4, COUNTY_KINDS) if region.level == "city" else (2, ("prefecture",))
    if region.level == "nation":
        digits, levels = 0, ("province",)
    rows = tables["atlas"]
    code = rows["code"].astype(str)
    rows = rows[code.str.startswith(region.gb_code[:digits]) & rows["level"].isin(levels)]
    wide = rows.pivot_table(index="code", columns=["age_group", "year"], values="median", aggfunc="first")
    names = rows.drop_duplicates("code").set_index("code")["name_zh"]
    if len(wide) < 2:
        return []

    def named(name: str) -> str:
        return words.either(name, english_of(name))

    year = context.shared.central.next_plan.year
    share = wide["60+", year] / wide["total", year]
    chosen = list(share.sort_values(ascending=False).index[:3])
    items = words.listed(
        words("places.item", name=named(str(names[c])), share=words.percent(float(share[c]))) for c in chosen
    )
    least = str(share.idxmin())
    return [
        context.text(
            "places.told",
            year=str(year),
            count=str(len(wide)),
            items=items,
            least=words("places.item", name=named(str(names[least])), share=words.percent(float(share[least]))),
        )
    ]


def shares(lines: Mapping[str, tuple[str, Sequence[int], np.ndarray]], words: Words) -> str:
    """Share of people aged 60+ by region and year, in percent, each labelled at its end; the nation dashed."""
    colours = (BLUE, ORANGE, "#1f8a80", "#7b2d6b", "#8a6d1f")
    with sheet():
        figure, axis = canvas(2.9)
        ends = []
        for place, (region, (name, years, values)) in enumerate(lines.items()):
            nation = region == NATION
            colour = INK if nation else colours[place % len(colours)]
            axis.plot(
                years, values * 100, color=colour, lw=1.8, ls=(0, (4, 2)) if nation or place >= 5 else "-", label=name
            )
            ends.append(values[-1] * 100)
        axis.set_title("%")
        year_axis(axis, min(years) - 0.3, max(years) + 0.3)
        legend(figure, axis.get_lines(), 3)
        return drawn(figure)
