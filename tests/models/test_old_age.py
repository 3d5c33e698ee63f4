"""The old-age model: its density against scipy's, its forecasts against simulation, its fit against known truth."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from calibration import assert_even, sbc_ranks
from defaults import default_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from pipeline.axes import Array
from pipeline.model.decades import load_decades
from pipeline.model.fits import area_priors
from pipeline.models.backtest.folds import from_one_decade
from pipeline.models.cohorts import cohorts, in_bands, split
from pipeline.models.old_age import (
    AGES,
    LOADING,
    NATIONAL_CHANGE,
    AreaPriors,
    Known,
    _root,
    area_model,
    expected,
    forecast,
    model_data,
    needed,
    t_logp,
    without_nation,
)
from pipeline.models.sampling import SamplerSettings, compiled, draw, posterior_arrays

SIZE = len(AGES)
PRIORS = AreaPriors(
    level_sd=0.03,
    level_step=0.02,
    national_return=(4.0, 2.0),
    area_return=(0.6, 0.2),
    area_return_step=0.1,
    contrast_return=(0.5, 0.3),
    contrast_sd=0.02,
    loading_log_sd=0.35,
    loading_age_sd=0.1,
    feature_sd=1.0,
    noise=(0.025, 0.5),
    contrast_noise=(0.015, 0.5),
    noise_correlation=(3.0, 9.0),
    contrast_correlation=(3.0, 2.0),
    dof=(4.0, 2.0),
    feature_step=0.02,
)
SETTINGS = SamplerSettings(chains=2, draws=400, tune=400, target_accept=0.9, seed=3, cores=2)


def known(areas, seed=1, features=3):
    rng = np.random.default_rng(seed)
    past = 0.08 * rng.standard_normal((areas, 1, 1)) + 0.03 * rng.standard_normal((areas, 2, SIZE))
    return Known(rng.standard_normal((areas, features)), past, np.linspace(-0.02, -0.15, SIZE) * np.ones((2, 1)))


def parameters(draws, features=3):
    """The same plausible values of all parameters in every draw."""
    one = {
        "kappa": np.array(0.6),
        "c": np.linspace(0.01, -0.02, SIZE),
        "rho": np.linspace(0.2, 0.5, SIZE),
        "rho_d": np.array(0.4),
        "u": np.array([0.5, -0.3, 0.2])[:features],
        "w": 0.01 * np.arange(features * SIZE, dtype=float).reshape(features, SIZE) / SIZE,
        "delta": np.linspace(0.0, -0.02, SIZE),
        "lam": 0.6 * LOADING,
        "s": np.linspace(0.02, 0.05, SIZE),
        "phi": np.array(0.8),
        "nu": np.array(5.0),
        "s_d": np.linspace(0.01, 0.02, SIZE),
        "phi_d": np.array(0.7),
        "nu_d": np.array(6.0),
    }
    return {name: np.repeat(value[None], draws, axis=0) for name, value in one.items()}


def scale_matrix(s, phi, lam=None):
    place = np.arange(len(s))
    matrix = s[:, None] * phi ** np.abs(place[:, None] - place) * s
    return matrix if lam is None else matrix + np.outer(lam, lam)


@cache
def density(factor):
    """`t_logp` of rows, s, phi, nu and lam, without or with the factor."""
    import pytensor
    import pytensor.tensor as pt

    rows, s, phi, nu, lam = pt.dmatrix(), pt.dvector(), pt.dscalar(), pt.dscalar(), pt.dvector()
    value = t_logp(rows, s, phi, nu, lam if factor else None)
    function: Callable[..., Array] = pytensor.function(
        [rows, s, phi, nu, lam], value, mode="FAST_COMPILE", on_unused_input="ignore"
    )
    return function


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95), st.floats(2.1, 200.0), st.booleans())
def test_density_is_that_of_a_multivariate_t(seed, phi, nu, factor):
    rng = np.random.default_rng(seed)
    rows, s, lam = rng.normal(0, 0.1, (5, SIZE)), rng.uniform(0.01, 0.1, SIZE), rng.uniform(0.01, 0.1, SIZE)
    found = density(factor)(rows, s, phi, nu, lam)
    matrix = scale_matrix(s, phi, lam if factor else None)
    assert found == pytest.approx(stats.multivariate_t(None, matrix, df=nu).logpdf(rows).sum(), rel=1e-6)


def test_log_density_of_the_model_is_that_of_its_docstring():
    """At a random point, all priors and both likelihoods by scipy, without the Jacobian of any transform."""
    rng = np.random.default_rng(9)
    areas = known(6)
    y = forecast(parameters(1), areas, rng)[0]
    model = area_model(y, areas, PRIORS)
    point = {name: value + 0.2 * rng.standard_normal(np.shape(value)) for name, value in model.initial_point().items()}
    found = model.compile_logp(jacobian=False, mode="FAST_COMPILE")(point)
    inverse = {"_log__": np.exp, "_logodds__": special.expit, "_interval__": special.expit}
    p = {}
    for name, value in point.items():
        ending = next((end for end in inverse if name.endswith(end)), "")
        p[name.removesuffix(ending)] = inverse[ending](value) if ending else value
    steps = np.tril(np.ones((SIZE, SIZE - 1)), -1)
    walk = steps - steps.mean(axis=0)
    half, normal, gamma = stats.halfnorm, stats.norm, stats.gamma(4.0, scale=0.5)
    priors = [
        *(normal.logpdf(p[name]) for name in ("lam_z", "s_z", "s_d_z")),
        *(normal.logpdf(p[name]) for name in ("c_level", "c_z", "rho_z", "u_z", "w_z")),
        stats.beta(4, 2).logpdf(p["kappa"]),
        half(scale=0.1).logpdf(p["rho_step"]),
        half(scale=1.0).logpdf(p["u_sd"]),
        half(scale=0.02).logpdf(p["w_step"]),
        normal(0.6, 0.2).logpdf(p["rho_level"]),
        normal(0.5, 0.3).logpdf(p["rho_d"]),
        normal(0.0, 0.02).logpdf(p["delta"]),
        stats.beta(*PRIORS.noise_correlation).logpdf(p["phi"]),
        stats.beta(*PRIORS.contrast_correlation).logpdf(p["phi_d"]),
        gamma.logpdf(p["nu_z"]),
        gamma.logpdf(p["nu_d_z"]),
    ]
    natural = {
        **p,
        "c": 0.03 * p["c_level"] + 0.02 * walk @ p["c_z"],
        "rho": p["rho_level"] + p["rho_step"] * walk @ p["rho_z"],
        "u": p["u_sd"] * p["u_z"],
        "w": p["w_step"] * p["w_z"] @ walk.T,
    }
    s, s_d = 0.025 * np.exp(_root(0.5) @ p["s_z"]), 0.015 * np.exp(_root(0.5) @ p["s_d_z"])
    lam = LOADING * np.exp(_root(PRIORS.loading_age_sd, PRIORS.loading_log_sd) @ p["lam_z"])
    middle = expected({name: np.asarray(value)[None] for name, value in natural.items()}, areas)[0]
    rest = [observed - mean for observed, mean in zip(split(y), split(middle), strict=True)]
    likelihood = (
        stats.multivariate_t(None, scale_matrix(s, p["phi"], lam), 2 + p["nu_z"]).logpdf(rest[0]).sum()
        + stats.multivariate_t(None, scale_matrix(s_d, p["phi_d"]), 2 + p["nu_d_z"]).logpdf(rest[1]).sum()
    )
    assert found == pytest.approx(sum(np.sum(term) for term in priors) + likelihood, rel=1e-9)


def test_loadings_differ_by_a_shared_level_and_by_age():
    root = _root(0.25, 0.35)
    assert np.allclose(root @ root.T, 0.35**2 + 0.25**2 * np.eye(SIZE))


def test_forecasts_have_the_mean_and_covariance_of_the_model_and_are_the_t_of_its_density():
    """20,000 draws of two areas: location, ν/(ν − 2) times the scale matrix; and, of 8,000, the Mahalanobis distance of
    a multivariate t, by ages, is F distributed (Kolmogorov-Smirnov)."""
    areas, posterior = known(2), parameters(20_000)
    found = forecast(posterior, areas, np.random.default_rng(1))
    assert found.shape == (20_000, 2, 2, SIZE)
    mean, contrast = split(found)
    middle, half = split(expected(posterior, areas)[0])
    assert np.allclose(mean.mean(axis=0), middle, atol=0.003)
    assert np.allclose(contrast.mean(axis=0), half, atol=0.001)
    p = {name: value[0] for name, value in posterior.items()}
    matrix = scale_matrix(p["s"], float(p["phi"]), p["lam"])
    assert np.allclose(np.cov(mean[:, 0].T), matrix * 5.0 / 3.0, atol=0.1 * matrix.max())
    wanted = scale_matrix(p["s_d"], float(p["phi_d"])) * 6.0 / 4.0
    assert np.allclose(np.cov(contrast[:, 1].T), wanted, atol=0.06 * wanted.max())
    rest = (mean - middle)[:8_000, 0]
    distance = (rest * np.linalg.solve(matrix, rest.T).T).sum(axis=1) / SIZE
    assert stats.kstest(distance, stats.f(SIZE, 5.0).cdf).pvalue > 0.001


def test_what_is_expected_is_the_sum_of_its_terms():
    areas, posterior = known(4), parameters(1)
    p = {name: value[0] for name, value in posterior.items()}
    past, past_contrast = split(areas.past)
    mean, contrast = split(expected(posterior, areas)[0])
    for i in range(4):
        z = areas.features[i]
        by_hand = p["kappa"] * areas.nation[0] + p["c"] + p["rho"] * past[i] + LOADING * (z @ p["u"]) + z @ p["w"]
        assert np.allclose(mean[i], by_hand)
        assert np.allclose(contrast[i], p["delta"] + p["rho_d"] * past_contrast[i])
    # Without the nation its part is gone and nothing else.
    gone = expected(posterior, areas) - expected(without_nation(posterior), areas)
    assert np.allclose(gone, 0.6 * areas.nation + posterior["c"][0])


def test_areas_without_a_past_need_none():
    posterior = {name: value for name, value in parameters(2).items() if name not in ("kappa", "rho", "rho_d")}
    bare = Known(known(3).features)
    assert forecast(posterior, bare, np.random.default_rng(1)).shape == (2, 3, 2, SIZE)
    assert set(model_data(np.zeros((3, 2, SIZE)), bare, PRIORS)) == {"m", "d", "z", "c_sd"}


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["y", "features", "past", "nation"])
def test_what_is_not_finite_does_not_reach_the_sampler(where, value):
    areas, y = known(3), np.zeros((3, 2, SIZE))
    (y if where == "y" else getattr(areas, where)).flat[5] = value
    with pytest.raises(ValueError, match="not finite"):
        area_model(y, areas, PRIORS)


def test_from_one_decade_areas_stay_as_spread_out_as_they_were():
    """The share that comes back is open, the spread is not; the nation's part is κ r with mean 2/3."""
    areas = known(400, seed=4)
    found = from_one_decade(areas, PRIORS, 2_000, np.random.default_rng(1))
    own = found - found.mean(axis=1, keepdims=True)
    before = np.abs(split(areas.past)[0]).mean(axis=0)
    after = np.abs(split(own)[0]).mean(axis=(0, 1))
    assert np.all((after / before > 0.8) & (after / before < 1.35))
    assert np.allclose(found.mean(axis=(0, 1)), 2.0 / 3.0 * areas.nation + areas.past.mean(axis=0) / 2, atol=0.006)
    assert np.allclose(found.mean(axis=(1, 2)).std(axis=0)[-1], NATIONAL_CHANGE[-1], rtol=0.25)


