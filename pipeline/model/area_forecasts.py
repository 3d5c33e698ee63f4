"""The draws of the nation, the provinces and the errors of cities given the old-age model's fit, and of a city given
those of its province."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import AGES_100, CENSUS_GROUPS, CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, decade_residual, expected_survivors
from pipeline.demography.graduation import graduate, split_steps
from pipeline.demography.vital_rates import census_year_mean, centred, relative_fertility
from pipeline.errors import Fault, InputError
from pipeline.inputs.bulletins import margins_by_year
from pipeline.inputs.store import CityCensus, city_file
from pipeline.model.area_priors import city_scatter, young_scatter
from pipeline.model.baseline import CALENDAR, yearly_survival_of
from pipeline.model.fits import MARGINS_FILE, Residuals, load_posterior
from pipeline.model.result_files import People, cube, sex_age
from pipeline.models.city_errors import error_draws, scale_draws
from pipeline.models.cohorts import GROUPS, log_change, unchanged_cities
from pipeline.models.forward import (
    Orders,
    area_draws,
    city_error,
    city_excess,
    consistency_draws,
    excess_draws,
    national_levels,
    national_tfr,
    orders,
    shared_excess,
    yearwise_path,
    young_on_old,
)
from pipeline.models.margins import reconstruct, walks_of
from pipeline.models.old_age import AGES, FIRST_MODELLED, Posterior, forecast, past_of, without_nation
from pipeline.models.sampling import posterior_arrays
from pipeline.random import normals, strata, stream
from pipeline.settings import Settings
from pipeline.settings.forecast import YearlySettings
from pipeline.vocabulary import NATION

PROVINCE_GROUPS = AGES_100
"""Ages by which censuses count provinces."""

_COHORTS = summing_matrix(COHORT_GROUPS).T


@dataclass(frozen=True, eq=False)
class AreaForecasts:
    """What stage `draw_areas` leaves.

    areas   draws as from `forward.area_draws` by region, the nation first
    splits  (draw, age) how a province's single ages depart from the base, as from `graduation.split_steps`
    common  what the draws of cities need of nation and provinces, by name
    order   and `excess`: how decades fall on years, and what of their excess all areas have together
    """

    areas: Mapping[str, Mapping[str, Array]]
    splits: Mapping[str, Array]
    common: Mapping[str, NDArray[Any]]
    order: Orders
    excess: Array


def forecast_areas(
    settings: Settings,
    residuals: Residuals,
    posterior: Posterior,
    people: People,
    path: Mapping[str, Array],
    tables: Mapping[str, pd.DataFrame],
) -> AreaForecasts:
    """Draws of every area; `path` as stage `build_baseline` wrote it.

    `tables` are the raw tables prefectures, wpp2024/life_expectancy and wpp2024/total_fertility by name.
    """
    seed, draws, provinces = settings.seed, settings.draws, list(residuals.provinces)
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    survival, steps = yearly_survival_of(path), path["standard_lx"][census:]
    assumptions = settings.forecast
    generator = stream(seed, "nation")
    e0, low, high = _yearly(tables["wpp2024/life_expectancy"], settings.last_year, SEXES)
    levels = national_levels(steps, e0, low, high, strata(generator, draws))
    levels = levels + yearwise_path(assumptions.recorded_mortality, normals(generator, *levels.shape[:2]))[..., None]
    middle, low, high = _yearly(tables["wpp2024/total_fertility"], settings.last_year)
    tfr = national_tfr(middle, low, high, strata(generator, draws))
    consistency = consistency_draws(residuals.nation, assumptions, generator, draws)
    old = forecast(without_nation(posterior), past_of(residuals.excess), stream(seed, "provinces"))
    now = np.stack([people[name, CENSUS_YEAR] for name in provinces])
    weights = expected_survivors(now, survival[census : census + 10]) @ _COHORTS
    future = excess_draws(residuals.excess, old, assumptions, stream(seed, "young"))
    order = orders(draws, len(steps), stream(seed, "years"))
    # Each decade draw adds up by itself; what its years, borrowed from other draws, then still share is taken off too.
    future -= shared_excess(future, weights, YearlySettings(persistent=1.0, phi=0.0), order[:1])
    excess = shared_excess(future, weights, assumptions.yearly, order)

    asfr = path["asfr_shape"][census] * path["tfr"][census]
    areas = {
        NATION: {
            "base": people[NATION, CENSUS_YEAR][None],
            "level": levels,
            "tfr": tfr,
            "consistency": consistency,
            "migration": np.zeros((1, *consistency.shape[1:])),
        }
    }
    for at, name in enumerate(provinces):
        base = people[name, CENSUS_YEAR]
        areas[name] = area_draws(
            base=base,
            level=path[f"level_{name}"],
            standard_lx=steps,
            nation_level=levels,
            nation_tfr=tfr,
            fertility=float(relative_fertility(base, people[NATION, CENSUS_YEAR], asfr)),
            consistency=consistency,
            excess=future[:, at],
            assumptions=assumptions,
            generator=stream(seed, "area", name),
        )
    splits = {}
    beside = centred(np.stack([areas[name]["level"] - levels for name in provinces]), now)
    for name, level in zip(provinces, beside, strict=True):
        step, within = settings.forecast.single_age_step, stream(seed, "split", name)
        splits[name] = split_steps(people[name, CENSUS_YEAR], PROVINCE_GROUPS, step, draws, within)
        areas[name] = {**areas[name], "level": levels + level}
    common = {
        "level": levels,
        "tfr": tfr,
        "consistency": consistency,
        "residual": residuals.nation,
        "survival": survival[census - 10 : census],
        "provinces": np.array(provinces),
        "excess": residuals.excess,
        "future": future.astype(np.float32),
        **city_errors(tables["prefectures"], provinces, people, settings),
    }
    return AreaForecasts(areas, splits, common, order, excess)


def city_errors(
    prefectures: pd.DataFrame, provinces: list[str], people: People, settings: Settings
) -> dict[str, NDArray[Any]]:
    """How far cities stray from their province: what was seen, and draws of the scale, of the old and of the young.

    Seen in cities of unchanged boundary: log cohort change from 2010 to 2020 less that of their province.
    """
    cities = unchanged_cities(prefectures, (CENSUS_YEAR - 10, CENSUS_YEAR))
    sums = summing_matrix(GROUPS).T
    change = {
        name: log_change(people[name, CENSUS_YEAR - 10] @ sums, people[name, CENSUS_YEAR] @ sums) for name in provinces
    }
    parent = np.stack([change[name] for name in cities.labels["province"]])
    deviation = log_change(cities.first, cities.second) - parent
    old = deviation[..., FIRST_MODELLED:]
    young_slopes, young_rest = young_on_old(deviation)
    priors, draws, seed = settings.priors.cities, settings.draws, settings.seed
    scale = scale_draws(old, city_scatter(priors), draws, stream(seed, "city_errors"))
    young = scale_draws(young_rest, young_scatter(priors), draws, stream(seed, "young_city_errors"))
    return {
        "city_scale": scale.astype(np.float32),
        "city_deviation": old,
        "city_expected": cities.second[..., -len(AGES) :] / np.exp(old),
        "city_young_slopes": young_slopes,
        "city_young_scale": young.astype(np.float32),
    }


def _yearly(table: pd.DataFrame, last_year: int, sexes: Sequence[str] = ()) -> list[Array]:
    """Value and ends of its 80 % interval, each (time, sex) or (time,), in years from 1 November.

    Where there is no interval yet, its ends are the value itself.
    """
    axes: dict[str, Sequence[object]] = {"year": CALENDAR, **({"sex": sexes} if sexes else {})}
    columns = [table[name].fillna(table["value"]) for name in ("value", "lower_80", "upper_80")]
    years = range(CENSUS_YEAR, last_year + 1)
    return [census_year_mean(cube(table.assign(value=column), axes, "value"), CALENDAR[0], years) for column in columns]


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
        people, sums = {}, summing_matrix(CENSUS_GROUPS).T
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
            people[year] = graduate(drawn, CENSUS_GROUPS, whole[parent, year])
        return people, CENSUS_GROUPS
    groups = list(dict.fromkeys(rows["age"]))
    tables = {int(str(year)): sex_age(own) for year, own in rows.groupby("year", sort=False)}
    return {year: graduate(table, groups, whole[parent, year]) for year, table in tables.items()}, groups
