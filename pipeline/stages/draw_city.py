"""Stage `draw_city`: the draws of one city, conditional on the stored fit of its province, and its single ages."""

import sys
from pathlib import Path

from pipeline.axes import CENSUS_YEAR
from pipeline.demography.graduation import split_steps
from pipeline.inputs.store import load_city
from pipeline.model.area_forecasts import by_single_age, forecast_city
from pipeline.model.areas import save_area
from pipeline.model.fits import load_people
from pipeline.model.result_files import NATION_FILE, SHARED_FILE, ages_file, load_arrays, single_ages
from pipeline.random import stream
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION


def draw_city(root: Path, name: str) -> None:
    settings, census = load_settings(root), load_city(root, name)
    whole = load_people(root, census.province, NATION)
    people, groups = by_single_age(root, name, census, whole, settings.seed, settings.draws)
    path, common = load_arrays(root / NATION_FILE), load_arrays(root / SHARED_FILE)
    area = forecast_city(settings, name, census.province, people, whole, path, common)
    # One table for those who read no draws; their mean keeps every margin, as each of them does.
    counted = {(name, year): ages if ages.ndim == 2 else ages.mean(axis=0) for year, ages in people.items()}
    step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
    split = split_steps(counted[name, CENSUS_YEAR], groups, step, settings.draws, within)
    save_area(root, "cities", name, area, groups, split)
    write_parquet(single_ages(counted), root / ages_file(name), TABLES["single_age"])


if __name__ == "__main__":
    run(lambda root: draw_city(root, sys.argv[1]))
