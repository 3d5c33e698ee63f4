"""Names and order of the axes of the need side."""

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array

BED_KINDS = ("ordinary", "nursing", "dementia")
"""Ordinary and nursing beds are all beds; places for people with dementia lie within the nursing beds."""

FACILITIES = ("institution", "community")
"""Settings whose caregivers are a facility's staff, as published counts of care workers are."""


GROUP_STARTS: NDArray[np.int_] = np.arange(60, 105, 5)
GROUP_MIDDLES: Array = np.append(GROUP_STARTS[:-1] + 2.5, 102.0)
"""Middle age of each group in years; people of 100 and over live about two years on."""
