"""Need: identities in every draw, published national results, properties, and parameters that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.axes import OLD_GROUPS
from pipeline.care import care_tables as tables
from pipeline.care import disability, transition
from pipeline.care.need import BedUse, Need, SettingUse, Staffing, need
from pipeline.care.ranges import require_known
from pipeline.demography.age_groups import ABRIDGED_AGES
from pipeline.demography.lifetable import life_table, single_year_survivors
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

RAW = Path(__file__).parents[2] / "data" / "raw"
YEARS = range(2020, 2036)
SEXES = ("male", "female")
BEDS = BedUse(target_occupancy=0.85, dementia_in_institution=0.1)


@cache
def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(RAW / name)


@cache
def census(year: int) -> np.ndarray:
    """Persons (sex, group) of the nation on census day."""
    table = raw("census/provinces/china.csv")
    table = table[(table["year"] == year) & table["age"].isin(OLD_GROUPS)]
    return (
        table.pivot_table(index="sex", columns="age", values="population")
        .loc[list(SEXES), list(OLD_GROUPS)]
        .to_numpy(float)
    )


def structure(year: int) -> np.ndarray:
    known = (2000, 2010, 2020)
    return disability.structure_in_year(np.stack([census(count) for count in known]), known, year)


@cache
def model() -> tuple[transition.Intensities, np.ndarray, np.ndarray]:
    """Intensities from 60, hazard of the nation's life table of 2020-2025 and the model's shares."""
    rates = raw("wpp2024/mx.csv").query("period == '2020-2025'")
    lx = np.stack(
        [
            single_year_survivors(life_table(rates.query("sex == @sex")["value"].to_numpy(), ABRIDGED_AGES, sex))
            for sex in SEXES
        ]
    )
    intensities = transition.from_age(tables.intensities(raw("disability_transitions.csv")))
    hazard = transition.yearly_hazard(lx, 60, intensities.onset.shape[-1])
    return intensities, hazard, transition.disabled_share(intensities, transition.START_SHARE, hazard)


@cache
def definitions() -> dict[str, disability.Definition]:
    return tables.definitions(raw("disability_prevalence.csv"))


@cache
def trends() -> dict[str, disability.Trend]:
    return tables.trends(raw("disability_prevalence.csv"))


def base_log_odds(name: str, normal: np.ndarray | None = None) -> np.ndarray:
    _, hazard, share = model()
    definition = definitions()[name]
    gradient = transition.age_gradient(share, hazard)
    return disability.log_odds_by_age(
        definition, gradient, transition.by_group(share, hazard), structure(definition.year), normal
    )


def national(name: str, year: int) -> float:
    """People disabled in the nation's census-based structure of a year, rates held constant."""
    definition = definitions()[name]
    shares = disability.shares_by_year(base_log_odds(name), trends()["constant"], [year], definition.year)
    return float(disability.people_affected(structure(year)[None, None], shares)[0, 0])


@cache
def staffing_tables() -> dict[str, Staffing]:
    return tables.staffing_tables(raw("staffing.csv"))


def a_staffing() -> Staffing:
    return staffing_tables()["by_severity"]


@cache
def schemes() -> dict[str, SettingUse]:
    return tables.setting_schemes(raw("care_settings.csv"))


@cache
def profile(name: str = "barthel_southwest") -> disability.SeverityProfile:
    return tables.severity_profiles(raw("severity.csv"))[name]


def a_need(
    disabled: np.ndarray, older: float = 1e6, severity_shares: np.ndarray | None = None, **other: object
) -> Need:
    """Need for given numbers of disabled (draw, year) among `older` people."""
    shares = profile().of_disabled(0.1711) if severity_shares is None else severity_shares
    arguments = {
        "dementia": np.full(disabled.shape, 0.06 * older),
        "settings": schemes()["by_severity"],
        "staffing": a_staffing(),
        "bed_use": BEDS,
    }
    return need(np.full(disabled.shape, older), disabled[..., None] * shares[:, None], **(arguments | other))


# --- The transition model ---------------------------------------------------------------------------------------


