"""Stage `balance`: nation and provinces projected together, so that they add up in every draw, before and after counts.

It leaves the factor that does it, the provinces' people as a table and some of their draws, and how far the provinces
were from the nation before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.demography.area import AreaDraws, Nation, Scenario
from pipeline.demography.balance import project_balanced, unbalanced
from pipeline.demography.groups import REPORT_GROUPS, SEXES, summing_matrix
from pipeline.domain import Region
from pipeline.inputs.known import load_provinces
from pipeline.model.areas import (
    BALANCE_FOLDER,
    KEPT_DRAWS,
    PROVINCES_FILE,
    PROVINCES_FOLDER,
    balance_name,
    load_area,
    load_nation,
)
from pipeline.model.files import CENSUS_YEAR, NATION, TABLES_FOLDER, Array, save_arrays
from pipeline.model.population import (
    FIVE_YEAR_GROUPS,
    dated,
    in_report_groups,
    scenario_of,
    year_ends,
)
from pipeline.results.tables.counts import BALANCE
from pipeline.results.tables.population import POPULATION
from pipeline.results.write import write_csv, write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.summary import long_table, summarised

CHUNK = 64
"""Draws of all areas at once: their rates by year are what fills the memory."""

APART = ("60+", "65+", "80+")


def balance(root: Path) -> None:
    """Read the areas, project them together without and with what counts moved, write what follows."""
    settings = load_settings(root)
    regions = load_provinces(root)
    provinces = [region for region in regions.values() if region.level == "province"]
    nation, bend = load_nation(root), scenario_of(settings.projection)
    years = range(CENSUS_YEAR, settings.last_year + 1)
    tables, apart = [], []
    for counts in (False, True):
        scenario = balance_name(counts)
        whole = load_area(root, regions[NATION], counts=counts)
        areas = [lean(load_area(root, region, counts=counts, balanced=False)) for region in provinces]
        found = _Together(whole, areas, nation, bend)
        save_arrays(root / BALANCE_FOLDER / f"{scenario}.npz", factor=found.factor)
        tables.append(_table(found.groups, provinces, years).assign(scenario=scenario))
        apart.append(_apart(found.apart, years).assign(scenario=scenario))
        if counts:
            for region, people in zip(provinces, found.five_year, strict=True):
                save_arrays(root / PROVINCES_FOLDER / f"{region.id}.npz", people=people)
    write_parquet(dated(pd.concat(tables)), root / PROVINCES_FILE, POPULATION)
    write_csv(pd.concat(apart), root / TABLES_FOLDER / "balance.csv", BALANCE)


def lean(area: AreaDraws) -> AreaDraws:
    """The area with what fills the memory in single precision: all provinces are held at once."""
    return replace(area, migration=area.migration.astype(np.float32))


class _Together:
    """All draws of the nation and the provinces after balancing.

    factor (draw, time, sex, age) as in `balance.Balanced`; groups (province) of people (draw, year, sex and both,
    report group); five_year (province) of the first `KEPT_DRAWS`, (draw, year, sex, five-year group); apart (draw,
    year, group of `APART`) percent that the provinces lay above the nation before.
    """

    def __init__(self, whole: AreaDraws, areas: Sequence[AreaDraws], nation: Nation, bend: Scenario) -> None:
        draws, steps = whole.draws(), nation.standard_lx.shape[0]
        five_year, old = summing_matrix(FIVE_YEAR_GROUPS).T, summing_matrix(APART).T
        kept = min(KEPT_DRAWS, draws)
        self.factor = np.empty((draws, steps, len(SEXES), five_year.shape[0]), dtype=np.float32)
        self.groups = [np.empty((draws, steps, len(SEXES) + 1, len(REPORT_GROUPS)), dtype=np.float32) for _ in areas]
        shape = (kept, steps, len(SEXES), len(FIVE_YEAR_GROUPS))
        self.five_year = [np.empty(shape, dtype=np.float32) for _ in areas]
        self.apart = np.empty((draws, steps, len(APART)))
        for part, found in project_balanced(whole, areas, nation, bend, CHUNK):
            self.factor[part] = found.factor
            before = np.nan_to_num(unbalanced(found.whole.population, found.factor)).sum(axis=2) @ old
            nation_old = found.whole.population.sum(axis=2) @ old
            self.apart[part] = 100.0 * (before[:, 1:] / nation_old[:, 1:] - 1.0)
            stop = min(part.stop, kept)
            for place, area in enumerate(found.areas):
                ends = year_ends(area.population)
                self.groups[place][part] = in_report_groups(ends)
                if part.start < stop:
                    self.five_year[place][part.start : stop] = (ends @ five_year)[: stop - part.start]


def _table(groups: Sequence[Array], provinces: Sequence[Region], years: Sequence[int]) -> pd.DataFrame:
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
    rows = [
        long_table(summarised(people.astype(float)), axes).assign(region=region.id, gb_code=region.gb_code)
        for people, region in zip(groups, provinces, strict=True)
    ]
    return pd.concat(rows)


def _apart(apart: Array, years: Sequence[int]) -> pd.DataFrame:
    """How far the provinces lay above the nation a year-end before balancing: mean, SD and 95 % ends, percent.

    Of anniversaries of census day, the last of which the projection takes a year further than it reports.
    """
    low, high = np.quantile(apart, (0.025, 0.975), axis=0)
    index = pd.MultiIndex.from_product([[year + 1 for year in years], APART], names=["year", "age_group"])
    values = {
        "mean": apart.mean(axis=0),
        "sd": apart.std(axis=0),
        "lower_95": low,
        "upper_95": high,
        "within_03": 100.0 * (np.abs(apart) < 0.3).mean(axis=0),
    }
    return pd.DataFrame({name: array.ravel() for name, array in values.items()}, index=index).reset_index()


if __name__ == "__main__":
    run(balance, owns=(BALANCE_FOLDER, PROVINCES_FOLDER))
