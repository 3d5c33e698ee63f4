"""Reading of the catalogue: every file by itself, then what the files say about one another."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from pipeline.documents.fault_words import nearest, shown
from pipeline.documents.validate import read_model
from pipeline.documents.yaml_file import YamlDocument
from pipeline.domain import Catalogue, Correction, Identifier, Indicator, Plan, Region, Source
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.inputs.catalogue_checks import (
    INDICATORS_FILE,
    SOURCES_FILE,
    correction_faults,
    indicator_faults,
    plan_faults,
)
from pipeline.inputs.corrections import load_corrections
from pipeline.inputs.declarations import RAW_FILES
from pipeline.vocabulary import Level

CITIES = "data/regions/cities"
REGIONS_FOLDERS = ("data/regions/provinces", CITIES)
PLANS_FOLDER = "data/plans"


_NAME = re.compile(r"[a-z][a-z0-9_]*")


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
        faults += indicator_faults(catalogue, document)
        faults += plan_faults(catalogue, plan_documents)
        faults += correction_faults(catalogue)
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
