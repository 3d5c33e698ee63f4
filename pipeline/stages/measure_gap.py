"""Stage `measure_gap`: who needs help, what yardsticks ask for, what there is, and how targets stand."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from pipeline.care.supply import Supplies
from pipeline.domain import Plan
from pipeline.inputs.store import load_table
from pipeline.model.plans import load_old, load_shared, plans_in_order, state_of
from pipeline.model.result_files import RESULTS_FOLDER
from pipeline.model.runs import write_run
from pipeline.results.tables.gap_table import GAP
from pipeline.results.tables.need_table import NEED
from pipeline.results.tables.verdict_table import VERDICT
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.shortfall.by_need import parts_of_need, required_by_need
from pipeline.shortfall.gap import region_lines
from pipeline.shortfall.need_rows import local_counts, need_rows
from pipeline.shortfall.rows import line_rows, standing_rows
from pipeline.shortfall.verdict import by_norms, standings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION


def gap(root: Path, scenario: str) -> None:
    """Read the old by draw, measure every region with a plan, write gaps, standings and need."""
    settings = load_settings(root, scenario)
    folder = root / RESULTS_FOLDER / scenario
    nation = load_old(folder, NATION)
    shared = load_shared(root, settings, len(nation))
    demand, years = shared.demand, shared.years
    figures = load_table(root, "care_figures")
    gaps: list[pd.DataFrame] = []
    stands: list[pd.DataFrame] = []
    needs = [need_rows(demand, nation, years).assign(region=NATION)]
    for name, plans in plans_in_order(shared.catalogue).items():
        old = nation if name == NATION else load_old(folder, name, len(nation))
        supplies = shared.supplies(name, old, plans[-1])
        lines = region_lines(supplies, required_by_need(demand, old, supplies), parts_of_need(demand, old))
        gaps.append(line_rows(lines, years).assign(region=name))
        for plan in plans:
            own = supplies if plan is plans[-1] else shared.supplies(name, old, plan)
            stands.append(standing_of(plan, plans[-1], own).assign(as_of=settings.as_of))
        own_rows = [local_counts(figures, name), *([] if name == NATION else [need_rows(demand, old, years)])]
        needs += [rows.assign(region=name) for rows in own_rows if len(rows)]
    write_run(root, folder, scenario, settings)
    for parts, table in ((gaps, GAP), (stands, VERDICT), (needs, NEED)):
        write_parquet(pd.concat(parts).assign(scenario=scenario), folder / f"{table.name}.parquet", table)


def standing_of(plan: Plan, latest: Plan, supplies: Supplies) -> pd.DataFrame:
    """How the targets of one plan stand, and, in the latest of its region, the norms where it sets none."""
    found = standings({figure.id: figure for figure in plan.figures}, supplies, plan.horizon.end)
    if plan is latest:
        found += by_norms(found, supplies)
    state = state_of(plan, latest, supplies.region.as_of)
    return standing_rows(found).assign(plan=plan.id, region=plan.region, plan_state=state)


if __name__ == "__main__":
    run(lambda root: gap(root, sys.argv[1]))
