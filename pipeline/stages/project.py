"""Stage `project`: every region's population under one scenario, from all draws of its area."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.demography.area import AreaDraws, Nation, Scenario, at_year_end, project_area
from pipeline.demography.groups import REPORT_GROUPS, SEXES, summing_matrix
from pipeline.settings import ProjectionSettings, load_settings
from pipeline.sources.load import load_catalogue
from pipeline.stages.common import (
    CENSUS_YEAR,
    NATION,
    RESULTS_FOLDER,
    Array,
    load_area,
    load_nation,
    run,
    save_arrays,
)
from pipeline.summary import long_table, summarised
from pipeline.tables.results import POPULATION
from pipeline.tables.write import write_parquet

OLD_GROUPS = (*(f"{age}-{age + 4}" for age in range(60, 100, 5)), "100+")
"""Ages kept by draw for what follows: care is a matter of the old."""

YEAR_END = 2.0 / 12.0
"""Share of a year between census day, 1 November, and the year's end."""


def project(root: Path, scenario: str) -> None:
    """Project every region the scenario covers; write summaries as one table and the old by draw."""
    settings = load_settings(root, scenario)
    catalogue = load_catalogue(root)
    nation = load_nation(root)
    bend = scenario_of(settings.projection)
    planned = {plan.region for plan in catalogue.plans.values()}
    regions = [r for r in catalogue.regions if scenario == "central" or r in planned or r == NATION]
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    folder = root / RESULTS_FOLDER / scenario
    tables = []
    for region in regions:
        groups, old = region_population(load_area(root, region), nation, bend)
        table = long_table(
            summarised(groups), {"year": years, "sex": ["male", "female", "both"], "age_group": REPORT_GROUPS}
        )
        tables.append(table.assign(region=region, gb_code=catalogue.regions[region].gb_code))
        if region in planned or region == NATION:
            save_arrays(folder / "old" / f"{region}.npz", old=old.astype(np.float32))
    population = pd.concat(tables).assign(scenario=scenario)
    population["date"] = np.where(
        population["year"] == CENSUS_YEAR, f"{CENSUS_YEAR}-11-01", population["year"].astype(str) + "-12-31"
    )
    write_parquet(population, folder / "population.parquet", POPULATION)


def scenario_of(settings: ProjectionSettings) -> Scenario:
    """The engine's scenario from the settings."""
    return Scenario(
        extra_e0=settings.mortality.extra_e0,
        consistency_weight=settings.consistency.weight,
        consistency_from=settings.consistency.from_age,
        migration_weight=settings.migration.weight,
        migration_taper=settings.migration.taper_years,
        fertility_weight=settings.fertility.weight,
    )


def region_population(area: AreaDraws, nation: Nation, scenario: Scenario) -> tuple[Array, Array]:
    """Population by report group and of the old, census day first, then year-ends.

    Returns (draw, year, sex incl. both, group) and (draw, year, sex, old group); year 0 is the census itself.
    """
    report, old = summing_matrix(REPORT_GROUPS).T, summing_matrix(OLD_GROUPS).T
    years = nation.standard_lx.shape[0]
    groups = np.empty((area.draws(), years, len(SEXES) + 1, len(REPORT_GROUPS)))
    elders = np.empty((area.draws(), years, len(SEXES), len(OLD_GROUPS)))
    for part, projection in project_area(area, nation, scenario):
        ends = at_year_end(projection.population, YEAR_END)
        ends[:, 0] = projection.population[:, 0]
        groups[part, :, : len(SEXES)] = ends @ report
        elders[part] = ends @ old
    groups[:, :, len(SEXES)] = groups[:, :, : len(SEXES)].sum(axis=2)
    return groups, elders


if __name__ == "__main__":
    run(lambda root: project(root, sys.argv[1]))