def test_model_reproduces_the_published_shares_and_survival() -> None:
    """Fu, Sherris & Xu (2021): all healthy at 65, their disabled share and survival to 110, five decimals."""
    table = raw("disability_transitions.csv").query("model == 'static_1998_2014'")
    intensities = tables.intensities(raw("disability_transitions.csv"))
    share = transition.disabled_share(intensities, 0.0)
    ends = np.stack([share[:, :-1], share[:, 1:]])
    dying = ((1 - ends) * intensities.healthy_death + ends * intensities.disabled_death).mean(axis=0)
    survival = np.exp(-np.cumsum(dying, axis=1))
    for row, sex in enumerate(SEXES):
        published = table[table["sex"] == sex]
        np.testing.assert_allclose(share[row, :-1], published["disabled_share"], atol=2e-5)
        np.testing.assert_allclose(survival[row, :30], published["survival_from_65"][1:31], rtol=2e-3)


def test_mortality_of_the_whole_is_the_life_table() -> None:
    """Simulated in small steps with the scaled intensities, the living of both states die as the table says."""
    intensities, hazard, share = model()
    healthy, disabled = 1 - share[:, 0], share[:, 0]
    for year in range(45):
        onset, recovery, healthy_death, disabled_death = (part[:, year] for _, part in intensities.named())
        before = healthy + disabled
        for _ in range(400):
            factor = hazard[:, year] * (healthy + disabled) / (healthy * healthy_death + disabled * disabled_death)
            moved = onset * healthy - recovery * disabled
            healthy, disabled = (
                healthy - (moved + factor * healthy_death * healthy) / 400,
                disabled + (moved - factor * disabled_death * disabled) / 400,
            )
        np.testing.assert_allclose((healthy + disabled) / before, np.exp(-hazard[:, year]), rtol=1e-3)
        np.testing.assert_allclose(disabled / (healthy + disabled), share[:, year + 1], rtol=2e-3)


def test_intensities_below_65_continue_the_log_line() -> None:
    intensities, _, _ = model()
    for _, values in intensities.named():
        np.testing.assert_allclose(np.diff(np.log(values[:, :12]), n=2, axis=-1), 0.0, atol=3e-4)


def test_gradient_does_not_depend_on_the_share_at_60() -> None:
    """Trap of the source: an all-healthy start understates 65-75, so the line is fitted from 70 on."""
    intensities, hazard, _ = model()
    lines = [
        transition.age_gradient(transition.disabled_share(intensities, start, hazard), hazard) for start in (0.01, 0.04)
    ]
    steps = [np.diff(line, axis=-1) for line in lines]
    started = [
        np.diff(np.log(transition.by_group(transition.disabled_share(intensities, start, hazard), hazard)))
        for start in (0.01, 0.04)
    ]
    assert np.abs(steps[0] - steps[1]).max() < 0.06
    assert np.abs(started[0] - started[1]).max() > 0.4
    assert np.all(steps[0] > 0)


def test_gradient_recovers_a_straight_line() -> None:
    """Shares on a line of log-odds, 0.08 a year of age and 0.5 between the sexes, come back as that line."""
    _, hazard, share = model()
    ages = np.arange(60, 60 + share.shape[-1])
    line = 1 / (1 + np.exp(-(0.08 * (ages - 100.0) + np.array([[-1.0], [-0.5]]))))
    gradient = transition.age_gradient(line, hazard)
    groups = transition.by_group(line, hazard)
    np.testing.assert_allclose(gradient, np.log(groups / (1 - groups)), atol=0.02)
    one_hazard = np.broadcast_to(hazard[1], hazard.shape)
    same_ages = transition.age_gradient(line, one_hazard)
    np.testing.assert_allclose(same_ages[1] - same_ages[0], 0.5, atol=1e-3)


def test_model_is_vectorised_over_life_tables() -> None:
    intensities, hazard, _ = model()
    several = np.stack([hazard * factor for factor in (0.8, 1.0, 1.2)])
    together = transition.disabled_share(intensities, 0.02, several)
    np.testing.assert_allclose(together[2], transition.disabled_share(intensities, 0.02, several[2]))
    assert transition.by_group(together, several).shape == (3, 2, 9)


# --- Definitions against the nation -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in definitions() if definitions()[name].prevalence is not None])
def test_published_share_is_met_in_its_own_year_and_structure(name: str) -> None:
    definition = definitions()[name]
    share = national(name, definition.year) / structure(definition.year).sum()
    assert share == pytest.approx(definition.prevalence, abs=1e-9)


