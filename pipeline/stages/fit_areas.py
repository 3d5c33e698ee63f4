"""Stage `fit`: the nation, the provinces and the errors of cities, fitted once; draws of the nation and provinces."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from pipeline.demography.cohort_change import decade_residual
from pipeline.demography.fertility import relative_fertility
from pipeline.demography.graduation import split_steps
from pipeline.demography.groups import SEXES, five_year_groups, summing_matrix
from pipeline.demography.mortality import census_year_mean, yearly_survival
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.store import load_table
from pipeline.model.priors import area_priors, city_scatter
from pipeline.models.city_errors import scale_draws
from pipeline.models.cohorts import GROUPS, log_change, unchanged_cities
from pipeline.models.forward import area_draws, assumptions_of, consistency_draws, excess_draws, past_of
from pipeline.models.old_age import AGES, area_model, fit_data, forecast, needed, without_nation
from pipeline.models.sampling import (
    Limits,
    SamplerSettings,
    diagnostics,
    faults,
    posterior_arrays,
    prior_draws,
    sample,
    save_posterior,
    thinned,
)
from pipeline.models.vital import level_per_year_of_life, national_levels, national_tfr
from pipeline.random import stream
from pipeline.settings import Settings, load_settings
from pipeline.stages.common import (
    AREA_FOLDER,
    CENSUS_YEAR,
    NATION,
    NATION_FILE,
    POSTERIOR_FOLDER,
    SINGLE_AGE_FILE,
    Array,
    cube,
    run,
    save_area,
    save_arrays,
    sex_age,
)

CALENDAR = range(1950, 2101)
INTERVAL = ("value", "lower_80", "upper_80")
PRIOR_DRAWS = 2000
CENSUS_GROUPS = five_year_groups(100)
"""Ages by which censuses count provinces."""

_OLD = summing_matrix(AGES).T


def fit(root: Path) -> None:
    """Read single ages, the nation's path and the prefectures; fit; write posteriors and the draws of areas."""
    settings = load_settings(root)
    prefectures = load_table(root, "prefectures")
    life = load_table(root, "wpp2024/life_expectancy")
    births = load_table(root, "wpp2024/total_fertility")
    single = pd.read_parquet(root / SINGLE_AGE_FILE)
    provinces = sorted({*single["region"]} - {NATION})
    people = {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}
    with np.load(root / NATION_FILE) as file:
        path = dict(file)
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    survival = yearly_survival(path["standard_lx"], np.zeros((1, 1, 2)))[0]

    def residuals(region: str, last: int) -> Array:
        ten_years = survival[census + last - CENSUS_YEAR - 10 : census + last - CENSUS_YEAR]
        return decade_residual(people[region, last - 10], people[region, last], ten_years)

    raise_if_any(_unmeasured(people, provinces))
    nation = residuals(NATION, CENSUS_YEAR)
    excess = np.stack([residuals(name, CENSUS_YEAR) for name in provinces]) - nation
    before = np.stack([residuals(name, CENSUS_YEAR - 10) for name in provinces]) - residuals(NATION, CENSUS_YEAR - 10)

    priors = area_priors(settings.priors.old_age)
    observed, known = excess[..., -len(AGES) :], past_of(before)
    provincial = area_model(observed, known, priors)
    cities, deviation = city_deviations(prefectures, provinces, people)
    tree = sample(provincial, _sampler(settings), needed(provincial))
    if not settings.sampler.accept_bad_fit:
        raise_if_any(faults(diagnostics(tree), Limits(), f"{POSTERIOR_FOLDER}/provinces.nc"))
    counted = np.stack([people[name, CENSUS_YEAR] @ _OLD for name in provinces])
    given = fit_data(observed, known, counted / np.exp(observed), provinces)
    prior_seed = int(stream(settings.seed, "prior", "provinces").integers(2**31))
    given["prior"] = prior_draws(provincial, needed(provincial), PRIOR_DRAWS, prior_seed)
    for group, dataset in given.items():
        tree[group] = xr.DataTree(dataset)
    save_posterior(tree, root / POSTERIOR_FOLDER / "provinces.nc")
    posterior = thinned(posterior_arrays(tree), settings.draws, settings.seed)
    city_scale = scale_draws(
        deviation, city_scatter(settings.priors.cities), settings.draws, stream(settings.seed, "city_errors")
    )

    assumptions = assumptions_of(settings.forecast)
    steps = path["standard_lx"][census:]
    generator = stream(settings.seed, "nation")
    e0, low_e0, high_e0 = (_yearly(life, name, settings.last_year, SEXES) for name in INTERVAL)
    levels = national_levels(steps, e0, low_e0, high_e0, generator.standard_normal(settings.draws))
    middle, low, high = (_yearly(births, name, settings.last_year) for name in INTERVAL)
    tfr = national_tfr(middle, low, high, generator.standard_normal(settings.draws))
    consistency = consistency_draws(nation, assumptions, generator, settings.draws)
    old = forecast(without_nation(posterior), past_of(excess), stream(settings.seed, "provinces"))
    future = excess_draws(excess, old, assumptions, stream(settings.seed, "young"))
    year_of_life = level_per_year_of_life(steps)

    asfr = path["asfr_shape"][census] * path["tfr"][census]
    for name in (NATION, *provinces):
        base = people[name, CENSUS_YEAR]
        fertility = float(relative_fertility(base, people[NATION, CENSUS_YEAR], asfr))
        area = area_draws(
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
        if name == NATION:
            save_area(root, "provinces", name, area)
            continue
        step, within = settings.forecast.single_age_step, stream(settings.seed, "split", name)
        split = split_steps(base, CENSUS_GROUPS, step, settings.draws, within)
        save_area(root, "provinces", name, area, CENSUS_GROUPS, split)
    save_arrays(
        root / POSTERIOR_FOLDER / "nation.npz",
        level=levels,
        tfr=tfr,
        consistency=consistency,
        residual=nation,
        survival=survival[census - 10 : census],
        provinces=np.array(provinces),
        excess=excess,
        future=future.astype(np.float32),
        city_scale=city_scale.astype(np.float32),
        city_deviation=deviation,
        city_expected=cities / np.exp(deviation),
    )


def _unmeasured(people: Mapping[tuple[Hashable, ...], Array], provinces: Sequence[str]) -> list[Fault]:
    """Faults where a province or the nation has no people of an age at a census: no change can be measured."""
    sums = summing_matrix(GROUPS).T
    found = []
    for region in (*provinces, NATION):
        for year in (CENSUS_YEAR - 20, CENSUS_YEAR - 10, CENSUS_YEAR):
            ages = people[region, year]
            # A blank in a matrix product would blank every group.
            groups = np.where(np.isnan(ages) @ sums > 0, np.nan, np.nan_to_num(ages) @ sums)
            for sex, group in np.argwhere(~(np.isfinite(groups) & (groups > 0))):
                place = f"{region}, {year}, {SEXES[sex]}, {GROUPS[group]}"
                found.append(Fault(str(SINGLE_AGE_FILE), place, f"{groups[sex, group]:g}", "people"))
    return found


def city_deviations(
    prefectures: pd.DataFrame, provinces: list[str], people: Mapping[tuple[Hashable, ...], Array]
) -> tuple[Array, Array]:
    """Persons of unchanged cities in 2020, and their log cohort change since 2010 less that of their province.

    Both (city, sex, 8), at the ages of the old-age model.
    """
    cities = unchanged_cities(prefectures, (CENSUS_YEAR - 10, CENSUS_YEAR))
    sums = summing_matrix(GROUPS).T
    change = {
        name: log_change(people[name, CENSUS_YEAR - 10] @ sums, people[name, CENSUS_YEAR] @ sums) for name in provinces
    }
    own = log_change(cities.first, cities.second)
    parent = np.stack([change[name] for name in cities.labels["province"]])
    return cities.second[..., -len(AGES) :], (own - parent)[..., -len(AGES) :]


def _sampler(settings: Settings) -> SamplerSettings:
    s = settings.sampler
    seed = int(stream(settings.seed, "sampler", "provinces").integers(2**31))
    return SamplerSettings(s.chains, s.draws, s.tune, s.target_accept, seed, s.cores)


def _yearly(table: pd.DataFrame, column: str, last_year: int, sexes: Sequence[str] = ()) -> Array:
    """(time, sex) or (time,) in years from 1 November; where there is no interval yet, the value itself."""
    filled = table.assign(**{column: table[column].fillna(table["value"])})
    axes: dict[str, Sequence[object]] = {"year": CALENDAR}
    if sexes:
        axes["sex"] = sexes
    return census_year_mean(cube(filled, axes, column), CALENDAR[0], range(CENSUS_YEAR, last_year + 1))


if __name__ == "__main__":
    run(fit, owns=(POSTERIOR_FOLDER, AREA_FOLDER / "provinces"))
