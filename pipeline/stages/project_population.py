"""Stage `project_population`: every region's population under one scenario, from all draws of its area."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, SEXES
from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import PROVINCES_FILE, balance_name, load_area, load_nation
from pipeline.model.population import FIRST_OLD_GROUP, dated, population_rows, region_population, scenario_of
from pipeline.model.result_files import RESULTS_FOLDER, save_arrays
from pipeline.results.tables.population_table import AGES, POPULATION
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import CENTRAL, NATION

Axes = Mapping[str, Sequence[object]]


def project(root: Path, scenario: str) -> None:
    """Project every region the scenario covers; write summaries as one table and the old by draw."""
    settings = load_settings(root, scenario)
    known, planned = load_regions(root), load_planned_regions(root)
    nation = load_nation(root)
    scenario_draws = scenario_of(settings.projection)
    regions = [name for name in known if name in planned or name == NATION]
    if scenario == CENTRAL:
        regions += [name for name in known if known[name].level == "city" and name not in regions]
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    folder = root / RESULTS_FOLDER / scenario
    population, ages = [], []
    for region in regions:
        people = region_population(load_area(root, known[region], counts=settings.counts.use), nation, scenario_draws)
        population.append(population_rows(people.report, years, known[region]))
        if region in planned or region == NATION:
            axes: Axes = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
            ages.append(long_table(summarised(people.five_year), axes).assign(region=region))
            old = people.five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
            save_arrays(folder / "old" / f"{region}.npz", old=old)
    balanced = balance_name(settings.counts.use)
    if scenario in (CENTRAL, balanced):
        provinces = pd.read_parquet(root / PROVINCES_FILE)
        elsewhere = (provinces["scenario"] == balanced) & ~provinces["region"].isin(regions)
        population.append(provinces[elsewhere])
    table = dated(pd.concat(population).assign(scenario=scenario))
    write_parquet(table, folder / "population.parquet", POPULATION)
    write_parquet(pd.concat(ages).assign(scenario=scenario), folder / "ages.parquet", AGES)


if __name__ == "__main__":
    run(lambda root: project(root, sys.argv[1]), owns=(RESULTS_FOLDER / sys.argv[1] / "old",))
