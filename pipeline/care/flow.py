"""How stocks of beds and staff move: what is lost in a year, how past trends go on, and what the nation publishes.

Trends are those of a random walk with drift, on the logarithm of a stock or on the log-odds of a share.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from pipeline.axes import Array
from pipeline.care.disability import MIDDLE
from pipeline.domain import Indicator, Observation
from pipeline.random import Z80, Interval

FIVE_YEARS = (4.5, 5.5)  # what counts as five years between two observations

Scale = Literal["log", "logit"]


def logit_normal(interval: Interval, normal: Array = MIDDLE) -> Array:
    """A share (draw,) by its 80 % interval, from standard normals (draw,) on the log-odds; equal ends may be 0 or 1."""
    if interval.low == interval.high:
        return np.full(normal.shape, interval.low)
    low, high = logit(interval.low), logit(interval.high)
    return expit((low + high) / 2 + (high - low) / (2 * Z80) * normal)


def staff_kept(leave: Array, re_enter: Array, retire: Array) -> Array:
    """Share (draw,) of a year's staff still there a year later; the form in which Japan projects care workers."""
    return (1.0 - leave) * (1.0 - retire) + leave * re_enter


def scale_of(quantity: str, indicators: Mapping[str, Indicator]) -> Scale:
    """The scale on which a quantity moves along a line: stocks on the logarithm, shares on the log-odds."""
    item = indicators.get(quantity)
    return "logit" if item is not None and item.unit == "percent" else "log"


def scaled(amount: ArrayLike, scale: Scale) -> Array:
    """Stocks, or shares in percent, on their scale; none and all, which have no log-odds, as a thousandth from it."""
    return np.log(amount) if scale == "log" else logit(np.clip(np.asarray(amount) / 100, 0.001, 0.999))


class PastTrend(NamedTuple):
    """Yearly change on the scale of a quantity: a random walk, its drift `yearly`, (draw,) or a number, with standard
    error `drift_sd`; `step_sd` that of one year's change."""

    yearly: float | Array
    drift_sd: float
    step_sd: float

    def change(self, years: ArrayLike, drift_normal: Array, step_normals: Array, at_most: float = np.inf) -> Array:
        """Change (draw, year) `years` after the last observation; the drift is `at_most` this in every draw.

        `drift_normal` (draw,) moves the drift once for all years, `step_normals` (draw, step) each year's own change.
        """
        after = np.asarray(years, dtype=float)
        drift = np.minimum(self.yearly + self.drift_sd * drift_normal, at_most)
        lengths = np.maximum(np.diff(np.maximum(after, 0.0), prepend=0.0), 0.0)
        walk = np.cumsum(step_normals[:, : len(after)] * np.sqrt(lengths), axis=1)
        return drift[:, None] * after + self.step_sd * walk


def past_trend(when: Sequence[float], values: Sequence[float]) -> PastTrend:
    """The trend of three or more values on their scale, by maximum likelihood; years may be missing."""
    width, change = np.diff(when), np.diff(values)
    drift = float(change.sum() / width.sum())
    step_sd = float(np.sqrt(((change - drift * width) ** 2 / width).sum() / (len(change) - 1)))
    return PastTrend(drift, step_sd / float(np.sqrt(width.sum())), step_sd)


def plan_path(start: Array, start_when: float, targets: Sequence[tuple[int, Array]], years: Sequence[int]) -> Array:
    """A stock (draw, year) that reaches a plan's targets in their years, in straight lines, and then stays.

    `start` (draw,) holds until `start_when`; `targets` by year after it, (draw,) each; a lower one closes nothing.
    """
    known = np.broadcast_arrays(start, *(amount for _, amount in targets))
    reached = np.maximum.accumulate(np.stack(known, axis=1), axis=1)
    return straight(reached, [start_when, *(float(year) for year, _ in targets)], years)


def straight(amounts: Array, when: Sequence[float], years: ArrayLike) -> Array:
    """Amounts (draw, date) in straight lines between their dates `when`, and level outside: (draw, year) or (draw,)."""
    weights = np.stack([np.interp(np.asarray(years), when, unit) for unit in np.eye(len(when))])
    return amounts @ weights


class Norm(NamedTuple):
    """A national measure, the latest outcome or else a goal: units per resident aged 60+, or percent."""

    quantity: str
    kind: Literal["outcome", "goal"]
    value: float
    year: int
    source: str

    @property
    def id(self) -> str:
        """Its name in the column `figure_id`."""
        return f"{'norm' if self.kind == 'outcome' else 'goal'}.{self.quantity}.{self.year}"


class Goal(NamedTuple):
    """A goal of the nation's plans, in the indicator's own unit."""

    indicator: str
    year: int
    value: float
    source: str


class National(NamedTuple):
    """The nation's record by quantity: trends, the fastest five-year rate (on its scale), norms; and its goals."""

    trends: Mapping[str, PastTrend]
    fastest: Mapping[str, float]
    norms: Mapping[str, Norm]
    goals: Sequence[Goal] = ()


def national(
    observed: Iterable[Observation],
    people: Mapping[int, float],
    indicators: Mapping[str, Indicator],
    goals: Sequence[Goal],
    since: int,
) -> National:
    """The nation's record from its observations and residents aged 60+ by year.

    A trend takes the observations from `since` on, or all of the latest definition where these are fewer than three;
    weak ones count where there are no others. The fastest rate is that of any two of one definition five years apart.
    """
    series: dict[str, dict[str | None, list[Observation]]] = {}
    for item in observed:
        if item.part is None and item.exact:
            series.setdefault(item.indicator, {}).setdefault(item.definition, []).append(item)
    trends: dict[str, PastTrend] = {}
    fastest: dict[str, float] = {}
    norms: dict[str, Norm] = {}
    for quantity, by_definition in series.items():
        scale = scale_of(quantity, indicators)
        for definition, rows in by_definition.items():
            # Of one moment the last stands: what is meant exactly, if anything.
            reliable = [row for row in rows if row.confidence != "weak"] or rows
            reliable = sorted(reliable, key=lambda row: (row.when, row.comparator == "="))
            points = list({row.when: float(scaled(row.value, scale)) for row in reliable if row.value > 0}.items())
            for (first, before), (then, after) in combinations(points, 2):
                if FIVE_YEARS[0] <= then - first <= FIVE_YEARS[1]:
                    fastest[quantity] = max(fastest.get(quantity, -np.inf), (after - before) / (then - first))
            if definition is not None:
                continue
            recent = [point for point in points if point[0] >= since]
            recent = recent if len(recent) >= 3 else points
            if len(recent) >= 3:
                trends[quantity] = past_trend(*zip(*recent, strict=True))
            last = reliable[-1]
            known = scale == "logit" or (last.year in people and not quantity.endswith("plus"))
            if last.confidence != "weak" and known:
                value = last.value if scale == "logit" else last.value / people[last.year]
                norms[quantity] = Norm(quantity, "outcome", value, last.year, last.source)
    for goal in sorted(goals, key=lambda goal: goal.year):
        ratio = indicators[goal.indicator]
        if ratio.numerator is not None and ratio.denominator == "population_60plus":
            norm = Norm(ratio.numerator, "goal", goal.value / (ratio.scale or 1.0), goal.year, goal.source)
            norms.setdefault(ratio.numerator, norm)
    return National(trends, fastest, norms, tuple(goals))
