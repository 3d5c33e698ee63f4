"""Stage `project_central`: every region's population as the central scenario has it, from all draws of its area.

It is also that of every scenario which leaves people alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, REPORT_GROUPS, SEXES
from pipeline.domain import Region
from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import load_area, load_nation
from pipeline.model.population import FIRST_OLD_GROUP, dated, region_population, scenario_of
from pipeline.model.result_files import save_arrays
from pipeline.results.tables.population_table import AGES, POPULATION
from pipeline.results.write import write_parquet
from pipeline.settings import Settings, load_settings
from pipeline.stages.common import run
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import CENTRAL, NATION

PROJECTION_FOLDER = Path("data/derived/central")
TABLES = (POPULATION, AGES)
Axes = Mapping[str, Sequence[object]]


def project_central(root: Path) -> None:
    """Project every region; write summaries as two tables and the old by draw."""
    settings = load_settings(root)
    known, planned = load_regions(root), load_planned_regions(root)
    cities = [name for name in known if known[name].level == "city" and name not in planned]
    tables = projected(root, settings, [*covered(known, planned), *cities], root / PROJECTION_FOLDER)
    for table, frame in zip(TABLES, tables, strict=True):
        write_parquet(frame.assign(scenario=CENTRAL), root / PROJECTION_FOLDER / f"{table.name}.parquet", table)


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
    run(project_central, owns=(PROJECTION_FOLDER,))
