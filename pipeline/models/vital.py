"""Draws of mortality and fertility levels: the nation along the UN's intervals, an area's gap to it as AR(1).

Mortality is carried on Brass's scale (α against the nation's median table of the year), fertility as a factor on
the nation's median TFR. Source of the form and of the default magnitudes of the gaps: bayesLife's and bayesPop's
subnational models (Ševčíková & Raftery 2021; Ševčíková, Raftery & Gerland 2018).
"""

import numpy as np

from pipeline.axes import Array
from pipeline.demography.lifetable import alpha_for_life_expectancy, life_expectancy
from pipeline.random import Z80
from pipeline.settings.forecast import AutoRegression


def gap_path(process: AutoRegression, noise: Array) -> Array:
    """Gaps in yearly steps from none, an AR(1) of five-year steps, by standard normal `noise`; both (draw, time).

    Yearly, the correlation is phi^(1/5) and the innovation is sized so that five steps have the given SD.
    """
    yearly = process.phi ** (1.0 / 5.0)
    size = process.sigma * np.sqrt((1.0 - yearly**2) / (1.0 - process.phi**2))
    path = np.empty_like(noise)
    gap = np.zeros(len(noise))
    for t in range(noise.shape[1]):
        gap = yearly * gap + size * noise[:, t]
        path[:, t] = gap
    return path


def yearwise_path(process: AutoRegression, noise: Array) -> Array:
    """An AR(1) by year whose SD is sigma in every year, (draw, time), by standard normal `noise` (draw, time)."""
    path = process.sigma * noise
    for t in range(1, noise.shape[1]):
        path[:, t] = process.phi * path[:, t - 1] + np.sqrt(1.0 - process.phi**2) * path[:, t]
    return path


def national_levels(standard_lx: Array, e0: Array, lower_80: Array, upper_80: Array, normal: Array) -> Array:
    """α (draw, time, sex) of the nation along the UN's probabilistic life expectancy.

    `standard_lx` (time, sex, exact age) is the median's; `e0`, `lower_80`, `upper_80` (time, sex) years; `normal`
    (draw,) says how far along the interval, whose sides are scaled apart, a draw runs in every year and both sexes: the
    paths of one country differ by trend far more than they cross.
    """
    better = alpha_for_life_expectancy(standard_lx, np.maximum(upper_80, e0)) / Z80
    worse = alpha_for_life_expectancy(standard_lx, np.minimum(lower_80, e0)) / Z80
    z = normal[:, None, None]
    return np.asarray(np.where(z > 0, z * better, -z * worse))


def level_per_year_of_life(standard_lx: Array) -> float:
    """Change of α that adds one year to e0, at the middle of the horizon and averaged over the sexes."""
    middle = standard_lx[standard_lx.shape[0] // 2]
    return float(alpha_for_life_expectancy(middle, life_expectancy(middle) + 1.0).mean())


def national_tfr(median: Array, lower_80: Array, upper_80: Array, normal: Array) -> Array:
    """TFR (draw, time) of the nation along the UN's interval, lognormal on each side; inputs (time,), (draw,)."""
    up = np.log(np.maximum(upper_80, median) / median) / Z80
    down = np.log(median / np.minimum(lower_80, median)) / Z80
    z = normal[:, None]
    return np.asarray(median * np.exp(np.where(z > 0, z * up, z * down)))
