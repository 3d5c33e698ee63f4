import numpy as np
import pytest
from care_plan import INDICATORS, figure, plan
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.care.yardstick import PlanRule, Point, RegionSupply, plan_rules, quantity_of, required, target_path

YEARS = range(2020, 2027)
OLD = "population_60plus"
PEOPLE = {OLD: np.array([[1000.0, 1100, 1200, 1300, 1400, 1500, 1600], [2000.0] * 7])}


def rule(quantity, form, other, scale, *targets, baseline=None, **more):
    points = tuple(Point(year, value, f"plan.{quantity}.target.{year}") for year, value in targets)
    start = None if baseline is None else Point(*baseline, f"plan.{quantity}.baseline.{baseline[0]}")
    return PlanRule(f"{quantity}_indicator", quantity, form, other, scale, points, start, **more)


def number(quantity, *targets, **more):
    return rule(quantity, "stated", None, 1, *targets, **more)


def asked(quantity, *rules, people=PEOPLE, hukou=None):
    return required(quantity, rules, RegionSupply((), people, {}, hukou, YEARS, 2025))


@pytest.mark.parametrize(
    ("baseline", "targets", "values", "carried"),
    [
        (Point(2021, 10.0, "a"), [Point(2023, 20.0, "b"), Point(2025, 22.0, "c")], [np.nan, 10, 15, 20, 21, 22, 22], 1),
        # Without a baseline nothing is asked before the first target.
        (None, [Point(2022, 50.0, "a")], [np.nan, np.nan, 50, 50, 50, 50, 50], 4),
        (Point(2010, 1.0, "a"), [Point(2015, 9.0, "b")], [9] * 7, 7),
    ],
)
def test_a_path_runs_straight_from_the_baseline_through_each_target_and_is_then_carried(
    baseline, targets, values, carried
):
    found, held = target_path(baseline, targets, YEARS)
    np.testing.assert_allclose(found, values)
    np.testing.assert_array_equal(held, [False] * (7 - carried) + [True] * carried)


def test_the_three_forms_by_hand():
    np.testing.assert_array_equal(asked("beds", number("beds", (2020, 500.0))).amount, np.full((1, 7), 500.0))
    ratio = asked("beds", rule("beds", "ratio", OLD, 1000, (2020, 40.0)))
    np.testing.assert_allclose(ratio.amount, PEOPLE[OLD] * 0.04)
    assert ratio.figure_id == "plan.beds.target.2020"
    inverse = asked("staff", rule("staff", "inverse", OLD, 1, (2020, 50.0)))
    np.testing.assert_allclose(inverse.amount, PEOPLE[OLD] / 50)
    assert inverse.amount.shape == (2, 7)


def test_a_quantity_without_a_rule_is_none_and_not_zero():
    assert asked("beds") is asked("beds", number("staff", (2020, 5.0))) is None


def test_nursing_beds_are_the_share_of_the_institution_beds_the_same_yardstick_asks_for():
    found = asked(
        "nursing_beds",
        rule("nursing_beds", "ratio", "institution_beds", 100, (2025, 58.0), baseline=(2020, 53.0)),
        rule("institution_beds", "ratio", OLD, 1000, (2020, 40.0), basis="resident"),
    )
    np.testing.assert_allclose(found.amount[0, 0], 0.53 * 0.04 * 1000)
    np.testing.assert_allclose(found.amount[0, 5], 0.58 * 0.04 * 1500)
    np.testing.assert_allclose(found.amount[1, 6], 0.58 * 0.04 * 2000)
    assert found.figure_id == "plan.nursing_beds.target.2025;plan.institution_beds.target.2020"
    assert found.basis == "resident"
    # The institution beds are carried from 2021 on, and so is all that hangs on them.
    np.testing.assert_array_equal(found.carried, [False] + [True] * 6)


BY_RESIDENTS = rule("staff", "inverse", "residents", 1, (2020, 100.0))


@pytest.mark.parametrize(
    ("rules", "unknown"),
    [
        ([BY_RESIDENTS], "count:residents"),
        # Through a chain, in a circle, of a sum.
        (
            [rule("staff", "inverse", "beds", 1, (2020, 10.0)), rule("beds", "ratio", "residents", 1, (2020, 2.0))],
            "count:residents",
        ),
        ([rule("staff", "ratio", "b", 1, (2020, 2.0)), rule("b", "ratio", "staff", 1, (2020, 0.5))], "count:staff"),
        (
            [number("staff", (2020, 7.0)), rule("staff", "ratio", "communities", 1, (2020, 2.0), role="add")],
            "count:communities",
        ),
        ([rule("staff", "ratio", "beds", 100, (2025, 55.0))], "whole:beds"),
        ([rule("staff", "ratio", OLD, 1000, (2020, 50.0), basis="hukou")], "hukou_ratio"),
    ],
)
def test_what_is_not_known_is_blank_and_named(rules, unknown):
    found = asked("staff", *rules)
    assert np.isnan(found.amount).all()
    assert found.amount.shape == (1, 7)
    assert found.unknown == (unknown,)