def test_li_2022_disabled_in_2020() -> None:
    """45.64 m in 2020 at 17.11 %, so among 266.7 m; the census tables hold 264.0 m, 1.0 % fewer."""
    theirs = 45.64e6 / 0.1711
    ours = structure(2020).sum()
    assert national("li_2022", 2020) * theirs / ours == pytest.approx(45.64e6, rel=1e-6)
    assert national("li_2022", 2020) == pytest.approx(45.64e6, rel=0.011)


def test_charls_any_adl() -> None:
    """21.4 m under any ADL (Gong et al. 2022): 8.1 ± 0.05 % is the precision of the source, ± 0.6 %."""
    assert national("adl", 2020) == pytest.approx(21.4e6, rel=0.006)


def test_survey_of_2015() -> None:
    """40.63 m in 2015; the structure of 2015 lies between two censuses and holds 0.6 % fewer people."""
    assert national("survey_2015", 2015) == pytest.approx(40.63e6, rel=0.01)


def test_transition_lies_between_the_census_and_any_adl() -> None:
    """The published intensities give about 6 %, not the 40 % of another model on the same survey."""
    share = national("transition", 2020) / structure(2020).sum()
    assert definitions()["census_selfcare"].prevalence < share < definitions()["adl"].prevalence


def test_every_draw_meets_its_own_share_in_its_own_structure() -> None:
    rng = np.random.default_rng(4)
    drawn = structure(2020) * np.exp(0.1 * rng.standard_normal((50, 2, 9)))
    target = 1 / (1 + np.exp(-(disability.logit(0.1711) + 0.25 * rng.standard_normal(50))))
    gradient = transition.age_gradient(model()[2], model()[1])
    odds = np.exp(disability.calibrated(gradient, drawn, target))
    share = (odds / (1 + odds) * drawn).sum(axis=(1, 2)) / drawn.sum(axis=(1, 2))
    np.testing.assert_allclose(share, target, atol=1e-11)


def gradient() -> np.ndarray:
    _, hazard, share = model()
    return transition.age_gradient(share, hazard)


def test_a_steeper_gradient_moves_disability_to_the_oldest_and_keeps_the_total() -> None:
    people = structure(2020)
    steep = disability.steepened(gradient(), np.array([1.0, 2.0]))
    log_odds = disability.calibrated(steep, people, 0.0234)
    share = 1 / (1 + np.exp(-log_odds))
    np.testing.assert_allclose((share * people).sum(axis=(1, 2)) / people.sum(), 0.0234, atol=1e-9)
    np.testing.assert_allclose(log_odds[0], base_log_odds("census_selfcare")[0])
    flat, rising = (odds[:, -1] - odds[:, 0] for odds in log_odds)
    np.testing.assert_allclose(rising, 2 * flat, rtol=1e-9)


@pytest.mark.parametrize(
    ("year", "share", "men", "women", "steepness"),
    [(2010, 0.0295, (19.33, 0.9640), (21.94, 0.9486), 2.56), (2020, 0.0234, (21.78, 0.9663), (24.80, 0.9544), 2.44)],
)
def test_the_steepness_of_self_care_is_what_two_censuses_say(
    year: int, share: float, men: tuple[float, float], women: tuple[float, float], steepness: float
) -> None:
    """Lu et al. 2023: years from 60 on in which people care for themselves, and their share of all years."""
    _, hazard, _ = model()
    able, part = np.array([men, women]).T
    ahead = able / part

    def lived(sex: int, factor: float) -> np.ndarray:
        lx = np.exp(-np.concatenate([[0.0], np.cumsum(factor * hazard[sex])]))
        return np.add.reduceat((lx[:-1] + lx[1:]) / 2, range(0, 45, 5))

    factors = np.linspace(0.4, 1.2, 801)
    weight = np.stack(
        [lived(sex, min(factors, key=lambda factor: abs(lived(sex, factor).sum() - ahead[sex]))) for sex in (0, 1)]
    )
    steep = disability.steepened(gradient(), np.array([steepness]))
    unable = 1 / (1 + np.exp(-disability.calibrated(steep, structure(year), share)[0]))
    found = (weight * unable).sum() / weight.sum()
    assert found == pytest.approx((ahead - able).sum() / ahead.sum(), rel=0.01)


