"""What stage `check_inputs` made of the inputs, under data/inputs. No other stage opens data/raw, plans or regions.

Each file holds what one kind of reader needs, so that an edited input makes stale only what uses it. Readers raise
InputError where the stage has not run.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import pandas as pd
from pydantic import TypeAdapter

from pipeline.domain import Catalogue, Correction, Identifier, Indicator, Plan, Region, Source
from pipeline.errors import Fault, InputError

FOLDER = Path("data/inputs")
PROVINCES_CENSUS = FOLDER / "population.parquet"
CITIES_FOLDER = FOLDER / "cities"
NEED_FOLDER = FOLDER / "need"
NEED_TABLES = ("care_settings", "dementia", "disability_prevalence", "disability_transitions", "severity", "staffing")
"""Tables that are read together wherever need is worked out; in one folder, they are one dependency."""

INDICATORS_FILE = FOLDER / "indicators.json"
PLANS_FOLDER = FOLDER / "plans"


class PlanFile(TypedDict):
    """A plan, and its region with those that hold it."""

    plan: Plan
    regions: dict[Identifier, Region]


_REGIONS, _IDS = TypeAdapter(dict[Identifier, Region]), TypeAdapter(list[Identifier])
_CONTENT: Mapping[str, TypeAdapter[Any]] = {
    "provinces": _REGIONS,
    "cities": _REGIONS,
    "indicators": TypeAdapter(dict[Identifier, Indicator]),
    "sources": TypeAdapter(dict[Identifier, Source]),
    "corrections": TypeAdapter(tuple[Correction, ...]),
    "boundaries": _IDS,
    "planned": _IDS,
}
_PLAN_FILE = TypeAdapter(PlanFile)


def table_file(name: str) -> Path:
    """Where the table of data/raw/`name`.csv is."""
    return (NEED_FOLDER if name in NEED_TABLES else FOLDER) / f"{name}.parquet"


def city_file(city: str) -> Path:
    """Where the censuses of a city are."""
    return CITIES_FOLDER / f"{city}.parquet"


def load_table(root: Path, name: str) -> pd.DataFrame:
    """The table of data/raw/`name`.csv, typed and corrected, rows in the order of its key."""
    return pd.read_parquet(_existing(root, table_file(name)))


def load_provinces_census(root: Path) -> pd.DataFrame:
    """Censuses of the nation and the provinces: region, year, sex, age, population, deaths.

    Persons on 1 November of 2000, 2010 and 2020, ages to 100+; deaths of the twelve months before.
    """
    return pd.read_parquet(_existing(root, PROVINCES_CENSUS))


def load_city(root: Path, city: str) -> pd.DataFrame:
    """The censuses of one city: rows region, province, form, year, sex, age, population, in the order of ages.

    `form` is that of `Region.census_form`: full and full_2020 are ages by sex, margins what a bulletin says.
    """
    return pd.read_parquet(_existing(root, city_file(city)))


def load_catalogue(root: Path) -> Catalogue:
    """Everything the project knows by name."""
    more = {"sources": _load(root, "sources"), "corrections": _load(root, "corrections")}
    return replace(load_planned(root), regions=load_regions(root), **more)


def load_planned(root: Path) -> Catalogue:
    """The plans, the indicators, the regions of plans and what holds them; neither sources nor corrections."""
    files = sorted((root / PLANS_FOLDER).glob("*.json"))
    found = [_PLAN_FILE.validate_json(file.read_bytes()) for file in files]
    regions = {name: region for one in found for name, region in one["regions"].items()}
    return Catalogue({}, regions, _load(root, "indicators"), {one["plan"].id: one["plan"] for one in found}, ())


def load_regions(root: Path) -> dict[str, Region]:
    """All regions by id: the nation and the provinces by name, then the cities."""
    return load_provinces(root) | _load(root, "cities")


def load_provinces(root: Path) -> dict[str, Region]:
    """The nation and the provinces by id."""
    return _load(root, "provinces")


def load_made(root: Path) -> list[str]:
    """Ids of the cities whose 2010 the project made of the counties that lie in them in 2020."""
    return _load(root, "boundaries")


def load_planned_regions(root: Path) -> list[str]:
    """Ids of the regions that plans are about."""
    return _load(root, "planned")


def texts(catalogue: Catalogue, made: Iterable[str] = ()) -> dict[Path, str]:
    """What the readers of JSON find, by file; `made` are the cities of `load_made`."""
    regions = catalogue.regions
    content: dict[str, Any] = {
        "provinces": {name: region for name, region in regions.items() if region.level != "city"},
        "cities": {name: region for name, region in regions.items() if region.level == "city"},
        "indicators": dict(catalogue.indicators),
        "sources": dict(catalogue.sources),
        "corrections": catalogue.corrections,
        "boundaries": sorted(made),
        "planned": sorted({plan.region for plan in catalogue.plans.values()}),
    }
    found = {FOLDER / f"{name}.json": _CONTENT[name].dump_python(part, mode="json") for name, part in content.items()}
    for plan in catalogue.plans.values():
        around: PlanFile = {"plan": plan, "regions": _around(plan.region, regions)}
        found[PLANS_FOLDER / f"{plan.id}.json"] = _PLAN_FILE.dump_python(around, mode="json")
    return {file: json.dumps(part, ensure_ascii=False, indent=1) + "\n" for file, part in found.items()}


def _around(region: str, regions: Mapping[str, Region]) -> dict[str, Region]:
    """The region and those that hold it, the widest first."""
    own = regions[region]
    return {**(_around(own.parent, regions) if own.parent else {}), region: own}


def _existing(root: Path, file: Path) -> Path:
    if not (root / file).is_file():
        raise InputError([Fault(str(file), "", "no such file", "what `dvc repro check_inputs` writes")])
    return root / file


def _load(root: Path, name: str) -> Any:
    return _CONTENT[name].validate_json(_existing(root, FOLDER / f"{name}.json").read_bytes())
