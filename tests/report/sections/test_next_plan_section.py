"""The next plan: additions and their parts."""

from pipeline.report.sections.next_plan_section import shared_out


def test_parts_that_are_rounded_add_up_to_their_rounded_sum() -> None:
    assert shared_out([13_160, 31_680, 9_760], 100) == [13_200, 31_700, 9_700]
    assert shared_out([-18_680, 23_640, 9_760], 100) == [-18_700, 23_600, 9_800]
