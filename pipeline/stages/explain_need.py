"""Stage `explain_need`: why, in central, need moves with time, and the uncertain inputs it depends on most."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.care.demand import Choice
from pipeline.inputs.known import load_planned
from pipeline.model.plans import drawn_demand, load_choice, load_old
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.results.tables.why_table import SENSITIVITY, WATERFALL
from pipeline.results.write import write_csv
from pipeline.settings import Settings, load_settings
from pipeline.shortfall.why import DRIVERS, Uncertainty, ranked, requirement_waterfall, waterfall_rows
from pipeline.stages.common import run
from pipeline.vocabulary import CENTRAL

BASE_SAMPLES = {"full": 1024, "smoke": 64}
"""Samples per input and direction of the sensitivity analysis by profile."""


def why(root: Path) -> None:
    """Read the old by draw, attribute need to its drivers and to its inputs, write two tables."""
    settings = load_settings(root)
    catalogue = load_planned(root)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    choice = load_choice(root, settings)
    headline = replace(choice, definitions={choice.headline: choice.definitions[choice.headline]})
    waterfalls, sensitivities = [], []
    for plan in catalogue.plans.values():
        old = load_old(root, CENTRAL, plan.region)
        demand = drawn_demand(headline, settings, len(old), years)
        found = requirement_waterfall(demand, old, years[0], years[-1])
        waterfalls.append(waterfall_rows(found, DRIVERS).assign(region=plan.region))
        table = ranked(uncertainty(old[:, -1], settings, headline), settings.seed, BASE_SAMPLES[settings.profile])
        sensitivities.append(table.assign(region=plan.region))
    steps = pd.concat(waterfalls).assign(yardstick="need", base_year=years[0], target_year=years[-1])
    write_csv(steps, root / TABLES_FOLDER / "waterfall.csv", WATERFALL)
    ends = {"low": "input_low", "high": "input_high"}
    measured = {"total": "value", "total_conf": "value_conf", "at_low": "low", "at_high": "high"}
    table = pd.concat(sensitivities).rename(columns=ends).rename(columns=measured)
    table = table.assign(yardstick="need", definition=choice.headline, year=years[-1], index="total")
    write_csv(table.drop(columns="first_order_conf"), root / TABLES_FOLDER / "sensitivity.csv", SENSITIVITY)


def uncertainty(old: Array, settings: Settings, choice: Choice) -> Uncertainty:
    """One region at the end of the last year, `old` (draw, sex, group), with what is uncertain of its need."""
    need = settings.need
    return Uncertainty(
        old=old,
        year=settings.last_year,
        elapsed=settings.last_year - CENSUS_YEAR,
        choice=choice,
        steepness={"selfcare": need.steepness.selfcare, "severity": need.steepness.severity},
        institution_use=need.institution_use,
        users_per_caregiver=need.users_per_caregiver,
        target_occupancy=need.target_occupancy,
        dementia_in_institution=need.dementia_in_institution,
        mild_in_nursing_beds=need.mild_in_nursing_beds,
        growth=(need.yearly_change.institution_use, need.yearly_change.users_per_caregiver),
    )


if __name__ == "__main__":
    run(why)
