import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from national_care import PROFILE, PROFILES, SCHEMES, STAFFING, STAFFING_TABLES, TRENDS, YEARS, base_log_odds, structure

from pipeline.care import disability
from pipeline.care.need import BedUse, need

BEDS = BedUse(np.array([0.85]), np.array([0.1]), np.array([0.0]))
ONE = np.ones((1, 1))
COUNTS = arrays(float, (2, 3), elements=st.floats(0, 2e5))


def a_need(disabled, older=1e6, severity_shares=None, **other):
    """Need for given numbers of disabled (draw, year) among `older` people."""
    shares = PROFILE.of_disabled(0.1711) if severity_shares is None else severity_shares
    arguments = {
        "dementia": np.full(disabled.shape, 0.06 * older),
        "use": SCHEMES["by_severity"],
        "users_per_carer": STAFFING,
        "bed_use": BEDS,
        "institution_factor": ONE,
        "users_factor": ONE,
    }
    return need(np.full(disabled.shape, older), disabled[..., None] * shares[:, None], **(arguments | other))


def test_constant_rates_make_need_grow_with_the_age_weighted_population():
    rng = np.random.default_rng(1)
    old = structure(2020) * rng.uniform(0.8, 1.6, (3, 16, 2, 9))
    shares = disability.shares_by_year(base_log_odds("adl"), TRENDS["constant"], YEARS, 2020)
    severity = np.broadcast_to(PROFILE.of_disabled(0.081)[..., None, None], (1, 3, 2, 9))
    disabled = disability.people_by_severity(old, shares, severity)
    older = old.sum(axis=(2, 3))
    result = need(older, disabled, older * 0, SCHEMES["by_severity"], STAFFING, BEDS, ONE, ONE)
    weighted = (old * shares[0, 0]).sum(axis=(2, 3))
    growth = weighted / weighted[:, :1]
    for values in (disabled.sum(axis=2), result.all_beds, result.facility_carers, result.carers[:, :, 2, 1]):
        np.testing.assert_allclose(values / values[:, :1], growth, rtol=1e-12)


