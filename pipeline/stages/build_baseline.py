"""Stage `build_baseline`: the nation's path, nation and provinces by single age on the days of their censuses, and
what the model of areas is fitted to, log residuals of cohorts over the last two decades."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.axes import AGES_100, CENSUS_YEAR, SEXES, SINGLE_AGES_100, Array
from pipeline.demography import vital_rates
from pipeline.demography.age_groups import ABRIDGED_AGES, summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, decade_residual
from pipeline.demography.graduation import deblur, graduate
from pipeline.demography.lifetable import life_table
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.store import load_provinces_census, load_table
from pipeline.model import result_files as files
from pipeline.models.cohorts import GROUPS
from pipeline.results.write import significant, write_text
from pipeline.settings import load_settings
from pipeline.stages.common import hand_on, run
from pipeline.vocabulary import NATION

FIRST_START_YEAR = 1999

PERSON_DECIMALS = 4
"""Digits of a person by single age: fewer than a machine's last bits reach, and enough for totals to stay exact."""


def build_baseline(root: Path) -> None:
    census, years = load_provinces_census(root), range(FIRST_START_YEAR, load_settings(root).last_year + 1)
    path = {name: significant(array) for name, array in path_of_nation(root, years).items()}
    survival = vital_rates.yearly_survival(path["standard_lx"], np.zeros((1, 1, 2)))[0]
    ages = people_of_censuses(census, load_table(root, "census_single_age"), survival)
    levels = {f"level_{name}": significant(level) for name, level in levels_of_mortality(census, ages).items()}
    people = {place: counted.round(PERSON_DECIMALS) for place, counted in ages.items()}
    hand_on(root, files.single_ages(people), files.SINGLE_AGE_FILE, "single_age")
    write_text(residuals_text(people, sorted({*census["region"]} - {NATION}), survival), root / files.RESIDUALS_FILE)
    files.save_arrays(root / files.NATION_FILE, start_years=np.array(years), **path, **dict(sorted(levels.items())))


def path_of_nation(root: Path, start_years: range) -> dict[str, Array]:
    """The nation in the years from 1 November, from the UN's tables: the fields of `area.Nation`, e0 and tfr."""

    def values(name: str, **others: Sequence[str]) -> Array:
        table = load_table(root, f"wpp2024/{name}")
        time = "year" if "year" in table else "period"
        return files.cube(table, {time: sorted(table[time].unique()), **others}, "value")

    def yearly(name: str, **others: Sequence[str]) -> Array:
        return vital_rates.census_year_mean(values(name, **others), 1950, start_years)

    starts = np.array(sorted(int(period[:4]) for period in load_table(root, "wpp2024/mx")["period"].unique()))
    nmx, e0 = values("mx", sex=SEXES, age=AGES_100), yearly("life_expectancy", sex=SEXES)
    # Periods run from mid-year to mid-year; a census year lies in the one that holds its middle, 1 May.
    period = np.searchsorted(starts + 0.5, np.array(start_years) + 4.0 / 3.0) - 1
    shares = values("asfr_shares", age=[f"{age}-{age + 4}" for age in range(15, 50, 5)])[period]
    return {
        "standard_lx": vital_rates.yearly_standard(nmx, starts + 3.0, e0, start_years),
        "e0": e0,
        "asfr_shape": vital_rates.single_age_asfr(shares),
        "tfr": yearly("total_fertility"),
        "srb": yearly("sex_ratio_at_birth"),
    }


def people_of_censuses(census: pd.DataFrame, single: pd.DataFrame, survival: Array) -> dict[tuple[str, int], Array]:
    """People by single age of nation and provinces: the nation's from her single ages, the provinces' along hers.

    `census` has rows region, year, sex, age, population; `single` the nation's by single age; `survival` (time, sex,
    age) from `FIRST_START_YEAR` on.
    """
    tables: dict[Any, pd.DataFrame] = dict(iter(census.groupby(["region", "year"])))
    groups = {key: list(dict.fromkeys(rows["age"])) for key, rows in tables.items()}
    ages: dict[tuple[str, int], Array] = {}
    for year in sorted(single["year"].unique()):
        mean = files.cube(single[single["year"] == year], {"sex": SEXES, "age": SINGLE_AGES_100}, "population")
        before = survival[year - 1 - FIRST_START_YEAR]
        onward = np.concatenate([before[:, 1:], before[:, -1:]], axis=1)
        ages[NATION, year] = deblur(mean, files.sex_age(tables[NATION, year]), groups[NATION, year], onward)
    for (region, year), rows in tables.items():
        if region != NATION:
            ages[region, year] = graduate(files.sex_age(rows), groups[region, year], ages[NATION, year])
    return ages


def levels_of_mortality(census: pd.DataFrame, people: files.People) -> dict[str, Array]:
    """Each province's mortality beside the nation's, (sex,), by the deaths of the last census; their mean is 0.

    Deaths that a census reports are under-counted, and good only for comparing areas.
    """
    lx: dict[Any, Array] = {}
    for region, rows in census[census["year"] == CENSUS_YEAR].groupby("region"):
        rates = files.sex_age(rows, "deaths") / files.sex_age(rows)
        lx[region] = np.stack([life_table(rates[i], sex).lx for i, sex in enumerate(SEXES)])
    whole = lx.pop(NATION)
    levels = np.stack([vital_rates.relative_level(own, whole, ABRIDGED_AGES) for own in lx.values()])
    beside = vital_rates.centred(levels, np.stack([people[name, CENSUS_YEAR] for name in lx]))
    return {NATION: np.zeros(2), **dict(zip(lx, beside, strict=True))}


def residuals_text(people: files.People, provinces: Sequence[str], survival: Array) -> str:
    """The residuals of nation and provinces as CSV: region, year, sex, age, residual.

    `survival` (time, sex, age) from `FIRST_START_YEAR` on. With nine significant digits, so that another processor or
    library, whose sums differ in their last digits, gives the same text and DVC finds the fit up to date. Raises
    InputError where a region has no people of an age at a census: no change can be measured.
    """
    regions, decades = (NATION, *sorted(provinces)), (CENSUS_YEAR - 10, CENSUS_YEAR)
    raise_if_any(_unmeasured(people, regions))
    residuals = [
        decade_residual(people[region, last - 10], people[region, last], survival[: last - FIRST_START_YEAR][-10:])
        for region in regions
        for last in decades
    ]
    axes = [regions, decades, SEXES, COHORT_GROUPS]
    cells = pd.MultiIndex.from_product(axes, names=["region", "year", "sex", "age"])
    return pd.DataFrame({"residual": np.ravel(residuals)}, cells).to_csv(lineterminator="\n", float_format="%.9g")


def _unmeasured(people: files.People, regions: Sequence[str]) -> Iterator[Fault]:
    sums = summing_matrix(GROUPS).T
    for region in regions:
        for year in (CENSUS_YEAR - 20, CENSUS_YEAR - 10, CENSUS_YEAR):
            ages = people[region, year]
            # A blank in a matrix product would blank every group.
            groups = np.where(np.isnan(ages) @ sums > 0, np.nan, np.nan_to_num(ages) @ sums)
            for sex, group in np.argwhere(~(np.isfinite(groups) & (groups > 0))):
                place = f"{region}, {year}, {SEXES[sex]}, {GROUPS[group]}"
                yield Fault(str(files.SINGLE_AGE_FILE), place, f"{groups[sex, group]:g}", "people")


if __name__ == "__main__":
    run(build_baseline)
