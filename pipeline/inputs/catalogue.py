"""The catalogue: regions, sources, indicators, plans and corrections, every file by itself, then beside the others."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.documents.validate import read_model
from pipeline.documents.yaml_file import KeyPath, YamlDocument
from pipeline.domain import Catalogue, Figure, Identifier, Indicator, Plan, Rating, Region, Source
from pipeline.errors import Fault, InputError, nearest, raise_if_any, shown
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import CORRECTIONS, CORRECTIONS_FILE
from pipeline.settings import Settings
from pipeline.settings.manual import keys
from pipeline.vocabulary import Level

CITIES = "data/regions/cities"
REGIONS_FOLDERS = ("data/regions/provinces", CITIES)
PLANS_FOLDER = "data/plans"
SOURCES_FILE = "data/sources.yaml"
INDICATORS_FILE = "data/indicators.yaml"
RATINGS_FILE = "data/ratings.yaml"

YEARS_BEFORE_BASE, YEARS_AFTER_HORIZON = 20, 10
"""How far the year of a figure may lie from its plan's years."""
LONGEST_PLAN = 30
YEARS_BEFORE_PLAN = 10
"""How many years a plan may reach, and how long before its first its base year and its date may lie."""

SCALES = {"percent": 100, "per_100": 100, "per_1000": 1000, "per_10000": 10_000, "persons_per_worker": 1}
"""Scales of the ratios by unit."""

COUNTED = ("persons", "beds", "places", "facilities", "organisations", "person_times")
"""Units of which a plan states whole numbers."""

RESERVED = ("checks", "overview", "tables")
"""Folders under reports/ that hold something else than the report of a plan."""

WIDER = ("subset_of", "part_of", "gap_of", "increase_of")
INDICATOR_LINKS = ("numerator", "denominator", "disjoint_from", *WIDER)
"""Keys of an indicator that name other indicators; the wider ones lead away from it."""

