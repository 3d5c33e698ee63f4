"""Age groups: their names, their bounds, and the matrices that sum single ages into them."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import OPEN_AGE, Array

ABRIDGED_AGES: tuple[int, ...] = (0, 1, *range(5, 101, 5))
"""First ages of an abridged life table: 0, 1-4, 5-9 … 100+."""

_CLOSED = re.compile(r"(\d+)-(\d+)")
_OPEN = re.compile(r"(\d+)\+")


def bounds(group: str) -> tuple[int, int | None]:
    """First and last age: "60-64" is (60, 64), "7" is (7, 7), "60+" is (60, None), "total" is (0, None).

    Raises ValueError where the text names no age group.
    """
    if group == "total":
        return 0, None
    if group.isascii() and group.isdigit():
        return int(group), int(group)
    if match := _CLOSED.fullmatch(group):
        first, last = int(match[1]), int(match[2])
        if first < last:
            return first, last
    if match := _OPEN.fullmatch(group):
        return int(match[1]), None
    raise ValueError(f"{group!r} is no age group such as '0', '1-4', '60-64' or '85+'")


def summing_matrix(groups: Sequence[str]) -> Array:
    """Matrix (group, age) of ones and zeros that sums single ages 0 … 100+ into `groups`.

    Raises ValueError where a group begins above the open age or ends inside it.
    """
    matrix = np.zeros((len(groups), OPEN_AGE + 1))
    for row, group in enumerate(groups):
        first, last = bounds(group)
        if first > OPEN_AGE or (last is not None and last >= OPEN_AGE):
            raise ValueError(f"age group {group} cannot be formed from single ages up to {OPEN_AGE}+")
        matrix[row, first : None if last is None else last + 1] = 1.0
    return matrix


def ranges(groups: Sequence[str]) -> NDArray[np.intp]:
    """Ages of each group, (group, 2): from the first, up to and without the second. Raises as `summing_matrix` does."""
    rows = summing_matrix(groups)
    first = rows.argmax(axis=1)
    return np.stack([first, first + rows.sum(axis=1).astype(np.intp)], axis=1)


def five_year_groups(open_age: int) -> tuple[str, ...]:
    """Census groups "0", "1-4", "5-9", …, "<open_age>+"."""
    return ("0", "1-4", *(f"{start}-{start + 4}" for start in range(5, open_age, 5)), f"{open_age}+")
