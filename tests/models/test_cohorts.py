import demography_data as data
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.cohorts import (
    BANDS,
    GROUPS,
    cohorts,
    extrapolated,
    five_year,
    in_bands,
    joined,
    log_change,
    log_survival,
    open_at_85,
    split,
    survival_steps,
)

people = arrays(float, (2, 18), elements=st.floats(1.0, 1e6))


def nation(year):
    return five_year(open_at_85(data.census("provinces/china", year, data.GROUPS_100)))


def test_cohorts_are_ten_years_older_and_end_in_85_and_over():
    assert (len(GROUPS), len(COHORT_GROUPS)) == (18, 16)
    counted = np.arange(18.0)
    reached = dict(zip(COHORT_GROUPS, cohorts(counted), strict=True))
    assert reached["10-14"] == counted[GROUPS.index("0-4")]
    assert reached["80-84"] == counted[GROUPS.index("70-74")]
    assert reached["85+"] == counted[GROUPS.index("75-79") :].sum()


@given(people, people)
def test_a_change_ratio_turns_the_first_census_into_the_second(first, second):
    assert np.allclose(cohorts(first) * np.exp(log_change(first, second)), second[:, 2:], rtol=1e-12)


@pytest.mark.parametrize("wrong", [0.0, np.nan])
@pytest.mark.parametrize("census", [0, 1])
def test_an_empty_or_blank_cohort_has_no_change_ratio(census, wrong):
    tables = np.ones((2, 2, 18))
    tables[census, 0, 4] = wrong
    with pytest.raises(ValueError, match="cohort is empty or blank"):
        log_change(*tables)


def test_rates_are_extrapolated_along_their_logarithms():
    """A rate that halves in ten years is at 2^-1.5 of the first after fifteen, and half-way between at minus five."""
    found = extrapolated(np.array([0.02]), np.array([0.01]), [-10.0, -5.0, 0.0, 5.0])
    assert np.allclose(found[:, 0], 0.02 * 2.0 ** -np.array([0.0, 0.5, 1.0, 1.5]))
    with pytest.raises(ValueError, match="zero or blank"):
        extrapolated(np.array([0.0]), np.array([0.01]), [5.0])


def test_survivors_of_the_stationary_population_are_the_stationary_population():
    """With constant rates nobody is lost or gained beside deaths: everybody aged a + 10 was a ten years before."""
    nmx = data.WPP_NMX[12]
    steps = survival_steps(np.stack([nmx, nmx]))
    assert steps.shape == (2, 2, 17)
    assert np.all((steps > 0) & (steps < 1))
    stationary = np.ones((2, 18))
    stationary[:, 1:-1] = np.cumprod(steps[0, :, :-1], axis=1)
    stationary[:, -1] = stationary[:, -2] * steps[0, :, -1] / (1.0 - steps[0, :, -1])
    assert np.allclose(log_survival(stationary, steps), log_change(stationary, stationary), atol=1e-12)


def test_survival_falls_with_age_and_does_not_depend_on_the_size_of_cohorts():
    steps = survival_steps(data.WPP_NMX[12:14])
    found = log_survival(nation(2010), steps)
    assert np.all(found < 0)
    assert np.all(np.diff(found[:, 6:], axis=1) < 0)
    assert np.allclose(log_survival(7.0 * nation(2010), steps), found)
    assert np.exp(found[:, COHORT_GROUPS.index("70-74")]) == pytest.approx([0.80, 0.87], abs=0.03)


def test_wpp_2024_survivors_fall_short_of_the_census_of_2020():
    """The project's own measurement of WPP 2024 against the census: 3.0 % at 60+, 11.5 at 80+, 20.8 at 85+."""
    start, counted = nation(2010), nation(2020)[:, 2:]
    alive = cohorts(start) * np.exp(log_survival(start, survival_steps(data.WPP_NMX[12:14])))
    assert in_bands(alive)[[0, 3]] / in_bands(counted)[[0, 3]] - 1.0 == pytest.approx([-0.030, -0.115], abs=0.008)
    assert alive[:, -1].sum() / counted[:, -1].sum() - 1.0 == pytest.approx(-0.208, abs=0.02)


@given(arrays(float, (3, 2, 8), elements=st.floats(-1.0, 1.0)))
def test_mean_and_contrast_hold_both_sexes(values):
    mean, contrast = split(values)
    assert np.allclose(joined(mean, contrast), values, atol=1e-15)
    assert np.allclose(mean + contrast, values[:, 0])


def test_bands_count_from_their_first_age_whatever_younger_groups_are_given():
    by_group = np.arange(16.0)[None].repeat(2, axis=0)
    expected = [2.0 * by_group[0, COHORT_GROUPS.index(f"{band[:-1]}-{int(band[:-1]) + 4}") :].sum() for band in BANDS]
    assert list(in_bands(by_group)) == expected
    assert list(in_bands(by_group[:, -8:])) == expected
