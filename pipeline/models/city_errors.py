"""How far cities stray from their province over a decade: a multivariate t whose scale is learned from all cities.

y_i (both sexes × eight ages) ~ t_ν(0, Σ), written as y_i | w_i ~ N(0, Σ / w_i), w_i ~ Gamma(ν/2, ν/2), with ν fixed
(`DOF`) and Σ ~ inverse Wishart (`Scatter`): a Gibbs sampler draws the posterior. The prior's correlations matter:
around a diagonal matrix the weight of 20 cities outweighs 300 along the directions in which ages hardly differ, the w_i
take what is left for light tails, and Σ comes out a third too wide.
"""

from typing import NamedTuple

import numpy as np

from pipeline.axes import Array
from pipeline.random import Ends, Interval, gamma, normals

DOF = 4.0  # degrees of freedom ν of a city's error, as in trials on these censuses (3.3 to 3.7 where they were learned)
WARM_UP = 200


class Scatter(NamedTuple):
    """The prior of Σ, which weighs as many `cities`: its mean has the root variance `sd` at every age and sex, and
    correlations `neighbours` to the power of the ages' distance in groups, times `sexes` between men and women."""

    sd: float
    cities: float
    neighbours: float
    sexes: float

    def mean(self, ages: int) -> Array:
        """The mean of Σ, (2 × ages, 2 × ages), men first."""
        by_age = self.neighbours ** np.abs(np.subtract.outer(np.arange(ages), np.arange(ages)))
        return np.asarray(self.sd**2 * np.kron([[1.0, self.sexes], [self.sexes, 1.0]], by_age))


def scatter_within(interval: Interval, neighbours: float, sexes: float) -> Scatter:
    """The prior under which the root of each variance of Σ has the 80 % interval: ValueError where it has no mean.

    A variance is inverse gamma with shape cities/2 + 1 and scale cities·sd²/2.
    """
    shape, rate = gamma(Ends(interval.high**-2, interval.low**-2))
    if shape <= 1.0:
        raise ValueError(f"{interval.low:g} to {interval.high:g} is too wide for a mean variance")
    cities = 2.0 * (shape - 1.0)
    return Scatter(float(np.sqrt(2.0 * rate / cities)), cities, neighbours, sexes)


def scale_draws(deviation: Array, prior: Scatter, draws: int, generator: np.random.Generator) -> Array:
    """Posterior draws of Σ, (draw, 16, 16); `deviation` (city, sex, 8) log cohort change less that of the province."""
    from scipy.stats import invwishart

    rows = deviation.reshape(len(deviation), -1)
    size = rows.shape[1]
    degrees = prior.cities + size + 1.0
    middle = prior.cities * prior.mean(deviation.shape[2])
    weights = np.ones(len(rows))
    kept = np.empty((draws, size, size))
    for step in range(WARM_UP + draws):
        scatter = middle + (rows.T * weights) @ rows
        scale = invwishart.rvs(degrees + len(rows), scatter, random_state=generator)
        distance = (rows * np.linalg.solve(scale, rows.T).T).sum(axis=1)
        weights = generator.gamma((DOF + size) / 2.0, 2.0 / (DOF + distance))
        if step >= WARM_UP:
            kept[step - WARM_UP] = scale
    return kept


def replicates(scale: Array, cities: int, generator: np.random.Generator) -> Array:
    """Errors of so many cities in each draw of Σ: (draw, 16, 16) → (draw, city, sex, 8)."""
    draws, size = scale.shape[:2]
    normal = normals(generator, draws, cities, size) @ np.linalg.cholesky(scale).swapaxes(1, 2)
    heavy = normal / np.sqrt(generator.chisquare(DOF, (draws, cities, 1)) / DOF)
    return heavy.reshape(draws, cities, 2, size // 2)
