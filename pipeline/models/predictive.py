"""Checks of the fitted models against the censuses they were fitted to: replicated quantities and PSIS-LOO.

Replicates: Gelman, Meng & Stern 1996. Leave-one-out: Vehtari, Gelman & Gabry 2017, arXiv 1507.04544; one province, at
all ages and both sexes, is one observation, since its errors are one multivariate t.
"""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import gammaln

from pipeline.axes import OLD_BANDS, Array
from pipeline.models.cohorts import BANDS, in_bands, split
from pipeline.models.old_age import Known, Posterior, expected

_BANDS = [BANDS.index(band) for band in OLD_BANDS]


def band_change(y: Array, persons: Array) -> Array:
    """Log (..., area, 3) of people by `OLD_BANDS` over the `persons` (area, sex, 8) expected; y (..., area, sex, 8)."""
    return np.log(in_bands(persons * np.exp(y)) / in_bands(persons))[..., _BANDS]


def statistics(y: Array, persons: Array) -> dict[str, Array]:
    """Quantities of all areas together, each (...), of y (..., area, sex, 8); `persons` as in `band_change`.

    mean           mean log change of the areas at 60+
    spread         SD between areas of the log change at 60+; spread_oldest at 80+
    neighbours     correlation between neighbouring ages over the areas, sexes together; mean of the seven pairs
    sexes          SD between areas of half the difference of the sexes (male − female), mean over the ages
    outermost      the area farthest from the median at 60+, in median absolute deviations
    """
    old, _, oldest = np.moveaxis(band_change(y, persons), -1, 0)
    mean, contrast = split(y)
    centred = mean - mean.mean(axis=-2, keepdims=True)
    scale = np.sqrt((centred**2).sum(axis=-2))
    products = (centred[..., 1:] * centred[..., :-1]).sum(axis=-2)
    away = np.abs(old - np.median(old, axis=-1, keepdims=True))
    return {
        "mean": old.mean(axis=-1),
        "spread": old.std(axis=-1),
        "spread_oldest": oldest.std(axis=-1),
        "neighbours": (products / (scale[..., 1:] * scale[..., :-1])).mean(axis=-1),
        "sexes": contrast.std(axis=-2).mean(axis=-1),
        "outermost": away.max(axis=-1) / np.median(away, axis=-1),
    }


def log_likelihood(posterior: Posterior, y: Array, known: Known) -> Array:
    """Log density (draw, area) of each area's y (area, sex, 8), all ages and both sexes as one observation."""
    mean, contrast = split(y - expected(posterior, known))
    p = posterior
    of_mean = _t_rows(mean, _scale(p["s"], p["phi"]) + p["lam"][:, :, None] * p["lam"][:, None, :], p["nu"])
    return of_mean + _t_rows(contrast, _scale(p["s_d"], p["phi_d"]), p["nu_d"])


def _scale(s: Array, phi: Array) -> Array:
    """D R(φ) D by draw, (draw, 8, 8); s (draw, 8), phi (draw,)."""
    ages = np.arange(s.shape[1])
    return s[:, :, None] * phi[:, None, None] ** np.abs(np.subtract.outer(ages, ages)) * s[:, None, :]


def _t_rows(rows: Array, scale: Array, nu: Array) -> Array:
    """Log density (draw, row) of rows (draw, row, 8) under a multivariate t with scale (draw, 8, 8), nu (draw,)."""
    root, size = np.linalg.cholesky(scale), rows.shape[2]
    distance = (np.linalg.solve(root, rows.swapaxes(1, 2)) ** 2).sum(axis=1)
    log_det = 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    half = (nu + size) / 2.0
    constant = gammaln(half) - gammaln(nu / 2.0) - size / 2.0 * np.log(nu * np.pi) - log_det / 2.0
    return constant[:, None] - half[:, None] * np.log1p(distance / nu[:, None])


def leave_one_out(
    fit: xr.Dataset, posterior: Posterior, y: Array, known: Known, areas: Sequence[str]
) -> tuple[xr.Dataset, pd.DataFrame]:
    """PSIS-LOO of a fit of `old_age` to `y` of what was known of `areas`: the log likelihood by draw and area, a table.

    `fit` (chain, draw, ...) and `posterior`, chain after chain, are the same. A row an area and one for `all`: elpd in
    nats, se (of the sum alone), p_loo (effective parameters), pareto_k (of all the largest), reliable (whether k keeps
    to the limit for so many draws).
    """
    import arviz as az

    by_area = log_likelihood(posterior, y, known)
    values = by_area.reshape(fit.sizes["chain"], fit.sizes["draw"], -1)
    likelihood = xr.Dataset({"y": (("chain", "draw", "area"), values)}, coords={"area": list(areas)})
    moving = fit[[name for name in posterior if np.ptp(posterior[name]) > 0]]
    groups = xr.DataTree.from_dict({"posterior": moving, "log_likelihood": likelihood})
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # of a large k: the table names the areas
        found = az.loo(groups, pointwise=True, var_name="y")
    elpd, k = found.elpd_i.to_numpy(), found.pareto_k.to_numpy()
    density = np.logaddexp.reduce(by_area, axis=0) - np.log(len(by_area))
    table = pd.DataFrame(
        {
            "area": ["all", *areas],
            "elpd": [float(found.elpd), *elpd],
            "se": [float(found.se)] + [np.nan] * len(elpd),
            "p_loo": [float(found.p), *(density - elpd)],
            "pareto_k": [k.max(), *k],
        }
    )
    return likelihood, table.assign(reliable=table["pareto_k"] <= found.good_k)


def left_out_position(
    likelihood: xr.Dataset, posterior: xr.Dataset, observed: Mapping[str, Array], draws: Mapping[str, Array]
) -> dict[str, Array]:
    """LOO-PIT: share of the `draws` (draw, area) below each area's `observed` count (area,), were the area not in the
    fit, (area,), each by name; `likelihood` as from `leave_one_out`."""
    import arviz as az

    found = {}
    for name, counted in observed.items():
        predictive = likelihood["y"].copy(data=draws[name].reshape(likelihood["y"].shape))
        groups = {
            "posterior": posterior,
            "log_likelihood": likelihood,
            "posterior_predictive": predictive.to_dataset(name="y"),
            "observed_data": xr.Dataset({"y": ("area", counted)}, coords={"area": likelihood["area"].to_numpy()}),
        }
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            found[name] = np.asarray(az.loo_pit(xr.DataTree.from_dict(groups), var_names="y")["y"])
    return found


def key_quantities(posterior: Posterior) -> dict[str, Array]:
    """What a reader wants to know of a fit of `old_age`, each (draw,); curves by age as their mean over the ages."""
    return {
        "level": posterior["c"].mean(axis=1),
        "own_return": posterior["rho"].mean(axis=1),
        "contrast_return": posterior["rho_d"],
        "shared_error": posterior["lam"].mean(axis=1),
        "age_error": posterior["s"].mean(axis=1),
        "neighbours_error": posterior["phi"],
        "contrast_error": posterior["s_d"].mean(axis=1),
        "dof": posterior["nu"],
    }
