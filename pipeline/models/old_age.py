"""Old cohorts of many areas over one decade: log cohort change ratios with one heavy-tailed error an area.

Ages are the last eight of `COHORT_GROUPS` at the second census (`AGES`: 50-54 … 80-84, 85+), one period is ten
years, census to census. Given S, the cohort's survival by some national table, the log cohort change ratio of
area i, sex s, group a is log S + y. The sexes are carried as their mean m and half their difference d (male −
female):

    m_i = κ r + c + ρ∘x_i + λ₀∘(z_i·u) + z_i W + e_i   e_i ~ t_ν(0, λλ' + D R(φ) D)
    d_i = δ + ρ_d x_d,i + e_d,i                        e_d,i ~ t_ν_d(0, D_d R(φ_d) D_d)

- r is the nation's residual of the decade before, of which the share κ comes back; c(a), a level and a random walk
  over the ages, is what all areas have beside it, and all there is where the decade before is not known.
- x_i and x_d,i are the area's own residual of the decade before, its excess over the nation. They come back by
  ρ(a), a random walk over the ages, and by ρ_d. Areas without a measured past go without.
- z_i are standardised features known at the first census; u moves all ages together along the usual loadings λ₀,
  and W, a random walk over the ages around zero, tilts and bends that where its prior lets it.
- e_i is one multivariate t an area: R(φ) is AR(1) over ages, D = diag(s) the size of the noise by age, and the
  rank-one part λλ' is a factor that all ages share. The factor makes the interval of a sum of ages right (errors
  drawn by age would cancel), and the one scale of the t makes an odd area odd at every age.

No variable belongs to an area: the density is closed, and an area that was not fitted is forecast as any other.
The inverse of D R(φ) D is two whitened pieces; the factor enters by the Sherman-Morrison formula and the
determinant lemma.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import helmert
from scipy.special import gammaln

from pipeline.axes import SEXES, Array
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.cohorts import joined, split
from pipeline.random import normals

if TYPE_CHECKING:
    import xarray as xr

Posterior = Mapping[str, Array]

AGES = COHORT_GROUPS[-8:]
"""Groups that are modelled: who is younger at the second census will not be old for another decade."""

FIRST_MODELLED = len(COHORT_GROUPS) - len(AGES)
"""From this target group on the old-age model gives an area's excess."""

LOADING = np.array([0.045, 0.045, 0.045, 0.045, 0.045, 0.050, 0.055, 0.060])
"""λ₀, the usual size of the shared factor over ten years: areas differ more at the ages where more die."""

NATIONAL_CHANGE = np.array([0.02, 0.02, 0.02, 0.02, 0.025, 0.03, 0.04, 0.06])
"""SD by age of what the nation's residual changes by beside κ r, for a decade of which nothing is known.

How differently two censuses in a row count the old against one way of extrapolating death rates: a few percent, and
most at 85+, where rates and counts are worst known.
"""

LEAST_DOF = 2.0
"""Degrees of freedom lie above: with two a t has no variance."""

_SIZE = len(AGES)
_STEPS = np.tril(np.ones((_SIZE, _SIZE - 1)), -1)
_WALK = _STEPS - _STEPS.mean(axis=0)
"""Turns steps from age to age into a walk whose mean is zero, (age, step)."""
_INNER = np.array([0.0] + [1.0] * (_SIZE - 2) + [0.0])
_NEIGHBOURS = np.eye(_SIZE, k=1) + np.eye(_SIZE, k=-1)

_NEEDED = ("kappa", "c", "rho", "rho_d", "u", "w", "delta", "lam", "s", "phi", "nu", "s_d", "phi_d", "nu_d")


