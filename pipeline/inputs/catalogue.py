"""Reading of the catalogue: every file by itself, then what the files say about one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from pipeline.documents.fault_words import nearest, shown
from pipeline.documents.validate import read_model
from pipeline.documents.yaml_file import KeyPath, YamlDocument
from pipeline.domain import Catalogue, Correction, Figure, Identifier, Indicator, Plan, Region, Source
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.inputs.corrections import CORRECTIONS_FILE, load_corrections
from pipeline.inputs.declarations import RAW_FILES
from pipeline.vocabulary import Level

SOURCES_FILE = "data/sources.yaml"
INDICATORS_FILE = "data/indicators.yaml"
CITIES = "data/regions/cities"
REGIONS_FOLDERS = ("data/regions/provinces", CITIES)
PLANS_FOLDER = "data/plans"

YEARS_BEFORE_BASE = 20
YEARS_AFTER_HORIZON = 10
LONGEST_PLAN = 30
YEARS_BEFORE_PLAN = 10
"""How many years a plan may reach, and how long before its first its base year and its date may lie."""

SCALES = {"percent": 100, "per_100": 100, "per_1000": 1000, "per_10000": 10_000, "persons_per_worker": 1}
"""Scales of the ratios by unit."""

COUNTED = ("persons", "beds", "places", "facilities", "organisations", "person_times")
"""Units of which a plan states whole numbers."""

RESERVED = ("checks", "overview", "tables")
"""Folders under reports/ that hold something else than the report of a plan."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")

INDICATOR_LINKS = (
    "numerator",
    "denominator",
    "subset_of",
    "part_of",
    "disjoint_from",
    "gap_of",
    "increase_of",
)
"""Keys of an indicator that name other indicators."""

_REGION = TypeAdapter(Region)
_PLAN = TypeAdapter(Plan)
_SOURCES = TypeAdapter(dict[Identifier, Source])
_INDICATORS = TypeAdapter(dict[Identifier, Indicator])


def load_catalogue(root: Path) -> Catalogue:
    """Sources, regions, indicators, plans and corrections of the project at `root`.

    Raises InputError with the faults of all files at once: of each file by itself, and, where every file can be
    read, of what one says about another.
    """
    catalogue, faults = check_catalogue(root)
    raise_if_any(faults)
    return catalogue


def check_catalogue(root: Path) -> tuple[Catalogue, list[Fault]]:
    """As `load_catalogue`, but hands back the faults; the catalogue then holds what could be read."""
    faults: list[Fault] = []
    sources: dict[str, Source] = {}
    indicators: dict[str, Indicator] = {}
    corrections: tuple[Correction, ...] = ()
    document: YamlDocument | None = None
    try:
        sources, _ = read_model(root, SOURCES_FILE, _SOURCES)
    except InputError as error:
        faults += error.faults
    try:
        indicators, document = read_model(root, INDICATORS_FILE, _INDICATORS)
    except InputError as error:
        faults += error.faults
    try:
        corrections = load_corrections(root)
    except InputError as error:
        faults += error.faults
    regions, region_documents, found = _read_folders(root, REGIONS_FOLDERS, _REGION)
    faults += found
    plans, plan_documents, found = _read_folders(root, (PLANS_FOLDER,), _PLAN)
    faults += found
    for own, read in ((regions, region_documents), (plans, plan_documents)):
        faults += _add_own_sources(sources, own, read)
    catalogue = Catalogue(
        MappingProxyType(sources),
        MappingProxyType(regions),
        MappingProxyType(indicators),
        MappingProxyType(plans),
        corrections,
    )
    if document is not None and not faults:
        faults += _region_faults(catalogue, region_documents, root)
        faults += _indicator_faults(catalogue, document)
        faults += _plan_faults(catalogue, plan_documents)
        faults += _correction_faults(catalogue)
        faults += _stray_tables(root, regions)
    return catalogue, faults


def load_regions(root: Path, folders: Iterable[str] = ("provinces", "cities")) -> dict[str, Region]:
    """The regions by id: provinces and the nation, then cities, each by file name. Raises InputError."""
    regions, _, faults = _read_folders(root, [f"data/regions/{folder}" for folder in folders], _REGION)
    raise_if_any(faults)
    return regions


def city_faults(params: YamlDocument, regions: Mapping[str, Region]) -> list[Fault]:
    """A fault for each city of `regions` that the key `cities` of params.yaml does not list, and the other way round.

    DVC needs the list to make a stage of each city; nothing may hang on one of the two alone. `params` is valid.
    """
    cities = [region.id for region in regions.values() if region.level == "city"]
    listed = params.data["cities"]
    faults = [
        Fault(params.file, params.place(("cities", at)), shown(city), f"a city of {CITIES}{nearest(city, cities)}")
        for at, city in enumerate(listed)
        if city not in cities
    ]
    faults += [
        Fault(params.file, params.place(("cities",)), shown(listed), f"{city} too, as every city of {CITIES}")
        for city in cities
        if city not in listed
    ]
    return faults


