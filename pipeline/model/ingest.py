"""Every input checked at once: params.yaml, the YAML files and tables under data/, and each against the others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipeline.care import care_tables as care_tables
from pipeline.documents.fault_words import nearest, shown
from pipeline.documents.yaml_file import KeyPath, YamlDocument, read_yaml
from pipeline.domain import Catalogue, Figure, Plan
from pipeline.errors import Doubt, Fault, InputError, OutOfRangeError
from pipeline.inputs.bulletins import margin_rows
from pipeline.inputs.catalogue import PLANS_FOLDER, check_catalogue, city_faults
from pipeline.inputs.observations import SUPPLY, supply_faults
from pipeline.inputs.plausible import JUMP
from pipeline.inputs.raw_tables import RawTables, check_tables
from pipeline.model.cities import City, settled
from pipeline.settings import PARAMS_FILE, NeedSettings, Settings, settings_of
from pipeline.vocabulary import FIRST_AGES, POPULATIONS

PRICES = "data/raw/consumer_prices.csv"

TOTALS_FILE = "data/raw/census_totals.csv"

FAR_RATE, FAR_STOCK = 6.0, 10.0
"""How many times the nation's, or a part of it, a rate of a plan may be, and a stock for as many old people.

No figure of the delivered plans lies farther out than 5.5. Beds for 100 people in the place of 1,000 lie 8 times out.
"""

OF_ANOTHER_REGION = 3
"""How many times more or fewer people than its last census a plan may state and still be about the region."""


@dataclass(frozen=True)
class Inputs:
    """What was found. `settings` by scenario and the rest hold what could be read; `doubts` stop nothing."""

    settings: Mapping[str, Settings]
    catalogue: Catalogue
    raw: RawTables
    cities: Mapping[str, City]
    faults: tuple[Fault, ...]
    doubts: tuple[Doubt, ...]


def check_inputs(root: Path, params: YamlDocument | None = None) -> Inputs:
    """Check params.yaml, the YAML files, the raw tables, and, where all can be read, each against the others.

    `params` stands in for params.yaml where it is given.
    """
    faults: list[Fault] = []
    doubts: list[Doubt] = []
    settings: dict[str, Settings] = {}
    try:
        document = params or read_yaml(root, PARAMS_FILE)
        settings = settings_of(document)
    except InputError as error:
        faults += error.faults
    catalogue, found = check_catalogue(root)
    faults += found
    raw = RawTables(root, catalogue.corrections)
    # What tables say of one another hangs on the catalogue: a region that was refused would be told as missing.
    found, doubts = check_tables(raw, catalogue.regions, None if found else catalogue.sources)
    faults += found
    cities: dict[str, City] = {}
    # Sums that disagree with published totals, and cells rounded to zero, may have their reason in a table of another
    # place or unit.
    censuses = {region.census for region in catalogue.regions.values() if region.level == "city"}
    if all(fault.file == TOTALS_FILE or (fault.file in censuses and fault.value == "0") for fault in faults):
        cities, found, more = settled(raw, catalogue.regions)
        faults += found
        doubts += more
    if not faults:
        faults += city_faults(document, catalogue.regions)
        faults += _ratio_faults(document, catalogue)
        faults += choice_faults(raw, document, settings)
        found, more = _population_faults(raw, catalogue)
        faults += found
        doubts += more
        found, more = _supply_faults(raw, catalogue, settings)
        faults += found
        doubts += more
    return Inputs(settings, catalogue, raw, cities, tuple(faults), tuple(doubts))


def _supply_faults(
    raw: RawTables, catalogue: Catalogue, settings: Mapping[str, Settings]
) -> tuple[list[Fault], list[Doubt]]:
    """What is wrong among the observations of supply."""
    prefectures = raw.table("data/raw/prefectures.csv")
    codes = dict(zip(prefectures["code"], prefectures["name"], strict=True))
    chosen = next(iter(settings.values()))
    return supply_faults(raw.root, catalogue, raw.table(SUPPLY), codes, chosen.as_of, chosen.last_year)


def _ratio_faults(document: YamlDocument, catalogue: Catalogue) -> Iterator[Fault]:
    """Regions for which params.yaml gives a ratio of registered people and data/regions knows nothing."""
    for path in document.lines:
        if (
            len(path) > 1
            and path[-2] in ("hukou_per_resident_60plus", "hukou_before")
            and path[-1] not in catalogue.regions
        ):
            expected = f"a region of data/regions{nearest(path[-1], catalogue.regions)}"
            yield Fault(document.file, document.place(path), shown(path[-1]), expected)


def choice_faults(raw: RawTables, document: YamlDocument, settings: Mapping[str, Settings]) -> Iterator[Fault]:
    """Parameters of need that cannot be used, and choices of params.yaml that no table holds."""
    known: dict[str, tuple[Iterable[str], str]] = {}
    for key, name, parameters in (
        ("definitions", "disability_prevalence", care_tables.definitions),
        ("trend", "disability_prevalence", care_tables.trends),
        ("severity", "severity", care_tables.severity_profiles),
        ("dementia", "dementia", care_tables.dementia_sources),
        ("settings", "care_settings", care_tables.setting_schemes),
        ("staffing", "staffing", care_tables.staffing_tables),
    ):
        file = f"data/raw/{name}.csv"
        try:
            known[key] = (parameters(raw.table(file)), file)
        except OutOfRangeError as error:
            yield error.fault(file)
    priced = raw.table(PRICES)["year"]
    for scenario, chosen in settings.items():
        if not priced.min() - 1 <= (year := chosen.next_plan.price_year) <= priced.max():
            place = _place(document, scenario, chosen, ("next_plan", "price_year"))
            yield Fault(document.file, place, str(year), f"a year from {priced.min() - 1} to {priced.max()} ({PRICES})")
        for path, value in _chosen(chosen.need):
            options, file = known.get(str(path[0]), ((value,), ""))
            if value not in options:
                expected = f"one of {', '.join(options)} ({file}){nearest(value, options)}"
                yield Fault(document.file, _place(document, scenario, chosen, ("need", *path)), shown(value), expected)


def _chosen(need: NeedSettings) -> Iterator[tuple[KeyPath, str]]:
    for place, name in enumerate(need.definitions):
        yield ("definitions", place), name
    for key in ("trend", "severity", "dementia", "settings", "staffing"):
        yield (key,), getattr(need, key)


def _place(document: YamlDocument, scenario: str, chosen: Settings, path: KeyPath) -> str:
    """Where `path` stands that counts for a scenario: in the scenario itself, in the profile, or above."""
    layers: tuple[KeyPath, ...] = (("scenarios", scenario), ("profiles", chosen.profile), ())
    return next(document.place((*layer, *path)) for layer in layers if (*layer, *path[:2]) in document.lines)


def _population_faults(raw: RawTables, catalogue: Catalogue) -> tuple[list[Fault], list[Doubt]]:
    """Figures of plans on people that the census of their region rules out, and those that contradict one another."""
    faults: list[Fault] = []
    doubts: list[Doubt] = []
    for plan in catalogue.plans.values():
        file = f"{PLANS_FOLDER}/{plan.id}.yaml"
        counted = _counted(raw, plan, catalogue)
        stated: dict[tuple[object, ...], list[Figure]] = {}
        for figure in plan.figures:
            if figure.value is None or figure.indicator not in counted:
                continue
            people = counted[figure.indicator]
            if not people / JUMP < figure.value < people * JUMP:
                expected = f"persons, beside {people} in the last census (a figure in 万?)"
                faults.append(Fault(file, _at(raw.root, file, plan, figure), f"{figure.value:.12g}", expected))
            elif not people / OF_ANOTHER_REGION < figure.value < people * OF_ANOTHER_REGION:
                expected = f"a value nearer to {people}, the people of {plan.region} in the last census"
                doubts.append(Doubt(file, _at(raw.root, file, plan, figure), f"{figure.value:.12g}", expected))
            stated.setdefault((figure.year, figure.basis, figure.kind), []).append(figure)
        for figures in stated.values():
            widest = sorted(figures, key=lambda figure: FIRST_AGES[POPULATIONS[figure.indicator]])
            for wide, narrow in pairwise(widest):
                if wide.indicator != narrow.indicator and (narrow.value or 0) > (wide.value or 0):
                    expected = f"at most {wide.value:.12g}, the value of {wide.id}"
                    doubts.append(Doubt(file, _at(raw.root, file, plan, narrow), f"{narrow.value:.12g}", expected))
        doubts += _jumps(raw.root, plan, file)
        doubts += _against_the_nation(raw, plan, catalogue, counted.get("population_60plus"), file)
        for figure in plan.figures:
            if _fraction(figure):
                expected = f"a percentage of at least 1 ({100 * (figure.value or 0):.12g} %, given as a fraction?)"
                doubts.append(Doubt(file, _at(raw.root, file, plan, figure), f"{figure.value:.12g}", expected))
    return faults, doubts


def _counted(raw: RawTables, plan: Plan, catalogue: Catalogue) -> dict[str, int]:
    """People of the plan's region in its last census by indicator, where a group of it begins at that age."""
    region = catalogue.regions[plan.region]
    census = (
        margin_rows(raw.margins(catalogue.regions, [region.id]))
        if raw.form(region) == "margins"
        else raw.census([region])
    )
    last = census[census["year"] == census["year"].max()]
    ages = last["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    firsts = {indicator: FIRST_AGES[group] for indicator, group in POPULATIONS.items()}
    return {name: int(last.loc[ages >= age, "population"].sum()) for name, age in firsts.items() if age in set(ages)}


def _fraction(figure: Figure) -> bool:
    """Whether a percentage lies below 1."""
    return figure.unit == "percent" and 0 < (figure.value or 0) < 1


def _at(root: Path, file: str, plan: Plan, figure: Figure) -> str:
    """Where the value of a figure stands."""
    return read_yaml(root, file).place(("figures", plan.figures.index(figure), "value"))


def _against_the_nation(
    raw: RawTables, plan: Plan, catalogue: Catalogue, old: int | None, file: str
) -> Iterator[Doubt]:
    """Figures of a plan that are far from the nation's: beds in 万, a share in the place of a rate."""
    nation = _national(raw, catalogue)
    for figure in plan.figures:
        indicator = catalogue.indicators[figure.indicator]
        usual = nation.get(figure.indicator)
        if not figure.value or not usual or indicator.increase_of or indicator.gap_of or _fraction(figure):
            continue
        per, limit = "", FAR_RATE
        if indicator.scale is None and figure.unit in ("beds", "persons", "places"):
            if old is None:
                continue
            usual, per = usual * old / nation["population_60plus"], " for as many people aged 60 and over"
            limit = FAR_STOCK
        ratio = max(figure.value / usual, usual / figure.value)
        if ratio >= limit:
            near = f"{float(f'{usual:.4g}'):.12g}"
            expected = f"a value nearer to {near}, the nation's{per} ({ratio:,.0f}-fold; another unit?)"
            yield Doubt(file, _at(raw.root, file, plan, figure), f"{figure.value:.12g}", expected)


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


def _jumps(root: Path, plan: Plan, file: str) -> Iterator[Doubt]:
    """Two figures of one indicator that differ by what no plan period brings about."""
    by_indicator: dict[str, list[Figure]] = {}
    for figure in plan.figures:
        if figure.value:
            by_indicator.setdefault(figure.indicator, []).append(figure)
    for figures in by_indicator.values():
        low = min(figures, key=lambda figure: figure.value or 0)
        high = max(figures, key=lambda figure: figure.value or 0)
        ratio = (high.value or 0) / (low.value or 1)
        if ratio >= JUMP:
            expected = f"a value nearer to {high.value:.12g} of {high.id} ({ratio:,.0f}-fold; another unit?)"
            yield Doubt(file, _at(root, file, plan, low), f"{low.value:.12g}", expected)
