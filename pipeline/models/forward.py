"""From posteriors to the future of an area: draws of everything that moves its population.

An area's *excess* is the decade log residual of its cohorts (counted ÷ survivors by the nation's table) less the
nation's own. The old-age model forecasts it for target ages 50-54 … 80-84, 85+ (see `old_age`); below 50 the excess of
the last decade is carried on with an assumed persistence and an error: one that all ages share in a province, and in a
city one by age and sex, as the cities of unchanged boundary strayed. Survivors weigh the provinces' excesses to none
in every draw. What of the excess is the area's own level of mortality is taken off, so that deaths are counted as
deaths; the rest is net migration.

The nation's own residual against WPP 2024 is the census-consistency effect: how much of it carries into the next
decade, κ, is drawn, and so is what the next census adds to it. `years` turns what a decade brings into years.
"""

import numpy as np

from pipeline.axes import Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, DECADE, expected_survivors
from pipeline.demography.vital_rates import yearly_survival
from pipeline.models.elicited import normal
from pipeline.models.old_age import FIRST_MODELLED, NATIONAL_CHANGE
from pipeline.models.vital import gap_path
from pipeline.models.years import Orders, yearly
from pipeline.random import normals
from pipeline.settings.forecast import ForecastSettings, YearlySettings

OLDEST_CHANGE = np.array([0.05, 0.08, 0.13])
"""SD of what the nation's residual changes by at 75-79, 80-84 and 85+, where it has moved one way for three decades.

From 1990-2000 over 2000-10 to 2010-20 the residual against WPP 2024 rose by .08 and .05, .09 and .10, .11 and .17; what
is wider here than `NATIONAL_CHANGE` is a shift of these ages alone.
"""

_YOUNG, _OLD = slice(None, FIRST_MODELLED), slice(FIRST_MODELLED, None)


def consistency_draws(
    nation_residual: Array, assumptions: ForecastSettings, generator: np.random.Generator, draws: int
) -> Array:
    """Decade log residual of the nation in the coming decade, (draw, sex, 16 groups).

    `nation_residual` (sex, group) of the last decade against WPP mortality. One κ a draw for all ages and both sexes;
    one deviation a draw, sized by age as the residual changes from decade to decade, and another at 75 and over.
    """
    mean, sd = normal(assumptions.consistency_carried)
    share = mean + sd * normals(generator, draws)
    shift = normals(generator, draws, 2)[..., None, None]
    size = np.zeros((2, len(COHORT_GROUPS)))
    size[0, FIRST_MODELLED:] = NATIONAL_CHANGE
    size[1, -len(OLDEST_CHANGE) :] = np.sqrt(OLDEST_CHANGE**2 - NATIONAL_CHANGE[-len(OLDEST_CHANGE) :] ** 2)
    return np.asarray(share[:, None, None] * nation_residual + shift[:, 0] * size[0] + shift[:, 1] * size[1])


def excess_draws(excess: Array, old: Array, assumptions: ForecastSettings, generator: np.random.Generator) -> Array:
    """Excess of areas in the coming decade, (draw, area, sex, 16 groups).

    `excess` (area, sex, 16) of the last decade; `old` (draw, area, sex, 8) the old-age model's forecast.
    """
    draws, areas = old.shape[:2]
    mean, sd = normal(assumptions.persistence)
    slope = mean + sd * normals(generator, draws, areas, 1, 1)
    error = assumptions.young_error * normals(generator, draws, areas, 1, 1)
    young = slope * excess[..., :FIRST_MODELLED] + error
    return np.concatenate([young, old], axis=-1)