def _read_folders[Named: (Region, Plan)](
    root: Path, folders: Iterable[str], adapter: TypeAdapter[Named]
) -> tuple[dict[str, Named], dict[str, YamlDocument], list[Fault]]:
    """The models of all YAML files of the folders by id; a file is named like the id in it."""
    files: list[str] = []
    faults: list[Fault] = []
    for folder in folders:
        paths = sorted(path for path in (root / folder).glob("*") if path.name[0] != "." and path.name != "README.md")
        if not paths:
            faults.append(Fault(folder, "", "no YAML file", "one file for each"))
        for path in paths:
            if path.suffix == ".yaml" and _NAME.fullmatch(path.stem):
                files.append(f"{folder}/{path.name}")
            else:
                expected = "files named <id>.yaml alone, an id being small letters, digits and _"
                faults.append(Fault(folder, "", f"the file {shown(path.name)}", expected))
    models, documents, found = _read_files(root, files, adapter)
    return models, documents, faults + found


def _read_files[Named: (Region, Plan)](
    root: Path, files: Iterable[str], adapter: TypeAdapter[Named]
) -> tuple[dict[str, Named], dict[str, YamlDocument], list[Fault]]:
    """The models of the files by id, which must be the file's name."""
    models: dict[str, Named] = {}
    documents: dict[str, YamlDocument] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            model, document = read_model(root, file, adapter)
        except InputError as error:
            faults += error.faults
            continue
        name = Path(file).stem
        if name != model.id:
            expected = f"{name}, as the file is named"
            faults.append(Fault(file, document.place(("id",)), shown(model.id), expected))
        if model.id in models:
            faults.append(Fault(file, document.place(("id",)), shown(model.id), "an id no other file has"))
        models[model.id] = model
        documents[model.id] = document
    return models, documents, faults


def _add_own_sources(
    sources: dict[str, Source], models: Mapping[str, Region] | Mapping[str, Plan], documents: Mapping[str, YamlDocument]
) -> list[Fault]:
    """Add to `sources` those that stand in the files of regions or plans; a fault for each id that is taken."""
    faults = []
    for name, model in models.items():
        for source, found in model.sources.items():
            if source in sources:
                place = documents[name].place(("sources", source))
                faults.append(Fault(documents[name].file, place, source, "an id no other source has"))
            sources.setdefault(source, found)
    return faults


def _region_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument], root: Path) -> list[Fault]:
    parents: dict[Level, Level | None] = {"nation": None, "province": "nation", "city": "province"}
    regions = catalogue.regions
    faults: list[Fault] = []
    codes: dict[str, str] = {}
    names: dict[tuple[object, ...], str] = {}
    for region in regions.values():
        document = documents[region.id]

        def fault(key: str, value: object, expected: str, document: YamlDocument = document) -> None:
            faults.append(Fault(document.file, document.place((key,)), shown(value), expected))

        wanted = parents[region.level]
        if wanted is None:
            if region.parent is not None:
                fault("parent", region.parent, "null: a nation has no parent here")
        elif region.parent is None or region.parent not in regions:
            fault("parent", region.parent, f"the id of a {wanted}{nearest(region.parent, regions)}")
        elif regions[region.parent].level != wanted:
            fault("parent", region.parent, f"the id of a {wanted}")
        if region.gb_code in codes:
            fault("gb_code", region.gb_code, f"a code of its own ({codes[region.gb_code]} has this one)")
        elif (expected := _code_wanted(region, regions)) is not None:
            fault("gb_code", region.gb_code, expected)
        codes[region.gb_code] = region.id
        # A county or district has its name within its prefecture: two cities of Jiangsu have a 鼓楼区.
        within = "" if region.gb_code.endswith("00") else region.gb_code[:4]
        other = names.setdefault((region.level, within, region.name.zh), region.id)
        if other != region.id:
            faults.append(
                Fault(
                    document.file,
                    document.place(("name", "zh")),
                    shown(region.name.zh),
                    f"a name of its own ({other} has this one)",
                )
            )
        for at, count in enumerate(region.counts):
            if count.source not in catalogue.sources:
                place = document.place(("counts", at, "source"))
                expected = f"a source of {SOURCES_FILE}{nearest(count.source, catalogue.sources)}"
                faults.append(Fault(document.file, place, shown(count.source), expected))
        folder = "cities" if region.level == "city" else "provinces"
        own = f"data/raw/census/{folder}/{region.id}.csv"
        if Path(document.file).parent.name != folder:
            fault("level", region.level, f"the level of a region in data/regions/{Path(document.file).parent.name}")
        elif region.census != own:
            fault("census", region.census, f"{own}, the table of its own")
        elif not (root / own).is_file():
            fault("census", region.census, "a file that exists")
    return faults


