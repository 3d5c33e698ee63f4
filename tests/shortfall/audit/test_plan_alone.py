"""Audit rules on a plan alone, on small made-up plans."""

from __future__ import annotations

import pytest
from audit_cases import severities
from hypothesis import given
from hypothesis import strategies as st

from pipeline.shortfall.audit.span import COUNTED, half_unit

# Rounding and print


@pytest.mark.parametrize(
    ("value", "unit", "half"),
    [
        (19.78, "percent", 0.005),
        (37, "per_1000", 0.5),
        (50, "percent", 0.5),
        (500, "persons_per_worker", 0.5),
        (8377, "beds", 0),
        (286, "facilities", 0),
        (90, "facilities", 0),
        (61_000, "beds", 500),
        (4_757_200, "persons", 50),
        (15_500_000, "persons", 50_000),
        (2_000_000, "persons", 50_000),
    ],
)
def test_a_stated_value_is_exact_to_half_a_unit_of_its_last_digit(value, unit, half):
    assert half_unit(value, unit) == pytest.approx(half)


@given(st.integers(1, 10**9), st.sampled_from(sorted(COUNTED)))
def test_rounding_a_count_never_moves_it_by_more_than_five_percent(value, unit):
    assert half_unit(value, unit) <= 0.05 * value


# Rules on the plan alone


def test_a_share_is_held_against_its_parts(check, in_words):
    stock = [("nursing_beds", "baseline", 2020, 530.0), ("institution_beds", "baseline", 2020, 999.0)]
    fits = check("share", [*stock, ("nursing_bed_share", "baseline", 2020, 53.0)])
    assert severities(fits) == ["consistent"]
    assert fits[0].expected == pytest.approx(53.053, abs=1e-3)
    assert severities(check("share", [*stock, ("nursing_bed_share", "baseline", 2020, 55.0)])) == ["contradiction"]
    assert "530 ÷ 999 = 53.05%" in in_words(fits[0])


def test_rounded_parts_can_explain_a_share_that_they_do_not_give(check):
    rough = [("nursing_beds", "baseline", 2020, 51_000.0), ("institution_beds", "baseline", 2020, 98_000.0)]
    assert severities(check("share", [*rough, ("nursing_bed_share", "baseline", 2020, 51.7)])) == ["rounding"]
    assert severities(check("share", [*rough, ("nursing_bed_share", "baseline", 2020, 53.9)])) == ["contradiction"]


def test_a_lower_bound_is_no_point(check):
    beds = ("institution_beds", "baseline", 2020, 80_000.0, {"comparator": ">="})
    nursing = ("nursing_beds", "baseline", 2020, 40_000.0)
    assert severities(check("share", [beds, nursing, ("nursing_bed_share", "baseline", 2020, 45.0)])) == ["consistent"]
    above = check("share", [beds, nursing, ("nursing_bed_share", "baseline", 2020, 55.0)])
    assert severities(above) == ["contradiction"], "more beds than stated would lower the share further"


def test_a_ratio_is_not_held_against_targets_other_years_or_the_other_population(check):
    share = ("nursing_bed_share", "baseline", 2020, 80.0)
    beds = ("institution_beds", "baseline", 2020, 1000.0)
    assert not check("share", [share, beds, ("nursing_beds", "target", 2020, 500.0)])
    assert not check("share", [share, beds, ("nursing_beds", "baseline", 2019, 500.0)])
    people = [
        ("population_60plus", "baseline", 2020, 300.0, {"basis": "hukou"}),
        ("population_total", "baseline", 2020, 1000.0, {"basis": "resident"}),
    ]
    for basis in ("unspecified", "hukou", "resident"):
        assert not check("share", [*people, ("share_60plus", "baseline", 2020, 20.0, {"basis": basis})])


def test_a_denominator_of_the_year_before_can_confirm_a_ratio_but_not_refute_it(check):
    places = ("childcare_places", "baseline", 2021, 14_798.0)
    people = ("population_total", "baseline", 2020, 4_380_000.0)
    assert severities(check("ratio", [places, people, ("childcare_places_per_1000", "baseline", 2021, 3.4)])) == [
        "consistent"
    ]
    assert not check("ratio", [places, people, ("childcare_places_per_1000", "baseline", 2021, 3.9)])


