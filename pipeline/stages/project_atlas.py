"""Stage `project_atlas`: people and need of every place, from the draws of its province."""

from pathlib import Path

from pipeline.axes import COUNTED_GROUPS
from pipeline.model.atlas import places
from pipeline.model.atlas_tasks import atlas_rows, atlas_tasks, atlas_years, place_labels
from pipeline.model.places import ATLAS_FILE, load_places
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.model.spread import spread
from pipeline.results.monte_carlo import borne
from pipeline.results.tables.atlas_table import ATLAS, ATLAS_PLACES
from pipeline.results.write import write_csv, write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import CENTRAL

DIGITS = 4
"""Significant digits of the table in full, which git keeps; atlas.csv has every person."""


def atlas(root: Path) -> None:
    """Make a task of every province, have them worked on, and write what they found."""
    settings = load_settings(root, CENTRAL)
    known = load_places(root)
    tasks = atlas_tasks(root, known, settings, settings.atlas.draws)
    found = spread(places, tasks, settings.atlas.scheduler, settings.atlas.workers)
    table = atlas_rows([place for province in found for place in province], place_labels(known), settings)
    write_parquet(table, root / ATLAS_FILE, ATLAS_PLACES, digits=DIGITS)
    brief = table[table["measure"].isin(COUNTED_GROUPS) & table["year"].isin(atlas_years(settings))]
    brief = brief.rename(columns={"measure": "age_group"})
    kept = min(settings.atlas.draws, settings.draws)
    write_csv(borne(brief[list(ATLAS.names)], kept), root / TABLES_FOLDER / "atlas.csv", ATLAS)


if __name__ == "__main__":
    run(atlas)
