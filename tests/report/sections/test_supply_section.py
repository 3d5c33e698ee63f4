"""What exists."""

import pandas as pd
from report_case import changed, of_plan, said

from pipeline.report.facts import SharedFacts
from pipeline.report.sections.supply_section import supply


def test_a_stock_of_zero_is_a_number_like_others(drawn: SharedFacts) -> None:
    gap = drawn.tables["gap"]
    none = gap[(gap["resource"] == "nursing_beds") & (gap["yardstick"] != "need")]
    none = none.assign(resource="dementia_beds", quantity="dementia_beds", grade="B")
    none.loc[none["measure"] == "existing", ["shown", "q10", "q90"]] = 0.0
    text = said(supply(of_plan(changed(drawn, "gap", pd.concat([gap, none])))))
    assert "Dementia beds: 0 beds at the end of 2025" in text
    assert "NaN" not in text.replace('"NaN"', "")
