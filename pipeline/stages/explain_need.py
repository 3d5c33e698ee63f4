"""Stage `why`: in the central scenario, why need moves with time, and what each gap depends on most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.care.demand import Choice
from pipeline.care.published import National
from pipeline.care.supply import Outlook
from pipeline.care.yardstick import plan_rules
from pipeline.domain import Catalogue, Observation, Plan
from pipeline.inputs.catalogue import load_catalogue
from pipeline.model.plans import (
    drawn_demand,
    hukou_change,
    load_choice,
    load_national,
    load_observations,
    load_old,
    outlook,
    past_people,
    plans_in_order,
    supplied_region,
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
    observed = load_observations(root, catalogue)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    choice = load_choice(root, settings, catalogue)
    past = past_people(root, settings.cities)
    national = load_national(root, catalogue, observed, settings)
    middle = outlook(settings.supply, settings.seed, 1, LONGEST)
    waterfalls, sensitivities = [], []
    for plan in (plans[-1] for plans in plans_in_order(catalogue).values()):
        old = load_old(root / RESULTS_FOLDER / CENTRAL, plan.region)
        demand = drawn_demand(choice, settings, len(old), years)
        found = requirement_waterfall(demand, old, years[0], years[-1])
        waterfalls.append(waterfall_rows(found, DRIVERS).assign(region=plan.region))
        region = uncertainty(plan, old, past, settings, catalogue, choice, observed, national, middle)
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
    observed: Sequence[Observation],
    national: National,
    middle: Outlook,
) -> Uncertainty:
    """One plan's region in the years that its figures, its observations and the last year need."""
    named = {figure.year for figure in plan.figures if figure.year} | {plan.horizon.end, int(settings.as_of[:4])}
    named |= {found.year for found in observed if found.region == plan.region}
    every = range(CENSUS_YEAR, settings.last_year + 1)
    years = sorted(({CENSUS_YEAR, settings.last_year} | named) & set(every))
    chosen = old[:, [every.index(year) for year in years]]
    need, care = settings.need, settings.care
    return Uncertainty(
        region=supplied_region(plan.region, observed, chosen, past, years, settings, middle),
        old=chosen,
        choice=replace(choice, definitions={choice.headline: choice.definitions[choice.headline]}),
        indicators=catalogue.indicators,
        national=national,
        rules=plan_rules(plan, catalogue.indicators, years[0]),
        hukou=care.hukou_per_resident_60plus.get(plan.region),
        hukou_change=hukou_change(settings, plan.region, years),
        institution_use=need.institution_use,
        users_per_caregiver=need.users_per_caregiver,
        target_occupancy=need.target_occupancy,
        dementia_in_institution=need.dementia_in_institution,
        growth=(need.yearly_change.institution_use, need.yearly_change.users_per_caregiver),
    )


if __name__ == "__main__":
    run(why)