PARENTS: Mapping[Level, Level | None] = {"nation": None, "province": "nation", "city": "province"}
CODES: Mapping[Level, tuple[str, str]] = {
    "nation": ("000000", "000000, the nation's"),
    "province": ("(?!00)[0-9]{2}0000", "the code of a province, as 410000"),
    "city": ("[0-9]{2}(?!0000)[0-9]{4}", "the code of a city, as 411000"),
}
"""The form of a code by level, and what is expected of it."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REGION, _PLAN = TypeAdapter(Region), TypeAdapter(Plan)
_SOURCES = TypeAdapter(dict[Identifier, Source])
_INDICATORS = TypeAdapter(dict[Identifier, Indicator])
_RATINGS = TypeAdapter(dict[str, Rating])

Problem = tuple[KeyPath, object, str]
"""Where in a file, what was found there, what was expected."""
KeyProblem = tuple[str, object, str]
"""The same of one key of an item."""


def load_catalogue(root: Path) -> Catalogue:
    """Sources, regions, indicators, plans and corrections of the project. Raises InputError with every fault."""
    catalogue, faults = check_catalogue(root)
    raise_if_any(faults)
    return catalogue


def check_catalogue(root: Path) -> tuple[Catalogue, list[Fault]]:
    """What could be read, and the faults of each file by itself or, where all can be read, of them together."""
    faults: list[Fault] = []
    sources, _ = _read(root, SOURCES_FILE, _SOURCES, faults) or ({}, None)
    indicators, document = _read(root, INDICATORS_FILE, _INDICATORS, faults) or ({}, None)
    corrections, _ = _read(root, CORRECTIONS_FILE, CORRECTIONS, faults) or ((), None)
    regions, region_documents = _read_folders(root, REGIONS_FOLDERS, _REGION, faults)
    plans, plan_documents = _read_folders(root, (PLANS_FOLDER,), _PLAN, faults)
    for named, documents in ((regions, region_documents), (plans, plan_documents)):
        for name, item in named.items():
            twice = [source for source in item.sources if source in sources]
            faults += [documents[name].fault(("sources", one), one, "an id no other source has") for one in twice]
            sources = {**item.sources, **sources}
    catalogue = Catalogue(sources, regions, indicators, plans, corrections)
    if document and not faults:
        faults += _region_faults(catalogue, region_documents, root)
        for name in indicators:
            for key, value, expected in _indicator_problems(name, indicators):
                faults.append(document.fault((name, key), value, expected))
        faults += _plan_faults(catalogue, plan_documents)
        tables = {*RAW_FILES, *(region.census for region in regions.values())}
        faults += _correction_faults(catalogue, tables)
        faults += _stray_tables(root, tables)
    return catalogue, faults


def load_regions(root: Path) -> dict[str, Region]:
    """The regions by id: provinces and the nation, then cities, each by file name. Raises InputError."""
    faults: list[Fault] = []
    regions, _ = _read_folders(root, REGIONS_FOLDERS, _REGION, faults)
    raise_if_any(faults)
    return regions


def load_ratings(root: Path) -> dict[str, Rating]:
    """Ratings by key of params.yaml or by its section, in the order of their file. Raises InputError."""
    ratings, document = read_model(root, RATINGS_FILE, _RATINGS)
    known = {".".join(path[:depth]) for path, _ in keys(Settings) for depth in range(1, len(path) + 1)}
    strangers = [name for name in ratings if name not in known]
    raise_if_any(document.fault((name,), name, f"a key of params.yaml{nearest(name, known)}") for name in strangers)
    return ratings


def city_faults(params: YamlDocument, regions: Mapping[str, Region]) -> Iterator[Fault]:
    """A fault for each city that stands in `regions` or in the list `cities` of params.yaml (valid) alone.

    DVC makes a stage of each city of the list.
    """
    cities, listed = [region.id for region in regions.values() if region.level == "city"], params.data["cities"]
    for at, city in enumerate(listed):
        if city not in cities:
            yield params.fault(("cities", at), city, f"a city of {CITIES}{nearest(city, cities)}")
    for city in cities:
        if city not in listed:
            yield params.fault(("cities",), listed, f"{city} too, as every city of {CITIES}")


def _read[Model](
    root: Path, file: str, adapter: TypeAdapter[Model], faults: list[Fault]
) -> tuple[Model, YamlDocument] | None:
    try:
        return read_model(root, file, adapter)
    except InputError as error:
        faults += error.faults
        return None


def _read_folders[Named: (Region, Plan)](
    root: Path, folders: Sequence[str], adapter: TypeAdapter[Named], faults: list[Fault]
) -> tuple[dict[str, Named], dict[str, YamlDocument]]:
    """The models of all YAML files of the folders by id; a file is named like the id in it."""
    models: dict[str, Named] = {}
    documents: dict[str, YamlDocument] = {}
    for folder in folders:
        paths = sorted(path for path in (root / folder).glob("[!.]*") if path.name != "README.md")
        if not paths:
            faults.append(Fault(folder, "", "no YAML file", "one file for each"))
        for path in paths:
            if path.suffix != ".yaml" or not _NAME.fullmatch(path.stem):
                expected = "files named <id>.yaml alone, an id being small letters, digits and _"
                faults.append(Fault(folder, "", f"the file {shown(path.name)}", expected))
            elif found := _read(root, f"{folder}/{path.name}", adapter, faults):
                model, document = found
                if path.stem != model.id:
                    faults.append(document.fault(("id",), model.id, f"{path.stem}, as the file is named"))
                if model.id in models:
                    faults.append(document.fault(("id",), model.id, "an id no other file has"))
                models[model.id], documents[model.id] = model, document
    return models, documents


def _stray_tables(root: Path, known: Set[str]) -> list[Fault]:
    """A fault for each table below data/raw that nothing reads: misnamed, or of a region without its YAML."""
    found = sorted({path.relative_to(root).as_posix() for path in (root / "data/raw").rglob("*.csv")} - known)
    expected = "a table of pipeline/inputs/raw_tables.yaml, or census/<level>/<id of a region>.csv"
    return [Fault(file, "", "a table that nothing reads", expected + nearest(file, known)) for file in found]


def _region_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument], root: Path) -> Iterator[Fault]:
    """Parents, codes and names that do not fit, census files that are not there, sources that are unknown."""
    codes: dict[str, str] = {}
    names: dict[tuple[object, ...], str] = {}
    for region in catalogue.regions.values():
        document, code, parent = documents[region.id], region.gb_code, catalogue.regions.get(region.parent or "")
        # A county or district has its name within its prefecture: two cities of Jiangsu have a 鼓楼区.
        within = "" if code.endswith("00") else code[:4]
        other = names.setdefault((region.level, within, region.name.zh), region.id)
        if expected := _parent_wanted(region, catalogue.regions):
            yield document.fault(("parent",), region.parent, expected)
        if expected := _code_wanted(region, parent, codes.setdefault(code, region.id)):
            yield document.fault(("gb_code",), code, expected)
        own = region.file.replace("data/regions", "data/raw/census").replace(".yaml", ".csv")
        if (folder := Path(document.file).parent) != Path(region.file).parent:
            yield document.fault(("level",), region.level, f"the level of a region in {folder.as_posix()}")
        elif region.census != own:
            yield document.fault(("census",), region.census, f"{own}, the table of its own")
        elif not (root / own).is_file():
            yield document.fault(("census",), region.census, "a file that exists")
        if other != region.id:
            yield document.fault(("name", "zh"), region.name.zh, f"a name of its own ({other} has this one)")
        for at, count in enumerate(region.counts):
            if expected := _source_wanted(count.source, catalogue):
                yield document.fault(("counts", at, "source"), count.source, expected)


def _source_wanted(name: str, catalogue: Catalogue) -> str:
    return "" if name in catalogue.sources else f"a source of {SOURCES_FILE}{nearest(name, catalogue.sources)}"


def _parent_wanted(region: Region, regions: Mapping[str, Region]) -> str:
    wanted, parent = PARENTS[region.level], regions.get(region.parent or "")
    if wanted is None:
        return "" if region.parent is None else "null: a nation has no parent here"
    if parent is None:
        return f"the id of a {wanted}{nearest(region.parent, regions)}"
    return "" if parent.level == wanted else f"the id of a {wanted}"


def _code_wanted(region: Region, parent: Region | None, first: str) -> str:
    """What is expected of a code that `first` has before this region, or that does not fit level and province."""
    form, expected = CODES[region.level]
    if first != region.id:
        return f"a code of its own ({first} has this one)"
    if region.level == "city" and parent and parent.level == "province" and region.gb_code[:2] != parent.gb_code[:2]:
        return f"a code that begins with {parent.gb_code[:2]}, as that of {parent.id}"
    return "" if re.fullmatch(form, region.gb_code) else expected


def _indicator_problems(name: str, indicators: Mapping[str, Indicator]) -> Iterator[KeyProblem]:
    """Links, scales and ranges that do not fit."""
    indicator = indicators[name]
    above, below, scale, (low, high) = indicator.numerator, indicator.denominator, indicator.scale, indicator.range
    for key in INDICATOR_LINKS:
        linked = getattr(indicator, key)
        for other in linked if isinstance(linked, tuple) else (linked,):
            if other is not None and other not in indicators:
                yield key, other, f"an indicator of this file{nearest(other, indicators)}"
            if key in WIDER and name in _wider(other, indicators):
                yield key, other, f"an indicator that does not lead back to {name}"
            if key == "disjoint_from" and other in (name, indicator.subset_of, indicator.part_of):
                yield key, other, "an indicator that is neither this one nor holds it"
            if key in ("numerator", "denominator") and other == name:
                yield key, name, "another indicator than itself"
    if above is not None and above == below:
        yield "denominator", below, "another indicator than the numerator"
    if scale is not None and scale != SCALES.get(indicator.unit, scale):
        yield "scale", scale, f"{SCALES[indicator.unit]}, the scale of {indicator.unit}"
    if scale is None and below is not None:
        yield "scale", None, "the scale of the ratio (100 for percent)"
    if scale is not None and above is None and below is None:
        yield "scale", scale, "null, as the indicator is no ratio"
    if (indicator.increase_of is None) != (indicator.period is None):
        yield "period", indicator.period, "increase_of and period, or neither"
    if low > high:
        yield "range", [low, high], "the lower end first"
    if low < 0 and indicator.increase_of is None:
        yield "range", [low, high], "a lower end of at least 0 (only an increase may be negative)"


def _wider(name: str | None, indicators: Mapping[str, Indicator]) -> set[str]:
    """An indicator and all that it lies in, is the gap of or is the increase of, at any distance."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here is not None and here in indicators and here not in seen:
            seen.add(here)
            waiting += [getattr(indicators[here], key) for key in WIDER]
    return seen


