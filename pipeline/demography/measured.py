"""What the censuses of 2010 and 2020 say of an area, without a model: one draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.demography.cohort_change import decade_residual, yearly_from_decade
from pipeline.demography.mortality import yearly_survival

Array = NDArray[np.float64]


def yearly_effects(
    start: Array, end: Array, standard_lx: Array, level: Array, nation_residual: Array | None
) -> tuple[Array, Array]:
    """An area's decade residual and its yearly log effect by age.

    `start`, `end` (sex, age) persons by single age at two censuses ten years apart, `standard_lx`
    (10, sex, exact age) the nation's tables between them, `level` (sex,) the area's α. `nation_residual`
    (sex, group) is taken off first, None for the nation itself. Returns (sex, group) and (sex, age).
    """
    survival = yearly_survival(standard_lx, np.asarray(level)[None, None])[0]
    residual = decade_residual(start, end, survival)
    if nation_residual is not None:
        residual = residual - nation_residual
    return residual, residual @ yearly_from_decade().T
