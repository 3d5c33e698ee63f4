"""What stage `check_inputs` made of the inputs: regions, plans, indicators and sources, as JSON under data/inputs.

One file holds the provinces, one the cities, and one each plan with the regions it is about, so that a new city makes
nothing stale that is about others.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

from pydantic import TypeAdapter

from pipeline.domain import Catalogue, Correction, Identifier, Indicator, Plan, Region, Source
from pipeline.inputs.store import FOLDER, existing

PROVINCES_FILE = FOLDER / "provinces.json"
CITIES_FILE = FOLDER / "cities.json"
INDICATORS_FILE = FOLDER / "indicators.json"
SOURCES_FILE = FOLDER / "sources.json"
CORRECTIONS_FILE = FOLDER / "corrections.json"
BOUNDARIES_FILE = FOLDER / "boundaries.json"
"""Cities whose 2010 the project made of the counties that lie in them in 2020."""

PLANS_FOLDER = FOLDER / "plans"
PLANNED_FILE = FOLDER / "planned.json"


class PlanFile(TypedDict):
    """A plan, and its region with those that hold it."""

    plan: Plan
    regions: dict[Identifier, Region]


_REGIONS = TypeAdapter(dict[Identifier, Region])
_INDICATORS = TypeAdapter(dict[Identifier, Indicator])
_SOURCES = TypeAdapter(dict[Identifier, Source])
_CORRECTIONS = TypeAdapter(tuple[Correction, ...])
_PLAN_FILE = TypeAdapter(PlanFile)
_IDS = TypeAdapter(list[Identifier])


def load_catalogue(root: Path) -> Catalogue:
    """Everything the project knows by name. Raises InputError where stage `check_inputs` has not run."""
    sources = _load(root, SOURCES_FILE, _SOURCES)
    return Catalogue(
        sources,
        load_regions(root),
        load_indicators(root),
        load_plans(root)[0],
        _load(root, CORRECTIONS_FILE, _CORRECTIONS),
    )


def load_planned(root: Path) -> Catalogue:
    """The plans, the indicators, and of the regions those of plans and what holds them; neither sources nor
    corrections. Raises InputError where stage `check_inputs` has not run."""
    plans, regions = load_plans(root)
    return Catalogue({}, regions, load_indicators(root), plans, ())


def load_regions(root: Path) -> dict[str, Region]:
    """All regions by id: the nation and the provinces by name, then the cities. Raises InputError."""
    cities = _load(root, CITIES_FILE, _REGIONS)
    return {**load_provinces(root), **cities}


def load_provinces(root: Path) -> dict[str, Region]:
    """The nation and the provinces by id. Raises InputError."""
    return _load(root, PROVINCES_FILE, _REGIONS)


def load_made(root: Path) -> list[str]:
    """Ids of the cities whose first census was put into the boundary of the last one. Raises InputError."""
    return _load(root, BOUNDARIES_FILE, _IDS)


def load_indicators(root: Path) -> dict[str, Indicator]:
    """The indicators by id, in the order of data/indicators.yaml. Raises InputError."""
    return _load(root, INDICATORS_FILE, _INDICATORS)


def load_planned_regions(root: Path) -> list[str]:
    """Ids of the regions that plans are about. Raises InputError."""
    return _load(root, PLANNED_FILE, _IDS)


def load_plans(root: Path) -> tuple[dict[str, Plan], dict[str, Region]]:
    """The plans by id, and their regions with the regions that hold them. Raises InputError."""
    plans: dict[str, Plan] = {}
    regions: dict[str, Region] = {}
    for file in sorted((root / PLANS_FOLDER).glob("*.json")):
        content = _PLAN_FILE.validate_json(file.read_bytes())
        plans[content["plan"].id] = content["plan"]
        regions |= content["regions"]
    return plans, regions


def texts(catalogue: Catalogue, made: Iterable[str] = ()) -> dict[Path, str]:
    """What the readers above find, by file; `made` are the cities of `load_made`."""
    regions = catalogue.regions
    cities = {name: region for name, region in regions.items() if region.level == "city"}
    provinces = {name: region for name, region in regions.items() if name not in cities}
    found: dict[Path, Any] = {
        PROVINCES_FILE: _REGIONS.dump_python(provinces, mode="json"),
        CITIES_FILE: _REGIONS.dump_python(cities, mode="json"),
        INDICATORS_FILE: _INDICATORS.dump_python(dict(catalogue.indicators), mode="json"),
        SOURCES_FILE: _SOURCES.dump_python(dict(catalogue.sources), mode="json"),
        CORRECTIONS_FILE: _CORRECTIONS.dump_python(catalogue.corrections, mode="json"),
        BOUNDARIES_FILE: sorted(made),
        PLANNED_FILE: sorted({plan.region for plan in catalogue.plans.values()}),
    }
    for plan in catalogue.plans.values():
        content: PlanFile = {"plan": plan, "regions": _around(plan.region, regions)}
        found[PLANS_FOLDER / f"{plan.id}.json"] = _PLAN_FILE.dump_python(content, mode="json")
    return {file: json.dumps(content, ensure_ascii=False, indent=1) + "\n" for file, content in found.items()}


def _around(region: str, regions: Mapping[str, Region]) -> dict[str, Region]:
    """The region and those that hold it, the widest first."""
    own = regions[region]
    return {**(_around(own.parent, regions) if own.parent else {}), region: own}


def _load[T](root: Path, file: Path, adapter: TypeAdapter[T]) -> T:
    return adapter.validate_json(existing(root, file).read_bytes())
