import numpy as np
import pytest
from defaults import default_settings
from demography_data import provincial_single_ages
from test_margins import BANDS, XUCHANG, area, learned_elsewhere

from pipeline.axes import CENSUS_GROUPS as MARGIN_GROUPS
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, DECADE
from pipeline.demography.graduation import graduate
from pipeline.demography.lifetable import life_expectancy, relational_survivors
from pipeline.models.forward import (
    OLDEST_CHANGE,
    area_draws,
    city_error,
    city_excess,
    consistency_draws,
    excess_draws,
    national_levels,
    national_tfr,
    orders,
    shared_excess,
    yearly,
    young_on_old,
)
from pipeline.models.margins import margins_of, reconstruct
from pipeline.models.old_age import FIRST_MODELLED, NATIONAL_CHANGE
from pipeline.random import Z80
from pipeline.settings.forecast import YearlySettings

GROUPS = len(COHORT_GROUPS)
ASSUMPTIONS = default_settings().forecast
SKEWED = np.random.default_rng(3).gamma(2.0, 0.02, (20_000, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
"""Draws of two groups that go together, with a tail."""
ORDER = orders(len(SKEWED), DECADE, np.random.default_rng(5))


def test_the_published_interval_of_life_expectancy_comes_back():
    """Gompertz tables; an interval with a longer lower side, at its median and at its 10 and 90 % quantiles."""
    ages = np.arange(131)
    lx = np.exp(-0.00003 / 0.1 * (np.exp(0.1 * ages) - 1.0))
    standard = np.broadcast_to(lx, (3, 2, 131))
    e0 = life_expectancy(standard)
    low, high = e0 - np.array([[0.5], [1.5], [2.5]]), e0 + np.array([[0.3], [1.0], [1.9]])
    levels = national_levels(standard, e0, low, high, np.array([-Z80, 0.0, Z80]))
    drawn = life_expectancy(relational_survivors(standard, levels))
    np.testing.assert_allclose(drawn, np.stack([low, e0, high]), atol=1e-4)


def test_the_published_interval_of_fertility_comes_back():
    median, low, high = np.array([1.2, 1.25]), np.array([1.0, 0.9]), np.array([1.3, 1.6])
    drawn = national_tfr(median, low, high, np.array([-Z80, 0.0, Z80]))
    np.testing.assert_allclose(drawn, np.stack([low, median, high]))


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


def test_draws_of_the_old_are_narrowed_around_their_mean_and_the_young_follow_their_last_decade():
    last = np.random.default_rng(2).standard_normal((2, 2, GROUPS))
    old = np.random.default_rng(3).standard_normal((4_000, 2, 2, GROUPS - FIRST_MODELLED))
    found = excess_draws(last, old, ASSUMPTIONS, np.random.default_rng(4))
    np.testing.assert_allclose(found[..., FIRST_MODELLED:].mean(axis=0), old.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found[..., FIRST_MODELLED:].std(axis=0), ASSUMPTIONS.width * old.std(axis=0))
    persistence = ASSUMPTIONS.persistence
    middle = (persistence.low + persistence.high) / 2 * last[..., :FIRST_MODELLED]
    np.testing.assert_allclose(found[..., :FIRST_MODELLED].mean(axis=0), middle, atol=0.003)


def test_what_the_young_of_cities_owe_to_the_old_is_learned():
    rng = np.random.default_rng(4)
    old = 0.08 * rng.standard_normal((400, 2, GROUPS - FIRST_MODELLED))
    young = 1.5 * old[..., :1] + 0.2 * rng.standard_normal((400, 2, FIRST_MODELLED))
    slopes, rest = young_on_old(np.concatenate([young, old], axis=-1))
    assert rest.std() == pytest.approx(0.2, rel=0.05)
    again = city_error(old, slopes, rest)
    np.testing.assert_allclose(again, np.concatenate([young, old], axis=-1), atol=1e-12)


def test_what_margins_leave_open_is_uncertain_on_census_day_and_nothing_else_is():
    _, province = area(XUCHANG)
    said = margins_of(area(XUCHANG)[0], BANDS)
    tables = reconstruct(said, province, learned_elsewhere("henan", 30), np.random.default_rng(3))
    standard = provincial_single_ages("henan", 2020)
    base = graduate(tables, MARGIN_GROUPS, standard)
    # Stage `build_baseline` publishes one table: graduated from the mean, whose bands are those of every draw.
    old = graduate(tables.mean(axis=0), MARGIN_GROUPS, standard) @ summing_matrix(("60+", "65+")).T
    np.testing.assert_allclose(old.sum(axis=0), [said.bands["60+"], said.bands["65+"]], rtol=1e-9)
    steps = np.broadcast_to(np.linspace(1.0, 0.2, 102), (15, 2, 102))

    def draws_of(base, fertility):
        return area_draws(
            base=base,
            level=np.array([0.1, 0.1]),
            standard_lx=steps,
            nation_level=np.zeros((30, 15, 2)),
            nation_tfr=np.full((30, 15), 1.3),
            fertility=fertility,
            consistency=np.zeros((30, 2, GROUPS)),
            excess=np.zeros((30, 2, GROUPS)),
            assumptions=ASSUMPTIONS,
            generator=np.random.default_rng(1),
        )

    fertility = np.linspace(0.9, 1.1, 30)
    drawn = draws_of(base, fertility)
    people = drawn["base"]
    assert people.shape == (30, 2, 101)
    for first, last, count in ((0, 15, "0-14"), (60, 101, "60+"), (65, 101, "65+")):
        np.testing.assert_allclose(people[..., first:last].sum(axis=(1, 2)), said.bands[count], rtol=1e-9)
    assert np.ptp(people[..., 80:].sum(axis=(1, 2))) > 0.05 * people[..., 80:].sum(axis=(1, 2)).mean()
    # Each draw is what it would be by itself.
    alone = draws_of(base[7], float(fertility[7]))
    for name in ("migration", "tfr", "level"):
        np.testing.assert_allclose(drawn[name][7], alone[name][7], rtol=1e-12, atol=1e-12)


def test_a_city_of_one_census_follows_its_province_with_the_spread_of_cities():
    province = np.full((2, GROUPS), 0.2)
    future = np.random.default_rng(1).normal(0.1, 0.01, (500, 2, GROUPS))
    error = np.random.default_rng(2).normal(0.0, 0.08, (500, 2, GROUPS))
    drawn = city_excess(province, province, future, error, ASSUMPTIONS, np.random.default_rng(3))
    np.testing.assert_allclose(drawn[..., -8:] - future[..., -8:], error[..., -8:], atol=1e-12)
    # Below 50 a share of what the city had comes back, and what is new keeps the spread of cities.
    young = (drawn - future)[..., :-8].std()
    assert 0.6 * error.std() < young < 0.95 * error.std()


@pytest.mark.parametrize(("persistent", "phi"), [(0.0, 0.0), (0.3, 0.3), (0.5, 0.6), (1.0, 0.0)])
def test_ten_years_have_the_mean_and_covariance_of_the_decade(persistent, phi):
    values = yearly(SKEWED, YearlySettings(persistent=persistent, phi=phi), ORDER)
    np.testing.assert_allclose(values.mean(axis=0), np.broadcast_to(SKEWED.mean(axis=0), (DECADE, 2)), atol=1e-12)
    np.testing.assert_allclose(np.cov(values.mean(axis=1).T), np.cov(SKEWED.T), rtol=0.06)


def test_years_correlate_as_they_are_told():
    values = yearly(SKEWED, YearlySettings(persistent=0.0, phi=0.6), ORDER)[..., 0]
    lag = [np.corrcoef(values[:, t], values[:, t + 1])[0, 1] for t in range(DECADE - 1)]
    assert np.mean(lag) == pytest.approx(0.6, abs=0.02)


def test_what_lasts_is_the_same_in_every_year_and_a_single_draw_stands_for_all():
    constant = yearly(SKEWED, YearlySettings(persistent=1.0, phi=0.5), ORDER[:4])
    np.testing.assert_allclose(constant, np.repeat(SKEWED[:, None], 4, axis=1), atol=1e-12)
    assert yearly(SKEWED[:1], YearlySettings(persistent=0.2, phi=0.5), ORDER[:4]).shape == (1, 4, 2)


def test_areas_that_add_up_over_the_decade_add_up_in_every_year():
    shape = YearlySettings(persistent=0.3, phi=0.3)
    np.testing.assert_allclose(yearly(SKEWED, shape, ORDER) + yearly(-SKEWED, shape, ORDER), 0.0, atol=1e-12)
    # Every year takes each draw once.
    assert np.array_equal(np.sort(ORDER, axis=1), np.broadcast_to(np.arange(len(SKEWED)), ORDER.shape))
