"""The first screen: what to do first, and cards with verdicts and grades of evidence."""

import pytest
from report_case import changed, of_plan

from pipeline.report.facts import SharedFacts
from pipeline.report.sections.brief_section import standing, to_do, yearly
from pipeline.report.wording import LANGUAGES, Language


@pytest.mark.parametrize(("upper", "spare"), [(-40.0, True), (40.0, False)])
def test_a_surplus_is_said_where_counts_carry_it_and_nearly_every_draw_has_it(
    drawn: SharedFacts, upper: float, spare: bool
) -> None:
    additions = drawn.tables["additions"].copy()
    shortfall = (additions["yardstick"] == "need") & (additions["part"] == "shortfall")
    additions.loc[shortfall, ["shown", "q10", "q90", "grade"]] = [-100.0, -150.0, upper, "B"]
    shared = changed(drawn, "additions", additions)
    beds = to_do(of_plan(shared))[0]
    assert ("by need there were beds to spare at the end of 2025" in beds) == spare


def test_where_nothing_stands_still_the_nations_level_says_what_to_add(drawn: SharedFacts) -> None:
    additions = drawn.tables["additions"]
    norm = additions[additions["yardstick"] == "need"].assign(yardstick="norm", grade="B")
    context = of_plan(changed(drawn, "additions", norm))
    assert "at the nation's level of today" in to_do(context)[0]
    assert "at the nation's level" in yearly(context, "beds")


def test_what_starts_from_a_stock_of_grade_c_is_marked_and_heads_no_page(drawn: SharedFacts) -> None:
    for grade, firm in (("B", True), ("C", False)):
        context = of_plan(changed(drawn, "additions", drawn.tables["additions"].assign(grade=grade)), "zh")
        assert ("每年须新增" in to_do(context)[0]) == firm
        assert ("先查清" in to_do(context)[0]) != firm
        assert ("只供参考" in yearly(context, "beds")) != firm


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_grades_c_and_d_say_is_no_verdict(drawn: SharedFacts, language: Language) -> None:
    context = of_plan(drawn, language)
    verdicts = [context.words(f"verdict.{name}") for name in ("likely_met", "likely_missed", "met")]
    for name, row in context.headline.items():
        text, tone = standing(context, row)
        assert (tone == "open") == (row["grade"] in ("C", "D")), name
        if tone == "open":
            assert not any(verdict in "".join(span.text for span in text) for verdict in verdicts), name
            assert not any(span.mark == "strong" for span in text)
