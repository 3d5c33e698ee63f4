"""Why a requirement changed: what each of its factors did, and what they did together.

Convention: one factor at a time. Its contribution is what the result would have changed by, had this factor
alone moved from its base value to its target value; the interaction is what is left of the whole change. No
factor comes first, so no order need be chosen, and base + contributions + interaction = target in every draw.
(A waterfall that moves the factors one after the other hides the interaction in whichever comes later.)

The interaction of factors that all grow is positive and grows with them: when it is of the size of the
contributions, only the whole means much.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array

Factors = Mapping[str, Array]
Model = Callable[[Factors], Array]
"""From factors by name, arrays with draws first, to a result (draw, ...)."""


@dataclass(frozen=True)
class Waterfall:
    """From `base` to `target` in steps; arrays (draw, ...), in units of the result.

    `contributions` by factor, in the order the factors were given.
    """

    base: Array
    target: Array
    contributions: Mapping[str, Array]
    interaction: Array


def size_and_structure(people: ArrayLike) -> tuple[Array, Array]:
    """People (..., sex, group) as their number, (..., 1, 1), and its shares by sex and group, (..., sex, group).

    Raises ValueError where there is nobody.
    """
    count = np.asarray(people, dtype=float)
    size = count.sum(axis=(-2, -1), keepdims=True)
    if not np.all(size > 0):
        raise ValueError("people: found a draw without anybody, expected more than 0 persons")
    return size, count / size


def waterfall(model: Model, base: Factors, target: Factors) -> Waterfall:
    """What each factor contributed to the change of `model` from the values in `base` to those in `target`.

    The model is run once for each factor that moved. Raises ValueError where
    their draws do not fit together.
    """
    draws = {len(values) for factors in (base, target) for values in factors.values()} - {1}
    if len(draws) > 1:
        found = " and ".join(map(str, sorted(draws)))
        raise ValueError(f"factors: found {found} draws, expected one number of draws, or 1")
    start, end = model(base), model(target)
    shape = np.broadcast_shapes(start.shape, end.shape)
    moved = {name: np.broadcast_to(_alone(model, base, target, name, start), shape) for name in base}
    rest = end - start - sum(moved.values())
    return Waterfall(np.broadcast_to(start, shape), np.broadcast_to(end, shape), moved, np.asarray(rest))


def _alone(model: Model, base: Factors, target: Factors, name: str, start: Array) -> Array:
    """Change of the result when this factor alone moves; exactly 0 where it does not."""
    if np.array_equal(base[name], target[name]):
        return np.zeros_like(start)
    return np.asarray(model({**base, name: target[name]}) - start)
