"""Stage `areas`: mortality, consistency, migration and fertility of every area, from the last two censuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.demography.area import AreaDraws, no_effect
from pipeline.demography.fertility import relative_fertility
from pipeline.demography.measured import yearly_effects
from pipeline.sources.load import load_regions
from pipeline.stages.common import CENSUS_YEAR, NATION, NATION_FILE, SINGLE_AGE_FILE, run, save_area, sex_age

DECADE_BEFORE = CENSUS_YEAR - 10


def areas(root: Path) -> None:
    """Read single ages and the nation's path, measure every area, write one file an area."""
    single = pd.read_parquet(root / SINGLE_AGE_FILE)
    people = {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
    with np.load(root / NATION_FILE) as file:
        path = dict(file)
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    between = path["standard_lx"][census - 10 : census]
    tfr = path["tfr"][census:]
    asfr = path["asfr_shape"][census] * tfr[0]

    nation_residual, consistency = yearly_effects(
        people[NATION, DECADE_BEFORE], people[NATION, CENSUS_YEAR], between, np.zeros(2), None
    )
    for region in load_regions(root):
        level = path[f"level_{region}"]
        base = people[region, CENSUS_YEAR]
        migration = no_effect()
        fertility = 1.0
        if region != NATION:
            start = people[region, DECADE_BEFORE]
            migration = yearly_effects(start, base, between, level, nation_residual)[1][None]
            fertility = float(relative_fertility(base, people[NATION, CENSUS_YEAR], asfr))
        area = AreaDraws(base[None], level[None, None], consistency[None], migration, fertility * tfr[None])
        save_area(root, region, area)


if __name__ == "__main__":
    run(areas)
