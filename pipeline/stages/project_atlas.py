"""Stage `project_atlas`: people and need of every place, from the draws of its province."""

from pathlib import Path

from pipeline.axes import COUNTED_GROUPS
from pipeline.model.atlas import atlas_rows, atlas_tasks, atlas_years, place_labels, places
from pipeline.model.places import ATLAS_FILE, load_places
from pipeline.processes import spread_out, spread_over_cluster
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import PARAMS_FILE, load_settings
from pipeline.settings.parameters import LOCAL
from pipeline.stages.common import publish, run

DIGITS = 4
"""Significant digits of the table in full, which git keeps; atlas.csv has every person."""


def project_atlas(root: Path) -> None:
    settings, known = load_settings(root), load_places(root)
    tasks, scheduler = atlas_tasks(root, known, settings), settings.atlas.scheduler
    if scheduler == LOCAL:
        provinces = spread_out(places, tasks, settings.atlas.workers)
    else:
        provinces = spread_over_cluster(places, tasks, scheduler, (PARAMS_FILE, "atlas.scheduler"))
    values = {code: found for province in provinces for code, found in province.items()}
    table = atlas_rows(values, place_labels(known), settings)
    write_parquet(table, root / ATLAS_FILE, TABLES["atlas_places"], digits=DIGITS)
    brief = table[table["measure"].isin(COUNTED_GROUPS) & table["year"].isin(atlas_years(settings))]
    brief = brief.rename(columns={"measure": "age_group"})[list(TABLES["atlas"].names)]
    publish(root, brief, "atlas", min(settings.atlas.draws, settings.draws))


if __name__ == "__main__":
    run(project_atlas)
