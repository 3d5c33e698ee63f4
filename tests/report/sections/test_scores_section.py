"""The method tested on the past."""

import pytest
from report_case import changed, said

from pipeline.report.context import Context
from pipeline.report.facts import MissingResult, SharedFacts
from pipeline.report.sections.scores_section import backtest, checks
from pipeline.report.wording import Language, Words


def test_the_backtest_says_which_goals_are_missed_and_what_limits_them(drawn: SharedFacts) -> None:
    scores = drawn.tables["backtest_scores"].copy()
    ours = (scores["model"] == "cohort_model") & (scores["information"] == "ex_ante")
    scores.loc[ours & (scores["test"] == "cities") & (scores["age_group"] == "60+"), "mape"] = 5.75
    scores.loc[ours & (scores["test"] == "provinces") & (scores["age_group"] == "80+"), "coverage_95_high"] = 94.0
    text = said(backtest(Context(changed(drawn, "backtest_scores", scores), Words("en"))))
    assert "cities: missed at 60 and over: 5.75% (goal 5.5%)" in text
    assert "coverage is off its level for the 95% interval at 80 and over" in text
    assert "Tibet" in text


def test_a_goal_without_a_score_stops_the_report(drawn: SharedFacts) -> None:
    scores = drawn.tables["backtest_scores"]
    shared = changed(drawn, "backtest_scores", scores[scores["test"] != "cities"])
    with pytest.raises(MissingResult, match="backtest_scores: no row for"):
        backtest(Context(shared, Words("en")))


@pytest.mark.parametrize(("language", "tibet", "jilin"), [("zh", "西藏", "吉林"), ("en", "Tibet", "Jilin")])
def test_a_province_whose_leave_one_out_is_doubtful_is_named(
    drawn: SharedFacts, language: Language, tibet: str, jilin: str
) -> None:
    loo = drawn.tables["loo"]
    shared = changed(drawn, "loo", loo.assign(reliable=loo["area"] != "tibet"))
    text = said(checks(Context(shared, Words(language))))
    assert tibet in text
    assert jilin not in text
