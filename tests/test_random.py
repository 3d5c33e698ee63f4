from contextlib import suppress
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from pipeline import random
from pipeline.models.city_errors import scatter_within
from pipeline.random import Z80, Ends, draws_of, strata, stream
from pipeline.settings.fields import Beta, InverseGamma, ShiftedGamma


def test_a_stream_does_not_depend_on_those_drawn_before_it():
    names = [("hukou", "a"), ("hukou", "b"), ("imputed", "a")]
    forwards = {name: stream(7, *name).standard_normal(5) for name in names}
    backwards = {name: stream(7, *name).standard_normal(5) for name in reversed(names)}
    for name in names:
        np.testing.assert_array_equal(forwards[name], backwards[name])


def test_other_names_or_another_seed_give_other_numbers():
    draws = [
        stream(seed, *names).standard_normal(4).tolist()
        for seed, names in ((7, ("hukou", "a")), (7, ("a", "hukou")), (7, ("hukou", "b")), (7, ()), (8, ("hukou", "a")))
    ]
    assert len({tuple(drawn) for drawn in draws}) == len(draws)


def test_streams_are_not_correlated():
    drawn = np.stack([stream(7, "hukou", name).standard_normal(4000) for name in "abcd"])
    between = np.corrcoef(drawn) - np.eye(4)
    assert np.abs(between).max() < 0.06


def test_the_interval_is_the_middle_80_per_cent_of_the_draws():
    assert stats.norm.ppf(0.9) == pytest.approx(Z80, rel=1e-12)
    drawn = draws_of(Ends(0.6, 1.6), stream(7, "test"), 200_000)
    assert (drawn > 0).all()
    np.testing.assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), [0.6, np.sqrt(0.6 * 1.6), 1.6], rtol=0.01)


def test_one_draw_is_the_median_and_takes_nothing_from_the_stream():
    generator = stream(7, "test")
    np.testing.assert_allclose(draws_of(Ends(0.5, 2.0), generator, 1), [1.0], rtol=1e-12)
    assert generator.standard_normal() == stream(7, "test").standard_normal()


@pytest.mark.parametrize("draws", [2, 41, 4000])
def test_strata_have_the_quantiles_of_a_normal_with_any_number_of_draws(draws):
    found = strata(stream(1, "a"), draws)
    assert np.median(found) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(np.sort(found), stats.norm.ppf((np.arange(draws) + 0.5) / draws), atol=1e-12)
    assert not np.array_equal(found, np.sort(found)) or draws == 2
    assert np.array_equal(found, strata(stream(1, "a"), draws))


def has(distribution, low, high):
    assert distribution.ppf([0.1, 0.9]) == pytest.approx([low, high], rel=1e-6, abs=1e-9)


@given(st.floats(-1, 1), st.floats(0.01, 2))
def test_a_normal_has_its_interval(low, width):
    mean, sd = random.normal(Ends(low, low + width))
    has(stats.norm(mean, sd), low, low + width)


def test_a_size_lies_below_its_end_four_times_in_five():
    size = random.spread(Ends(0.0, 0.128))
    assert stats.halfnorm(scale=size).cdf(0.128) == pytest.approx(0.8)
    has(stats.norm(0.0, size), -0.128, 0.128)


@given(st.floats(1e-4, 100), st.floats(1.001, 1000))
def test_a_lognormal_has_its_interval(low, times):
    median, sd = random.lognormal(Ends(low, low * times))
    has(stats.lognorm(sd, scale=median), low, low * times)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_beta_has_its_interval_whatever_the_settings_allow(one, other):
    low, high = sorted((one, other))
    with suppress(ValidationError):
        Beta(low=low, high=high)
        has(stats.beta(*random.beta(Ends(low, high))), low, high)


@given(st.floats(2.01, 200), st.floats(2.01, 200))
def test_degrees_of_freedom_have_their_interval_whatever_the_settings_allow(one, other):
    low, high = sorted((one, other))
    with suppress(ValidationError):
        ShiftedGamma(low=low, high=high)
        shape, rate = random.gamma(Ends(low, high), above=2.0)
        has(stats.gamma(shape, loc=2.0, scale=1 / rate), low, high)


@given(st.floats(0.01, 0.5), st.floats(1.0, 4.5))
def test_scatter_of_cities_has_its_interval_whatever_the_settings_allow(low, times):
    """By the marginal of one variance under an inverse Wishart of 16 rows."""
    with suppress(ValidationError):
        InverseGamma(low=low, high=low * times)
        prior = scatter_within(Ends(low, low * times), 0.95, 0.8)
        shape = (prior.cities + 16 + 1 - 16 + 1) / 2
        variance = stats.invgamma(shape, scale=prior.cities * prior.sd**2 / 2)
        has(variance, low**2, (low * times) ** 2)
        assert variance.mean() == pytest.approx(prior.sd**2)


@pytest.mark.parametrize(
    ("made", "low", "high"),
    [
        (random.beta, 0.0, 0.5),
        (random.beta, 0.5, 0.5),
        (random.gamma, 0.0, 1.0),
        (random.gamma, 2.0, 1.0),
        (partial(scatter_within, neighbours=0.9, sexes=0.9), 0.01, 0.1),
    ],
)
def test_what_no_distribution_has_is_refused(made, low, high):
    with pytest.raises(ValueError, match=r"80 % interval|too wide"):
        made(Ends(low, high))
