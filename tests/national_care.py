"""The nation's structure, disability and care as published, for tests of care."""

from functools import cache

import numpy as np
import pandas as pd
from demography_data import RAW, wpp_nmx, wpp_periods
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


def census(year):
    """Persons (sex, group) of the nation on census day."""
    return counted("provinces/china", year, OLD_GROUPS)


def structure(year):
    known = (2000, 2010, 2020)
    return NationalAges(np.stack([*map(census, known)]), known, np.empty(0), np.empty(0)).structure(year)


@cache
def model():
    """Intensities from 60, hazard of the nation's life table of 2020-2025 and the model's shares."""
    rates = zip(SEXES, wpp_nmx()[wpp_periods().index("2020-2025")], strict=True)
    lx = np.stack([single_year_survivors(life_table(nmx, sex)) for sex, nmx in rates])
    intensities = disability.from_sixty(tables.intensities(raw("disability_transitions.csv")))
    hazard = disability.yearly_hazard(lx, intensities.onset.shape[-1])
    return intensities, hazard, disability.disabled_share(intensities, 0.03, hazard)


@cache
def definitions():
    return tables.definitions(raw("disability_prevalence.csv"))


@cache
def trends():
    return tables.trends(raw("disability_prevalence.csv"))


def base_log_odds(name, normal=disability.MIDDLE):
    _, hazard, share = model()
    definition = definitions()[name]
    gradient = disability.age_gradient(share, hazard)
    return disability.log_odds_by_age(
        definition, gradient, disability.by_group(share, hazard), structure(definition.year), normal
    )


def national(name, year):
    """People disabled in the nation's census-based structure of a year, rates held constant."""
    definition = definitions()[name]
    shares = disability.shares_by_year(base_log_odds(name), trends()["constant"], [year], definition.year)
    return float(disability.people_affected(structure(year)[None, None], shares)[0, 0])


@cache
def schemes():
    return tables.setting_schemes(raw("care_settings.csv"))


@cache
def profile(name="barthel_southwest"):
    return tables.severity_profiles(raw("severity.csv"))[name]


def gradient():
    _, hazard, share = model()
    return disability.age_gradient(share, hazard)


@cache
def staffing_tables():
    return tables.staffing_tables(raw("staffing.csv"))


def a_staffing():
    return staffing_tables()["by_severity"]
