"""Which uncertain input a result depends on most: variance-based (Sobol) indices over all inputs at once.

First order: the share of the result's variance that goes when the input is known. Total: the share that stays when
all others are known, so its part in interactions counts too. Inputs are taken to be independent of each other.
An input that is a whole set of draws (a population by age and year) enters by its rank: uniform from 0 to 1, from
which the model picks the draw at that place of an order.

Sobol rather than Morris: one call of a vectorised model on some ten thousand rows costs less than a second, and
its shares of variance mean something to a reader, which mean elementary effects do not. Sampling after Saltelli,
estimators of SALib (first order: Saltelli et al. 2010; total: Jansen), confidence from bootstrap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, ndtri
from scipy.special import logit as log_odds

from pipeline.axes import Array
from pipeline.random import Z80, stream

Result = Callable[[Array], Array]
"""From samples (row, input), inputs in the order given, to the result (row,)."""

COLUMNS = (
    "rank",
    "input",
    "low",
    "high",
    "first_order",
    "first_order_conf",
    "total",
    "total_conf",
    "at_low",
    "at_high",
)

_SMALLEST = 2.0**-33
"""Keeps the first point of a sequence off the infinite ends of a normal."""


@dataclass(frozen=True)
class UncertainInput:
    """An input of a result and the interval it lies in.

    `uniform`: anywhere from `low` to `high` alike. Otherwise `low` to `high` is the 80 % interval: of a normal
    (`normal`), of one on the logarithm for what is above 0 (`lognormal`), on the log-odds for what lies between 0
    and 1 (`share`). Equal ends fix the input.
    """

    name: str
    low: float
    high: float
    shape: Literal["uniform", "normal", "lognormal", "share"] = "uniform"

    def at(self, level: ArrayLike) -> Array:
        """Quantiles of the input at levels between 0 and 1, in the shape of `level`."""
        place = np.clip(np.asarray(level, dtype=float), _SMALLEST, 1.0 - _SMALLEST)
        if self.low == self.high:
            return np.full(place.shape, self.low)
        if self.shape == "uniform":
            return np.asarray(self.low + (self.high - self.low) * place)
        ends = np.array([self.low, self.high])
        if self.shape == "lognormal":
            ends = np.log(ends)
        elif self.shape == "share":
            ends = log_odds(ends)
        value = ends.mean() + (ends[1] - ends[0]) / (2 * Z80) * ndtri(place)
        if self.shape == "lognormal":
            return np.asarray(np.exp(value))
        return np.asarray(expit(value) if self.shape == "share" else value)


def sensitivity(model: Result, inputs: Sequence[UncertainInput], seed: int, base_samples: int = 1024) -> pd.DataFrame:
    """Inputs ranked by how much of the result's variance is theirs; columns `COLUMNS`, the largest total first.

    `first_order` and `total` as shares of variance (estimates, so that a small one can fall below 0), `*_conf`
    half the width of their 95 % intervals. For the tornado: `at_low` and `at_high`, with the input at
    its 0.1 and 0.9 quantile (`low`, `high`) and all others at their medians. The model is called twice, once
    with `base_samples` · (inputs + 2) rows; `base_samples` a power of 2. All shares are 0 where the result is the
    same everywhere. Same seed, same table. Raises ValueError for inputs that repeat a name, or a result that is
    not one finite number a row.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    names = [item.name for item in inputs]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"inputs: found {', '.join(names) or 'none'}, expected one or more, each name once")
    if base_samples < 2 or base_samples & (base_samples - 1):
        raise ValueError(f"base_samples: found {base_samples}, expected a power of 2")
    generator = stream(seed, "sensitivity")
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    levels = sampling.sample(problem, base_samples, calc_second_order=False, seed=generator)
    result = _evaluated(model, inputs, levels)
    table = _swings(model, inputs)
    if np.ptp(result) > 0:
        # SALib takes seed 0 for no seed.
        found = analysis.analyze(problem, result, calc_second_order=False, seed=int(generator.integers(1, 2**31)))
        shares = {"first_order": "S1", "first_order_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
        table = table.assign(**{column: np.asarray(found[key]) for column, key in shares.items()})
    else:
        table = table.assign(first_order=0.0, first_order_conf=0.0, total=0.0, total_conf=0.0)
    table = table.sort_values("total", ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=np.arange(1, len(table) + 1))[list(COLUMNS)]


def _swings(model: Result, inputs: Sequence[UncertainInput]) -> pd.DataFrame:
    """The result with one input at a time at its lower and its upper end, the others at their medians."""
    count = len(inputs)
    levels = np.full((2, count, count), 0.5)
    levels[0][np.diag_indices(count)] = 0.1
    levels[1][np.diag_indices(count)] = 0.9
    result = _evaluated(model, inputs, levels.reshape(2 * count, count)).reshape(2, count)
    return pd.DataFrame(
        {
            "input": [item.name for item in inputs],
            "low": [float(item.at(0.1)) for item in inputs],
            "high": [float(item.at(0.9)) for item in inputs],
            "at_low": result[0],
            "at_high": result[1],
        }
    )


def _evaluated(model: Result, inputs: Sequence[UncertainInput], levels: Array) -> Array:
    """The result (row,) at quantile levels (row, input)."""
    samples = np.column_stack([item.at(levels[:, k]) for k, item in enumerate(inputs)])
    result = np.asarray(model(samples), dtype=float)
    if result.shape != levels.shape[:1]:
        raise ValueError(f"result: found shape {result.shape}, expected one number for each of {len(levels)} rows")
    if not np.all(np.isfinite(result)):
        raise ValueError(
            f"result: found {int((~np.isfinite(result)).sum())} rows without a finite number, expected none"
        )
    return result
