import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from national_care import (
    DEFINITIONS,
    GRADIENT,
    HAZARD,
    INTENSITIES,
    PROFILE,
    SEXES,
    SHARE,
    TRENDS,
    YEARS,
    base_log_odds,
    national,
    raw,
    structure,
)
from scipy.special import expit, logit

from pipeline.care import care_tables as tables
from pipeline.care import disability


@pytest.mark.parametrize("name", [name for name in DEFINITIONS if DEFINITIONS[name].prevalence is not None])
def test_published_share_is_met_in_its_own_year_and_structure(name):
    definition = DEFINITIONS[name]
    share = national(name, definition.year) / structure(definition.year).sum()
    assert share == pytest.approx(definition.prevalence, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "year", "disabled", "within"),
    [
        # 17.11 % of the 266.7 m there were; the census tables hold 264.0 m, 1.0 % fewer.
        ("li_2022", 2020, 45.64e6, 0.011),
        # Any ADL (Gong et al. 2022): 8.1 ± 0.05 % is the precision of the source, ± 0.6 %.
        ("adl", 2020, 21.4e6, 0.006),
        # The structure of 2015 lies between two censuses and holds 0.6 % fewer people.
        ("survey_2015", 2015, 40.63e6, 0.01),
    ],
)
def test_published_numbers_of_the_disabled(name, year, disabled, within):
    assert national(name, year) == pytest.approx(disabled, rel=within)


def test_transition_lies_between_the_census_and_any_adl():
    """The published intensities give about 6 %, not the 40 % of another model on the same survey."""
    share = national("transition", 2020) / structure(2020).sum()
    assert DEFINITIONS["census_selfcare"].prevalence < share < DEFINITIONS["adl"].prevalence


def test_a_steeper_gradient_moves_disability_to_the_oldest_and_keeps_the_total():
    people = structure(2020)
    steep = disability.steepened(GRADIENT, np.array([1.0, 2.0]))
    log_odds = disability.calibrated(steep, people, 0.0234)
    share = expit(log_odds)
    np.testing.assert_allclose((share * people).sum(axis=(1, 2)) / people.sum(), 0.0234, atol=1e-9)
    np.testing.assert_allclose(log_odds[0], base_log_odds("census_selfcare")[0])
    flat, rising = (odds[:, -1] - odds[:, 0] for odds in log_odds)
    np.testing.assert_allclose(rising, 2 * flat, rtol=1e-9)


@pytest.mark.parametrize(
    ("year", "share", "men", "women", "steepness"),
    [(2010, 0.0295, (19.33, 0.9640), (21.94, 0.9486), 2.56), (2020, 0.0234, (21.78, 0.9663), (24.80, 0.9544), 2.44)],
)
def test_the_steepness_of_self_care_is_what_two_censuses_say(year, share, men, women, steepness):
    """Lu et al. 2023: years from 60 on in which people care for themselves, and their share of all years."""
    able, part = np.array([men, women]).T
    ahead = able / part

    def lived(sex, factor):
        lx = np.exp(-np.concatenate([[0.0], np.cumsum(factor * HAZARD[sex])]))
        return np.add.reduceat((lx[:-1] + lx[1:]) / 2, range(0, 45, 5))

    factors = np.linspace(0.4, 1.2, 801)
    weight = np.stack(
        [lived(sex, min(factors, key=lambda factor: abs(lived(sex, factor).sum() - ahead[sex]))) for sex in (0, 1)]
    )
    steep = disability.steepened(GRADIENT, np.array([steepness]))
    unable = expit(disability.calibrated(steep, structure(year), share)[0])
    found = (weight * unable).sum() / weight.sum()
    assert found == pytest.approx((ahead - able).sum() / ahead.sum(), rel=0.01)


@pytest.mark.parametrize("name", ["census_selfcare", "adl", "li_2022"])
def test_severity_rises_with_age_and_its_national_shares_are_met_in_every_draw(name):
    normal, people = np.array([-1.5, 0.0, 1.5]), structure(DEFINITIONS[name].year)
    share = expit(base_log_odds(name, normal))
    wanted = PROFILE.of_disabled(float(DEFINITIONS[name].prevalence or 0), normal)
    divided = disability.severity_by_age(wanted, disabled=people * share, gradient=1.8 * GRADIENT)
    np.testing.assert_allclose(divided.sum(axis=1), 1.0)
    found = disability.people_by_severity(people[None, None], share[:, None], divided)[:, 0]
    np.testing.assert_allclose(found / found.sum(axis=1, keepdims=True), wanted, atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), (people * share).sum(axis=(1, 2)))
    if name != "census_selfcare":
        assert np.all(np.diff(divided[:, 1] + divided[:, 2], axis=-1) > 0)


