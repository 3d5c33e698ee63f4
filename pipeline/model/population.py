"""Populations from all draws of areas, at year-ends, in the groups that are reported: of a region, of every scenario,
and of provinces that add up to the nation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, OLD_BANDS, REPORT_GROUPS, SEXES, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.area import (
    AreaDraws,
    Nation,
    Scenario,
    at_year_end,
    project_area,
    project_balanced,
    unbalanced,
)
from pipeline.domain import Region
from pipeline.inputs.store import load_planned_regions, load_regions
from pipeline.model.areas import PROVINCES_FILE, balance_name, load_area, load_nation, scenario_of
from pipeline.processes import spread_out
from pipeline.settings import Settings
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import CENTRAL, NATION

FIRST_OLD_GROUP = FIVE_YEAR_GROUPS.index("60-64")
"""From here on ages are kept by draw for what follows: care is a matter of the old."""

GROUPS = (*REPORT_GROUPS, *FIVE_YEAR_GROUPS)


def dated(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a population with the day each is of: the census in its year, then ends of years."""
    ends = table["year"].astype(str) + "-12-31"
    return table.assign(date=np.where(table["year"] == CENSUS_YEAR, f"{CENSUS_YEAR}-11-01", ends))


@dataclass(frozen=True)
class PopulationByAge:
    """A region's population, census day first, then year-ends; persons.

    report (draw, year, sex, report group), the sexes and then both; five_year (draw, year, sex, five-year group).
    """

    report: Array
    five_year: Array


def region_population(area: AreaDraws, nation: Nation, scenario: Scenario) -> PopulationByAge:
    """Project one region and sum its single ages; year 0 is the census itself."""
    return _by_age(project_area(area, nation, scenario, GROUPS))


def _by_age(anniversaries: Array) -> PopulationByAge:
    """From people of `GROUPS` on census day and its anniversaries, (draw, year, sex, group)."""
    ends = at_year_end(anniversaries)
    ends[:, 0] = anniversaries[:, 0]
    report, five_year = np.split(ends, [len(REPORT_GROUPS)], axis=-1)
    return PopulationByAge(np.concatenate([report, report.sum(axis=2, keepdims=True)], axis=2), five_year)


def population_rows(report: Array, years: Sequence[int], region: Region) -> pd.DataFrame:
    """Rows of the table of populations from a region's people (draw, year, sex and both, report group)."""
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
    return long_table(summarised(report), axes).assign(region=region.id, gb_code=region.gb_code)


@dataclass(frozen=True)
class ScenarioPeople:
    """What a scenario makes of the regions: two tables, and the old by region.

    `population` and `ages` have the columns of the tables of these names; `old` (draw, year, sex, five-year group from
    60) in single precision, of the regions with a plan and the nation.
    """

    population: pd.DataFrame
    ages: pd.DataFrame
    old: Mapping[str, NDArray[np.float32]]


def project_scenarios(root: Path, settings: Mapping[str, Settings], workers: int) -> dict[str, ScenarioPeople]:
    """The people of every scenario; scenarios that differ in nothing a projection depends on share one.

    Cities without a plan are in the central scenario alone, provinces without one in that and in the one before or
    after counts which is kept of them. Raises Killed where a worker was ended.
    """
    decides = {name: chosen.model_dump_json(include={"counts", "projection"}) for name, chosen in settings.items()}
    # The central scenario has all cities, takes longest and goes first.
    distinct = {decides[name]: settings[name] for name in sorted(settings, key=lambda name: name != CENTRAL)}
    tasks = [(chosen, key == decides[CENTRAL]) for key, chosen in distinct.items()]
    found = dict(zip(distinct, spread_out(partial(_project, root), tasks, workers), strict=True))
    return {name: _of_scenario(root, found[decides[name]], name, chosen) for name, chosen in settings.items()}


