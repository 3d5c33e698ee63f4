"""What exists and what will exist: a stock in its own year, carried along two paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SUPPLY_PATHS = ("held", "no_new_policy")


@dataclass(frozen=True)
class Stock:
    """An amount (draw,) that existed at the end of `year`, and what it rests on."""

    amount: Array
    year: int
    figure_id: str
    assumed: bool = False


@dataclass(frozen=True)
class Record:
    """Units added a year in the past, `yearly` (draw,), below zero where a stock shrank, and where it was seen."""

    yearly: Array
    source: str
    assumed: bool


def supply_paths(stock: Stock, record: Record | None, years: Sequence[int]) -> dict[str, Array]:
    """Amounts (draw, year) by path; NaN before the stock's own year.

    `held`: the stock stays what it is. `no_new_policy`: the same number of units a year as in the
    record goes on being added or lost, never below zero; left out where there is no record.
    """
    when = np.asarray(years, dtype=float)
    elapsed = np.where(when >= stock.year, when - stock.year, np.nan)
    paths = {"held": stock.amount[:, None] + 0.0 * elapsed}
    if record is not None:
        paths["no_new_policy"] = np.maximum(stock.amount[:, None] + record.yearly[:, None] * elapsed, 0.0)
    return paths
