import time
from dataclasses import replace

import arviz
import numpy as np
import pytest
import xarray as xr
from calibration import sbc_ranks, uniformity

from pipeline.errors import Fault
from pipeline.model import fits
from pipeline.models import sampling
from pipeline.models.sampling import SamplerSettings

SHORT = SamplerSettings(chains=2, draws=200, tune=200, target_accept=0.8, seed=11, cores=2)
OBSERVED = np.array([1.2, 0.4, 2.2])


@pytest.fixture(scope="module")
def compiled():
    """Known answer: with y ~ N(μ, 1) and μ ~ N(0, 10²) the posterior of each μ is N(y/1.01, 1/1.01).

    Beside them a variable of two modes at ± `apart`, which are one where that is zero.
    """
    import pymc as pm

    with pm.Model(coords={"age": ["60-64", "65-69", "70+"]}) as model:
        y, apart = pm.Data("y", OBSERVED), pm.Data("apart", 0.0)
        mu = pm.Normal("mu", 0.0, 10.0, dims="age")
        pm.Deterministic("twice", 2 * mu, dims="age")
        pm.Potential("likelihood", -(((y - mu) ** 2).sum()) / 2)
        x = pm.Flat("two_modes", initval=0.0)
        pm.Potential("modes", pm.math.logaddexp(-((x - apart) ** 2) / 2, -((x + apart) ** 2) / 2))
    return sampling.compiled(model)


def tree_of(draws, diverging=0):
    """A fit of the variable sd (chain, draw, age) made by hand."""
    ages = ["60-64", "65-69"][: draws.shape[2]]
    flags = np.zeros(draws.shape[:2], dtype=bool)
    flags.flat[:diverging] = True
    fit = {"posterior": {"sd": draws}, "sample_stats": {"diverging": flags}}
    return arviz.from_dict(fit, coords={"age": ages}, dims={"sd": ["age"]})


def test_draws_depend_on_the_seed_and_not_on_the_cores(compiled):
    first = sampling.draw(compiled, SHORT)
    assert first.identical(sampling.draw(compiled, SHORT))
    assert first.identical(sampling.draw(compiled, replace(SHORT, cores=1)))
    assert not first.identical(sampling.draw(compiled, replace(SHORT, seed=12)))


def test_the_posterior_is_the_one_worked_out_by_hand(compiled):
    arrays = sampling.posterior_arrays(sampling.draw(compiled, replace(SHORT, draws=2000)))
    assert arrays["mu"].shape == (4000, 3)
    # Four standard errors of a mean of at least 2,000 effective draws.
    np.testing.assert_allclose(arrays["mu"].mean(axis=0), OBSERVED / 1.01, atol=4 / 2000**0.5)
    np.testing.assert_allclose(arrays["mu"].std(axis=0), 1 / 1.01**0.5, atol=0.06)
    np.testing.assert_array_equal(arrays["twice"], 2 * arrays["mu"])


def test_a_posterior_is_stored_with_the_same_bytes_and_comes_back_in_single_precision(compiled, tmp_path):
    tree = sampling.draw(compiled, SHORT)
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    fits.save_posterior(tree, first)
    time.sleep(1.1)  # a stored hour would differ
    fits.save_posterior(tree, second)
    assert first.read_bytes() == second.read_bytes()
    found, drawn = (sampling.posterior_arrays(stored) for stored in (fits.load_posterior(first), tree))
    assert found.keys() == drawn.keys()
    for name, values in drawn.items():
        np.testing.assert_array_equal(found[name], values.astype(np.float32))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.npz", "second.npz"]


@pytest.mark.parametrize(("draws", "each", "first"), [(8, 4, [0, 3, 6, 9]), (7, 4, [0, 3, 6, 9]), (50, 12, [0, 1, 2])])
def test_draws_are_kept_at_equal_distances_in_every_chain(draws, each, first):
    tree = tree_of(np.arange(24.0).reshape(2, 12, 1))
    kept = sampling.spaced(tree, draws)["posterior"]["sd"].to_numpy()
    assert kept.shape == (2, each, 1)
    np.testing.assert_array_equal(kept[0, : len(first), 0], first)
    np.testing.assert_array_equal(kept[1] - kept[0], 12)
    # Chains are joined one after the other.
    np.testing.assert_array_equal(sampling.posterior_arrays(tree)["sd"], np.arange(24.0)[:, None])


