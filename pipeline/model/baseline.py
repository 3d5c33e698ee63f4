"""The nation's path, and nation and provinces by single age on the days of their censuses."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import ABRIDGED_AGES, five_year_groups
from pipeline.demography.graduation import graduate
from pipeline.demography.lifetable import life_table
from pipeline.demography.mortality import centred, relative_level
from pipeline.demography.national import national_path, national_single_ages
from pipeline.model.result_files import SINGLE_AGES, cube, sex_age
from pipeline.vocabulary import NATION

FIRST_START_YEAR = 1999
WPP = ("mx", "life_expectancy", "asfr_shares", "total_fertility", "sex_ratio_at_birth")
"""Tables of data/raw/wpp2024 that the path is made of."""

CALENDAR = range(1950, 2101)

type People = dict[tuple[str, int], Array]
"""(sex, age) by region and census year."""


def path_of_nation(wpp: Mapping[str, pd.DataFrame], last_year: int) -> dict[str, Array]:
    """`national_path` from `FIRST_START_YEAR` to `last_year`, from the tables `WPP` by name."""
    periods = list(dict.fromkeys(wpp["mx"]["period"]))
    sexes, calendar = list(SEXES), list(CALENDAR)
    return national_path(
        cube(wpp["mx"], {"period": periods, "sex": sexes, "age": list(five_year_groups(100))}, "value"),
        [int(period[:4]) for period in periods],
        cube(wpp["life_expectancy"], {"year": calendar, "sex": sexes}, "value"),
        cube(wpp["asfr_shares"], {"period": periods, "age": [f"{a}-{a + 4}" for a in range(15, 50, 5)]}, "value"),
        cube(wpp["total_fertility"], {"year": calendar}, "value"),
        cube(wpp["sex_ratio_at_birth"], {"year": calendar}, "value"),
        calendar[0],
        range(FIRST_START_YEAR, last_year + 1),
    )


def people_of_censuses(census: pd.DataFrame, single: pd.DataFrame, standard_lx: Array) -> People:
    """People by single age of nation and provinces: the nation's from its single ages, the provinces' along hers.

    `census` has rows region, year, sex, age, population; `single` the nation's by single age; `standard_lx` (time,
    sex, age) from `FIRST_START_YEAR` on.
    """
    ages: People = {}
    for year in sorted(single["year"].unique()):
        rows = census[(census["region"] == NATION) & (census["year"] == year)]
        mean = cube(single[single["year"] == year], {"sex": list(SEXES), "age": list(SINGLE_AGES)}, "population")
        groups = list(dict.fromkeys(rows["age"]))
        ages[NATION, year] = national_single_ages(mean, sex_age(rows), groups, standard_lx[year - 1 - FIRST_START_YEAR])
    for province in provinces_of(census):
        own = census[census["region"] == province]
        for year in sorted(own["year"].unique()):
            rows = own[own["year"] == year]
            ages[province, year] = graduate(sex_age(rows), list(dict.fromkeys(rows["age"])), ages[NATION, year])
    return ages


def provinces_of(census: pd.DataFrame) -> list[str]:
    """Ids of the provinces, sorted."""
    return sorted({*census["region"]} - {NATION})


def levels_of_mortality(census: pd.DataFrame, people: People) -> dict[str, Array]:
    """Each province's mortality beside the nation's, (sex,), by the deaths of the last census; their mean is 0."""
    whole, names = _census_lx(census, NATION), provinces_of(census)
    levels = np.stack([relative_level(_census_lx(census, name), whole, ABRIDGED_AGES) for name in names])
    beside = centred(levels, np.stack([people[name, CENSUS_YEAR] for name in names]))
    return {NATION: np.zeros(2), **dict(zip(names, beside, strict=True))}


def _census_lx(census: pd.DataFrame, region: str) -> Array:
    """lx (sex, abridged age) of the deaths a census reports: under-counted, good only for comparing areas."""
    rows = census[(census["region"] == region) & (census["year"] == CENSUS_YEAR)]
    rates = sex_age(rows, "deaths") / sex_age(rows)
    return np.stack([life_table(rates[i], ABRIDGED_AGES, sex).lx for i, sex in enumerate(SEXES)])
