"""Audit rules of arithmetic: shares, sums, parts, gaps and increases of a plan against one another."""

import pytest
from audit_cases import severities


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


def test_one_share_of_two_wholes(check):
    rows = [("nursing_bed_share", "target", 2020, 50.0), ("nursing_bed_share_all_beds", "target", 2020, 50.0)]
    assert severities(check("denominator", rows)) == ["basis"]
    assert not check("denominator", [rows[0], (*rows[1][:3], 30.0)])
