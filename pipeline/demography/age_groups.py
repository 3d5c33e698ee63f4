"""Age groups: their names, their bounds, and the matrices that sum single ages into them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.axes import CENSUS_GROUPS, OPEN_AGE, Array, Indices, Mask

ABRIDGED_AGES: tuple[int, ...] = (0, 1, *range(5, 101, 5))  # first ages of an abridged life table: 0, 1-4, 5-9 … 100+
_GROUP = re.compile(r"(\d+)(\+|-(\d+))?", re.ASCII)


def bounds(group: str) -> tuple[int, int | None]:
    """First and last age: "60-64" is (60, 64), "7" is (7, 7), "60+" is (60, None), "total" is (0, None)."""
    if group == "total":
        return 0, None
    if match := _GROUP.fullmatch(group):
        first, last = int(match[1]), int(match[3] or match[1])
        if match[3] is None or first < last:
            return first, None if match[2] == "+" else last
    raise ValueError(f"{group!r} is no age group such as '0', '1-4', '60-64' or '85+'")


def summing_matrix(groups: Sequence[str]) -> Array:
    """Matrix (group, age) of ones and zeros that sums single ages 0 … 100+; ValueError for a group that cuts 100+."""
    matrix = np.zeros((len(groups), OPEN_AGE + 1))
    for row, group in enumerate(groups):
        first, last = bounds(group)
        if first > OPEN_AGE or (last is not None and last >= OPEN_AGE):
            raise ValueError(f"age group {group} cannot be formed from single ages up to {OPEN_AGE}+")
        matrix[row, first : None if last is None else last + 1] = 1.0
    return matrix


def ranges(groups: Sequence[str]) -> Indices:
    """Ages of each group, (group, 2): from the first, up to and without the second."""
    rows = summing_matrix(groups)
    first = rows.argmax(axis=1)
    return np.stack([first, first + rows.sum(axis=1).astype(np.intp)], axis=1)


GROUP_STARTS = tuple(bounds(group)[0] for group in CENSUS_GROUPS)


def within(band: str) -> Mask:
    """Which of `CENSUS_GROUPS` lie within a band of whole groups."""
    first, last = bounds(band)
    return np.array([first <= start and (last is None or start <= last) for start in GROUP_STARTS])


@dataclass(frozen=True)
class Margins:
    """Persons of a city in all, men, women, and by band of age; open bands lie within one another (60+, 65+)."""

    total: float
    male: float
    female: float
    bands: Mapping[str, float]


def partition(bands: Mapping[str, float]) -> dict[str, float]:
    """The bands as parts that follow one another from age 0: each open band less the next, then the last one.

    A closed band that is given stands, whatever the open ones say. Raises ValueError where parts do not tile all ages,
    or begin where no census group does.
    """
    parts = {band: count for band, count in bands.items() if bounds(band)[1] is not None}
    opened = open_bands(bands)
    for outer, inner in pairwise(opened):
        between = f"{bounds(outer)[0]}-{bounds(inner)[0] - 1}"  # 60+ and 65+ leave 60-64
        parts.setdefault(between, bands[outer] - bands[inner])
    parts.update({band: bands[band] for band in opened[-1:]})
    ordered = dict(sorted(parts.items(), key=lambda part: bounds(part[0])[0]))
    following = 0
    for band in ordered:
        first, last = bounds(band)
        if first != following or first not in GROUP_STARTS:
            raise ValueError(f"{band} where a band from {following} on is due")
        following = -1 if last is None else last + 1
    if following != -1:
        raise ValueError(f"no band from {following} on")
    return ordered


def open_bands(bands: Iterable[str]) -> list[str]:
    return sorted((band for band in bands if band.endswith("+")), key=lambda band: bounds(band)[0])


def first_groups(parts: Mapping[str, float]) -> list[int]:
    return [GROUP_STARTS.index(bounds(band)[0]) for band in parts]
