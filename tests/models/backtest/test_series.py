import logging

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from pipeline.models.backtest import series
from pipeline.models.backtest.series import (
    Design,
    Forecasts,
    backtest_rows,
    drift,
    ets,
    exponential,
    forecast,
    forecast_rows,
    kept_pool,
    naive,
    pool_weights,
    pooled,
    prophet,
    rolling,
    state_space,
    with_pools,
)

# Prophet's own use of pandas, which says so when it falls behind.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:prophet")

YEARS = np.arange(2000, 2021)
AHEAD = np.array([1, 5, 10])
DRAWS = 2000
QUICK = {"naive": naive, "drift": drift, "exponential": exponential}
FITTED = [ets, state_space, prophet]


def line(slope=0.04, noise=0.004):
    """A share whose logit grows in a straight line, in percent."""
    wobble = np.random.default_rng(5).normal(0.0, noise, YEARS.size)
    return np.asarray(100 * expit(-2.6 + slope * (YEARS - 2000) + wobble))


def run(method, shares, years=YEARS):
    return np.asarray(method(years, shares, AHEAD, np.random.default_rng(2), DRAWS))


@pytest.mark.parametrize("method", FITTED)
def test_a_straight_line_of_the_logit_is_continued(method):
    found = np.median(run(method, line()), axis=0)
    np.testing.assert_allclose(found, 100 * expit(-2.6 + 0.04 * (20 + AHEAD)), rtol=0.04)


@pytest.mark.parametrize("method", [*QUICK.values(), *FITTED])
def test_years_without_a_value_are_bridged_and_draws_stay_shares(method):
    kept = ~np.isin(YEARS, [2003, 2014, 2018])
    found, whole = run(method, line()[kept], YEARS[kept]), run(method, line())
    assert found.shape == (DRAWS, AHEAD.size)
    assert np.isfinite(found).all()
    assert found.min() > 0
    np.testing.assert_allclose(np.median(found, axis=0), np.median(whole, axis=0), rtol=0.05)
    np.testing.assert_array_equal(found, run(method, line()[kept], YEARS[kept]))


@pytest.mark.parametrize("method", [*QUICK.values(), ets, state_space])
def test_the_far_future_is_less_certain_than_the_near(method):
    steps = np.random.default_rng(6).normal(0.04, 0.02, YEARS.size)
    spread = np.std(np.log(run(method, 100 * expit(-2.6 + np.cumsum(steps)))), axis=0)
    assert spread[0] < spread[1] < spread[2]


def test_the_walks_by_hand():
    years, shares = np.array([2000, 2001, 2003, 2004]), np.array([8.0, 10.0, 12.0, 12.5])
    ahead = np.array([2])
    straight = drift(years, shares, ahead, np.random.default_rng(3), 100_000)[:, 0]
    assert np.median(straight) == pytest.approx(12.5 + 2 * 4.5 / 4, abs=0.05)
    # Residual steps 2 − 1.125, 2 − 2.25 over two years, 0.5 − 1.125, on two degrees of freedom.
    variance = (0.875**2 + 0.25**2 / 2 + 0.625**2) / 2 * (2 + 2**2 / 4)
    low, high = np.quantile(straight, [0.1, 0.9])
    assert high - low == pytest.approx(2 * 1.885618 * np.sqrt(variance), rel=0.02)
    growth = exponential(years, shares, ahead, np.random.default_rng(3), 100_000)
    assert np.median(growth) == pytest.approx(12.5 * (12.5 / 8) ** 0.5, rel=0.01)
    assert np.median(naive(years, shares, ahead, np.random.default_rng(3), 100_000)) == pytest.approx(12.5, rel=0.01)


def test_an_origin_sees_nothing_of_its_future():
    design = Design("65+", 2010, (1, 3))
    shares = pd.Series(line(), index=YEARS)
    changed = shares.where(shares.index <= 2014, shares * 1.5)
    one, other = (rolling(table, design, 1, 50, QUICK) for table in (shares, changed))
    early = (one.cases["origin"] <= 2014).to_numpy()
    for name in QUICK:
        np.testing.assert_array_equal(one.draws[name][:, early], other.draws[name][:, early])
        assert not np.array_equal(one.draws[name][:, ~early], other.draws[name][:, ~early])


