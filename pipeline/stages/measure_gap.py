"""Stage `measure_gap`: who needs help, what yardsticks ask for, what there is, and how targets stand."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.care.supply import Supplies
from pipeline.care.yardstick import plan_rules
from pipeline.domain import Catalogue, Plan
from pipeline.inputs.known import load_planned
from pipeline.inputs.store import load_table
from pipeline.model.files import RESULTS_FOLDER
from pipeline.model.plans import (
    FIRST_STOCK_YEAR,
    drawn_demand,
    load_choice,
    load_national,
    load_observations,
    load_old,
    outlook,
    past_people,
    plans_in_order,
    state_of,
    supplied_region,
)
from pipeline.model.runs import write_run
from pipeline.results.tables.gap import GAP
from pipeline.results.tables.need import NEED
from pipeline.results.tables.verdict import VERDICT
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.shortfall.by_need import asked_by_need, parts_of_need
from pipeline.shortfall.gap import region_lines
from pipeline.shortfall.need_rows import local_counts, need_rows
from pipeline.shortfall.rows import line_rows, standing_rows
from pipeline.shortfall.verdict import by_norms, standings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION


def gap(root: Path, scenario: str) -> None:
    """Read the old by draw, measure every region with a plan, write gaps, standings and need."""
    settings = load_settings(root, scenario)
    catalogue = load_planned(root)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    past = past_people(root, settings.cities)
    folder = root / RESULTS_FOLDER / scenario
    nation = load_old(folder, NATION)
    draws = len(nation)
    demand = drawn_demand(load_choice(root, settings), settings, draws, years)
    supply = outlook(settings.supply, settings.seed, draws, settings.last_year - FIRST_STOCK_YEAR)
    figures = load_table(root, "care_figures")
    observed = load_observations(root, catalogue)
    national = load_national(root, catalogue, observed, settings)
    gaps: list[pd.DataFrame] = []
    stands: list[pd.DataFrame] = []
    needs = [need_rows(demand, nation, years).assign(region=NATION)]
    for name, plans in plans_in_order(catalogue).items():
        old = nation if name == NATION else load_old(folder, name, draws)
        region = supplied_region(name, observed, old, past, years, settings, supply)
        rules = plan_rules(plans[-1], catalogue.indicators, years[0])
        supplies = Supplies(region, catalogue.indicators, national, rules)
        need = asked_by_need(demand, old, region, rules)
        lines = region_lines(supplies, rules, need, parts_of_need(demand, old))
        gaps.append(line_rows(lines, years).assign(region=name))
        stands += [standing_of(plan, plans[-1], supplies, catalogue, settings.as_of) for plan in plans]
        own = [local_counts(figures, name), *([] if name == NATION else [need_rows(demand, old, years)])]
        needs += [rows.assign(region=name) for rows in own if len(rows)]
    write_run(root, folder, scenario, settings)
    for parts, table in ((gaps, GAP), (stands, VERDICT), (needs, NEED)):
        write_parquet(pd.concat(parts).assign(scenario=scenario), folder / f"{table.name}.parquet", table)


def standing_of(plan: Plan, latest: Plan, supplies: Supplies, catalogue: Catalogue, as_of: str) -> pd.DataFrame:
    """How the targets of one plan stand, and the norms where it sets none."""
    region = supplies.region
    rules = plan_rules(plan, catalogue.indicators, region.years[0])
    own = supplies if plan is latest else Supplies(region, catalogue.indicators, supplies.national, rules)
    figures = {figure.id: figure for figure in plan.figures}
    found = standings(figures, rules, own, plan.horizon.end)
    if plan is latest:
        found += by_norms(found, rules, own)
    labels = {"plan": plan.id, "region": plan.region, "plan_state": state_of(plan, latest, region.as_of)}
    return standing_rows(found).assign(**labels, as_of=as_of)


if __name__ == "__main__":
    run(lambda root: gap(root, sys.argv[1]))