@pytest.mark.slow
def test_truth_is_recovered_and_new_areas_are_covered():
    """200 areas of known parameters: the truth lies within the posterior, and 80 % intervals cover new areas."""
    truth, areas = parameters(1), known(200, seed=6)
    y = forecast(truth, areas, np.random.default_rng(7))[0]
    model = area_model(y[:160], areas[:160], PRIORS)
    posterior = posterior_arrays(draw(compiled(model, needed(model)), SETTINGS))
    for name in ("kappa", "rho", "rho_d", "lam", "s", "phi", "s_d", "phi_d", "delta"):
        value = posterior[name]
        distance = np.abs(truth[name][0] - value.mean(axis=0)) / value.std(axis=0)
        assert np.max(distance) < 4.0, name
    ahead = forecast(posterior, areas[160:], np.random.default_rng(8))
    low, high = np.quantile(ahead, [0.1, 0.9], axis=0)
    assert np.mean((low <= y[160:]) & (y[160:] <= high)) == pytest.approx(0.8, abs=0.08)


def prior(priors, features, generator):
    """One draw of every parameter from its prior, by the formulas of the docstring."""
    walk = np.tril(np.ones((SIZE, SIZE - 1)), -1)
    walk -= walk.mean(axis=0)
    p = priors

    def size(scale):
        return abs(float(generator.normal(0.0, scale)))

    level = generator.normal(0.0, p.loading_log_sd)
    return {
        "kappa": np.array(generator.beta(*p.national_return)),
        "c": generator.normal(0, p.level_sd) + p.level_step * walk @ generator.normal(size=SIZE - 1),
        "rho": generator.normal(*p.area_return) + size(p.area_return_step) * walk @ generator.normal(size=SIZE - 1),
        "rho_d": np.array(generator.normal(*p.contrast_return)),
        "u": size(p.feature_sd) * generator.normal(size=features),
        "delta": generator.normal(0, p.contrast_sd, SIZE),
        "lam": LOADING * np.exp(level + p.loading_age_sd * generator.normal(size=SIZE)),
        "s": p.noise[0] * np.exp(generator.normal(0.0, p.noise[1], SIZE)),
        "s_d": p.contrast_noise[0] * np.exp(generator.normal(0.0, p.contrast_noise[1], SIZE)),
        "phi": np.array(generator.beta(*p.noise_correlation)),
        "phi_d": np.array(generator.beta(*p.contrast_correlation)),
        "nu": np.array(2.0 + generator.gamma(p.dof[0], 1.0 / p.dof[1])),
        "nu_d": np.array(2.0 + generator.gamma(p.dof[0], 1.0 / p.dof[1])),
    }


