"""Stage `project_atlas`: people and need of every place, from the draws of its province."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS, Array
from pipeline.model.atlas import atlas_tasks, atlas_years, places
from pipeline.model.places import ATLAS_FILE, Places, load_places
from pipeline.processes import spread_out, spread_over_cluster
from pipeline.results.tables import MEASURES, TABLES
from pipeline.settings import PARAMS_FILE, Settings, load_settings
from pipeline.settings.parameters import LOCAL
from pipeline.stages.common import hand_on, publish, run
from pipeline.summary import INTERVAL

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
    hand_on(root, table, ATLAS_FILE, "atlas_places", DIGITS)
    brief = table[table["measure"].isin(COUNTED_GROUPS) & table["year"].isin(atlas_years(settings))]
    brief = brief.rename(columns={"measure": "age_group"})[list(TABLES["atlas"].names)]
    publish(root, brief, "atlas", min(settings.atlas.draws, settings.draws))


def place_labels(known: Places) -> pd.DataFrame:
    """Name, level, province and prefecture of every place by code; groups that are no place have none."""
    second = known.second
    middles = second.middles["code"].where(second.middles["code"] != "")
    frames = [
        known.province_labels.assign(level="province"),
        second.middles.loc[middles.notna(), ["code", "name", "province"]].assign(level="prefecture"),
        second.counties[["code", "name", "province"]].assign(
            level=second.counties["kind"], prefecture=middles.iloc[second.counties["middle"]].to_numpy()
        ),
    ]
    table = pd.concat(frames, ignore_index=True)
    return table[~table["name"].isin(("市辖区", "县"))].rename(columns={"name": "name_zh"}).set_index("code")


def atlas_rows(values: Mapping[str, Array], labels: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The table `atlas_places` of all places, from their quantiles by code."""
    codes = [code for code in values if code in labels.index]
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    index = pd.MultiIndex.from_product([codes, MEASURES, years], names=["code", "measure", "year"])
    numbers = np.stack([values[code] for code in codes]).reshape(-1, len(INTERVAL))
    table = pd.DataFrame(numbers, index=index, columns=["q10", "median", "q90"]).dropna().reset_index()
    kept = table["measure"].isin(COUNTED_GROUPS) | table["year"].isin(atlas_years(settings))
    return table[kept].join(labels, on="code")


if __name__ == "__main__":
    run(project_atlas)
