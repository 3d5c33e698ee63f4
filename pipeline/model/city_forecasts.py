"""The draws of one city, conditional on those of its province.

A city known by its margins alone brings draws of its age table too, so that its intervals hold what the margins
leave open.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import decade_residual
from pipeline.demography.graduation import graduate
from pipeline.demography.vital_rates import relative_fertility
from pipeline.errors import Fault, InputError
from pipeline.inputs.bulletins import GROUPS, margins_by_year
from pipeline.inputs.store import CityCensus, city_file
from pipeline.model.fits import MARGINS_FILE, load_posterior
from pipeline.model.result_files import People, sex_age
from pipeline.models.city_errors import error_draws
from pipeline.models.forward import area_draws, city_error, city_excess
from pipeline.models.margins import reconstruct, walks_of
from pipeline.models.sampling import posterior_arrays
from pipeline.random import stream
from pipeline.settings import Settings
from pipeline.vocabulary import NATION


def forecast_city(
    settings: Settings,
    name: str,
    parent: str,
    people: Mapping[int, Array],
    whole: People,
    path: Mapping[str, Array],
    common: Mapping[str, NDArray[Any]],
) -> dict[str, Array]:
    """Draws as from `forward.area_draws` of a city in the province `parent`.

    `people` as from `by_single_age`; `whole` those of its province and nation by region and year; `path` as stage
    `build_baseline` wrote it, `common` as `draw_areas` did.
    """
    census_at = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    steps = path["standard_lx"][census_at:]
    place = list(common["provinces"]).index(parent)
    last, future = common["excess"][place], common["future"][:, place].astype(float)

    assumptions = settings.forecast
    generator = stream(settings.seed, "area", name)
    error = _strayed(common, generator, stream(settings.seed, "young", name))
    if CENSUS_YEAR - 10 in people:
        own = decade_residual(people[CENSUS_YEAR - 10], people[CENSUS_YEAR], common["survival"]) - common["residual"]
    else:
        # Its last decade was not measured, and may have strayed from its province's as far as the coming one may.
        unseen = (stream(settings.seed, part, "before", name) for part in ("area", "young"))
        own = last + _strayed(common, *unseen)
    asfr = path["asfr_shape"][census_at] * path["tfr"][census_at]
    return area_draws(
        base=people[CENSUS_YEAR],
        level=path[f"level_{parent}"],
        standard_lx=steps,
        nation_level=common["level"],
        nation_tfr=common["tfr"],
        fertility=relative_fertility(people[CENSUS_YEAR], whole[NATION, CENSUS_YEAR], asfr),
        consistency=common["consistency"],
        excess=city_excess(own, last, future, error, assumptions, generator),
        assumptions=assumptions,
        generator=generator,
    )


def _strayed(common: Mapping[str, NDArray[Any]], old: np.random.Generator, young: np.random.Generator) -> Array:
    """How far a city strays from its province in a decade, (draw, sex, 16 groups)."""
    old_error = error_draws(common["city_scale"].astype(float), old)
    young_error = error_draws(common["city_young_scale"].astype(float), young)
    return city_error(old_error, common["city_young_slopes"], young_error)


def by_single_age(
    root: Path, name: str, census: CityCensus, whole: People, seed: int, draws: int
) -> tuple[dict[int, Array], Sequence[str]]:
    """People of a city by census year, (sex, age), and the age groups that the census gave.

    (draw, sex, age) where only margins are known, which every draw keeps; `whole` has those of its province by region
    and year. The draws of two censuses are independent: what cities keep from one to the next is not used, so that the
    cohort change between them comes out too wide rather than too narrow.
    """
    parent, rows = census.province, census.rows
    if census.form == "margins":
        people, sums = {}, summing_matrix(GROUPS).T
        # So many walks, from the stored draws of their parameters in turn.
        stored = posterior_arrays(load_posterior(root / MARGINS_FILE))
        walks = walks_of({part: array[np.arange(draws) % len(array)] for part, array in stored.items()})
        for year, published in margins_by_year(rows).items():
            try:
                drawn = reconstruct(
                    published, whole[parent, year] @ sums, walks, stream(seed, "margins", name, str(year))
                )
            except ArithmeticError as error:
                expected = f"margins that a table by age near that of {parent} can have"
                raise InputError([Fault(str(city_file(name)), f"year {year}", str(error), expected)]) from None
            people[year] = graduate(drawn, GROUPS, whole[parent, year])
        return people, GROUPS
    groups = list(dict.fromkeys(rows["age"]))
    tables = {int(str(year)): sex_age(own) for year, own in rows.groupby("year", sort=False)}
    return {year: graduate(table, groups, whole[parent, year]) for year, table in tables.items()}, groups