def _plan_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument]) -> Iterator[Fault]:
    planned: dict[tuple[str, int], str] = {}
    for plan in catalogue.plans.values():
        document, start = documents[plan.id], plan.horizon.start
        for path, value, expected in _plan_problems(plan, catalogue):
            yield document.fault(path, value, expected)
        if (other := planned.setdefault((plan.region, start), plan.id)) != plan.id:
            expected = f"another first year than that of {other}: the later plan of a region supersedes the earlier"
            yield document.fault(("horizon", "start"), start, expected)
        seen: set[str] = set()
        for at, figure in enumerate(plan.figures):
            if figure.id in seen:
                yield document.fault(("figures", at, "id"), figure.id, "an id used once")
            seen.add(figure.id)
            for key, value, expected in _figure_problems(figure, plan, catalogue.indicators):
                yield document.fault(("figures", at, key), value, f"{expected} (figure {figure.id})")


def _plan_problems(plan: Plan, catalogue: Catalogue) -> Iterator[Problem]:
    if plan.id in RESERVED:
        yield ("id",), plan.id, f"another id: {', '.join(RESERVED)} are folders under reports/ for something else"
    if plan.region not in catalogue.regions:
        yield ("region",), plan.region, f"a region of data/regions{nearest(plan.region, catalogue.regions)}"
    if expected := _source_wanted(plan.source, catalogue):
        yield ("source",), plan.source, expected
    for resource, rule in plan.rules.items():
        heading = [figure.indicator for figure in plan.figures if figure.kind in ("target", "norm")]
        if rule.main not in heading:
            expected = f"an indicator on which the plan sets a target or norm{nearest(rule.main, heading)}"
            yield ("rules", resource, "main"), rule.main, expected
    start, end = plan.horizon.start, plan.horizon.end
    if start > end or end - start > LONGEST_PLAN:
        expected = "the first year first" if start > end else f"at most {LONGEST_PLAN} years"
        yield ("horizon",), f"{start} to {end}", expected
    for key, year in (("base_year", plan.base_year), ("date", plan.date.year if plan.date else None)):
        if year is not None and not start - YEARS_BEFORE_PLAN <= year <= end:
            yield (key,), getattr(plan, key), f"a year from {start - YEARS_BEFORE_PLAN} to {end}, the plan's last"


