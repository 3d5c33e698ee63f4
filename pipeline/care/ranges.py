"""Checks of single parameters: one sentence that names the key, its value and what was expected."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping


def require_between(key: str, value: float, low: float, high: float, unit: str = "") -> None:
    """Raise ValueError unless low <= value <= high; NaN is never between."""
    if not low <= value <= high:
        raise ValueError(f"{key}: found {value:g}, expected {_bounds(low, high)}{unit and ' ' + unit}")


def require_positive(key: str, value: float, unit: str = "") -> None:
    """Raise ValueError unless the value is finite and above zero."""
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{key}: found {value:g}, expected more than 0{unit and ' ' + unit}")


def require_known[T](key: str, value: str, known: Mapping[str, T]) -> T:
    """The entry of `known` called `value`; raise ValueError naming the key and what there is."""
    if value not in known:
        raise ValueError(f"{key}: found {value!r}, expected one of {', '.join(sorted(known))}")
    return known[value]


def require_all(key: str, found: Collection[str], expected: Collection[str]) -> None:
    """Raise ValueError unless `found` holds exactly the names expected, naming those missing or unknown."""
    missing = [name for name in expected if name not in found]
    unknown = [name for name in found if name not in expected]
    if missing:
        raise ValueError(f"{key}.{missing[0]}: missing, expected a value for each of {', '.join(expected)}")
    if unknown:
        raise ValueError(f"{key}.{unknown[0]}: unknown, expected one of {', '.join(expected)}")


def _bounds(low: float, high: float) -> str:
    return f"at least {low:g}" if math.isinf(high) else f"a value from {low:g} to {high:g}"
