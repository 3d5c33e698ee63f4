"""Effective draws per second of nutpie against PyMC's own NUTS, on the old-age model and real data. See README.md."""

import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import xarray as xr

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.model.decades import load_decades
from pipeline.model.fits import area_priors
from pipeline.models.old_age import area_model, needed
from pipeline.models.sampling import MAX_TREE_DEPTH, SamplerSettings, compiled, draw
from pipeline.settings import load_settings

ROOT = Path(__file__).parents[1]
CHAINS, DRAWS, TUNE = 2, 500, 500
SEED = 20201101


def old_age_model() -> Any:
    """The provinces' cohorts from 2010 to 2020, as the backtest fits them, all 31 at once."""
    decades = load_decades(ROOT)
    priors = area_priors(load_settings(ROOT).priors.old_age)
    return area_model(decades.observed("census"), decades.known("census"), priors)


def nutpie(model: Any, target_accept: float) -> tuple[xr.Dataset, float, float, float]:
    """Posterior, seconds to compile, seconds to sample, and seconds of the processor to sample."""
    start = perf_counter()
    ready = compiled(model, needed(model))
    # The first draw of a compiled model compiles what is left.
    draw(ready, SamplerSettings(chains=1, draws=10, tune=10, target_accept=target_accept, seed=1, cores=1))
    compiling = perf_counter() - start
    start, busy = perf_counter(), process_time()
    tree = draw(ready, SamplerSettings(CHAINS, DRAWS, TUNE, target_accept, SEED, cores=1))
    return tree["posterior"].to_dataset()[list(needed(model))], compiling, perf_counter() - start, process_time() - busy


def pymc_nuts(model: Any, target_accept: float) -> tuple[xr.Dataset, float, float, float]:
    """The same of PyMC's own sampler, one chain after the other in this process."""
    import pymc as pm

    with model:
        start = perf_counter()
        step = pm.NUTS(target_accept=target_accept, max_treedepth=MAX_TREE_DEPTH)
        compiling = perf_counter() - start
        start, busy = perf_counter(), process_time()
        tree = pm.sample(
            draws=DRAWS,
            tune=TUNE,
            chains=CHAINS,
            cores=1,
            step=step,
            random_seed=SEED,
            progressbar=False,
            compute_convergence_checks=False,
        )
    posterior = tree["posterior"].to_dataset()[list(needed(model))]
    return posterior, compiling, perf_counter() - start, process_time() - busy


def bulk(posterior: xr.Dataset) -> np.ndarray:
    """Effective draws in the bulk of every scalar."""
    import arviz as az

    measured = az.ess(posterior, method="bulk")
    return np.concatenate([np.ravel(measured[name]) for name in posterior.data_vars])


def main() -> None:
    target = load_settings(ROOT).sampler.target_accept
    model = old_age_model()
    print(f"old-age model, 31 provinces, {CHAINS} chains × ({TUNE} warm-up + {DRAWS} draws), one after the other")
    rates = {}
    for name, sampler in (("nutpie", nutpie), ("PyMC", pymc_nuts)):
        posterior, compiling, spent, busy = sampler(model, target)
        effective = bulk(posterior)
        rates[name] = np.array([effective.min(), np.median(effective)]) / busy
        print(
            f"{name}: compiled in {compiling:.1f} s, sampled in {spent:.1f} s ({busy:.1f} s of the processor); "
            f"effective draws {effective.min():.0f} at least, {np.median(effective):.0f} at the median of "
            f"{effective.size} scalars; per second of the processor {rates[name][0]:.1f} and {rates[name][1]:.1f}"
        )
    least, middle = rates["nutpie"] / rates["PyMC"]
    print(f"nutpie ÷ PyMC, effective draws per second: {least:.1f} at the worst scalar, {middle:.1f} at the median")


if __name__ == "__main__":
    main()
