"""Every region with a plan measured under every scenario: need, gaps, and how its targets stand."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from pipeline.care.supply import Supplies
from pipeline.domain import Plan
from pipeline.inputs.store import load_table
from pipeline.model.plans import load_old, load_shared, plans_in_order, state_of
from pipeline.processes import spread_out
from pipeline.settings import Settings
from pipeline.shortfall.gap import line_rows, parts_of_need, region_lines, required_by_need
from pipeline.shortfall.rows import local_counts, need_rows
from pipeline.shortfall.verdict import by_norms, standings
from pipeline.vocabulary import NATION

type Tables = dict[str, pd.DataFrame]


def measure_scenarios(root: Path, settings: Mapping[str, Settings], workers: int) -> dict[str, Tables]:
    """The tables gap, need and verdict of every scenario, from the old by draw that `project_population` left.

    Raises Killed where a worker was ended.
    """
    return dict(zip(settings, spread_out(partial(_measure, root), settings.items(), workers), strict=True))


def _measure(root: Path, task: tuple[str, Settings]) -> Tables:
    """All regions under one scenario."""
    scenario, settings = task
    nation = load_old(root, scenario, NATION)
    shared = load_shared(root, settings, len(nation))
    demand, years = shared.demand, shared.years
    figures = load_table(root, "care_figures")
    gaps: list[pd.DataFrame] = []
    stands: list[pd.DataFrame] = []
    needs = [need_rows(demand, nation, years).assign(region=NATION)]
    for name, plans in plans_in_order(shared.catalogue).items():
        old = nation if name == NATION else load_old(root, scenario, name, len(nation))
        supplies = shared.supplies(name, old, plans[-1])
        lines = region_lines(supplies, required_by_need(demand, old, supplies), parts_of_need(demand, old))
        gaps.append(line_rows(lines, years).assign(region=name))
        for plan in plans:
            own = supplies if plan is plans[-1] else shared.supplies(name, old, plan)
            stands.append(standing_of(plan, plans[-1], own).assign(as_of=settings.as_of))
        own_rows = [local_counts(figures, name), *([] if name == NATION else [need_rows(demand, old, years)])]
        needs += [rows.assign(region=name) for rows in own_rows if len(rows)]
    parts = {"gap": gaps, "need": needs, "verdict": stands}
    return {table: pd.concat(frames).assign(scenario=scenario) for table, frames in parts.items()}


def standing_of(plan: Plan, latest: Plan, supplies: Supplies) -> pd.DataFrame:
    """How the targets of one plan stand, and, in the latest of its region, the norms where it sets none."""
    found = standings({figure.id: figure for figure in plan.figures}, supplies, plan.horizon.end)
    if plan is latest:
        found += by_norms(found, supplies)
    state = state_of(plan, latest, supplies.region.as_of)
    return pd.DataFrame(found).assign(plan=plan.id, region=plan.region, plan_state=state)
