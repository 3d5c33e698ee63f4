"""Checks of single parameters; what cannot be used is named by its key, with what was found and expected."""

import math
from collections.abc import Collection, Mapping

from pipeline.errors import OutOfRangeError


def require_between(key: str, value: float, low: float, high: float, unit: str = "") -> None:
    """Raise OutOfRangeError unless low <= value <= high; NaN is never between."""
    if not low <= value <= high:
        bounds = f"at least {low:g}" if math.isinf(high) else f"a value from {low:g} to {high:g}"
        raise OutOfRangeError(key, f"{value:g}", f"{bounds}{unit and ' ' + unit}")


def require_positive(key: str, value: float, unit: str = "") -> None:
    """Raise OutOfRangeError unless the value is finite and above zero."""
    if not (value > 0 and math.isfinite(value)):
        raise OutOfRangeError(key, f"{value:g}", f"more than 0{unit and ' ' + unit}")


def require_known[T](key: str, value: str, known: Mapping[str, T]) -> T:
    """The entry of `known` called `value`; raise OutOfRangeError naming the key and what there is."""
    if value not in known:
        raise OutOfRangeError(key, repr(value), f"one of {', '.join(sorted(known))}")
    return known[value]


def require_all(key: str, found: Collection[str], expected: Collection[str]) -> None:
    """Raise OutOfRangeError unless `found` holds exactly the names expected, naming those missing or unknown."""
    missing = [name for name in expected if name not in found]
    unknown = [name for name in found if name not in expected]
    if missing:
        raise OutOfRangeError(f"{key}.{missing[0]}", "nothing", f"a value for each of {', '.join(expected)}")
    if unknown:
        raise OutOfRangeError(key, unknown[0], f"one of {', '.join(expected)}")
