"""Random streams, each derived from one root seed and a name, and distributions by their 80 % interval.

What needs scipy imports it itself: most who want a stream want no more.
"""

import math
from hashlib import sha256
from typing import NamedTuple, Protocol

import numpy as np

from pipeline.axes import Array

Z80 = 1.2815515655446004
"""Standard normal quantile at 0.9: half the width of an 80 % interval in standard deviations."""


class Interval(Protocol):
    """An 80 % interval, whose ends are the quantiles at 10 and 90 %."""

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


class Ends(NamedTuple):
    """An interval by itself."""

    low: float
    high: float


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator of one named use, for example stream(seed, "hukou", "wuhan")."""
    key = int.from_bytes(sha256("/".join(names).encode()).digest()[:8], "big")
    return np.random.default_rng(np.random.SeedSequence([seed, key]))


def strata(generator: np.random.Generator, draws: int) -> Array:
    """Standard normals (draw,), the middle of one stratum of equal probability each, in random order.

    Quantiles are those of the normal with any number of draws: what is published is met, and not only in the limit.
    """
    from scipy.special import ndtri

    return ndtri((generator.permutation(draws) + 0.5) / draws)


def normals(generator: np.random.Generator, draws: int, *shape: int) -> Array:
    """Standard normals (draw, *shape): in every cell of `shape` one in each of `draws` strata of equal probability.

    A Latin hypercube (McKay, Beckman & Conover 1979, doi 10.1080/00401706.1979.10489755): cells are independent, each
    draw by itself is a plain normal, and along the draws a cell fills the normal evenly.
    """
    from scipy.special import ndtri

    places = np.tile(np.arange(draws, dtype=float), (math.prod(shape), 1))
    places = generator.permuted(places, axis=1, out=places) + generator.random(places.shape)
    return np.ascontiguousarray(ndtri(places / draws).T).reshape(draws, *shape)


def draws_of(interval: Interval, generator: np.random.Generator, draws: int) -> Array:
    """Lognormal draws (draw,) with the interval as 10 % and 90 % quantiles; the median where one is wanted."""
    middle = (np.log(interval.low) + np.log(interval.high)) / 2
    sd = (np.log(interval.high) - np.log(interval.low)) / (2 * Z80)
    noise = strata(generator, draws) if draws > 1 else np.zeros(1)
    return np.exp(middle + sd * noise)


def normal(interval: Interval) -> tuple[float, float]:
    """Mean and SD of a normal."""
    return (interval.low + interval.high) / 2.0, (interval.high - interval.low) / (2.0 * Z80)


def spread(interval: Interval) -> float:
    """SD of a normal around zero, or scale of a half-normal, of whose size 80 % lies below `high`."""
    return interval.high / Z80


def lognormal(interval: Interval) -> tuple[float, float]:
    """Median of a lognormal and SD of its log."""
    middle, sd = normal(Ends(math.log(interval.low), math.log(interval.high)))
    return math.exp(middle), sd


def gamma(interval: Interval, above: float = 0.0) -> tuple[float, float]:
    """Shape and rate of a gamma above `above`. Raises ValueError for ends below, or where no shape is found."""
    from scipy import optimize, special

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
    """Both shapes of a beta. Raises ValueError for ends that are not within 0 and 1, or where no shapes are found."""
    from scipy import optimize, special

    if not 0 < interval.low < interval.high < 1:
        raise ValueError(f"a beta has no 80 % interval {interval.low:g} to {interval.high:g}")
    wanted = special.logit(np.array([interval.low, interval.high]))

    def excess(logs: Array) -> Array:
        first, second = np.exp(logs)
        return special.logit(special.betaincinv(first, second, np.array([0.1, 0.9]))) - wanted

    # A logit-normal of these ends has nearly the moments of the beta sought, whose logit has variance ψ'(a) + ψ'(b).
    middle, sd = float(wanted.mean()), float(np.diff(wanted)[0]) / (2.0 * Z80)
    share = special.expit(middle)
    weight = 1.0 / (sd**2 * share * (1.0 - share))
    found = optimize.root(excess, np.log([weight * share + 0.3, weight * (1.0 - share) + 0.3]), tol=1e-12)
    if np.abs(excess(found.x)).max() > 1e-8:
        raise ValueError(f"no beta was found for the 80 % interval {interval.low:g} to {interval.high:g}")
    first, second = np.exp(found.x)
    return float(first), float(second)
