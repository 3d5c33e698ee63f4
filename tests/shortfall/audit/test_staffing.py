"""Audit rules of staff: one ratio in two units, and ratios that add up."""

import pytest
from audit_cases import severities

TOTAL = "social_workers_per_10000_60plus"
OUTSIDE = "elders_per_social_worker_community"
INSIDE = "institution_beds_per_social_worker"
EQUAL = f"{TOTAL} target 2022 20; {OUTSIDE} target 2022 500"
UNLIKE = f"{TOTAL} target 2025 25; {OUTSIDE} target 2025 450"
PARTS = f"{OUTSIDE} target 2025 500; {INSIDE} norm undated 60"
BEDS = "institution_beds_per_1000_60plus 2020 30"


def test_a_ratio_per_ten_thousand_against_one_to_n(check, in_words):
    assert severities(check("other_unit", EQUAL)) == ["consistent"]
    both = check("other_unit", f"{EQUAL}; {UNLIKE}")
    assert severities(both) == ["contradiction", "consistent"]
    assert both[0].expected == pytest.approx(22.222, abs=1e-3)
    assert "For another year the plan states the two as equal" in in_words(both[0])
    assert not check("other_unit", UNLIKE), "the total may hold more than the community"


def test_ratios_for_different_people_add_up_to_the_total(check, in_words):
    (sums,) = check("staff_sum", f"{TOTAL} target 2025 25; {PARTS}; {BEDS}")
    assert (sums.severity, round(sums.expected, 6)) == ("consistent", 25)
    (wrong,) = check("staff_sum", f"{TOTAL} target 2025 32; {PARTS}; {BEDS}")
    assert wrong.severity == "contradiction"
    assert "20 per 10,000 + 5 per 10,000 = 25 per 10,000" in in_words(wrong)
    assert not check("staff_sum", f"{TOTAL} target 2025 20; {PARTS}; {BEDS}"), "it restates the community's alone"
    assert not check("staff_sum", f"{TOTAL} target 2025 32; {PARTS}"), "no ratio of beds"
