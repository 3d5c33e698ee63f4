"""One region's population: projected from all draws of its area, at year-ends, in the groups that are reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, REPORT_GROUPS, SEXES, Array
from pipeline.demography.area import AreaDraws, Nation, Scenario, at_year_end, project_area
from pipeline.domain import Region
from pipeline.models.assimilation import YEAR_END
from pipeline.settings import ProjectionSettings
from pipeline.summary import long_table, summarised

FIRST_OLD_GROUP = FIVE_YEAR_GROUPS.index("60-64")
"""From here on ages are kept by draw for what follows: care is a matter of the old."""


def dated(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a population with the day each is of: the census in its year, then ends of years."""
    ends = table["year"].astype(str) + "-12-31"
    return table.assign(date=np.where(table["year"] == CENSUS_YEAR, f"{CENSUS_YEAR}-11-01", ends))


def scenario_of(settings: ProjectionSettings) -> Scenario:
    """The engine's scenario from the settings."""
    return Scenario(
        extra_e0=settings.mortality.extra_e0,
        consistency_weight=settings.consistency.weight,
        consistency_from=settings.consistency.from_age,
        migration_weight=settings.migration.weight,
        migration_taper=settings.migration.taper_years,
        fertility_weight=settings.fertility.weight,
    )


@dataclass(frozen=True)
class PopulationByAge:
    """A region's population, census day first, then year-ends; persons.

    report (draw, year, sex, report group), the sexes and then both; five_year (draw, year, sex, five-year group).
    """

    report: Array
    five_year: Array


def region_population(area: AreaDraws, nation: Nation, scenario: Scenario) -> PopulationByAge:
    """Project one region and sum its single ages; year 0 is the census itself."""
    people = project_area(area, nation, scenario, (*REPORT_GROUPS, *FIVE_YEAR_GROUPS))
    report, five_year = np.split(year_ends(people), [len(REPORT_GROUPS)], axis=-1)
    return PopulationByAge(with_both(report), five_year)


def population_rows(report: Array, years: Sequence[int], region: Region) -> pd.DataFrame:
    """Rows of the table of populations from a region's people (draw, year, sex and both, report group)."""
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
    return long_table(summarised(report), axes).assign(region=region.id, gb_code=region.gb_code)


def year_ends(anniversaries: Array) -> Array:
    """People on census day and at the year-ends after it, (draw, year, sex, group), from those on its anniversaries."""
    ends = at_year_end(anniversaries, YEAR_END)
    ends[:, 0] = anniversaries[:, 0]
    return ends


def with_both(by_sex: Array) -> Array:
    """(draw, year, sex and both, group) from (draw, year, sex, group)."""
    return np.concatenate([by_sex, by_sex.sum(axis=2, keepdims=True)], axis=2)
