"""Audit rules of targets: beyond the plan's own facts, met or not, stated once."""

import pytest
from audit_cases import severities


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