def test_a_number_that_fits_only_another_label_is_called_so(check, in_words):
    rows = [
        ("population_60plus", "baseline", 2020, 4000.0),
        ("population_65plus", "baseline", 2020, 2600.0),
        ("share_60plus", "baseline", 2020, 20.0),
    ]
    (found,) = check("label", [*rows, ("share_65plus_of_60plus", "baseline", 2020, 13.0)])
    assert found.severity == "contradiction"
    assert found.expected == pytest.approx(65)
    assert "fits only “share of population aged 65 and over”: 2,600 ÷ 20,000 = 13%" in in_words(found)
    right = [*rows, ("share_65plus_of_60plus", "baseline", 2020, 65.0)]
    assert not check("label", right)
    assert severities(check("share", right)) == ["consistent"]
    assert severities(check("share", [*rows, ("share_65plus_of_60plus", "baseline", 2020, 40.0)])) == ["contradiction"]


def test_parts_are_summed_only_when_all_are_stated(check):
    rows = [
        ("rural_welfare_home_hazards", "baseline", 2020, 121.0),
        ("rural_welfare_home_stove_hazards", "baseline", 2020, 34.0),
    ]
    assert not check("parts", rows)
    rest = "rural_welfare_home_latrine_hazards"
    assert severities(check("parts", [*rows, (rest, "baseline", 2020, 87.0)])) == ["consistent"]
    (found,) = check("parts", [*rows, (rest, "baseline", 2020, 88.0)])
    assert (found.severity, found.expected) == ("contradiction", 122)


def test_a_part_is_not_larger_than_its_whole(check):
    whole = ("institution_beds", "baseline", 2020, 1000.0)
    part = "private_institution_beds"
    assert severities(check("subset", [whole, (part, "baseline", 2020, 1200.0)])) == ["contradiction"]
    assert severities(check("subset", [whole, (part, "baseline", 2020, 900.0)])) == ["consistent"]
    at_least = ("institution_beds", "baseline", 2020, 1000.0, {"comparator": ">="})
    assert not check("subset", [at_least, (part, "baseline", 2020, 1200.0)])
    ratios = [("institution_beds_per_1000_60plus", "baseline", 2020, 56.0)]
    found = check("subset", [*ratios, ("beds_per_1000_60plus", "baseline", 2020, 50.0)])
    assert severities(found) == ["contradiction"]


def test_labels_that_exclude_each_other_cannot_hold_more_than_the_whole(check, in_words):
    rows = [
        ("care_institutions", "baseline", 2020, 100.0),
        ("institutions_set_up_by_society", "baseline", 2020, 60.0),
        ("rural_welfare_institutions", "baseline", 2020, 30.0),
    ]
    assert severities(check("overlap", rows)) == ["consistent"]
    (found,) = check("overlap", [*rows, ("public_care_institutions", "baseline", 2020, 15.0)])
    assert (found.severity, found.stated, found.expected) == ("contradiction", 105, 100)
    assert "105; care institutions: 100, which is 5 fewer" in in_words(found)
    assert not check("overlap", rows[:2])


def test_a_gap_is_target_less_stock(check):
    stock = ("institution_beds", "baseline", 2021, 24_285.0)
    targets = [("institution_beds", "target", 2025, 33_000.0), ("institution_beds", "target", "2025.b", 32_662.0)]
    (found,) = check("gap", [stock, *targets, ("institution_bed_gap", "baseline", 2021, 8377.0)])
    assert (found.severity, found.expected) == ("consistent", 8377)
    assert "made_up.institution_beds.target.2025.b" in found.figure_ids
    wrong = check("gap", [stock, targets[1], ("institution_bed_gap", "baseline", 2021, 8000.0)])
    assert severities(wrong) == ["contradiction"]
    assert not check("gap", [*targets, ("institution_bed_gap", "baseline", 2021, 8377.0)])


