"""Priors as 80 % intervals: the distribution made of one has it."""

from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from pipeline import random as elicited
from pipeline.models.city_errors import scatter_within
from pipeline.settings import Beta, CentredNormal, InverseGamma, ShiftedGamma


def interval(low: float, high: float) -> SimpleNamespace:
    return SimpleNamespace(low=low, high=high)


def has(distribution: object, low: float, high: float) -> None:
    assert distribution.ppf([0.1, 0.9]) == pytest.approx([low, high], rel=1e-6, abs=1e-9)


@given(st.floats(-1, 1), st.floats(0.01, 2))
def test_a_normal_has_its_interval(low: float, width: float) -> None:
    mean, sd = elicited.normal(interval(low, low + width))
    has(stats.norm(mean, sd), low, low + width)


def test_a_size_lies_below_its_end_four_times_in_five() -> None:
    size = elicited.spread(interval(0.0, 0.128))
    assert stats.halfnorm(scale=size).cdf(0.128) == pytest.approx(0.8)
    has(stats.norm(0.0, size), -0.128, 0.128)


@given(st.floats(1e-4, 100), st.floats(1.001, 1000))
def test_a_lognormal_has_its_interval(low: float, times: float) -> None:
    median, sd = elicited.lognormal(interval(low, low * times))
    has(stats.lognorm(sd, scale=median), low, low * times)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_beta_has_its_interval_whatever_the_settings_allow(one: float, other: float) -> None:
    low, high = sorted((one, other))
    try:
        Beta(low=low, high=high)
    except ValidationError:
        return
    has(stats.beta(*elicited.beta(interval(low, high))), low, high)


@given(st.floats(2.01, 200), st.floats(2.01, 200))
def test_degrees_of_freedom_have_their_interval_whatever_the_settings_allow(one: float, other: float) -> None:
    low, high = sorted((one, other))
    try:
        ShiftedGamma(low=low, high=high)
    except ValidationError:
        return
    shape, rate = elicited.gamma(interval(low, high), above=2.0)
    has(stats.gamma(shape, loc=2.0, scale=1 / rate), low, high)


@given(st.floats(0.01, 0.5), st.floats(1.0, 4.5))
def test_scatter_of_cities_has_its_interval_whatever_the_settings_allow(low: float, times: float) -> None:
    """By the marginal of one variance under an inverse Wishart of 16 rows."""
    try:
        InverseGamma(low=low, high=low * times)
    except ValidationError:
        return
    prior = scatter_within(interval(low, low * times), 0.95, 0.8)
    shape = (prior.cities + 16 + 1 - 16 + 1) / 2
    variance = stats.invgamma(shape, scale=prior.cities * prior.sd**2 / 2)
    has(variance, low**2, (low * times) ** 2)
    assert variance.mean() == pytest.approx(prior.sd**2)


@pytest.mark.parametrize(
    ("made", "low", "high"),
    [
        (elicited.beta, 0.0, 0.5),
        (elicited.beta, 0.5, 0.5),
        (elicited.gamma, 0.0, 1.0),
        (elicited.gamma, 2.0, 1.0),
        (partial(scatter_within, neighbours=0.9, sexes=0.9), 0.01, 0.1),
    ],
)
def test_what_no_distribution_has_is_refused(made: object, low: float, high: float) -> None:
    with pytest.raises(ValueError, match=r"80 % interval|too wide"):
        made(interval(low, high))


def test_ends_around_zero_must_be_opposite() -> None:
    CentredNormal(low=-0.1, high=0.1)
    with pytest.raises(ValidationError, match="opposite"):
        CentredNormal(low=-0.1, high=0.2)
