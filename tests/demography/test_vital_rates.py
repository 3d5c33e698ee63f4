import demography_data as data
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.demography.age_groups import ABRIDGED_AGES
from pipeline.demography.lifetable import life_expectancy, life_table, relational_survivors, survival_ratios
from pipeline.demography.vital_rates import (
    census_year_mean,
    centred,
    relative_fertility,
    relative_level,
    single_age_asfr,
    yearly_standard,
    yearly_survival,
)

MIDDLES = [float(period[:4]) + 3.0 for period in data.WPP_PERIODS]


def test_a_year_from_november_takes_two_months_from_its_first_calendar_year():
    values = np.array([[12.0, 0.0], [24.0, 1.0], [48.0, 5.0]])
    np.testing.assert_allclose(
        census_year_mean(values, 2019, [2019, 2020]), [[22.0, 10 / 12], [44.0, 2 / 12 + 50 / 12]]
    )
    np.testing.assert_allclose(census_year_mean(values[:, 0], 2019, [2020]), [44.0])
    np.testing.assert_allclose(census_year_mean(np.full(5, 3.5), 2000, range(2000, 2004)), 3.5)


def test_yearly_standard_has_the_life_expectancy_asked_for():
    years = range(2000, 2050)
    target = census_year_mean(data.WPP_E0, 1950, years)
    standard = yearly_standard(data.WPP_NMX, MIDDLES, target, years)
    assert standard.shape == (50, 2, 131)
    np.testing.assert_allclose(life_expectancy(standard), target, atol=1e-3)
    assert (standard[..., 0] == 1.0).all()
    assert (np.diff(standard, axis=-1) <= 0).all()
    extreme = np.array([[60.0, 66.0], [85.0, 91.0]])
    standard = yearly_standard(data.WPP_NMX, MIDDLES, extreme, [2020, 2021])
    np.testing.assert_allclose(life_expectancy(standard), extreme, atol=1e-3)


def test_yearly_standard_takes_its_shape_from_the_periods_around_it():
    # Two periods that differ by a factor at every age: at their middles each rules alone, half-way both.
    light = data.WPP_NMX[13:14]
    periods = np.concatenate([light, 2.0 * light])
    e0 = np.full((3, 2), 75.0)
    # Middle of the year from 1 November 2020: 1 May 2021, 2021.333…
    here = 2021.0 + 1.0 / 3.0
    at_first = yearly_standard(periods, [here, here + 5], e0[:1], [2020])
    alone = yearly_standard(np.concatenate([light, light]), [here, here + 5], e0[:1], [2020])
    np.testing.assert_allclose(at_first, alone, rtol=1e-12)
    before = yearly_standard(periods, [here, here + 5], e0[:1], [2010])
    np.testing.assert_allclose(before, alone, rtol=1e-12)
    halfway = yearly_standard(periods, [here - 2.5, here + 2.5], e0[:1], [2020])
    mean = yearly_standard(np.sqrt(2.0) * np.concatenate([light, light]), [0.0, 1.0], e0[:1], [2020])
    np.testing.assert_allclose(halfway, mean, rtol=1e-9)


def test_an_uncounted_tenth_of_the_deaths_is_no_level():
    ages = np.array(ABRIDGED_AGES)
    nmx = data.WPP_NMX[13, 1]
    nation, under = life_table(nmx, "female").lx, life_table(0.9 * nmx, "female").lx
    area, area_under = life_table(1.2 * nmx, "female").lx, life_table(1.08 * nmx, "female").lx
    true = relative_level(area, nation, ages)
    assert true > 0.1
    # The same under-count in both leaves the difference all but as it was.
    assert relative_level(area_under, under, ages) == pytest.approx(true, abs=0.02)
    assert relative_level(area_under, nation, ages) < 0.7 * true


@given(alpha=st.floats(-1.5, 1.5))
def test_relative_level_recovers_a_known_alpha(alpha):
    standard = data.national_standard(2020, 2020)[0]
    shifted = relational_survivors(standard, alpha)
    ages = np.arange(131)
    np.testing.assert_allclose(relative_level(shifted, standard, ages), alpha, atol=1e-9)
    at = np.array(ABRIDGED_AGES)
    np.testing.assert_allclose(relative_level(shifted[:, at], standard[:, at], at), alpha, atol=1e-9)


