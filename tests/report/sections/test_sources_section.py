"""What in a plan does not add up."""

import re

from report_case import Spoken, changed, of_plan, said

from pipeline.report.facts import SharedFacts
from pipeline.report.sections.sources_section import audit


def test_nothing_is_counted_that_is_not_there(spoken: Spoken) -> None:
    audits = {name: said(blocks) for name, blocks in spoken["zh"].items() if name.endswith("audit")}
    assert audits
    assert {name for name, text in audits.items() if re.search(r"(?<![\d.,])0项", text)} == set()


def test_a_plan_of_which_nothing_could_be_checked_is_not_called_free_of_faults(drawn: SharedFacts) -> None:
    shared = changed(drawn, "plan_audit", drawn.tables["plan_audit"].head(0))
    assert "That does not say that the figures are right" in said(audit(of_plan(shared)))
