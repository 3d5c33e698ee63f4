"""Stage `project_population`: every region's population under one scenario, from all draws of its area."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pandas as pd

from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import PROVINCES_FILE, balance_name
from pipeline.model.population import dated
from pipeline.model.result_files import RESULTS_FOLDER
from pipeline.results.write import replaced, write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.stages.project_central import PROJECTION_FOLDER, TABLES, covered, projected
from pipeline.vocabulary import CENTRAL


def project(root: Path, scenario: str) -> None:
    """Project every region the scenario covers; write summaries as one table and the old by draw.

    Where it has the projection and the counts of the central scenario, its people are those projected for that one.
    """
    settings, central = load_settings(root, scenario), load_settings(root)
    regions = covered(load_regions(root), load_planned_regions(root))
    folder = root / RESULTS_FOLDER / scenario
    if (settings.projection, settings.counts) == (central.projection, central.counts):
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


if __name__ == "__main__":
    run(lambda root: project(root, sys.argv[1]), owns=(RESULTS_FOLDER / sys.argv[1] / "old",))
