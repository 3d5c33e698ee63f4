import numpy as np
import pytest
from care_plan import INDICATORS, column, figure, observed, plan, region, supplies
from hypothesis import given
from hypothesis import strategies as st

from pipeline.care.flow import Goal, National, PastTrend, national
from pipeline.care.supply import stocks, worth

BEDS = "elderly_care_beds"
NATION = National({BEDS: PastTrend(np.log(0.98), 0.0, 0.0)}, {BEDS: 0.05}, {})


def supply(*observations, of=BEDS, **more):
    return supplies(*observations, **more)[of]


def test_a_stock_counts_as_observed_in_its_year_and_goes_on_on_its_own_record():
    found = supply(observed(BEDS, 2015, 61_000), observed(BEDS, "2019-09", 73_368), national=NATION)
    rate = np.log(73_368 / 61_000) / 3.75
    assert found.carried_by == "own"
    assert column(found.existing(), 2020)[0] == pytest.approx(73_368 * np.exp(1.25 * rate))
    assert column(found.existing(), 2025)[0] == pytest.approx(73_368 * np.exp(6.25 * rate))
    np.testing.assert_array_equal(found.paths["held"], 73_368.0)
    assert "plan_delivered" not in found.paths
    assert found.record[0] == pytest.approx((73_368 - 61_000) / 3.75)
    assert [found.grade(year) for year in (2019, 2020, 2024, 2025)] == ["A", "B", "B", "C"]


def test_between_two_observations_a_stock_runs_straight_and_is_the_regions_own():
    found = supply(observed(BEDS, 2021, 100), observed(BEDS, 2024, 160))
    np.testing.assert_allclose(found.existing()[0, :5], [np.nan, 100, 120, 140, 160])
    assert (found.grade(2022), found.carried(2022)) == ("B", "observed")


def test_one_observation_goes_on_at_the_nations_rate_and_is_grade_c():
    found = supply(observed(BEDS, 2021, 1000), national=NATION)
    assert found.carried_by == "nation"
    assert column(found.existing(), 2025)[0] == pytest.approx(1000 * 0.98**4)
    assert (found.grade(2021), found.grade(2025)) == ("A", "C")
    alone = supply(observed(BEDS, 2021, 1000))
    assert (alone.carried_by, alone.grade(2025)) == ("held", "C")
    np.testing.assert_array_equal(alone.existing()[0, 1:], 1000.0)


def test_the_own_rate_is_at_most_the_nations_fastest():
    found = supply(observed(BEDS, 2018, 100), observed(BEDS, 2021, 200), national=NATION)
    assert found.capped
    assert column(found.existing(), 2023)[0] == pytest.approx(200 * np.exp(2 * 0.05))


def test_bounds_and_close_dates_make_no_record():
    bound = supply(observed(BEDS, 2020, 80_000, comparator=">="), observed(BEDS, 2023, 86_000), national=NATION)
    close = supply(observed(BEDS, 2020, 80_000), observed(BEDS, "2021-09", 86_000), national=NATION)
    for found in (bound, close):
        assert (found.carried_by, found.record) == ("nation", None)


def test_a_count_that_another_definition_contradicts_begins_no_record():
    def carried(other):
        first = [observed(BEDS, 2015, 478_000), observed(BEDS, 2015, other, definition="civil_affairs")]
        found = supplies(*first, observed(BEDS, 2020, 664_000), national=NATION)[BEDS]
        assert (found.record is None) == (found.carried_by == "nation")
        return found.carried_by

    assert carried(561_000) == "nation", "from one definition to the other there is no growth to go on with"
    assert carried(480_000) == "own", "they agree: it is the same thing under two names"


def test_a_stated_increase_is_a_record():
    name = "rural_mutual_aid_beds"
    found = supply(observed(name, 2020, 140_600), observed(f"{name}_increase", 2020, 44_600), of=name)
    assert found.record[0] == pytest.approx(8_920)
    assert column(found.existing(), 2025)[0] == pytest.approx(140_600 * 140_600 / 96_000)


