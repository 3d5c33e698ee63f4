import numpy as np
import pytest
from defaults import default_settings
from scipy import stats

from pipeline.model.fits import area_priors


def test_the_model_is_given_what_params_yaml_says():
    """Every interval of the file is that of a distribution with the parameters the model gets."""
    said = default_settings().priors.old_age
    given_to_model = area_priors(said)
    found = {
        "level": stats.norm(0, given_to_model.level_sd),
        "level_step": stats.norm(0, given_to_model.level_step),
        "national_return": stats.beta(*given_to_model.national_return),
        "area_return": stats.norm(*given_to_model.area_return),
        "contrast_return": stats.norm(*given_to_model.contrast_return),
        "contrast": stats.norm(0, given_to_model.contrast_sd),
        "noise": stats.lognorm(given_to_model.noise[1], scale=given_to_model.noise[0]),
        "contrast_noise": stats.lognorm(given_to_model.contrast_noise[1], scale=given_to_model.contrast_noise[0]),
        "noise_correlation": stats.beta(*given_to_model.noise_correlation),
        "contrast_correlation": stats.beta(*given_to_model.contrast_correlation),
        "tails": stats.gamma(given_to_model.dof[0], loc=2, scale=1 / given_to_model.dof[1]),
    }
    for name, distribution in found.items():
        assert distribution.ppf([0.1, 0.9]) == pytest.approx([getattr(said, name).low, getattr(said, name).high])
    factors = {"loading": given_to_model.loading_log_sd, "loading_by_age": given_to_model.loading_age_sd}
    for name, sd in factors.items():
        ends = getattr(said, name)
        assert stats.lognorm(sd).ppf([0.1, 0.9]) == pytest.approx([ends.low, ends.high], rel=0.01)
    sizes = {"area_return_step": given_to_model.area_return_step, "feature": given_to_model.feature_sd}
    for name, size in sizes.items():
        assert stats.halfnorm(scale=size).cdf(getattr(said, name).high) == pytest.approx(0.8)
    assert set(found) | set(factors) | set(sizes) == set(type(said).model_fields)
    assert np.isfinite(np.hstack([np.ravel(value) for value in vars(given_to_model).values()])).all()
