"""Stage `build_baseline`: the nation's path, and nation and provinces by single age on the days of their censuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import ABRIDGED_AGES, five_year_groups
from pipeline.demography.graduation import graduate
from pipeline.demography.lifetable import life_table
from pipeline.demography.mortality import centred, relative_level
from pipeline.demography.national import national_path, national_single_ages
from pipeline.inputs.store import load_provinces_census, load_table
from pipeline.model.residuals import write_residuals, yearly_survival_of
from pipeline.model.result_files import (
    NATION_FILE,
    SINGLE_AGE_FILE,
    SINGLE_AGES,
    cube,
    save_arrays,
    sex_age,
    single_ages,
)
from pipeline.results.tables.population_table import SINGLE_AGE
from pipeline.results.write import canonical, write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION

FIRST_START_YEAR = 1999

PERSON_DECIMALS = 4
"""Digits of a person by single age: fewer than a machine's last bits reach, and enough for totals to stay exact."""


def baseline(root: Path) -> None:
    """Read the published tables, work out the nation's path, all single ages and the residuals of decades."""
    settings = load_settings(root)
    census = load_provinces_census(root)

    wpp = {
        name: load_table(root, f"wpp2024/{name}")
        for name in ("mx", "life_expectancy", "asfr_shares", "total_fertility", "sex_ratio_at_birth")
    }
    periods = list(dict.fromkeys(wpp["mx"]["period"]))
    calendar = list(range(1950, 2101))
    path = national_path(
        cube(wpp["mx"], {"period": periods, "sex": list(SEXES), "age": list(five_year_groups(100))}, "value"),
        [int(period[:4]) for period in periods],
        cube(wpp["life_expectancy"], {"year": calendar, "sex": list(SEXES)}, "value"),
        cube(wpp["asfr_shares"], {"period": periods, "age": [f"{a}-{a + 4}" for a in range(15, 50, 5)]}, "value"),
        cube(wpp["total_fertility"], {"year": calendar}, "value"),
        cube(wpp["sex_ratio_at_birth"], {"year": calendar}, "value"),
        calendar[0],
        range(FIRST_START_YEAR, settings.last_year + 1),
    )

    path = {name: canonical(array) for name, array in path.items()}

    single = load_table(root, "census_single_age")
    nation = {}
    for year in sorted(single["year"].unique()):
        rows = census[(census["region"] == NATION) & (census["year"] == year)]
        mean = cube(single[single["year"] == year], {"sex": list(SEXES), "age": list(SINGLE_AGES)}, "population")
        groups = list(dict.fromkeys(rows["age"]))
        lx_before = path["standard_lx"][year - 1 - FIRST_START_YEAR]
        nation[year] = national_single_ages(mean, sex_age(rows), groups, lx_before)

    ages = {(NATION, year): people for year, people in nation.items()}
    national_deaths = _census_lx(census, NATION)
    provinces = sorted({*census["region"]} - {NATION})
    levels = {}
    for province in provinces:
        for year, rows in census[census["region"] == province].groupby("year"):
            ages[province, year] = graduate(sex_age(rows), list(dict.fromkeys(rows["age"])), ages[NATION, year])
        levels[province] = relative_level(_census_lx(census, province), national_deaths, ABRIDGED_AGES)
    beside = centred(np.stack([*levels.values()]), np.stack([ages[name, CENSUS_YEAR] for name in levels]))
    levels = {NATION: np.zeros(2), **dict(zip(levels, beside, strict=True))}
    people = {place: counted.round(PERSON_DECIMALS) for place, counted in ages.items()}
    write_parquet(single_ages(people), root / SINGLE_AGE_FILE, SINGLE_AGE)
    write_residuals(root, people, provinces, yearly_survival_of(path), FIRST_START_YEAR)
    save_arrays(
        root / NATION_FILE,
        start_years=np.arange(FIRST_START_YEAR, settings.last_year + 1),
        **path,
        **{f"level_{region}": canonical(level) for region, level in sorted(levels.items())},
    )


def _census_lx(census: pd.DataFrame, region: str) -> Array:
    """lx (sex, abridged age) of the deaths a census reports: under-counted, good only for comparing areas."""
    rows = census[(census["region"] == region) & (census["year"] == CENSUS_YEAR)]
    rates = sex_age(rows, "deaths") / sex_age(rows)
    return np.stack([life_table(rates[i], ABRIDGED_AGES, sex).lx for i, sex in enumerate(SEXES)])


if __name__ == "__main__":
    run(baseline)
