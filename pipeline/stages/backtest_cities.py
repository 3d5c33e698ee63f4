"""Stage `backtest_cities`: the old of 2020 in prefectures of unchanged boundary, foreseen without their province."""

from pathlib import Path

import pandas as pd

from pipeline.inputs.store import load_table
from pipeline.model.decades import FOLDS_FILE, KEPT_DIGITS, fold_settings, load_decades
from pipeline.model.fits import area_priors
from pipeline.model.result_files import BACKTEST_FOLDER, load_arrays
from pipeline.models.backtest.folds import CENSUSES, city_labels, city_parents, city_rows
from pipeline.models.backtest.rivals import city_rivals, rival_rows
from pipeline.models.cohorts import in_bands
from pipeline.models.counties.matching import matches, moved_cities, tree, unchanged_cities
from pipeline.models.sampling import own_compiler
from pipeline.settings import load_settings
from pipeline.stages.common import hand_on, run


def backtest_cities(root: Path) -> None:
    settings = load_settings(root)
    decades = load_decades(root)
    prefectures = load_table(root, "prefectures")
    fitted = load_arrays(root / FOLDS_FILE)
    folds = [str(fold) for fold in fitted.pop("folds")]
    fitted = {name: array.astype(float) for name, array in fitted.items()}
    priors = area_priors(settings.priors.old_age)
    first, second = (tree(prefectures, year) for year in CENSUSES[1:])
    cities = unchanged_cities(first, second)
    moved = moved_cities(first, second, matches(first, second, load_table(root, "county_successors")), cities)
    rows, moved_rows = city_rows(decades, cities, moved, folds, fitted, priors, fold_settings(settings))
    rivals = city_rivals(
        decades.people[0], decades.people[1], decades.survival, cities.first, city_parents(decades, cities)
    )
    simple = rival_rows(rivals, in_bands(cities.second[..., 2:]), city_labels(cities))
    rows = pd.concat([rows, simple], ignore_index=True)
    for name, table in (("cities", rows), ("moved_cities", moved_rows)):
        hand_on(root, table, BACKTEST_FOLDER / f"{name}.parquet", "backtest_cities", KEPT_DIGITS)


if __name__ == "__main__":
    own_compiler()
    run(backtest_cities)
