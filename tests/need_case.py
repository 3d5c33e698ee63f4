"""Need of an invented region in three draws that differ in everything, with the published parameters."""

from functools import cache

import numpy as np
from national_care import DEFINITIONS, INTENSITIES, PROFILE, SCHEMES, STAFFING, TRENDS, raw

from pipeline.care import care_tables as tables
from pipeline.care import disability
from pipeline.care.need import BedUse, Choice, NationalAges, demand

YEARS = range(2020, 2027)
DRAWS = 3
GROUPS = 1e5 * np.exp(-0.4 * np.arange(9.0)) * np.ones((2, 1))
PEOPLE = GROUPS * (1 + 0.02 * np.arange(7.0)[:, None, None]) * np.array([0.9, 1.0, 1.2])[:, None, None, None]


@cache
def choice():
    hazard = np.broadcast_to(0.01 * np.exp(0.1 * np.arange(51.0)), (2, 51))
    share = disability.disabled_share(INTENSITIES, 0.03, hazard)
    return Choice(
        {name: DEFINITIONS[name] for name in ("census_selfcare", "li_2022", "transition")},
        "li_2022",
        NationalAges(
            GROUPS * np.array([80.0, 100.0, 140.0])[:, None, None],
            (2000, 2010, 2020),
            disability.age_gradient(share, hazard),
            disability.by_group(share, hazard),
        ),
        PROFILE,
        tables.dementia_sources(raw("dementia.csv"))["jia_2020"],
        TRENDS["constant"],
        SCHEMES["by_severity"],
        "by_severity",
        STAFFING,
        "by_severity",
    )


def drawn(chosen=None, use=0.0, staff=0.0):
    """Need in three draws that differ in everything; `use` and `staff` grow by so much a year."""
    normal, years = np.array([-1.0, 0.0, 1.5]), np.arange(len(YEARS))
    return demand(
        chosen or choice(),
        YEARS,
        dict.fromkeys(("selfcare", "adl_or_iadl", "adl"), normal),
        normal,
        normal,
        {"selfcare": np.array([2.3, 2.5, 2.7]), "severity": np.array([1.6, 1.8, 2.0])},
        np.array([0.8, 1.0, 1.3])[:, None] * (1 + use) ** years,
        np.array([0.9, 1.0, 1.1])[:, None] * (1 + staff) ** years,
        BedUse(np.array([0.7, 0.75, 0.85]), np.array([0.03, 0.05, 0.08]), np.array([0.3, 0.5, 0.7])),
    )