def _project(root: Path, task: tuple[Settings, bool]) -> ScenarioPeople:
    """The regions under some settings, with all cities or those of plans, without the provinces that have no plan."""
    settings, all_cities = task
    known, planned = load_regions(root), load_planned_regions(root)
    nation, scenario = load_nation(root), scenario_of(settings.projection)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
    chosen = [name for name in known if name in planned or name == NATION]
    cities = [name for name in known if known[name].level == "city" and name not in chosen]
    population, ages, old = [], [], {}
    for name in [*chosen, *(cities if all_cities else [])]:
        people = region_population(load_area(root, known[name], counts=settings.counts.use), nation, scenario)
        population.append(population_rows(people.report, years, known[name]))
        if name in chosen:
            ages.append(long_table(summarised(people.five_year), axes).assign(region=name))
            old[name] = people.five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
    return ScenarioPeople(pd.concat(population), pd.concat(ages), old)


def _of_scenario(root: Path, shared: ScenarioPeople, scenario: str, settings: Settings) -> ScenarioPeople:
    """`shared` as one scenario has it: with the provinces that are kept of it, without cities it does not cover."""
    population = shared.population
    if scenario != CENTRAL:
        population = population[population["region"].isin(shared.old)]
    balanced = balance_name(settings.counts.use)
    if scenario in (CENTRAL, balanced):
        provinces = pd.read_parquet(root / PROVINCES_FILE)
        elsewhere = (provinces["scenario"] == balanced) & ~provinces["region"].isin(population["region"])
        population = pd.concat([population, provinces[elsewhere]])
    return ScenarioPeople(
        dated(population.assign(scenario=scenario)), shared.ages.assign(scenario=scenario), shared.old
    )


@dataclass(frozen=True)
class BalancedAreas:
    """All draws of the nation and the provinces after balancing.

    factor (draw, time, sex, age) as in `area.Balanced`; five_year (province) of the first draws, people (draw, year,
    sex, five-year group); `population` rows of that table; `above_nation` how far the provinces lay above the nation a
    year-end before balancing, percent: of anniversaries of census day, the last of which the projection takes a year
    further than it reports.
    """

    factor: NDArray[np.float32]
    five_year: list[NDArray[np.float32]]
    population: pd.DataFrame
    above_nation: pd.DataFrame


def balance_areas(
    whole: AreaDraws,
    areas: Sequence[AreaDraws],
    provinces: Sequence[Region],
    nation: Nation,
    scenario: Scenario,
    kept: int,
) -> BalancedAreas:
    """Project the nation and its provinces together; people by five-year group of the first `kept` draws stay."""
    draws, steps, sexes = whole.draws(), nation.standard_lx.shape[0], len(SEXES)
    old = summing_matrix(OLD_BANDS).T
    years = range(CENSUS_YEAR, CENSUS_YEAR + steps)
    factor = np.empty((draws, steps, sexes, old.shape[0]), dtype=np.float32)
    # In double precision: a province's people on census day are whole, and single knows none above 16.8 million.
    report = [np.empty((draws, steps, sexes + 1, len(REPORT_GROUPS))) for _ in areas]
    shape = (min(kept, draws), steps, sexes, len(FIVE_YEAR_GROUPS))
    five_year = [np.empty(shape, dtype=np.float32) for _ in areas]
    apart = np.empty((draws, steps, len(OLD_BANDS)))
    for part, found in project_balanced(whole, areas, nation, scenario, GROUPS):
        factor[part] = found.factor
        before = np.nan_to_num(unbalanced(found.whole, found.factor)).sum(axis=2) @ old
        nation_old = found.whole.sum(axis=2) @ old
        apart[part] = 100.0 * (before[:, 1:] / nation_old[:, 1:] - 1.0)
        for place, area in enumerate(found.areas):
            people = _by_age(area)
            report[place][part] = people.report
            five_year[place][part] = people.five_year[: len(five_year[place][part])]
    rows = [population_rows(people, years, region) for people, region in zip(report, provinces, strict=True)]
    low, high = np.quantile(apart, (0.025, 0.975), axis=0)
    values = {
        "mean": apart.mean(axis=0),
        "sd": apart.std(axis=0),
        "lower_95": low,
        "upper_95": high,
        "within_03": 100.0 * (np.abs(apart) < 0.3).mean(axis=0),
    }
    cells = pd.MultiIndex.from_product([[year + 1 for year in years], OLD_BANDS], names=["year", "age_group"])
    above = pd.DataFrame({name: array.ravel() for name, array in values.items()}, index=cells).reset_index()
    return BalancedAreas(factor, five_year, pd.concat(rows), above)
