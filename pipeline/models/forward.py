"""From posteriors to the future of areas: draws of everything that moves their population.

An area's *excess* is the decade log residual of its cohorts (counted ÷ survivors by the nation's table) less the
nation's own. `old_age` forecasts it from 50 on; below, that of the last decade is carried on with an assumed
persistence and an error. What of it is the area's own level of mortality counts as deaths, the rest is net migration.
The nation's own residual against WPP 2024 is the census-consistency effect.

Mortality is carried on Brass's scale (α against the nation's median table of the year), fertility as a factor on the
nation's median TFR: the nation along the UN's intervals, an area's gap to it as AR(1), in the form and with the default
sizes of bayesLife's and bayesPop's subnational models (Ševčíková & Raftery 2021; Ševčíková, Raftery & Gerland 2018).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, DECADE, expected_survivors
from pipeline.demography.lifetable import alpha_for_life_expectancy, life_expectancy
from pipeline.demography.vital_rates import yearly_survival
from pipeline.models.old_age import FIRST_MODELLED, NATIONAL_CHANGE
from pipeline.random import Z80, normal, normals
from pipeline.settings.forecast import AutoRegression, ForecastSettings, YearlySettings

Orders = NDArray[np.integer]

OLDEST_CHANGE = np.array([0.05, 0.08, 0.13])
"""SD of what the nation's residual against WPP 2024 changes by at 75-79, 80-84 and 85+, where it has moved one way: it
rose from 1990-2000 over 2000-10 to 2010-20 by .08 and .05, .09 and .10, .11 and .17."""

_YOUNG, _OLD = slice(None, FIRST_MODELLED), slice(FIRST_MODELLED, None)


def gap_path(process: AutoRegression, noise: Array) -> Array:
    """Gaps from none, an AR(1) per five years taken in yearly steps, by standard normal `noise`; both (draw, time)."""
    phi = process.phi ** (1.0 / 5.0)
    path = process.sigma * np.sqrt((1.0 - phi**2) / (1.0 - process.phi**2)) * noise
    for t in range(1, noise.shape[1]):
        path[:, t] += phi * path[:, t - 1]
    return path


def yearwise_path(process: AutoRegression, noise: Array) -> Array:
    """An AR(1) by year whose SD is sigma in every year, (draw, time), by standard normal `noise` (draw, time)."""
    path = process.sigma * noise
    for t in range(1, noise.shape[1]):
        path[:, t] = process.phi * path[:, t - 1] + np.sqrt(1.0 - process.phi**2) * path[:, t]
    return path


def national_levels(standard_lx: Array, e0: Array, lower_80: Array, upper_80: Array, noise: Array) -> Array:
    """α (draw, time, sex) of the nation along the UN's probabilistic life expectancy.

    `standard_lx` (time, sex, exact age) is the median's; `e0`, `lower_80`, `upper_80` (time, sex) years; standard
    normal `noise` (draw,), scaled apart on each side, holds for all years and both sexes: the paths of one country
    differ by trend far more than they cross.
    """
    better = alpha_for_life_expectancy(standard_lx, np.maximum(upper_80, e0)) / Z80
    worse = alpha_for_life_expectancy(standard_lx, np.minimum(lower_80, e0)) / Z80
    z = noise[:, None, None]
    return np.where(z > 0, z * better, -z * worse)


def national_tfr(median: Array, lower_80: Array, upper_80: Array, noise: Array) -> Array:
    """TFR (draw, time) of the nation along the UN's interval, lognormal on each side; inputs (time,), (draw,)."""
    up = np.log(np.maximum(upper_80, median) / median) / Z80
    down = np.log(median / np.minimum(lower_80, median)) / Z80
    z = noise[:, None]
    return median * np.exp(np.where(z > 0, z * up, z * down))


def orders(draws: int, years: int, generator: np.random.Generator) -> Orders:
    """Which draw lends its departure to each draw in each year, (year, draw): the same in all areas, so that ages,
    sexes, tails and areas keep the decade's covariance in every year."""
    return np.stack([generator.permutation(draws) for _ in range(years)])


def yearly(decade: Array, shape: YearlySettings, order: Orders) -> Array:
    """Yearly values of decade draws, in the decade's unit: (draw, ...) → (draw, year, ...): what lasts, and an AR(1).

    The mean over draws is the decade's in every year, and the mean of ten years has the decade's variance:
    X_t = μ + √π·(x − μ) + √((1 − π) ÷ f)·u_t, u_t = φ·u_{t−1} + √(1 − φ²)·(x_σt − μ), f the variance of the mean of ten
    years of u. One constant rate a draw would make the first years' intervals too narrow and the tenth's too wide:
    departures of the provinces' published totals from their medians, 2021-24, correlate by .2 to .6 from year to year.
    A single draw stands for all and for every year.
    """
    if len(decade) == 1:
        return np.repeat(decade[:, None], len(order), axis=1)
    middle = decade.mean(axis=0)
    away = decade - middle
    lasting = middle + np.sqrt(shape.persistent) * away
    apart = np.abs(np.subtract.outer(np.arange(DECADE), np.arange(DECADE)))
    size = np.sqrt((1.0 - shape.persistent) / (float((shape.phi**apart).sum()) / DECADE**2))
    new = np.sqrt(1.0 - shape.phi**2)
    values = np.empty((decade.shape[0], len(order), *decade.shape[1:]))
    rest = np.zeros_like(away)
    for t, lender in enumerate(order):
        rest = away[lender] if t == 0 else shape.phi * rest + new * away[lender]
        values[:, t] = lasting + size * rest
    return values


