"""How far cities stray from their province over a decade: a multivariate t whose scale is learned from all cities.

y_i (both sexes × eight old ages) ~ t_ν(0, Σ), written as y_i | w_i ~ N(0, Σ / w_i), w_i ~ Gamma(ν/2, ν/2), with ν
fixed (`DOF`) and Σ ~ inverse Wishart around a tenth of the usual scatter, worth `PRIOR_CITIES` cities. Both full
conditionals are known, so a Gibbs sampler draws the posterior directly; one full covariance serves better here than a
factor and an autoregression, which stand in for one another when neighbouring ages correlate by .97.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DOF = 4.0
"""Degrees of freedom ν of a city's error, as in trials on these censuses (3.3 to 3.7 where they were learned)."""

PRIOR_CITIES = 20.0
PRIOR_SD = 0.06
"""Usual scatter of a city around its province over ten years, in logs."""

WARM_UP = 200


def scale_draws(deviation: Array, draws: int, generator: np.random.Generator) -> Array:
    """Posterior draws of Σ, (draw, 16, 16).

    `deviation` (city, sex, 8) log cohort change of cities less that of their province; independent given Σ.
    """
    from scipy.stats import invwishart

    rows = deviation.reshape(len(deviation), -1)
    size = rows.shape[1]
    degrees = PRIOR_CITIES + size + 1.0
    prior = PRIOR_CITIES * PRIOR_SD**2 * np.eye(size)
    weights = np.ones(len(rows))
    kept = np.empty((draws, size, size))
    for step in range(WARM_UP + draws):
        scatter = prior + (rows.T * weights) @ rows
        scale = np.asarray(invwishart.rvs(degrees + len(rows), scatter, random_state=generator))
        distance = (rows * np.linalg.solve(scale, rows.T).T).sum(axis=1)
        weights = generator.gamma((DOF + size) / 2.0, 2.0 / (DOF + distance))
        if step >= WARM_UP:
            kept[step - WARM_UP] = scale
    return kept


def error_draws(scale: Array, generator: np.random.Generator) -> Array:
    """One city's error in each draw of Σ: (draw, 16, 16) → (draw, sex, 8)."""
    draws, size = scale.shape[:2]
    normal = np.einsum("dij,dj->di", np.linalg.cholesky(scale), generator.standard_normal((draws, size)))
    heavy = normal / np.sqrt(generator.chisquare(DOF, (draws, 1)) / DOF)
    return np.asarray(heavy.reshape(draws, 2, size // 2))