def test_the_more_than_mild_rise_with_age_as_those_who_cannot_care_for_themselves():
    people = structure(2020)
    share = expit(base_log_odds("li_2022"))
    shares = PROFILE.of_disabled(0.1711)
    rise = disability.steepened(GRADIENT, np.array([1.8]))
    more = (share * disability.severity_by_age(shares, rise, people * share)[:, 1:].sum(axis=1))[0]
    census = disability.calibrated(disability.steepened(GRADIENT, np.array([2.5])), people, 0.026)
    # Up to 94; the few beyond are divided by sex otherwise.
    np.testing.assert_allclose(more[:, :7], expit(census[0, :, :7]), rtol=0.25)


def test_uncertainty_is_the_spread_of_sources():
    """Two sources of one concept, 2.34 and 2.95 %: the draws' log-odds spread by their standard deviation."""
    definition = DEFINITIONS["census_selfcare"]
    assert definition.sd == pytest.approx(abs(logit(0.0295) - logit(0.0234)) / np.sqrt(2))
    normal = np.linspace(-2, 2, 9)
    people = structure(2020)
    share = (expit(base_log_odds("census_selfcare", normal)) * people).sum(axis=(1, 2)) / people.sum()
    log_odds = logit(0.0234) + definition.sd * normal
    np.testing.assert_allclose(np.log(share / (1 - share)), log_odds, atol=1e-9)


def test_falling_trend_is_what_charls_saw():
    """From 11.7 % in 2011 to 8.1 % in 2020, and on; rising is milder; constant does not move."""
    log_odds = np.full((1, 2, 9), logit(0.117))
    shares = disability.shares_by_year(log_odds, TRENDS["falling"], [2011, 2020], 2011)
    np.testing.assert_allclose(shares[0, :, 0, 0], [0.117, 0.081])
    assert np.all(disability.shares_by_year(log_odds, TRENDS["rising"], [2035], 2020) > 0.117)
    assert disability.shares_by_year(log_odds, TRENDS["constant"], YEARS, 2020).shape == (1, 1, 2, 9)


@pytest.mark.parametrize(("source", "cases"), [("jia_2020", 15.07e6), ("qi_2021", None)])
def test_dementia_shares_are_met(source, cases):
    """Jia et al.: 15.07 m (14.53-15.62) at 6.0 %; about doubling in six years of age before it flattens."""
    dementia = tables.dementia_sources(raw("dementia.csv"))[source]
    people = structure(dementia.year)
    shares = dementia.by_age(people)
    found = disability.people_affected(people[None, None], shares)[0, 0]
    assert found / people.sum() == pytest.approx(dementia.prevalence, abs=1e-9)
    ratio = shares[0, 0, 0, 1:3] / shares[0, 0, 0, :2]
    assert np.all((ratio > 2 ** (5 / 6) * 0.95) & (ratio < 2 ** (5 / 6)))
    if cases is not None:
        assert 14.53e6 < found < 15.62e6


def test_dementia_draws_span_the_published_interval():
    """Qi et al.: 2.27 to 6.17 %, whose ratio of odds the draws at ± 1.96 standard deviations have."""
    dementia = tables.dementia_sources(raw("dementia.csv"))["qi_2021"]
    people = structure(dementia.year)
    shares = dementia.by_age(people, np.array([-1.96, 1.96]))
    low, high = (shares[:, 0] * people).sum(axis=(1, 2)) / people.sum()
    assert logit(high) - logit(low) == pytest.approx(logit(0.0617) - logit(0.0227), abs=1e-9)


def test_a_profile_without_the_mild_leaves_the_spread_of_the_others_as_it_is():
    """Who are all more than mildly disabled have no log-odds of being so."""
    table = raw("severity.csv")
    severe = table[table["profile"] == "barthel_southwest"].assign(profile="severe_alone")
    severe["value"] = severe["value"].where(severe["severity"] != "mild", 0.0)
    found, before = (tables.severity_profiles(rows) for rows in (pd.concat([table, severe]), table))
    assert found["severe_alone"].shares[0] == 0.0
    assert found["barthel_southwest"].sd == before["barthel_southwest"].sd > 0.0


def test_a_narrow_definition_keeps_the_severe():
    """Of 2.34 % who cannot care for themselves 1.1 are severe and none mild; a wide one adds mild only."""
    np.testing.assert_allclose(PROFILE.of_disabled(0.0234)[0] * 2.34, [0, 1.24, 1.1], atol=1e-12)
    np.testing.assert_allclose(PROFILE.of_disabled(0.194)[0] * 19.4, [16.8, 1.5, 1.1])
    np.testing.assert_allclose(PROFILE.of_disabled(0.4)[0, 1:] * 40, [1.5, 1.1])


