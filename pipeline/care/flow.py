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
from pipeline.care.disability import logit
from pipeline.care.ranges import require_between, require_positive
from pipeline.errors import OutOfRangeError
from pipeline.random import Z80, Interval


def logit_normal(interval: Interval, normal: ArrayLike | None = None) -> Array:
    """A share (draw,) by its 80 % interval, from standard normals (draw,); without them its middle alone.

    Drawn on the log-odds, so that every draw lies between 0 and 1; equal ends fix it and may be 0 or 1.
    """
    noise = np.zeros(1) if normal is None else np.asarray(normal, dtype=float)
    if interval.low == interval.high:
        return np.full(noise.shape, interval.low)
    low, high = logit(interval.low), logit(interval.high)
    return np.asarray(1.0 / (1.0 + np.exp(-((low + high) / 2 + (high - low) / (2 * Z80) * noise))))


@dataclass(frozen=True)
class StaffRates:
    """Yearly shares (draw,): of staff who leave, of leavers who come back, of the others who retire.

    `re_enter` counts those who return to the same work in the region in the year they left.
    """

    leave: Array
    re_enter: Array
    retire: Array

    @property
    def kept(self) -> Array:
        """Share (draw,) of a year's staff still there a year later, re-entrants counted."""
        return np.asarray((1.0 - self.leave) * (1.0 - self.retire) + self.leave * self.re_enter)


@dataclass(frozen=True)
class PastTrend:
    """Yearly change on the scale of a quantity: a random walk with drift, seen in published counts.

    `yearly` the drift, (draw,) or a number; `drift_sd` its standard error, `step_sd` the standard deviation of one
    year's change; `first` and `last` the years between which it was seen. Raises ValueError naming the key.
    """

    yearly: float | Array
    drift_sd: float
    step_sd: float
    first: float
    last: float

    def __post_init__(self) -> None:
        for end in (np.min(self.yearly), np.max(self.yearly)):
            require_between("trend.yearly", float(end), -5.0, 5.0, "on its scale")
        require_between("trend.drift_sd", self.drift_sd, 0.0, 5.0, "on its scale")
        require_between("trend.step_sd", self.step_sd, 0.0, 5.0, "on its scale")

    def change(
        self,
        years: ArrayLike,
        drift_normal: Array | None = None,
        step_normals: Array | None = None,
        at_most: float = np.inf,
    ) -> Array:
        """Change (draw, year) `years` after the last observation, which may be broken and lie before it.

        `drift_normal` (draw,) and `step_normals` (draw, step): the drift is uncertain once for all years, each year's
        own change again; None leaves that uncertainty out. The drift is `at_most` this in every draw.
        """
        after = np.asarray(years, dtype=float)
        drift = np.atleast_1d(np.asarray(self.yearly, dtype=float))
        if drift_normal is not None:
            drift = drift + self.drift_sd * drift_normal
        change = np.minimum(drift, at_most)[:, None] * after
        if step_normals is not None and self.step_sd > 0:
            ahead = np.maximum(after, 0.0)
            lengths = np.diff(ahead, prepend=0.0)
            walk = np.cumsum(step_normals[:, : len(after)] * np.sqrt(np.maximum(lengths, 0.0)), axis=1)
            change = change + self.step_sd * walk
        return np.asarray(change)


def past_trend(when: Sequence[float], values: Sequence[float]) -> PastTrend:
    """The trend of values on their scale, by maximum likelihood for a random walk with drift; years may be missing.

    Raises ValueError where the series cannot show a trend and how single years differ from it.
    """
    if len(when) != len(values) or len(when) < 3:
        raise OutOfRangeError("trend", f"{len(when)} years and {len(values)} values", "three or more of both")
    width = np.diff(np.asarray(when, dtype=float))
    require_positive("trend: years between two values", float(width.min()))
    change = np.diff(np.asarray(values, dtype=float))
    drift = float(change.sum() / width.sum())
    step_sd = float(np.sqrt(((change - drift * width) ** 2 / width).sum() / (len(change) - 1)))
    return PastTrend(drift, step_sd / float(np.sqrt(width.sum())), step_sd, when[0], when[-1])


def plan_path(start: ArrayLike, start_when: float, targets: Sequence[tuple[int, Array]], years: Sequence[int]) -> Array:
    """A stock (draw, year) that reaches a plan's targets in their years, in straight lines, and then stays.

    `start` (draw,) at `start_when`; `targets` in order of year, after it, each with its amount (draw,). A plan adds: a
    target below what there is closes nothing. Years before `start_when` hold the start.
    """
    first = np.atleast_1d(np.asarray(start, dtype=float))
    known = np.broadcast_arrays(first, *(amount for _, amount in targets))
    reached = np.maximum.accumulate(np.stack(known, axis=1), axis=1)
    knots = [start_when, *(float(year) for year, _ in targets)]
    weights = np.stack([np.interp(years, knots, unit) for unit in np.eye(len(knots))])
    return np.asarray(reached @ weights)
