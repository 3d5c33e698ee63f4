"""Stage `draw_areas`: draws of the nation, the provinces and the errors of cities, given the stored fit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import five_year_groups, summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, expected_survivors
from pipeline.demography.fertility import relative_fertility
from pipeline.demography.graduation import split_steps
from pipeline.demography.mortality import census_year_mean, centred
from pipeline.inputs.store import load_table
from pipeline.model.area_priors import city_scatter, young_scatter
from pipeline.model.areas import save_area, save_years
from pipeline.model.fits import AREAS_FILE, load_people, load_posterior, load_residuals
from pipeline.model.residuals import yearly_survival_of
from pipeline.model.result_files import AREA_FOLDER, NATION_FILE, SHARED_FILE, cube, save_arrays
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
from pipeline.models.old_age import AGES, FIRST_MODELLED, forecast, past_of, without_nation
from pipeline.models.sampling import posterior_arrays, thinned
from pipeline.models.vital import level_per_year_of_life, national_levels, national_tfr
from pipeline.models.years import Yearly, orders
from pipeline.random import normals, strata, stream
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION

CALENDAR = range(1950, 2101)
INTERVAL = ("value", "lower_80", "upper_80")
CENSUS_GROUPS = five_year_groups(100)
"""Ages by which censuses count provinces."""

_COHORTS = summing_matrix(COHORT_GROUPS).T


def draw_areas(root: Path) -> None:
    """Read single ages, the nation's path, the stored fit and the prefectures; write draws of every area."""
    settings = load_settings(root)
    residuals = load_residuals(root)
    provinces = list(residuals.provinces)
    prefectures = load_table(root, "prefectures")
    life = load_table(root, "wpp2024/life_expectancy")
    births = load_table(root, "wpp2024/total_fertility")
    people = load_people(root)
    with np.load(root / NATION_FILE) as file:
        path = dict(file)
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    survival = yearly_survival_of(path)
    cities, deviation = city_deviations(prefectures, provinces, people)
    posterior = thinned(posterior_arrays(load_posterior(root / AREAS_FILE)), settings.draws, settings.seed)
    city_priors = settings.priors.cities
    old_deviation = deviation[..., FIRST_MODELLED:]
    city_scale = scale_draws(
        old_deviation, city_scatter(city_priors), settings.draws, stream(settings.seed, "city_errors")
    )
    young_slopes, young_rest = young_on_old(deviation)
    young_scale = scale_draws(
        young_rest, young_scatter(city_priors), settings.draws, stream(settings.seed, "young_city_errors")
    )

    assumptions = assumptions_of(settings.forecast)
    steps = path["standard_lx"][census:]
    generator = stream(settings.seed, "nation")
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
    shared = shared_excess(future, weights, assumptions.yearly, order)
    year_of_life = level_per_year_of_life(steps)

    asfr = path["asfr_shape"][census] * path["tfr"][census]
    areas = {}
    for name in (NATION, *provinces):
        base = people[name, CENSUS_YEAR]
        fertility = float(relative_fertility(base, people[NATION, CENSUS_YEAR], asfr))
        areas[name] = area_draws(
            base=base,
            level=path[f"level_{name}"],
            standard_lx=steps,
            nation_level=levels,
            years_per_level=year_of_life,
            nation_tfr=tfr,
            fertility=fertility,
            consistency=consistency,
            excess=None if name == NATION else future[:, provinces.index(name)],
            assumptions=assumptions,
            generator=stream(settings.seed, "area", name),
        )
    save_area(root, "provinces", NATION, areas.pop(NATION))
    beside = centred(np.stack([area["level"] - levels for area in areas.values()]), now)
    for (name, area), level in zip(areas.items(), beside, strict=True):
        step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
        split = split_steps(people[name, CENSUS_YEAR], CENSUS_GROUPS, step, settings.draws, within)
        save_area(root, "provinces", name, {**area, "level": levels + level}, CENSUS_GROUPS, split)
    save_arrays(
        root / SHARED_FILE,
        level=levels,
        tfr=tfr,
        consistency=consistency,
        residual=residuals.nation,
        survival=survival[census - 10 : census],
        provinces=np.array(provinces),
        excess=residuals.excess,
        future=future.astype(np.float32),
        city_scale=city_scale.astype(np.float32),
        city_deviation=old_deviation,
        city_expected=cities / np.exp(old_deviation),
        city_young_slopes=young_slopes,
        city_young_scale=young_scale.astype(np.float32),
    )
    save_years(root, assumptions.yearly, order, shared)


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


if __name__ == "__main__":
    run(draw_areas, owns=(AREA_FOLDER / "provinces",))
