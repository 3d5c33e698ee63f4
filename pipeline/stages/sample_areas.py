"""Stage `sample_areas`: the provinces' cohort change, sampled once; a new city leaves it as it is."""

from pathlib import Path

from pipeline.model.fits import AREAS_FILE, area_priors, keep_fit, load_residuals, sampler_settings
from pipeline.models.old_age import area_model, needed
from pipeline.models.sampling import compiled, draw, own_compiler, prior_draws
from pipeline.random import stream
from pipeline.settings import load_settings
from pipeline.stages.common import run

PRIOR_DRAWS = 1000


def sample_areas(root: Path) -> None:
    import xarray as xr

    settings = load_settings(root)
    residuals = load_residuals(root)
    model = area_model(residuals.observed, residuals.known, area_priors(settings.priors.old_age))
    keep = needed(model)
    tree = draw(compiled(model, keep), sampler_settings(settings, "provinces"))
    seed = int(stream(settings.seed, "prior", "provinces").integers(2**31))
    # In the order of `keep`: PyMC gives them in that of a set, which differs from process to process.
    tree["prior"] = xr.DataTree(prior_draws(model, keep, PRIOR_DRAWS, seed)[list(keep)])
    keep_fit(root, tree, AREAS_FILE, settings.draws, keep, settings.sampler.accept_bad_fit)


if __name__ == "__main__":
    own_compiler()
    run(sample_areas)
