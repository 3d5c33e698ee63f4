"""Stage `project_population`: every region's population under every scenario, from all draws of its area.

Cities without a plan are in the central scenario alone, provinces without one in that and in the one before or after
counts which is kept of them.
"""

from functools import partial
from pathlib import Path

import pandas as pd

from pipeline.model.areas import PROVINCES_FILE, balance_name, dated, project_regions
from pipeline.model.result_files import PROJECTIONS_FOLDER, save_arrays
from pipeline.processes import cores, get_ready, spread_out
from pipeline.settings import all_settings
from pipeline.stages.common import hand_on, run
from pipeline.vocabulary import CENTRAL


def project_population(root: Path) -> None:
    workers = cores()
    get_ready(workers, ["pipeline.model.areas"])
    settings = all_settings(root)
    # Scenarios that differ in nothing a projection depends on share one. The central one has all cities, takes longest
    # and goes first.
    decides = {name: chosen.model_dump_json(include={"counts", "projection"}) for name, chosen in settings.items()}
    distinct = {decides[name]: settings[name] for name in sorted(settings, key=lambda name: name != CENTRAL)}
    tasks = [(chosen, key == decides[CENTRAL]) for key, chosen in distinct.items()]
    people = dict(zip(distinct, spread_out(partial(project_regions, root), tasks, workers), strict=True))
    for scenario, chosen in settings.items():
        population, ages, old = people[decides[scenario]]
        if scenario != CENTRAL:
            population = population[population["region"].isin(old)]
        balanced = balance_name(chosen.counts.use)
        if scenario in (CENTRAL, balanced):
            provinces = pd.read_parquet(root / PROVINCES_FILE)
            elsewhere = (provinces["scenario"] == balanced) & ~provinces["region"].isin(population["region"])
            population = pd.concat([population, provinces[elsewhere]])
        folder = PROJECTIONS_FOLDER / scenario
        hand_on(root, dated(population.assign(scenario=scenario)), folder / "population.parquet", "population")
        hand_on(root, ages.assign(scenario=scenario), folder / "ages.parquet", "ages")
        for region, drawn in old.items():
            save_arrays(root / folder / "old" / f"{region}.npz", old=drawn)


if __name__ == "__main__":
    run(project_population, owns=(PROJECTIONS_FOLDER,))
