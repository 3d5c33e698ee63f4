"""What yardsticks ask for: paths of targets, the three forms, chains, bases, and which of several terms counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.care.requirement import PlanRule, Point, required, target_path

YEARS = range(2020, 2027)
OLD = "population_60plus"
PEOPLE = {OLD: np.array([[1000.0, 1100, 1200, 1300, 1400, 1500, 1600], [2000.0] * 7])}

amounts = st.floats(0.5, 1e4)


def rule(
    quantity: str,
    form: str,
    other: str | None,
    scale: float,
    *targets: tuple[int, float],
    baseline: tuple[int, float] | None = None,
    **more: object,
) -> PlanRule:
    points = tuple(Point(year, value, f"plan.{quantity}.target.{year}") for year, value in targets)
    start = None if baseline is None else Point(*baseline, f"plan.{quantity}.baseline.{baseline[0]}")
    return PlanRule(f"{quantity}_indicator", quantity, form, other, scale, points, start, **more)  # type: ignore[arg-type]


def test_a_path_runs_straight_from_the_baseline_through_each_target_and_is_then_carried() -> None:
    values, carried = target_path(Point(2021, 10.0, "a"), [Point(2023, 20.0, "b"), Point(2025, 22.0, "c")], YEARS)
    np.testing.assert_allclose(values, [np.nan, 10, 15, 20, 21, 22, 22])
    np.testing.assert_array_equal(carried, [False] * 6 + [True])


def test_without_a_baseline_nothing_is_asked_before_the_first_target() -> None:
    values, carried = target_path(None, [Point(2022, 50.0, "a")], YEARS)
    np.testing.assert_allclose(values, [np.nan, np.nan, 50, 50, 50, 50, 50])
    np.testing.assert_array_equal(carried, [False, False, False, True, True, True, True])


def test_a_path_that_ended_before_the_first_year_is_carried_all_the_way() -> None:
    values, carried = target_path(Point(2010, 1.0, "a"), [Point(2015, 9.0, "b")], YEARS)
    np.testing.assert_array_equal(values, 9.0)
    assert carried.all()


def test_the_three_forms_by_hand() -> None:
    stated = required("beds", [rule("beds", "stated", None, 1, (2020, 500.0))], PEOPLE, None, YEARS)
    ratio = required("beds", [rule("beds", "ratio", OLD, 1000, (2020, 40.0))], PEOPLE, None, YEARS)
    inverse = required("staff", [rule("staff", "inverse", OLD, 1, (2020, 50.0))], PEOPLE, None, YEARS)
    assert stated is not None
    assert ratio is not None
    assert inverse is not None
    np.testing.assert_array_equal(stated.amount, np.full((1, 7), 500.0))
    np.testing.assert_allclose(ratio.amount, PEOPLE[OLD] * 0.04)
    np.testing.assert_allclose(inverse.amount, PEOPLE[OLD] / 50)
    assert inverse.amount.shape == (2, 7)
    assert ratio.figure_id == "plan.beds.target.2020"


def test_a_quantity_without_a_rule_is_none_and_not_zero() -> None:
    assert required("beds", [], PEOPLE, None, YEARS) is None
    assert required("beds", [rule("staff", "stated", None, 1, (2020, 5.0))], PEOPLE, None, YEARS) is None


def test_nursing_beds_are_the_share_of_the_institution_beds_the_same_yardstick_asks_for() -> None:
    rules = [
        rule("nursing_beds", "ratio", "institution_beds", 100, (2025, 58.0), baseline=(2020, 53.0)),
        rule("institution_beds", "ratio", OLD, 1000, (2020, 40.0), basis="resident"),
    ]
    found = required("nursing_beds", rules, PEOPLE, None, YEARS)
    assert found is not None
    np.testing.assert_allclose(found.amount[0, 0], 0.53 * 0.04 * 1000)
    np.testing.assert_allclose(found.amount[0, 5], 0.58 * 0.04 * 1500)
    np.testing.assert_allclose(found.amount[1, 6], 0.58 * 0.04 * 2000)
    assert found.figure_id == "plan.nursing_beds.target.2025;plan.institution_beds.target.2020"
    assert found.basis == "resident"
    # The institution beds are carried from 2021 on, and so is all that hangs on them.
    np.testing.assert_array_equal(found.carried, [False] + [True] * 6)


def test_staff_by_beds_divides_the_required_beds() -> None:
    rules = [
        rule("staff", "inverse", "institution_beds", 1, (2020, 60.0), serves="institution"),
        rule("institution_beds", "stated", None, 1, (2020, 1200.0), basis="not_applicable"),
    ]
    found = required("staff", rules, PEOPLE, None, YEARS)
    assert found is not None
    np.testing.assert_allclose(found.amount, 20.0)


def test_an_unknown_count_gives_a_blank_and_its_name() -> None:
    found = required("staff", [rule("staff", "inverse", "residents", 1, (2020, 100.0))], PEOPLE, None, YEARS)
    assert found is not None
    assert np.isnan(found.amount).all()
    assert found.amount.shape == (1, 7)
    assert found.unknown == ("count:residents",)


def test_the_name_of_an_unknown_count_comes_through_a_chain() -> None:
    rules = [rule("staff", "inverse", "beds", 1, (2020, 10.0)), rule("beds", "ratio", "residents", 1, (2020, 2.0))]
    found = required("staff", rules, PEOPLE, None, YEARS)
    assert found is not None
    assert np.isnan(found.amount).all()
    assert found.unknown == ("count:residents",)


def test_rules_in_a_circle_are_unknown_and_end() -> None:
    rules = [rule("a", "ratio", "b", 1, (2020, 2.0)), rule("b", "ratio", "a", 1, (2020, 0.5))]
    found = required("a", rules, PEOPLE, None, YEARS)
    assert found is not None
    assert np.isnan(found.amount).all()
    assert found.unknown == ("count:a",)


def test_a_ratio_to_registered_people_uses_the_ratio_draw_by_draw() -> None:
    by_hukou = rule("beds", "ratio", OLD, 1000, (2020, 50.0), basis="hukou")
    found = required("beds", [by_hukou], PEOPLE, np.array([[0.9], [1.1]]) * np.ones(len(YEARS)), YEARS)
    assert found is not None
    np.testing.assert_allclose(found.amount, PEOPLE[OLD] * [[0.9 * 0.05], [1.1 * 0.05]])
    assert found.basis == "hukou"


def test_a_ratio_to_registered_people_is_blank_where_their_number_is_not_known() -> None:
    by_hukou = rule("beds", "ratio", OLD, 1000, (2020, 50.0), basis="hukou")
    found = required("beds", [by_hukou], PEOPLE, None, YEARS)
    assert found is not None
    assert np.isnan(found.amount).all()
    assert found.unknown == ("hukou_ratio",)


def test_an_unspecified_or_resident_ratio_leaves_the_hukou_ratio_alone() -> None:
    for basis in ("unspecified", "resident"):
        plain = rule("beds", "ratio", OLD, 1000, (2020, 50.0), basis=basis)
        found = required("beds", [plain], PEOPLE, np.array([0.5, 0.5]), YEARS)
        assert found is not None
        np.testing.assert_allclose(found.amount, PEOPLE[OLD] * 0.05)


def test_the_main_rule_counts_what_adds_to_it_is_summed_and_checks_are_left_out() -> None:
    institution = rule("staff", "stated", None, 1, (2022, 30.0), basis="resident")
    community = rule("staff", "stated", None, 1, (2025, 20.0), role="add")
    other = rule("staff", "stated", None, 1, (2020, 999.0), role="check")
    summed = required("staff", [institution, other, community], PEOPLE, None, YEARS)
    assert summed is not None
    assert summed.figure_ids == ("plan.staff.target.2022", "plan.staff.target.2025")
    assert summed.basis == "unspecified"
    np.testing.assert_array_equal(summed.carried, [False, False, False, True, True, True, True])
    # Before the community's term begins the sum is not known: half of it would be too little.
    np.testing.assert_allclose(summed.amount[0], [np.nan] * 5 + [50.0] * 2)


def test_an_unknown_term_blanks_a_sum() -> None:
    known = rule("staff", "stated", None, 1, (2020, 7.0))
    community = rule("staff", "ratio", "communities", 1, (2020, 2.0), role="add")
    summed = required("staff", [known, community], PEOPLE, None, YEARS)
    assert summed is not None
    assert np.isnan(summed.amount).all()
    assert summed.unknown == ("count:communities",)


def test_a_share_of_a_stock_nobody_asks_for_names_the_whole() -> None:
    found = required("nursing_beds", [rule("nursing_beds", "ratio", "beds", 100, (2025, 55.0))], PEOPLE, None, YEARS)
    assert found is not None
    assert found.unknown == ("whole:beds",)


def test_a_number_is_kept_after_its_year_as_the_ratio_it_was_in_every_draw() -> None:
    number = rule("beds", "stated", None, 1, (2023, 130.0), baseline=(2020, 100.0), grows_with=OLD)
    found = required("beds", [number], PEOPLE, None, YEARS)
    assert found is not None
    np.testing.assert_allclose(found.amount[0], [100, 110, 120, 130, 140, 150, 160])
    np.testing.assert_allclose(found.amount[1], [100, 110, 120, 130, 130, 130, 130])
    outside = rule("beds", "stated", None, 1, (2018, 130.0), grows_with=OLD)
    blank = required("beds", [outside], PEOPLE, None, YEARS)
    assert blank is not None
    assert np.isnan(blank.amount).all()


def chain(share: float, ratio: float, elders: float) -> list[PlanRule]:
    return [
        rule("nursing_beds", "ratio", "institution_beds", 100, (2024, share), baseline=(2020, 10.0)),
        rule("institution_beds", "ratio", OLD, 1000, (2022, ratio), baseline=(2020, 5.0)),
        rule("workers", "inverse", "institution_beds", 1, (2020, 50.0), serves="institution"),
        rule("workers", "inverse", OLD, 1, (2020, elders), serves="community"),
        rule("workers", "ratio", OLD, 1000, (2020, 3.0), serves="all"),
    ]


@given(amounts, amounts, st.floats(1.0, 3.0), st.floats(1.0, 3.0))
def test_a_higher_target_never_lowers_what_is_required(
    share: float, ratio: float, more_share: float, more_ratio: float
) -> None:
    for quantity in ("nursing_beds", "institution_beds", "workers"):
        low = required(quantity, chain(share, ratio, 400.0), PEOPLE, None, YEARS)
        high = required(quantity, chain(share * more_share, ratio * more_ratio, 400.0), PEOPLE, None, YEARS)
        assert low is not None
        assert high is not None
        # Which of two yardsticks counts is decided by the last year, so only there a switch cannot lower it.
        assert (high.amount[:, -1].mean() >= low.amount[:, -1].mean() * (1 - 1e-12)).all()
        if quantity != "workers":
            assert (high.amount >= low.amount * (1 - 1e-12)).all()


@given(st.floats(10.0, 1000.0), st.floats(1.0, 3.0))
def test_more_people_a_worker_never_raise_the_staff_required(elders: float, more: float) -> None:
    found = [
        required("staff", [rule("staff", "inverse", OLD, 1, (2020, per))], PEOPLE, None, YEARS)
        for per in (elders, elders * more)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert (found[1].amount <= found[0].amount * (1 + 1e-12)).all()


@given(st.lists(st.floats(1.0, 1e6), min_size=7, max_size=7), st.lists(st.floats(0.0, 1e6), min_size=7, max_size=7))
def test_more_old_people_never_need_less(people: list[float], added: list[float]) -> None:
    for quantity in ("nursing_beds", "institution_beds"):
        few = required(quantity, chain(55.0, 40.0, 400.0), {OLD: np.array([people])}, None, YEARS)
        more = np.array([people]) + np.array([added])
        many = required(quantity, chain(55.0, 40.0, 400.0), {OLD: more}, None, YEARS)
        assert few is not None
        assert many is not None
        assert (many.amount >= few.amount * (1 - 1e-12)).all()


def test_a_standing_norm_holds_in_every_year_and_is_never_carried() -> None:
    norm = rule("institution_beds", "ratio", OLD, 1000, (2020, 30.0), standing=True)
    share = rule("nursing_beds", "ratio", "institution_beds", 100, (2023, 55.0))
    alone = required("institution_beds", [norm], PEOPLE, None, YEARS)
    chained = required("nursing_beds", [share, norm], PEOPLE, None, YEARS)
    assert alone is not None
    assert chained is not None
    assert not alone.carried.any()
    np.testing.assert_array_equal(chained.carried, [False] * 4 + [True] * 3)


def test_communities_of_town_and_country_are_different_people() -> None:
    rules = [
        rule("staff", "ratio", "urban", 1, (2020, 2.0), serves="urban_community"),
        rule("staff", "ratio", "rural", 1, (2020, 1.0), serves="rural_community", role="add"),
    ]
    found = required("staff", rules, {"urban": np.full((1, 7), 10.0), "rural": np.full((1, 7), 30.0)}, None, YEARS)
    assert found is not None
    np.testing.assert_array_equal(found.amount, 50.0)
