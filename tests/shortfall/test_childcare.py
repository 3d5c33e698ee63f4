import pytest
from care_plan import figure

from pipeline.shortfall.childcare import childcare_rows, with_additions

PEOPLE = {
    ("total", 2025): (4.2e6, 4.4e6, 4.6e6),
    ("total", 2030): (3.8e6, 4.0e6, 4.2e6),
    ("0-2", 2025): (90e3, 100e3, 110e3),
    ("0-2", 2030): (60e3, 70e3, 80e3),
}
FIGURES = [
    figure("childcare_places", "baseline", 2021, 14_798.0),
    figure("childcare_places", "target", 2025, 19_700.0),
    figure("childcare_places_per_1000", "target", 2025, 4.5),
]


def test_the_number_in_its_year_and_the_ratio_after_it():
    rows = with_additions(childcare_rows(FIGURES, PEOPLE, [2020, 2025, 2030]).assign(region="here"))
    rows = rows.set_index(["year", "measure"])
    assert rows.loc[(2025, "places_required"), "shown"] == 19_700
    assert rows.loc[(2025, "places_required"), "rests_on"] == "number"
    assert rows.loc[(2030, "places_required"), "shown"] == 18_000, "fewer people, fewer places"
    assert rows.loc[(2030, "places_required"), "rests_on"] == "ratio"
    assert rows.loc[(2025, "places_to_add"), "shown"] == 4_902, "the plan's own subtraction"
    assert rows.loc[(2030, "places_to_add"), "shown"] == 3_202
    assert rows.loc[(2030, "children_under_3"), "shown"] == 70_000
    assert not rows["births_checked"].any()


def test_what_is_to_be_added_closes_in_the_digits_shown():
    rows = childcare_rows(FIGURES, PEOPLE, [2030]).assign(region="here")
    rows.loc[rows["measure"] == "places_required", ["shown", "q10", "q90"]] = 18_010.0, 14_000.0, 19_000.0
    after = with_additions(rows).set_index(["year", "measure"]).loc[(2030, "places_to_add")]
    assert after[["shown", "q10", "q90"]].tolist() == [18_010 - 14_798, 0, 19_000 - 14_798]


def test_without_a_ratio_the_number_s_own_is_kept():
    rows = childcare_rows(FIGURES[:2], PEOPLE, [2030]).set_index(["year", "measure"])
    assert rows.loc[(2030, "places_required"), "shown"] == pytest.approx(19_700 * 4.0 / 4.4, abs=1)


def test_no_more_places_are_needed_where_there_are_enough():
    plenty = [figure("childcare_places", "baseline", 2021, 25_000.0), *FIGURES[1:]]
    rows = with_additions(childcare_rows(plenty, PEOPLE, [2030]).assign(region="here"))
    assert (rows.loc[rows["measure"] == "places_to_add", ["shown", "q90"]] == 0).all(axis=None)


def test_a_plan_without_childcare_has_no_rows():
    assert childcare_rows([figure("institution_beds", "target", 2025, 1.0)], PEOPLE, [2030]).empty
