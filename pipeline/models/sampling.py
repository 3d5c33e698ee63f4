"""The one place where a PyMC model is sampled, its draws are kept, and a run that must not be read is refused.

Sampler: NUTS with a diagonal mass matrix as in nutpie (Seyboldt, Carlson & Carpenter 2026, Preconditioning Hamiltonian
Monte Carlo by minimizing Fisher divergence), compiled by numba. Diagnostics: rank-normalised split r̂ and effective
sample sizes of bulk and tails (Vehtari et al. 2021, doi 10.1214/20-BA1221).
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.errors import Fault
from pipeline.random import stream

if TYPE_CHECKING:
    import xarray as xr

MAX_TREE_DEPTH = 10
KEPT_CODE = "PIPELINE_KEPT_CODE"
"""Of the environment: a folder that keeps compiled code from run to run, for tests that no last digit concerns."""


@dataclass(frozen=True)
class SamplerSettings:
    """How a model is sampled: `draws` and `tune` per chain; draws do not depend on `cores`."""

    chains: int
    draws: int
    tune: int
    target_accept: float
    seed: int
    cores: int


class Limit(NamedTuple):
    """What a measure of a fit must be, at least or at `most`, and how it is shown."""

    value: float
    most: bool
    shown: str

    def keeps(self, measured: float) -> bool:
        """NaN does not."""
        return measured <= self.value if self.most else measured >= self.value


LIMITS = {
    "r_hat": Limit(1.01, True, "r̂ {:.3f}"),
    "ess_bulk": Limit(400.0, False, "{:.0f} effective draws in the bulk"),
    "ess_tail": Limit(400.0, False, "{:.0f} effective draws in the tails"),
    "divergences": Limit(0.0, True, "{:.0f} divergences"),
}


def own_compiler() -> None:
    """Compile for any x86-64 processor, in a folder of this process's own, so that neither processor nor cache bears on
    a draw, and no writable home is needed; before PyTensor is imported."""
    if "pytensor" in sys.modules:
        return
    folder = os.environ.get(KEPT_CODE)
    if folder is None:
        folder = tempfile.mkdtemp(prefix="compiled-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    flags = ",".join(filter(None, (os.environ.get("PYTENSOR_FLAGS"), f"base_compiledir={folder}")))
    os.environ |= {"PYTENSOR_FLAGS": flags, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}


def compiled(model: Any, keep: Sequence[str] | None = None) -> Any:
    """A `pymc.Model` made ready for `draw`, storing `keep` (all by default); `with_data` puts other data in.

    No code is taken from a cache on disk: numba inlines what it compiles itself otherwise than what it loads, and a
    second run would give other draws than the first.
    """
    import nutpie
    import pytensor

    gc.disable()  # few of the millions of objects of a compiler can be freed: to look for them is a tenth of the time
    try:
        with pytensor.config.change_flags(numba__cache=KEPT_CODE in os.environ):
            return nutpie.compile_pymc_model(model, backend="numba", var_names=keep)
    finally:
        gc.enable()


def draw(ready: Any, settings: SamplerSettings) -> xr.DataTree:
    """Groups posterior (chain, draw, ...) and sample_stats (diverging): on one machine the same to the bit."""
    import nutpie
    import xarray as xr
    from threadpoolctl import threadpool_limits

    # Where chains run side by side, a matrix product gets as many threads as are free, and its sum another last digit.
    with threadpool_limits(1):
        tree = nutpie.sample(
            ready,
            **vars(settings),
            sampler="nuts",
            adaptation="diag",
            maxdepth=MAX_TREE_DEPTH,
            save_warmup=False,
            progress_bar=sys.stderr.isatty(),
        )
    posterior, diverging = tree["posterior"].to_dataset(), tree["sample_stats"].to_dataset()[["diverging"]]
    groups = {"posterior": posterior, "sample_stats": diverging}
    # The attributes have the hour of the run.
    return xr.DataTree.from_dict({name: group.drop_attrs(deep=True) for name, group in groups.items()})


def prior_draws(model: Any, keep: Sequence[str], draws: int, seed: int) -> xr.Dataset:
    """Draws of the variables `keep` before data are seen, (chain, draw, ...), one chain."""
    import pymc as pm
    import pytensor

    logging.getLogger("pymc.sampling.forward").setLevel(logging.WARNING)  # it lists what it draws
    with warnings.catch_warnings(), pytensor.config.change_flags(numba__cache=KEPT_CODE in os.environ):
        warnings.filterwarnings("ignore", message="The effect of Potentials", category=UserWarning)
        tree = pm.sample_prior_predictive(
            draws, model=model, var_names=list(keep), random_seed=seed, compile_kwargs={"mode": "FAST_COMPILE"}
        )
    return tree["prior"].to_dataset().drop_attrs(deep=True)


def posterior_arrays(tree: xr.DataTree, group: Literal["posterior", "prior"] = "posterior") -> dict[str, Array]:
    """The posterior, or the prior, by name as (draw, ...), chain after chain, in the order of the tree."""
    posterior = tree[group].to_dataset().transpose("chain", "draw", ...)
    return {
        str(name): np.asarray(values, dtype=float).reshape(-1, *values.shape[2:])
        for name, values in posterior.data_vars.items()
    }


def thinned(arrays: Mapping[str, Array], draws: int, seed: int) -> dict[str, Array]:
    """Exactly `draws` of the draws, the same of every array (draw, ...), in random order; ValueError if too few."""
    available = len(next(iter(arrays.values())))
    if draws > available:
        raise ValueError(f"{draws} draws asked for of {available}")
    chosen = stream(seed, "thinned").choice(available, draws, replace=False)
    return {name: array[chosen] for name, array in arrays.items()}


def spaced(tree: xr.DataTree, draws: int) -> xr.DataTree:
    """The posterior with as few draws, at equal distances in each chain, as hold `draws` in all, or all there are."""
    import xarray as xr

    posterior = tree["posterior"].to_dataset()
    wanted = -(-draws // posterior.sizes["chain"])
    step = max(1, posterior.sizes["draw"] // wanted)
    return xr.DataTree.from_dict({"posterior": posterior.isel(draw=slice(None, step * wanted, step))})


def diagnostics(tree: xr.DataTree) -> pd.DataFrame:
    """The worst element of each variable by each measure, and the number of divergences.

    Columns: measure (of `LIMITS`), variable, element (as "sd[60-64]"), value; divergences name no variable. An element
    that never moves (a fixed zero) is left out; NaN, as from a draw that is not finite, is worst of all.
    """
    import arviz as az

    posterior = tree["posterior"].to_dataset()
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # of elements that never move: 0 / 0
        table = az.summary(posterior, kind="diagnostics", round_to="none")[["r_hat", "ess_bulk", "ess_tail"]]
    flat = [draws.reshape(len(draws), -1) for draws in posterior_arrays(tree).values()]
    table = table[np.concatenate([(draws != draws[0]).any(axis=0) for draws in flat])]
    badness = (table * [1, -1, -1]).fillna(np.inf)
    worst = badness.groupby(table.index.str.partition("[").get_level_values(0), sort=False).idxmax()
    rows = [
        (measure, variable, element, table.loc[element, measure])
        for variable, elements in worst.iterrows()
        for measure, element in elements.items()
    ]
    rows.append(("divergences", "", "", float(tree["sample_stats"]["diverging"].sum())))
    return pd.DataFrame(rows, columns=["measure", "variable", "element", "value"])


def faults(measured: pd.DataFrame, file: str) -> list[Fault]:
    """A fault for each row of `diagnostics` beyond its limit; `file` names the model or its posterior."""
    beyond = []
    for measure, element, value in zip(measured["measure"], measured["element"], measured["value"], strict=True):
        limit = LIMITS[measure]
        if not limit.keeps(value):
            place = f"parameter {element}" if element else "sampler"
            expected = f"at {'most' if limit.most else 'least'} {limit.value:g}"
            beyond.append(Fault(file, place, limit.shown.format(value), expected))
    return beyond
