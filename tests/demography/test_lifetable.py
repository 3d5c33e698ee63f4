import demography_data as data
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.axes import SEXES
from pipeline.demography.age_groups import ABRIDGED_AGES
from pipeline.demography.lifetable import (
    CLOSING_AGE,
    HIGHEST_AGE,
    alpha_for_life_expectancy,
    kannisto,
    life_expectancy,
    life_table,
    person_years,
    relational_survivors,
    single_year_survivors,
    survival_ratios,
)

# A period table runs from mid-year to mid-year: six calendar years, the outer two by half.
HALF_YEARS = np.array([0.5, 1.0, 1.0, 1.0, 1.0, 0.5]) / 5.0


def survivors(period):
    """Women of the nation."""
    return single_year_survivors(life_table(data.WPP_NMX[data.WPP_PERIODS.index(period), 1], "female"))


@pytest.mark.parametrize("sex", SEXES)
def test_e0_is_the_published_one_within_two_hundredths_of_a_year(sex):
    """United Nations (2024), World Population Prospects 2024: mx and e0 of China, all periods from 1970 on.

    Single years keep it over the horizon of a plan.
    """
    starts = [int(period[:4]) for period in data.WPP_PERIODS]
    chosen = [at for at, start in enumerate(starts) if start >= 1970]
    assert len(chosen) == 26
    e0 = data.WPP_E0[:, SEXES.index(sex)]
    published = [HALF_YEARS @ e0[starts[at] - 1950 : starts[at] - 1944] for at in chosen]
    table = life_table(data.WPP_NMX[chosen, SEXES.index(sex)], sex)
    np.testing.assert_allclose(table.ex[:, 0], published, atol=0.02, rtol=0)
    plan = [2000 <= starts[at] <= 2045 for at in chosen]
    single = life_expectancy(single_year_survivors(table))
    np.testing.assert_allclose(single[plan], np.array(published)[plan], atol=0.02, rtol=0)


RATES = arrays(float, 22, elements=st.floats(1e-6, 2.0))
SEX = st.sampled_from(SEXES)


@settings(deadline=None)
@given(nmx=RATES, sex=SEX)
def test_columns_obey_their_definitions(nmx, sex):
    table = life_table(nmx, sex)
    width = np.diff(ABRIDGED_AGES)
    assert table.lx[0] == 1.0
    assert (np.diff(table.lx) <= 0).all()
    assert ((table.nqx >= 0) & (table.nqx <= 1)).all()
    assert ((table.nax[:-1] > 0) & (table.nax[:-1] < width)).all()
    np.testing.assert_allclose(table.lx[1:], table.lx[:-1] - table.ndx[:-1], atol=1e-15)
    np.testing.assert_allclose(table.ndx, table.lx * table.nqx, rtol=1e-12)
    assert table.ndx.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(
        table.nLx[:-1], width * table.lx[1:] + table.nax[:-1] * table.ndx[:-1], rtol=1e-12, atol=1e-300
    )
    np.testing.assert_allclose(table.Tx[:-1], table.Tx[1:] + table.nLx[:-1], rtol=1e-12)
    assert table.Tx[0] == pytest.approx(table.nLx.sum(), rel=1e-12)
    np.testing.assert_allclose(table.ex * table.lx, table.Tx, rtol=1e-9, atol=1e-300)
    # Deaths over person-years are the rates that went in, wherever somebody is left.
    inside = (table.nqx < 1) | (np.array(ABRIDGED_AGES) == 100)
    alive = inside & (table.nLx > 1e-200)
    np.testing.assert_allclose(table.ndx[alive], (nmx * table.nLx)[alive], rtol=1e-9)


@pytest.mark.parametrize("sex", SEXES)
def test_heavier_mortality_at_all_ages_shortens_life_of_the_nation(sex):
    nmx = data.WPP_NMX[:, SEXES.index(sex)]
    levels = [life_table(nmx * factor, sex).ex[:, 0] for factor in (0.5, 0.8, 1.0, 1.25, 2.0)]
    assert (np.diff(levels, axis=0) < 0).all()


