"""What the model of areas is given, and the fits of the models as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.errors import raise_if_any
from pipeline.model.result_files import POSTERIOR_FOLDER, RESIDUALS_FILE, cube, load_arrays, save_arrays
from pipeline.models.old_age import AGES, LEAST_DOF, AreaPriors, Known, past_of
from pipeline.models.sampling import SamplerSettings, diagnostics, faults, spaced
from pipeline.random import beta, gamma, lognormal, normal, spread, stream
from pipeline.results.write import write_text
from pipeline.settings import Settings
from pipeline.settings.forecast import OldAgePriors
from pipeline.vocabulary import NATION

if TYPE_CHECKING:
    import xarray as xr

AREAS_FILE = POSTERIOR_FOLDER / "areas.npz"
MARGINS_FILE = POSTERIOR_FOLDER / "margins.npz"
FITS = {"provinces": AREAS_FILE, "margins": MARGINS_FILE}

STORED_GROUPS = ("posterior", "prior")


class Residuals(NamedTuple):
    """Log residuals of cohorts, counted ÷ survivors by the nation's table, over the last two decades.

    `nation` (sex, 16); `excess` and `excess_before` (province, sex, 16) over the nation; by `COHORT_GROUPS` at the
    decade's end.
    """

    provinces: tuple[str, ...]
    nation: Array
    excess: Array
    excess_before: Array

    @property
    def observed(self) -> Array:
        """What the old-age model is fitted to: (province, sex, 8)."""
        return self.excess[..., -len(AGES) :]

    @property
    def known(self) -> Known:
        return past_of(self.excess_before)


def load_residuals(root: Path) -> Residuals:
    """The residuals as stage `build_baseline` wrote them."""
    table = pd.read_csv(root / RESIDUALS_FILE)
    provinces = [str(region) for region in table["region"].unique() if region != NATION]
    axes: dict[str, Sequence[object]] = {
        "year": (CENSUS_YEAR - 10, CENSUS_YEAR),
        "region": (NATION, *provinces),
        "sex": SEXES,
        "age": COHORT_GROUPS,
    }
    before, last = cube(table, axes, "residual")
    return Residuals(tuple(provinces), last[0], last[1:] - last[0], before[1:] - before[0])


def area_priors(intervals: OldAgePriors) -> AreaPriors:
    """The old-age model's priors from the section of params.yaml, whose intervals become their parameters."""
    return AreaPriors(
        level_sd=spread(intervals.level),
        level_step=spread(intervals.level_step),
        national_return=beta(intervals.national_return),
        area_return=normal(intervals.area_return),
        area_return_step=spread(intervals.area_return_step),
        contrast_return=normal(intervals.contrast_return),
        contrast_sd=spread(intervals.contrast),
        loading_log_sd=lognormal(intervals.loading)[1],
        loading_age_sd=lognormal(intervals.loading_by_age)[1],
        feature_sd=spread(intervals.feature),
        noise=lognormal(intervals.noise),
        contrast_noise=lognormal(intervals.contrast_noise),
        noise_correlation=beta(intervals.noise_correlation),
        contrast_correlation=beta(intervals.contrast_correlation),
        dof=gamma(intervals.tails, above=LEAST_DOF),
    )


def sampler_settings(settings: Settings, model: str) -> SamplerSettings:
    """How a model is sampled, from a random stream of its own."""
    s, seed = settings.sampler, int(stream(settings.seed, "sampler", model).integers(2**31))
    return SamplerSettings(s.chains, s.draws, s.tune, s.target_accept, seed, s.cores)


def keep_fit(
    root: Path, tree: xr.DataTree, file: Path, draws: int, keep: Sequence[str] | None, accept_bad_fit: bool
) -> None:
    """Write what sampling left: `draws` of the parameters `keep`, and what the sampler's diagnostics say of them all.

    Raises InputError, and writes nothing, where the fit is beyond a limit and `accept_bad_fit` is not set.
    """
    measured = diagnostics(tree)
    if not accept_bad_fit:
        raise_if_any(faults(measured, str(file)))
    kept = spaced(tree, draws)
    if "prior" in tree:
        kept["prior"] = tree["prior"]
    save_posterior(kept, root / file, keep)
    measured["value"] = measured["value"].map("{:.9g}".format)
    write_text(measured.to_csv(index=False, lineterminator="\n"), root / diagnostics_file(file))


def save_posterior(tree: xr.DataTree, path: Path, keep: Sequence[str] | None = None) -> None:
    """Write the draws of the variables `keep` (default all) of the groups posterior and prior, in single precision."""
    arrays = {
        f"{group}.{name}": values.transpose("chain", "draw", ...).to_numpy().astype(np.float32)
        for group in STORED_GROUPS
        if group in tree
        for name, values in tree[group].to_dataset().data_vars.items()
        if keep is None or name in keep
    }
    save_arrays(path, **arrays)


def load_posterior(path: Path) -> xr.DataTree:
    """The groups posterior and prior that `save_posterior` wrote, each variable (chain, draw, ...)."""
    import xarray as xr

    groups: dict[str, dict[str, xr.Variable]] = {}
    for place, values in load_arrays(path).items():
        group, name = place.split(".", 1)
        axes = ("chain", "draw", *(f"{name}_{axis}" for axis in range(values.ndim - 2)))
        groups.setdefault(group, {})[name] = xr.Variable(axes, values.astype(float))
    return xr.DataTree.from_dict({group: xr.Dataset(variables) for group, variables in groups.items()})


def diagnostics_file(fit: Path) -> Path:
    return fit.with_name(f"{fit.stem}_diagnostics.csv")


def load_diagnostics(root: Path, fit: Path) -> pd.DataFrame:
    """The rows of `sampling.diagnostics` that `keep_fit` wrote."""
    return pd.read_csv(root / diagnostics_file(fit), keep_default_na=False, na_values={"value": ["nan"]})
