"""The nation's structure, disability and care as published, for tests of care."""

from functools import cache

import numpy as np
import pandas as pd
from demography_data import RAW, WPP_NMX, WPP_PERIODS, census

from pipeline.axes import OLD_GROUPS, SEXES
from pipeline.care import care_tables as tables
from pipeline.care import disability
from pipeline.care.need import NationalAges
from pipeline.demography.lifetable import life_table, single_year_survivors

YEARS = range(2020, 2036)


@cache
def raw(name):
    """A raw table. Read only."""
    return pd.read_csv(RAW / name)


STAFFING_TABLES = tables.staffing_tables(raw("staffing.csv"))
STAFFING = STAFFING_TABLES["by_severity"]
SCHEMES = tables.setting_schemes(raw("care_settings.csv"))
TRENDS = tables.trends(raw("disability_prevalence.csv"))
DEFINITIONS = tables.definitions(raw("disability_prevalence.csv"))
PROFILES = tables.severity_profiles(raw("severity.csv"))
PROFILE = PROFILES["barthel_southwest"]
INTENSITIES = disability.from_sixty(tables.intensities(raw("disability_transitions.csv")))

RATES = zip(SEXES, WPP_NMX[WPP_PERIODS.index("2020-2025")], strict=True)
SURVIVORS = np.stack([single_year_survivors(life_table(nmx, sex)) for sex, nmx in RATES])
HAZARD = disability.yearly_hazard(SURVIVORS, INTENSITIES.onset.shape[-1])
"""Of the nation's life table of 2020-2025."""

SHARE = disability.disabled_share(INTENSITIES, 0.03, HAZARD)
GRADIENT = disability.age_gradient(SHARE, HAZARD)
CENSUSES = (2000, 2010, 2020)
NATION = NationalAges(
    np.stack([census("provinces/china", year, OLD_GROUPS) for year in CENSUSES]), CENSUSES, np.empty(0), np.empty(0)
)


def structure(year):
    """Persons (sex, group) of the nation."""
    return NATION.structure(year)


def base_log_odds(name, normal=disability.MIDDLE):
    definition = DEFINITIONS[name]
    groups = disability.by_group(SHARE, HAZARD)
    return disability.log_odds_by_age(definition, GRADIENT, groups, structure(definition.year), normal)


def national(name, year):
    """People disabled in the nation's census-based structure of a year, rates held constant."""
    shares = disability.shares_by_year(base_log_odds(name), TRENDS["constant"], [year], DEFINITIONS[name].year)
    return float(disability.people_affected(structure(year)[None, None], shares)[0, 0])
