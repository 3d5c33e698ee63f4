"""The axes that arrays run along, and the type of an array; imports nothing of the pipeline."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEXES: Final = ("male", "female")
"""Order of the sex axis."""

OPEN_AGE: Final = 100
"""Start of the open age group of every axis of single ages: 0, 1, …, 99, 100+."""

OLD_GROUPS: Final = ("60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90-94", "95-99", "100+")
"""Age axis of the need side."""

REPORT_GROUPS: Final = ("0-2", "0-14", "15-59", "60+", "65+", "80+", "total")
"""Age groups of population tables."""