@pytest.mark.parametrize("name", ["census_selfcare", "adl", "li_2022"])
def test_severity_rises_with_age_and_its_national_shares_are_met_in_every_draw(name: str) -> None:
    normal, people = np.array([-1.5, 0.0, 1.5]), structure(definitions()[name].year)
    share = 1 / (1 + np.exp(-base_log_odds(name, normal)))
    wanted = profile().of_disabled(float(definitions()[name].prevalence or 0), normal)
    divided = disability.severity_by_age(wanted, disabled=people * share, gradient=1.8 * gradient())
    np.testing.assert_allclose(divided.sum(axis=1), 1.0)
    found = disability.people_by_severity(people[None, None], share[:, None], divided)[:, 0]
    np.testing.assert_allclose(found / found.sum(axis=1, keepdims=True), wanted, atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), (people * share).sum(axis=(1, 2)))
    if name != "census_selfcare":
        assert np.all(np.diff(divided[:, 1] + divided[:, 2], axis=-1) > 0)


def test_the_more_than_mild_rise_with_age_as_those_who_cannot_care_for_themselves() -> None:
    people = structure(2020)
    share = 1 / (1 + np.exp(-base_log_odds("li_2022")))
    shares = profile().of_disabled(0.1711)
    rise = disability.steepened(gradient(), np.array([1.8]))
    more = (share * disability.severity_by_age(shares, rise, people * share)[:, 1:].sum(axis=1))[0]
    census = disability.calibrated(disability.steepened(gradient(), np.array([2.5])), people, 0.026)
    # Up to 94; the few beyond are divided by sex otherwise.
    np.testing.assert_allclose(more[:, :7], 1 / (1 + np.exp(-census[0, :, :7])), rtol=0.25)


def test_uncertainty_is_the_spread_of_sources() -> None:
    """Two sources of one concept, 2.34 and 2.95 %: the draws' log-odds spread by their standard deviation."""
    definition = definitions()["census_selfcare"]
    assert definition.sd == pytest.approx(abs(disability.logit(0.0295) - disability.logit(0.0234)) / np.sqrt(2))
    normal = np.linspace(-2, 2, 9)
    odds = np.exp(base_log_odds("census_selfcare", normal))
    people = structure(2020)
    share = (odds / (1 + odds) * people).sum(axis=(1, 2)) / people.sum()
    np.testing.assert_allclose(
        np.log(share / (1 - share)), disability.logit(0.0234) + definition.sd * normal, atol=1e-9
    )


def test_falling_trend_is_what_charls_saw() -> None:
    """From 11.7 % in 2011 to 8.1 % in 2020, and on; rising is milder; constant does not move."""
    log_odds = np.full((1, 2, 9), disability.logit(0.117))
    shares = disability.shares_by_year(log_odds, trends()["falling"], [2011, 2020], 2011)
    np.testing.assert_allclose(shares[0, :, 0, 0], [0.117, 0.081])
    assert np.all(disability.shares_by_year(log_odds, trends()["rising"], [2035], 2020) > 0.117)
    assert disability.shares_by_year(log_odds, trends()["constant"], YEARS, 2020).shape == (1, 1, 2, 9)


def test_constant_rates_make_need_grow_with_the_age_weighted_population() -> None:
    rng = np.random.default_rng(1)
    old = structure(2020) * rng.uniform(0.8, 1.6, (3, 16, 2, 9))
    shares = disability.shares_by_year(base_log_odds("adl"), trends()["constant"], YEARS, 2020)
    severity = np.broadcast_to(profile().of_disabled(0.081)[..., None, None], (1, 3, 2, 9))
    disabled = disability.people_by_severity(old, shares, severity)
    older = old.sum(axis=(2, 3))
    result = need(older, disabled, older * 0, schemes()["by_severity"], a_staffing(), BEDS)
    weighted = (old * shares[0, 0]).sum(axis=(2, 3))
    growth = weighted / weighted[:, :1]
    for values in (
        result.disabled,
        result.all_beds,
        result.facility_carers,
        result.carers_fte[:, :, 2, 1],
    ):
        np.testing.assert_allclose(values / values[:, :1], growth, rtol=1e-12)


@pytest.mark.parametrize(("source", "cases"), [("jia_2020", 15.07e6), ("qi_2021", None)])
def test_dementia_shares_are_met(source: str, cases: float | None) -> None:
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


