"""The nation's share of older people as a yearly series: general time-series methods, scored and forecast.

Benchmarks, none of which knows a cohort. A share is in percent of the population, a year is its end. A method is given
the years up to its origin and returns draws (draw, horizon), each horizon by itself. Draws of `ets` and `state_space`
are normal with the method's own variance, which leaves out that its parameters are estimates.
"""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from pipeline.axes import Array
from pipeline.models.backtest.forecast_scores import crps, score_rows
from pipeline.random import stream
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import NATION

Years = NDArray[np.int64]
Method = Callable[[Years, Array, Years, np.random.Generator, int], Array]
"""(years, shares in percent, years ahead, generator, draws) → draws (draw, horizon) in percent."""

LOGIT_SCALE = 100.0
"""The optimisers of statsmodels stop too early where a series moves by hundredths; this makes its steps ones."""
ETS_STARTS = ((0.1, 0.05), (0.5, 0.1), (0.9, 0.5))
"""Where the search for the smoothing of level and trend starts: the likelihood has several maxima."""
NAIVE = ("naive", "drift", "exponential")
WEIGHTED = "pool_weighted"
POOLS = ("pool_equal", WEIGHTED)


class Design(NamedTuple):
    """What is forecast from where: origins are the years with a value from `first_origin` on."""

    age_group: str
    first_origin: int
    horizons: tuple[int, ...]


DESIGNS = (Design("65+", 2007, (1, 3, 5, 10)), Design("60+", 2018, (1, 3)))
"""The first origins leave eight yearly values of 65+ (from 2000) and five of 60+ (from 2013, without 2014): with
four, exponential smoothing and Prophet have as many parameters as values and leave no error to learn from."""


class Forecasts(NamedTuple):
    """Draws by method (draw, case) for the rows of `cases`: origin, target_year, observed (percent)."""

    cases: pd.DataFrame
    draws: Mapping[str, Array]

    def relative_crps(self) -> Array:
        """CRPS (method, case) over the mean of the methods without pools: a hard case counts as much as an easy one."""
        observed = self.cases["observed"].to_numpy()
        scores = np.stack([crps(draws, observed) for draws in self.draws.values()])
        return scores / scores[[name not in POOLS for name in self.draws]].mean(axis=0)


def naive(years: Years, shares: Array, ahead: Years, generator: np.random.Generator, draws: int) -> Array:
    """Random walk of the logit: the last share, and a variance that grows with the horizon."""
    return 100.0 * expit(_walk(years, logit(shares / 100.0), ahead, generator, draws, drift=False))


def drift(years: Years, shares: Array, ahead: Years, generator: np.random.Generator, draws: int) -> Array:
    """Random walk with drift of the percentage itself: a straight line from the first to the last share."""
    return _walk(years, shares, ahead, generator, draws, drift=True)


def exponential(years: Years, shares: Array, ahead: Years, generator: np.random.Generator, draws: int) -> Array:
    """Random walk with drift of the logarithm: constant growth from the first to the last share."""
    return np.exp(_walk(years, np.log(shares), ahead, generator, draws, drift=True))


