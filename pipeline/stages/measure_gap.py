"""Stage `measure_gap`: who needs help, what every plan, norm and need ask for, and what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from pipeline.inputs.known import load_planned
from pipeline.inputs.store import load_table
from pipeline.model.files import CENSUS_YEAR, NATION, RESULTS_FOLDER
from pipeline.model.plans import (
    drawn_demand,
    load_choice,
    load_old,
    outlook,
    past_people,
    planned_region,
    published_by_plan,
)
from pipeline.model.runs import write_run
from pipeline.results.tables.gap import CURVE, GAP
from pipeline.results.tables.need import NEED
from pipeline.results.tables.verdict import VERDICT
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.shortfall.gap import region_series
from pipeline.shortfall.need_rows import local_counts, need_rows
from pipeline.shortfall.rows import region_tables
from pipeline.stages.common import run

FIRST_STOCK_YEAR = 2010
"""No stock is older: how far past trends may have to be carried."""


def gap(root: Path, scenario: str) -> None:
    """Read the old by draw, measure every plan, write gaps, verdicts, distributions and need."""
    settings = load_settings(root, scenario)
    catalogue = load_planned(root)
    figures = load_table(root, "care_figures")
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    past = past_people(root, settings.cities)
    folder = root / RESULTS_FOLDER / scenario
    nation = load_old(folder, NATION)
    draws = len(nation)
    demand = drawn_demand(load_choice(root, settings), settings, draws, years)
    supply = outlook(settings.supply, settings.seed, draws, settings.last_year - FIRST_STOCK_YEAR)
    published = published_by_plan(figures, catalogue, settings.supply.trend_from)
    gaps: list[pd.DataFrame] = []
    verdicts: list[pd.DataFrame] = []
    curves: list[pd.DataFrame] = []
    needs = [need_rows(demand, nation, years).assign(region=NATION)]
    for plan in catalogue.plans.values():
        old = load_old(folder, plan.region, draws)
        region = planned_region(plan, old, past, years, settings, supply)
        series = region_series(region, catalogue.indicators, published[plan.id], demand, old)
        for tables, found in zip((gaps, verdicts, curves), region_tables(series, years), strict=True):
            tables.append(found.assign(region=plan.region))
        own = (need_rows(demand, old, years), local_counts(figures, plan.region))
        needs += [rows.assign(region=plan.region) for rows in own if len(rows)]
    write_run(root, folder, scenario, settings)
    for parts, table in ((gaps, GAP), (verdicts, VERDICT), (curves, CURVE), (needs, NEED)):
        write_parquet(pd.concat(parts).assign(scenario=scenario), folder / f"{table.name}.parquet", table)


if __name__ == "__main__":
    run(lambda root: gap(root, sys.argv[1]))