def test_a_failed_write_leaves_the_last_good_posterior(tmp_path):
    path = tmp_path / "posterior.npz"
    fits.save_posterior(tree_of(np.random.default_rng(1).normal(size=(2, 50, 2))), path)
    before = path.read_bytes()
    unwritable = tree_of(np.zeros((2, 50, 2)))
    words = np.full((2, 50), "odd", dtype=object)
    unwritable["posterior"] = xr.Dataset({"sd": (("chain", "draw"), words)})
    with pytest.raises((TypeError, ValueError)):
        fits.save_posterior(unwritable, path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["posterior.npz"]


def test_thinning_keeps_exactly_so_many_and_the_same_of_each_variable():
    arrays = {"a": np.arange(50.0), "b": 10 * np.arange(50.0)[:, None]}
    kept = sampling.thinned(arrays, 20, seed=3)
    assert len(set(kept["a"])) == 20
    np.testing.assert_array_equal(kept["b"][:, 0], 10 * kept["a"])
    np.testing.assert_array_equal(kept["a"], sampling.thinned(arrays, 20, seed=3)["a"])
    assert not np.array_equal(kept["a"], sampling.thinned(arrays, 20, seed=4)["a"])
    with pytest.raises(ValueError, match="51 draws asked for of 50"):
        sampling.thinned(arrays, 51, seed=3)


def faults_of(tree):
    return sampling.faults(sampling.diagnostics(tree), "models/x.nc")


def normal_draws(seed, chains=4, ages=2):
    return np.random.default_rng(seed).normal(size=(chains, 1000, ages))


def test_a_good_fit_has_no_faults_whatever_element_is_fixed():
    good = normal_draws(2)
    assert list(sampling.diagnostics(tree_of(good))["measure"]) == ["r_hat", "ess_bulk", "ess_tail", "divergences"]
    assert faults_of(tree_of(good)) == []
    good[..., 0] = 1.0
    assert faults_of(tree_of(good)) == []


def test_chains_that_disagree_and_draws_that_are_not_finite_are_named_by_their_parameter():
    apart, holed = normal_draws(3), normal_draws(5)
    apart[0, :, 1] += 3.0
    holed[2, 17, 1] = np.nan
    for draws in (apart, holed):
        assert {fault.place for fault in faults_of(tree_of(draws))} == {"parameter sd[65-69]"}
    found = faults_of(tree_of(apart))
    assert any(fault.value.startswith("r̂ 1.") and fault.expected == "at most 1.01" for fault in found)


def test_sticky_draws_and_divergences_are_faults():
    sticky = normal_draws(4, chains=2, ages=1)
    for step in range(1, 1000):
        sticky[:, step] += 0.97 * sticky[:, step - 1]
    found = faults_of(tree_of(sticky, diverging=3))
    assert Fault("models/x.nc", "sampler", "3 divergences", "at most 0") in found
    assert any("effective draws in the bulk" in fault.value for fault in found)


def test_a_badly_posed_model_is_caught_and_named(compiled):
    """Two modes far apart: chains settle in different ones and no amount of drawing joins them."""
    settings = SamplerSettings(chains=6, draws=300, tune=300, target_accept=0.8, seed=1, cores=2)
    found = faults_of(sampling.draw(compiled.with_data(apart=30.0), settings))
    assert {fault.place for fault in found if fault.value.startswith("r̂")} == {"parameter two_modes"}


def conjugate_ranks(posterior_sd):
    """Ranks for μ ~ N(0, 1), y ~ N(μ, 1), whose posterior is N(y/2, 1/2), fitted with another spread."""
    return sbc_ranks(
        lambda generator: {"mu": generator.normal(size=2)},
        lambda truth, generator: truth["mu"] + generator.normal(size=2),
        lambda y, seed: {"mu": y / 2 + posterior_sd * np.random.default_rng(seed).normal(size=(400, *y.shape))},
        runs=400,
        draws=99,
        seed=8,
    )


def test_calibration_passes_the_right_posterior_and_fails_a_wrong_one():
    right = conjugate_ranks(0.5**0.5)
    assert list(right.columns) == ["mu[0]", "mu[1]"]
    assert (right.min().min(), right.max().max()) == (0, 99)
    assert (uniformity(right, 99, 10) > 0.001).all()
    assert (uniformity(conjugate_ranks(0.5), 99, 10) < 1e-4).all()
    with pytest.raises(ValueError, match="bins of equal width"):
        uniformity(right, 98, 10)
