"""Old cohorts of many areas over one decade: log cohort change ratios with one heavy-tailed error an area.

Ages are the last eight of `COHORT_GROUPS` at the second census (`AGES`). Given S, the cohort's survival by some
national table, the log cohort change ratio of area i, sex s, group a is log S + y. The sexes are carried as their mean
m and half their difference d (male − female):

    m_i = κ r + c + ρ∘x_i + λ₀∘(z_i·u) + z_i W + e_i   e_i ~ t_ν(0, λλ' + D R(φ) D)
    d_i = δ + ρ_d x_d,i + e_d,i                        e_d,i ~ t_ν_d(0, D_d R(φ_d) D_d)

- r is the nation's residual of the decade before, of which the share κ comes back; c(a), a level and a random walk
  over the ages, is what all areas have beside it.
- x_i and x_d,i, the area's own residual of the decade before less the nation's, come back by ρ(a), a random walk over
  the ages, and by ρ_d. Where no decade before is known, r and x are left out.
- z_i are standardised features known at the first census; u moves all ages together along the usual loadings λ₀,
  and W, a random walk over the ages around zero, tilts and bends that where its prior lets it.
- e_i is one multivariate t an area: R(φ) is AR(1) over ages, D = diag(s) the size of the noise by age, λλ' a factor
  that all ages share, so that errors do not cancel in a sum of ages; an odd area is odd at every age.

No variable belongs to an area: the density is closed, and an area that was not fitted is forecast as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import helmert

from pipeline.axes import Array
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.cohorts import joined, split
from pipeline.random import normals

Posterior = Mapping[str, Array]

AGES = COHORT_GROUPS[-8:]  # 50-54 … 80-84, 85+: who is younger at the second census will not be old for another decade
FIRST_MODELLED = len(COHORT_GROUPS) - len(AGES)

LOADING = np.array([0.045, 0.045, 0.045, 0.045, 0.045, 0.050, 0.055, 0.060])
"""λ₀, the usual size of the shared factor over ten years: areas differ more at the ages where more die."""

NATIONAL_CHANGE = np.array([0.02, 0.02, 0.02, 0.02, 0.025, 0.03, 0.04, 0.06])
"""SD by age of what the nation's residual changes by beside κ r, in a decade of which nothing is known."""

LEAST_DOF = 2.0  # degrees of freedom lie above: with two a t has no variance
_SIZE = len(AGES)
_STEPS = np.tril(np.ones((_SIZE, _SIZE - 1)), -1)
_WALK = _STEPS - _STEPS.mean(axis=0)  # turns steps from age to age into a walk whose mean is zero, (age, step)
_INNER = np.array([0.0] + [1.0] * (_SIZE - 2) + [0.0])
_NEIGHBOURS = np.eye(_SIZE, k=1) + np.eye(_SIZE, k=-1)

_NEEDED = ("kappa", "c", "rho", "rho_d", "u", "w", "delta", "lam", "s", "phi", "nu", "s_d", "phi_d", "nu_d")


@dataclass(frozen=True)
class AreaPriors:
    """Priors of the model, in log ratios, from the intervals in params.yaml, which says why they are what they are.

    Normal by SD where nothing else is said.
    """

    level_sd: float
    level_step: float
    national_return: tuple[float, float]  # beta
    area_return: tuple[float, float]  # mean and SD
    area_return_step: float  # scale of a half-normal
    contrast_return: tuple[float, float]  # mean and SD
    contrast_sd: float
    loading_log_sd: float
    loading_age_sd: float
    feature_sd: float  # scale of a half-normal, in units of λ₀ by SD of a feature
    noise: tuple[float, float]  # median and SD of the log
    contrast_noise: tuple[float, float]  # median and SD of the log
    noise_correlation: tuple[float, float]  # beta
    contrast_correlation: tuple[float, float]  # beta
    dof: tuple[float, float]  # shape and rate of the gamma of ν − 2 and ν_d − 2
    feature_step: float = 0.0  # scale of a half-normal; 0 leaves W out


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of areas at the first census: `features` (area, feature); residuals of the decade before, both or
    neither: of the `nation` (sex, 8), and theirs less the nation's, `past` (area, sex, 8)."""

    features: Array
    past: Array | None = None
    nation: Array | None = None

    def __getitem__(self, areas: Any) -> Known:
        """Some of the areas, by any index of NumPy that keeps the axis."""
        return Known(self.features[areas], None if self.past is None else self.past[areas], self.nation)


