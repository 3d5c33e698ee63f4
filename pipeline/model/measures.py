"""Every region with a plan measured: need, gaps, how its targets stand, and what to do from now on."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.errors import Fault, InputError, nearest, shown
from pipeline.inputs.store import load_table
from pipeline.model.plans import SharedInputs, load_old, load_shared, plans_in_order, state_of
from pipeline.settings import Settings, load_settings
from pipeline.shortfall.additions import Ahead, UnitCost, unit_costs
from pipeline.shortfall.gap import line_rows, parts_of_need, region_lines, required_by_need, required_of_region
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.shortfall.rows import local_counts, need_rows
from pipeline.shortfall.verdict import by_norms, standings
from pipeline.vocabulary import CENTRAL, NATION


def measure_scenario(root: Path, task: tuple[str, Settings]) -> dict[str, pd.DataFrame]:
    """The tables gap, need and verdict of one scenario, from the old by draw that `project_population` left."""
    scenario, settings = task
    nation = load_old(root, scenario, NATION)
    shared = load_shared(root, settings, len(nation))
    demand, years, figures = shared.demand, shared.years, load_table(root, "care_figures")
    gaps, stands = [], []
    needs = [need_rows(demand, nation, years).assign(region=NATION)]
    for name, plans in plans_in_order(shared.catalogue).items():
        old = nation if name == NATION else load_old(root, scenario, name, len(nation))
        supplies = shared.supplies(name, old, plans[-1])
        lines = region_lines(supplies, required_by_need(demand, old, supplies), parts_of_need(demand, old))
        gaps.append(line_rows(lines, years).assign(region=name))
        for plan in plans:
            own = supplies if plan is plans[-1] else shared.supplies(name, old, plan)
            found = standings({figure.id: figure for figure in plan.figures}, own, plan.horizon.end)
            if plan is plans[-1]:
                # The norms, where the plan sets no target of its own.
                found += by_norms(found, own)
            state = state_of(plan, plans[-1], own.region.as_of)
            stands.append(pd.DataFrame(found).assign(plan=plan.id, region=name, plan_state=state))
        own_rows = [local_counts(figures, name), *([] if name == NATION else [need_rows(demand, old, years)])]
        needs += [rows.assign(region=name) for rows in own_rows if len(rows)]
    verdict = pd.concat(stands).assign(as_of=settings.as_of)
    tables = {"gap": pd.concat(gaps), "need": pd.concat(needs), "verdict": verdict}
    return {table: rows.assign(scenario=scenario) for table, rows in tables.items()}


def region_ahead(root: Path, shared: SharedInputs, name: str) -> Ahead:
    """One region with a plan in the central scenario. Raises InputError naming what there is."""
    plans, settings, demand = plans_in_order(shared.catalogue), shared.settings, shared.demand
    if name not in plans:
        expected = f"a region with a plan: {', '.join(plans)}{nearest(name, plans)}"
        raise InputError([Fault("data/plans", "", f"no plan of {shown(name)}", expected)])
    old = load_old(root, CENTRAL, name, shared.draws)
    supplies = shared.supplies(name, old, plans[name][-1])
    aimed, taken = demand.draws.beds.target_occupancy, shared.supply.occupancy
    return Ahead(
        name,
        supplies,
        [*required_of_region(supplies), *required_by_need(demand, old, supplies)],
        demand,
        old,
        load_prices(root, name, settings.next_plan.price_year),
        settings.next_plan.price_year,
        np.maximum(np.asarray(aimed) - taken, 0.0),
        settings.seed,
    )


def load_prices(root: Path, region: str, price_year: int) -> dict[str, UnitCost]:
    """What one unit costs in a region, by kind, in the prices of one year."""
    return unit_costs(load_table(root, "unit_costs"), load_table(root, "consumer_prices"), region, price_year)


def plan_targets(root: Path, region: str, year: int | None = None, certainty: float | None = None) -> pd.DataFrame:
    """Rows of the next-plan table of one region, for another year or certainty than those of params.yaml.

    Raises InputError for an unknown region, and a year or certainty that cannot be.
    """
    settings = chosen(load_settings(root), year, certainty)
    plan = settings.next_plan
    ahead = region_ahead(root, load_shared(root, settings, len(load_old(root, CENTRAL, NATION))), region)
    return pd.DataFrame(next_plan_rows(ahead, plan.year, plan.mid_term, plan.certainty))


def chosen(settings: Settings, year: int | None, certainty: float | None) -> Settings:
    """The settings with another last year of the next plan, or one certainty beside those chosen."""
    plan, as_of = settings.next_plan, int(settings.as_of[:4])
    changes: dict[str, object] = {}
    if year is not None and year != plan.year:
        if not as_of + 2 <= year <= settings.last_year:
            expected = f"a year from {as_of + 2} to {settings.last_year}"
            raise InputError([Fault("--year", "", str(year), expected)])
        changes |= {"year": year, "mid_term": min(plan.mid_term, year - 1)}
    if certainty is not None:
        if not 0 < certainty < 1:
            raise InputError([Fault("--certainty", "", f"{certainty:g}", "a value above 0 and below 1")])
        changes["certainty"] = sorted({*plan.certainty, certainty})
    return settings.model_copy(update={"next_plan": plan.model_copy(update=changes)})
