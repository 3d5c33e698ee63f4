"""Every input checked at once: params.yaml, the YAML files and tables under data/, and each against the others."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pipeline.care.care_tables import CHOICES, choices_of
from pipeline.documents.yaml_file import KeyPath, YamlDocument, read_yaml
from pipeline.domain import Catalogue, Figure, Plan
from pipeline.errors import Doubt, Fault, InputError, nearest
from pipeline.inputs.catalogue import check_catalogue, city_faults
from pipeline.inputs.observations import SUPPLY, supply_faults
from pipeline.inputs.population_counts import people_at_census
from pipeline.inputs.raw_tables import JUMP, RawTables, check_tables
from pipeline.model.cities import City, settled
from pipeline.settings import PARAMS_FILE, Settings, settings_of
from pipeline.vocabulary import FIRST_AGES, POPULATIONS

PRICES = "data/raw/consumer_prices.csv"

TOTALS_FILE = "data/raw/census_totals.csv"

FAR_RATE, FAR_STOCK = 6.0, 10.0
"""How many times the nation's, or a part of it, a rate of a plan may be, and a stock for as many old people.

No figure of the delivered plans lies farther out than 5.5. Beds for 100 people in the place of 1,000 lie 8 times out.
"""

OF_ANOTHER_REGION = 3
"""How many times more or fewer people than its last census a plan may state and still be about the region."""


Stated = tuple[KeyPath, Figure, float]
"""A figure of a plan, its value, and where that stands."""


class Inputs(NamedTuple):
    """What was found. `settings` by scenario and the rest hold what could be read; `doubts` stop nothing."""

    settings: Mapping[str, Settings]
    catalogue: Catalogue
    raw: RawTables
    cities: Mapping[str, City]
    faults: tuple[Fault, ...]
    doubts: tuple[Doubt, ...]


def check_inputs(root: Path, params: YamlDocument | None = None) -> Inputs:
    """Check params.yaml (or `params`), YAML files and tables, and, where all can be read, each against the others."""
    findings: list[Fault] = []
    settings: dict[str, Settings] = {}
    try:
        document = params or read_yaml(root, PARAMS_FILE)
        settings = settings_of(document)
    except InputError as error:
        findings += error.faults
    catalogue, found = check_catalogue(root)
    findings += found
    raw = RawTables(root, catalogue.corrections)
    # What tables say of one another hangs on the catalogue: a region that was refused would be told as missing.
    findings += check_tables(raw, catalogue.regions, None if found else catalogue.sources)
    cities: dict[str, City] = {}
    # Sums that disagree with published totals, and cells rounded to zero, may have their reason in a table of another
    # place or unit.
    censuses = {region.census for region in catalogue.regions.values() if region.level == "city"}
    if all(fault.file == TOTALS_FILE or (fault.file in censuses and fault.value == "0") for fault in _faults(findings)):
        cities, found = settled(raw, catalogue.regions)
        findings += found
    if not _faults(findings):
        findings += city_faults(document, catalogue.regions)
        findings += _ratio_faults(document, catalogue)
        findings += choice_faults(raw, document, settings)
        findings += _plan_faults(raw, catalogue)
        prefectures = raw.table("data/raw/prefectures.csv")
        codes = dict(zip(prefectures["code"], prefectures["name"], strict=True))
        chosen = next(iter(settings.values()))
        findings += supply_faults(root, catalogue, raw.table(SUPPLY), codes, chosen.as_of, chosen.last_year)
    doubts = tuple(finding for finding in findings if isinstance(finding, Doubt))
    return Inputs(settings, catalogue, raw, cities, tuple(_faults(findings)), doubts)


def _faults(findings: Iterable[Fault]) -> list[Fault]:
    return [finding for finding in findings if not isinstance(finding, Doubt)]


def _ratio_faults(document: YamlDocument, catalogue: Catalogue) -> Iterator[Fault]:
    """Regions for which params.yaml gives a ratio of registered people and data/regions knows nothing."""
    for path in document.lines:
        ratio = len(path) > 1 and path[-2] in ("hukou_per_resident_60plus", "hukou_before")
        if ratio and path[-1] not in catalogue.regions:
            expected = f"a region of data/regions{nearest(path[-1], catalogue.regions)}"
            yield document.fault(path, path[-1], expected)


def choice_faults(raw: RawTables, document: YamlDocument, settings: Mapping[str, Settings]) -> Iterator[Fault]:
    """Parameters of need that cannot be used, and choices of params.yaml that no table holds."""
    files = {key: f"data/raw/{name}.csv" for key, (name, _) in CHOICES.items()}
    known = {key: parameters(raw.table(files[key])) for key, (_, parameters) in CHOICES.items()}
    priced = raw.table(PRICES)["year"]
    for scenario, chosen in settings.items():
        year, last = chosen.next_plan.price_year, priced.max()
        if year > last or not set(range(year + 1, last + 1)) <= set(priced):
            path = _set_at(document, scenario, chosen, ("next_plan", "price_year"))
            yield document.fault(path, year, f"a year from {priced.min() - 1} to {last} ({PRICES})")
        for path, value in choices_of(chosen.need):
            options = known[str(path[0])]
            if value not in options:
                expected = f"one of {', '.join(options)} ({files[str(path[0])]}){nearest(value, options)}"
                yield document.fault(_set_at(document, scenario, chosen, ("need", *path)), value, expected)


def _set_at(document: YamlDocument, scenario: str, chosen: Settings, path: KeyPath) -> KeyPath:
    """Where `path` stands that counts for a scenario: in the scenario itself, in the profile, or above."""
    return document.layered(path, (("scenarios", scenario), ("profiles", chosen.profile), ()))


def _plan_faults(raw: RawTables, catalogue: Catalogue) -> Iterator[Fault]:
    """Figures of plans that the census of their region rules out or makes doubtful, and doubtful ones beside others."""
    nation = _national(raw, catalogue)
    for plan in catalogue.plans.values():
        document = read_yaml(raw.root, plan.file)
        figures: list[Stated] = [
            (("figures", at, "value"), figure, figure.value)
            for at, figure in enumerate(plan.figures)
            if figure.value is not None
        ]
        counted = _counted(raw, plan, catalogue)
        stated: dict[tuple[object, ...], list[Stated]] = {}
        by_indicator: dict[str, list[Stated]] = {}
        for path, figure, value in figures:
            if value:
                by_indicator.setdefault(figure.indicator, []).append((path, figure, value))
            if figure.unit == "percent" and 0 < value < 1:
                expected = f"a percentage of at least 1 ({100 * value:.12g} %, given as a fraction?)"
                yield document.doubt(path, value, expected)
            elif expected := _far_from_nation(figure, value, nation, catalogue, counted.get("population_60plus")):
                yield document.doubt(path, value, expected)
            if (people := counted.get(figure.indicator)) is None:
                continue
            if not people / JUMP < value < people * JUMP:
                yield document.fault(path, value, f"persons, beside {people} in the last census (a figure in 万?)")
            elif not people / OF_ANOTHER_REGION < value < people * OF_ANOTHER_REGION:
                expected = f"a value nearer to {people}, the people of {plan.region} in the last census"
                yield document.doubt(path, value, expected)
            stated.setdefault((figure.year, figure.basis, figure.kind), []).append((path, figure, value))
        for alike in stated.values():
            widest = sorted(alike, key=lambda item: FIRST_AGES[POPULATIONS[item[1].indicator]])
            for (_, wide, most), (path, narrow, value) in pairwise(widest):
                if wide.indicator != narrow.indicator and value > most:
                    yield document.doubt(path, value, f"at most {most:.12g}, the value of {wide.id}")
        for same in by_indicator.values():
            path, _, low = min(same, key=lambda item: item[2])
            _, figure, high = max(same, key=lambda item: item[2])
            if (ratio := high / low) >= JUMP:
                expected = f"a value nearer to {high:.12g} of {figure.id} ({ratio:,.0f}-fold; another unit?)"
                yield document.doubt(path, low, expected)


def _counted(raw: RawTables, plan: Plan, catalogue: Catalogue) -> dict[str, int]:
    """People of the plan's region in its last census by indicator, where a group of it begins at that age."""
    region = catalogue.regions[plan.region]
    people = people_at_census((raw.bands([region]) or [raw.census([region])])[0])[region.id]
    return {name: int(people[group]) for name, group in POPULATIONS.items() if group in people}


