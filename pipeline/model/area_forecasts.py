"""The draws of the nation, the provinces and the errors of cities, given the fit of the old-age model."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import five_year_groups, summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, expected_survivors
from pipeline.demography.fertility import relative_fertility
from pipeline.demography.graduation import split_steps
from pipeline.demography.mortality import census_year_mean, centred
from pipeline.model.area_priors import city_scatter, young_scatter
from pipeline.model.baseline import CALENDAR
from pipeline.model.fits import Residuals
from pipeline.model.residuals import yearly_survival_of
from pipeline.model.result_files import cube
from pipeline.models.city_errors import scale_draws
from pipeline.models.cohorts import GROUPS, log_change, unchanged_cities
from pipeline.models.forward import (
    area_draws,
    assumptions_of,
    consistency_draws,
    excess_draws,
    narrowed,
    shared_excess,
    young_on_old,
)
from pipeline.models.old_age import AGES, FIRST_MODELLED, Posterior, forecast, past_of, without_nation
from pipeline.models.vital import level_per_year_of_life, national_levels, national_tfr
from pipeline.models.years import Orders, Yearly, orders
from pipeline.random import normals, strata, stream
from pipeline.settings import CityPriors, Settings
from pipeline.vocabulary import NATION

INTERVAL = ("value", "lower_80", "upper_80")
CENSUS_GROUPS = five_year_groups(100)
"""Ages by which censuses count provinces."""

_COHORTS = summing_matrix(COHORT_GROUPS).T

type People = Mapping[tuple[Hashable, ...], Array]
"""(sex, age) by region and census year."""


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
    provinces = list(residuals.provinces)
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    survival = yearly_survival_of(path)
    assumptions = assumptions_of(settings.forecast)
    steps = path["standard_lx"][census:]
    generator = stream(settings.seed, "nation")
    life, births = tables["wpp2024/life_expectancy"], tables["wpp2024/total_fertility"]
    e0, low_e0, high_e0 = (_yearly(life, name, settings.last_year, SEXES) for name in INTERVAL)
    levels = national_levels(steps, e0, low_e0, high_e0, strata(generator, settings.draws))
    middle, low, high = (_yearly(births, name, settings.last_year) for name in INTERVAL)
    levels = levels + assumptions.recorded.path(normals(generator, *levels.shape[:2]))[..., None]
    tfr = national_tfr(middle, low, high, strata(generator, settings.draws))
    consistency = consistency_draws(residuals.nation, assumptions, generator, settings.draws)
    old = forecast(without_nation(posterior), past_of(residuals.excess), stream(settings.seed, "provinces"))
    now = np.stack([people[name, CENSUS_YEAR] for name in provinces])
    weights = expected_survivors(now, survival[census : census + 10]) @ _COHORTS
    young = stream(settings.seed, "young")
    future = narrowed(excess_draws(residuals.excess, old, assumptions, young), assumptions.width)
    order = orders(settings.draws, len(steps), stream(settings.seed, "years"))
    # Each decade draw adds up by itself; what its years, borrowed from other draws, then still share is taken off too.
    future -= shared_excess(future, weights, Yearly(1.0, 0.0), order[:1])
    excess = shared_excess(future, weights, assumptions.yearly, order)
    year_of_life = level_per_year_of_life(steps)

    asfr = path["asfr_shape"][census] * path["tfr"][census]
    areas = {}
    for name in (NATION, *provinces):
        base = people[name, CENSUS_YEAR]
        areas[name] = area_draws(
            base=base,
            level=path[f"level_{name}"],
            standard_lx=steps,
            nation_level=levels,
            years_per_level=year_of_life,
            nation_tfr=tfr,
            fertility=float(relative_fertility(base, people[NATION, CENSUS_YEAR], asfr)),
            consistency=consistency,
            excess=None if name == NATION else future[:, provinces.index(name)],
            assumptions=assumptions,
            generator=stream(settings.seed, "area", name),
        )
    splits = {}
    beside = centred(np.stack([areas[name]["level"] - levels for name in provinces]), now)
    for name, level in zip(provinces, beside, strict=True):
        step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
        splits[name] = split_steps(people[name, CENSUS_YEAR], CENSUS_GROUPS, step, settings.draws, within)
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
        **city_errors(tables["prefectures"], provinces, people, settings.priors.cities, settings.draws, settings.seed),
    }
    return AreaForecasts(areas, splits, common, order, excess)


def city_errors(
    prefectures: pd.DataFrame, provinces: list[str], people: People, priors: CityPriors, draws: int, seed: int
) -> dict[str, NDArray[Any]]:
    """How far cities stray from their province: what was seen, and draws of the scale, of the old and of the young."""
    cities, deviation = city_deviations(prefectures, provinces, people)
    old = deviation[..., FIRST_MODELLED:]
    scale = scale_draws(old, city_scatter(priors), draws, stream(seed, "city_errors"))
    young_slopes, young_rest = young_on_old(deviation)
    young = scale_draws(young_rest, young_scatter(priors), draws, stream(seed, "young_city_errors"))
    return {
        "city_scale": scale.astype(np.float32),
        "city_deviation": old,
        "city_expected": cities / np.exp(old),
        "city_young_slopes": young_slopes,
        "city_young_scale": young.astype(np.float32),
    }


def city_deviations(
    prefectures: pd.DataFrame, provinces: list[str], people: Mapping[tuple[Hashable, ...], Array]
) -> tuple[Array, Array]:
    """Persons of unchanged cities in 2020, and their log cohort change since 2010 less that of their province.

    Persons (city, sex, 8) at the ages of the old-age model, deviations (city, sex, 16) at those of all cohorts.
    """
    cities = unchanged_cities(prefectures, (CENSUS_YEAR - 10, CENSUS_YEAR))
    sums = summing_matrix(GROUPS).T
    change = {
        name: log_change(people[name, CENSUS_YEAR - 10] @ sums, people[name, CENSUS_YEAR] @ sums) for name in provinces
    }
    own = log_change(cities.first, cities.second)
    parent = np.stack([change[name] for name in cities.labels["province"]])
    return cities.second[..., -len(AGES) :], own - parent


def _yearly(table: pd.DataFrame, column: str, last_year: int, sexes: Sequence[str] = ()) -> Array:
    """(time, sex) or (time,) in years from 1 November; where there is no interval yet, the value itself."""
    filled = table.assign(**{column: table[column].fillna(table["value"])})
    axes: dict[str, Sequence[object]] = {"year": CALENDAR}
    if sexes:
        axes["sex"] = sexes
    return census_year_mean(cube(filled, axes, column), CALENDAR[0], range(CENSUS_YEAR, last_year + 1))