def _figure_problems(figure: Figure, plan: Plan, indicators: Mapping[str, Indicator]) -> Iterator[KeyProblem]:
    begun, end, year = plan.base_year or plan.horizon.start, plan.horizon.end, figure.year
    first, last = begun - YEARS_BEFORE_BASE, end + YEARS_AFTER_HORIZON
    if year is None:
        if figure.kind != "norm":
            yield "year", None, "a year (only a norm may have none)"
    elif not first <= year <= last:
        yield "year", year, f"a year from {first} to {last}"
    elif figure.kind == "target" and year < begun:
        yield "year", year, f"a target's year, not before {begun}"
    elif figure.kind == "baseline" and year > end:
        yield "year", year, f"a baseline's year, not after {end}, the plan's last"
    stem = f"{plan.id}.{figure.indicator}.{figure.kind}"
    if not f"{figure.id}.".startswith(f"{stem}."):
        yield "id", figure.id, f"an id that begins with {stem}"
    in_id = [int(part) for part in figure.id.split(".")[3:] if re.fullmatch(r"\d{4}", part)]
    if in_id and year not in in_id:
        yield "year", year, f"{in_id[0]}, the year of the id"
    if figure.basis_inferred is not None and figure.basis != "unspecified":
        yield "basis_inferred", figure.basis_inferred.value, f"none, as the plan states the basis {figure.basis}"
    if (indicator := indicators.get(figure.indicator)) is None:
        yield "indicator", figure.indicator, f"an indicator of {INDICATORS_FILE}{nearest(figure.indicator, indicators)}"
        return
    if figure.unit != indicator.unit:
        yield "unit", figure.unit, f"{indicator.unit}, the unit of {figure.indicator}"
    low, high = indicator.range
    for key, value in (("value", figure.value), ("upper", figure.upper)):
        if value is not None and not low <= value <= high:
            yield key, value, f"a value from {low:.12g} to {high:.12g} ({indicator.unit})"
    if figure.unit in COUNTED and figure.value is not None and figure.value % 1:
        yield "value", figure.value, f"a whole number of {figure.unit} (a figure in 万 or thousands?)"
    if figure.upper is not None and (figure.value is None or figure.upper <= figure.value):
        yield "upper", figure.upper, "the upper end of a range, above its value"


def _correction_faults(catalogue: Catalogue, tables: Set[str]) -> Iterator[Fault]:
    """Corrections of no table, of one cell twice, that change nothing, or without a source."""
    seen: dict[object, int] = {}
    for number, correction in enumerate(catalogue.corrections, start=1):
        place, column = f"correction {number}", correction.column
        if correction.file not in tables:
            expected = f"a raw table{nearest(correction.file, tables)}"
            yield Fault(CORRECTIONS_FILE, place, shown(correction.file), expected)
        first = seen.setdefault((correction.file, frozenset(correction.key.items()), column), number)
        if first != number:
            expected = f"another cell than correction {first} replaces"
            yield Fault(CORRECTIONS_FILE, place, f"column {column}", expected)
        if correction.value == correction.expected:
            yield Fault(CORRECTIONS_FILE, place, shown(correction.value), "a value other than the old one")
        for source in (correction.source, *(kept.source for kept in correction.kept)):
            if expected := _source_wanted(source, catalogue):
                yield Fault(CORRECTIONS_FILE, place, shown(source), expected)
