"""Reading of the catalogue: every file by itself, then what the files say about one another."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.documents.validate import read_model
from pipeline.documents.yaml_file import YamlDocument
from pipeline.domain import Catalogue, Identifier, Indicator, Plan, Rating, Region, Source
from pipeline.errors import Fault, InputError, nearest, raise_if_any, shown
from pipeline.inputs.catalogue_checks import (
    CITIES,
    INDICATORS_FILE,
    SOURCES_FILE,
    correction_faults,
    indicator_faults,
    plan_faults,
    region_faults,
)
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import CORRECTIONS, CORRECTIONS_FILE
from pipeline.settings import Settings
from pipeline.settings.manual import keys

REGIONS_FOLDERS = ("data/regions/provinces", CITIES)
PLANS_FOLDER = "data/plans"
RATINGS_FILE = "data/ratings.yaml"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REGION = TypeAdapter(Region)
_PLAN = TypeAdapter(Plan)
_SOURCES = TypeAdapter(dict[Identifier, Source])
_INDICATORS = TypeAdapter(dict[Identifier, Indicator])
_RATINGS = TypeAdapter(dict[str, Rating])


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
        faults += region_faults(catalogue, region_documents, root)
        faults += indicator_faults(catalogue, document)
        faults += plan_faults(catalogue, plan_documents)
        faults += correction_faults(catalogue)
        faults += _stray_tables(root, regions)
    return catalogue, faults


def load_regions(root: Path, folders: Sequence[str] = REGIONS_FOLDERS) -> dict[str, Region]:
    """The regions by id: provinces and the nation, then cities, each by file name. Raises InputError."""
    faults: list[Fault] = []
    regions, _ = _read_folders(root, folders, _REGION, faults)
    raise_if_any(faults)
    return regions


def load_ratings(root: Path) -> dict[str, Rating]:
    """Ratings by key of params.yaml or by its section, in the order of their file.

    Raises InputError with every rating that is none, and every key that params.yaml does not have.
    """
    ratings, document = read_model(root, RATINGS_FILE, _RATINGS)
    known = {".".join(path[:depth]) for path, _ in keys(Settings) for depth in range(1, len(path) + 1)}
    raise_if_any(
        Fault(RATINGS_FILE, document.place((name,)), shown(name), f"a key of params.yaml{nearest(name, known)}")
        for name in ratings
        if name not in known
    )
    return ratings


def city_faults(params: YamlDocument, regions: Mapping[str, Region]) -> list[Fault]:
    """A fault for each city of `regions` that the key `cities` of params.yaml does not list, and the other way round.

    DVC needs the list to make a stage of each city; nothing may hang on one of the two alone. `params` is valid.
    """
    cities = [region.id for region in regions.values() if region.level == "city"]
    listed = params.data["cities"]
    strangers = [(at, city) for at, city in enumerate(listed) if city not in cities]
    lacking = [city for city in cities if city not in listed]
    return [
        *(params.fault(("cities", at), city, f"a city of {CITIES}{nearest(city, cities)}") for at, city in strangers),
        *(params.fault(("cities",), listed, f"{city} too, as every city of {CITIES}") for city in lacking),
    ]


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
