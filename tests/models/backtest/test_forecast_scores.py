import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from pipeline.models.backtest.forecast_scores import coverage_interval, crps, dressed, paired, score_rows, summary

RNG = np.random.default_rng(7)
amounts = st.floats(-1e6, 1e6, allow_subnormal=False)
samples = st.integers(2, 30).flatmap(lambda n: arrays(float, (n, 3), elements=amounts))


def labels(cases, **fixed):
    frame = pd.DataFrame({"region": [f"area{case}" for case in range(cases)]})
    usual = {"model": "rule", "information": "ex_ante", "fold": "all", "age_group": "60+"}
    return frame.assign(**(usual | {"origin": 2010, "target_year": 2020} | fixed))


def crps_of_the_normal(mean, deviation, observed):
    """Gneiting & Raftery (2007), equation 21 with the sign turned."""
    z = (observed - mean) / deviation
    bracket = z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)
    return np.asarray(deviation * bracket)


def crps_by_pairs(draws, observed):
    pairs = np.abs(draws[:, None] - draws[None, :]).sum(axis=(0, 1))
    return np.asarray(np.abs(draws - observed).mean(axis=0) - pairs / (2 * len(draws) * (len(draws) - 1)))


def test_crps_of_a_normal_forecast_is_the_closed_form():
    observed = np.array([-60.0, 95.0, 100.0, 103.0, 180.0])
    levels = (np.arange(200_000) + 0.5) / 200_000
    draws = np.repeat(stats.norm(100.0, 15.0).ppf(levels)[:, None], observed.size, axis=1)
    expected = crps_of_the_normal(100.0, 15.0, observed)
    np.testing.assert_allclose(crps(draws, observed), expected, rtol=2e-4)


@given(samples, arrays(float, 3, elements=amounts))
def test_crps_is_the_sum_over_pairs(draws, observed):
    slack = 1e-12 * (np.abs(draws).max() + np.abs(observed).max())
    found = crps(draws, observed)
    np.testing.assert_allclose(found, crps_by_pairs(draws, observed), rtol=1e-9, atol=slack)
    # Never worse than the mean absolute error of the draws.
    assert np.all(found <= np.abs(draws - observed).mean(axis=0) + slack)


def test_error_and_interval_by_hand():
    draws = np.repeat(np.arange(0.0, 101.0)[:, None], 5, axis=1)
    observed = np.array([10.0, 9.9, 2.6, 97.6, 90.0])
    rows = score_rows(draws, observed, labels(5))
    np.testing.assert_array_equal(rows["covered_80"], [True, False, False, False, True])
    np.testing.assert_array_equal(rows["covered_95"], [True, True, True, False, True])


def test_dressing_takes_the_errors_of_the_others_only():
    point, errors = np.full(5, 100.0), np.log([1.1, 1.2, 1.3, 1.4, 9.0])
    draws = dressed(point, errors, np.arange(point.size))
    np.testing.assert_allclose(draws.max(axis=0), [900, 900, 900, 900, 140])
    np.testing.assert_allclose(draws.min(axis=0), [120, 110, 110, 110, 110])
    # Medians of the other four, on the log scale.
    np.testing.assert_allclose(np.median(draws, axis=0)[4], 100 * np.sqrt(1.2 * 1.3))
    groups = dressed(point, errors, np.array(["north", "north", "south", "south", "south"]))
    np.testing.assert_allclose(groups.max(axis=0), [900, 900, 120, 120, 120])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_dressing_covers_its_level_where_errors_are_alike(seed):
    generator = np.random.default_rng(seed)
    errors = generator.standard_t(4, size=299) * 0.05 + 0.1
    point = generator.uniform(10, 1000, size=299)
    rows = score_rows(dressed(point, errors, np.arange(point.size)), point * np.exp(errors), labels(point.size))
    assert rows["covered_80"].mean() == pytest.approx(0.8, abs=0.02)


def test_scores_are_in_percent_of_the_observed_and_know_no_unit():
    observed = np.array([50.0, 200.0])
    draws = observed * np.exp(0.1 * RNG.standard_normal((500, 2)))
    rows, tenfold = (score_rows(unit * draws, unit * observed, labels(2)) for unit in (1, 10))
    assert rows["covered_80"].dtype == bool
    np.testing.assert_allclose(rows["crps"], 100 * crps(draws, observed) / observed)
    np.testing.assert_allclose(rows["ape"], 100 * np.abs(np.median(draws, axis=0) / observed - 1))
    np.testing.assert_allclose(rows["q975"], np.quantile(draws, 0.975, axis=0))
    np.testing.assert_allclose(tenfold[["ape", "crps"]], rows[["ape", "crps"]])


