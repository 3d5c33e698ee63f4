"""The section `priors` of params.yaml, whose intervals become the parameters of the models' priors."""

from pipeline.models.old_age import LEAST_DOF, AreaPriors
from pipeline.random import beta, gamma, lognormal, normal, spread
from pipeline.settings.forecast import OldAgePriors


def area_priors(intervals: OldAgePriors) -> AreaPriors:
    """The old-age model's priors."""
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
