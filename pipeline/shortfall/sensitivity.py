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
from scipy.special import expit, logit, ndtri

from pipeline.axes import Array
from pipeline.random import Z80, stream

Results = Callable[[Array], Array]
"""From samples (row, input), inputs in the order given, to results (row, result)."""

_SCALES = {"normal": (np.positive, np.positive), "lognormal": (np.log, np.exp), "share": (logit, expit)}
"""To and from the scale on which an input is normal."""

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
        if self.shape == "uniform" or self.low == self.high:
            return self.low + (self.high - self.low) * place
        scaled, back = _SCALES[self.shape]
        ends = scaled(np.array([self.low, self.high]))
        return back(ends.mean() + (ends[1] - ends[0]) / (2 * Z80) * ndtri(place))


def sensitivity(
    model: Results, results: Sequence[str], inputs: Sequence[UncertainInput], seed: int, base_samples: int = 1024
) -> pd.DataFrame:
    """Inputs ranked by how much of the variance of each result is theirs, the largest total first.

    Columns result, rank, input; `first_order` and `total` as shares of variance (estimates, so that a small one can
    fall below 0), `total_conf` half the width of its 95 % interval. For the tornado: `at_low` and `at_high`, with the
    input at its 0.1 and 0.9 quantile (`input_low`, `input_high`) and all others at their medians. The model is called
    twice, once with `base_samples` · (inputs + 2) rows; `base_samples` a power of 2. All shares are 0 where the
    result is the same everywhere. Same seed, same table.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    def results_at(levels: Array) -> Array:
        """Results (row, result) at quantile levels (row, input)."""
        return model(np.column_stack([item.at(levels[:, column]) for column, item in enumerate(inputs)]))

    count, names = len(inputs), [item.name for item in inputs]
    generator = stream(seed, "sensitivity")
    problem = {"num_vars": count, "names": names, "bounds": [[0.0, 1.0]] * count}
    sampled = results_at(sampling.sample(problem, base_samples, calc_second_order=False, seed=generator))
    # SALib takes seed 0 for no seed.
    bootstrap = int(generator.integers(1, 2**31))
    # One input at a time at its lower and its upper end, the others at their medians.
    levels = np.full((2, count, count), 0.5)
    for end, level in enumerate((0.1, 0.9)):
        np.fill_diagonal(levels[end], level)
    low, high = np.split(results_at(levels.reshape(2 * count, count)), 2)
    ends = {f"input_{end}": [float(item.at(level)) for item in inputs] for end, level in (("low", 0.1), ("high", 0.9))}
    tables = []
    for column, result in enumerate(results):
        shares = {"S1": 0.0, "ST": 0.0, "ST_conf": 0.0}
        if np.ptp(sampled[:, column]) > 0:
            shares = analysis.analyze(problem, sampled[:, column], calc_second_order=False, seed=bootstrap)
        table = pd.DataFrame(
            {
                "result": result,
                "input": names,
                "first_order": shares["S1"],
                "total": shares["ST"],
                "total_conf": shares["ST_conf"],
                "at_low": low[:, column],
                "at_high": high[:, column],
                **ends,
            }
        ).sort_values("total", ascending=False, kind="stable", ignore_index=True)
        tables.append(table.assign(rank=np.arange(1, count + 1)))
    return pd.concat(tables, ignore_index=True)
