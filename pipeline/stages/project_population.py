"""Stages `project_central` and `project_population`: every region's population, from all draws of its area.

The first, called without a scenario, projects as the central one has it. Scenarios that change no key of the
projection, as `central` itself, then take what it made.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, REPORT_GROUPS, SEXES
from pipeline.domain import Region
from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import PROVINCES_FILE, balance_name, load_area, load_nation
from pipeline.model.population import FIRST_OLD_GROUP, dated, region_population, scenario_of
from pipeline.model.result_files import RESULTS_FOLDER, save_arrays
from pipeline.results.tables.population_table import AGES, POPULATION
from pipeline.results.write import replaced, write_parquet
from pipeline.settings import Settings, all_settings, load_settings
from pipeline.stages.common import run
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import CENTRAL, NATION

PROJECTION_FOLDER = Path("data/derived/central")
TABLES = (POPULATION, AGES)
Axes = Mapping[str, Sequence[object]]


def project_central(root: Path) -> None:
    """Project every region as the central scenario has it, for it and for every scenario that leaves people alone."""
    settings = load_settings(root)
    known, planned = load_regions(root), load_planned_regions(root)
    cities = [name for name in known if known[name].level == "city" and name not in planned]
    tables = projected(root, settings, [*covered(known, planned), *cities], root / PROJECTION_FOLDER)
    for table, frame in zip(TABLES, tables, strict=True):
        write_parquet(frame.assign(scenario=CENTRAL), root / PROJECTION_FOLDER / f"{table.name}.parquet", table)


def project(root: Path, scenario: str) -> None:
    """Project every region the scenario covers; write summaries as one table and the old by draw.

    Where it has the projection and the counts of the central scenario, its people are those projected for that one.
    """
    found = all_settings(root)
    settings = load_settings(root, scenario)
    regions = covered(load_regions(root), load_planned_regions(root))
    folder = root / RESULTS_FOLDER / scenario
    if (settings.projection, settings.counts) == (found[CENTRAL].projection, found[CENTRAL].counts):
        population, ages = (pd.read_parquet(root / PROJECTION_FOLDER / f"{table.name}.parquet") for table in TABLES)
        if scenario != CENTRAL:
            population = population[population["region"].isin(regions)]
        for file in sorted((root / PROJECTION_FOLDER / "old").iterdir()):
            with replaced(folder / "old" / file.name) as temporary:
                shutil.copyfile(file, temporary)
    else:
        population, ages = projected(root, settings, regions, folder)
    balanced = balance_name(settings.counts.use)
    if scenario in (CENTRAL, balanced):
        provinces = pd.read_parquet(root / PROVINCES_FILE)
        elsewhere = (provinces["scenario"] == balanced) & ~provinces["region"].isin(population["region"])
        population = pd.concat([population, dated(provinces[elsewhere])])
    for table, frame in zip(TABLES, (population, ages), strict=True):
        write_parquet(frame.assign(scenario=scenario), folder / f"{table.name}.parquet", table)


def covered(known: Mapping[str, Region], planned: Collection[str]) -> list[str]:
    """The regions of every scenario: the nation and those that plans are about."""
    return [name for name in known if name in planned or name == NATION]


def projected(
    root: Path, settings: Settings, regions: Iterable[str], folder: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Summaries of the population of `regions` as `POPULATION` and `AGES` have them, but for the scenario.

    Ages are of the nation and of regions with plans, whose old are written by draw under `folder`.
    """
    known, planned = load_regions(root), load_planned_regions(root)
    nation = load_nation(root)
    bend = scenario_of(settings.projection)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    population, ages = [], []
    for region in regions:
        people = region_population(load_area(root, known[region], counts=settings.counts.use), nation, bend)
        axes: Axes = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
        code = known[region].gb_code
        population.append(long_table(summarised(people.report), axes).assign(region=region, gb_code=code))
        if region in planned or region == NATION:
            axes = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
            ages.append(long_table(summarised(people.five_year), axes).assign(region=region))
            old = people.five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
            save_arrays(folder / "old" / f"{region}.npz", old=old)
    return dated(pd.concat(population)), pd.concat(ages)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(lambda root: project(root, sys.argv[1]), owns=(RESULTS_FOLDER / sys.argv[1] / "old",))
    else:
        run(project_central, owns=(PROJECTION_FOLDER / "old",))
