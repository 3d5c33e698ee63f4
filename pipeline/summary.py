"""From draws to the numbers that are reported: the mean and fixed quantiles, as one long table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
"""Ends of the 95 % and the 80 % interval, and the median; intervals are equal-tailed."""


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
