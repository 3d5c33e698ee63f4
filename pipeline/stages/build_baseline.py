"""Stage `baseline`: the nation's path, and nation and provinces by single age on the days of their censuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.demography.abridged import ABRIDGED_AGES
from pipeline.demography.graduation import graduate
from pipeline.demography.groups import SEXES, five_year_groups
from pipeline.demography.lifetable import life_table
from pipeline.demography.mortality import relative_level
from pipeline.demography.national import national_path, national_single_ages
from pipeline.domain import Region
from pipeline.inputs.catalogue import load_regions
from pipeline.inputs.corrections import load_corrections
from pipeline.inputs.raw_tables import load_census, load_table
from pipeline.model.files import (
    CENSUS_YEAR,
    NATION,
    NATION_FILE,
    SINGLE_AGE_FILE,
    SINGLE_AGES,
    Array,
    cube,
    save_arrays,
    sex_age,
    single_ages,
)
from pipeline.model.residuals import write_residuals, yearly_survival_of
from pipeline.results.tables.population import SINGLE_AGE
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run

FIRST_START_YEAR = 1999


def baseline(root: Path) -> None:
    """Read the published tables, work out the nation's path, all single ages and the residuals of decades."""
    settings = load_settings(root)
    corrections = load_corrections(root)
    regions = load_regions(root, ("provinces",))
    census = load_census(root, regions.values(), corrections)

    wpp = {
        name: load_table(root, f"data/raw/wpp2024/{name}.csv", corrections)
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

    single = load_table(root, "data/raw/census_single_age.csv", corrections)
    nation = {}
    for year in sorted(single["year"].unique()):
        rows = census[(census["region"] == NATION) & (census["year"] == year)]
        mean = cube(single[single["year"] == year], {"sex": list(SEXES), "age": list(SINGLE_AGES)}, "population")
        groups = list(dict.fromkeys(rows["age"]))
        lx_before = path["standard_lx"][year - 1 - FIRST_START_YEAR]
        nation[year] = national_single_ages(mean, sex_age(rows), groups, lx_before)

    ages = {(NATION, year): people for year, people in nation.items()}
    levels = {NATION: np.zeros(2)}
    national_deaths = _census_lx(census, NATION)
    for region in sorted(regions.values(), key=_nation_first):
        for year, rows in census[census["region"] == region.id].groupby("year"):
            if region.id == NATION:
                continue
            standard = ages[(region.parent or NATION, year)]
            ages[region.id, year] = graduate(sex_age(rows), list(dict.fromkeys(rows["age"])), standard)
        if region.level == "province":
            levels[region.id] = relative_level(_census_lx(census, region.id), national_deaths, ABRIDGED_AGES)
    write_parquet(single_ages(ages), root / SINGLE_AGE_FILE, SINGLE_AGE)
    provinces = [region.id for region in regions.values() if region.level == "province"]
    write_residuals(root, ages, provinces, yearly_survival_of(path), FIRST_START_YEAR)
    save_arrays(
        root / NATION_FILE,
        start_years=np.arange(FIRST_START_YEAR, settings.last_year + 1),
        **path,
        **{f"level_{region}": level for region, level in sorted(levels.items())},
    )


def _nation_first(region: Region) -> int:
    return ("nation", "province", "city").index(region.level)


def _census_lx(census: pd.DataFrame, region: str) -> Array:
    """lx (sex, abridged age) of the deaths a census reports: under-counted, good only for comparing areas."""
    rows = census[(census["region"] == region) & (census["year"] == CENSUS_YEAR)]
    rates = sex_age(rows, "deaths") / sex_age(rows)
    return np.stack([life_table(rates[i], ABRIDGED_AGES, sex).lx for i, sex in enumerate(SEXES)])


if __name__ == "__main__":
    run(baseline)