def test_an_increase_is_the_difference_of_two_levels(check):
    levels = [
        ("private_institution_beds", "baseline", 2020, 51_800.0),
        ("private_institution_beds", "baseline", 2015, 41_000.0),
    ]
    grown = "private_institution_beds_increase"
    assert severities(check("increase", [*levels, (grown, "baseline", 2020, 10_800.0)])) == ["consistent"]
    assert severities(check("increase", [*levels, (grown, "baseline", 2020, 14_000.0)])) == ["contradiction"]
    assert not check("increase", [levels[0], (grown, "baseline", 2020, 14_000.0)])


@pytest.mark.parametrize(
    ("comparator", "target", "severity"),
    [
        (">=", 60.0, "consistent"),
        (">=", 50.0, "contradiction"),
        ("<=", 50.0, "consistent"),
        ("<=", 60.0, "contradiction"),
    ],
)
def test_a_target_lies_beyond_the_plans_own_fact(check, comparator, target, severity):
    rows = [
        ("private_bed_share", "baseline", 2020, 55.0),
        ("private_bed_share", "baseline", 2015, 70.0),
        ("private_bed_share", "target", 2025, target, {"comparator": comparator}),
    ]
    assert severities(check("own_baseline", rows)) == [severity]


def test_what_merely_holds_is_counted_and_not_listed(check):
    whole = ("care_institutions", "baseline", 2020, 100.0)
    parts = [("private_care_institutions", "baseline", 2020, 60.0), ("rural_welfare_homes", "baseline", 2020, 30.0)]
    (held,) = check("subset", [whole, *parts])
    assert (held.severity, held.count, held.stated, held.expected, held.difference) == (
        "consistent",
        2,
        None,
        None,
        None,
    )
    assert len(held.figure_ids) == 3
    wrong = ("rural_welfare_homes", "baseline", 2020, 300.0)
    listed = check("subset", [whole, parts[0], wrong])
    assert [(finding.severity, finding.count) for finding in listed] == [("contradiction", 1), ("consistent", 1)]
    ahead = [
        (name, kind, year, value, {"comparator": ">="})
        for name in ("private_bed_share", "nursing_bed_share")
        for kind, year, value in (("baseline", 2020, 40.0), ("target", 2025, 55.0))
    ]
    (held,) = check("own_baseline", ahead)
    assert (held.severity, held.count) == ("consistent", 2)


def test_a_target_of_the_period_before_is_read_with_its_outcome(check, in_words):
    goal = ("private_bed_share", "target", 2020, 70.0, {"comparator": ">="})
    before = ("private_bed_share", "baseline", 2015, 54.6)
    met, missed = (("private_bed_share", "baseline", 2020, value) for value in (75.0, 61.0))
    assert [f.count for f in check("outcome", [goal, before, met], start=2021)] == [1]
    (found,) = check("outcome_missed", [goal, before, missed], start=2021)
    assert (found.severity, found.count) == ("consistent", 1)
    assert "reports 61% in 2020, so it was missed" in in_words(found)
    for start in (None, 2021):
        assert not check("own_baseline", [goal, before, met], start=start)
    assert not check("own_baseline", [goal, before], start=2021), "history without an outcome says nothing"
    assert len(check("own_baseline", [goal, before], start=2016)) == 1


def test_sums_over_a_period_and_exact_targets_need_not_lie_beyond_the_past(check):
    trained = [
        ("caregivers_trained", "baseline", 2020, 900.0),
        ("caregivers_trained", "target", 2022, 600.0, {"comparator": ">="}),
    ]
    assert not check("own_baseline", trained)
    assert not check(
        "own_baseline",
        [("rural_welfare_homes", "baseline", 2020, 500.0), ("rural_welfare_homes", "target", 2022, 400.0)],
    )


