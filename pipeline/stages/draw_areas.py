"""Stage `draw_areas`: draws of the nation, the provinces and the errors of cities, given the stored fit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import AGES_100, CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, expected_survivors
from pipeline.demography.graduation import split_steps
from pipeline.demography.vital_rates import census_year_mean, centred, relative_fertility, yearly_survival
from pipeline.inputs.store import load_table
from pipeline.model import result_files as files
from pipeline.model.areas import save_area, save_years
from pipeline.model.fits import AREAS_FILE, load_posterior, load_residuals
from pipeline.models import forward
from pipeline.models.city_errors import scale_draws, scatter_within
from pipeline.models.cohorts import GROUPS, log_change
from pipeline.models.counties.matching import tree, unchanged_cities
from pipeline.models.old_age import AGES, FIRST_MODELLED, forecast, past_of, without_nation
from pipeline.models.sampling import posterior_arrays, thinned
from pipeline.random import Interval, normals, strata, stream
from pipeline.settings import Settings, load_settings
from pipeline.settings.forecast import YearlySettings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION


def draw_areas(root: Path) -> None:
    settings, residuals, people = load_settings(root), load_residuals(root), files.load_people(root)
    seed, draws, assumptions, provinces = settings.seed, settings.draws, settings.forecast, list(residuals.provinces)
    path = files.load_arrays(root / files.NATION_FILE)
    census = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    survival, steps = yearly_survival(path["standard_lx"], np.zeros((1, 1, 2)))[0], path["standard_lx"][census:]

    generator = stream(seed, "nation")
    e0 = _yearly(load_table(root, "wpp2024/life_expectancy"), settings.last_year, SEXES)
    level = forward.national_levels(steps, *e0, strata(generator, draws))
    recorded = normals(generator, *level.shape[:2])
    level = level + forward.yearwise_path(assumptions.recorded_mortality, recorded)[..., None]
    births = _yearly(load_table(root, "wpp2024/total_fertility"), settings.last_year)
    tfr = forward.national_tfr(*births, strata(generator, draws))
    consistency = forward.consistency_draws(residuals.nation, assumptions, generator, draws)

    posterior = thinned(posterior_arrays(load_posterior(root / AREAS_FILE)), draws, seed)
    old = forecast(without_nation(posterior), past_of(residuals.excess), stream(seed, "provinces"))
    now = np.stack([people[name, CENSUS_YEAR] for name in provinces])
    weights = expected_survivors(now, survival[census : census + 10]) @ summing_matrix(COHORT_GROUPS).T
    future = forward.excess_draws(residuals.excess, old, assumptions, stream(seed, "young"))
    order = forward.orders(draws, len(steps), stream(seed, "years"))
    # Each decade draw adds up by itself; what its years, borrowed from other draws, then still share is taken off too.
    future -= forward.shared_excess(future, weights, YearlySettings(persistent=1.0, phi=0.0), order[:1])
    save_years(root, assumptions.yearly, order, forward.shared_excess(future, weights, assumptions.yearly, order))

    whole = people[NATION, CENSUS_YEAR]
    nation = {"base": whole[None], "level": level, "tfr": tfr, "consistency": consistency}
    still = {"migration": np.zeros((1, *consistency.shape[1:]))}
    save_area(root, "provinces", NATION, nation | still, AGES_100, None)
    asfr = path["asfr_shape"][census] * path["tfr"][census]
    areas = [
        forward.area_draws(
            base=people[name, CENSUS_YEAR],
            level=path[f"level_{name}"],
            standard_lx=steps,
            nation_level=level,
            nation_tfr=tfr,
            fertility=float(relative_fertility(people[name, CENSUS_YEAR], whole, asfr)),
            consistency=consistency,
            excess=future[:, at],
            assumptions=assumptions,
            generator=stream(seed, "area", name),
        )
        for at, name in enumerate(provinces)
    ]
    beside = centred(np.stack([area["level"] - level for area in areas]), now)
    for name, area, own in zip(provinces, areas, beside, strict=True):
        within = stream(seed, "split", name)
        split = split_steps(people[name, CENSUS_YEAR], AGES_100, assumptions.single_age_step, draws, within)
        save_area(root, "provinces", name, area | {"level": level + own}, AGES_100, split)
    files.save_arrays(
        root / files.SHARED_FILE,
        level=level,
        tfr=tfr,
        consistency=consistency,
        residual=residuals.nation,
        survival=survival[census - 10 : census],
        provinces=np.array(provinces),
        excess=residuals.excess,
        future=future.astype(np.float32),
        **_city_errors(load_table(root, "prefectures"), provinces, people, settings),
    )


def _yearly(table: pd.DataFrame, last_year: int, sexes: Sequence[str] = ()) -> tuple[Array, Array, Array]:
    """Value and ends of its 80 % interval (or the value itself), each (time, sex) or (time,), years from 1 November."""
    calendar = sorted(table["year"].unique())
    axes: dict[str, Sequence[object]] = {"year": calendar} | ({"sex": sexes} if sexes else {})
    columns = (table[name].fillna(table["value"]) for name in ("value", "lower_80", "upper_80"))
    cubes = (files.cube(table.assign(value=column), axes, "value") for column in columns)
    middle, low, high = (census_year_mean(v, calendar[0], range(CENSUS_YEAR, last_year + 1)) for v in cubes)
    return middle, low, high


def _city_errors(
    prefectures: pd.DataFrame, provinces: list[str], people: files.People, settings: Settings
) -> Mapping[str, NDArray[Any]]:
    """How far cities of unchanged boundary strayed from their province (log cohort change), and draws of the scale."""
    cities = unchanged_cities(tree(prefectures, CENSUS_YEAR - 10), tree(prefectures, CENSUS_YEAR))
    sums = summing_matrix(GROUPS).T
    change = {
        name: log_change(people[name, CENSUS_YEAR - 10] @ sums, people[name, CENSUS_YEAR] @ sums) for name in provinces
    }
    parent = np.stack([change[name] for name in cities.labels["province"]])
    deviation = log_change(cities.first, cities.second) - parent
    old = deviation[..., FIRST_MODELLED:]
    young_slopes, young = forward.young_on_old(deviation)
    priors = settings.priors.cities

    def scale(strayed: Array, interval: Interval, name: str) -> NDArray[np.float32]:
        prior = scatter_within(interval, priors.neighbours, priors.sexes)
        return scale_draws(strayed, prior, settings.draws, stream(settings.seed, name)).astype(np.float32)

    return {
        "city_scale": scale(old, priors.scatter, "city_errors"),
        "city_deviation": old,
        "city_expected": cities.second[..., -len(AGES) :] / np.exp(old),
        "city_young_slopes": young_slopes,
        "city_young_scale": scale(young, priors.young_scatter, "young_city_errors"),
    }


if __name__ == "__main__":
    run(draw_areas, owns=(files.AREA_FOLDER / "provinces",))
