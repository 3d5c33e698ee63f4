"""The explorer: one page in both languages that works out a reader's own question from a sample of the draws.

Its arithmetic is that of `pipeline.shortfall.choices`, in JavaScript; a test in the browser holds the two together.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.facts import SharedFacts
from pipeline.report.render import interactive_page, texts_of
from pipeline.report.wording import LANGUAGES, Language, Words
from pipeline.results.view import EXPLORED, OF_NEED, ViewChoices, seen
from pipeline.shortfall.choices import ALL, SAME_EVERY_YEAR
from pipeline.vocabulary import CENTRAL, NATION, YARDSTICKS

PEOPLE = ("population_60plus", "population_80plus", "disabled", "mild", "moderate", "severe", "dementia")

MESSAGES = ("nav.other", "nav.home", "nav.skip", "footer.font", "stamp.title")
SIGNS = "0123456789,.−–—%×[]() "
"""What the page's script writes beside messages."""

type Values = list[float | None]
type ByRegion[T] = dict[str, dict[str, dict[str, T]]]
"""By scenario, region and name."""


def explorer(shared: SharedFacts, stamps: Mapping[Language, Sequence[str]], draft: bool) -> bytes:
    """The page; `stamps` are the lines of the run stamp by language."""
    sample, central, as_of = shared.tables["sample"], shared.central, int(shared.central.as_of[:4])
    contexts = {language: Context(shared, Words(language)) for language in LANGUAGES}
    texts = {language: page_texts(context, draft) for language, context in contexts.items()}
    columns, lines, index = lines_of(sample)
    years = sorted(int(year) for year in sample["year"].unique())
    plans = {plan.region: plan for plan in sorted(shared.catalogue.plans.values(), key=lambda plan: plan.horizon.end)}
    known = (name for name in index[CENTRAL] if name != ALL)
    regions = [
        {
            "id": name,
            "name": {language: context.name(name) for language, context in contexts.items()},
            "plan": plans[name].id if name in plans else None,
            "ended": name in plans and plans[name].horizon.end < as_of,
        }
        for name in sorted(known, key=lambda name: (name not in plans, name != NATION, name))
    ]
    data = {
        "old": "explore.old",
        "years": sorted(int(year) for year in sample.loc[sample["series"] == "people", "year"].unique()),
        "asOf": as_of,
        "planYear": central.next_plan.year,
        "quantities": EXPLORED,
        "order": list(EXPLORED),
        "yardsticks": (*YARDSTICKS, "ratio"),
        "people": PEOPLE,
        "scenarios": list(index),
        "regions": regions,
    }
    more = [*texts_of(stamps), *(name for region in regions for name in texts_of(region["name"])), SIGNS]
    packed = {"columns": columns, "lines": lines, "index": index, "published": published(shared, years)}
    return interactive_page("explore", texts, more, packed, data, draft=draft, stamps=stamps)


def lines_of(sample: pd.DataFrame) -> tuple[list[Values], list[list[int]], ByRegion[int]]:
    """Different columns and lines of the sample once each, and the place of a line by scenario, region and name.

    A column holds every draw of a year, or one number where all draws are the same; a line the places of its columns.
    """
    columns: dict[tuple[float | None, ...], int] = {}
    lines: dict[tuple[int, ...], int] = {}
    index: ByRegion[int] = defaultdict(lambda: defaultdict(dict))
    names = ["scenario", "region", "series", "item"]
    wide = sample.pivot(index=[*names, "draw"], columns="year", values="value")
    for (scenario, region, series, item), draws in wide.groupby(level=names):
        years = draws.to_numpy(dtype=float).T[: 1 if series in SAME_EVERY_YEAR else None]
        found = [tuple(_plain(value) for value in year) for year in years.tolist()]
        found = [column[:1] if len(set(column)) == 1 else column for column in found]
        places = tuple(columns.setdefault(column, len(columns)) for column in found)
        index[str(scenario)][str(region)][f"{series}/{item}"] = lines.setdefault(places, len(lines))
    scenarios = sorted(index, key=lambda name: (name != CENTRAL, name))
    return [*map(list, columns)], [*map(list, lines)], {name: index[name] for name in scenarios}


def published(shared: SharedFacts, years: Sequence[int]) -> ByRegion[Values]:
    """Published results by scenario and region: [shown, low, high], named by measure, quantity, yardstick and year."""
    choices = ViewChoices(shared.settings, sampled=years)

    def shown(table: str) -> pd.DataFrame:
        return seen(shared.tables[table], table, "explorer", choices)

    gap, need = shown("gap"), shown("need")
    required = need["measure"].isin(list(OF_NEED))
    people, care = need[~required], need[required]
    tables = [
        gap.assign(yardstick=gap["yardstick"].where(gap["measure"] != "existing")),
        people.assign(measure=people["severity"].fillna(people["measure"]), quantity=None, yardstick=None),
        care.assign(measure="required", yardstick="need", quantity=care["measure"].map(OF_NEED)),
    ]
    for table, measure in (("additions", "part"), ("cost", "kind")):
        rows = shown(table)
        tables.append(rows.assign(scenario=CENTRAL, year=shared.central.next_plan.year, measure=rows[measure]))
    found: ByRegion[Values] = defaultdict(lambda: defaultdict(dict))
    columns = ["scenario", "region", "measure", "quantity", "yardstick", "year", "shown", "q10", "q90"]
    for rows in tables:
        for scenario, region, *named, middle, low, high in rows[columns].itertuples(index=False, name=None):
            name = "/".join(str(part) for part in named if pd.notna(part))
            found[scenario][region][name] = [_plain(end) for end in (middle, low, high)]
    return found


def page_texts(context: Context, draft: bool) -> dict[str, str]:
    """Messages the page needs in one language, their placeholders left as they stand."""
    words = context.words
    keys = [*MESSAGES, *(["draft.mark"] if draft else []), *words.beginning("explore."), *words.beginning("yardstick.")]
    texts = {key: words.template(key) for key in keys}
    texts |= {f"quantity.{name}": context.indicator(name) for name in EXPLORED}
    return texts | {f"scenario.{name}": words.code("scenario", name) for name in context.shared.settings}


def _plain(value: float) -> float | None:
    """A number as JSON writes it shortest; None where it is not known."""
    if value != value:
        return None
    return int(value) if float(value).is_integer() else value
