import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.shortfall.next_plan import NATIONAL_GOAL, STAND_STILL, PlannedResource, measure_rows, option_name, targets
from pipeline.summary import interval_shown

DRAWS = 1000
NEED = np.random.default_rng(3).lognormal(7.0, 0.4, DRAWS)
PEOPLE = {2028: np.full(DRAWS, 90_000.0), 2030: np.full(DRAWS, 100_000.0)}
BEDS = PlannedResource(
    existing=np.full(DRAWS, 1_000.0),
    existing_shown=1_000.0,
    closing=np.full(DRAWS, 0.02),
    stand_still=np.full(DRAWS, 1_200.0),
    national=np.full(DRAWS, 1_640.0),
    need=NEED,
    need_older=1.05 * NEED,
    record=50.0,
    grade="B",
)
NURSING = PlannedResource(
    existing=np.full(DRAWS, 500.0), existing_shown=500.0, national=np.full(DRAWS, 1_197.2), need=NEED / 2
)


def found(**planned):
    rows = measure_rows(planned, PEOPLE, 2025, 2030, 2028, list(targets(planned, (0.5, 0.8))))
    return {(row["year"], row["option"], row["resource"], row["measure"]): row for row in rows}


ROWS = found(beds=BEDS, nursing_beds=NURSING)


def test_options_by_hand():
    assert ROWS[2030, STAND_STILL, "beds", "number"]["shown"] == 1_200
    assert ROWS[2030, STAND_STILL, "beds", "per_1000"]["shown"] == 12
    assert ROWS[2030, NATIONAL_GOAL, "nursing_beds", "share"]["shown"] == pytest.approx(73.0)
    assert ROWS[2028, STAND_STILL, "beds", "number"]["shown"] == 1_000 + 200 * 3 / 5
    # 200 more and 100 that close, over five years.
    assert ROWS[2030, STAND_STILL, "beds", "additions_per_year"]["shown"] == 60
    assert ROWS[2030, STAND_STILL, "beds", "record_per_year"]["shown"] == 50
    assert (2030, STAND_STILL, "nursing_beds", "number") not in ROWS, "without an own observation none stands still"


def test_certainty_is_the_share_of_draws_that_need_no_more():
    for certainty in (0.5, 0.8):
        chance = ROWS[2030, option_name(certainty), "beds", "chance_enough"]["shown"]
        assert chance == pytest.approx(certainty, abs=0.01), "rounded by less than a Monte Carlo error"
    assert ROWS[2030, option_name(0.5), "beds", "number"]["shown"] == interval_shown(NEED)[1], "as need tables have it"
    assert ROWS[2030, "need_80", "beds", "number"]["shown"] > ROWS[2030, "need_50", "beds", "number"]["shown"]
    moved = ROWS[2030, "need_50", "beds", "change_if_80plus_tenth_higher"]["shown"]
    assert moved == pytest.approx(0.05 * np.median(NEED), abs=10), "each to tens"


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_more_certainty_never_asks_for_less(one, other):
    low, high = sorted((one, other))
    asked = [target["shown"] for target in targets({"beds": PlannedResource(need=NEED)}, (low, high))]
    assert asked[0] <= asked[1]


def test_what_is_added_has_no_more_digits_than_the_number_it_leads_to():
    held = PlannedResource(np.full(DRAWS, 4_829.0), 4_829.0, np.linspace(0.01, 0.02, DRAWS), need=100 * NEED)
    row = found(beds=held)[2030, option_name(0.8), "beds", "additions_per_year"]
    assert row["shown"] % 100 == 0
    assert row["shown"] > 10_000
    assert np.isnan(row["q10"]) or row["q90"] - row["q10"] > 100, "no interval narrower than the last digit shown"


def test_an_unknown_stock_leaves_additions_and_the_mid_term_out():
    rows = found(dementia_beds=PlannedResource(need=NEED))
    assert {measure for *_, measure in rows} == {"number", "per_1000", "chance_enough"}
    assert {year for year, *_ in rows} == {2030}
