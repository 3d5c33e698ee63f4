"""Stage `margins`: how the ages of cities run beside their province's, learned once from all prefectures.

The posterior is kept whole for stage `diagnose`, and as one walk for each draw of the pipeline for those who use it.

What is learned from the census of 2020 serves that of 2010 too: 80 % intervals of the cities of 2010 at ages 50-59, 70+
and 80+ hold .75 to .81 of them.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pipeline.errors import raise_if_any
from pipeline.inputs.store import load_table
from pipeline.model.city_margins import WALKS_FILE
from pipeline.models.margins import MarginPriors, known_cities, learned, margins_model, steps
from pipeline.models.sampling import (
    Limits,
    SamplerSettings,
    diagnostics,
    faults,
    posterior_arrays,
    sample,
    save_posterior,
    thinned,
)
from pipeline.random import stream
from pipeline.settings import Settings, load_settings
from pipeline.stages.common import CENSUS_YEAR, WALKS_POSTERIOR, run, save_arrays

TARGET_ACCEPT = 0.8
"""Acceptance probability the step size aims at: 334 cities leave a posterior without narrow corners."""


def margins(root: Path) -> None:
    """Read the prefectures, fit both walks, write a draw of them for each draw of the pipeline."""
    settings = load_settings(root)
    prefectures = load_table(root, "prefectures")
    _, cities, provinces = known_cities(prefectures, CENSUS_YEAR)
    tree = sample(margins_model(*steps(cities, provinces), MarginPriors()), _sampler(settings))
    if not settings.sampler.accept_bad_fit:
        raise_if_any(faults(diagnostics(tree), Limits(), str(WALKS_POSTERIOR)))
    save_posterior(tree, root / WALKS_POSTERIOR)
    walks = learned(thinned(posterior_arrays(tree), settings.draws, settings.seed))
    parts = {f"{name}_{part}": array for name, walk in asdict(walks).items() for part, array in walk.items()}
    save_arrays(root / WALKS_FILE, **parts)


def _sampler(settings: Settings) -> SamplerSettings:
    """As many draws as the pipeline carries."""
    s = settings.sampler
    seed = int(stream(settings.seed, "sampler", "margins").integers(2**31))
    draws = max(10, -(-settings.draws // s.chains))
    return SamplerSettings(s.chains, draws, s.tune, TARGET_ACCEPT, seed, s.cores)


if __name__ == "__main__":
    run(margins)