def test_one_target_stated_more_than_once_is_one_finding(check):
    def stated(*values):
        rows = [("institution_beds", "target", f"2025.{n}", value) for n, value in enumerate(values)]
        return [(found.severity, len(found.figure_ids)) for found in check("restatement", rows)]

    assert stated(33_000.0, 32_662.0) == [("rounding", 2)]
    assert stated(33_000.0, 32_662.0, 33_000.0) == [("rounding", 3)]
    assert stated(33_000.0, 33_000.0) == [("consistent", 2)]
    assert stated(33_000.0, 32_162.0) == [("contradiction", 2)]
    assert stated(33_000.0, 5_000.0) == []
    people = [
        ("population_60plus", "projection", "2025.a", 15_000_000.0, {"basis": "hukou"}),
        ("population_60plus", "projection", "2025.b", 15_500_000.0, {"basis": "resident"}),
    ]
    assert not check("restatement", people)


def test_one_completion_by_two_dates(check):
    early = ("rural_home_transformation_rate", "target", 2022, 100.0, {"section": "goals"})
    late = ("rural_home_transformation_rate", "target", 2024, 100.0, {"section": "tasks"})
    (found,) = check("two_dates", [late, early])
    assert (found.severity, found.expected, found.stated, found.difference) == ("contradiction", 2022, 2024, None)
    general = ("rural_home_transformation_rate", "target", "2024.general", 100.0, {"section": "tasks"})
    assert not check("two_dates", [early, general])
    assert not check("two_dates", [early, (*late[:3], 90.0, late[4])])


def test_before_a_year_and_in_that_year_differ_by_wording_alone(check, in_words):
    before = ("rural_home_transformation_rate", "target", 2022, 100.0, {"section": "goals"})
    during = ("rural_home_transformation_rate", "target", 2023, 100.0, {"section": "tasks"})
    (found,) = check("two_dates", [before, during])
    assert found.severity == "rounding"
    assert "a difference of wording, not a contradiction" in in_words(found)


def test_one_share_of_two_wholes(check):
    rows = [("nursing_bed_share", "target", 2020, 50.0), ("nursing_bed_share_all_beds", "target", 2020, 50.0)]
    assert severities(check("denominator", rows)) == ["basis"]
    assert not check("denominator", [rows[0], (*rows[1][:3], 30.0)])


TOTAL, OUTSIDE, INSIDE = (
    "social_workers_per_10000_60plus",
    "elders_per_social_worker_community",
    "institution_beds_per_social_worker",
)


def test_a_ratio_per_ten_thousand_against_one_to_n(check, in_words):
    equal = [(TOTAL, "target", 2022, 20.0), (OUTSIDE, "target", 2022, 500.0)]
    unlike = [(TOTAL, "target", 2025, 25.0), (OUTSIDE, "target", 2025, 450.0)]
    assert severities(check("other_unit", equal)) == ["consistent"]
    both = check("other_unit", equal + unlike)
    assert severities(both) == ["contradiction", "consistent"]
    assert both[0].expected == pytest.approx(22.222, abs=1e-3)
    assert "For another year the plan states the two as equal" in in_words(both[0])
    assert not check("other_unit", unlike), "the total may hold more than the community"


def test_ratios_for_different_people_add_up_to_the_total(check, in_words):
    beds = ("institution_beds_per_1000_60plus", "baseline", 2020, 30.0)
    parts = [(OUTSIDE, "target", 2025, 500.0), (INSIDE, "norm", "undated", 60.0), beds]
    (sums,) = check("staff_sum", [(TOTAL, "target", 2025, 25.0), *parts])
    assert (sums.severity, round(sums.expected, 6)) == ("consistent", 25)
    (wrong,) = check("staff_sum", [(TOTAL, "target", 2025, 32.0), *parts])
    assert wrong.severity == "contradiction"
    assert "20 per 10,000 + 5 per 10,000 = 25 per 10,000" in in_words(wrong)
    assert not check("staff_sum", [(TOTAL, "target", 2025, 20.0), *parts]), "it restates the community's alone"
    assert not check("staff_sum", [(TOTAL, "target", 2025, 32.0), *parts[:2]]), "no ratio of beds"