def test_dementia_draws_span_the_published_interval() -> None:
    """Qi et al.: 2.27 to 6.17 %, whose ratio of odds the draws at ± 1.96 standard deviations have."""
    dementia = tables.dementia_sources(raw("dementia.csv"))["qi_2021"]
    people = structure(dementia.year)
    shares = dementia.by_age(people, np.array([-1.96, 1.96]))
    low, high = (shares[:, 0] * people).sum(axis=(1, 2)) / people.sum()
    assert disability.logit(high) - disability.logit(low) == pytest.approx(
        disability.logit(0.0617) - disability.logit(0.0227), abs=1e-9
    )


# --- Identities in every draw -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", list(schemes()))
@pytest.mark.parametrize("name", ["barthel_southwest", "two_levels_2009"])
def test_parts_sum_in_every_draw(scheme: str, name: str) -> None:
    rng = np.random.default_rng(7)
    disabled = rng.uniform(0, 3e5, (200, 16))
    dementia = rng.uniform(0, 3e5, (200, 16))
    shares = profile(name).of_disabled(0.1711, rng.standard_normal(200))
    result = a_need(disabled, severity_shares=shares, settings=schemes()[scheme], dementia=dementia)
    np.testing.assert_allclose(result.by_severity.sum(axis=2), disabled, rtol=1e-12)
    np.testing.assert_allclose(result.users.sum(axis=2), result.by_severity, rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(result.all_beds * BEDS.target_occupancy, result.users[:, :, 0].sum(axis=2), rtol=1e-12)
    assert np.all(result.beds[..., 2] <= result.beds[..., 1])
    for values in (result.by_severity, result.users, result.beds, result.carers):
        assert values.min() >= 0


def test_9073_places_go_to_the_most_severe_and_never_exceed_the_disabled() -> None:
    """3 % of 1,000,000 in institutions, 7 % in the community; 20,000 disabled fill no more than 20,000 places."""
    few, many = np.full((1, 1), 20_000.0), np.full((1, 1), 171_100.0)
    shares = np.array([[0.6, 0.3, 0.1]])
    narrow = a_need(few, settings=schemes()["plan_9073"], severity_shares=shares).users[0, 0]
    wide = a_need(many, settings=schemes()["plan_9073"], severity_shares=shares).users[0, 0]
    np.testing.assert_allclose(narrow.sum(axis=1), [20_000, 0, 0], atol=1e-6)
    np.testing.assert_allclose(wide.sum(axis=1), [30_000, 70_000, 71_100])
    np.testing.assert_allclose(wide[0], [0, 30_000 - 17_110, 17_110], atol=1e-6)


def test_national_ratio_gives_a_quarter_in_heads_and_hours_move_fte_only() -> None:
    staffing = staffing_tables()["national_ratio"]
    longer = replace(staffing, hours_per_head=dict.fromkeys(SETTINGS_OF_CARE, 50.0))
    first, second = (a_need(np.full((1, 1), 45.64e6), 266.7e6, staffing=table) for table in (staffing, longer))
    assert first.carers.sum() == pytest.approx(45.64e6 / 4)
    assert first.carers_fte.sum() == pytest.approx(45.64e6 / 4)
    np.testing.assert_array_equal(first.carers, second.carers)
    np.testing.assert_allclose(second.carers_fte, first.carers * 1.25)


def test_home_ratio_follows_from_hours_of_care() -> None:
    """7 hours a week for one severely disabled user, 30 hours a week of one head."""
    assert a_staffing().users_per_carer["home"]["severe"] == pytest.approx(30 / 7)


def test_a_narrow_definition_keeps_the_severe() -> None:
    """Of 2.34 % who cannot care for themselves 1.1 are severe and none mild; a wide one adds mild only."""
    ladder = profile()
    np.testing.assert_allclose(ladder.of_disabled(0.0234)[0] * 2.34, [0, 1.24, 1.1], atol=1e-12)
    np.testing.assert_allclose(ladder.of_disabled(0.194)[0] * 19.4, [16.8, 1.5, 1.1])
    np.testing.assert_allclose(ladder.of_disabled(0.4)[0, 1:] * 40, [1.5, 1.1])


# --- Properties -------------------------------------------------------------------------------------------------

COUNTS = arrays(float, (2, 3), elements=st.floats(0, 2e5))
NORMALS = st.floats(-2.5, 2.5)


@settings(max_examples=60, deadline=None)
@given(
    COUNTS,
    arrays(float, (2, 3), elements=st.floats(0, 1e5)),
    st.sampled_from(sorted(schemes())),
    st.sampled_from(sorted(staffing_tables())),
)
def test_more_prevalence_never_lowers_need(lower: np.ndarray, more: np.ndarray, scheme: str, table: str) -> None:
    other = {"settings": schemes()[scheme], "staffing": staffing_tables()[table]}
    first, second = (a_need(disabled, **other) for disabled in (lower, lower + more))
    for name in ("disabled", "by_severity"):
        assert np.all(getattr(second, name) >= getattr(first, name) - 1e-6)
    assert np.all(second.all_beds >= first.all_beds - 1e-6)
    assert np.all(second.carers.sum(axis=(2, 3)) >= first.carers.sum(axis=(2, 3)) - 1e-6)


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (2, 3, 3), elements=st.floats(0, 1e5)),
    st.sampled_from([(0, 1), (0, 2), (1, 2)]),
    st.floats(0, 1),
    st.floats(0, 0.2),
    st.floats(0, 1),
)
def test_more_severe_disability_never_lowers_beds_or_staff(
    people: np.ndarray, step: tuple[int, int], share: float, inside: float, mild: float
) -> None:
    """Some of the less severely disabled become more severely so: no bed, nursing bed or caregiver fewer."""
    worse = people.copy()
    moved = share * people[..., step[0]]
    worse[..., step[0]] -= moved
    worse[..., step[1]] += moved
    use, older, cases = BedUse(0.8, inside, mild), people.sum(axis=2) * 6, people.sum(axis=2) / 3
    before, after = (
        need(older, disabled, cases, schemes()["by_severity"], a_staffing(), use) for disabled in (people, worse)
    )
    for name in ("all_beds", "facility_carers"):
        assert np.all(getattr(after, name) >= getattr(before, name) - 1e-6)
    assert np.all(after.beds[..., 1:] >= before.beds[..., 1:] - 1e-6)


