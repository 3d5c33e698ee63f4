"""From draws to the numbers that are reported: the mean and fixed quantiles, as one long table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
"""Ends of the 95 % and the 80 % interval, and the median; intervals are equal-tailed."""


def summarised(draws: Array) -> Array:
    """Mean and `QUANTILES` over the first axis: (draw, ...) → (1 + quantile, ...). NaN stays NaN."""
    values = np.asarray(draws, dtype=float)
    return np.concatenate([values.mean(axis=0)[None], np.quantile(values, QUANTILES, axis=0)])


@dataclass(frozen=True, eq=False)
class Amount:
    """An amount by draw and year, `values` (draw, year), and what tables report of it.

    Ordering thousands of draws costs more than all arithmetic on them, so it is done once, when a summary is
    asked for, and what follows from an amount by a monotone function takes its order over. A draw axis of
    length 1 stands for an amount that is the same in every draw.
    """

    values: Array
    _order: Callable[[], Array] | None = None

    @classmethod
    def of(cls, values: ArrayLike) -> Amount:
        """The amount, with a draw axis of length 1 where all draws agree."""
        array = np.asarray(values, dtype=float)
        same = len(array) > 1 and np.array_equal(array, np.broadcast_to(array[:1], array.shape), equal_nan=True)
        return cls(array[:1] if same else array)

    @property
    def certain(self) -> bool:
        """Whether there is one draw that stands for all."""
        return len(self.values) == 1

    @cached_property
    def ordered(self) -> Array:
        """Neighbours of each quantile among the ordered draws, (2 · quantile, year)."""
        if self._order is not None:
            return self._order()
        low, high, _ = _places(len(self.values))
        wanted = np.concatenate([low, high])
        by_year = np.array(self.values.T, order="C")
        by_year.partition(np.unique(wanted), axis=1)
        return np.asarray(by_year[:, wanted].T)

    @cached_property
    def summary(self) -> Array:
        """Mean and quantiles, (1 + quantile, year), as `summarised` gives them."""
        mean = np.einsum("dy->y", self.values) / len(self.values)
        low, high = np.split(self.ordered, 2)
        weight = _places(len(self.values))[2][:, None]
        quantiles = np.where(np.isnan(mean), np.nan, low + weight * (high - low))
        return np.concatenate([mean[None], quantiles])

    def rising(self, function: Callable[[Array], Array], values: Array | None = None) -> Amount:
        """A function of the amount that nowhere falls, of (any, year); its `values` where they are known."""
        return Amount(function(self.values) if values is None else values, lambda: function(self.ordered))

    def falling(self, function: Callable[[Array], Array], values: Array | None = None) -> Amount:
        """A function of the amount that nowhere rises; the levels of `QUANTILES` mirror each other."""
        return Amount(function(self.values) if values is None else values, lambda: function(self.ordered)[::-1])


def _places(draws: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Lower and upper neighbour of each quantile among ordered draws, and how far it lies between them."""
    place = np.asarray(QUANTILES) * (draws - 1)
    low, high = np.floor(place + 1e-9).astype(np.intp), np.ceil(place - 1e-9).astype(np.intp)
    return low, high, np.where(high > low, place - low, 0.0)


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
