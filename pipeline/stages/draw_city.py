"""Stage `draw_city`: the draws of one city, conditional on the stored fit of its province, and its single ages."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_GROUPS, CENSUS_YEAR, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import decade_residual
from pipeline.demography.graduation import graduate, split_steps
from pipeline.demography.vital_rates import relative_fertility
from pipeline.errors import Fault, InputError
from pipeline.inputs.bulletins import margins_by_year
from pipeline.inputs.store import city_file, load_city
from pipeline.model import result_files as files
from pipeline.model.areas import save_area
from pipeline.model.fits import MARGINS_FILE, load_posterior
from pipeline.models.city_errors import replicates
from pipeline.models.forward import area_draws, city_error, city_excess
from pipeline.models.margins import reconstruct, walks_of
from pipeline.models.sampling import posterior_arrays
from pipeline.random import stream
from pipeline.settings import Settings, load_settings
from pipeline.stages.common import hand_on, run
from pipeline.vocabulary import NATION


def draw_city(root: Path, name: str) -> None:
    settings, census = load_settings(root), load_city(root, name)
    parent = str(census["province"].iloc[0])
    whole = files.load_people(root, parent, NATION)
    people, groups = by_single_age(root, name, census, whole, settings.seed, settings.draws)
    path, common = (files.load_arrays(root / file) for file in (files.NATION_FILE, files.SHARED_FILE))
    area = forecast_city(settings, name, parent, people, whole, path, common)
    # One table for those who read no draws; their mean keeps every margin, as each of them does.
    counted = {(name, year): ages if ages.ndim == 2 else ages.mean(axis=0) for year, ages in people.items()}
    step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
    split = split_steps(counted[name, CENSUS_YEAR], groups, step, settings.draws, within)
    save_area(root, "cities", name, area, groups, split)
    hand_on(root, files.single_ages(counted), files.ages_file(name), "single_age")


def by_single_age(
    root: Path, name: str, rows: pd.DataFrame, whole: files.People, seed: int, draws: int
) -> tuple[dict[int, Array], Sequence[str]]:
    """People of a city by census year, (sex, age), and the age groups that the census gave.

    (draw, sex, age) where only margins are known, which every draw keeps; `whole` has those of its province by region
    and year. The draws of two censuses are independent: what cities keep from one to the next is not used, so that the
    cohort change between them comes out too wide rather than too narrow.
    """
    (parent, form), tables = rows[["province", "form"]].iloc[0], dict[int, Array]()
    if form == "margins":
        groups: Sequence[str] = CENSUS_GROUPS
        # So many walks, from the stored draws of their parameters in turn.
        stored = posterior_arrays(load_posterior(root / MARGINS_FILE))
        walks = walks_of({part: array[np.arange(draws) % len(array)] for part, array in stored.items()})
        for year, published in margins_by_year(rows).items():
            around, within = whole[parent, year] @ summing_matrix(groups).T, stream(seed, "margins", name, str(year))
            try:
                tables[year] = reconstruct(published, around, walks, within)
            except ArithmeticError as error:
                expected = f"margins that a table by age near that of {parent} can have"
                raise InputError([Fault(str(city_file(name)), f"year {year}", str(error), expected)]) from None
    else:
        groups = list(dict.fromkeys(rows["age"]))
        tables = {int(str(year)): files.sex_age(own) for year, own in rows.groupby("year", sort=False)}
    return {year: graduate(table, groups, whole[parent, year]) for year, table in tables.items()}, groups


def forecast_city(
    settings: Settings,
    name: str,
    parent: str,
    people: Mapping[int, Array],
    whole: files.People,
    path: Mapping[str, Array],
    common: Mapping[str, NDArray[Any]],
) -> dict[str, Array]:
    """Draws as from `forward.area_draws` of a city in the province `parent`.

    `people` as from `by_single_age`; `whole` those of its province and nation by region and year; `path` as stage
    `build_baseline` wrote it, `common` as `draw_areas` did.
    """
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    place = list(common["provinces"]).index(parent)
    last, future, now = common["excess"][place], common["future"][:, place].astype(float), people[CENSUS_YEAR]
    generator = stream(settings.seed, "area", name)
    error = _strayed(common, generator, stream(settings.seed, "young", name))
    if CENSUS_YEAR - 10 in people:
        own = decade_residual(people[CENSUS_YEAR - 10], now, common["survival"]) - common["residual"]
    else:
        # Its last decade was not measured, and may have strayed from its province's as far as the coming one may.
        own = last + _strayed(common, *(stream(settings.seed, part, "before", name) for part in ("area", "young")))
    asfr = path["asfr_shape"][census] * path["tfr"][census]
    return area_draws(
        base=now,
        level=path[f"level_{parent}"],
        standard_lx=path["standard_lx"][census:],
        nation_level=common["level"],
        nation_tfr=common["tfr"],
        fertility=relative_fertility(now, whole[NATION, CENSUS_YEAR], asfr),
        consistency=common["consistency"],
        excess=city_excess(own, last, future, error, settings.forecast, generator),
        assumptions=settings.forecast,
        generator=generator,
    )


def _strayed(common: Mapping[str, NDArray[Any]], old: np.random.Generator, young: np.random.Generator) -> Array:
    """How far a city strays from its province in a decade, (draw, sex, 16 groups)."""
    old_error = replicates(common["city_scale"].astype(float), 1, old)[:, 0]
    young_error = replicates(common["city_young_scale"].astype(float), 1, young)[:, 0]
    return city_error(old_error, common["city_young_slopes"], young_error)


if __name__ == "__main__":
    run(lambda root: draw_city(root, sys.argv[1]))
