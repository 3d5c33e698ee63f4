"""Stage `compare_consistency`: the old with the census-consistency offset, and by reported mortality alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, OLD_BANDS, REPORT_GROUPS, Array
from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import load_area, load_nation
from pipeline.model.files import TABLES_FOLDER
from pipeline.model.population import region_population, scenario_of
from pipeline.results.tables.nation import CONSISTENCY
from pipeline.results.write import write_csv
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.summary import QUANTILES, summarised
from pipeline.vocabulary import NATION

EVERY = 5
"""Years between those that are shown."""

SHOWN = {"median": 0.5, "lower_80": 0.1, "upper_80": 0.9}


def consistency(root: Path) -> None:
    """Project the nation and the regions of plans with the offset as it is set and with none; write one table."""
    settings = load_settings(root)
    regions, planned = load_regions(root), load_planned_regions(root)
    nation = load_nation(root)
    bend = scenario_of(settings.projection)
    bends = {"with": bend, "without": replace(bend, consistency_weight=0.0)}
    years = [*range(CENSUS_YEAR + EVERY, settings.last_year + 1, EVERY)]
    groups = [REPORT_GROUPS.index(group) for group in OLD_BANDS]
    index = pd.MultiIndex.from_product([years, OLD_BANDS], names=["year", "age_group"])
    frames = []
    for region in [NATION, *(name for name in regions if name in planned and name != NATION)]:
        area = load_area(root, regions[region], counts=settings.counts.use)
        columns: dict[str, Array] = {}
        for name, scenario in bends.items():
            both = region_population(area, nation, scenario).report[:, EVERY::EVERY, -1]
            found = summarised(both[..., groups])
            columns |= {f"{name}_{kind}": found[1 + QUANTILES.index(at)].ravel() for kind, at in SHOWN.items()}
        frames.append(pd.DataFrame(columns, index=index).reset_index().assign(region=region))
    write_csv(pd.concat(frames), root / TABLES_FOLDER / "consistency.csv", CONSISTENCY)


if __name__ == "__main__":
    run(consistency)
