"""Stage `city`: the draws of one city, conditional on the stored fit of its province.

A city known by its margins alone brings draws of its age table too, so that its intervals hold what the margins
leave open.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.demography.cohort_change import decade_residual
from pipeline.demography.fertility import relative_fertility
from pipeline.demography.graduation import graduate
from pipeline.models.city_errors import error_draws
from pipeline.models.forward import area_draws, assumptions_of, city_excess
from pipeline.models.margins import GROUPS
from pipeline.models.vital import level_per_year_of_life
from pipeline.random import stream
from pipeline.settings import load_settings
from pipeline.sources.load import load_region
from pipeline.stages.common import (
    CENSUS_YEAR,
    NATION,
    NATION_FILE,
    POSTERIOR_FOLDER,
    PROVINCES_FILE,
    Array,
    run,
    save_area,
    sex_age,
)
from pipeline.stages.rebuilt import rebuilt
from pipeline.tables.corrections import load_corrections
from pipeline.tables.load import has_margins, load_census, load_margins


def city(root: Path, name: str) -> None:
    """Read the city's censuses and the stored fit, draw its future, write it."""
    settings = load_settings(root)
    region = load_region(root, "cities", name)
    corrections = load_corrections(root)
    parent = str(region.parent)
    single = pd.read_parquet(root / PROVINCES_FILE, filters=[("region", "in", [parent, NATION])])
    around = {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
    people: dict[int, Array] = {}
    if has_margins(root, region):
        regions = {name: region, parent: load_region(root, "provinces", parent)}
        for (_, year), said in load_margins(root, regions, [name], corrections).items():
            tables = rebuilt(root, said, around[parent, year], name, year, settings.seed)
            people[year] = graduate(tables, GROUPS, around[parent, year])
    else:
        census = load_census(root, [region], corrections)
        for year in census["year"].unique().tolist():
            rows = census[census["year"] == year]
            people[year] = graduate(sex_age(rows), list(dict.fromkeys(rows["age"])), around[parent, year])
    with np.load(root / NATION_FILE) as file:
        path = dict(file)
    with np.load(root / POSTERIOR_FOLDER / "nation.npz") as file:
        nation = dict(file)
    census_at = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    steps = path["standard_lx"][census_at:]
    place = list(nation["provinces"]).index(parent)

    before = people.get(CENSUS_YEAR - 10)
    own = nation["excess"][place]  # a city of one census has shown nothing of its own: its province's stands in
    if before is not None:
        own = decade_residual(before, people[CENSUS_YEAR], nation["survival"]) - nation["residual"]
    assumptions = assumptions_of(settings.forecast)
    generator = stream(settings.seed, "area", name)
    excess = city_excess(
        own,
        nation["excess"][place],
        nation["future"][:, place].astype(float),
        error_draws(nation["city_scale"].astype(float), generator),
        assumptions,
        generator,
    )
    asfr = path["asfr_shape"][census_at] * path["tfr"][census_at]
    area = area_draws(
        base=people[CENSUS_YEAR],
        level=path[f"level_{parent}"],
        standard_lx=steps,
        nation_level=nation["level"],
        years_per_level=level_per_year_of_life(steps),
        nation_tfr=nation["tfr"],
        fertility=relative_fertility(people[CENSUS_YEAR], around[NATION, CENSUS_YEAR], asfr),
        consistency=nation["consistency"],
        excess=excess,
        assumptions=assumptions,
        generator=generator,
    )
    save_area(root, "cities", name, area)


if __name__ == "__main__":
    run(lambda root: city(root, sys.argv[1]))
