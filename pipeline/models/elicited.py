"""Distributions from what people can argue about: an 80 % interval, whose ends are the quantiles at 10 and 90 %."""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from pipeline.axes import Array
from pipeline.random import Z80, Interval


class Ends(NamedTuple):
    """An 80 % interval."""

    low: float
    high: float


def normal(interval: Interval) -> tuple[float, float]:
    """Mean and SD."""
    return (interval.low + interval.high) / 2.0, (interval.high - interval.low) / (2.0 * Z80)


def spread(interval: Interval) -> float:
    """SD of a normal around zero, or scale of a half-normal, of whose size 80 % lies below `high`."""
    return interval.high / Z80


def lognormal(interval: Interval) -> tuple[float, float]:
    """Median and SD of the log."""
    middle, sd = normal(Ends(math.log(interval.low), math.log(interval.high)))
    return math.exp(middle), sd


def gamma(interval: Interval, above: float = 0.0) -> tuple[float, float]:
    """Shape and rate of what lies above `above`. Raises ValueError for ends that do not, or where no shape is found."""
    from scipy import optimize

    low_end, high_end = interval.low - above, interval.high - above
    if not 0 < low_end < high_end:
        raise ValueError(f"a gamma above {above:g} has no 80 % interval {interval.low:g} to {interval.high:g}")
    wanted = math.log(high_end / low_end)

    def excess(log_shape: float) -> float:
        low, high = special.gammaincinv(math.exp(log_shape), (0.1, 0.9))
        return math.log(high / low) - wanted

    # From shape .05, whose ends differ by a factor of 10²⁰, to 10⁶, with .26 % between them.
    shape = math.exp(optimize.brentq(excess, math.log(0.05), math.log(1e6), xtol=1e-13))
    return shape, float(special.gammaincinv(shape, 0.9)) / high_end


def beta(interval: Interval) -> tuple[float, float]:
    """Both shapes. Raises ValueError for ends that are not within 0 and 1, or where no shapes are found."""
    from scipy import optimize

    if not 0 < interval.low < interval.high < 1:
        raise ValueError(f"a beta has no 80 % interval {interval.low:g} to {interval.high:g}")
    wanted = special.logit(np.array([interval.low, interval.high]))

    def excess(logs: Array) -> Array:
        first, second = np.exp(logs)
        return np.asarray(special.logit(special.betaincinv(first, second, np.array([0.1, 0.9]))) - wanted)

    # A logit-normal of these ends has nearly the moments of the beta sought, whose logit has variance ψ'(a) + ψ'(b).
    middle, sd = float(wanted.mean()), float(np.diff(wanted)[0]) / (2.0 * Z80)
    share = special.expit(middle)
    weight = 1.0 / (sd**2 * share * (1.0 - share))
    found = optimize.root(excess, np.log([weight * share + 0.3, weight * (1.0 - share) + 0.3]), tol=1e-12)
    if np.abs(excess(found.x)).max() > 1e-8:
        raise ValueError(f"no beta was found for the 80 % interval {interval.low:g} to {interval.high:g}")
    first, second = np.exp(found.x)
    return float(first), float(second)
