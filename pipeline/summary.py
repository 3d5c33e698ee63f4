"""From draws to the numbers that are reported: the mean and fixed quantiles, as one long table."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.axes import Array

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
"""Ends of the 95 % and the 80 % interval, and the median; intervals are equal-tailed."""

INTERVAL = (0.1, 0.5, 0.9)
"""Ends of the 80 % interval around the median."""

_NORMAL = NormalDist()


@cache
def monte_carlo_error(level: float, draws: int) -> float:
    """Error of a normal's quantile from so many draws, in SD; of its mean where `level` is not between 0 and 1."""
    if not 0.0 < level < 1.0:
        return math.sqrt(1.0 / draws)
    return math.sqrt(level * (1.0 - level) / draws) / _NORMAL.pdf(_NORMAL.inv_cdf(level))


def spread(low: ArrayLike, high: ArrayLike, level: float = 0.1) -> Array:
    """SD of a normal whose quantiles at `level` and at 1 − `level` are these."""
    width: Array = np.asarray(high, dtype=float) - np.asarray(low, dtype=float)
    return width / (-2.0 * _NORMAL.inv_cdf(level))


def last_digit(error: ArrayLike, least: float = 1.0) -> Array:
    """What the last digit of a number with this Monte Carlo error counts: the power of ten at or below the error.

    The digit before it is borne by the draws, and it is the one guard digit beside; never less than `least`.
    """
    return np.maximum(10.0 ** np.floor(np.log10(np.maximum(error, least))), least)


def third_digit(number: float) -> float:
    """What the third significant digit of a number counts, at least one."""
    return float(max(10.0 ** (math.floor(math.log10(max(abs(number), 1.0))) - 2), 1.0))


def in_digits(values: ArrayLike, digit: ArrayLike) -> Array:
    """Values in whole multiples of `digit`."""
    return np.asarray(np.rint(np.asarray(values) / digit) * digit)


def last_digits(interval: Array, draws: int, least: float = 1.0) -> Array:
    """`last_digit` of the quantiles at `INTERVAL` of so many draws, (3, ...) for (3, ...)."""
    sd = spread(interval[0], interval[2])
    return np.stack([last_digit(monte_carlo_error(level, draws) * sd, least) for level in INTERVAL])


def in_digits_of(value: float, draws: Array, level: float = 0.5) -> float:
    """A value with the digits that the quantile at `level` of draws (draw,) bears, or their mean where it is 1."""
    error = monte_carlo_error(level, len(draws)) * spread(*np.quantile(draws, (0.1, 0.9)))
    return float(in_digits(value, last_digit(error)))


def interval_shown(draws: ArrayLike, middle: float | None = None) -> Array:
    """Quantiles at `INTERVAL` over the first axis, (draw, ...) → (3, ...), with the digits that they bear.

    `middle` is shown with the digits of the median, in its place, where what is shown must close with other numbers.
    """
    values = np.asarray(draws, dtype=float)
    found = np.quantile(values, INTERVAL, axis=0)
    digits = last_digits(found, len(values))
    if middle is not None:
        found[1] = middle
    return in_digits(found, digits)


def interval_columns(draws: ArrayLike, middle: float | None = None) -> dict[str, float]:
    """`interval_shown` of draws (draw,) as tables have it: columns shown, q10 and q90."""
    low, shown, high = interval_shown(draws, middle).tolist()
    return {"shown": shown, "q10": low, "q90": high}


def summarised(draws: Array) -> Array:
    """Mean and `QUANTILES` over the first axis: (draw, ...) → (1 + quantile, ...). NaN stays NaN."""
    values = np.asarray(draws, dtype=float)
    return np.concatenate([values.mean(axis=0)[None], np.quantile(values, QUANTILES, axis=0)])


def long_table(summary: Array, axes: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Rows of a result table from a summary (1 + quantile, *axes): one a cell.

    Columns: those of `axes` in order, output_type ("mean" or "quantile"), output_type_id, value.
    Raises ValueError where the axes do not fit the array.
    """
    expected = (1 + len(QUANTILES), *(len(labels) for labels in axes.values()))
    if summary.shape != expected:
        raise ValueError(f"a summary of shape {summary.shape} does not fit axes of {expected}")
    output = list(range(expected[0]))
    index = pd.MultiIndex.from_product([output, *axes.values()], names=["output", *axes])
    table = pd.DataFrame({"value": summary.ravel()}, index=index).reset_index()
    which = table.pop("output")
    table.insert(len(axes), "output_type", np.where(which == 0, "mean", "quantile"))
    table.insert(len(axes) + 1, "output_type_id", which.map(dict(enumerate((np.nan, *QUANTILES)))))
    return table


def shown_parts(total: float, parts: Array, digit: float = 1.0) -> Array:
    """Multiples of `digit` (part,) that sum to `total`, shared out as the means of `parts` (part, draw or more) are.

    Rounded down, and the largest remainders up, so that a shown total is the sum of its shown parts.
    """
    means = parts.reshape(len(parts), -1).mean(axis=1)
    whole = float(means.sum())
    steps = total / digit
    exact = steps * means / whole if whole else np.full(len(means), steps / len(means))
    shown = np.floor(exact)
    short = int(np.rint(steps - shown.sum()))
    shown[np.argsort(shown - exact, kind="stable")[:short]] += 1.0
    return np.asarray(shown * digit)
