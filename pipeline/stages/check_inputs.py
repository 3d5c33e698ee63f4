"""Stage `check_inputs`: every input checked, by itself and against the others, and handed on under data/inputs.

What later stages read of the inputs they read there, typed, corrected and in one form of numbers.
"""

import sys
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from pipeline.domain import Catalogue
from pipeline.errors import raise_if_any
from pipeline.inputs import store
from pipeline.inputs.declarations import CITY_CENSUS, PROVINCES_CENSUS, RAW_FILES
from pipeline.model import ingest
from pipeline.model.result_files import AREA_FOLDER, CITY_AGES_FOLDER
from pipeline.results.tables import TABLES
from pipeline.results.write import significant, write_parquet, write_text
from pipeline.schemas import Table
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run


def check_inputs(root: Path) -> None:
    inputs = ingest.check_inputs(root)
    raise_if_any(inputs.faults)
    for doubt in inputs.doubts:
        print(doubt, file=sys.stderr)
    for file, (frame, table) in handed_on(inputs).items():
        write_parquet(in_digits(frame), root / file, table)
    made = [name for name, city in inputs.cities.items() if city.made]
    for file, text in store.texts(inputs.catalogue, made).items():
        write_text(text, root / file)
    publish(root, plan_figures(inputs.catalogue), "plan_figures")
    remove_other_cities(root, load_settings(root).cities)


def remove_other_cities(root: Path, cities: Collection[str]) -> None:
    """Remove what earlier runs made of cities that params.yaml no longer names.

    Stages depend on these folders whole: what is left over would make their hashes differ from those of a fresh clone.
    """
    for folder in (CITY_AGES_FOLDER, AREA_FOLDER / "cities"):
        for path in (root / folder).glob("[!.]*"):
            if path.stem not in cities:
                path.unlink()


def handed_on(inputs: ingest.Inputs) -> dict[Path, tuple[pd.DataFrame, Table]]:
    """What later stages read, by file: every shared table, the censuses of provinces, those of each city."""
    raw, regions = inputs.raw, inputs.catalogue.regions
    found = {store.table_file(table.name): (raw.table(file), table) for file, table in RAW_FILES.items()}
    provinces = [region for region in regions.values() if region.level != "city"]
    found[store.PROVINCES_CENSUS] = raw.census(provinces)[list(PROVINCES_CENSUS.names)], PROVINCES_CENSUS
    for name, city in inputs.cities.items():
        rows = city.rows.assign(region=name, province=regions[name].parent, form=city.form)
        found[store.city_file(name)] = rows[list(CITY_CENSUS.names)], CITY_CENSUS
    return found


def in_digits(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, its numbers in the form of `significant`."""
    numbers = [name for name in frame if frame[name].dtype.kind == "f"]
    return frame.assign(**{str(name): significant(frame[name].to_numpy()) for name in numbers})


def plan_figures(catalogue: Catalogue) -> pd.DataFrame:
    """One row a figure of any plan."""
    rows = [
        {"plan": plan.id, "region": plan.region, "figure_id": figure.id}
        | figure.model_dump(include={*TABLES["plan_figures"].names})
        | {"note": figure.note or None}
        for plan in catalogue.plans.values()
        for figure in plan.figures
    ]
    return pd.DataFrame(rows).astype({"year": "Int64", "value": float})


if __name__ == "__main__":
    run(check_inputs, owns=(store.FOLDER,))
