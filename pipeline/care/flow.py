"""How stocks of beds and staff move: what is lost in a year, and how a past trend goes on.

Of a year's staff some leave, some of these come back to the same work in the region in the same year, and of the
others some retire:

    kept = (1 − leave)·(1 − retire) + leave·re-enter

the share of a stock that is there a year later when nobody is added, the form in which Japan's welfare ministry
projects care workers. Of beds 1 − closing are kept.

Trends are those of a random walk with drift, on the logarithm of a stock or on the log-odds of a share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.disability import MIDDLE, logit, share_of
from pipeline.random import Z80, Interval


def logit_normal(interval: Interval, normal: Array = MIDDLE) -> Array:
    """A share (draw,) by its 80 % interval, from standard normals (draw,).

    Drawn on the log-odds, so that every draw lies between 0 and 1; equal ends fix it and may be 0 or 1.
    """
    if interval.low == interval.high:
        return np.full(normal.shape, interval.low)
    low, high = logit(interval.low), logit(interval.high)
    return share_of((low + high) / 2 + (high - low) / (2 * Z80) * normal)


def staff_kept(leave: Array, re_enter: Array, retire: Array) -> Array:
    """Share (draw,) of a year's staff still there a year later, re-entrants counted."""
    return (1.0 - leave) * (1.0 - retire) + leave * re_enter


@dataclass(frozen=True)
class PastTrend:
    """Yearly change on the scale of a quantity: a random walk with drift, seen in published counts.

    `yearly` the drift, (draw,) or a number; `drift_sd` its standard error, `step_sd` the standard deviation of one
    year's change.
    """

    yearly: float | Array
    drift_sd: float
    step_sd: float

    def change(self, years: ArrayLike, drift_normal: Array, step_normals: Array, at_most: float = np.inf) -> Array:
        """Change (draw, year) `years` after the last observation, which may be broken and lie before it.

        `drift_normal` (draw,) and `step_normals` (draw, step): the drift is uncertain once for all years, each year's
        own change again. The drift is `at_most` this in every draw.
        """
        after = np.asarray(years, dtype=float)
        drift = np.minimum(self.yearly + self.drift_sd * drift_normal, at_most)
        lengths = np.maximum(np.diff(np.maximum(after, 0.0), prepend=0.0), 0.0)
        walk = np.cumsum(step_normals[:, : len(after)] * np.sqrt(lengths), axis=1)
        return drift[:, None] * after + self.step_sd * walk


def past_trend(when: Sequence[float], values: Sequence[float]) -> PastTrend:
    """The trend of three or more values on their scale, by maximum likelihood for a random walk with drift.

    Years may be missing.
    """
    width, change = np.diff(when), np.diff(values)
    drift = float(change.sum() / width.sum())
    step_sd = float(np.sqrt(((change - drift * width) ** 2 / width).sum() / (len(change) - 1)))
    return PastTrend(drift, step_sd / float(np.sqrt(width.sum())), step_sd)


def plan_path(start: Array, start_when: float, targets: Sequence[tuple[int, Array]], years: Sequence[int]) -> Array:
    """A stock (draw, year) that reaches a plan's targets in their years, in straight lines, and then stays.

    `start` (draw,) at `start_when`; `targets` in order of year, after it, each with its amount (draw,). A plan adds: a
    target below what there is closes nothing. Years before `start_when` hold the start.
    """
    known = np.broadcast_arrays(start, *(amount for _, amount in targets))
    reached = np.maximum.accumulate(np.stack(known, axis=1), axis=1)
    return straight(reached, [start_when, *(float(year) for year, _ in targets)], years)


def straight(amounts: Array, when: Sequence[float], years: ArrayLike) -> Array:
    """Amounts (draw, date) in straight lines between their dates `when`, and level outside: (draw, year) or (draw,)."""
    weights = np.stack([np.interp(np.asarray(years), when, unit) for unit in np.eye(len(when))])
    return amounts @ weights
