"""What params.yaml allows runs: the ends of the scenarios' mortality, at every level that a region may have."""

from __future__ import annotations

import numpy as np
import pytest
from demography_data import national_standard

from pipeline.demography.area import SurvivalSurface, scenario_levels
from pipeline.demography.lifetable import life_expectancy, relational_survivors
from pipeline.demography.mortality import yearly_survival
from pipeline.settings.projection import Mortality

STANDARD = national_standard(2020, 2034)
ENDS = [
    getattr(limit, end)
    for limit in Mortality.model_fields["extra_e0"].metadata
    for end in ("ge", "le")
    if hasattr(limit, end)
]


def test_extra_e0_has_two_ends() -> None:
    assert len(ENDS) == 2


@pytest.mark.parametrize("extra", ENDS)
def test_the_ends_of_extra_e0_are_reached(extra: float) -> None:
    levels = scenario_levels(STANDARD, extra)
    moved = life_expectancy(relational_survivors(STANDARD[-1], levels[-1])) - life_expectancy(STANDARD[-1])
    assert moved == pytest.approx(extra, abs=1e-4)


def test_levels_beyond_the_nodes_are_exact_and_leave_others_as_they_are() -> None:
    near = np.linspace(-2.7, 2.7, 5)[:, None, None] * np.ones((1, len(STANDARD), 2))
    far = np.linspace(-6.0, 6.0, 5)[:, None, None] * np.ones((1, len(STANDARD), 2))
    surface = SurvivalSurface(STANDARD)
    both = surface.at(np.concatenate([near, far]))
    assert np.array_equal(both[:5], surface.at(near))
    odd = np.abs(far[:, 0, 0]) > 2.8
    # The surface keeps logarithms: back from them, the last digit of a number may differ.
    np.testing.assert_allclose(both[5:][odd], yearly_survival(STANDARD, far[odd]), rtol=1e-14, atol=0)
    assert np.isfinite(both).all()
    assert ((both >= 0) & (both <= 1)).all()
