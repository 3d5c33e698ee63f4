"""What stage `check_inputs` made of the inputs, under data/inputs. No other stage opens data/raw, plans or regions.

Each file holds what one kind of reader needs, so that an edited input makes stale only what uses it: one a shared
table, one for the censuses of the nation and the provinces, one a city; and as JSON the provinces, the cities, and each
plan with its regions. Readers raise InputError where the stage has not run; `load_plans` alone finds no plan then.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

PROVINCES_FILE = FOLDER / "provinces.json"
CITIES_FILE = FOLDER / "cities.json"
INDICATORS_FILE = FOLDER / "indicators.json"
SOURCES_FILE = FOLDER / "sources.json"
CORRECTIONS_FILE = FOLDER / "corrections.json"
BOUNDARIES_FILE = FOLDER / "boundaries.json"
PLANS_FOLDER = FOLDER / "plans"
PLANNED_FILE = FOLDER / "planned.json"


@dataclass(frozen=True)
class CityCensus:
    """The censuses of one city: rows region, province, form, year, sex, age, population, in the order of ages.

    `form` is that of `Region.census_form`: full and full_2020 are ages by sex, margins what a bulletin says.
    """

    province: str
    form: str
    rows: pd.DataFrame


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


def load_city(root: Path, city: str) -> CityCensus:
    """The censuses of one city."""
    rows = pd.read_parquet(_existing(root, city_file(city)))
    return CityCensus(str(rows["province"].iloc[0]), str(rows["form"].iloc[0]), rows)


def load_catalogue(root: Path) -> Catalogue:
    """Everything the project knows by name."""
    sources, corrections = _load(root, SOURCES_FILE, _SOURCES), _load(root, CORRECTIONS_FILE, _CORRECTIONS)
    return Catalogue(sources, load_regions(root), load_indicators(root), load_plans(root)[0], corrections)


def load_planned(root: Path) -> Catalogue:
    """The plans, the indicators, the regions of plans and what holds them; neither sources nor corrections."""
    plans, regions = load_plans(root)
    return Catalogue({}, regions, load_indicators(root), plans, ())


def load_regions(root: Path) -> dict[str, Region]:
    """All regions by id: the nation and the provinces by name, then the cities."""
    return load_provinces(root) | _load(root, CITIES_FILE, _REGIONS)


def load_provinces(root: Path) -> dict[str, Region]:
    """The nation and the provinces by id."""
    return _load(root, PROVINCES_FILE, _REGIONS)


def load_made(root: Path) -> list[str]:
    """Ids of the cities whose 2010 the project made of the counties that lie in them in 2020."""
    return _load(root, BOUNDARIES_FILE, _IDS)


def load_indicators(root: Path) -> dict[str, Indicator]:
    """The indicators by id, in the order of data/indicators.yaml."""
    return _load(root, INDICATORS_FILE, _INDICATORS)


def load_planned_regions(root: Path) -> list[str]:
    """Ids of the regions that plans are about."""
    return _load(root, PLANNED_FILE, _IDS)


def load_plans(root: Path) -> tuple[dict[str, Plan], dict[str, Region]]:
    """The plans by id, and their regions with the regions that hold them."""
    plans: dict[str, Plan] = {}
    regions: dict[str, Region] = {}
    for file in sorted((root / PLANS_FOLDER).glob("*.json")):
        content = _PLAN_FILE.validate_json(file.read_bytes())
        plans[content["plan"].id] = content["plan"]
        regions |= content["regions"]
    return plans, regions


def texts(catalogue: Catalogue, made: Iterable[str] = ()) -> dict[Path, str]:
    """What the readers of JSON find, by file; `made` are the cities of `load_made`."""
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


def _existing(root: Path, file: Path) -> Path:
    if not (root / file).is_file():
        raise InputError([Fault(str(file), "", "no such file", "what `dvc repro check_inputs` writes")])
    return root / file


def _load[T](root: Path, file: Path, adapter: TypeAdapter[T]) -> T:
    return adapter.validate_json(_existing(root, file).read_bytes())