@settings(max_examples=40, deadline=None)
@given(
    NORMALS,
    st.floats(0, 2),
    st.sampled_from(sorted(definitions())),
    st.sampled_from(["constant", "falling", "rising"]),
)
def test_a_higher_draw_never_lowers_any_age(draw: float, more: float, name: str, trend: str) -> None:
    shares = disability.shares_by_year(
        base_log_odds(name, np.array([draw, draw + more])), trends()[trend], YEARS, definitions()[name].year
    )
    assert np.all(shares[1] >= shares[0] - 1e-12)
    assert np.all((shares > 0) & (shares < 1))


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(SETTINGS_OF_CARE), st.sampled_from(SEVERITIES), st.floats(0.05, 1.0))
def test_a_better_ratio_never_lowers_staff(disabled: np.ndarray, setting: str, severity: str, factor: float) -> None:
    staffing = a_staffing()
    ratios = {place: dict(row) for place, row in staffing.users_per_carer.items()}
    ratios[setting][severity] *= factor
    first = a_need(disabled, staffing=staffing)
    second = a_need(disabled, staffing=replace(staffing, users_per_carer=ratios))
    assert np.all(second.carers >= first.carers)
    assert np.all(second.carers_fte >= first.carers_fte)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.floats(0.05, 1.0), st.floats(0.05, 1.0))
def test_fuller_beds_never_need_more_beds(disabled: np.ndarray, one: float, other: float) -> None:
    low, high = sorted((one, other))
    emptier, fuller = (a_need(disabled, bed_use=replace(BEDS, target_occupancy=rate)) for rate in (low, high))
    assert np.all(emptier.beds >= fuller.beds - 1e-9)


@settings(max_examples=60, deadline=None)
@given(arrays(float, (4, 2, 9), elements=st.floats(1, 1e7)), st.floats(0.001, 0.9))
def test_any_structure_can_be_calibrated(people: np.ndarray, target: float) -> None:
    gradient = transition.age_gradient(model()[2], model()[1])
    odds = np.exp(disability.calibrated(gradient, people, target))
    share = (odds / (1 + odds) * people).sum(axis=(1, 2)) / people.sum(axis=(1, 2))
    np.testing.assert_allclose(share, target, atol=1e-9)


