"""Populations from all draws of areas, at year-ends, in the groups that are reported."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, REPORT_GROUPS, SEXES, Array
from pipeline.demography.area import AreaDraws, Nation, Scenario, at_year_ends, project_area
from pipeline.domain import Region
from pipeline.inputs.store import load_planned_regions, load_regions
from pipeline.model.areas import load_area, load_nation, scenario_of
from pipeline.settings import Settings
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import NATION

FIRST_OLD_GROUP = FIVE_YEAR_GROUPS.index("60-64")
"""From here on ages are kept by draw for what follows: care is a matter of the old."""

GROUPS = (*REPORT_GROUPS, *FIVE_YEAR_GROUPS)

type RegionsPeople = tuple[pd.DataFrame, pd.DataFrame, Mapping[str, NDArray[np.float32]]]
"""Rows of the tables population and ages, and by region the old (draw, year, sex, five-year group from 60)."""


def dated(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a population with the day each is of: the census in its year, then ends of years."""
    ends = table["year"].astype(str) + "-12-31"
    return table.assign(date=np.where(table["year"] == CENSUS_YEAR, f"{CENSUS_YEAR}-11-01", ends))


def region_population(area: AreaDraws, nation: Nation, scenario: Scenario) -> tuple[Array, Array]:
    """Project one region: people as from `by_age`."""
    return by_age(project_area(area, nation, scenario, GROUPS))


def by_age(anniversaries: Array) -> tuple[Array, Array]:
    """People on census day, then at year-ends, from those of `GROUPS` on anniversaries of it, (draw, year, sex, group).

    By report group, the sexes and then both, (draw, year, 3, group), and by five-year group, (draw, year, sex, group).
    """
    report, five_year = np.split(at_year_ends(anniversaries), [len(REPORT_GROUPS)], axis=-1)
    return np.concatenate([report, report.sum(axis=2, keepdims=True)], axis=2), five_year


def population_rows(report: Array, years: Sequence[int], region: Region) -> pd.DataFrame:
    """Rows of the table of populations from a region's people (draw, year, sex and both, report group)."""
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
    return long_table(summarised(report), axes).assign(region=region.id, gb_code=region.gb_code)


def project_regions(root: Path, task: tuple[Settings, bool]) -> RegionsPeople:
    """The nation and the regions with a plan under some settings, in the first table with all other cities or none."""
    settings, all_cities = task
    known, planned = load_regions(root), load_planned_regions(root)
    nation, scenario = load_nation(root), scenario_of(settings.projection)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
    chosen = [name for name in known if name in planned or name == NATION]
    cities = [name for name in known if known[name].level == "city" and name not in chosen]
    population, ages, old = [], [], {}
    for name in [*chosen, *(cities if all_cities else [])]:
        report, five_year = region_population(
            load_area(root, known[name], counts=settings.counts.use), nation, scenario
        )
        population.append(population_rows(report, years, known[name]))
        if name in chosen:
            ages.append(long_table(summarised(five_year), axes).assign(region=name))
            old[name] = five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
    return pd.concat(population), pd.concat(ages), old
