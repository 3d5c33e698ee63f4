"""What the nation publishes of beds and staff: how its stocks moved, its latest rates, and its goals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from scipy.special import logit

from pipeline.care.flow import PastTrend, past_trend
from pipeline.domain import Indicator, Observation

FIVE_YEARS = (4.5, 5.5)
"""What counts as five years between two observations."""

RANKED = "institution_beds"
"""The quantity by which regions may be ranked: every region and the nation count it alike."""


@dataclass(frozen=True)
class Norm:
    """A national measure of one quantity: units per resident aged 60+, or percent where it is a share.

    `kind`: an outcome, or a goal where no outcome of the quantity is published; `source` who published it.
    """

    quantity: str
    kind: Literal["outcome", "goal"]
    value: float
    year: int
    source: str

    @property
    def id(self) -> str:
        """Its name in the column `figure_id`."""
        return f"{'norm' if self.kind == 'outcome' else 'goal'}.{self.quantity}.{self.year}"


@dataclass(frozen=True)
class Goal:
    """A goal of the nation's plans, in the indicator's own unit."""

    indicator: str
    year: int
    value: float
    source: str


@dataclass(frozen=True)
class National:
    """The nation's record by quantity: trends, the fastest five-year rate, norms; and its goals.

    Rates are yearly changes of the logarithm of a stock, of the log-odds of a share.
    """

    trends: Mapping[str, PastTrend]
    fastest: Mapping[str, float]
    norms: Mapping[str, Norm]
    goals: Sequence[Goal] = ()


def scale_of(quantity: str, indicators: Mapping[str, Indicator]) -> Literal["log", "logit"]:
    """The scale on which a quantity moves along a line: stocks on the logarithm, shares on the log-odds."""
    item = indicators.get(quantity)
    return "logit" if item is not None and item.unit == "percent" else "log"


def national(
    observed: Iterable[Observation],
    people: Mapping[int, float],
    indicators: Mapping[str, Indicator],
    goals: Sequence[Goal],
    since: int,
) -> National:
    """The nation's record from its observations.

    `people` residents aged 60+ by year. A trend takes the observations from `since` on, or all of the latest
    definition where these are fewer than three; weak ones count where there are no others. The fastest rate is that
    of any two observations of one definition five years apart.
    """
    series: dict[str, dict[str | None, list[Observation]]] = {}
    for found in observed:
        if found.part is None and found.exact:
            series.setdefault(found.indicator, {}).setdefault(found.definition, []).append(found)
    trends: dict[str, PastTrend] = {}
    fastest: dict[str, float] = {}
    norms: dict[str, Norm] = {}
    for quantity, by_definition in series.items():
        scale = scale_of(quantity, indicators)
        found_rates = []
        for definition, rows in by_definition.items():
            reliable = [row for row in rows if row.confidence != "weak"] or rows
            reliable.sort(
                key=lambda row: (row.when, row.comparator == "=")
            )  # of one moment the last stands: the exact one
            points = list({row.when: _scaled(row.value, scale) for row in reliable if row.value > 0}.items())
            found_rates += [
                (after[1] - before[1]) / (after[0] - before[0])
                for before, after in combinations(points, 2)
                if FIVE_YEARS[0] <= after[0] - before[0] <= FIVE_YEARS[1]
            ]
            if definition is not None:
                continue
            recent = [point for point in points if point[0] >= since]
            recent = recent if len(recent) >= 3 else points
            if len(recent) >= 3:
                trends[quantity] = past_trend(*zip(*recent, strict=True))
            last = reliable[-1]
            if last.confidence != "weak" and (norm := _norm(last, people, scale)) is not None:
                norms[quantity] = norm
        if found_rates:
            fastest[quantity] = max(found_rates)
    for goal in sorted(goals, key=lambda goal: goal.year):
        counted = indicators[goal.indicator].numerator
        if counted is not None and indicators[goal.indicator].denominator == "population_60plus":
            value = goal.value / (indicators[goal.indicator].scale or 1.0)
            norms.setdefault(counted, Norm(counted, "goal", value, goal.year, goal.source))
    return National(trends, fastest, norms, tuple(goals))


def _scaled(value: float, scale: Literal["log", "logit"]) -> float:
    return float(np.log(value)) if scale == "log" else float(logit(value / 100))


def _norm(last: Observation, people: Mapping[int, float], scale: Literal["log", "logit"]) -> Norm | None:
    if scale == "logit":
        return Norm(last.indicator, "outcome", last.value, last.year, last.source)
    if last.year not in people or last.indicator.endswith("plus"):
        return None
    return Norm(last.indicator, "outcome", last.value / people[last.year], last.year, last.source)
