"""The nation's levels: the median and the interval they are made of come back from their draws."""

import numpy as np

from pipeline.demography.lifetable import life_expectancy, relational_survivors
from pipeline.models.vital import national_levels, national_tfr
from pipeline.random import Z80


def test_the_published_interval_of_life_expectancy_comes_back() -> None:
    """Gompertz tables; an interval with a longer lower side, at its median and at its 10 and 90 % quantiles."""
    ages = np.arange(131)
    lx = np.exp(-0.00003 / 0.1 * (np.exp(0.1 * ages) - 1.0))
    standard = np.broadcast_to(lx, (3, 2, 131))
    e0 = life_expectancy(standard)
    low, high = e0 - np.array([[0.5], [1.5], [2.5]]), e0 + np.array([[0.3], [1.0], [1.9]])
    levels = national_levels(standard, e0, low, high, np.array([-Z80, 0.0, Z80]))
    drawn = life_expectancy(relational_survivors(standard, levels))
    np.testing.assert_allclose(drawn, np.stack([low, e0, high]), atol=1e-4)


def test_the_published_interval_of_fertility_comes_back() -> None:
    median, low, high = np.array([1.2, 1.25]), np.array([1.0, 0.9]), np.array([1.3, 1.6])
    drawn = national_tfr(median, low, high, np.array([-Z80, 0.0, Z80]))
    np.testing.assert_allclose(drawn, np.stack([low, median, high]))