def past_of(excess: Array, nation: Array | None = None) -> Known:
    """What is known of areas by their excess of a decade (area, sex, 16) over the nation's residual (sex, 16), or 0.

    Features (area, 6) are its means of the sexes at 60-64 … 85+, ten percent counting as one SD.
    """
    old = excess[..., FIRST_MODELLED:]
    whole = np.zeros((2, _SIZE)) if nation is None else nation[..., FIRST_MODELLED:]
    return Known(old.mean(axis=1)[:, 2:] / 0.1, old, whole)


def model_data(y: Array, known: Known, priors: AreaPriors) -> dict[str, Array]:
    """The data of the model by name; `y` as for `area_model`. Raises ValueError where a number is not finite."""
    mean, contrast = split(y)
    data = {"m": mean, "d": contrast, "z": known.features, "c_sd": np.array([priors.level_sd, priors.level_step])}
    if known.past is not None and known.nation is not None:
        past_mean, past_contrast = split(known.past)
        data |= {"x": past_mean, "x_d": past_contrast, "r": split(known.nation)[0]}
    if not all(np.isfinite(array).all() for array in data.values()):
        raise ValueError("y, or what is known of an area, is not finite: the sampler must not see it")
    return data


def area_model(y: Array, known: Known, priors: AreaPriors) -> Any:
    """The `pymc.Model` of `y` (area, sex, 8): log cohort change ratios less log survival."""
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
    """A root of the covariance shared² + by_age²·I over the ages, in level and contrasts: the sampler steps longer."""
    size = np.full(_SIZE, by_age)
    size[0] = np.hypot(by_age, np.sqrt(_SIZE) * shared)
    return helmert(_SIZE, full=True).T * size


def _product(a: Any, b: Any) -> Any:
    """a @ b, of (..., k) and (k, m), as sums: the matrices are small, and `dot` takes many seconds to compile."""
    return (a[..., None] * b).sum(axis=-2)


def t_logp(residual: Any, s: Any, phi: Any, nu: Any, lam: Any = None) -> Any:
    """Log density, summed over rows, of a multivariate t with location 0 and scale matrix λλ' + D R(φ) D.

    Symbolic: `residual` (row, 8), `s` and `lam` (8,) or no `lam`. The inverse of D R(φ) D has three diagonals, the
    factor enters by the Sherman-Morrison formula and the determinant lemma.
    """
    import pytensor.tensor as pt

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


def needed(model: Any) -> tuple[str, ...]:
    """The variables of a model that forecasts use."""
    return tuple(name for name in _NEEDED if name in model.named_vars)


def expected(posterior: Posterior, known: Known) -> Array:
    """y without the areas' errors, (draw, area, sex, 8); `posterior` (draw, ...) by the names of the model."""
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
    """Predictive draws (draw, area, sex, 8) of y for areas, fitted or not, in the decade of the fit."""
    areas = len(known.features)
    error = _t_noise(posterior["s"], posterior["phi"], posterior["nu"], areas, generator, posterior["lam"])
    contrast = _t_noise(posterior["s_d"], posterior["phi_d"], posterior["nu_d"], areas, generator)
    return expected(posterior, known) + joined(error, contrast)


def without_nation(posterior: Posterior) -> dict[str, Array]:
    """The posterior for another decade, whose national part is drawn apart: κ and c, that of the fit, are zero."""
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
    return noise / np.sqrt(scale)[..., None]
