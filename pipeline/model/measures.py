"""Every region with a plan measured: need, gaps and how its targets stand under every scenario; in the central one what
to do from now on."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.care.supply import Supplies
from pipeline.domain import Plan
from pipeline.errors import Fault, InputError, nearest, shown
from pipeline.inputs.store import load_table
from pipeline.model.plans import SharedInputs, load_old, load_other_provinces, load_shared, plans_in_order, state_of
from pipeline.model.result_files import PROJECTIONS_FOLDER
from pipeline.processes import spread_out
from pipeline.results.tables import TABLES
from pipeline.settings import Settings, load_settings
from pipeline.shortfall.additions import Ahead, UnitCost, unit_costs
from pipeline.shortfall.childcare import CHILDREN, EVERYBODY, childcare_rows
from pipeline.shortfall.gap import line_rows, parts_of_need, region_lines, required_by_need, required_of_region
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.shortfall.rows import local_counts, need_rows, need_years
from pipeline.shortfall.verdict import by_norms, standings
from pipeline.summary import INTERVAL
from pipeline.vocabulary import CENTRAL, NATION


def measure_scenarios(root: Path, settings: Mapping[str, Settings], workers: int) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables gap, need and verdict of every scenario, from the old by draw that `project_population` left.

    Raises Killed where a worker was ended.
    """
    return dict(zip(settings, spread_out(partial(_measure, root), settings.items(), workers), strict=True))


def _measure(root: Path, task: tuple[str, Settings]) -> dict[str, pd.DataFrame]:
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


def need_of_other_provinces(root: Path, shared: SharedInputs) -> pd.DataFrame:
    """Rows of the need table of every province without a plan, in the years of that table."""
    years, tables = need_years(shared.settings), []
    columns = [shared.years.index(year) for year in years]
    for name, old in load_other_provinces(root, plans_in_order(shared.catalogue)):
        rows = need_rows(shared.demand.some(slice(len(old)), years), old[:, columns], years)
        tables.append(rows.assign(region=name, scenario=CENTRAL))
    return pd.concat(tables)


def childcare(root: Path, shared: SharedInputs) -> pd.DataFrame:
    """Rows of the childcare table: of every plan that sets places."""
    people = pd.read_parquet(root / PROJECTIONS_FOLDER / CENTRAL / "population.parquet")
    people = people[(people["sex"] == "both") & people["age_group"].isin((CHILDREN, EVERYBODY))]
    wanted = [year for year in shared.years if year % 5 == 0]
    tables = []
    for plans in plans_in_order(shared.catalogue).values():
        own = people[people["region"] == plans[-1].region]
        quantiles = own.pivot_table(index=["age_group", "year"], columns="output_type_id", values="value")
        known = {key: (low, middle, high) for key, low, middle, high in quantiles[list(INTERVAL)].itertuples(name=None)}
        rows = childcare_rows(plans[-1].figures, known, wanted)
        if len(rows):
            tables.append(rows.assign(region=plans[-1].region))
    return pd.concat(tables) if tables else pd.DataFrame(columns=list(TABLES["childcare"].names))
