"""Older people: what the section says of censuses."""

from report_case import PLAN, changed, of_plan, said

from pipeline.report.facts import SharedFacts
from pipeline.report.sections.people_section import people


def test_a_report_says_that_a_census_was_put_into_todays_boundary(drawn: SharedFacts) -> None:
    for shared in (drawn, changed(drawn, "need", drawn.tables["need"])):
        assert ("行政区划有调整" in said(people(of_plan(shared, "zh")))) == (PLAN in shared.made)
