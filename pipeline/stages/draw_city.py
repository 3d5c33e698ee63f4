"""Stage `draw_city`: the draws of one city, conditional on the stored fit of its province.

A city known by its margins alone brings draws of its age table too, so that its intervals hold what the margins
leave open.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.demography.cohort_change import decade_residual
from pipeline.demography.fertility import relative_fertility
from pipeline.demography.graduation import graduate, split_steps
from pipeline.errors import Fault, InputError
from pipeline.inputs.bulletins import GROUPS, margins_by_year
from pipeline.inputs.store import CityCensus, city_file, load_city
from pipeline.model.areas import save_area
from pipeline.model.city_margins import reconstruct_city
from pipeline.model.result_files import NATION_FILE, SHARED_FILE, SINGLE_AGE_FILE, ages_file, sex_age, single_ages
from pipeline.models.city_errors import error_draws
from pipeline.models.forward import area_draws, assumptions_of, city_error, city_excess
from pipeline.models.vital import level_per_year_of_life
from pipeline.random import stream
from pipeline.results.tables.population_table import SINGLE_AGE
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION


def city(root: Path, name: str) -> None:
    """Read the city's censuses and the stored fit, draw its future, write it and its single ages."""
    settings = load_settings(root)
    census = load_city(root, name)
    parent = census.province
    single = pd.read_parquet(root / SINGLE_AGE_FILE, filters=[("region", "in", [parent, NATION])])
    around = {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
    people, groups = by_single_age(root, name, census, around, settings.seed, settings.draws)
    with np.load(root / NATION_FILE) as file:
        path = dict(file)
    with np.load(root / SHARED_FILE) as file:
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
    old_error = error_draws(nation["city_scale"].astype(float), generator)
    young_error = error_draws(nation["city_young_scale"].astype(float), stream(settings.seed, "young", name))
    excess = city_excess(
        own,
        nation["excess"][place],
        nation["future"][:, place].astype(float),
        city_error(old_error, nation["city_young_slopes"], young_error),
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
    # One table for those who read no draws; their mean keeps every margin, as each of them does.
    counted = {(name, year): mean(ages) for year, ages in people.items()}
    step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
    split = split_steps(counted[name, CENSUS_YEAR], groups, step, settings.draws, within)
    save_area(root, "cities", name, area, groups, split)
    write_parquet(single_ages(counted), root / ages_file(name), SINGLE_AGE)


def by_single_age(
    root: Path, name: str, census: CityCensus, around: Mapping[tuple[Hashable, ...], Array], seed: int, draws: int
) -> tuple[dict[int, Array], Sequence[str]]:
    """People of a city by census year, (sex, age), and the age groups that the census gave.

    (draw, sex, age) where only margins are known. `around` has those of its province by region and year.
    """
    parent, rows = census.province, census.rows
    if census.form == "margins":
        people = {}
        for year, said in margins_by_year(rows).items():
            try:
                tables = reconstruct_city(root, said, around[parent, year], name, year, seed, draws)
            except ArithmeticError as error:
                expected = f"margins that a table by age near that of {parent} can have"
                raise InputError([Fault(str(city_file(name)), f"year {year}", str(error), expected)]) from None
            people[year] = graduate(tables, GROUPS, around[parent, year])
        return people, GROUPS
    groups = list(dict.fromkeys(rows["age"]))
    years: list[int] = rows["year"].unique().tolist()
    given = {year: sex_age(rows[rows["year"] == year]) for year in years}
    return {year: graduate(table, groups, around[parent, year]) for year, table in given.items()}, groups


def mean(ages: Array) -> Array:
    """(sex, age), the mean of the draws where there are any."""
    return ages if ages.ndim == 2 else np.asarray(ages.mean(axis=0))


if __name__ == "__main__":
    run(lambda root: city(root, sys.argv[1]))
