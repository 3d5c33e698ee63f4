"""The explorer: one page in both languages in which a reader chooses what is drawn, from the result tables alone.

Charts are made in Altair; the page carries the library that draws them and all of its data, and fetches nothing.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
import vl_convert
from markupsafe import Markup

from pipeline.report.context import Context, Shared
from pipeline.report.facts import CENSUS_YEAR, CENTRAL, NATION, OLD_GROUPS, QUANTILES, RESOURCES, SAME, MissingResult
from pipeline.report.fonts import FAMILY
from pipeline.report.render import page
from pipeline.report.style import BLUE, INK, ORANGE, PLUM, QUIET, RULE
from pipeline.report.words import LANGUAGES, WAN, Language, Words, significant

MEASURES = ("required", "supply", "gap")
YARDSTICKS = ("plan", "norm", "need")
PATHS = ("held", "no_new_policy", "plan_delivered")
CODES = ("basis_inferred", "basis_unspecified", "carried", "earlier_period", "hukou_ratio", "imputed_stock", "norm")
TEXTS = (
    "blank",
    "card.unknown",
    "interval.line",
    "nav.home",
    "nav.overview",
    "nav.other",
    "nav.skip",
    "footer.font",
    "stamp.title",
    "subtitle.plan",
    *(f"group.{group}" for group in OLD_GROUPS),
    *(f"resource.{name}" for name in RESOURCES),
    *(f"line.{name}" for name in (*YARDSTICKS, *PATHS)),
    *(f"unit.{name}" for name in ("ones", "thousands", "millions", "wan", "yi")),
    *(f"assumed.{code}" for code in CODES),
)
"""Messages of the other reports that the page says too, beside all of its own, which begin with `explore.`."""

KEYS = ("resource", "yardstick", "definition", "supply_path", "measure", "scenario")
ABOUT = ("assumed", "figure_id", "stock_year", "unknown")
"""Columns of the gap table that say what a value rests on: the same in every scenario."""

COLOURS = {"people": PLUM, "census": INK, "required": BLUE, "supply": ORANGE, "gap": BLUE}
HEIGHT = 250
SHOWN_BEFORE = 10
"""Years before the first one of the projection that the chart of people reaches back to: one census more."""

SIGNS = "0123456789,.−[] 万亿"
"""What the page's script writes beside messages."""

MEDIAN = QUANTILES.index(0.5)
DIFFERENCE = "difference"

type Array = npt.NDArray[np.float64]


