"""The nation's structure, disability and care as published, for tests of care."""

from functools import cache

import numpy as np
import pandas as pd
from demography_data import RAW, WPP_NMX, WPP_PERIODS
from demography_data import census as counted

from pipeline.axes import OLD_GROUPS, SEXES
from pipeline.care import care_tables as tables
from pipeline.care import disability
from pipeline.care.need import NationalAges
from pipeline.demography.lifetable import life_table, single_year_survivors

YEARS = range(2020, 2036)


@cache
def raw(name):
    return pd.read_csv(RAW / name)


STAFFING_TABLES = tables.staffing_tables(raw("staffing.csv"))
SCHEMES = tables.setting_schemes(raw("care_settings.csv"))
TRENDS = tables.trends(raw("disability_prevalence.csv"))
DEFINITIONS = tables.definitions(raw("disability_prevalence.csv"))
STAFFING = STAFFING_TABLES["by_severity"]


def census(year):
    """Persons (sex, group) of the nation on census day."""
    return counted("provinces/china", year, OLD_GROUPS)


def structure(year):
    known = (2000, 2010, 2020)
    return NationalAges(np.stack([*map(census, known)]), known, np.empty(0), np.empty(0)).structure(year)


@cache
def model():
    """Intensities from 60, hazard of the nation's life table of 2020-2025 and the model's shares."""
    rates = zip(SEXES, WPP_NMX[WPP_PERIODS.index("2020-2025")], strict=True)
    lx = np.stack([single_year_survivors(life_table(nmx, sex)) for sex, nmx in rates])
    intensities = disability.from_sixty(tables.intensities(raw("disability_transitions.csv")))
    hazard = disability.yearly_hazard(lx, intensities.onset.shape[-1])
    return intensities, hazard, disability.disabled_share(intensities, 0.03, hazard)


def base_log_odds(name, normal=disability.MIDDLE):
    _, hazard, share = model()
    definition = DEFINITIONS[name]
    gradient = disability.age_gradient(share, hazard)
    return disability.log_odds_by_age(
        definition, gradient, disability.by_group(share, hazard), structure(definition.year), normal
    )


def national(name, year):
    """People disabled in the nation's census-based structure of a year, rates held constant."""
    definition = DEFINITIONS[name]
    shares = disability.shares_by_year(base_log_odds(name), TRENDS["constant"], [year], definition.year)
    return float(disability.people_affected(structure(year)[None, None], shares)[0, 0])


@cache
def profile(name="barthel_southwest"):
    return tables.severity_profiles(raw("severity.csv"))[name]


def gradient():
    _, hazard, share = model()
    return disability.age_gradient(share, hazard)
