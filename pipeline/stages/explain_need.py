"""Stage `why`: in the central scenario, why need moves with time, and what each gap depends on most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.care.demand import Choice
from pipeline.care.supply import Outlook, Published
from pipeline.domain import Catalogue, Plan
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.raw_tables import load_table
from pipeline.model.plans import (
    drawn_demand,
    hukou_change,
    load_choice,
    load_old,
    outlook,
    past_people,
    planned_region,
    published_by_plan,
)
from pipeline.results.tables.why import SENSITIVITY, WATERFALL
from pipeline.results.write import write_csv
from pipeline.settings import CENTRAL, Settings, load_settings
from pipeline.shortfall.why import DRIVERS, LONGEST, Uncertainty, ranked, requirement_waterfall, waterfall_rows
from pipeline.stages.common import CENSUS_YEAR, RESULTS_FOLDER, TABLES_FOLDER, Array, run

BASE_SAMPLES = {"full": 1024, "smoke": 64}
"""Samples per input and direction of the sensitivity analysis by profile."""


def why(root: Path) -> None:
    """Read the old by draw, attribute need to its drivers and gaps to their inputs, write two tables."""
    settings = load_settings(root)
    catalogue = load_catalogue(root)
    figures = load_table(root, "data/raw/care_figures.csv", catalogue.corrections)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    choice = load_choice(root, settings, catalogue)
    past = past_people(root, settings.cities)
    published = published_by_plan(figures, catalogue, settings.supply.trend_from)
    middle = outlook(settings.supply, settings.seed, 1, LONGEST)
    waterfalls, sensitivities = [], []
    for plan in catalogue.plans.values():
        old = load_old(root / RESULTS_FOLDER / CENTRAL, plan.region)
        demand = drawn_demand(choice, settings, len(old), years)
        found = requirement_waterfall(demand, old, years[0], years[-1])
        waterfalls.append(waterfall_rows(found, DRIVERS).assign(region=plan.region))
        region = uncertainty(plan, old, past, settings, catalogue, choice, published[plan.id], middle)
        table = ranked(region, settings.seed, BASE_SAMPLES[settings.profile])
        sensitivities.append(table.assign(region=plan.region))
    steps = pd.concat(waterfalls).assign(yardstick="need", base_year=years[0], target_year=years[-1])
    write_csv(steps, root / TABLES_FOLDER / "waterfall.csv", WATERFALL)
    names = {"total": "value", "total_conf": "value_conf", "gap_at_low": "low", "gap_at_high": "high"}
    inputs = {"low": "input_low", "high": "input_high"}
    table = pd.concat(sensitivities).rename(columns=inputs).rename(columns=names).assign(index="total")
    write_csv(table.drop(columns="first_order_conf"), root / TABLES_FOLDER / "sensitivity.csv", SENSITIVITY)


def uncertainty(
    plan: Plan,
    old: Array,
    past: pd.Series,
    settings: Settings,
    catalogue: Catalogue,
    choice: Choice,
    published: Published,
    middle: Outlook,
) -> Uncertainty:
    """One plan's region in the years that its figures, the published rates and the last year need."""
    rates = {rate.year for rate in published.rates.values()}
    named = {figure.year for figure in plan.figures if figure.year} | rates | {plan.horizon.end}
    every = range(CENSUS_YEAR, settings.last_year + 1)
    years = sorted(({CENSUS_YEAR, settings.last_year} | named) & set(every))
    chosen = old[:, [every.index(year) for year in years]]
    need, care = settings.need, settings.care
    return Uncertainty(
        region=planned_region(plan, chosen, past, years, settings, middle),
        old=chosen,
        choice=replace(choice, definitions={choice.headline: choice.definitions[choice.headline]}),
        indicators=catalogue.indicators,
        published=published,
        hukou=care.hukou_per_resident_60plus.get(plan.region),
        hukou_change=hukou_change(settings, plan.region, years),
        imputed=care.imputed_stock_factor,
        institution_use=need.institution_use,
        users_per_caregiver=need.users_per_caregiver,
        target_occupancy=need.target_occupancy,
        dementia_in_institution=need.dementia_in_institution,
        growth=(need.yearly_change.institution_use, need.yearly_change.users_per_caregiver),
    )


if __name__ == "__main__":
    run(why)