@dataclass(frozen=True)
class AreaPriors:
    """Priors of the model, from the intervals in params.yaml, which says why they are what they are.

    Log ratios: 0.05 is five percent more or fewer people after ten years.

    level_sd, level_step
                      SD of the level of c and of its step from age to age: a few percent, as censuses count the
                      old differently from one to the next
    national_return   beta prior of κ: the handling of a census changes slowly, but not all of a residual is
                      handling, so some of it passes
    area_return       normal mean and SD of the level of ρ: what moves people in one decade mostly does in the
                      next
    area_return_step  scale of the half-normal SD of the step of ρ from age to age
    contrast_return   normal mean and SD of ρ_d
    contrast_sd       SD of δ(a): the sexes' own departures from the survival assumed are small
    loading_log_sd, loading_age_sd
                      SD of log(λ ÷ λ₀), of its level and by age
    feature_sd        scale of the half-normal SD of u, in units of λ₀ by standard deviation of a feature: one
                      feature may account for as much as all that is not known
    feature_step      scale of the half-normal SD of the steps of W; 0 leaves W out
    noise, contrast_noise
                      median of s and of s_d, and SD of its log
    noise_correlation, contrast_correlation
                      beta priors of φ and φ_d. φ is low: what ages share beyond their neighbours is the factor's,
                      and with a high φ the two stand in for one another. The contrast has no factor
    dof               gamma shape and rate of ν − 2 and ν_d − 2: the variance is finite, the tails are heavy
    """

    level_sd: float
    level_step: float
    national_return: tuple[float, float]
    area_return: tuple[float, float]
    area_return_step: float
    contrast_return: tuple[float, float]
    contrast_sd: float
    loading_log_sd: float
    loading_age_sd: float
    feature_sd: float
    noise: tuple[float, float]
    contrast_noise: tuple[float, float]
    noise_correlation: tuple[float, float]
    contrast_correlation: tuple[float, float]
    dof: tuple[float, float]
    feature_step: float = 0.0


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of areas at the first census.

    `features` (area, feature), standardised. `past` (area, sex, 8) their residual of the decade before less the
    nation's, and `nation` (sex, 8) the nation's; both or neither.
    """

    features: Array
    past: Array | None = None
    nation: Array | None = None

    def __getitem__(self, areas: Any) -> Known:
        """Some of the areas, by any index of NumPy that keeps the axis."""
        return Known(self.features[areas], None if self.past is None else self.past[areas], self.nation)


def past_of(excess: Array) -> Known:
    """What the old-age model is told of areas by their excess of a decade, (area, sex, 16 groups).

    Its features are the mean of the sexes at 60-64 … 85+, in units of 0.1; the nation's residual is already off.
    """
    old = excess[..., FIRST_MODELLED:]
    return Known(split(old)[0][:, 2:] / 0.1, old, np.zeros((2, len(AGES))))


def model_data(y: Array, known: Known, priors: AreaPriors) -> dict[str, Array]:
    """The data of the model by name, to fit the same compiled model to other areas.

    `y` (area, sex, 8) are log cohort change ratios less log survival. Raises ValueError where shapes do not fit, or
    a number is not finite.
    """
    if y.shape != (len(known.features), 2, _SIZE):
        raise ValueError(f"y {y.shape} does not fit {len(known.features)} areas, two sexes and {_SIZE} ages")
    given = [array for array in (y, known.features, known.past, known.nation) if array is not None]
    if not all(np.isfinite(array).all() for array in given):
        raise ValueError("y, or what is known of an area, is not finite: the sampler must not see it")
    mean, contrast = split(y)
    data = {"m": mean, "d": contrast, "z": known.features, "c_sd": np.array([priors.level_sd, priors.level_step])}
    if known.past is not None and known.nation is not None:
        past_mean, past_contrast = split(known.past)
        data |= {"x": past_mean, "x_d": past_contrast, "r": split(known.nation)[0]}
    return data


def area_model(y: Array, known: Known, priors: AreaPriors) -> Any:
    """The `pymc.Model` of `y` (area, sex, 8): log cohort change ratios less log survival.

    Raises ValueError where shapes do not fit.
    """
    import pymc as pm
    import pytensor.tensor as pt

    values = model_data(y, known, priors)
    with pm.Model() as model:
        data = {name: pm.Data(name, value) for name, value in values.items()}
        features = known.features.shape[1]
        c_sd = data["c_sd"]
        walk = c_sd[1] * _product(pm.Normal("c_z", shape=_SIZE - 1), _WALK.T)
        mean = pm.Deterministic("c", c_sd[0] * pm.Normal("c_level") + walk)
        delta = pm.Normal("delta", 0.0, priors.contrast_sd, shape=_SIZE)
        contrast = delta
        if "x" in data:
            mean = mean + pm.Beta("kappa", *priors.national_return) * data["r"]
            step = pm.HalfNormal("rho_step", priors.area_return_step)
            bend = step * _product(pm.Normal("rho_z", shape=_SIZE - 1), _WALK.T)
            rho = pm.Deterministic("rho", pm.Normal("rho_level", *priors.area_return) + bend)
            mean = mean + rho * data["x"]
            contrast = delta + pm.Normal("rho_d", *priors.contrast_return) * data["x_d"]
        u = pm.Deterministic("u", pm.HalfNormal("u_sd", priors.feature_sd) * pm.Normal("u_z", shape=features))
        # The usual loadings and not λ, so that regression and error do not share a scale.
        mean = mean + LOADING * (data["z"] * u).sum(axis=1)[:, None]
        if priors.feature_step > 0:
            size = pm.HalfNormal("w_step", priors.feature_step)
            w = pm.Deterministic("w", size * _product(pm.Normal("w_z", shape=(features, _SIZE - 1)), _WALK.T))
            mean = mean + _product(data["z"], w)

        def positive(name: str, middle: Any, root: Array) -> Any:
            return pm.Deterministic(name, middle * pt.exp(_product(pm.Normal(f"{name}_z", shape=_SIZE), root.T)))

        lam = positive("lam", LOADING, _root(priors.loading_age_sd, priors.loading_log_sd))
        s = positive("s", priors.noise[0], _root(priors.noise[1]))
        s_d = positive("s_d", priors.contrast_noise[0], _root(priors.contrast_noise[1]))
        phi = pm.Beta("phi", *priors.noise_correlation)
        phi_d = pm.Beta("phi_d", *priors.contrast_correlation)
        nu = pm.Deterministic("nu", LEAST_DOF + pm.Gamma("nu_z", *priors.dof))
        nu_d = pm.Deterministic("nu_d", LEAST_DOF + pm.Gamma("nu_d_z", *priors.dof))
        pm.Potential("mean_likelihood", t_logp(data["m"] - mean, s, phi, nu, lam))
        pm.Potential("contrast_likelihood", t_logp(data["d"] - contrast, s_d, phi_d, nu_d))
    return model


def _root(by_age: float, shared: float = 0.0) -> Array:
    """A root of the covariance shared² + by_age²·I over the ages.

    Its columns are the level and contrasts between ages: the data know these apart, ages by themselves hardly, and
    so the sampler takes longer steps.
    """
    size = np.full(_SIZE, by_age)
    size[0] = np.hypot(by_age, np.sqrt(_SIZE) * shared)
    return np.asarray(helmert(_SIZE, full=True).T * size)


def _product(a: Any, b: Any) -> Any:
    """a @ b, of (..., k) and (k, m), as sums: the matrices are small, and `dot` takes many seconds to compile."""
    return (a[..., None] * b).sum(axis=-2)


def t_logp(residual: Any, s: Any, phi: Any, nu: Any, lam: Any = None) -> Any:
    """Log density, summed over rows, of a multivariate t with location 0 and scale matrix λλ' + D R(φ) D.

    Symbolic: `residual` (row, 8), `s` and `lam` (8,), `phi` and `nu` scalars; without `lam`, D R(φ) D alone.
    """
    import pytensor.tensor as pt

    # R(φ)⁻¹ has three diagonals.
    middle = 1.0 + phi**2 * _INNER
    z = residual / s
    distance = ((middle * z**2).sum(axis=1) - 2.0 * phi * (z[:, 1:] * z[:, :-1]).sum(axis=1)) / (1.0 - phi**2)
    log_det = 2.0 * pt.log(s).sum() + (_SIZE - 1) * pt.log1p(-(phi**2))
    if lam is not None:
        loading = lam / s
        weighted = (middle * loading - phi * _product(loading, _NEIGHBOURS)) / (1.0 - phi**2)
        explained = 1.0 + (loading * weighted).sum()
        distance = distance - (z * weighted).sum(axis=1) ** 2 / explained
        log_det = log_det + pt.log(explained)
    half = (nu + _SIZE) / 2.0
    constant = pt.gammaln(half) - pt.gammaln(nu / 2.0) - _SIZE / 2.0 * pt.log(nu * np.pi) - log_det / 2.0
    return residual.shape[0] * constant - half * pt.log1p(distance / nu).sum()


def fit_data(y: Array, known: Known, expected: Array, areas: Sequence[str]) -> dict[str, xr.Dataset]:
    """What a fit of the model was given, as the groups observed_data and constant_data of its tree.

    `y` (area, sex, 8) are log cohort change ratios less log survival, `expected` (area, sex, 8) the persons there
    would be at the second census were y zero. Raises ValueError where the areas' past is not known.
    """
    import xarray as xr

    if known.past is None or known.nation is None:
        raise ValueError("the past of the areas is needed: without it their fit cannot be checked")
    axes = ("area", "sex", "age")
    labels = {"area": list(areas), "sex": list(SEXES), "age": list(AGES)}
    constant = xr.Dataset(
        {
            "features": (("area", "feature"), known.features),
            "past": (axes, known.past),
            "nation": (axes[1:], known.nation),
            "expected": (axes, expected),
        },
        coords=labels,
    )
    return {"observed_data": xr.Dataset({"y": (axes, y)}, coords=labels), "constant_data": constant}


def known_of(tree: xr.DataTree) -> Known:
    """What the areas of a stored fit were known by; see `fit_data`."""
    group = tree["constant_data"].to_dataset()
    return Known(*(group[name].to_numpy() for name in ("features", "past", "nation")))


def needed(model: Any) -> tuple[str, ...]:
    """The variables of a model that forecasts use, to be kept by the sampler."""
    return tuple(name for name in _NEEDED if name in model.named_vars)


def expected(posterior: Posterior, known: Known) -> Array:
    """y without the areas' errors, by draw: (draw, area, sex, 8).

    `posterior` holds arrays (draw, ...) by the names of the model.
    """
    mean = posterior["c"][:, None] + LOADING * (posterior["u"] @ known.features.T)[..., None]
    contrast = posterior["delta"][:, None]
    if "w" in posterior:
        mean = mean + np.einsum("if,dfa->dia", known.features, posterior["w"])
    if known.past is not None and known.nation is not None:
        past_mean, past_contrast = split(known.past)
        mean = mean + (posterior["kappa"][:, None] * split(known.nation)[0])[:, None]
        mean = mean + posterior["rho"][:, None] * past_mean
        contrast = contrast + posterior["rho_d"][:, None, None] * past_contrast
    return joined(mean, np.broadcast_to(contrast, mean.shape))


def forecast(posterior: Posterior, known: Known, generator: np.random.Generator) -> Array:
    """Predictive draws of y for areas, fitted or not, in the decade of the fit: (draw, area, sex, 8).

    Areas err independently; what they share in a draw are its parameters. c belongs to the decade of the fit: for
    another one use `without_nation` and add a national part.
    """
    areas = len(known.features)
    error = _t_noise(posterior["s"], posterior["phi"], posterior["nu"], areas, generator, posterior["lam"])
    contrast = _t_noise(posterior["s_d"], posterior["phi_d"], posterior["nu_d"], areas, generator)
    return expected(posterior, known) + joined(error, contrast)


def log_likelihood(posterior: Posterior, y: Array, known: Known) -> Array:
    """Log density of each area's y (area, sex, 8) given the parameters of each draw: (draw, area).

    An area is one observation: its mean and its contrast of the sexes, at all ages. Over the areas it sums to the
    two likelihoods of `area_model`.
    """
    residuals = split(y - expected(posterior, known))
    scales = (_scale(posterior["s"], posterior["phi"], posterior["lam"]), _scale(posterior["s_d"], posterior["phi_d"]))
    parts = (
        _t_rows(rest, scale, posterior[nu]) for rest, scale, nu in zip(residuals, scales, ("nu", "nu_d"), strict=True)
    )
    return np.asarray(sum(parts))


def _scale(s: Array, phi: Array, lam: Array | None = None) -> Array:
    """λλ' + D R(φ) D by draw, (draw, 8, 8); s and lam (draw, 8), phi (draw,)."""
    apart = np.abs(np.subtract.outer(np.arange(_SIZE), np.arange(_SIZE)))
    scale = s[:, :, None] * phi[:, None, None] ** apart * s[:, None, :]
    return np.asarray(scale if lam is None else scale + lam[:, :, None] * lam[:, None, :])


