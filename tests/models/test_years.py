"""Years of a decade: what its ten years bring together is what the decade brought."""

import numpy as np
import pytest

from pipeline.demography.cohort_change import DECADE
from pipeline.models.years import orders, yearly
from pipeline.settings.forecast import YearlySettings

RNG = np.random.default_rng(3)
SKEWED = RNG.gamma(2.0, 0.02, (20_000, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
"""Draws of two groups that go together, with a tail."""


@pytest.mark.parametrize(("persistent", "phi"), [(0.0, 0.0), (0.3, 0.3), (0.5, 0.6), (1.0, 0.0)])
def test_ten_years_have_the_mean_and_covariance_of_the_decade(persistent, phi):
    shape = YearlySettings(persistent=persistent, phi=phi)
    order = orders(len(SKEWED), DECADE, np.random.default_rng(5))
    values = yearly(SKEWED, shape, order)
    np.testing.assert_allclose(values.mean(axis=0), np.broadcast_to(SKEWED.mean(axis=0), (DECADE, 2)), atol=1e-12)
    found, expected = np.cov(values.mean(axis=1).T), np.cov(SKEWED.T)
    np.testing.assert_allclose(found, expected, rtol=0.06)


def test_years_correlate_as_they_are_told():
    shape = YearlySettings(persistent=0.0, phi=0.6)
    values = yearly(SKEWED, shape, orders(len(SKEWED), DECADE, np.random.default_rng(5)))[..., 0]
    lag = [np.corrcoef(values[:, t], values[:, t + 1])[0, 1] for t in range(DECADE - 1)]
    assert np.mean(lag) == pytest.approx(shape.phi, abs=0.02)


def test_what_lasts_is_the_same_in_every_year_and_a_single_draw_stands_for_all():
    order = orders(len(SKEWED), 4, np.random.default_rng(5))
    constant = yearly(SKEWED, YearlySettings(persistent=1.0, phi=0.5), order)
    np.testing.assert_allclose(constant, np.repeat(SKEWED[:, None], 4, axis=1), atol=1e-12)
    assert yearly(SKEWED[:1], YearlySettings(persistent=0.2, phi=0.5), order).shape == (1, 4, 2)


def test_areas_that_add_up_over_the_decade_add_up_in_every_year():
    shape, order = YearlySettings(persistent=0.3, phi=0.3), orders(len(SKEWED), 6, np.random.default_rng(5))
    np.testing.assert_allclose(yearly(SKEWED, shape, order) + yearly(-SKEWED, shape, order), 0.0, atol=1e-12)


def test_every_year_takes_each_draw_once():
    for order in orders(50, 3, np.random.default_rng(1)):
        assert sorted(order.tolist()) == list(range(50))