class Lines:
    """Lines of values by year, each different one kept once and spoken of by its place."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int | None, ...], int] = {}

    def place(self, values: Array | None) -> int | None:
        """The place of a line, years by quantiles, whole numbers; None where nothing is known.

        It is kept as the medians by year, each as its step from the last one known and None where unknown; then,
        unless all draws agree, as the distances of the other quantiles from the median, a run of years for each,
        written in the same way.
        """
        if values is None:
            return None
        median = values[:, MEDIAN]
        distances = np.abs(np.delete(values, MEDIAN, axis=1) - median[:, None])
        line = _steps(median)
        if np.nansum(distances) > 0:
            line += [step for distance in distances.T for step in _steps(distance)]
        return self.kept.setdefault(tuple(line), len(self.kept))

    def gap(self, values: Array | None, required: Array | None, supply: Array | None) -> int | str | None:
        """The place of a gap, or DIFFERENCE where it is, to the unit, what is required less a supply without spread."""
        if values is not None and required is not None and supply is not None:
            there = supply[:, MEDIAN]
            if np.nanmax(np.ptp(supply, axis=1)) == 0 and np.array_equal(
                values, required - there[:, None], equal_nan=True
            ):
                return DIFFERENCE
        return self.place(values)


def values_by_key(rows: pd.DataFrame, keys: Sequence[str], years: Sequence[int]) -> dict[tuple[str, ...], Array]:
    """Quantiles by key as arrays of years by QUANTILES, NaN where unknown; nothing known, no key. See `as_reported`.

    `rows` have the keys, year, output_type_id and value. Raises MissingResult where a year has two values for one
    quantile or lacks one.
    """
    known = rows[rows["value"].notna()].astype(dict.fromkeys(keys, object))
    twice = known.duplicated([*keys, "year", "output_type_id"])
    if twice.any():
        raise MissingResult(f"two values for one key: {known[twice].iloc[0].drop('value').to_dict()}")
    wide = known.pivot(index=list(keys), columns=["year", "output_type_id"], values="value")
    wide = wide.reindex(columns=pd.MultiIndex.from_product([years, QUANTILES]))
    values = wide.to_numpy(dtype=float).reshape(len(wide), len(years), len(QUANTILES))
    blank = np.isnan(values)
    partly = (blank.any(axis=2) & ~blank.all(axis=2)).any(axis=1)
    if partly.any():
        raise MissingResult(f"not all of the quantiles {QUANTILES} for {wide.index[partly][0]}")
    return {tuple(key): shown for key, shown in zip(wide.index, as_reported(values), strict=True)}


def as_reported(values: Array) -> Array:
    """Numbers as the reports write them, in whole units; the last axis has the quantiles of one estimate.

    What all draws agree on is exact; of other numbers, from 10,000 on, four digits are significant.
    """
    shown = values.round()
    differ = np.ptp(values, axis=-1) > SAME * np.maximum(np.abs(values[..., MEDIAN]), 1.0)
    large = differ[..., None] & (np.abs(values) >= WAN)
    shown[large] = [significant(value) for value in values[large].tolist()]
    return shown


def _steps(values: Array) -> list[int | None]:
    before, steps = 0, list[int | None]()
    for value in values.tolist():
        if math.isnan(value):
            steps.append(None)
        else:
            steps.append(int(value) - before)
            before = int(value)
    return steps


def explorer(shared: Shared, stamps: Mapping[Language, Sequence[str]], draft: Mapping[Language, str]) -> bytes:
    """The page; `stamps` are the lines of the run stamp and `draft` its mark, both by language.

    Raises MissingMessage, MissingResult or MissingGlyph where the page asks for what is not there.
    """
    words = {language: Words(language) for language in LANGUAGES}
    data = explorer_data(shared)
    texts = {language: _texts(words[language], shared, draft[language]) for language in LANGUAGES}
    said = [text for by_key in texts.values() for text in by_key.values()]
    said += [text for entries in stamps.values() for text in entries]
    for region in data["regions"]:
        said += [*region["name"].values(), *region.get("title", {}).values()]
    said += [name for cell in _cells(data) for names in cell["unknown"].values() for name in names]
    return page(
        "explore.html.j2",
        [*said, SIGNS],
        text=texts["zh"],
        words=texts,
        stamps=stamps,
        data=data | {"lines": packed(data["lines"]), "charts": charts(data["years"]), "texts": texts},
        library=Markup(library()),
        style=Markup(_packaged("explore.css")),
        script=Markup(_packaged("explore.js")),
    ).encode()


def packed(lines: Sequence[object]) -> str:
    """Lines as base64 of gzipped JSON: they are most of the page. The same lines give the same text."""
    text = json.dumps(lines, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(text, mtime=0)).decode()


def explorer_data(shared: Shared) -> dict[str, Any]:
    """All that the page draws: regions, their people, and for plans what is required, there and missing.

    Lines are written once (see `Lines`) and referred to by their place; where there is one for each scenario they
    stand in the order of `scenarios`.
    """
    scenarios = list(shared.settings)
    years, lines = range(CENSUS_YEAR, shared.central.last_year + 1), Lines()
    planned = {facts.plan.region: plan for plan, facts in shared.plans.items()}
    people = shared.tables["population"]
    people = people[(people["sex"] == "both") & (people["output_type"] == "quantile")]
    people = people[people["age_group"].isin(OLD_GROUPS) & people["scenario"].isin(scenarios)]
    counts = values_by_key(people, ("region", "age_group", "scenario"), years)
    found = {region for region, _, _ in counts}
    others = sorted(found - set(planned) - {NATION}, key=lambda name: shared.catalogue.regions[name].gb_code)
    regions = []
    for name in (*planned, *([NATION] if NATION in found else []), *others):
        region = shared.catalogue.regions[name]
        census = shared.regions[name].census if name in shared.regions else ()
        regions.append(
            {
                "id": name,
                "name": {"zh": region.name.zh, "en": region.name.en},
                "plan": planned.get(name),
                "people": {
                    group: [lines.place(counts.get((name, group, scenario))) for scenario in scenarios]
                    for group in OLD_GROUPS
                },
                "census": {
                    group: [
                        [int(point.when), round(point.value)]
                        for point in census
                        if point.group == group and point.when >= years[0] - SHOWN_BEFORE
                    ]
                    for group in OLD_GROUPS
                },
            }
            | (_plan_data(shared, planned[name], years, lines) if name in planned else {})
        )
    return {
        "years": list(years),
        "scenarios": scenarios,
        "definitions": list(shared.central.need.definitions),
        "headline": shared.central.need.headline,
        "groups": list(OLD_GROUPS),
        "resources": list(RESOURCES),
        "yardsticks": list(YARDSTICKS),
        "paths": list(PATHS),
        "regions": regions,
        "lines": [list(line) for line in lines.kept],
    }


def _plan_data(shared: Shared, plan: str, years: Sequence[int], lines: Lines) -> dict[str, Any]:
    """What is required, there and missing by resource, yardstick, definition and path, and what it rests on."""
    facts = shared.plans[plan]
    rows = shared.gaps[facts.plan.region].rows
    rows = rows[rows["measure"].isin(MEASURES)].astype(dict.fromkeys(KEYS, object))
    rows = rows.fillna({"definition": "", "supply_path": ""})
    values = values_by_key(rows, KEYS, years)
    scenarios = list(shared.settings)

    about = rows[rows["scenario"] == CENTRAL].assign(known=rows["value"].notna())
    about = about.drop_duplicates([*KEYS, "known", *ABOUT])
    figure_ids = _ids(about)
    number = {name: place for place, name in enumerate(figure_ids)}
    resources: dict[str, Any] = {}
    for (resource, yardstick, definition), part in _parts(about, KEYS[:3]):
        own, key = facts.resources[resource], (resource, yardstick, definition)
        entry = {"unit": _unit(resource), "yardstick": own.yardstick, "year": own.measured_year, "cells": {}}
        asked = part[part["measure"] == "required"]
        ids = _ids(asked)
        codes = [code for code in own.assumed if code != "imputed_stock"] if yardstick == own.yardstick else []
        required = [values.get((*key, "", "required", name)) for name in scenarios]
        paths = {}
        for (path,), there in _parts(part[part["measure"] == "supply"], ("supply_path",)):
            supply = [values.get((*key, path, "supply", name)) for name in scenarios]
            gap = [values.get((*key, path, "gap", name)) for name in scenarios]
            stock, known = there["stock_year"].dropna(), there[there["known"]]
            paths[path] = {
                "supply": [lines.place(line) for line in supply],
                "gap": [lines.gap(*line) for line in zip(gap, required, supply, strict=True)],
                "assumed": bool(known["assumed"].any()),
                "stock_year": int(stock.iloc[0]) if len(stock) else None,
                "ids": [number[name] for name in _ids(known)],
            }
        resources.setdefault(resource, entry)["cells"][".".join(filter(None, (yardstick, definition)))] = {
            "required": [lines.place(line) for line in required],
            "marks": _marks(yardstick, ids, bool(asked["assumed"].any()), codes),
            "ids": [number[name] for name in ids],
            "unknown": _unknown(shared, asked),
            "paths": paths,
        }
    contexts = {language: Context(shared, Words(language), facts) for language in LANGUAGES}
    title = {"zh": facts.plan.title.zh, "en": facts.plan.title.en}
    return {"resources": resources, "title": title, "refs": [_reference(contexts, plan, name) for name in figure_ids]}


def _parts(rows: pd.DataFrame, keys: Sequence[str]) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    for key, part in rows.groupby(list(keys)):
        yield tuple(map(str, key)), part


def _unit(resource: str) -> str:
    return "beds" if resource.endswith("beds") else "persons"


def _ids(rows: pd.DataFrame) -> list[str]:
    return sorted({name for several in rows["figure_id"].dropna().unique() for name in str(several).split(";")})


def _marks(yardstick: str, ids: Sequence[str], assumed: bool, codes: Sequence[str]) -> list[str]:
    """Messages that say what of a requirement is assumed; `codes` are those of the plan's headline, if this is it."""
    marks = [f"assumed.{code}" for code in codes]
    if yardstick == "need":
        marks.append("explore.assumed_need")
    elif assumed and any(name.startswith("norm.") for name in ids):
        marks.append("assumed.norm")
    elif assumed and not marks:
        marks.append("explore.assumed_part")
    return list(dict.fromkeys(marks))


