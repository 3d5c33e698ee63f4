"""Stage `fit_atlas`: how places change beside what holds them, how well that foresaw 2020, and what has no past."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_GROUPS
from pipeline.inputs.store import load_table
from pipeline.model.places import ATLAS_MODEL, CENSUSES, Places, load_places, model_arrays
from pipeline.model.result_files import save_arrays
from pipeline.models.counties.model import fit, forecasts, scored
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run


def fit_atlas(root: Path) -> None:
    settings, places = load_settings(root), load_places(root)
    cases = {name: province.case for name, province in places.provinces.items()}
    save_arrays(root / ATLAS_MODEL, **model_arrays(fit(list(cases.values()))))
    publish(root, scored(forecasts(cases, settings.seed, settings.backtest.folds)), "atlas_scores")
    publish(root, unmatched_places(places, load_table(root, "prefectures")), "atlas_unmatched")


def unmatched_places(places: Places, table: pd.DataFrame) -> pd.DataFrame:
    """Places whose change is not measured, and why: rows of the result table `atlas_unmatched`."""
    first, second, found = places.first, places.second, places.found
    labels = ["code", "name", "province"]
    new, gone = np.flatnonzero(found.before < 0), np.setdiff1d(np.arange(len(first.counties)), found.linked)
    rows = [
        whole.counties.iloc[at][labels].assign(year=year, reason=why, people=whole.county_people[at].sum(axis=(1, 2)))
        for whole, at, year, why in (
            (second, new, CENSUSES[1], [found.how[row] for row in new]),
            (first, gone, CENSUSES[0], "gone"),
        )
    ]
    inner = table[table["level"].isin(("county", "zone"))].astype({"code": object})
    ages = inner[list(CENSUS_GROUPS)]
    counts = inner.assign(people=ages.sum(axis=1).astype(float), hole=ages.isna().any(axis=1))
    for year, whole in zip(CENSUSES, (first, second), strict=True):
        outside = counts[(counts["year"] == year) & ~counts["code"].isin(set(whole.counties["code"]))]
        lone = outside.groupby(["province", "name", "parent"], as_index=False).agg(
            code=("code", "first"), people=("people", "sum"), hole=("hole", "any")
        )
        reason = np.where(lone["hole"] & lone["code"].notna(), "blank", "no_code")
        rows.append(lone[[*labels, "people"]].assign(year=year, reason=reason))
    return pd.concat(rows, ignore_index=True).rename(columns={"name": "name_zh"})


if __name__ == "__main__":
    run(fit_atlas)
