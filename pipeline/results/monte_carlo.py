"""Monte Carlo errors of published numbers, from the intervals that stand beside them, and the digits they bear.

Other draws would give another mean or quantile. With the SD σ of n draws its error is σ/√n of a mean and
√(p(1 − p)/n) ÷ φ(z_p) · σ of the quantile p; of a probability p it is √(p(1 − p)/n). σ is that of a normal with the
interval of the row.

A number carries the digits down to the power of ten at or below its error: those that its draws bear, and one more.
What must close with other numbers (a gap, parts of a whole) is rounded where it is worked out, by the same rule; the
rest when it is written.
"""

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.summary import in_digits, last_digit, monte_carlo_error, spread

KIND, LEVEL, VALUE = "output_type", "output_type_id", "value"

ENDS = {("q10", "q90"): 0.1, ("lower_80", "upper_80"): 0.1, ("lower_95", "upper_95"): 0.025}
"""How columns of the ends of an interval are called, after the name of what they belong to, if any: the lower level."""

EXACT = 1e-9
"""Error over a number below which it is the same in every draw, but for how sums are rounded."""

LEVELS = {"q025": 0.025, "q975": 0.975, "lower_95": 0.025, "upper_95": 0.975, "shown": 0.5, "median": 0.5, "mean": 1.0}
"""Columns beside them, and their levels; 1 is a mean."""


def standard_errors(table: pd.DataFrame, draws: int) -> dict[str, Array]:
    """Monte Carlo error of each number by column, (row,); NaN where the table shows no interval beside it."""
    found: dict[str, Array] = {}
    if {KIND, LEVEL, VALUE} <= {*table}:
        found[VALUE] = _of_long_rows(table, draws)
    for name in map(str, table):
        for (lower, upper), end in ENDS.items():
            owner = name.removesuffix(lower)
            if name.endswith(lower) and name not in found and owner + upper in table:
                sd = spread(_numbers(table[name]), _numbers(table[owner + upper]), end)
                levels = {owner + beside: level for beside, level in LEVELS.items()}
                levels |= {owner.rstrip("_"): 0.5, name: end, owner + upper: end}
                found |= {each: sd * monte_carlo_error(at, draws) for each, at in levels.items() if each in table}
        if name.endswith("probability"):
            share = _numbers(table[name])
            found[name] = np.sqrt(np.clip(share * (1.0 - share), 0.25 / draws, None) / draws)
    return found


def borne(table: pd.DataFrame, draws: int) -> pd.DataFrame:
    """The table with every number in the digits that it bears; numbers without an interval as they are."""
    found = table.copy()
    for name, error in standard_errors(table, draws).items():
        values = _numbers(table[name])
        known = np.nan_to_num(error) > EXACT * np.abs(np.nan_to_num(values))
        values[known] = in_digits(values[known], last_digit(error[known], np.finfo(float).tiny))
        found[name] = values
    return found


def _of_long_rows(table: pd.DataFrame, draws: int) -> Array:
    """Of tables with one row a mean and a quantile: the SD follows from the quantiles at 10 and 90 %."""
    groups = [name for name in table if name not in (KIND, LEVEL, VALUE)]
    value, level = (pd.to_numeric(table[name], errors="coerce") for name in (VALUE, LEVEL))
    ends = table[groups].assign(low=value.where(level == 0.1), high=value.where(level == 0.9))
    ends = ends.groupby(groups, sort=False, dropna=False)[["low", "high"]].transform("max")
    factor = np.array([monte_carlo_error(at, draws) for at in level.fillna(1.0).tolist()])
    errors: Array = spread(ends["low"], ends["high"]) * factor
    return errors


def _numbers(column: pd.Series) -> Array:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, copy=True)
