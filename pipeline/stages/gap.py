"""Stage `gap`: under one scenario, what every plan and norm asks for, what there is, and what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.care.published import published_growth, published_rate
from pipeline.care.yardstick import QUANTITIES
from pipeline.random import draws_of, stream
from pipeline.settings import Settings, load_settings
from pipeline.shortfall.regional import Published, Region, Series, region_series
from pipeline.sources.catalogue import Catalogue, Plan
from pipeline.sources.load import load_catalogue
from pipeline.stages.common import (
    CENSUS_YEAR,
    NATION,
    RESULTS_FOLDER,
    SINGLE_AGE_FILE,
    SINGLE_AGES,
    Array,
    run,
)
from pipeline.summary import long_table, summarised
from pipeline.tables.load import load_table
from pipeline.tables.results import GAP
from pipeline.tables.write import write_parquet

OLD_AGES = {"population_60plus": 0, "population_65plus": 1, "population_80plus": 4}
"""Indicator ids of the old, and the first of the five-year groups 60-64 … 100+ that they hold."""


def gap(root: Path, scenario: str) -> None:
    """Read the old by draw, measure every plan, write one table."""
    settings = load_settings(root, scenario)
    catalogue = load_catalogue(root)
    figures = load_table(root, "data/raw/care_figures.csv", catalogue.corrections)
    folder = root / RESULTS_FOLDER / scenario
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    single = pd.read_parquet(root / SINGLE_AGE_FILE)
    past = single[single["age"].isin(SINGLE_AGES[60:])].groupby(["region", "year"])["population"].sum()
    tables = []
    for plan in catalogue.plans.values():
        with np.load(folder / "old" / f"{plan.region}.npz") as file:
            old = file["old"].astype(float)
        region = planned_region(plan, old, past, years, settings)
        series = region_series(region, catalogue.indicators, published_for(plan, figures, catalogue))
        tables += [_table(item, years).assign(region=plan.region) for item in series]
    write_parquet(pd.concat(tables).assign(scenario=scenario), folder / "gap.parquet", GAP)


def planned_region(plan: Plan, old: Array, past: pd.Series, years: list[int], settings: Settings) -> Region:
    """Inputs of the arithmetic for one plan.

    `old` (draw, year, sex, five-year group from 60), `past` people aged 60+ by region and census year.
    """
    draws = old.shape[0]
    populations = {name: old[..., first:].sum(axis=(2, 3)) for name, first in OLD_AGES.items()}
    ratio = settings.care.hukou_per_resident_60plus.get(plan.region)
    seed = settings.seed
    return Region(
        figures=plan.figures,
        populations=populations,
        past_60plus={int(year): float(people) for year, people in past[plan.region].items()},
        hukou_ratio=None if ratio is None else draws_of(ratio, stream(seed, "hukou", plan.region), draws),
        imputed_factor=draws_of(
            settings.care.imputed_stock_factor, stream(seed, "imputed_stock", plan.region), draws
        ),
        horizon_end=plan.horizon.end,
        years=years,
    )


def published_for(plan: Plan, figures: pd.DataFrame, catalogue: Catalogue) -> Published:
    """Rates of the plan's own province (for a city) and the nation, and the nation's growth, by quantity."""
    parent = catalogue.regions[plan.region].parent
    origins = [name for name in (parent, NATION) if name is not None and name != plan.region]
    quantities = [quantity for options in QUANTITIES.values() for quantity in options]
    rates = {q: published_rate(figures, origins, q, CENSUS_YEAR) for q in quantities}
    growth = {q: published_growth(figures, NATION, q, CENSUS_YEAR) for q in quantities}
    return Published(
        {q: rate for q, rate in rates.items() if rate is not None},
        {q: change for q, change in growth.items() if change is not None},
    )


def _table(series: Series, years: list[int]) -> pd.DataFrame:
    table = long_table(summarised(series.values), {"year": years})
    return table.assign(
        resource=series.resource,
        yardstick=series.yardstick,
        definition=None,
        supply_path=series.supply_path,
        stock_year=pd.Series(series.stock_year, index=table.index, dtype="Int64"),
        measure=series.measure,
        unit=series.unit,
        basis=series.basis,
        assumed=series.assumed,
        figure_id=series.figure_id,
    )


if __name__ == "__main__":
    run(lambda root: gap(root, sys.argv[1]))
