"""Areas that add up to a whole: projected together, and raked to it by sex and age, in every draw and year.

Each year's step is taken by every area alone; then all people of one sex and age are scaled by what the whole has over
what the areas have together. The factor is the same for all areas, stays above zero, and goes with the cohort from
there on; in the flows it counts as net migration. Births of a year follow its women before that year's raking, and
an area projected by itself with the factor has those of after: children differ by half the factor, nobody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.axes import Array
from pipeline.demography.age_groups import ranges
from pipeline.demography.area import AreaDraws, Nation, Scenario, path_of, project_area

CHUNK = 128
"""Draws at once: single ages of all areas are held for none of them."""


@dataclass(frozen=True)
class Balanced:
    """Some draws of areas that add up to `whole`, people (draw, time + 1, sex, age).

    `areas` (area) hold theirs after raking, (draw, time + 1, sex, group); `factor` (draw, time, sex, age) is the yearly
    log factor by age attained that did it.
    """

    whole: Array
    areas: tuple[Array, ...]
    factor: Array


def project_balanced(
    whole: AreaDraws,
    areas: Sequence[AreaDraws],
    nation: Nation,
    scenario: Scenario,
    groups: Sequence[str],
    chunk: int = CHUNK,
) -> Iterator[tuple[slice, Balanced]]:
    """Project `areas` with `whole`, which they make up, a chunk of draws at a time: yields (draws, balanced).

    Areas come by `groups`: single ages of them all would fill the memory. Their own `balance` is not read. Raises
    ValueError where the areas have nobody of an age at which the whole has people.
    """
    for start in range(0, whole.draws(), chunk):
        part = slice(start, min(start + chunk, whole.draws()))
        yield part, _raked(whole.select(part), [area.select(part) for area in areas], nation, scenario, groups)


def _raked(
    whole: AreaDraws, areas: Sequence[AreaDraws], nation: Nation, scenario: Scenario, groups: Sequence[str]
) -> Balanced:
    from pipeline.demography.kernel import Moves, in_blocks, project_raked

    people = project_area(whole, nation, scenario)
    draws, times, sexes, ages = people.shape

    def stacked(name: str) -> Array:
        arrays = [getattr(area, name) for area in areas]
        return np.stack([np.broadcast_to(array, (draws, *array.shape[1:])) for array in arrays], dtype=np.float64)

    own = [stacked(name) for name in ("base", "level", "consistency", "migration", "tfr")]
    moves = Moves._make([*own, np.zeros((len(areas), 1, 1, sexes, ages))])
    sums = np.empty((len(areas), draws, times, sexes, len(groups)))
    factor = np.empty_like(people[:, 1:])
    empty: list[int] = []
    path, ends = path_of(nation, scenario), ranges(groups)
    in_blocks(
        lambda first, last: empty.append(project_raked(sums, factor, people, path, moves, ends, first, last)),
        draws,
        None,
    )
    if any(empty):
        raise ValueError("the areas have nobody of an age at which the whole has people")
    return Balanced(people, tuple(sums), factor)


def unbalanced(people: Array, factor: Array) -> Array:
    """What the areas had together before any raking, (draw, time + 1, sex, age), of those alive at the start.

    `people` and `factor` as `whole` and `factor` of `Balanced`: cohorts are raked by one factor a year, whatever their
    area, so it can be taken off their sum. Ages born since the start are NaN; within the open group the factor of its
    youngest stands for all.
    """
    before = people.copy()
    gone = np.zeros_like(factor[:, 0])
    for t in range(factor.shape[1]):
        gone[..., 1:] = gone[..., :-1].copy()
        gone += factor[:, t]
        before[:, t + 1] *= np.exp(-gone)
        before[:, t + 1, :, : t + 1] = np.nan
    return before
