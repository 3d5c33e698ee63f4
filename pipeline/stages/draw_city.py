"""Stage `draw_city`: the draws of one city, conditional on the stored fit of its province."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.demography.graduation import split_steps
from pipeline.inputs.store import load_city
from pipeline.model.areas import save_area
from pipeline.model.city_forecasts import by_single_age, forecast_city
from pipeline.model.result_files import NATION_FILE, SHARED_FILE, SINGLE_AGE_FILE, ages_file, sex_age, single_ages
from pipeline.random import stream
from pipeline.results.tables.population_tables import SINGLE_AGE
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION


def city(root: Path, name: str) -> None:
    """Read the city's censuses and the stored fit, draw its future, write it and its single ages."""
    settings, census = load_settings(root), load_city(root, name)
    single = pd.read_parquet(root / SINGLE_AGE_FILE, filters=[("region", "in", [census.province, NATION])])
    whole = {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
    people, groups = by_single_age(root, name, census, whole, settings.seed, settings.draws)
    with np.load(root / NATION_FILE) as path, np.load(root / SHARED_FILE) as common:
        area = forecast_city(settings, name, census.province, people, whole, dict(path), dict(common))
    # One table for those who read no draws; their mean keeps every margin, as each of them does.
    counted = {(name, year): ages if ages.ndim == 2 else ages.mean(axis=0) for year, ages in people.items()}
    step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
    split = split_steps(counted[name, CENSUS_YEAR], groups, step, settings.draws, within)
    save_area(root, "cities", name, area, groups, split)
    write_parquet(single_ages(counted), root / ages_file(name), SINGLE_AGE)


if __name__ == "__main__":
    run(lambda root: city(root, sys.argv[1]))
