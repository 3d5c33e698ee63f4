"""Audit rules of targets: beyond the plan's own facts, met or not, stated once."""

import pytest
from audit_cases import severities

FACTS = "private_bed_share 2020 55; private_bed_share 2015 70"
WHOLE = "care_institutions 2020 100; private_care_institutions 2020 60"
GOAL = "private_bed_share target 2020 >=70; private_bed_share 2015 54.6"
COMPLETE = "rural_home_transformation_rate target"


@pytest.mark.parametrize(
    ("rule", "plan", "expected"),
    [
        # A target lies beyond the plan's own fact; sums over a period and exact numbers need not.
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 >=60", ["consistent"]),
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 >=50", ["contradiction"]),
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 <=50", ["consistent"]),
        ("own_baseline", f"{FACTS}; private_bed_share target 2025 <=60", ["contradiction"]),
        ("own_baseline", "caregivers_trained 2020 900; caregivers_trained target 2022 >=600", []),
        ("own_baseline", "rural_welfare_homes 2020 500; rural_welfare_homes target 2022 400", []),
        # One thing done completely by two dates, in one section or only in part, is none.
        ("two_dates", f"{COMPLETE} 2022 100 section=goals; {COMPLETE} 2024.general 100 section=tasks", []),
        ("two_dates", f"{COMPLETE} 2022 100 section=goals; {COMPLETE} 2024 90 section=tasks", []),
    ],
)
def test_how_targets_go_with_facts_and_one_another(check, rule: str, plan: str, expected: list[str]) -> None:
    assert severities(check(rule, plan)) == expected


def test_what_merely_holds_is_counted_and_not_listed(check):
    (held,) = check("subset", f"{WHOLE}; rural_welfare_homes 2020 30")
    assert (held.severity, held.count, len(held.figure_ids)) == ("consistent", 2, 3)
    assert held.stated is held.expected is held.difference is None
    listed = check("subset", f"{WHOLE}; rural_welfare_homes 2020 300")
    assert [(finding.severity, finding.count) for finding in listed] == [("contradiction", 1), ("consistent", 1)]
    ahead = (f"{name} 2020 40; {name} target 2025 >=55" for name in ("private_bed_share", "nursing_bed_share"))
    (held,) = check("own_baseline", ";".join(ahead))
    assert (held.severity, held.count) == ("consistent", 2)


def test_a_target_of_the_period_before_is_read_with_its_outcome(check, in_words):
    met = f"{GOAL}; private_bed_share 2020 75"
    assert [found.count for found in check("outcome", met, start=2021)] == [1]
    (found,) = check("outcome_missed", f"{GOAL}; private_bed_share 2020 61", start=2021)
    assert (found.severity, found.count) == ("consistent", 1)
    assert "reports 61% in 2020, so it was missed" in in_words(found)
    for start in (None, 2021):
        assert not check("own_baseline", met, start=start)
    assert not check("own_baseline", GOAL, start=2021), "history without an outcome says nothing"
    assert len(check("own_baseline", GOAL, start=2016)) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((33_000, 32_662), [("rounding", 2)]),
        ((33_000, 32_662, 33_000), [("rounding", 3)]),
        ((33_000, 33_000), [("consistent", 2)]),
        ((33_000, 32_162), [("contradiction", 2)]),
        ((33_000, 5_000), []),
    ],
)
def test_one_target_stated_more_than_once_is_one_finding(check, values, expected):
    plan = ";".join(f"institution_beds target 2025.{place} {value}" for place, value in enumerate(values))
    assert [(found.severity, len(found.figure_ids)) for found in check("restatement", plan)] == expected


def test_forecasts_of_other_people_are_no_restatement(check):
    name = "population_60plus projection"
    assert not check("restatement", f"{name} 2025.a 15000000 hukou; {name} 2025.b 15500000 resident")


def test_one_completion_by_two_dates_and_by_two_wordings_of_one(check, in_words):
    (found,) = check("two_dates", f"{COMPLETE} 2024 100 section=tasks; {COMPLETE} 2022 100 section=goals")
    assert (found.severity, found.expected, found.stated, found.difference) == ("contradiction", 2022, 2024, None)
    (found,) = check("two_dates", f"{COMPLETE} 2022 100 section=goals; {COMPLETE} 2023 100 section=tasks")
    assert found.severity == "rounding"
    assert "a difference of wording, not a contradiction" in in_words(found)