@settings(max_examples=40, deadline=None)
@given(st.floats(-2.5, 2.5), st.floats(0, 2), st.sampled_from(sorted(DEFINITIONS)), st.sampled_from(sorted(TRENDS)))
def test_a_higher_draw_never_lowers_any_age(draw, more, name, trend):
    shares = disability.shares_by_year(
        base_log_odds(name, np.array([draw, draw + more])), TRENDS[trend], YEARS, DEFINITIONS[name].year
    )
    assert np.all(shares[1] >= shares[0] - 1e-12)
    assert np.all((shares > 0) & (shares < 1))


@settings(max_examples=60, deadline=None)
@given(arrays(float, (4, 2, 9), elements=st.floats(1, 1e7)), arrays(float, 4, elements=st.floats(0.001, 0.9)))
def test_every_draw_meets_its_own_share_in_any_structure_of_its_own(people, target):
    share = expit(disability.calibrated(GRADIENT, people, target))
    np.testing.assert_allclose((share * people).sum(axis=(1, 2)) / people.sum(axis=(1, 2)), target, rtol=0, atol=1e-11)


def test_model_reproduces_the_published_shares_and_survival():
    """Fu, Sherris & Xu (2021): all healthy at 65, their disabled share and survival to 110, five decimals."""
    table = raw("disability_transitions.csv").query("model == 'static_1998_2014'")
    intensities = tables.intensities(raw("disability_transitions.csv"))
    share = disability.disabled_share(intensities, 0.0)
    ends = np.stack([share[:, :-1], share[:, 1:]])
    dying = ((1 - ends) * intensities.healthy_death + ends * intensities.disabled_death).mean(axis=0)
    survival = np.exp(-np.cumsum(dying, axis=1))
    for row, sex in enumerate(SEXES):
        published = table[table["sex"] == sex]
        np.testing.assert_allclose(share[row, :-1], published["disabled_share"], atol=2e-5)
        np.testing.assert_allclose(survival[row, :30], published["survival_from_65"][1:31], rtol=2e-3)


def test_mortality_of_the_whole_is_the_life_table():
    """Simulated in small steps with the scaled intensities, the living of both states die as the table says."""
    healthy, disabled = 1 - SHARE[:, 0], SHARE[:, 0]
    for year in range(45):
        onset, recovery, healthy_death, disabled_death = (part[:, year] for part in INTENSITIES)
        before = healthy + disabled
        for _ in range(400):
            factor = HAZARD[:, year] * (healthy + disabled) / (healthy * healthy_death + disabled * disabled_death)
            moved = onset * healthy - recovery * disabled
            healthy, disabled = (
                healthy - (moved + factor * healthy_death * healthy) / 400,
                disabled + (moved - factor * disabled_death * disabled) / 400,
            )
        np.testing.assert_allclose((healthy + disabled) / before, np.exp(-HAZARD[:, year]), rtol=1e-3)
        np.testing.assert_allclose(disabled / (healthy + disabled), SHARE[:, year + 1], rtol=2e-3)


def test_intensities_below_65_continue_the_log_line():
    for values in INTENSITIES:
        np.testing.assert_allclose(np.diff(np.log(values[:, :12]), n=2, axis=-1), 0.0, atol=3e-4)


def test_gradient_does_not_depend_on_the_share_at_60():
    """Trap of the source: an all-healthy start understates 65-75, so the line is fitted from 70 on."""
    shares = [disability.disabled_share(INTENSITIES, start, HAZARD) for start in (0.01, 0.04)]
    steps = [np.diff(disability.age_gradient(share, HAZARD)) for share in shares]
    started = [np.diff(np.log(disability.by_group(share, HAZARD))) for share in shares]
    assert np.abs(steps[0] - steps[1]).max() < 0.06
    assert np.abs(started[0] - started[1]).max() > 0.4
    assert np.all(steps[0] > 0)


def test_gradient_recovers_a_straight_line():
    """Shares on a line of log-odds, 0.08 a year of age and 0.5 between the sexes, come back as that line."""
    ages = np.arange(60, 60 + SHARE.shape[-1])
    line = 1 / (1 + np.exp(-(0.08 * (ages - 100.0) + np.array([[-1.0], [-0.5]]))))
    gradient = disability.age_gradient(line, HAZARD)
    groups = disability.by_group(line, HAZARD)
    np.testing.assert_allclose(gradient, np.log(groups / (1 - groups)), atol=0.02)
    one_hazard = np.broadcast_to(HAZARD[1], HAZARD.shape)
    same_ages = disability.age_gradient(line, one_hazard)
    np.testing.assert_allclose(same_ages[1] - same_ages[0], 0.5, atol=1e-3)
