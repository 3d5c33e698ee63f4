"""From posteriors to areas: provinces that share nothing, cities' errors below 50, the nation's residual."""

import numpy as np
import pytest
from defaults import default_settings

from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.forward import OLDEST_CHANGE, city_error, consistency_draws, narrowed, shared_excess, young_on_old
from pipeline.models.old_age import FIRST_MODELLED, NATIONAL_CHANGE
from pipeline.models.years import orders, yearly
from pipeline.settings.forecast import YearlySettings

GROUPS = len(COHORT_GROUPS)
ASSUMPTIONS = default_settings().forecast


def test_the_nations_residual_may_grow_as_well_as_come_back():
    residual = np.full((2, GROUPS), 0.1)
    drawn = consistency_draws(residual, ASSUMPTIONS, np.random.default_rng(1), 40_000)
    np.testing.assert_allclose(drawn.mean(axis=0), residual, atol=0.004)
    assert (drawn[:, 0, FIRST_MODELLED] > 0.1).mean() == pytest.approx(0.5, abs=0.02)
    own = consistency_draws(np.zeros((2, GROUPS)), ASSUMPTIONS, np.random.default_rng(1), 40_000).std(axis=0)
    expected = np.concatenate([np.zeros(FIRST_MODELLED), NATIONAL_CHANGE[: -len(OLDEST_CHANGE)], OLDEST_CHANGE])
    np.testing.assert_allclose(own, np.broadcast_to(expected, own.shape), rtol=0.03)


def test_provinces_without_what_they_share_add_up_to_the_nation_over_the_decade():
    rng = np.random.default_rng(2)
    excess = 0.1 * rng.standard_normal((300, 5, 2, GROUPS))
    survivors = rng.uniform(1.0, 9.0, (5, 2, GROUPS))
    order = orders(300, 15, rng)
    shape = YearlySettings(persistent=0.3, phi=0.3)
    shared = shared_excess(excess, survivors, shape, order)
    assert shared.shape == (300, 15, 2, GROUPS)
    total = sum(
        survivors[at] * np.exp((yearly(excess[:, at], shape, order) - shared)[:, :10].mean(axis=1)) for at in range(5)
    )
    np.testing.assert_allclose(total, np.broadcast_to(survivors.sum(axis=0), total.shape), rtol=1e-9)


def test_narrowed_draws_keep_their_mean_and_the_young():
    excess = np.random.default_rng(3).standard_normal((500, 2, 2, GROUPS))
    found = narrowed(excess, 0.8)
    np.testing.assert_allclose(found.mean(axis=0), excess.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found[..., FIRST_MODELLED:].std(axis=0), 0.8 * excess[..., FIRST_MODELLED:].std(axis=0))
    np.testing.assert_allclose(found[..., :FIRST_MODELLED], excess[..., :FIRST_MODELLED], atol=1e-12)


def test_what_the_young_of_cities_owe_to_the_old_is_learned():
    rng = np.random.default_rng(4)
    old = 0.08 * rng.standard_normal((400, 2, GROUPS - FIRST_MODELLED))
    young = 1.5 * old[..., :1] + 0.2 * rng.standard_normal((400, 2, FIRST_MODELLED))
    slopes, rest = young_on_old(np.concatenate([young, old], axis=-1))
    assert rest.std() == pytest.approx(0.2, rel=0.05)
    again = city_error(old, slopes, rest)
    np.testing.assert_allclose(again, np.concatenate([young, old], axis=-1), atol=1e-12)
