"""What counts after the census say of a forecast: every draw is moved by what its own prediction missed.

A count at the end of a year is read as

    log y(t, g) = log N(t, g) + b(t, g) + ε,        b(t, g) = level_g + drift_g·t,  t years since the census,

N what the next census would count, b how far published counts run from that, shared by 60+ and 65+ in part, and ε the
year's own scatter. An area's b is its whole's plus its own. The update is an ensemble smoother by Matheron's rule: with
θ what moves an area, h its prediction of the counts and k a draw,

    θ*_k = θ_k + C_θh (C_hh + R)⁻¹ (log y − h_k − ε_k),

exact where all is normal and linear (Evensen & van Leeuwen 2000; Journel & Huijbregts 1978 for the rule). Draw k stays
draw k. An area within a whole that was updated before moves by its own part alone: what the whole explains of h is
taken off before the covariances.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.axes import COUNTED_GROUPS, Array, Indices
from pipeline.demography.area import YEAR_END, AreaDraws, Nation, at_year_ends, project_area
from pipeline.random import normals
from pipeline.settings.forecast import ProjectionSettings


class AreaCounts(NamedTuple):
    """Logs of the counts of one area, each with its year (0 is the first after the census) and its `COUNTED_GROUPS`."""

    year: Indices
    group: Indices
    log: Array

    def of(self, table: Array) -> Array:
        """Values (draw, count) of a table (draw, year, group)."""
        return table[:, self.year, self.group]

    def until(self, years: int) -> "AreaCounts":
        early = self.year < years
        return AreaCounts(self.year[early], self.group[early], self.log[early])


class Seen(NamedTuple):
    """What is known of an area after its counts: log N and b (draw, year, group), b that of its whole included."""

    people: Array
    bias: Array


class CountError(NamedTuple):
    """SDs in logs of what the counts of one area are off beside those of its whole: `level` from the start, `drift`
    more each year, `sampling` in each year anew. `alike` is the share of the variance of the first two that all groups
    of the old have in common, `totals` the factor for totals."""

    level: float
    drift: float
    sampling: float
    alike: float
    totals: float

    def scatter(self, groups: Sequence[str]) -> Array:
        """SD of ε by group."""
        return np.array([self.sampling * (self.totals if group == "total" else 1.0) for group in groups])

    def draws(self, years: int, draws: int, generator: np.random.Generator) -> Array:
        """b (draw, year, group of `COUNTED_GROUPS`) at the ends of the first `years` years after the census."""
        normal = normals(generator, draws, 2, len(COUNTED_GROUPS) + 1)
        shared, own = normal[..., :1], normal[..., 1:]
        factor = np.sqrt(self.alike) * shared + np.sqrt(1.0 - self.alike) * own
        total = COUNTED_GROUPS.index("total")
        factor[..., total] = self.totals * own[..., total]
        level, drift = self.level * factor[:, 0], self.drift * factor[:, 1]
        return level[:, None] + (np.arange(1, years + 1) + YEAR_END)[:, None] * drift[:, None]


class Update(NamedTuple):
    """What counts move: `innovation` (draw, count) and, by name of what is moved, its gain (..., count)."""

    innovation: Array
    gain: Mapping[str, Array]

    def of(self, name: str) -> Array | float:
        """By how much each draw of `name` moves, (draw, ...); none where it is not moved."""
        if name not in self.gain:
            return 0.0
        gain = self.gain[name]
        flat = self.innovation @ gain.reshape(-1, gain.shape[-1]).T
        return flat.reshape(len(flat), *gain.shape[:-1])

    def only(self, *names: str) -> "Update":
        return Update(self.innovation, {name: self.gain[name] for name in names if name in self.gain})


NONE = Update(np.zeros((1, 0)), {})


def log_people(area: AreaDraws, nation: Nation, scenario: ProjectionSettings, years: int) -> Array:
    """Log people at the ends of the first `years` years after the census, (draw, year, group of `COUNTED_GROUPS`)."""
    steps = years + 1
    short = Nation(nation.standard_lx[:steps], nation.asfr_shape[:steps], nation.srb[:steps])
    some = AreaDraws._make([area.base, *(array if array is None else array[:, :steps] for array in area[1:])])
    people = project_area(some, short, scenario, COUNTED_GROUPS).sum(axis=2)
    return np.log(at_year_ends(people)[:, 1:])


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
    predicted, whole = people + bias, None
    if around is not None:
        predicted = predicted + around.bias
        shared = (around.people, around.bias[:, [0, -1]])
        whole = np.concatenate([array.reshape(len(array), -1) for array in shared], axis=1)
    scatter = error.scatter([COUNTED_GROUPS[group] for group in counts.group])
    return update({**states, "bias": bias}, counts.of(predicted), counts.log, scatter, generator, whole)


def update(
    states: Mapping[str, Array],
    predicted: Array,
    counted: Array,
    scatter: Array,
    generator: np.random.Generator,
    whole: Array | None = None,
) -> Update:
    """The smoother for one area: what its counts move of `states`, (draw, ...) by name.

    `predicted` (draw, count) is log N + b; `counted` (count,) the logs of what was published; `scatter` (count,) the SD
    of ε, infinite where a count says nothing; `whole` (draw, any) what the area shares with the whole it lies in.
    """
    known = np.isfinite(scatter)
    if not known.any():
        return NONE
    noise = scatter[known] * normals(generator, len(predicted), scatter.size)[:, known]
    innovation = counted[known] - predicted[:, known] - noise
    own = predicted[:, known] - predicted[:, known].mean(axis=0)
    if whole is not None:
        around = whole - whole.mean(axis=0)
        own = own - around @ np.linalg.lstsq(around, own, rcond=1e-8)[0]
    spread = own.T @ own / (len(own) - 1) + np.diag(scatter[known] ** 2)
    inverse = np.linalg.pinv(spread, hermitian=True)
    gain = {}
    for name, state in states.items():
        flat = state.reshape(len(state), -1)
        across = (flat - flat.mean(axis=0)).T @ own / (len(own) - 1)
        gain[name] = (across @ inverse).reshape(*state.shape[1:], int(known.sum()))
    return Update(innovation, gain)


def standard_errors(predicted: Array, counted: Array, scatter: Array) -> Array:
    """How many standard errors each count (count,) lies from the median of `predicted` (draw, count), signed."""
    spread = np.sqrt(predicted.var(axis=0) + scatter**2)
    return (counted - np.median(predicted, axis=0)) / spread