@pytest.mark.slow
def test_the_model_is_calibrated(inputs, rank_folder):
    """At the real size: what is known of the 31 provinces, the priors of params.yaml, 200 data sets.

    Every scalar parameter, and people aged 60+ and 80+ whom an area unseen by the fit, and 31 of them together, have.
    """
    decades = load_decades(inputs)
    priors = area_priors(default_settings().priors.old_age)
    areas = decades.known("census")
    start = cohorts(decades.people[1])[:-1, :, -SIZE:] * np.exp(decades.offset("census"))
    model = area_model(np.zeros((31, 2, SIZE)), areas, priors)
    ready = compiled(model, needed(model))

    def foreseen(posterior, generator):
        people = in_bands(start * np.exp(forecast(posterior, areas, generator)))
        return {"one": people[:, 0][:, [0, 3]], "all": people.sum(axis=1)[:, [0, 3]]}

    def truth(generator):
        drawn = prior(priors, areas.features.shape[1], generator)
        ahead = foreseen({name: value[None] for name, value in drawn.items()}, generator)
        return {**drawn, **{name: value[0] for name, value in ahead.items()}}

    def simulate(drawn, generator):
        return forecast({name: value[None] for name, value in drawn.items()}, areas, generator)[0]

    def fit(y, seed):
        chosen = SamplerSettings(chains=2, draws=500, tune=500, target_accept=0.9, seed=seed, cores=2)
        posterior = posterior_arrays(draw(ready.with_data(**model_data(y, areas, priors)), chosen))
        return {**posterior, **foreseen(posterior, np.random.default_rng(seed))}

    ranks = sbc_ranks(truth, simulate, fit, runs=200, draws=63, seed=11)
    assert_even(ranks, 63, 8, "old_age", rank_folder)
