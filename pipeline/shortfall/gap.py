"""The gap between what a yardstick asks for and what there is, in every draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MEASURES = ("required", "supply", "gap", "sufficiency", "required_per_year")


def gap_measures(
    required: Array, supply: Array, stock: Array, stock_year: int, years: Sequence[int]
) -> dict[str, Array]:
    """gap, sufficiency and required_per_year, each (draw, year).

    `required` and `supply` (draw, year), `stock` (draw,) at the end of `stock_year`. gap = required − supply,
    positive where short; sufficiency = supply ÷ required; required_per_year = (required − stock) ÷ years
    since the stock's year, the net units to add a year from the last known stock, NaN up to that year.
    """
    elapsed = np.asarray(years, dtype=float) - stock_year
    elapsed[elapsed <= 0] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        sufficiency = np.where(required > 0, supply / required, np.nan)
    return {
        "gap": required - supply,
        "sufficiency": sufficiency,
        "required_per_year": (required - stock[:, None]) / elapsed,
    }
