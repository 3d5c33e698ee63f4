"""Every region under every scenario: one projection for scenarios that differ in nothing it depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, SEXES
from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import PROVINCES_FILE, balance_name, load_area, load_nation
from pipeline.model.population import FIRST_OLD_GROUP, dated, population_rows, region_population, scenario_of
from pipeline.processes import spread_out
from pipeline.settings import Settings
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import CENTRAL, NATION

type Axes = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class ScenarioPeople:
    """What a scenario makes of the regions: two tables, and the old by region.

    `population` and `ages` have the columns of the tables of these names; `old` (draw, year, sex, five-year group from
    60) in single precision, of the regions with a plan and the nation.
    """

    population: pd.DataFrame
    ages: pd.DataFrame
    old: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class ProjectionTask:
    """Settings to project under, and whether cities without a plan are projected too."""

    settings: Settings
    all_cities: bool


def project_scenarios(root: Path, settings: Mapping[str, Settings], workers: int) -> dict[str, ScenarioPeople]:
    """The people of every scenario; scenarios that differ in nothing a projection depends on share one.

    Cities without a plan are in the central scenario alone, provinces without one in that and in the one before or
    after counts which is kept of them. Raises Killed where a worker was ended.
    """
    tasks: dict[str, ProjectionTask] = {}
    for name, chosen in settings.items():
        key = _decides(chosen)
        before = tasks.get(key)
        tasks[key] = ProjectionTask(chosen, name == CENTRAL or (before is not None and before.all_cities))
    # The one with all cities takes longest and goes first.
    keys = sorted(tasks, key=lambda key: not tasks[key].all_cities)
    found = spread_out(partial(_project, root), [tasks[key] for key in keys], workers)
    by_key = dict(zip(keys, found, strict=True))
    return {name: _of_scenario(root, by_key[_decides(chosen)], name, chosen) for name, chosen in settings.items()}


def _decides(settings: Settings) -> str:
    """What of the settings a projection depends on, as text that can be compared."""
    return settings.model_dump_json(include={"counts", "projection"})


def _project(root: Path, task: ProjectionTask) -> ScenarioPeople:
    """The regions of a task, without the provinces that have no plan."""
    settings = task.settings
    known, planned = load_regions(root), load_planned_regions(root)
    nation, scenario = load_nation(root), scenario_of(settings.projection)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    chosen = [name for name in known if name in planned or name == NATION]
    cities = [name for name in known if known[name].level == "city" and name not in chosen]
    population, ages, old = [], [], {}
    for name in [*chosen, *(cities if task.all_cities else [])]:
        people = region_population(load_area(root, known[name], counts=settings.counts.use), nation, scenario)
        population.append(population_rows(people.report, years, known[name]))
        if name in chosen:
            axes: Axes = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
            ages.append(long_table(summarised(people.five_year), axes).assign(region=name))
            old[name] = people.five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
    return ScenarioPeople(pd.concat(population), pd.concat(ages), old)


def _of_scenario(root: Path, shared: ScenarioPeople, scenario: str, settings: Settings) -> ScenarioPeople:
    """`shared` as one scenario has it: with the provinces that are kept of it, without cities it does not cover."""
    population = shared.population
    if scenario != CENTRAL:
        population = population[population["region"].isin(shared.old)]
    balanced = balance_name(settings.counts.use)
    if scenario in (CENTRAL, balanced):
        provinces = pd.read_parquet(root / PROVINCES_FILE)
        elsewhere = (provinces["scenario"] == balanced) & ~provinces["region"].isin(population["region"])
        population = pd.concat([population, provinces[elsewhere]])
    return ScenarioPeople(
        dated(population.assign(scenario=scenario)), shared.ages.assign(scenario=scenario), shared.old
    )
