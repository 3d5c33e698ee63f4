"""Areas before and after counts: what a forecast predicts of them, and what they move, from the whole to its parts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import COUNTED_GROUPS, Array
from pipeline.demography.area import AreaDraws, Nation, Scenario, at_year_end, project_area
from pipeline.models.count_errors import CountError, Update, update

Places = NDArray[np.intp]

YEAR_END = 2.0 / 12.0
"""Share of a year between census day, 1 November, and the year's end."""


@dataclass(frozen=True)
class AreaCounts:
    """Counts of one area: the place of each in years from the first after the census and in `COUNTED_GROUPS`; logs."""

    year: Places
    group: Places
    log: Array

    def of(self, table: Array) -> Array:
        """Values (draw, count) of a table (draw, year, group)."""
        return np.asarray(table[:, self.year, self.group])

    def until(self, years: int) -> "AreaCounts":
        """Those of the first `years` years."""
        early = self.year < years
        return AreaCounts(self.year[early], self.group[early], self.log[early])


@dataclass(frozen=True)
class Seen:
    """What is known of an area after its counts: log N and b (draw, year, group), b that of its whole included."""

    people: Array
    bias: Array

    def together(self) -> Array:
        """(draw, any): what parts of the area share with it."""
        flat = [array.reshape(len(array), -1) for array in (self.people, self.bias[:, [0, -1]])]
        return np.concatenate(flat, axis=1)


def since_census(years: int) -> Array:
    """Years from census day to the ends of the first `years` years after the census."""
    return np.asarray(np.arange(1, years + 1) + YEAR_END)


def log_people(area: AreaDraws, nation: Nation, scenario: Scenario, years: int) -> Array:
    """Log people at the ends of the first `years` years after the census, (draw, year, group of `COUNTED`)."""
    steps = years + 1
    short = Nation(nation.standard_lx[:steps], nation.asfr_shape[:steps], nation.srb[:steps])
    yearly = {name: array for name, array in vars(area).items() if name != "base" and array is not None}
    some = replace(area, **{name: array[:, :steps] for name, array in yearly.items()})
    people = project_area(some, short, scenario, COUNTED_GROUPS).sum(axis=2)
    return np.log(at_year_end(people, YEAR_END)[:, 1:])


def assimilate(
    states: Mapping[str, Array],
    people: Array,
    bias: Array,
    counts: AreaCounts,
    error: CountError,
    generator: np.random.Generator,
    around: Seen | None = None,
) -> Update:
    """What an area's counts move of `states` (draw, ...), and of its own `bias` (draw, year, group).

    `people` (draw, year, group) is log N of the area given the whole it lies in, `around`, on whose bias its own comes.
    """
    predicted = people + bias + (0.0 if around is None else around.bias)
    scatter = error.scatter([COUNTED_GROUPS[place] for place in counts.group])
    whole = None if around is None else around.together()
    return update({**states, "bias": bias}, counts.of(predicted), counts.log, scatter, generator, whole)
