"""Draws of mortality and fertility levels: the nation along the UN's intervals, an area's gap to it as AR(1).

Mortality is carried on Brass's scale (α against the nation's median table of the year), fertility as a factor on
the nation's median TFR. Source of the form and of the default magnitudes of the gaps: bayesLife's and bayesPop's
subnational models (Ševčíková & Raftery 2021; Ševčíková, Raftery & Gerland 2018).
"""

from dataclasses import dataclass

import numpy as np

from pipeline.axes import Array
from pipeline.demography.lifetable import alpha_for_life_expectancy, life_expectancy
from pipeline.random import Z80

STEP = 5.0
"""Years that the autoregressive parameters are given for."""


@dataclass(frozen=True)
class Gap:
    """An AR(1) of an area's gap to the nation: `phi` and step SD `sigma` over five years."""

    phi: float
    sigma: float

    def path(self, start: Array, steps: int, noise: Array) -> Array:
        """Gaps (draw, time) in yearly steps from `start` (draw,), with `noise` (draw, time) standard normal.

        Yearly, the correlation is phi^(1/5) and the innovation is sized so that five steps have the given SD.
        """
        yearly = self.phi ** (1.0 / STEP)
        size = self.sigma * np.sqrt((1.0 - yearly**2) / (1.0 - self.phi**2))
        path = np.empty((start.shape[0], steps))
        gap = start
        for t in range(steps):
            gap = yearly * gap + size * noise[:, t]
            path[:, t] = gap
        return path


@dataclass(frozen=True)
class Yearwise:
    """An AR(1) by year: `phi` from one year to the next and the SD `sigma` that it has in every year."""

    phi: float
    sigma: float

    def path(self, noise: Array) -> Array:
        """Draws (draw, time) from `noise` (draw, time) standard normal."""
        path = self.sigma * noise
        for t in range(1, noise.shape[1]):
            path[:, t] = self.phi * path[:, t - 1] + np.sqrt(1.0 - self.phi**2) * path[:, t]
        return path


def national_levels(standard_lx: Array, e0: Array, lower_80: Array, upper_80: Array, normal: Array) -> Array:
    """α (draw, time, sex) of the nation along the UN's probabilistic life expectancy.

    `standard_lx` (time, sex, exact age) is the median's; `e0`, `lower_80`, `upper_80` (time, sex) years; one
    standard normal a draw, `normal` (draw,), says how far along the interval it runs in every year and both
    sexes: the paths of one country differ by trend far more than they cross. The two sides of the
    interval are scaled apart, since the UN's are not symmetric.
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
