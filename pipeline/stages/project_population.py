"""Stage `project_population`: every region's population under one scenario, from all draws of its area."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.demography.area import AreaDraws, Nation, Scenario, at_year_end, project_area
from pipeline.demography.groups import REPORT_GROUPS, SEXES, summing_matrix
from pipeline.inputs.known import load_planned_regions, load_regions
from pipeline.model.areas import PROVINCES_FILE, balance_name, load_area, load_nation
from pipeline.model.files import CENSUS_YEAR, NATION, RESULTS_FOLDER, Array, save_arrays
from pipeline.models.assimilation import YEAR_END
from pipeline.results.tables.population import AGES, POPULATION
from pipeline.results.write import write_parquet
from pipeline.settings import CENTRAL, ProjectionSettings, load_settings
from pipeline.stages.common import run
from pipeline.summary import long_table, summarised

Axes = Mapping[str, Sequence[object]]

FIVE_YEAR_GROUPS = (*(f"{age}-{age + 4}" for age in range(0, 100, 5)), "100+")
FIRST_OLD_GROUP = FIVE_YEAR_GROUPS.index("60-64")
"""From here on ages are kept by draw for what follows: care is a matter of the old."""


def project(root: Path, scenario: str) -> None:
    """Project every region the scenario covers; write summaries as one table and the old by draw."""
    settings = load_settings(root, scenario)
    known, planned = load_regions(root), load_planned_regions(root)
    nation = load_nation(root)
    bend = scenario_of(settings.projection)
    regions = [name for name in known if name in planned or name == NATION]
    if scenario == CENTRAL:
        regions += [name for name in known if known[name].level == "city" and name not in regions]
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    folder = root / RESULTS_FOLDER / scenario
    population, ages = [], []
    for region in regions:
        people = region_population(load_area(root, known[region], counts=settings.counts.use), nation, bend)
        axes: Axes = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
        code = known[region].gb_code
        population.append(long_table(summarised(people.report), axes).assign(region=region, gb_code=code))
        if region in planned or region == NATION:
            axes = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
            ages.append(long_table(summarised(people.five_year), axes).assign(region=region))
            old = people.five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
            save_arrays(folder / "old" / f"{region}.npz", old=old)
    if scenario in (balance_name(counts) for counts in (True, False)):
        provinces = pd.read_parquet(root / PROVINCES_FILE)
        elsewhere = (provinces["scenario"] == scenario) & ~provinces["region"].isin(regions)
        population.append(provinces[elsewhere])
    table = dated(pd.concat(population).assign(scenario=scenario))
    write_parquet(table, folder / "population.parquet", POPULATION)
    write_parquet(pd.concat(ages).assign(scenario=scenario), folder / "ages.parquet", AGES)


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
class People:
    """A region's population, census day first, then year-ends; persons.

    report (draw, year, sex, report group), the sexes and then both; five_year (draw, year, sex, five-year group).
    """

    report: Array
    five_year: Array


def region_population(area: AreaDraws, nation: Nation, scenario: Scenario) -> People:
    """Project one region and sum its single ages; year 0 is the census itself."""
    five_year = summing_matrix(FIVE_YEAR_GROUPS).T
    years = nation.standard_lx.shape[0]
    groups = np.empty((area.draws(), years, len(SEXES) + 1, len(REPORT_GROUPS)))
    ages = np.empty((area.draws(), years, len(SEXES), len(FIVE_YEAR_GROUPS)))
    for part, projection in project_area(area, nation, scenario):
        ends = year_ends(projection.population)
        groups[part] = in_report_groups(ends)
        ages[part] = ends @ five_year
    return People(groups, ages)


def year_ends(anniversaries: Array) -> Array:
    """People on census day and at the year-ends after it, (draw, year, sex, age), from those on its anniversaries."""
    ends = at_year_end(anniversaries, YEAR_END)
    ends[:, 0] = anniversaries[:, 0]
    return ends


def in_report_groups(people: Array) -> Array:
    """(draw, year, sex and both, report group) from (draw, year, sex, age)."""
    by_sex = people @ summing_matrix(REPORT_GROUPS).T
    return np.concatenate([by_sex, by_sex.sum(axis=2, keepdims=True)], axis=2)


if __name__ == "__main__":
    run(lambda root: project(root, sys.argv[1]), owns=(RESULTS_FOLDER / sys.argv[1] / "old",))