def shared_excess(excess: Array, survivors: Array, shape: YearlySettings, order: Orders) -> Array:
    """What the areas together have of excess in each year, (draw, year, sex, 16): taken off, they add up to the nation.

    `excess` (draw, area, sex, 16) of the decade, weighed by the areas' `survivors` (area, sex, 16) of ten years on by
    the nation's table. All years of a decade have the same.
    """
    years = range(len(order))
    decades = [slice(start, start + DECADE) for start in years[::DECADE]]
    together = np.zeros((len(decades), len(excess), *survivors.shape[1:]))
    for place in range(excess.shape[1]):
        by_year = yearly(excess[:, place], shape, order)
        for at, decade in enumerate(decades):
            together[at] += survivors[place] * np.exp(by_year[:, decade].mean(axis=1))
    shared = np.log(together / survivors.sum(axis=0))
    return np.stack([shared[year // DECADE] for year in years], axis=1)


def narrowed(excess: Array, width: float) -> Array:
    """Draws (draw, area, sex, 16) at 50 and over drawn towards their mean by the factor `width`."""
    factor = np.ones(excess.shape[-1])
    factor[FIRST_MODELLED:] = width
    middle = excess.mean(axis=0)
    return np.asarray(middle + factor * (excess - middle))


def young_on_old(deviation: Array) -> tuple[Array, Array]:
    """How cities' deviations below 50 follow those from 50 on, and what is left of them.

    `deviation` (city, sex, 16) log cohort change less that of the province. Returns the least-squares slopes (16, 16)
    from (sex, old age) to (sex, young age) and the rest (city, sex, 8).
    """
    young, old = (deviation[..., part].reshape(len(deviation), -1) for part in (_YOUNG, _OLD))
    # A little of the identity: neighbouring old ages hardly differ, and their slopes would be large and opposite.
    slopes = np.linalg.solve(old.T @ old + 0.01 * np.eye(old.shape[1]), old.T @ young)
    return slopes, (young - old @ slopes).reshape(len(deviation), 2, -1)


def city_error(old: Array, slopes: Array, young: Array) -> Array:
    """A city's error (draw, sex, 16) from that from 50 on (draw, sex, 8) and what is left below 50 (draw, sex, 8)."""
    follows = (old.reshape(len(old), -1) @ slopes).reshape(young.shape)
    return np.concatenate([follows + young, old], axis=-1)


def city_excess(
    excess: Array,
    province: Array,
    province_future: Array,
    error: Array,
    assumptions: ForecastSettings,
    generator: np.random.Generator,
) -> Array:
    """Excess of a city in the coming decade, (draw, sex, 16 groups).

    `excess` (sex, 16), or (draw, sex, 16) of a city of one census, whose last decade was not measured, and `province`
    (sex, 16) of the last decade, `province_future` (draw, sex, 16) of the coming one. What the city had beyond its
    province comes back with the assumed persistence: cities have been counted alike over one decade only, so their own
    cannot be learned. `error` (draw, sex, 16) as from `city_error`: below 50, where a city's excess is mostly where its
    students and workers went and a share of it comes back, what is new keeps the spread of cities what it was.
    """
    draws = province_future.shape[0]
    mean, sd = normal(assumptions.persistence)
    slope = mean + sd * normals(generator, draws, 1, 1)
    size = np.ones((draws, 1, len(COHORT_GROUPS)))
    size[..., _YOUNG] = np.sqrt(np.clip(1.0 - slope**2, 0.0, 1.0))
    return np.asarray(province_future + slope * (excess - province) + size * error)


def mortality_part(base: Array, standard_lx: Array, level: Array) -> Array:
    """Log of the coming decade's survivors at the area's level over those at the nation's, (..., sex, 16 groups).

    `base` (..., sex, age) persons, `level` (sex,).
    """
    sums = summing_matrix(COHORT_GROUPS).T
    own = yearly_survival(standard_lx[:DECADE], level[None, None])[0]
    nation = yearly_survival(standard_lx[:DECADE], np.zeros((1, 1, 2)))[0]
    return np.asarray(np.log((expected_survivors(base, own) @ sums) / (expected_survivors(base, nation) @ sums)))


def area_draws(
    *,
    base: Array,
    level: Array,
    standard_lx: Array,
    nation_level: Array,
    years_per_level: float,
    nation_tfr: Array,
    fertility: float | Array,
    consistency: Array,
    excess: Array | None,
    assumptions: ForecastSettings,
    generator: np.random.Generator,
) -> dict[str, Array]:
    """What moves an area by draw, as `area.AreaDraws` names it, but consistency and migration as decade log residuals
    by cohort group, (draw, sex, 16).

    base (sex, age) persons on census day, or (draw, sex, age) where its ages are drawn too; level (sex,) its α
    against the nation; standard_lx (time, sex, exact age) the nation's median tables from census day on; nation_level
    (draw, time, sex); `years_per_level` the α of one year of life; nation_tfr (draw, time); fertility its level
    against the nation, one or (draw,); consistency and excess (draw, sex, 16), None for the nation's own excess.
    """
    draws, steps = nation_tfr.shape
    if excess is None:
        own = {"base": base[None], "level": nation_level, "tfr": nation_tfr}
        return {**own, "consistency": consistency, "migration": np.zeros((1, *consistency.shape[1:]))}
    gap = gap_path(assumptions.mortality_gap, normals(generator, draws, steps))
    births = gap_path(assumptions.fertility_gap, normals(generator, draws, steps))
    return {
        "base": base if base.ndim == 3 else base[None],
        "level": nation_level + level + years_per_level * gap[..., None],
        "consistency": consistency,
        "migration": excess - mortality_part(base, standard_lx, level),
        "tfr": nation_tfr * np.asarray(fertility)[..., None] * np.exp(births),
    }
