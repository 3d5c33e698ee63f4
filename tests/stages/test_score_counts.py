"""Forecasts from counts: no later count is seen, regions do not see one another, shares have their interval."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from pipeline.axes import COUNTED_GROUPS
from pipeline.models.assimilation import AreaCounts, CountError
from pipeline.models.backtest.folds import drawn_to_cover
from pipeline.stages.score_counts import binomial_interval, forecasts, summary

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
    people = {"nation": np.broadcast_to(10.0 + shared, (DRAWS, YEARS, len(COUNTED_GROUPS))).copy()}
    for name, seed in (("here", 1), ("there", 2)):
        own = 0.02 * np.random.default_rng(seed).standard_normal((DRAWS, 1, 1)) * growth
        people[name] = np.broadcast_to(5.0 + shared + own, people["nation"].shape).copy()
    people = {"nation": people["nation"], **{name: people[name] for name in order}}

    logs = {"nation": [10.004, 10.01], "here": [5.01, 5.02, 5.0 + later], "there": [5.0, 5.0, 5.0]}
    counted = {
        name: AreaCounts(np.arange(len(log)), np.full(len(log), PLACE), np.array(log)) for name, log in logs.items()
    }
    return pd.DataFrame(list(forecasts(people, counted, "nation", ERRORS, 2, 7)))


def row(rows, region, model="smoother", own="used", target="next_bulletin"):
    chosen = (rows["region"] == region) & (rows["model"] == model) & (rows["own_counts"] == own)
    (found,) = rows[chosen & (rows["target"] == target)].to_dict("records")
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


def test_binomial_interval_is_clopper_and_pearsons():
    (low,), (high,) = binomial_interval(np.array([8.0]), np.array([10.0]))
    assert binom.sf(7, 10, low) == pytest.approx(0.025)
    assert binom.cdf(8, 10, high) == pytest.approx(0.025)
    assert binomial_interval(np.array([0.0]), np.array([5.0]))[0][0] == 0.0


def test_intervals_drawn_in_by_the_others_cover_what_they_should():
    rng = np.random.default_rng(3)
    truth = rng.standard_normal(400)
    wide = np.exp(0.1 * rng.standard_normal((2000, 400)))
    counted = np.exp(0.05 * truth)
    found = drawn_to_cover(wide, counted)
    low, high = np.quantile(found, (0.1, 0.9), axis=0)
    assert ((low <= counted) & (counted <= high)).mean() == pytest.approx(0.8, abs=0.02)
    np.testing.assert_allclose(np.median(found, axis=0), np.median(wide, axis=0), rtol=1e-3)
    assert np.log(found).std() == pytest.approx(0.05, rel=0.1)
