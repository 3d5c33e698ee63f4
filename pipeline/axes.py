"""The axes that arrays run along, and the type of an array; imports nothing of the pipeline."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]

SEXES: Final = ("male", "female")
"""Order of the sex axis."""

OPEN_AGE: Final = 100
"""Start of the open age group of every axis of single ages: 0, 1, …, 99, 100+."""

OLD_GROUPS: Final = ("60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90-94", "95-99", "100+")
"""Age axis of the need side."""

REPORT_GROUPS: Final = ("0-2", "0-14", "15-59", "60+", "65+", "80+", "total")
"""Age groups of population tables."""

FIVE_YEAR_GROUPS: Final = (*(f"{age}-{age + 4}" for age in range(0, OPEN_AGE, 5)), f"{OPEN_AGE}+")

AGES_100: Final = ("0", "1-4", *(f"{age}-{age + 4}" for age in range(5, OPEN_AGE, 5)), f"{OPEN_AGE}+")
"""Ages by which censuses count provinces."""

CENSUS_GROUPS: Final = (*AGES_100[: AGES_100.index("85-89")], "85+")
"""Ages by which censuses count cities, prefectures and counties."""

SINGLE_AGES_100: Final = (*(str(age) for age in range(OPEN_AGE)), f"{OPEN_AGE}+")

MARGIN_BANDS: Final = ("0-14", "15-59", "60+", "65+")
"""Bands of age that every bulletin gives; 80+ may stand beside them."""

OLD_BANDS: Final = ("60+", "65+", "80+")

COUNTED_GROUPS: Final = (*OLD_BANDS, "total")
"""What is counted between censuses, and shown of places."""

CENSUS_YEAR: Final = 2020
"""The last census, on 1 November; time axes begin on its day."""