@settings(deadline=None)
@given(nmx=arrays(float, 22, elements=st.floats(1e-5, 2.0)), sex=SEX)
def test_single_year_table_keeps_lx_at_shared_ages(nmx, sex):
    table = life_table(nmx, sex)
    single = single_year_survivors(table)
    shared = [age for age in ABRIDGED_AGES if age <= CLOSING_AGE + 15]
    assert shared[-1] == 95
    np.testing.assert_allclose(single[shared], table.lx[: len(shared)], rtol=1e-9, atol=1e-290)
    assert single.shape == (HIGHEST_AGE + 1,)
    assert (np.diff(single) <= 0).all()
    # Above, the hazard is Kannisto's, which never falls.
    hazard = -np.diff(np.log(np.maximum(single[95:], 1e-300)))
    assert (np.diff(hazard[single[96:] > 1e-290]) >= -1e-9).all()


def test_kannisto_recovers_its_own_law():
    ages, old = np.arange(80, 100) + 0.5, np.arange(100, 130) + 0.5

    def law(x):
        odds = 0.08 * np.exp(0.11 * (x - 80))
        return odds / (1 + odds)

    np.testing.assert_allclose(kannisto(law(ages), ages, old), law(old), rtol=1e-9)


def test_survival_ratios_are_those_of_the_person_years():
    lx = survivors("2015-2020")
    years, ratios = person_years(lx), survival_ratios(lx)
    assert ratios.shape == (101,)
    # Lived through the first year by those who die in it: a tenth; in every other year: half.
    assert ratios[0] == pytest.approx(lx[1] + 0.1 * (1 - lx[1]), rel=1e-12)
    assert ratios[1] == pytest.approx((lx[1] + lx[2]) / 2 / ratios[0], rel=1e-12)
    assert ratios[60] == pytest.approx((lx[60] + lx[61]) / (lx[59] + lx[60]), rel=1e-12)
    assert life_expectancy(lx) == pytest.approx(years.sum(), rel=1e-12)
    # A stationary population stays as it is.
    people = np.append(years[:100], years[100:].sum())
    after = np.append(ratios[0], ratios[1:] * people[:-1])
    after[-1] += ratios[-1] * people[-1]
    np.testing.assert_allclose(after, people, rtol=1e-12)


def test_survival_ratios_of_the_nation_fall_from_middle_age_on():
    ratios = survival_ratios(data.national_standard(2023, 2045))
    assert ((ratios > 0) & (ratios <= 1)).all()
    assert (np.diff(ratios[..., 40:100], axis=-1) < 0).all()
    # Once the pandemic is over, each year's survival at old ages is above that of the year before.
    assert (np.diff(ratios[..., 60:], axis=0) > 0).all()


@pytest.fixture(scope="module")
def standard():
    return survivors("2020-2025")


@settings(deadline=None)
@given(e0=arrays(float, (2, 3), elements=st.floats(25.0, 105.0)))
def test_alphas_reach_any_life_expectancies(standard, e0):
    reached = relational_survivors(standard, alpha_for_life_expectancy(standard, e0))
    np.testing.assert_allclose(life_expectancy(reached), e0, atol=0.001)
    assert (reached[..., 0] == 1.0).all()
    assert (np.diff(reached) <= 0).all()
    assert alpha_for_life_expectancy(standard, life_expectancy(standard)) == pytest.approx(0.0, abs=1e-6)


def test_relational_table_is_brass_s(standard):
    alphas = np.array([-1.5, 0.0, 0.3, 2.0])
    lx = relational_survivors(standard, alphas)

    def logit(survivors):
        return np.log((1 - survivors) / survivors)

    np.testing.assert_allclose(logit(lx[:, 1:100]), alphas[:, None] + logit(standard[1:100]), rtol=1e-9)
    np.testing.assert_allclose(relational_survivors(standard, 0.0)[:110], standard[:110], rtol=1e-9)


@pytest.mark.parametrize("e0", [19.9, 110.1, 0.0, -5.0, np.nan])
def test_impossible_or_blank_life_expectancy_is_refused(standard, e0):
    with pytest.raises(ValueError, match="life expectancy" if np.isnan(e0) else "outside 20 to 110 years"):
        alpha_for_life_expectancy(standard, e0)


USUAL = np.full(22, 0.01)


@pytest.mark.parametrize(
    ("nmx", "sex", "message"),
    [
        *(
            (np.r_[USUAL[:5], rate, USUAL[6:]], "female", "finite and not negative")
            for rate in (-0.001, np.nan, np.inf)
        ),
        (np.r_[USUAL[1:], 0.0], "female", "open age group needs a death rate above zero"),
        (USUAL[1:], "female", r"21.*22|22.*21"),
        (USUAL, "both", "both"),
    ],
)
def test_rates_that_cannot_be_are_refused(nmx, sex, message):
    with pytest.raises((KeyError, ValueError), match=message):
        life_table(nmx, sex)