def _t_rows(rows: Array, scale: Array, nu: Array) -> Array:
    """Log density (draw, row) of rows (draw, row, 8) under a multivariate t with scale (draw, 8, 8), nu (draw,)."""
    root = np.linalg.cholesky(scale)
    distance = (np.linalg.solve(root, rows.swapaxes(1, 2)) ** 2).sum(axis=1)
    log_det = 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    half = (nu + _SIZE) / 2.0
    constant = gammaln(half) - gammaln(nu / 2.0) - _SIZE / 2.0 * np.log(nu * np.pi) - log_det / 2.0
    return np.asarray(constant[:, None] - half[:, None] * np.log1p(distance / nu[:, None]))


def without_nation(posterior: Posterior) -> dict[str, Array]:
    """The posterior for a decade that was not fitted and whose national part is drawn apart: κ and c are zero."""
    return {**posterior, **{name: np.zeros_like(posterior[name]) for name in ("kappa", "c")}}


def _t_noise(
    s: Array, phi: Array, nu: Array, areas: int, generator: np.random.Generator, lam: Array | None = None
) -> Array:
    """Errors (draw, area, age); s and lam (draw, age), phi and nu (draw,)."""
    draws, size = s.shape
    noise = normals(generator, draws, areas, size)
    tie, free = phi[:, None], np.sqrt(1.0 - phi**2)[:, None]
    for age in range(1, size):
        noise[..., age] = tie * noise[..., age - 1] + free * noise[..., age]
    noise *= s[:, None]
    if lam is not None:
        noise += lam[:, None] * normals(generator, draws, areas, 1)
    scale = generator.chisquare(nu[:, None], (draws, areas)) / nu[:, None]
    return np.asarray(noise / np.sqrt(scale)[..., None])


