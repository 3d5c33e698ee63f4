"""Stage `compare_forecasts`: the central forecast beside counts, the UN's, and itself without counts or offset."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.demography.area import Scenario
from pipeline.inputs.store import load_planned_regions, load_regions, load_table
from pipeline.model.areas import PROVINCES_FILE, balance_name, load_area, load_counts, load_nation, scenario_of
from pipeline.model.comparisons import (
    beside_counts,
    beside_other_mortality,
    beside_published,
    forecast_table,
    moved_by_counts,
)
from pipeline.model.population import population_rows, region_population
from pipeline.model.result_files import PROJECTIONS_FOLDER
from pipeline.results.monte_carlo import borne
from pipeline.results.tables import TABLES
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run
from pipeline.vocabulary import CENTRAL, NATION

EVERY = 5
"""Years between those of the forecast without the offset that are shown."""


def compare_forecasts(root: Path) -> None:
    settings = load_settings(root)
    known, planned = load_regions(root), load_planned_regions(root)
    nation, usual = load_nation(root), scenario_of(settings.projection)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    provinces = pd.read_parquet(root / PROVINCES_FILE)
    chosen = [name for name in known if name in planned or name == NATION]

    def projected(name: str, counts: bool, scenario: Scenario) -> pd.DataFrame:
        area = load_area(root, known[name], counts=counts)
        return population_rows(region_population(area, nation, scenario).report, years, known[name])

    others = ~provinces["region"].isin(chosen) & (provinces["scenario"] == balance_name(False))
    uncounted = [provinces[others], *(projected(name, False, usual) for name in chosen)]
    reported = replace(usual, consistency_weight=0.0)
    without = [projected(name, settings.counts.use, reported) for name in chosen]
    central = pd.read_parquet(root / PROJECTIONS_FOLDER / CENTRAL / "population.parquet")
    after, before, reported_alone = (
        borne(forecast_table(rows), settings.draws) for rows in (central, pd.concat(uncounted), pd.concat(without))
    )
    offset = beside_other_mortality(after, reported_alone)
    offset = offset[offset["year"].isin(years[EVERY::EVERY]) & offset["age_group"].isin(OLD_BANDS)]
    published = [load_table(root, name) for name in ("wpp2024/population", "wpp2022_population", "care_figures")]
    for table, rows in {
        "counts": beside_counts(load_counts(root, known), before, after),
        "forecast_moved": moved_by_counts(before, after, settings.next_plan.year),
        "consistency": offset,
        "benchmark_un": beside_published(after, *published),
    }.items():
        publish(root, rows[list(TABLES[table].names)], table)


if __name__ == "__main__":
    run(compare_forecasts)
