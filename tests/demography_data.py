"""The nation's tables as arrays, for the tests of pipeline/demography; read without the pipeline's readers."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import AGES_100, CENSUS_GROUPS, SEXES
from pipeline.demography.graduation import deblur, graduate
from pipeline.demography.lifetable import survival_ratios
from pipeline.demography.vital_rates import census_year_mean, yearly_standard

RAW = Path(__file__).parents[1] / "data/raw"
GROUPS_100 = AGES_100
GROUPS_85 = CENSUS_GROUPS
SINGLE_AGES = (*(str(age) for age in range(100)), "100+")


@cache
def _read(name):
    return pd.read_csv(RAW / name, dtype={"age": str, "period": str})


def _cube(table, column, **axes):
    """The column as an array over the axes; a cell that is missing or given twice is an error."""
    cells = pd.MultiIndex.from_product(axes.values())
    values = table.set_index(list(axes))[column].loc[cells]
    return values.to_numpy(dtype=float).reshape([len(axis) for axis in axes.values()])


WPP_PERIODS = tuple(dict.fromkeys(_read("wpp2024/mx.csv")["period"]))
WPP_NMX = _cube(_read("wpp2024/mx.csv"), "value", period=WPP_PERIODS, sex=SEXES, age=GROUPS_100)
"""(period, sex, 22 ages) per person-year."""

WPP_E0 = _cube(_read("wpp2024/life_expectancy.csv"), "value", year=range(1950, 2101), sex=SEXES)
"""(calendar year 1950 … 2100, sex) years."""


@cache
def national_standard(first, last):
    """lx (year, sex, exact age) of the years from 1 November `first` … `last`."""
    years = range(first, last + 1)
    middles = [float(period[:4]) + 3.0 for period in WPP_PERIODS]
    return yearly_standard(WPP_NMX, middles, census_year_mean(WPP_E0, 1950, years), years)


def census(area, year, groups):
    """(sex, group) persons; `area` for example "provinces/china"."""
    table = _read(f"census/{area}.csv")
    return _cube(table[table["year"] == year], "population", sex=SEXES, age=groups)


@cache
def mid_period(year):
    """(sex, age) mean population of the year before the census, by single age."""
    table = _read("census_single_age.csv")
    return _cube(table[table["year"] == year], "population", sex=SEXES, age=SINGLE_AGES)


@cache
def national_single_ages(year):
    """(sex, age) persons on census day, deblurred."""
    ratios = survival_ratios(national_standard(year - 1, year - 1)[0])
    onward = np.concatenate([ratios[:, 1:], ratios[:, -1:]], axis=-1)
    return deblur(mid_period(year), census("provinces/china", year, GROUPS_100), GROUPS_100, onward)


@cache
def provincial_single_ages(province, year):
    return graduate(census(f"provinces/{province}", year, GROUPS_100), GROUPS_100, national_single_ages(year))