@pytest.mark.parametrize("scheme", list(SCHEMES))
@pytest.mark.parametrize("name", ["barthel_southwest", "two_levels_2009"])
def test_parts_sum_in_every_draw(scheme, name):
    rng = np.random.default_rng(7)
    disabled = rng.uniform(0, 3e5, (200, 16))
    dementia = rng.uniform(0, 3e5, (200, 16))
    shares = PROFILES[name].of_disabled(0.1711, rng.standard_normal(200))
    result = a_need(disabled, severity_shares=shares, use=SCHEMES[scheme], dementia=dementia)
    np.testing.assert_allclose(result.by_severity.sum(axis=2), disabled, rtol=1e-12)
    np.testing.assert_allclose(result.users.sum(axis=2), result.by_severity, rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(result.all_beds * BEDS.target_occupancy, result.users[:, :, 0].sum(axis=2), rtol=1e-12)
    assert np.all(result.beds[..., 2] <= result.beds[..., 1])
    for values in (result.by_severity, result.users, result.beds, result.carers):
        assert values.min() >= 0


def test_9073_places_go_to_the_most_severe_and_never_exceed_the_disabled():
    """3 % of 1,000,000 in institutions, 7 % in the community; 20,000 disabled fill no more than 20,000 places."""
    few, many = np.full((1, 1), 20_000.0), np.full((1, 1), 171_100.0)
    shares = np.array([[0.6, 0.3, 0.1]])
    narrow = a_need(few, use=SCHEMES["plan_9073"], severity_shares=shares).users[0, 0]
    wide = a_need(many, use=SCHEMES["plan_9073"], severity_shares=shares).users[0, 0]
    np.testing.assert_allclose(narrow.sum(axis=1), [20_000, 0, 0], atol=1e-6)
    np.testing.assert_allclose(wide.sum(axis=1), [30_000, 70_000, 71_100])
    np.testing.assert_allclose(wide[0], [0, 30_000 - 17_110, 17_110], atol=1e-6)


def test_a_caregiver_has_four_users_in_the_nation_and_as_many_as_her_hours_allow():
    """7 hours a week for one severely disabled user at home, 30 hours a week of one head."""
    found = a_need(np.full((1, 1), 45.64e6), 266.7e6, users_per_carer=STAFFING_TABLES["national_ratio"])
    assert found.carers.sum() == pytest.approx(45.64e6 / 4)
    assert STAFFING[2, 2] == pytest.approx(30 / 7)


@settings(max_examples=60, deadline=None)
@given(
    COUNTS,
    arrays(float, (2, 3), elements=st.floats(0, 1e5)),
    st.sampled_from(sorted(SCHEMES)),
    st.sampled_from(sorted(STAFFING_TABLES)),
)
def test_more_prevalence_never_lowers_need(lower, more, scheme, table):
    other = {"use": SCHEMES[scheme], "users_per_carer": STAFFING_TABLES[table]}
    first, second = (a_need(disabled, **other) for disabled in (lower, lower + more))
    for name in ("by_severity", "all_beds"):
        assert np.all(getattr(second, name) >= getattr(first, name) - 1e-6)
    assert np.all(second.carers.sum(axis=(2, 3)) >= first.carers.sum(axis=(2, 3)) - 1e-6)


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (2, 3, 3), elements=st.floats(0, 1e5)),
    st.sampled_from([(0, 1), (0, 2), (1, 2)]),
    st.floats(0, 1),
    st.floats(0, 0.2),
    st.floats(0, 1),
)
def test_more_severe_disability_never_lowers_beds_or_staff(people, step, share, inside, mild):
    """Some of the less severely disabled become more severely so: no bed, nursing bed or caregiver fewer."""
    worse = people.copy()
    moved = share * people[..., step[0]]
    worse[..., step[0]] -= moved
    worse[..., step[1]] += moved
    use = BedUse(*(np.array([share]) for share in (0.8, inside, mild)))
    older, cases = people.sum(axis=2) * 6, people.sum(axis=2) / 3
    before, after = (
        need(older, disabled, cases, SCHEMES["by_severity"], STAFFING, use, ONE, ONE) for disabled in (people, worse)
    )
    for name in ("all_beds", "facility_carers"):
        assert np.all(getattr(after, name) >= getattr(before, name) - 1e-6)
    assert np.all(after.beds[..., 1:] >= before.beds[..., 1:] - 1e-6)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(0, 2), st.integers(0, 2), st.floats(0.05, 1.0))
def test_emptier_beds_and_fewer_users_a_carer_never_lower_need(disabled, setting, severity, factor):
    usual, users_per_carer = a_need(disabled), STAFFING.copy()
    users_per_carer[setting, severity] *= factor
    assert np.all(a_need(disabled, users_per_carer=users_per_carer).carers >= usual.carers)
    emptier = BEDS._replace(target_occupancy=factor * BEDS.target_occupancy)
    assert np.all(a_need(disabled, bed_use=emptier).beds >= usual.beds - 1e-9)


def test_a_higher_factor_moves_people_into_institutions_and_nobody_twice():
    disabled = np.full((2, 3), 1e5)
    factor = np.array([[1.5], [200.0]])
    for scheme in SCHEMES:
        usual = a_need(disabled, use=SCHEMES[scheme])
        more = a_need(disabled, use=SCHEMES[scheme], institution_factor=factor)
        np.testing.assert_allclose(more.users.sum(axis=2), usual.by_severity, rtol=1e-12, atol=1e-6)
        inside = more.users[:, :, 0].sum(axis=2)
        assert np.all(inside >= usual.users[:, :, 0].sum(axis=2))
        assert more.users.min() >= 0
    by_share = a_need(disabled, institution_factor=np.array([[1.5], [1.0]])).users
    np.testing.assert_allclose(by_share[0, :, 0], 1.5 * by_share[1, :, 0], rtol=1e-12)


def test_occupancy_and_ratios_may_differ_by_draw():
    disabled = np.full((2, 1), 1e5)
    beds = BedUse(np.array([0.5, 1.0]), np.array([0.1, 0.1]), np.zeros(2))
    result = a_need(disabled, bed_use=beds, users_factor=np.array([[1.0], [2.0]]))
    np.testing.assert_allclose(result.beds[0].sum(), 2 * result.beds[1].sum())
    np.testing.assert_allclose(result.carers[0], 2 * result.carers[1])
