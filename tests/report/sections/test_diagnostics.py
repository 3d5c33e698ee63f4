"""The models beside the censuses."""

import pytest
from report_case import changed, said

from pipeline.report.context import Context
from pipeline.report.facts import SharedFacts
from pipeline.report.numbers import Language
from pipeline.report.sections.diagnostics import checks
from pipeline.report.wording import Words


@pytest.mark.parametrize(("language", "tibet", "jilin"), [("zh", "西藏", "吉林"), ("en", "Tibet", "Jilin")])
def test_a_province_whose_leave_one_out_is_doubtful_is_named(
    drawn: SharedFacts, language: Language, tibet: str, jilin: str
) -> None:
    loo = drawn.tables["loo"]
    shared = changed(drawn, "loo", loo.assign(reliable=loo["area"] != "tibet"))
    text = said(checks(Context(shared, Words(language))))
    assert tibet in text
    assert jilin not in text
