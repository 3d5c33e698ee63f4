"""The explorer: one page in both languages that works out a reader's own question from a sample of the draws.

The page carries the sample and the published results beside it, packed, and fetches nothing. Its arithmetic is that of
`pipeline.shortfall.choices`, told in JavaScript; a test in the browser holds the two together.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.facts import SharedFacts
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.render import pack, page
from pipeline.report.wording import Words
from pipeline.results.view import EXPLORED, OF_NEED, ViewChoices, seen
from pipeline.shortfall.choices import SAME_EVERY_YEAR
from pipeline.vocabulary import CENTRAL, NATION, YARDSTICKS

ASKED_BY = (*YARDSTICKS, "ratio")
PEOPLE = ("population_60plus", "population_80plus", "disabled", "mild", "moderate", "severe", "dementia")

MESSAGES = ("nav.other", "nav.home", "nav.skip", "footer.font", "stamp.title")
SIGNS = "0123456789,.−–—%×[]() "
"""What the page's script writes beside messages."""

type Values = list[float | None]


def explorer(shared: SharedFacts, stamps: Mapping[Language, Sequence[str]], draft: bool) -> bytes:
    """The page; `stamps` are the lines of the run stamp by language.

    Raises MissingMessage, MissingResult or MissingGlyph where the page asks for what is not there.
    """
    data = explorer_data(shared)
    texts = {language: page_texts(Context(shared, Words(language)), draft) for language in LANGUAGES}
    said = [text for by_key in texts.values() for text in by_key.values()]
    said += [text for entries in stamps.values() for text in entries]
    said += [name for region in data["regions"] for name in region["name"].values()]
    packed = {name: data.pop(name) for name in ("columns", "lines", "index", "published")}
    return page(
        "explore.html.j2",
        [*said, SIGNS],
        topic="explore",
        text=texts["zh"],
        words=texts,
        draft=draft,
        stamps=stamps,
        data=data | {"packed": pack(packed), "texts": texts, "old": "explore.old"},
    ).encode()


def explorer_data(shared: SharedFacts) -> dict[str, Any]:
    """All that the page works with: regions, years, the lines of the sample by place, and published results."""
    sample, central = shared.tables["sample"], shared.central
    columns, lines, index = lines_of(sample)
    plans = {
        facts.plan.region: facts.plan
        for facts in sorted(shared.plans.values(), key=lambda facts: facts.plan.horizon.end)
    }
    as_of = int(central.as_of[:4])
    known = [name for name in index[CENTRAL] if name != "all"]
    order = sorted(known, key=lambda name: (name not in plans, name != NATION, name))
    names = {language: Context(shared, Words(language)) for language in LANGUAGES}
    return {
        "years": sorted(int(year) for year in sample.loc[sample["series"] == "people", "year"].unique()),
        "asOf": as_of,
        "planYear": central.next_plan.year,
        "quantities": EXPLORED,
        "order": list(EXPLORED),
        "yardsticks": ASKED_BY,
        "people": PEOPLE,
        "scenarios": list(index),
        "regions": [
            {
                "id": name,
                "name": {language: context.name(name) for language, context in names.items()},
                "plan": plans[name].id if name in plans else None,
                "ended": name in plans and plans[name].horizon.end < as_of,
            }
            for name in order
        ],
        "columns": columns,
        "lines": lines,
        "index": index,
        "published": published(shared, sorted(int(year) for year in sample["year"].unique())),
    }


def lines_of(sample: pd.DataFrame) -> tuple[list[Values], list[list[int]], dict[str, dict[str, dict[str, int]]]]:
    """Different columns and lines of the sample once each, and the place of a line by scenario, region and name.

    A column holds every draw of a year, or one number where all draws are the same; a line the places of its columns.
    """
    columns: dict[tuple[float | None, ...], int] = {}
    lines: dict[tuple[int, ...], int] = {}
    index: dict[str, dict[str, dict[str, int]]] = {}
    names = ["scenario", "region", "series", "item"]
    wide = sample.pivot(index=[*names, "draw"], columns="year", values="value")
    for (scenario, region, series, item), draws in wide.groupby(level=names):
        years = draws.to_numpy(dtype=float).T[: 1 if series in SAME_EVERY_YEAR else None]
        found = [tuple(_plain(value) for value in year) for year in years.tolist()]
        found = [column[:1] if len(set(column)) == 1 else column for column in found]
        places = tuple(columns.setdefault(column, len(columns)) for column in found)
        by_name = index.setdefault(str(scenario), {}).setdefault(str(region), {})
        by_name[f"{series}/{item}"] = lines.setdefault(places, len(lines))
    scenarios = sorted(index, key=lambda name: (name != CENTRAL, name))
    return (
        [list(column) for column in columns],
        [list(line) for line in lines],
        {name: index[name] for name in scenarios},
    )


def published(shared: SharedFacts, years: Sequence[int]) -> dict[str, dict[str, dict[str, Values]]]:
    """Published results by scenario and region: [shown, low, high], named by measure, quantity, yardstick and year."""
    found: dict[str, dict[str, dict[str, Values]]] = {}

    def add(rows: pd.DataFrame, *names: str) -> None:
        for row in rows.to_dict("records"):
            name = "/".join(str(row[part]) for part in names)
            entry = [_plain(float(row[end])) for end in ("shown", "q10", "q90")]
            found.setdefault(str(row["scenario"]), {}).setdefault(str(row["region"]), {})[name] = entry

    choices = ViewChoices(shared.settings, sampled=years)

    def shown(table: str) -> pd.DataFrame:
        return seen(shared.tables[table], table, "explorer", choices)

    gap = shown("gap")
    add(gap[gap["measure"] != "existing"], "measure", "quantity", "yardstick", "year")
    add(gap[gap["measure"] == "existing"], "measure", "quantity", "year")
    need = shown("need")
    required = need["measure"].isin(list(OF_NEED))
    people, care = need[~required], need[required]
    add(people.assign(item=people["severity"].fillna(people["measure"])), "item", "year")
    care = care.assign(measure="required", yardstick="need", quantity=care["measure"].map(OF_NEED))
    add(care, "measure", "quantity", "yardstick", "year")
    for table, measure in (("additions", "part"), ("cost", "kind")):
        if shared.tables.has(table):
            rows = shown(table).assign(scenario=CENTRAL, year=shared.central.next_plan.year)
            add(rows, measure, "quantity", "yardstick", "year") if "quantity" in rows else None
    return found


def page_texts(context: Context, draft: bool) -> dict[str, str]:
    """Messages the page needs in one language, their placeholders left as they stand."""
    words = context.words
    keys = [*MESSAGES, *(["draft.mark"] if draft else []), *words.beginning("explore."), *words.beginning("yardstick.")]
    texts = {key: words.template(key) for key in dict.fromkeys(keys)}
    texts |= {f"quantity.{name}": context.indicator(name) for name in EXPLORED}
    return texts | {f"scenario.{name}": words.code("scenario", name) for name in context.shared.settings}


def _plain(value: float) -> float | None:
    """A number as JSON writes it shortest; None where it is not known."""
    if value != value:
        return None
    return int(value) if float(value).is_integer() else value
