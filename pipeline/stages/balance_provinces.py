"""Stage `balance_provinces`: nation and provinces projected together, so that they add up in every draw, before and
after counts: the factor that does it, the provinces' people, and how far they were from the nation before."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.inputs.store import load_provinces
from pipeline.model.areas import (
    BALANCE_FOLDER,
    KEPT_DRAWS,
    PROVINCES_FILE,
    PROVINCES_FOLDER,
    balance_name,
    load_area,
    load_nation,
    save_balance,
    scenario_of,
)
from pipeline.model.population import balance_areas, dated
from pipeline.model.result_files import save_arrays
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run
from pipeline.vocabulary import NATION


def balance_provinces(root: Path) -> None:
    settings, regions = load_settings(root), load_provinces(root)
    provinces = [region for region in regions.values() if region.level == "province"]
    nation, scenario = load_nation(root), scenario_of(settings.projection)
    tables, above = [], []
    for counts in (False, True):
        loaded = (load_area(root, region, counts=counts, balanced=False) for region in provinces)
        # What fills the memory in single precision: all provinces are held at once.
        areas = [replace(area, migration=area.migration.astype(np.float32)) for area in loaded]
        whole = load_area(root, regions[NATION], counts=counts)
        found = balance_areas(whole, areas, provinces, nation, scenario, KEPT_DRAWS if counts else 0)
        save_balance(root, found.factor, counts=counts)
        if counts:
            for region, people in zip(provinces, found.five_year, strict=True):
                save_arrays(root / PROVINCES_FOLDER / f"{region.id}.npz", people=people)
        tables.append(found.population.assign(scenario=balance_name(counts)))
        above.append(found.above_nation.assign(scenario=balance_name(counts)))
        del found, areas, whole  # with those of the next pass beside them the stage would take 1.8 GB
    write_parquet(dated(pd.concat(tables)), root / PROVINCES_FILE, TABLES["population"])
    publish(root, pd.concat(above), "balance", settings.draws)


if __name__ == "__main__":
    run(balance_provinces, owns=(BALANCE_FOLDER, PROVINCES_FOLDER))
