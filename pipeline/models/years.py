"""From what a decade brings to what each of its years brings: a share that lasts, the rest an autoregression.

One constant yearly rate a draw makes the first years' intervals too narrow and the tenth's too wide: yearly departures
of the provinces' published totals from their medians, 2021-24, correlate by .2 to .6 from one year to the next, not 1.
What censuses count beside survival in the whole nation is not spread like this: the forecast's error in 2021 to 2024
moved by .3 to .5 percent a year where such a spread would have drawn 1 and more. Its years differ by mortality alone.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.demography.cohort_change import DECADE
from pipeline.settings.forecast import YearlySettings

Orders = NDArray[np.integer]


def sum_of_rest(phi: float) -> float:
    """Variance of ten years of an autoregression of unit variance, over that of ten years all alike."""
    apart = np.abs(np.subtract.outer(np.arange(DECADE), np.arange(DECADE)))
    return float((phi**apart).sum()) / DECADE**2


def orders(draws: int, years: int, generator: np.random.Generator) -> Orders:
    """Which draw lends its departure to each draw in each year, (year, draw): a permutation a year.

    All areas must use the same ones: then ages, sexes, tails and areas keep in every year the covariance they have
    over the decade.
    """
    return np.stack([generator.permutation(draws) for _ in range(years)])


def yearly(decade: Array, shape: YearlySettings, order: Orders) -> Array:
    """Yearly values of decade draws, in the decade's unit: (draw, ...) → (draw, year, ...).

    A single draw stands for all and for every year. The mean over draws is the decade's in every year, and the mean of
    ten years has the decade's variance:
    X_t = μ + √π·(x − μ) + √((1 − π) ÷ f)·u_t, u_t = φ·u_{t−1} + √(1 − φ²)·(x_σt − μ), f as `sum_of_rest`.
    """
    if len(decade) == 1:
        return np.repeat(decade[:, None], len(order), axis=1)
    middle = decade.mean(axis=0)
    away = decade - middle
    lasting = middle + np.sqrt(shape.persistent) * away
    size = np.sqrt((1.0 - shape.persistent) / sum_of_rest(shape.phi))
    new = np.sqrt(1.0 - shape.phi**2)
    values = np.empty((decade.shape[0], len(order), *decade.shape[1:]))
    rest = np.zeros_like(away)
    for t, lender in enumerate(order):
        rest = away[lender] if t == 0 else shape.phi * rest + new * away[lender]
        values[:, t] = lasting + size * rest
    return values