def _code_wanted(region: Region, regions: Mapping[str, Region]) -> str | None:
    """What the code of a region should be by its level and province; nothing where it is that."""
    code = region.gb_code
    if region.level == "nation":
        return None if code == "000000" else "000000, the nation's"
    if region.level == "province":
        return None if code.endswith("0000") and code != "000000" else "the code of a province, as 410000"
    parent = regions.get(region.parent or "")
    if parent is not None and parent.level == "province" and code[:2] != parent.gb_code[:2]:
        return f"a code that begins with {parent.gb_code[:2]}, as that of {parent.id}"
    return "the code of a city, as 411000" if code.endswith("0000") else None


def _stray_tables(root: Path, regions: Mapping[str, Region]) -> list[Fault]:
    """A fault for each table below data/raw that nothing reads: misnamed, or of a region without its YAML."""
    known = {*RAW_FILES, *(region.census for region in regions.values())}
    found = sorted(path.relative_to(root).as_posix() for path in (root / "data/raw").rglob("*.csv"))
    expected = "a table of pipeline/inputs/declarations.py, or census/<level>/<id of a region>.csv"
    return [
        Fault(file, "", "a table that nothing reads", expected + nearest(file, known))
        for file in found
        if file not in known
    ]


def _indicator_faults(catalogue: Catalogue, document: YamlDocument) -> list[Fault]:
    indicators = catalogue.indicators
    faults: list[Fault] = []

    def fault(path: KeyPath, value: object, expected: str) -> None:
        faults.append(Fault(document.file, document.place(path), shown(value), expected))

    for name, indicator in indicators.items():
        for key, value, expected in _link_problems(name, indicators):
            fault((name, key), value, expected)
        scale = SCALES.get(indicator.unit)
        if indicator.scale is not None and scale is not None and indicator.scale != scale:
            fault((name, "scale"), indicator.scale, f"{scale}, the scale of {indicator.unit}")
        if indicator.denominator is not None and indicator.scale is None:
            fault((name, "scale"), None, "the scale of the ratio (100 for percent)")
        low, high = indicator.range
        if low > high:
            fault((name, "range"), list(indicator.range), "the lower end first")
        for key in INDICATOR_LINKS:
            linked = getattr(indicator, key)
            for other in linked if isinstance(linked, tuple) else (linked,):
                if other is not None and other not in indicators:
                    fault((name, key), other, f"an indicator of this file{nearest(other, indicators)}")
    return faults


def _link_problems(name: str, indicators: Mapping[str, Indicator]) -> Iterable[tuple[str, object, str]]:
    """Where an indicator's links lead back to it, or say half of what they must: key, value and what was expected."""
    indicator = indicators[name]
    for key in ("subset_of", "part_of", "gap_of", "increase_of"):
        wider = getattr(indicator, key)
        if wider is not None and name in _wider(wider, indicators):
            yield key, wider, f"an indicator that does not lead back to {name}"
    for key in ("numerator", "denominator"):
        if getattr(indicator, key) == name:
            yield key, name, "another indicator than itself"
    if indicator.numerator is not None and indicator.numerator == indicator.denominator:
        yield "denominator", indicator.denominator, "another indicator than the numerator"
    for other in indicator.disjoint_from:
        if other == name or other in {indicator.subset_of, indicator.part_of}:
            yield "disjoint_from", other, "an indicator that is neither this one nor holds it"
    if indicator.scale is not None and indicator.numerator is None and indicator.denominator is None:
        yield "scale", indicator.scale, "null, as the indicator is no ratio"
    if (indicator.increase_of is None) != (indicator.period is None):
        yield "period", indicator.period, "increase_of and period, or neither"
    if indicator.range[0] < 0 and indicator.increase_of is None:
        yield "range", list(indicator.range), "a lower end of at least 0 (only an increase may be negative)"