def test_a_dressed_rule_is_charged_its_own_error():
    observed = np.array([100.0, 210.0, 300.0, 420.0])
    point = 0.8 * observed
    rows = score_rows(dressed(point, np.log(observed / point), np.arange(4)), observed, labels(4), point)
    np.testing.assert_allclose(rows["ape"], 20.0)
    np.testing.assert_allclose(rows["median"], point)
    np.testing.assert_allclose(rows["crps"], 0.0, atol=1e-9)


def test_the_summary_ranks_by_crps_and_knows_nominal_coverage():
    rng = np.random.default_rng(7)
    truth = np.exp(rng.standard_normal(400) * 0.1) * 100
    noise = np.exp(rng.standard_normal((300, 400)) * 0.1) * 100
    models = {"right": noise, "biased": noise * 1.2, "narrow": 100 + (noise - 100) * 0.2}
    frames = [score_rows(draws, truth, labels(400, model=name)) for name, draws in models.items()]
    table = summary(pd.concat(frames).assign(test="made_up"), seed=1).set_index("model")
    assert table.index[0] == "right"
    assert table["rank"].tolist() == [1, 2, 3]
    assert (table["n"] == 400).all()
    assert table.loc["biased", "bias"] == pytest.approx(20.0 + table.loc["right", "bias"], abs=2.0)
    nominal = (table["coverage_80_low"] <= 0.8) & (table["coverage_80_high"] >= 0.8)
    assert nominal.to_dict() == {"right": True, "biased": False, "narrow": False}
    spread = table.loc["right", "coverage_80_high"] - table.loc["right", "coverage_80_low"]
    share = table.loc["right", "coverage_80"]
    assert spread == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / 400), rel=0.1)


def test_the_order_of_rows_changes_nothing():
    rows = score_rows(RNG.uniform(1, 2, (50, 40)), np.full(40, 1.5), labels(40)).assign(test="one")
    other = rows.assign(model="other", crps=rows["crps"] + 1.0)
    both = pd.concat([rows, other], ignore_index=True)
    pd.testing.assert_frame_equal(summary(both, 3), summary(both.iloc[::-1], 3), rtol=1e-12, atol=0.02)


def test_areas_whose_cases_err_together_leave_coverage_less_certain():
    area_hit = RNG.random(60) < 0.8
    hits, areas = np.repeat(area_hit, 4), np.repeat(np.arange(60), 4)
    together = np.diff(coverage_interval(hits, areas, np.random.default_rng(1)))
    apart = np.diff(coverage_interval(hits, np.arange(240), np.random.default_rng(1)))
    assert together == pytest.approx(2 * apart, rel=0.1)


def test_thirty_one_of_thirty_one_does_not_refute_95_percent():
    low, high = coverage_interval(np.ones(31, dtype=bool), np.arange(31), np.random.default_rng(1))
    assert low < 0.95 <= high == 1.0
    # Wilson's lower end for all of n is n ÷ (n + z²).
    assert low == pytest.approx(31 / (31 + 1.959964**2))
    # One area says nothing.
    assert np.isnan(coverage_interval(np.ones(9, dtype=bool), ["china"] * 9, np.random.default_rng(1))).all()


def pairs_of(own, rival):
    """The pair of two models from their scores by area; the rival has one case more, a third is much worse."""
    parts = [("own", own), ("rival", np.r_[rival, 50.0]), ("worse", rival + 9.0), ("own_variant", own - 1.0)]
    rows = pd.concat([labels(len(scores), model=name).assign(test="areas", crps=scores) for name, scores in parts])
    table = paired(rows, "own", seed=1)
    assert set(table["rival"]) == {"rival", "worse"}
    assert table.set_index("rival")["best"].to_dict() == {"rival": True, "worse": False}
    return table[table["rival"] == "rival"].iloc[0]


def test_pairs_compare_the_cases_both_forecast():
    rival = RNG.uniform(2.0, 4.0, 40)
    alike = pairs_of(rival + np.where(np.arange(40) % 2, 0.5, -0.5), rival)
    assert (alike["n"], alike["difference"]) == (40, pytest.approx(0.0))
    assert alike["low"] < 0 < alike["high"]
    better = pairs_of(rival - 0.3, rival)
    assert (better["difference"], better["low"], better["high"]) == (pytest.approx(-0.3),) * 3