def ets(years: Years, shares: Array, ahead: Years, generator: np.random.Generator, draws: int) -> Array:
    """ETS(A,A,N) of the logit; a year without a value is filled on the line between its neighbours."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    every = np.arange(years[0], years[-1] + 1)
    model = ETSModel(pd.Series(np.interp(every, years, LOGIT_SCALE * logit(shares / 100.0))), error="add", trend="add")
    fits = []
    with warnings.catch_warnings():
        # A short series may leave the optimiser at a bound; the forecast is scored as it comes.
        warnings.simplefilter("ignore")
        for smoothing in ETS_STARTS:
            start = np.array(model.start_params, dtype=float)
            start[:2] = smoothing
            fits.append(model.fit(start_params=start, disp=False))
        best = max(fits, key=lambda fit: float(fit.llf))
        found = best.get_prediction(start=len(every), end=len(every) + int(ahead.max()) - 1)
    mean = np.asarray(found.predicted_mean)[ahead - 1]
    deviation = np.sqrt(np.asarray(found.forecast_variance)[ahead - 1])
    return _normal(mean, deviation, generator, draws)


def state_space(years: Years, shares: Array, ahead: Years, generator: np.random.Generator, draws: int) -> Array:
    """Local linear trend of the logit by maximum likelihood; the filter passes over years without a value."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    values = np.full(int(years[-1] - years[0]) + 1, np.nan)
    values[years - years[0]] = LOGIT_SCALE * logit(shares / 100.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = UnobservedComponents(values, level="local linear trend").fit(disp=False)
        found = fitted.get_forecast(int(ahead.max()))
    mean, deviation = np.asarray(found.predicted_mean), np.asarray(found.se_mean)
    return _normal(mean[ahead - 1], deviation[ahead - 1], generator, draws)


def prophet(years: Years, shares: Array, ahead: Years, generator: np.random.Generator, draws: int) -> Array:
    """Prophet's piecewise-linear trend of the logit, seasons off, with its own simulated trend changes."""
    # Both report every fit, and the import of Prophet that interactive plots are missing.
    for name in ("prophet", "prophet.plot", "cmdstanpy"):
        logging.getLogger(name).disabled = True
    from prophet import Prophet

    history = pd.DataFrame({"ds": _year_ends(years), "y": logit(shares / 100.0)})
    model = Prophet(
        yearly_seasonality=False, weekly_seasonality=False, daily_seasonality=False, uncertainty_samples=draws
    )
    seed = int(generator.integers(2**31))
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002  # which Prophet draws from
    try:
        model.fit(history, seed=seed)
        simulated = model.predictive_samples(pd.DataFrame({"ds": _year_ends(years[-1] + ahead)}))["yhat"]
    finally:
        np.random.set_state(before)  # noqa: NPY002
    return 100.0 * expit(simulated.T)


METHODS: dict[str, Method] = {one.__name__: one for one in (naive, drift, exponential, ets, state_space, prophet)}


def forecast(
    shares: pd.Series, ahead: Years, age_group: str, seed: int, draws: int, methods: Mapping[str, Method] = METHODS
) -> dict[str, Array]:
    """Draws (draw, horizon) of every method in percent from the `shares` in percent by year, so many years `ahead`."""
    years, values = shares.index.to_numpy(dtype=np.int64), shares.to_numpy(dtype=float)
    return {
        name: method(years, values, ahead, stream(seed, "series", age_group, name, str(years[-1])), draws)
        for name, method in methods.items()
    }


def rolling(
    shares: pd.Series, design: Design, seed: int, draws: int, methods: Mapping[str, Method] = METHODS
) -> Forecasts:
    """Forecasts from every origin of the design for every target year with a published share.

    A value later revised (all of 2011 to 2019, after the census of 2020) stands as it was first known.
    """
    blocks, drawn = [], []
    for origin in shares.index[shares.index >= design.first_origin]:
        ahead = np.array([step for step in design.horizons if origin + step in shares.index], dtype=np.int64)
        if ahead.size:
            targets, observed = origin + ahead, shares.loc[origin + ahead].to_numpy(dtype=float)
            blocks.append(pd.DataFrame({"origin": origin, "target_year": targets, "observed": observed}))
            drawn.append(forecast(shares.loc[:origin], ahead, design.age_group, seed, draws, methods))
    joined = {name: np.concatenate([block[name] for block in drawn], axis=1) for name in methods}
    return Forecasts(pd.concat(blocks, ignore_index=True), joined)


def pool_weights(methods: Sequence[str], ratios: Array, *, weighted: bool) -> Array:
    """Weights (method,) of a pool from the `relative_crps` (method, case) of the cases counted so far.

    Pooled are the methods with a lower mean ratio than every naive rule, alike or `weighted` by the inverse of the
    ratio; where no case was counted yet, or none is better, all methods but the naive rules alike.
    """
    plain = np.array([name in NAIVE for name in methods])
    means = ratios.mean(axis=1) if ratios.shape[1] else np.ones(len(methods))
    better = means < means[plain].min()
    raw = np.where(better, 1.0 / means if weighted else 1.0, 0.0) if better.any() else ~plain
    return raw / raw.sum()


def pooled(draws: Mapping[str, Array], weights: Array) -> Array:
    """Linear pool (draw, …): each method gives its share of draws, any of which can stand for it."""
    stacked = np.stack(list(draws.values()))
    count = stacked.shape[1]
    ends = np.cumsum(weights)
    chosen = np.searchsorted(ends / ends[-1], (np.arange(count) + 0.5) / count)
    return stacked[chosen, np.arange(count)]


def with_pools(forecasts: Forecasts) -> Forecasts:
    """The forecasts with both pools beside them, weighted at each origin by the cases counted up to it."""
    origins, targets = (forecasts.cases[name].to_numpy() for name in ("origin", "target_year"))
    ratios, draws = forecasts.relative_crps(), dict(forecasts.draws)
    for pool in POOLS:
        parts = []
        for origin in np.unique(origins):
            here = {method: forecasts.draws[method][:, origins == origin] for method in forecasts.draws}
            parts.append(
                pooled(here, pool_weights(list(here), ratios[:, targets <= origin], weighted=pool == WEIGHTED))
            )
        draws[pool] = np.concatenate(parts, axis=1)
    return Forecasts(forecasts.cases, draws)


def kept_pool(forecasts: Forecasts) -> str | None:
    """The pool with a lower mean `relative_crps` than every single method, if any; `forecasts` as from `with_pools`."""
    best = list(forecasts.draws)[forecasts.relative_crps().mean(axis=1).argmin()]
    return best if best in POOLS else None


def backtest_rows(forecasts: Forecasts, age_group: str) -> pd.DataFrame:
    """Rows of `score_rows` of every method, in percent of the population."""
    labels = forecasts.cases.assign(information="ex_ante", fold="rolling", region=NATION, age_group=age_group)
    observed = forecasts.cases["observed"].to_numpy()
    rows = [score_rows(draws, observed, labels.assign(model=name)) for name, draws in forecasts.draws.items()]
    return pd.concat(rows, ignore_index=True)


def forecast_rows(draws: Mapping[str, Array], years: Sequence[int], age_group: str) -> pd.DataFrame:
    """Mean and quantiles of forecasts (draw, year): model, year, age_group, unit, output_type and value."""
    rows = [long_table(summarised(values), {"year": years}).assign(model=name) for name, values in draws.items()]
    return pd.concat(rows, ignore_index=True).assign(age_group=age_group, unit="percent")


def compared(
    shares: Mapping[str, pd.Series], last_year: int, seed: int, draws: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Backtest and forecasts of every series of `DESIGNS`: rows of `backtest_rows` and of `forecast_rows`.

    `shares` in percent by year, by age group. Both pools are scored; a pool is forecast where `kept_pool` names it.
    """
    scored, ahead = [], []
    for design in DESIGNS:
        series, group = shares[design.age_group], design.age_group
        past = rolling(series, design, seed, draws)
        beside = with_pools(past)
        scored.append(backtest_rows(beside, group))
        years = range(int(series.index[-1]) + 1, last_year + 1)
        future = forecast(series, np.arange(1, len(years) + 1), group, seed, draws)
        if kept := kept_pool(beside):
            weights = pool_weights(list(past.draws), past.relative_crps(), weighted=kept == WEIGHTED)
            future[kept] = pooled(future, weights)
        ahead.append(forecast_rows(future, years, group))
    return pd.concat(scored, ignore_index=True), pd.concat(ahead, ignore_index=True)


def _walk(
    years: Years, values: Array, ahead: Years, generator: np.random.Generator, draws: int, *, drift: bool
) -> Array:
    """Random walk seen at unequal steps: Student draws whose h-step variance is σ²h, or σ²(h + h²/T) where the drift is
    estimated from T years (Hyndman & Athanasopoulos 2021, Forecasting: Principles and Practice, 5.5)."""
    gaps = np.diff(years).astype(float)
    steps = np.diff(values)
    length = float(gaps.sum())
    slope = steps.sum() / length if drift else 0.0
    freedom = steps.size - int(drift)
    variance = float(np.sum((steps - slope * gaps) ** 2 / gaps)) / freedom
    growth = ahead + ahead**2 / length * drift
    noise = generator.standard_t(freedom, size=(draws, ahead.size))
    return values[-1] + slope * ahead + np.sqrt(variance * growth) * noise


def _normal(mean: Array, deviation: Array, generator: np.random.Generator, draws: int) -> Array:
    """Normal draws (draw, horizon) of the logit times `LOGIT_SCALE`, as percentages."""
    noise = generator.standard_normal((draws, mean.size))
    return 100.0 * expit((mean + deviation * noise) / LOGIT_SCALE)


def _year_ends(years: Years) -> pd.DatetimeIndex:
    return pd.to_datetime([f"{year}-12-31" for year in years])
