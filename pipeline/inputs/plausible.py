"""What is probably a slip in tables that are sound by themselves: a figure out by a thousand beside its neighbours.

Nothing here stops a run. Each check takes frames and hands back doubts; none of them reads a file.
"""

import numpy as np
import pandas as pd

from pipeline.errors import Doubt
from pipeline.inputs.table_checks import limited
from pipeline.schemas import Table

JUMP = 300.0
"""Ratio of two neighbours above which a unit was probably mistaken: a thousand, or 万, less what may truly differ."""

RATE_JUMP = 30.0
"""The same for percentages and rates, which are mistaken by a hundred (a share for a percentage)."""

SMALL_COUNT = 1000.0
"""Counts below this (persons, beds) may truly differ by any factor: a hundred-year-old here, none there."""

TIMES = ("year", "period")
RATES = ("percent", "per_1000", "per_1000_person_years", "years", "persons_per_worker")


def jumps(frame: pd.DataFrame, table: Table, file: str) -> list[Doubt]:
    """A doubt for each value of `table` that is far from the one before it in time, all else being the same.

    Columns that may be negative are left out: what passes through zero has no ratio.
    """
    time = next((name for name in TIMES if name in table.key), None)
    if time is None or not len(frame):
        return []
    rest = [name for name in table.key if name != time]
    ordered = frame.sort_values([*rest, time], kind="stable")
    same = ordered[rest].eq(ordered[rest].shift()).all(axis=1) if rest else pd.Series(True, ordered.index)
    above = pd.Series(ordered.index, ordered.index).shift()
    limit = np.where(ordered["unit"].isin(RATES), RATE_JUMP, JUMP) if "unit" in ordered else JUMP
    doubts: list[Doubt] = []
    for column in table.columns:
        amount = column.kind in ("integer", "number") and column.low is not None and column.low >= 0
        if column.name == time or not amount:
            continue
        values = ordered[column.name].astype(float)
        values = values.where(values > 0)
        before = values.shift().where(same)
        ratio = np.maximum(values / before, before / values)
        counted = np.maximum(values, before) >= SMALL_COUNT if column.kind == "integer" else True
        doubts += [
            Doubt(
                file,
                f"row {at + 2}, column {column.name}",
                f"{values[at]:.12g}",
                f"a value nearer to {before[at]:.12g} of row {above[at] + 2:.0f} "
                f"({ratio[at]:,.0f}-fold; another unit?)",
            )
            for at in ordered.index[(ratio >= limit) & counted]
        ]
    return limited(doubts, file)


def regions_alike(figures: pd.DataFrame, file: str) -> list[Doubt]:
    """A doubt for each rate of `figures` (care_figures) far from the median of its indicator everywhere."""
    rates = figures[figures["unit"].isin(RATES) & (figures["value"] > 0)]
    middle = rates.groupby(["indicator", "unit"])["value"].transform("median")
    ratio = np.maximum(rates["value"] / middle, middle / rates["value"])
    return limited(
        [
            Doubt(
                file,
                f"row {at + 2}, column value",
                f"{rates['value'][at]:.12g}",
                f"a value nearer to {middle[at]:.12g}, the middle of all {rates['indicator'][at]} "
                f"({ratio[at]:,.0f}-fold; another unit?)",
            )
            for at in rates.index[ratio >= RATE_JUMP]
        ],
        file,
    )