def _wider(name: str, indicators: Mapping[str, Indicator]) -> set[str]:
    """An indicator and all that it lies in, is the gap of or is the increase of, at any distance."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in seen or here not in indicators:
            continue
        seen.add(here)
        found = indicators[here]
        waiting += [other for other in (found.subset_of, found.part_of, found.gap_of, found.increase_of) if other]
    return seen


def _plan_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument]) -> list[Fault]:
    faults: list[Fault] = []
    planned: dict[tuple[str, int], str] = {}
    for plan in catalogue.plans.values():
        document = documents[plan.id]

        def fault(path: KeyPath, value: object, expected: str, document: YamlDocument = document) -> None:
            faults.append(Fault(document.file, document.place(path), shown(value), expected))

        if plan.id in RESERVED:
            fault(("id",), plan.id, f"another id: {', '.join(RESERVED)} are folders under reports/ for something else")
        if plan.region not in catalogue.regions:
            fault(("region",), plan.region, f"a region of data/regions{nearest(plan.region, catalogue.regions)}")
        if plan.source not in catalogue.sources:
            fault(("source",), plan.source, f"a source of {SOURCES_FILE}{nearest(plan.source, catalogue.sources)}")
        other = planned.setdefault((plan.region, plan.horizon.start), plan.id)
        if other != plan.id:
            expected = f"another first year than that of {other}: the later plan of a region supersedes the earlier"
            fault(("horizon", "start"), plan.horizon.start, expected)
        for resource, rule in plan.rules.items():
            heading = [figure.indicator for figure in plan.figures if figure.kind in ("target", "norm")]
            if rule.main not in heading:
                expected = f"an indicator on which the plan sets a target or norm{nearest(rule.main, heading)}"
                fault(("rules", resource, "main"), rule.main, expected)
        start, end = plan.horizon.start, plan.horizon.end
        if start > end:
            fault(("horizon",), f"{start} to {end}", "the first year first")
        elif end - start > LONGEST_PLAN:
            fault(("horizon",), f"{start} to {end}", f"at most {LONGEST_PLAN} years")
        for key, year in (("base_year", plan.base_year), ("date", plan.date.year if plan.date else None)):
            if year is not None and not start - YEARS_BEFORE_PLAN <= year <= end:
                expected = f"a year from {start - YEARS_BEFORE_PLAN} to {end}, the plan's last"
                fault((key,), getattr(plan, key), expected)
        seen: set[str] = set()
        for position, figure in enumerate(plan.figures):
            at: KeyPath = ("figures", position)
            if figure.id in seen:
                fault((*at, "id"), figure.id, "an id used once")
            seen.add(figure.id)
            for key, value, expected in _figure_problems(figure, plan, catalogue.indicators):
                fault((*at, key), value, f"{expected} (figure {figure.id})")
    return faults


def _figure_problems(
    figure: Figure, plan: Plan, indicators: Mapping[str, Indicator]
) -> Iterable[tuple[str, object, str]]:
    """What is wrong with a figure: key, value and what was expected."""
    first = (plan.base_year or plan.horizon.start) - YEARS_BEFORE_BASE
    last = plan.horizon.end + YEARS_AFTER_HORIZON
    if figure.year is None:
        if figure.kind != "norm":
            yield "year", None, "a year (only a norm may have none)"
    elif not first <= figure.year <= last:
        yield "year", figure.year, f"a year from {first} to {last}"
    elif figure.kind == "target" and figure.year < (plan.base_year or plan.horizon.start):
        yield "year", figure.year, f"a target's year, not before {plan.base_year or plan.horizon.start}"
    elif figure.kind == "baseline" and figure.year > plan.horizon.end:
        yield "year", figure.year, f"a baseline's year, not after {plan.horizon.end}, the plan's last"
    stem = f"{plan.id}.{figure.indicator}.{figure.kind}"
    if figure.id != stem and not figure.id.startswith(f"{stem}."):
        yield "id", figure.id, f"an id that begins with {stem}"
    in_id = [int(part) for part in figure.id.split(".")[3:] if re.fullmatch(r"\d{4}", part)]
    if in_id and figure.year not in in_id:
        yield "year", figure.year, f"{in_id[0]}, the year of the id"
    if figure.basis_inferred is not None and figure.basis != "unspecified":
        yield "basis_inferred", figure.basis_inferred.value, f"none, as the plan states the basis {figure.basis}"
    indicator = indicators.get(figure.indicator)
    if indicator is None:
        expected = f"an indicator of {INDICATORS_FILE}{nearest(figure.indicator, indicators)}"
        yield "indicator", figure.indicator, expected
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


def _correction_faults(catalogue: Catalogue) -> list[Fault]:
    faults = []
    seen: dict[object, int] = {}
    for number, correction in enumerate(catalogue.corrections, start=1):
        same = (correction.file, frozenset(correction.key.items()), correction.column)
        if (first := seen.setdefault(same, number)) != number:
            expected = f"another cell than correction {first} replaces"
            faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", f"column {correction.column}", expected))
        if correction.value == correction.expected:
            expected = "a value other than the old one"
            faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", shown(correction.value), expected))
        for source in (correction.source, *(kept.source for kept in correction.kept)):
            if source not in catalogue.sources:
                expected = f"a source of {SOURCES_FILE}{nearest(source, catalogue.sources)}"
                faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", shown(source), expected))
    return faults