STRICT_DOF = 4.0
"""Degrees of freedom of the areas' residuals where one decade is too little to learn them."""


def from_one_decade(known: Known, priors: AreaPriors, draws: int, generator: np.random.Generator) -> Array:
    """Predictive draws of y from the decade before alone: (draw, area, sex, 8). Nothing later is learned.

    The residuals of areas are taken to be as spread out in the next decade as they were in the last (x ~ t with
    scale Σ, `STRICT_DOF`), of which an unknown share ρ ~ U(0, 1) comes back: x' = ρx + √(1 − ρ²)·e, e ~ t(0, Σ).
    The nation's residual comes back by κ and changes by N(0, `NATIONAL_CHANGE`²), all ages together: what changes
    how a census counts the old does not cancel in a sum of ages. Raises ValueError without a past.
    """
    if known.past is None or known.nation is None:
        raise ValueError("a forecast from one decade needs the residuals of that decade")
    areas = len(known.past)
    flat = np.concatenate(split(known.past), axis=1)
    root = np.linalg.cholesky(_t_scale(flat))
    rho = generator.uniform(size=(draws, 1, 1))
    noise = generator.standard_normal((draws, areas, flat.shape[1])) @ root.T
    noise /= np.sqrt(generator.chisquare(STRICT_DOF, (draws, areas, 1)) / STRICT_DOF)
    area = rho * flat + np.sqrt(1.0 - rho**2) * noise
    back = generator.beta(*priors.national_return, (draws, 1, 1)) * known.nation
    shock = generator.standard_normal((draws, 1, 1)) * NATIONAL_CHANGE
    return np.asarray((back + shock)[:, None] + joined(area[..., :_SIZE], area[..., _SIZE:]))


def _t_scale(rows: Array, iterations: int = 50, ridge: float = 1e-5) -> Array:
    """Scale matrix of a multivariate t around zero by EM (Liu & Rubin 1995), a little of the identity added.

    The ridge, a noise of .3 %, keeps the matrix regular where there are hardly more rows than columns.
    """
    weights = np.ones(len(rows))
    for _ in range(iterations):
        scale = (rows.T * weights) @ rows / len(rows) + ridge * np.eye(rows.shape[1])
        distance = (rows * np.linalg.solve(scale, rows.T).T).sum(axis=1)
        weights = (STRICT_DOF + rows.shape[1]) / (STRICT_DOF + distance)
    return np.asarray(scale)
