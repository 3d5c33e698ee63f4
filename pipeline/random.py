"""Random numbers: every stream is derived from one root seed and a name, so that none depends on another."""

import math
from hashlib import sha256
from typing import Protocol

import numpy as np

from pipeline.axes import Array

Z80 = 1.2815515655446004
"""Standard normal quantile at 0.9: half the width of an 80 % interval in standard deviations."""


class Interval(Protocol):
    """An 80 % interval of a positive quantity."""

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator of one named use, for example stream(seed, "hukou", "wuhan")."""
    key = int.from_bytes(sha256("/".join(names).encode()).digest()[:8], "big")
    return np.random.default_rng(np.random.SeedSequence([seed, key]))


def strata(generator: np.random.Generator, draws: int) -> Array:
    """Standard normals (draw,), the middle of one stratum of equal probability each, in random order.

    Their median is 0 and their quantiles are those of the normal with any number of draws: what is published is
    met by the draws together, and not only in the limit.
    """
    from scipy.special import ndtri  # loads for as long as pandas does, and most who want a stream want no more

    return np.asarray(ndtri((generator.permutation(draws) + 0.5) / draws))


def normals(generator: np.random.Generator, draws: int, *shape: int) -> Array:
    """Standard normals (draw, *shape): in every cell of `shape` one in each of `draws` strata of equal probability.

    A Latin hypercube (McKay, Beckman & Conover 1979, doi 10.1080/00401706.1979.10489755): cells are independent of one
    another, and each draw by itself is a plain normal, but along the draws a cell fills the normal evenly.
    """
    from scipy.special import ndtri

    places = np.tile(np.arange(draws, dtype=float), (math.prod(shape), 1))
    places = generator.permuted(places, axis=1, out=places) + generator.random(places.shape)
    return np.ascontiguousarray(ndtri(places / draws).T).reshape(draws, *shape)


def draws_of(interval: Interval, generator: np.random.Generator, draws: int) -> Array:
    """Lognormal draws (draw,) with the interval as 10 % and 90 % quantiles; the median where one is wanted."""
    middle = (np.log(interval.low) + np.log(interval.high)) / 2
    spread = (np.log(interval.high) - np.log(interval.low)) / (2 * Z80)
    noise = strata(generator, draws) if draws > 1 else np.zeros(1)
    return np.asarray(np.exp(middle + spread * noise))