def test_cases_are_the_pairs_of_published_years_at_the_horizons_asked_for():
    shares = pd.Series(line(), index=YEARS).drop(index=[2017])
    cases = rolling(shares, Design("65+", 2014, (1, 3)), 1, 10, QUICK).cases
    pairs = list(zip(cases["origin"], cases["target_year"], strict=True))
    expected = [(2014, 2015), (2015, 2016), (2015, 2018), (2016, 2019), (2018, 2019), (2019, 2020)]
    assert pairs == expected
    np.testing.assert_array_equal(cases["observed"], shares.loc[cases["target_year"]])


def test_the_pool_of_an_origin_rests_on_what_was_counted_by_then():
    names = ["naive", "drift", "exponential", "ets", "state_space", "prophet"]
    nothing = np.empty((6, 0))
    np.testing.assert_allclose(pool_weights(names, nothing, weighted=True), [0, 0, 0, 1 / 3, 1 / 3, 1 / 3])
    scores = np.array([[2.0], [1.0], [1.2], [1.1], [0.8], [0.2]])
    np.testing.assert_allclose(pool_weights(names, scores, weighted=False), [0, 0, 0, 0, 0.5, 0.5])
    np.testing.assert_allclose(pool_weights(names, scores, weighted=True), [0, 0, 0, 0, 0.2, 0.8])
    none_better = np.array([[0.5], [1.0], [1.2], [1.1], [0.8], [0.6]])
    np.testing.assert_allclose(pool_weights(names, none_better, weighted=True), [0, 0, 0, 1 / 3, 1 / 3, 1 / 3])


def test_pooled_draws_come_in_the_proportion_of_the_weights():
    draws = {name: np.full((400, 2), float(value)) for value, name in enumerate("abc")}
    found = pooled(draws, np.array([0.25, 0.0, 0.75]))
    np.testing.assert_allclose((found == 0).mean(axis=0), 0.25)
    np.testing.assert_allclose((found == 2).mean(axis=0), 0.75)


def made_up(centres):
    """Forecasts that are off by so much, in 40 cases in which 10 turns out."""
    cases = pd.DataFrame({"origin": range(1980, 2020), "target_year": range(1981, 2021), "observed": 10.0})
    noise = np.random.default_rng(4).normal(0.0, 0.3, (600, 40))
    return Forecasts(cases, {name: 10.0 + off + noise for name, off in centres.items()})


def test_a_pool_is_kept_where_errors_cancel_and_not_where_one_method_is_right():
    rules = {"naive": -3.0, "drift": -2.0, "exponential": 2.5}
    cancelling = with_pools(made_up(rules | {"ets": -1.0, "state_space": 1.0, "prophet": 1.0}))
    assert kept_pool(cancelling) in series.POOLS
    clear = with_pools(made_up(rules | {"ets": 0.0, "state_space": 1.0, "prophet": 1.5}))
    assert kept_pool(clear) is None


def test_rows_of_the_backtest_are_the_contract_of_the_table():
    from pipeline.results.tables import TABLES
    from pipeline.results.write import prepared

    shares = pd.Series(line(), index=YEARS)
    past = rolling(shares, Design("65+", 2012, (1, 3)), 1, 200, QUICK)
    rows = prepared(backtest_rows(past, "65+"), TABLES["backtest_series"], "backtest_series")
    assert len(rows) == len(QUICK) * len(past.cases)
    # Every share rises: who expects no change is late each time, and later at three years than at one.
    late = rows[rows["model"] == "naive"].assign(horizon=rows["target_year"] - rows["origin"])
    assert (late["median"] < late["observed"]).all()
    assert late.groupby("horizon")["ape"].mean().is_monotonic_increasing
    ahead = forecast_rows(forecast(shares, np.arange(1, 6), "65+", 1, 200, QUICK), range(2021, 2026), "65+")
    table = prepared(ahead, TABLES["series_forecasts"], "series_forecasts")
    assert sorted(table["year"].unique()) == list(range(2021, 2026))
    quantiles = table.dropna(subset="output_type_id").sort_values("output_type_id")
    assert quantiles.groupby(["model", "year"])["value"].apply(lambda values: values.is_monotonic_increasing).all()


def test_prophet_leaves_the_state_of_numpy_alone_and_says_nothing(capfd):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    run(prophet, line())
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert logging.getLogger("cmdstanpy").disabled