def consistency_draws(
    nation_residual: Array, assumptions: ForecastSettings, generator: np.random.Generator, draws: int
) -> Array:
    """Decade log residual of the nation in the coming decade, (draw, sex, 16), from that of the last, (sex, 16).

    One share κ carried on a draw, for all ages and both sexes; one deviation sized by age, another at 75 and over. Not
    spread by `yearly`: the error of the first years moved by .3 to .5 percent a year, such a spread draws 1 and more.
    """
    mean, sd = normal(assumptions.consistency_carried)
    share = mean + sd * normals(generator, draws)
    shift = normals(generator, draws, 2)[..., None, None]
    size = np.zeros((2, len(COHORT_GROUPS)))
    size[0, FIRST_MODELLED:] = NATIONAL_CHANGE
    size[1, -len(OLDEST_CHANGE) :] = np.sqrt(OLDEST_CHANGE**2 - NATIONAL_CHANGE[-len(OLDEST_CHANGE) :] ** 2)
    return share[:, None, None] * nation_residual + shift[:, 0] * size[0] + shift[:, 1] * size[1]


def excess_draws(excess: Array, old: Array, assumptions: ForecastSettings, generator: np.random.Generator) -> Array:
    """Excess of areas in the coming decade, (draw, area, sex, 16), from that of the last, (area, sex, 16).

    `old` (draw, area, sex, 8), the old-age model's forecast, is drawn towards its mean by the factor `width`; below 50
    one error is shared by all ages of an area.
    """
    draws, areas = old.shape[:2]
    mean, sd = normal(assumptions.persistence)
    slope = mean + sd * normals(generator, draws, areas, 1, 1)
    error = assumptions.young_error * normals(generator, draws, areas, 1, 1)
    drawn = np.concatenate([slope * excess[..., _YOUNG] + error, old], axis=-1)
    factor = np.where(np.arange(drawn.shape[-1]) < FIRST_MODELLED, 1.0, assumptions.width)
    middle = drawn.mean(axis=0)
    return middle + factor * (drawn - middle)


def shared_excess(excess: Array, survivors: Array, shape: YearlySettings, order: Orders) -> Array:
    """What the areas together have of excess in each year, (draw, year, sex, 16): taken off, they add up to the nation.

    `excess` (draw, area, sex, 16) of the decade, weighed by `survivors` (area, sex, 16) of ten years on by the nation's
    table. All years of a decade have the same.
    """
    starts = range(0, len(order), DECADE)
    together = np.zeros((len(starts), len(excess), *survivors.shape[1:]))
    for area, weight in enumerate(survivors):
        by_year = yearly(excess[:, area], shape, order)
        for decade, start in enumerate(starts):
            together[decade] += weight * np.exp(by_year[:, start : start + DECADE].mean(axis=1))
    shared = np.log(together / survivors.sum(axis=0))
    return np.stack([shared[year // DECADE] for year in range(len(order))], axis=1)


def young_on_old(deviation: Array) -> tuple[Array, Array]:
    """How cities' deviations (city, sex, 16) from their province follow, below 50, those from 50 on: least-squares
    slopes (16, 16) from (sex, old age) to (sex, young age), and the rest (city, sex, 8)."""
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
    """Excess of a city in the coming decade, (draw, sex, 16).

    `excess` (sex, 16), or (draw, sex, 16) where it was not measured, and `province` (sex, 16) of the last decade, whose
    difference comes back with the assumed persistence; `province_future` (draw, sex, 16); `error` as from `city_error`,
    which below 50, where most are students and workers, keeps the spread of cities what it was.
    """
    mean, sd = normal(assumptions.persistence)
    slope = mean + sd * normals(generator, len(province_future), 1, 1)
    young = np.arange(len(COHORT_GROUPS)) < FIRST_MODELLED
    size = np.where(young, np.sqrt(np.clip(1.0 - slope**2, 0.0, 1.0)), 1.0)
    return province_future + slope * (excess - province) + size * error


def _mortality_part(base: Array, standard_lx: Array, level: Array) -> Array:
    """Log of the coming decade's survivors at the area's level over those at the nation's, (..., sex, 16)."""
    levels = np.stack([level, np.zeros(2)])[:, None]
    own, nation = yearly_survival(standard_lx[:DECADE], levels)
    sums = summing_matrix(COHORT_GROUPS).T
    return np.log((expected_survivors(base, own) @ sums) / (expected_survivors(base, nation) @ sums))


def area_draws(
    *,
    base: Array,
    level: Array,
    standard_lx: Array,
    nation_level: Array,
    nation_tfr: Array,
    fertility: float | Array,
    consistency: Array,
    excess: Array,
    assumptions: ForecastSettings,
    generator: np.random.Generator,
) -> dict[str, Array]:
    """What moves an area by draw, as `area.AreaDraws` names it, but consistency and migration as decade log residuals
    by cohort group, (draw, sex, 16), as `consistency` and `excess` are.

    base (sex, age) persons on census day, or (draw, sex, age); level (sex,) its α against the nation; standard_lx
    (time, sex, exact age) the nation's median tables from census day on; nation_level (draw, time, sex); nation_tfr
    (draw, time); fertility its level against the nation, one or (draw,).
    """
    gap = gap_path(assumptions.mortality_gap, normals(generator, *nation_tfr.shape))
    births = gap_path(assumptions.fertility_gap, normals(generator, *nation_tfr.shape))
    middle = standard_lx[standard_lx.shape[0] // 2]
    year_of_life = float(alpha_for_life_expectancy(middle, life_expectancy(middle) + 1.0).mean())
    return {
        "base": base if base.ndim == 3 else base[None],
        "level": nation_level + level + year_of_life * gap[..., None],
        "consistency": consistency,
        "migration": excess - _mortality_part(base, standard_lx, level),
        "tfr": nation_tfr * np.asarray(fertility)[..., None] * np.exp(births),
    }