def test_a_count_is_taken_before_a_ratio_and_a_ratio_with_the_people_of_its_date_and_basis():
    ratio = observed("beds_per_1000_60plus", "2021-06", 40, basis="resident")
    (alone,) = stocks(BEDS, region(ratio), INDICATORS)
    np.testing.assert_allclose(alone.amount, 0.04 * np.array([1.01e6, 1e6]))
    by_register = observed("beds_per_1000_60plus", 2021, 40, basis="hukou")
    (registered,) = stocks(BEDS, region(by_register, hukou=0.9), INDICATORS)
    np.testing.assert_allclose(registered.amount, 0.04 * 0.9 * np.array([1.02e6, 1e6]))
    assert stocks(BEDS, region(by_register), INDICATORS) == ()
    (both,) = stocks(BEDS, region(ratio, observed(BEDS, "2021-06", 39_000)), INDICATORS)
    assert both.amount == [39_000]
    before = stocks(BEDS, region(observed("beds_per_1000_60plus", 2015, 50, basis="resident")), INDICATORS)
    assert before[0].amount[0] == pytest.approx(0.05 * 800_000)


def test_parts_and_other_definitions_stay_apart():
    kept = region(observed(BEDS, 2021, 9, part="410100"), observed(BEDS, 2022, 8, definition="wider"))
    assert stocks(BEDS, kept, INDICATORS) == ()


def test_zero_is_a_number():
    none = observed("dementia_beds", 2020, 0), observed("dementia_beds", 2023, 0)
    np.testing.assert_array_equal(supply(*none, of="dementia_beds", national=NATION).existing(), 0.0)
    nothing = observed("institution_beds", 2021, 0), observed("nursing_beds", 2021, 0)
    assert supplies(*nothing)["nursing_bed_share"] is None
    np.testing.assert_array_equal(supply(*nothing, of="nursing_beds").existing()[0, 1:], 0.0)


@given(st.floats(5, 95), st.floats(5, 95), st.floats(100, 1e5))
def test_nursing_beds_are_their_share_of_the_beds_in_every_draw(first, last, beds):
    rows = (
        observed("institution_beds", 2020, beds),
        observed("institution_beds", 2023, 1.2 * beds),
        observed("nursing_bed_share", 2020, first),
        observed("nursing_bed_share", 2023, last),
    )
    share, whole, part = (supply(*rows, of=name) for name in ("nursing_bed_share", "institution_beds", "nursing_beds"))
    product = share.existing() / 100 * whole.existing()
    np.testing.assert_allclose(part.existing(), product)
    assert np.all(part.existing() <= whole.existing())


def test_the_share_follows_from_two_counts_of_one_date():
    counts = observed("institution_beds", 2021, 24_285), observed("nursing_beds", 2021, 12_450)
    share = supply(*counts, of="nursing_bed_share")
    assert share.last.amount[0] == pytest.approx(51.266, abs=1e-3)


def test_a_delivered_plan_reaches_its_targets_from_the_last_observation():
    own = plan(figure(BEDS, "target", 2025, 160_000))
    found = supply(observed(BEDS, 2021, 100_000), plan=own)
    np.testing.assert_allclose(
        found.paths["plan_delivered"][0, :8], [np.nan, 100e3, 115e3, 130e3, 145e3, 160e3, 160e3, 160e3]
    )


def test_what_an_observation_is_worth_today():
    assert worth(observed(BEDS, "2025-09", 1), 2025) == "A"
    assert worth(observed(BEDS, 2025, 1, confidence="weak"), 2025) == "B"
    assert worth(observed(BEDS, 2020, 1), 2025) == "B"
    assert worth(observed(BEDS, 2019, 1), 2025) == "C"


def test_the_nations_record_keeps_definitions_apart_and_weak_figures_out():
    rows = [
        observed("institution_beds", 2015, 60, definition="before"),
        observed("institution_beds", 2020, 100),
        observed("institution_beds", 2022, 110),
        observed("institution_beds", 2023, 108),
        observed("institution_beds", 2024, 105),
        observed("institution_beds", 2025, 999, confidence="weak"),
        observed("nursing_bed_share", 2024, 65.7),
    ]
    goals = [Goal("social_workers_per_1000_60plus", 2025, 1.0, "somebody")]
    found = national(rows, {2024: 1000.0}, INDICATORS, goals, 2022)
    assert found.trends["institution_beds"].yearly == pytest.approx(np.log(105 / 110) / 2)
    assert "institution_beds" not in found.fastest
    assert found.norms["institution_beds"].value == pytest.approx(0.105)
    assert found.norms["nursing_bed_share"].value == 65.7
    assert (found.norms["social_workers"].kind, found.norms["social_workers"].value) == ("goal", 0.001)
    assert "certified_caregivers" not in found.norms
