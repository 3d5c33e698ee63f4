"""What the model of areas is fitted to: log residuals of cohorts over the last two decades.

They are written with nine significant digits by one writer, so that another processor or library, whose sums differ in
their last digits, writes the same file and DVC finds the fit up to date.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.axes import CENSUS_YEAR, SEXES, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.cohort_change import COHORT_GROUPS, decade_residual
from pipeline.demography.mortality import yearly_survival
from pipeline.errors import Fault, raise_if_any
from pipeline.model.result_files import RESIDUALS_FILE, SINGLE_AGE_FILE
from pipeline.models.cohorts import GROUPS
from pipeline.results.write import write_text
from pipeline.vocabulary import NATION


def write_residuals(
    root: Path, people: Mapping[Any, Array], provinces: Sequence[str], survival: Array, first: int
) -> None:
    """Write the residuals of nation and provinces, of people (sex, age) by region and census year.

    `survival` (time, sex, age) of single years from `first` on. Raises InputError where a region has no people of an
    age at a census: no change can be measured.
    """
    raise_if_any(_unmeasured(people, provinces))
    lines = ["region,year,sex,age,residual"]
    for region in (NATION, *sorted(provinces)):
        for last in (CENSUS_YEAR - 10, CENSUS_YEAR):
            ten_years = survival[last - 10 - first : last - first]
            found = decade_residual(people[region, last - 10], people[region, last], ten_years)
            lines += [
                f"{region},{last},{sex},{age},{value:.9g}"
                for sex, by_age in zip(SEXES, found, strict=True)
                for age, value in zip(COHORT_GROUPS, by_age, strict=True)
            ]
    write_text("\n".join(lines) + "\n", root / RESIDUALS_FILE)


def yearly_survival_of(path: Mapping[str, Array]) -> Array:
    """(time, sex, age) of the nation's path of mortality."""
    return np.asarray(yearly_survival(path["standard_lx"], np.zeros((1, 1, 2)))[0])


def _unmeasured(people: Mapping[Any, Array], provinces: Sequence[str]) -> list[Fault]:
    """Faults where a province or the nation has no people of an age at a census."""
    sums = summing_matrix(GROUPS).T
    found = []
    for region in (*provinces, NATION):
        for year in (CENSUS_YEAR - 20, CENSUS_YEAR - 10, CENSUS_YEAR):
            ages = people[region, year]
            # A blank in a matrix product would blank every group.
            groups = np.where(np.isnan(ages) @ sums > 0, np.nan, np.nan_to_num(ages) @ sums)
            for sex, group in np.argwhere(~(np.isfinite(groups) & (groups > 0))):
                place = f"{region}, {year}, {SEXES[sex]}, {GROUPS[group]}"
                found.append(Fault(str(SINGLE_AGE_FILE), place, f"{groups[sex, group]:g}", "people"))
    return found