def _unknown(shared: Shared, rows: pd.DataFrame) -> dict[str, list[str]]:
    """By language, the counts nobody published that a requirement rests on."""
    names = [name for several in rows["unknown"].dropna().unique() for name in str(several).split(";")]
    found = {name: shared.catalogue.indicators[name].name for name in dict.fromkeys(names)}
    return {"zh": [name.zh for name in found.values()], "en": [name.en for name in found.values()]}


def _reference(contexts: Mapping[Language, Context], plan: str, name: str) -> dict[str, str]:
    """By language, what a link to a figure or norm is called, and under `to` where it leads, seen from the page.

    The language in the address is left open as {lang}.
    """
    spans = {language: context.refs([name])[0] for language, context in contexts.items()}
    folder, anchor = spans["zh"].to.split("#")
    to = folder.removeprefix("../").replace("zh.html", "{lang}.html") or f"{plan}/{{lang}}.html"
    return {language: span.text.strip("[]") for language, span in spans.items()} | {"to": f"{to}#{anchor}"}


def _cells(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for region in data["regions"]:
        for resource in region.get("resources", {}).values():
            yield from resource["cells"].values()


def _texts(words: Words, shared: Shared, draft: str) -> dict[str, str]:
    """Messages the page needs in one language, their placeholders left as they stand."""
    context = Context(shared, words)
    keys = [*TEXTS, *words.beginning("explore.")]
    texts = {key: words.template(key) for key in dict.fromkeys(keys)}
    texts |= {f"scenario.{name}": context.scenario(name) for name in shared.settings}
    texts |= {f"definition.{name}": words(f"definition.{name}") for name in shared.central.need.definitions}
    texts["explore.medians"] = words("explore.medians", draws=words.number(shared.central.draws))
    return texts | {"draft": draft}


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed from the package that carries them, as a script that sets `window.vegaEmbed`."""
    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    if "</script" in bundle or "<!--" in bundle:
        raise ValueError("the script library holds text that would end its element")
    return bundle


def charts(years: Sequence[int]) -> dict[str, Any]:
    """Vega-Lite specifications of the three charts: people, required beside existing, and the gap.

    Each reads the data sets `rows` (series, year, median, low80, high80, low95, high95, tip) and `chosen` (year).
    """
    first, last = years[0], years[-1]
    return {
        "people": _chart((first - SHOWN_BEFORE, last), ("people",), zero=False, points=True).to_dict(),
        "balance": _chart((first, last), ("required", "supply"), zero=True).to_dict(),
        "gap": _chart((first, last), ("gap",), zero=True, line_at_zero=True).to_dict(),
    }


def _chart(
    years: tuple[int, int],
    series: Sequence[str],
    *,
    zero: bool,
    points: bool = False,
    line_at_zero: bool = False,
) -> alt.LayerChart:
    """Fans of the named series over the years, with a rule at the year that is chosen."""
    axis = alt.Axis(title=None, format="d", tickCount=6, grid=False, domain=False, ticks=False)
    x = alt.X("year:Q", axis=axis, scale=alt.Scale(domain=list(years), nice=False, padding=8))
    heights = alt.Axis(title=None, format=",.2~f", tickCount=5, domain=False, ticks=False)
    scale = alt.Scale(zero=zero, nice=True)
    colour = alt.Color(
        "series:N",
        legend=None,
        scale=alt.Scale(domain=list(series), range=[COLOURS[name] for name in series]),
    )
    dash = alt.StrokeDash(
        "series:N",
        legend=None,
        scale=alt.Scale(domain=list(series), range=[[7, 3] if name == "supply" else [1, 0] for name in series]),
    )
    named, chosen = alt.NamedData(name="rows"), alt.NamedData(name="chosen")
    drawn = alt.Chart(named).transform_filter(alt.FieldOneOfPredicate(field="series", oneOf=list(series)))
    layers: list[alt.Chart] = []
    for low, high, opacity in (("low95", "high95", 0.18), ("low80", "high80", 0.26)):
        band = drawn.mark_area(opacity=opacity, aria=False)
        layers.append(band.encode(x=x, y=alt.Y(f"{low}:Q", axis=heights, scale=scale), y2=f"{high}:Q", color=colour))
    if line_at_zero:
        level = alt.Chart(chosen).mark_rule(color=INK, strokeWidth=1.2, aria=False)
        layers.append(level.encode(y=alt.datum(0, type="quantitative")))
    rule = alt.Chart(chosen).mark_rule(color=QUIET, strokeWidth=1, strokeDash=[2, 2], aria=False)
    layers.append(rule.encode(x="year:Q"))
    line = drawn.mark_line(strokeWidth=2.4, aria=False)
    layers.append(line.encode(x=x, y="median:Q", color=colour, strokeDash=dash))
    if points:
        counted = alt.Chart(named).transform_filter(alt.FieldEqualPredicate(field="series", equal="census"))
        dots = counted.mark_point(shape="diamond", size=64, filled=True, color=INK, opacity=1, aria=False)
        layers.append(dots.encode(x=x, y="median:Q"))
    touched = alt.Chart(named).mark_point(size=500, opacity=0, filled=True, aria=False)
    layers.append(touched.encode(x=x, y="median:Q", tooltip="tip:N"))
    chart: alt.LayerChart = (
        alt.layer(*layers)
        .properties(width="container", height=HEIGHT, background="transparent")
        .configure(font=f"{FAMILY}, sans-serif", padding={"left": 2, "right": 12, "top": 8, "bottom": 2})
        .configure_view(stroke=None)
        .configure_axis(labelColor=QUIET, labelFontSize=12, gridColor=RULE, gridOpacity=0.7, aria=False)
    )
    return chart


@cache
def _packaged(name: str) -> str:
    return files("pipeline.report").joinpath("templates", name).read_text(encoding="utf-8")
