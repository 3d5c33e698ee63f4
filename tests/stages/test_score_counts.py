import numpy as np
import pandas as pd
import pytest

from pipeline.axes import COUNTED_GROUPS
from pipeline.models.assimilation import AreaCounts, CountError
from pipeline.stages.score_counts import forecasts, summary
from pipeline.vocabulary import NATION

DRAWS, YEARS = 3000, 3
ERRORS = {
    "nation": CountError(0.004, 0.005, 0.0015, alike=0.8, totals=0.5),
    "province": CountError(0.005, 0.006, 0.003, alike=0.8, totals=0.5),
}
PLACE = COUNTED_GROUPS.index("65+")


def case(order=("here", "there"), later=0.05):
    rng = np.random.default_rng(6)
    growth = np.arange(1, YEARS + 1)[:, None] / YEARS
    shared = 0.02 * rng.standard_normal((DRAWS, 1, 1)) * growth
    people = {NATION: np.broadcast_to(10.0 + shared, (DRAWS, YEARS, len(COUNTED_GROUPS))).copy()}
    for name, seed in (("here", 1), ("there", 2)):
        own = 0.02 * np.random.default_rng(seed).standard_normal((DRAWS, 1, 1)) * growth
        people[name] = np.broadcast_to(5.0 + shared + own, people[NATION].shape).copy()
    people = {NATION: people[NATION], **{name: people[name] for name in order}}

    logs = {NATION: [10.004, 10.01], "here": [5.01, 5.02, 5.0 + later], "there": [5.0, 5.0, 5.0]}
    counted = {
        name: AreaCounts(np.arange(len(log)), np.full(len(log), PLACE), np.array(log)) for name, log in logs.items()
    }
    return pd.DataFrame(list(forecasts(people, counted, ERRORS, 2, 7)))


def row(rows, region, own="used"):
    """The smoother's score of the next bulletin."""
    chosen = (rows["region"] == region) & (rows["model"] == "smoother") & (rows["own_counts"] == own)
    (found,) = rows[chosen & (rows["target"] == "next_bulletin")].to_dict("records")
    return found


def median(found, truth):
    return truth + np.log(1.0 + found["error"] / 100.0)


def test_own_counts_move_a_forecast_towards_what_they_lead_to():
    rows = case()
    used, left_out = (median(row(rows, "here", own=own), 5.05) for own in ("used", "left_out"))
    assert left_out < used < 5.04
    assert used == pytest.approx(5.03, abs=0.006)


def test_a_later_count_moves_nothing_of_its_own_forecast():
    one, other = (median(row(case(later=later), "here"), 5.0 + later) for later in (0.05, -0.05))
    assert one == pytest.approx(other, abs=1e-12)


def test_the_order_of_regions_changes_nothing():
    one, other = case(), case(order=("there", "here"))
    for region in ("here", "there"):
        assert row(one, region) == row(other, region)


def test_scores_are_pooled_and_their_shares_have_an_interval():
    table = summary(case().assign(level="province"))
    pooled = table[(table["cutoff"] == 0) & (table["age_group"] == "all") & (table["model"] == "smoother")]
    assert set(pooled["target"]) == {"next_bulletin", "next_census"}
    assert (pooled["n"] == 2).all()
    assert (table["coverage_80_low"] <= table["coverage_80"]).all()
    assert (table["coverage_80"] <= table["coverage_80_high"]).all()