def test_a_higher_factor_moves_people_into_institutions_and_nobody_twice() -> None:
    disabled = np.full((2, 3), 1e5)
    factor = np.array([[1.5], [200.0]])
    for scheme in schemes():
        usual = a_need(disabled, settings=schemes()[scheme])
        more = a_need(disabled, settings=schemes()[scheme], institution_factor=factor)
        np.testing.assert_allclose(more.users.sum(axis=2), usual.by_severity, rtol=1e-12, atol=1e-6)
        inside = more.users[:, :, 0].sum(axis=2)
        assert np.all(inside >= usual.users[:, :, 0].sum(axis=2))
        assert more.users.min() >= 0
    by_share = a_need(disabled, institution_factor=np.array([[1.5], [1.0]])).users
    np.testing.assert_allclose(by_share[0, :, 0], 1.5 * by_share[1, :, 0], rtol=1e-12)


def test_occupancy_and_ratios_may_differ_by_draw() -> None:
    disabled = np.full((2, 1), 1e5)
    beds = BedUse(np.array([0.5, 1.0]), np.array([0.1, 0.1]))
    result = a_need(disabled, bed_use=beds, users_per_carer_factor=np.array([[1.0], [2.0]]))
    np.testing.assert_allclose(result.beds[0].sum(), 2 * result.beds[1].sum())
    np.testing.assert_allclose(result.carers[0], 2 * result.carers[1])


# --- Parameters that cannot be ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: BedUse(1.2, 0.1), "target_occupancy: found 1.2"),
        (lambda: BedUse(0.0, 0.1), "target_occupancy: found 0"),
        (lambda: BedUse(float("nan"), 0.1), "target_occupancy"),
        (lambda: BedUse(0.85, -0.1), "dementia_in_institution: found -0.1"),
        (lambda: BedUse(0.85, 0.1, 1.1), "mild_in_nursing: found 1.1"),
        (
            lambda: replace(
                a_staffing(),
                users_per_carer={place: {"mild": 4.0, "moderate": 4.0, "severe": -4.0} for place in SETTINGS_OF_CARE},
            ),
            r"staffing.by_severity.users_per_carer.institution.severe: found -4",
        ),
        (
            lambda: replace(
                a_staffing(), users_per_carer={place: {"mild": 4.0, "severe": 4.0} for place in SETTINGS_OF_CARE}
            ),
            r"staffing.by_severity.users_per_carer.institution.moderate: found nothing",
        ),
        (lambda: replace(a_staffing(), fte_hours=0.0), "staffing.by_severity.fte_hours: found 0"),
        (
            lambda: tables.staffing_tables(raw("staffing.csv").query("setting != 'home' or severity != 'severe'")),
            r"staffing.by_severity.users_per_carer.home.severe: found nothing",
        ),
        (
            lambda: SettingUse("x", "older", {"all": {"institution": 0.5, "community": 0.1, "home": 0.9}}, "s"),
            r"settings.x.all: sum of the shares: found 1.5",
        ),
        (lambda: SettingUse("x", "older", {}, "s"), r"settings.x.all: found nothing"),
        (lambda: replace(definitions()["adl"], prevalence=-0.1), r"definitions.adl.prevalence: found -0.1"),
        (lambda: replace(definitions()["adl"], prevalence=8.1), r"definitions.adl.prevalence: found 8.1"),
        (lambda: replace(profile(), shares={"mild": 0.1, "severe": 0.1}), "severity.barthel_southwest.moderate"),
        (lambda: disability.Trend("steep", 3.0), "trends.steep.yearly_log_odds"),
        (lambda: transition.disabled_share(model()[0], 1.5), "disabled share at the first age: found 1.5"),
        (
            lambda: replace(model()[0], recovery=-model()[0].recovery),
            "intensities.recovery: found a value below 0",
        ),
        (lambda: structure(1990), "structure year: found 1990"),
        (lambda: disability.calibrated(np.zeros((2, 9)), np.zeros((2, 9)), 0.1), "national structure"),
    ],
)
def test_a_bad_parameter_is_named(make: Callable[[], object], key: str) -> None:
    with pytest.raises(ValueError, match=key):
        make()


def test_an_unknown_definition_is_named_with_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"need.definition: found 'frail', expected one of adl, .*transition"):
        require_known("need.definition", "frail", definitions())


@pytest.mark.parametrize("name", ["disability_prevalence", "severity", "dementia", "care_settings", "staffing"])
def test_every_row_of_a_raw_table_names_a_source(name: str) -> None:
    table = raw(f"{name}.csv")
    assert table["source"].str.fullmatch(r"[a-z][a-z0-9_]*").all()
