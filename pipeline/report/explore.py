"""The explorer: one page in both languages in which a reader chooses what is drawn, from the result tables alone.

Charts are made in Altair; the page carries the library that draws them and all of its data, and fetches nothing.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
import vl_convert
from markupsafe import Markup

from pipeline.report.facts import CENSUS_YEAR, NATION, OLD_GROUPS, RESOURCES, MissingResult, Shared
from pipeline.report.fonts import FAMILY
from pipeline.report.numbers import LANGUAGES, WAN, Language, significant
from pipeline.report.render import page
from pipeline.report.style import BLUE, INK, ORANGE, PLUM, QUIET, RULE
from pipeline.report.words import Words

QUANTILES = (0.1, 0.5, 0.9)
YARDSTICKS = ("plan", "status_quo", "norm", "need")
PATHS = ("trend", "plan_delivered", "held")
TEXTS = (
    "nav.home",
    "nav.annex",
    "nav.other",
    "nav.skip",
    "footer.font",
    "stamp.title",
    *(f"group.{group}" for group in OLD_GROUPS),
    *(f"resource.{name}" for name in RESOURCES),
    *(f"yardstick.{name}" for name in YARDSTICKS),
    *(f"unit.{name}" for name in ("ones", "thousands", "millions", "wan", "yi")),
)
"""Messages of the other reports that the page says too, beside all of its own, which begin with `explore.`."""

COLOURS = {"people": PLUM, "census": INK, "required": BLUE, "supply": ORANGE, "gap": BLUE}
HEIGHT = 250
SHOWN_BEFORE = 10
"""Years before the first one of the projection that the chart of people reaches back to: one census more."""

SIGNS = "0123456789,.−[] 万亿"
"""What the page's script writes beside messages."""

MEDIAN = QUANTILES.index(0.5)

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


def values_by_key(rows: pd.DataFrame, keys: Sequence[str], years: Sequence[int]) -> dict[tuple[str, ...], Array]:
    """Values by key as arrays of years by (low end, shown, high end), NaN where unknown; nothing known, no key.

    `rows` have the keys, year, q10, shown and q90. Raises MissingResult where a year has two values for one key.
    """
    known = rows[rows["shown"].notna()]
    known = known.assign(**{key: known[key].astype(object).where(known[key].notna(), "") for key in keys})
    twice = known.duplicated([*keys, "year"])
    if twice.any():
        raise MissingResult(f"two values for one key: {known[twice].iloc[0].to_dict()}")
    found = {}
    for key, part in known.groupby(list(keys)):
        wide = part.set_index("year")[["q10", "shown", "q90"]].astype(float)
        wide = wide.apply(lambda column, shown=wide["shown"]: column.fillna(shown)).reindex(list(years))
        found[tuple(map(str, key))] = as_reported(wide.to_numpy())
    return found


def as_reported(values: Array) -> Array:
    """Numbers in whole units; the ends of intervals from 10,000 on with three significant digits."""
    shown = values.round()
    large = np.abs(values) >= WAN
    large[..., MEDIAN] = False
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
    years, lines = range(CENSUS_YEAR, shared.last_year + 1), Lines()
    planned = {facts.plan.region: plan for plan, facts in shared.plans.items()}
    people = shared.tables["population"]
    people = people[(people["sex"] == "both") & people["output_type_id"].isin(QUANTILES)]
    people = people[people["age_group"].isin(OLD_GROUPS) & people["scenario"].isin(scenarios)]
    keys = ["region", "age_group", "scenario"]
    wide = people.pivot(index=[*keys, "year"], columns="output_type_id", values="value")
    wide = wide.rename(columns=dict(zip(QUANTILES, ("q10", "shown", "q90"), strict=True))).reset_index()
    counts = values_by_key(wide, keys, years)
    found = {region for region, _, _ in counts}
    others = sorted(found - set(planned) - {NATION}, key=lambda name: shared.catalogue.regions[name].gb_code)
    regions = []
    for name in (*planned, *([NATION] if NATION in found else []), *others):
        region = shared.catalogue.regions[name]
        census = shared.people[name].census if name in shared.people else ()
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
        "groups": list(OLD_GROUPS),
        "resources": [name for name in RESOURCES if any(name in r.get("resources", {}) for r in regions)],
        "yardsticks": list(YARDSTICKS),
        "paths": list(PATHS),
        "regions": regions,
        "lines": [list(line) for line in lines.kept],
    }


def _plan_data(shared: Shared, plan: str, years: Sequence[int], lines: Lines) -> dict[str, Any]:
    """What is required, there and missing by resource, yardstick and path; need by its headline definition alone."""
    facts = shared.plans[plan]
    rows = shared.tables["gap"]
    rows = rows[(rows["region"] == facts.region) & rows["severity"].isna() & rows["setting"].isna()]
    rows = rows[rows["definition"].isna() | (rows["definition"] == shared.central.need.headline)]
    rows = facts.of_one_quantity(rows[rows["measure"].isin(("required", "existing", "gap"))])
    values = values_by_key(rows, ("resource", "yardstick", "supply_path", "measure", "scenario"), years)
    scenarios = list(shared.settings)

    def places(*key: str) -> list[int | None]:
        return [lines.place(values.get((*key, name))) for name in scenarios]

    resources: dict[str, Any] = {}
    for resource in RESOURCES:
        cells = {
            yardstick: {
                "required": places(resource, yardstick, "", "required"),
                "paths": {
                    path: {
                        "supply": places(resource, "", path, "existing"),
                        "gap": places(resource, yardstick, path, "gap"),
                    }
                    for path in PATHS
                },
            }
            for yardstick in YARDSTICKS
            if (resource, yardstick, "", "required", scenarios[0]) in values
        }
        if cells:
            resources[resource] = {"unit": _unit(resource), "year": min(2030, years[-1]), "cells": cells}
    return {"resources": resources, "title": {"zh": facts.plan.title.zh, "en": facts.plan.title.en}}


def _unit(resource: str) -> str:
    return {"nursing_share": "percent"}.get(resource, "beds" if resource.endswith("beds") else "persons")


def _texts(words: Words, shared: Shared, draft: str) -> dict[str, str]:
    """Messages the page needs in one language, their placeholders left as they stand."""
    keys = [*TEXTS, *words.beginning("explore.")]
    texts = {key: words.template(key) for key in dict.fromkeys(keys)}
    texts |= {f"scenario.{name}": words.code("scenario", name) for name in shared.settings}
    texts["explore.medians"] = words("explore.medians", draws=words.exact(shared.central.draws))
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

    Each reads the data sets `rows` (series, year, median, low80, high80, tip) and `chosen` (year).
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
    band = drawn.mark_area(opacity=0.26, aria=False)
    layers.append(band.encode(x=x, y=alt.Y("low80:Q", axis=heights, scale=scale), y2="high80:Q", color=colour))
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