def test_relative_level_reads_ages_5_to_85_only():
    standard = data.national_standard(2020, 2020)[0]
    other = standard.copy()
    other[:, 1:5] *= 0.9
    other[:, 86:] *= 0.5
    np.testing.assert_array_equal(relative_level(other, standard, np.arange(131)), 0.0)


def test_yearly_survival_shifts_every_year_by_the_area_s_level():
    standard = data.national_standard(2020, 2023)
    alpha = np.array([[[-0.1, 0.2]], [[0.0, 0.0]]])
    ratios = yearly_survival(standard, alpha)
    assert ratios.shape == (2, 4, 2, 101)
    np.testing.assert_allclose(ratios[1], survival_ratios(standard), rtol=1e-9)
    for sex in (0, 1):
        expected = survival_ratios(relational_survivors(standard[3, sex], alpha[0, 0, sex]))
        np.testing.assert_allclose(ratios[0, 3, sex], expected, rtol=1e-12)
    old = slice(60, 101)
    assert (ratios[0, :, 0, old] > ratios[1, :, 0, old]).all()
    assert (ratios[0, :, 1, old] < ratios[1, :, 1, old]).all()
    by_year = np.broadcast_to(alpha, (2, 4, 2))
    np.testing.assert_array_equal(yearly_survival(standard, by_year), ratios)


@given(shares=arrays(float, (2, 3, 7), elements=st.floats(0.1, 60.0)))
def test_asfr_is_one_child_in_the_shares_of_its_groups(shares):
    asfr = single_age_asfr(shares)
    assert asfr.shape == (2, 3, 101)
    np.testing.assert_allclose(asfr.sum(axis=-1), 1.0, rtol=1e-12)
    assert not asfr[..., :15].any()
    assert not asfr[..., 50:].any()
    in_groups = asfr[..., 15:50].reshape(2, 3, 7, 5)
    assert (in_groups == in_groups[..., :1]).all()
    np.testing.assert_allclose(in_groups.sum(axis=-1), shares / shares.sum(axis=-1, keepdims=True), rtol=1e-9)


ASFR = 1.3 * single_age_asfr(np.array([1.0, 20.0, 40.0, 28.0, 9.0, 1.8, 0.2]))
CHINA = data.national_single_ages(2020)


@settings(deadline=None)
@given(level=st.floats(0.3, 3.0), age=st.integers(15, 49), more=st.floats(1.0, 5.0))
def test_relative_fertility_counts_children_not_mothers(level, age, more):
    area = CHINA.copy()
    area[:, :5] *= level
    # Men, and women beyond the fertile ages, do not bear children.
    area[0, 15:] *= 2.0
    area[1, 50:] *= 3.0
    assert relative_fertility(area, CHINA, ASFR) == pytest.approx(level, rel=1e-9)
    # More women of one age dilute the children by the births expected of them.
    area[1, age] *= more
    expected = (CHINA[1] * ASFR).sum() / (area[1] * ASFR).sum()
    assert relative_fertility(area, CHINA, ASFR) == pytest.approx(level * expected, rel=1e-9)


def test_relative_fertility_works_area_by_area():
    areas = np.stack([data.provincial_single_ages(name, 2020) for name in ("zhejiang", "henan")])
    levels = relative_fertility(areas, CHINA, ASFR)
    assert levels.shape == (2,)
    for level, area in zip(levels, areas, strict=True):
        assert level == pytest.approx(float(relative_fertility(area, CHINA, ASFR)), rel=1e-12)
    # Henan is an area of high fertility, Zhejiang of low.
    assert levels[0] < 1 < levels[1]


def test_centred_levels_have_nothing_together_and_keep_their_differences():
    rng = np.random.default_rng(4)
    level, people = rng.standard_normal((5, 3, 7, 2)), rng.uniform(1.0, 9.0, (5, 2, 101))
    beside = centred(level, people)
    old = people[..., 60:].sum(axis=-1)
    np.testing.assert_allclose((beside * old[:, None, None]).sum(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(np.diff(beside, axis=0), np.diff(level, axis=0), atol=1e-12)
    assert abs(level.mean(axis=0)).max() > 0.1
