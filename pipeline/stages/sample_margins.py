"""Stage `sample_margins`: how the ages of cities run beside their province's, learned once from all prefectures.

A thousand draws of its parameters are kept. Draws of a city's tables take turns with them, each with its own error.

What is learned from the census of 2020 serves that of 2010 too: 80 % intervals of the cities of 2010 at ages 50-59, 70+
and 80+ hold .75 to .81 of them.
"""

from dataclasses import replace
from pathlib import Path

from pipeline.axes import CENSUS_YEAR
from pipeline.inputs.store import load_table
from pipeline.model.fits import MARGINS_FILE, keep_fit, sampler_settings
from pipeline.models.margins import NEEDED, known_cities, margins_model, steps
from pipeline.models.sampling import compiled, draw, own_compiler
from pipeline.settings import load_settings
from pipeline.stages.common import run

KEPT_DRAWS = 1000
TARGET_ACCEPT = 0.8
"""Acceptance probability the step size aims at: 334 cities leave a posterior without narrow corners."""


def sample_margins(root: Path) -> None:
    settings = load_settings(root)
    prefectures = load_table(root, "prefectures")
    _, cities, provinces = known_cities(prefectures, CENSUS_YEAR)
    model = margins_model(*steps(cities, provinces))
    usual = sampler_settings(settings, "margins")
    # As many draws as the pipeline carries.
    sampler = replace(usual, draws=max(10, -(-settings.draws // usual.chains)), target_accept=TARGET_ACCEPT)
    tree = draw(compiled(model), sampler)
    keep_fit(root, tree, MARGINS_FILE, KEPT_DRAWS, NEEDED, settings.sampler.accept_bad_fit)


if __name__ == "__main__":
    own_compiler()
    run(sample_margins)