def _far_from_nation(
    figure: Figure, value: float, nation: Mapping[str, float], catalogue: Catalogue, old: int | None
) -> str:
    """What is expected of a figure that is far from the nation's; `old` the people aged 60 and over, where known."""
    indicator, usual = catalogue.indicators[figure.indicator], nation.get(figure.indicator)
    if not value or not usual or indicator.increase_of or indicator.gap_of:
        return ""
    per, limit = "", FAR_RATE
    if indicator.scale is None and figure.unit in ("beds", "persons", "places"):
        if old is None:
            return ""
        usual, per = usual * old / nation["population_60plus"], " for as many people aged 60 and over"
        limit = FAR_STOCK
    ratio = max(value / usual, usual / value)
    near = f"{float(f'{usual:.4g}'):.12g}"
    return f"a value nearer to {near}, the nation's{per} ({ratio:,.0f}-fold; another unit?)" if ratio >= limit else ""


def _national(raw: RawTables, catalogue: Catalogue) -> dict[str, float]:
    """What the nation has or aims at by indicator: its last published figure, its goal, the ratio of both."""
    goals = raw.table("data/raw/national_goals.csv").sort_values("year")
    found = dict(zip(goals["indicator"], goals["value"].astype(float), strict=True))
    for file, dated in (("data/raw/care_figures.csv", "year"), ("data/raw/supply.csv", "date")):
        figures = raw.table(file)
        own = figures[(figures["region"] == "china") & (figures["confidence"] != "weak")].sort_values(dated)
        found |= dict(zip(own["indicator"], own["value"].astype(float), strict=True))
    for name, item in catalogue.indicators.items():
        above, below = found.get(item.numerator or ""), found.get(item.denominator or "")
        if name not in found and item.scale and above and below:
            found[name] = item.scale * above / below
    return found
