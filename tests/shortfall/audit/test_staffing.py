"""Audit rules of staff: one ratio in two units, and ratios that add up."""

import pytest
from audit_cases import severities

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
