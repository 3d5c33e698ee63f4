"""Reading of the catalogue: every file by itself, then what the files say about one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.sources.catalogue import Catalogue, Figure, Identifier, Indicator, Level, Plan, Region, Source
from pipeline.sources.validate import read_model
from pipeline.sources.yaml_file import Document, KeyPath
from pipeline.tables.corrections import CORRECTIONS_FILE, Correction, load_corrections
from pipeline.tables.words import nearest, shown

SOURCES_FILE = "data/sources.yaml"
INDICATORS_FILE = "data/indicators.yaml"
REGIONS_FOLDERS = ("data/regions/provinces", "data/regions/cities")
PLANS_FOLDER = "data/plans"

YEARS_BEFORE_BASE = 20
YEARS_AFTER_HORIZON = 10

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
    document: Document | None = None
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
    return catalogue, faults


def load_region(root: Path, folder: str, name: str) -> Region:
    """One region, from data/regions/`folder`/`name`.yaml alone. Raises InputError."""
    if _NAME.fullmatch(name) is None:
        raise InputError([Fault(f"data/regions/{folder}", "", f"the name {shown(name)}", "the id of a region")])
    regions, _, faults = _read_files(root, [f"data/regions/{folder}/{name}.yaml"], _REGION)
    raise_if_any(faults)
    return regions[name]


def load_regions(root: Path, folders: Iterable[str] = ("provinces", "cities")) -> dict[str, Region]:
    """The regions by id: provinces and the nation, then cities, each by file name. Raises InputError."""
    regions, _, faults = _read_folders(root, [f"data/regions/{folder}" for folder in folders], _REGION)
    raise_if_any(faults)
    return regions


def _read_folders[Named: (Region, Plan)](
    root: Path, folders: Iterable[str], adapter: TypeAdapter[Named]
) -> tuple[dict[str, Named], dict[str, Document], list[Fault]]:
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
) -> tuple[dict[str, Named], dict[str, Document], list[Fault]]:
    """The models of the files by id, which must be the file's name."""
    models: dict[str, Named] = {}
    documents: dict[str, Document] = {}
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
    sources: dict[str, Source], models: Mapping[str, Region] | Mapping[str, Plan], documents: Mapping[str, Document]
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


def _region_faults(catalogue: Catalogue, documents: Mapping[str, Document], root: Path) -> list[Fault]:
    parents: dict[Level, Level | None] = {"nation": None, "province": "nation", "city": "province"}
    regions = catalogue.regions
    faults: list[Fault] = []
    codes: dict[str, str] = {}
    for region in regions.values():
        document = documents[region.id]

        def fault(key: str, value: object, expected: str, document: Document = document) -> None:
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
        codes[region.gb_code] = region.id
        folder = "cities" if region.level == "city" else "provinces"
        own = f"data/raw/census/{folder}/{region.id}.csv"
        if Path(document.file).parent.name != folder:
            fault("level", region.level, f"the level of a region in data/regions/{Path(document.file).parent.name}")
        elif region.census != own:
            fault("census", region.census, f"{own}, the table of its own")
        elif not (root / own).is_file():
            fault("census", region.census, "a file that exists")
    return faults


def _indicator_faults(catalogue: Catalogue, document: Document) -> list[Fault]:
    indicators = catalogue.indicators
    faults: list[Fault] = []

    def fault(path: KeyPath, value: object, expected: str) -> None:
        faults.append(Fault(document.file, document.place(path), shown(value), expected))

    for name, indicator in indicators.items():
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
        if indicator.norm is not None:
            norm = indicator.norm
            if not norm.low <= norm.value <= norm.high:
                fault((name, "norm", "value"), norm.value, f"a value from {norm.low:g} to {norm.high:g}")
            if not low <= norm.value <= high:
                fault((name, "norm", "value"), norm.value, f"a value in the range from {low:.12g} to {high:.12g}")
            if norm.source not in catalogue.sources:
                expected = f"a source of {SOURCES_FILE}{nearest(norm.source, catalogue.sources)}"
                fault((name, "norm", "source"), norm.source, expected)
    return faults


def _plan_faults(catalogue: Catalogue, documents: Mapping[str, Document]) -> list[Fault]:
    faults: list[Fault] = []
    for plan in catalogue.plans.values():
        document = documents[plan.id]

        def fault(path: KeyPath, value: object, expected: str, document: Document = document) -> None:
            faults.append(Fault(document.file, document.place(path), shown(value), expected))

        if plan.id in RESERVED:
            fault(("id",), plan.id, f"another id: {', '.join(RESERVED)} are folders under reports/ for something else")
        if plan.region not in catalogue.regions:
            fault(("region",), plan.region, f"a region of data/regions{nearest(plan.region, catalogue.regions)}")
        if plan.source not in catalogue.sources:
            fault(("source",), plan.source, f"a source of {SOURCES_FILE}{nearest(plan.source, catalogue.sources)}")
        if plan.horizon.start > plan.horizon.end:
            fault(("horizon",), f"{plan.horizon.start} to {plan.horizon.end}", "the first year first")
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
    for number, correction in enumerate(catalogue.corrections, start=1):
        for source in (correction.source, *(kept.source for kept in correction.kept)):
            if source not in catalogue.sources:
                expected = f"a source of {SOURCES_FILE}{nearest(source, catalogue.sources)}"
                faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", shown(source), expected))
    return faults