def test_a_ratio_to_registered_people_uses_the_ratio_draw_by_draw_and_others_leave_it_alone():
    by_hukou = rule("beds", "ratio", OLD, 1000, (2020, 50.0), basis="hukou")
    found = asked("beds", by_hukou, hukou=np.array([[0.9], [1.1]]) * np.ones(len(YEARS)))
    np.testing.assert_allclose(found.amount, PEOPLE[OLD] * [[0.9 * 0.05], [1.1 * 0.05]])
    assert found.basis == "hukou"
    for basis in ("unspecified", "resident"):
        plain = rule("beds", "ratio", OLD, 1000, (2020, 50.0), basis=basis)
        np.testing.assert_allclose(asked("beds", plain, hukou=np.array([0.5, 0.5])).amount, PEOPLE[OLD] * 0.05)


def test_the_main_rule_counts_what_adds_to_it_is_summed_and_checks_are_left_out():
    institution = number("staff", (2022, 30.0), basis="resident")
    community = number("staff", (2025, 20.0), role="add")
    summed = asked("staff", institution, number("staff", (2020, 999.0), role="check"), community)
    assert summed.figure_id == "plan.staff.target.2022;plan.staff.target.2025"
    assert summed.basis == "unspecified"
    np.testing.assert_array_equal(summed.carried, [False, False, False, True, True, True, True])
    # Before the community's term begins the sum is not known: half of it would be too little.
    np.testing.assert_allclose(summed.amount[0], [np.nan] * 5 + [50.0] * 2)


def test_a_number_is_kept_after_its_year_as_the_ratio_it_was_in_every_draw():
    found = asked("beds", number("beds", (2023, 130.0), baseline=(2020, 100.0), grows_with=OLD))
    np.testing.assert_allclose(found.amount[0], [100, 110, 120, 130, 140, 150, 160])
    np.testing.assert_allclose(found.amount[1], [100, 110, 120, 130, 130, 130, 130])
    assert np.isnan(asked("beds", number("beds", (2018, 130.0), grows_with=OLD)).amount).all()


OLD_PEOPLE = arrays(float, (1, 7), elements=st.floats(1.0, 1e6))


@settings(deadline=None)
@given(st.tuples(*[st.floats(0.5, 1e4)] * 3), st.tuples(*[st.floats(1.0, 3.0)] * 3), OLD_PEOPLE, OLD_PEOPLE)
def test_higher_targets_and_more_old_people_never_need_less(targets, times, old, more):
    def amount(quantity, share, ratio, elders, old=old):
        rules = (
            rule("nursing_beds", "ratio", "institution_beds", 100, (2024, share), baseline=(2020, 10.0)),
            rule("institution_beds", "ratio", OLD, 1000, (2022, ratio), baseline=(2020, 5.0)),
            rule("workers", "inverse", "institution_beds", 1, (2020, 50.0), serves="institution"),
            rule("workers", "inverse", OLD, 1, (2020, elders), serves="community", role="add"),
        )
        return asked(quantity, *rules, people={OLD: old}).amount

    (share, ratio, elders), (of_share, of_ratio, of_elders) = targets, times
    for quantity in ("nursing_beds", "institution_beds", "workers"):
        usual = amount(quantity, *targets) * (1 - 1e-12)
        assert (amount(quantity, share * of_share, ratio * of_ratio, elders / of_elders) >= usual).all()
        assert (amount(quantity, *targets, old + more) >= usual).all()


def test_a_standing_norm_holds_in_every_year_and_is_never_carried():
    norm = rule("institution_beds", "ratio", OLD, 1000, (2020, 30.0), standing=True)
    share = rule("nursing_beds", "ratio", "institution_beds", 100, (2023, 55.0))
    assert not asked("institution_beds", norm).carried.any()
    np.testing.assert_array_equal(asked("nursing_beds", share, norm).carried, [False] * 4 + [True] * 3)


def test_communities_of_town_and_country_are_different_people():
    rules = [
        rule("staff", "ratio", "urban", 1, (2020, 2.0), serves="urban_community"),
        rule("staff", "ratio", "rural", 1, (2020, 1.0), serves="rural_community", role="add"),
    ]
    people = {"urban": np.full((1, 7), 10.0), "rural": np.full((1, 7), 30.0)}
    np.testing.assert_array_equal(asked("staff", *rules, people=people).amount, 50.0)


def test_a_plans_rules_leave_the_period_before_to_history():
    own = plan(
        figure("beds_per_1000_60plus", "target", 2020, 50),
        figure("institution_beds_per_1000_60plus", "norm", None, 30),
        figure("nursing_bed_share", "target", 2025, 58),
        figure("nursing_bed_share", "baseline", 2020, 53),
    )
    rules = plan_rules(own, INDICATORS, 2020)
    assert {(rule.quantity, rule.standing) for rule in rules} == {
        ("institution_beds", True),
        ("nursing_beds", False),
        ("nursing_bed_share", False),
    }
    assert quantity_of("beds", rules, ["elderly_care_beds"]) == "institution_beds"
    assert quantity_of("beds", [], ["elderly_care_beds"]) == "elderly_care_beds"
