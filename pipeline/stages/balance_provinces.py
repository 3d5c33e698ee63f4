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

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, OLD_BANDS, REPORT_GROUPS, SEXES, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.area import AreaDraws, Nation, Scenario
from pipeline.demography.balance import project_balanced, unbalanced
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
    save_balance,
)
from pipeline.model.population import dated, scenario_of, with_both, year_ends
from pipeline.model.result_files import TABLES_FOLDER, save_arrays
from pipeline.results.monte_carlo import borne
from pipeline.results.tables.counts_table import BALANCE
from pipeline.results.tables.population_table import POPULATION
from pipeline.results.write import write_csv, write_parquet
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import NATION


def balance(root: Path) -> None:
    """Read the areas, project them together without and with what counts moved, write what follows."""
    settings = load_settings(root)
    regions = load_provinces(root)
    provinces = [region for region in regions.values() if region.level == "province"]
    nation, bend = load_nation(root), scenario_of(settings.projection)
    tables, apart = [], []
    for counts in (False, True):
        table, above = _balanced(root, regions[NATION], provinces, nation, bend, counts=counts)
        tables.append(table.assign(scenario=balance_name(counts)))
        apart.append(above.assign(scenario=balance_name(counts)))
    write_parquet(dated(pd.concat(tables)), root / PROVINCES_FILE, POPULATION)
    write_csv(borne(pd.concat(apart), settings.draws), root / TABLES_FOLDER / "balance.csv", BALANCE)


def _balanced(
    root: Path, whole: Region, provinces: Sequence[Region], nation: Nation, bend: Scenario, *, counts: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Balance one scenario, write its factor and, after counts, draws of provinces: its people and what was apart."""
    areas = [lean(load_area(root, region, counts=counts, balanced=False)) for region in provinces]
    found = _Together(load_area(root, whole, counts=counts), areas, nation, bend, KEPT_DRAWS if counts else 0)
    save_balance(root, found.factor, counts=counts)
    if counts:
        for region, people in zip(provinces, found.five_year, strict=True):
            save_arrays(root / PROVINCES_FOLDER / f"{region.id}.npz", people=people)
    years = range(CENSUS_YEAR, CENSUS_YEAR + found.factor.shape[1])
    return _table(found.groups, provinces, years), _apart(found.apart, years)


def lean(area: AreaDraws) -> AreaDraws:
    """The area with what fills the memory in single precision: all provinces are held at once."""
    return replace(area, migration=area.migration.astype(np.float32))


class _Together:
    """All draws of the nation and the provinces after balancing.

    factor (draw, time, sex, age) as in `balance.Balanced`; groups (province) of people (draw, year, sex and both,
    report group); five_year (province) of the first `kept`, (draw, year, sex, five-year group); apart (draw,
    year, group of `APART`) percent that the provinces lay above the nation before.
    """

    def __init__(self, whole: AreaDraws, areas: Sequence[AreaDraws], nation: Nation, bend: Scenario, kept: int) -> None:
        draws, steps = whole.draws(), nation.standard_lx.shape[0]
        old = summing_matrix(OLD_BANDS).T
        kept = min(kept, draws)
        self.factor = np.empty((draws, steps, len(SEXES), old.shape[0]), dtype=np.float32)
        # In double precision: a province's people on census day are whole, and single knows none above 16.8 million.
        self.groups = [np.empty((draws, steps, len(SEXES) + 1, len(REPORT_GROUPS))) for _ in areas]
        shape = (kept, steps, len(SEXES), len(FIVE_YEAR_GROUPS))
        self.five_year = [np.empty(shape, dtype=np.float32) for _ in areas]
        self.apart = np.empty((draws, steps, len(OLD_BANDS)))
        report = len(REPORT_GROUPS)
        groups = (*REPORT_GROUPS, *FIVE_YEAR_GROUPS) if kept else REPORT_GROUPS
        for part, found in project_balanced(whole, areas, nation, bend, groups):
            self.factor[part] = found.factor
            before = np.nan_to_num(unbalanced(found.whole, found.factor)).sum(axis=2) @ old
            nation_old = found.whole.sum(axis=2) @ old
            self.apart[part] = 100.0 * (before[:, 1:] / nation_old[:, 1:] - 1.0)
            stop = min(part.stop, kept)
            for place, area in enumerate(found.areas):
                ends = year_ends(area)
                self.groups[place][part] = with_both(ends[..., :report])
                if part.start < stop:
                    self.five_year[place][part.start : stop] = ends[: stop - part.start, ..., report:]


def _table(groups: Sequence[Array], provinces: Sequence[Region], years: Sequence[int]) -> pd.DataFrame:
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
    rows = [
        long_table(summarised(people), axes).assign(region=region.id, gb_code=region.gb_code)
        for people, region in zip(groups, provinces, strict=True)
    ]
    return pd.concat(rows)


def _apart(apart: Array, years: Sequence[int]) -> pd.DataFrame:
    """How far the provinces lay above the nation a year-end before balancing: mean, SD and 95 % ends, percent.

    Of anniversaries of census day, the last of which the projection takes a year further than it reports.
    """
    low, high = np.quantile(apart, (0.025, 0.975), axis=0)
    index = pd.MultiIndex.from_product([[year + 1 for year in years], OLD_BANDS], names=["year", "age_group"])
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
