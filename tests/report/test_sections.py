import re

import pandas as pd
import pytest
from report_case import PLAN, changed, of_plan, said

from pipeline.report.context import Context
from pipeline.report.facts import MissingResult
from pipeline.report.sections.annex_section import backtest, checks, counts
from pipeline.report.sections.brief_section import standing, to_do, yearly
from pipeline.report.sections.next_plan_section import shared_out
from pipeline.report.sections.people_section import people
from pipeline.report.sections.sources_section import audit
from pipeline.report.sections.supply_section import supply
from pipeline.report.wording import LANGUAGES, Words


def of_plan_with(drawn, name, frame, language="en"):
    """The report of Xuchang's plan, with another table in the place of one."""
    return of_plan(changed(drawn, name, frame), language)


@pytest.mark.parametrize(("upper", "spare"), [(-40.0, True), (40.0, False)])
def test_a_surplus_is_said_where_counts_carry_it_and_nearly_every_draw_has_it(drawn, upper, spare):
    additions = drawn.tables["additions"].copy()
    shortfall = (additions["yardstick"] == "need") & (additions["part"] == "shortfall")
    additions.loc[shortfall, ["shown", "q10", "q90", "grade"]] = [-100.0, -150.0, upper, "B"]
    beds = to_do(of_plan_with(drawn, "additions", additions))[0]
    assert ("by need there were beds to spare at the end of 2025" in beds) == spare


def test_where_nothing_stands_still_the_nations_level_says_what_to_add(drawn):
    additions = drawn.tables["additions"]
    norm = additions[additions["yardstick"] == "need"].assign(yardstick="norm", grade="B")
    context = of_plan_with(drawn, "additions", norm)
    assert "at the nation's level of today" in to_do(context)[0]
    assert "at the nation's level" in yearly(context, "beds")


@pytest.mark.parametrize(("grade", "firm"), [("B", True), ("C", False)])
def test_what_starts_from_a_stock_of_grade_c_is_marked_and_heads_no_page(drawn, grade, firm):
    context = of_plan_with(drawn, "additions", drawn.tables["additions"].assign(grade=grade), "zh")
    assert ("每年须新增" in to_do(context)[0]) == firm
    assert ("先查清" in to_do(context)[0]) != firm
    assert ("只供参考" in yearly(context, "beds")) != firm


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_grades_c_and_d_say_is_no_verdict(drawn, language):
    context = of_plan(drawn, language)
    verdicts = [context.words(f"verdict.{name}") for name in ("likely_met", "likely_missed", "met")]
    for name, row in context.headline.items():
        text, tone = standing(context, row)
        assert (tone == "open") == (row["grade"] in ("C", "D")), name
        if tone == "open":
            assert not any(verdict in "".join(span.text for span in text) for verdict in verdicts), name
            assert not any(span.mark == "strong" for span in text)


def test_parts_of_additions_that_are_rounded_add_up_to_their_rounded_sum():
    assert shared_out([13_160, 31_680, 9_760], 100) == [13_200, 31_700, 9_700]
    assert shared_out([-18_680, 23_640, 9_760], 100) == [-18_700, 23_600, 9_800]


def test_a_report_says_that_a_census_was_put_into_todays_boundary(drawn):
    for shared in (drawn, changed(drawn, "need", drawn.tables["need"])):
        assert ("行政区划有调整" in said(people(of_plan(shared, "zh")))) == (PLAN in shared.made)


def test_the_backtest_says_which_goals_are_missed_and_what_limits_them(drawn):
    scores = drawn.tables["backtest_scores"].copy()
    ours = (scores["model"] == "cohort_model") & (scores["information"] == "ex_ante")
    scores.loc[ours & (scores["test"] == "cities") & (scores["age_group"] == "60+"), "mape"] = 5.75
    scores.loc[ours & (scores["test"] == "provinces") & (scores["age_group"] == "80+"), "coverage_95_high"] = 94.0
    text = said(backtest(Context(changed(drawn, "backtest_scores", scores), Words("en"))))
    assert "cities: missed at 60 and over: 5.75% (goal 5.5%)" in text
    assert "coverage is off its level for the 95% interval at 80 and over" in text
    assert "Tibet" in text


def test_scores_of_the_next_count_are_those_over_all_cutoffs(drawn):
    scores = drawn.tables["counts_scores"].query("cutoff == 0")
    _, table = counts(Context(drawn, Words("en")))
    assert len(table.rows) == len(scores) > 0
    text = said([table])
    for model in ("this projection", "censuses alone", "last ratio kept", "grows as projected"):
        assert model in text


def test_a_goal_without_a_score_stops_the_report(drawn):
    scores = drawn.tables["backtest_scores"]
    shared = changed(drawn, "backtest_scores", scores[scores["test"] != "cities"])
    with pytest.raises(MissingResult, match="backtest_scores: no row for"):
        backtest(Context(shared, Words("en")))


@pytest.mark.parametrize(("language", "tibet", "jilin"), [("zh", "西藏", "吉林"), ("en", "Tibet", "Jilin")])
def test_a_province_whose_leave_one_out_is_doubtful_is_named(drawn, language, tibet, jilin):
    loo = drawn.tables["loo"]
    shared = changed(drawn, "loo", loo.assign(reliable=loo["area"] != "tibet"))
    text = said(checks(Context(shared, Words(language))))
    assert tibet in text
    assert jilin not in text


def test_nothing_is_counted_that_is_not_there(spoken):
    audits = {name: said(blocks) for name, blocks in spoken["zh"].items() if name.endswith("audit")}
    assert audits
    assert {name for name, text in audits.items() if re.search(r"(?<![\d.,])0项", text)} == set()


def test_a_plan_of_which_nothing_could_be_checked_is_not_called_free_of_faults(drawn):
    context = of_plan_with(drawn, "plan_audit", drawn.tables["plan_audit"].head(0))
    assert "That does not say that the figures are right" in said(audit(context))


def test_a_stock_of_zero_is_a_number_like_others(drawn):
    gap = drawn.tables["gap"]
    none = gap[(gap["resource"] == "nursing_beds") & (gap["yardstick"] != "need")]
    none = none.assign(resource="dementia_beds", quantity="dementia_beds", grade="B")
    none.loc[none["measure"] == "existing", ["shown", "q10", "q90"]] = 0.0
    text = said(supply(of_plan_with(drawn, "gap", pd.concat([gap, none]))))
    assert "Dementia beds: 0 beds at the end of 2025" in text
    assert "NaN" not in text.replace('"NaN"', "")
