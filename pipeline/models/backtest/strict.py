"""A forecast of areas from one decade alone, in the form of the old-age model: nothing later is learned."""

import numpy as np

from pipeline.axes import Array
from pipeline.models.cohorts import joined, split
from pipeline.models.old_age import AGES, NATIONAL_CHANGE, AreaPriors, Known

DOF = 4.0
"""Degrees of freedom of the areas' residuals: one decade is too little to learn them."""

_RIDGE = 1e-5
"""A noise of .3 %: keeps the scale regular where there are hardly more rows than columns."""


def from_one_decade(known: Known, priors: AreaPriors, draws: int, generator: np.random.Generator) -> Array:
    """Predictive draws of y from the decade before alone, (draw, area, sex, 8); the areas' past must be known.

    The residuals of areas are taken to be as spread out in the next decade as they were in the last (x ~ t with
    scale Σ, `DOF`), of which an unknown share ρ ~ U(0, 1) comes back: x' = ρx + √(1 − ρ²)·e, e ~ t(0, Σ).
    The nation's residual comes back by κ and changes by N(0, `NATIONAL_CHANGE`²), all ages together: what changes
    how a census counts the old does not cancel in a sum of ages.
    """
    assert known.past is not None
    assert known.nation is not None
    areas, size = len(known.past), len(AGES)
    flat = np.concatenate(split(known.past), axis=1)
    root = np.linalg.cholesky(_t_scale(flat))
    rho = generator.uniform(size=(draws, 1, 1))
    noise = generator.standard_normal((draws, areas, flat.shape[1])) @ root.T
    noise /= np.sqrt(generator.chisquare(DOF, (draws, areas, 1)) / DOF)
    area = rho * flat + np.sqrt(1.0 - rho**2) * noise
    back = generator.beta(*priors.national_return, (draws, 1, 1)) * known.nation
    shock = generator.standard_normal((draws, 1, 1)) * NATIONAL_CHANGE
    return (back + shock)[:, None] + joined(area[..., :size], area[..., size:])


def _t_scale(rows: Array) -> Array:
    """Scale matrix of a multivariate t around zero by EM (Liu & Rubin 1995)."""
    weights = np.ones(len(rows))
    for _ in range(50):
        scale = (rows.T * weights) @ rows / len(rows) + _RIDGE * np.eye(rows.shape[1])
        distance = (rows * np.linalg.solve(scale, rows.T).T).sum(axis=1)
        weights = (DOF + rows.shape[1]) / (DOF + distance)
    return scale
