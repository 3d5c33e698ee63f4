"""What to do from now on, region by region: everything that is read for it, and the tables that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.care.demand import Demand
from pipeline.care.published import National
from pipeline.care.supply import Outlook, Supplies
from pipeline.care.yardstick import plan_rules
from pipeline.documents.words import nearest, shown
from pipeline.domain import Catalogue, Observation
from pipeline.errors import Fault, InputError
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
    named,
    outlook,
    past_people,
    plans_in_order,
    supplied_region,
)
from pipeline.settings import PARAMS_FILE, Settings, load_settings
from pipeline.shortfall.ahead import Ahead, next_plan_rows
from pipeline.shortfall.by_need import asked_by_need
from pipeline.shortfall.cost import unit_costs
from pipeline.shortfall.gap import asked_of_region
from pipeline.vocabulary import CENTRAL, NATION


@dataclass(frozen=True, eq=False)
class Shared:
    """What every region's work rests on alike, in the draws of the central scenario."""

    root: Path
    settings: Settings
    catalogue: Catalogue
    demand: Demand
    supply: Outlook
    observed: Sequence[Observation]
    national: National
    past: pd.Series
    costs: pd.DataFrame
    prices: pd.DataFrame
    draws: int

    @property
    def years(self) -> list[int]:
        """The ends of years looked at."""
        return list(self.demand.years)

    def region(self, name: str) -> Ahead:
        """One region with a plan. Raises InputError naming what there is."""
        plans = plans_in_order(self.catalogue)
        if name not in plans:
            expected = f"a region with a plan: {', '.join(plans)}{nearest(name, plans)}"
            raise InputError([Fault("data/plans", "", f"no plan of {shown(name)}", expected)])
        settings = self.settings
        old = load_old(self.root / RESULTS_FOLDER / CENTRAL, name, self.draws)
        region = supplied_region(name, self.observed, old, self.past, self.years, settings, self.supply)
        rules = plan_rules(plans[name][-1], self.catalogue.indicators, self.years[0])
        supplies = Supplies(region, self.catalogue.indicators, self.national, rules)
        asked = [*asked_of_region(supplies, rules), *asked_by_need(self.demand, old, region, rules)]
        with named(PARAMS_FILE):
            prices = unit_costs(self.costs, self.prices, name, settings.next_plan.price_year)
        aimed, taken = self.demand.draws.beds.target_occupancy, self.supply.occupancy
        return Ahead(
            name,
            supplies,
            asked,
            self.demand,
            old,
            prices,
            np.maximum(np.asarray(aimed) - taken, 0.0),
            settings.seed,
        )


def load_shared(root: Path, settings: Settings) -> Shared:
    """Read and draw what all regions share. Raises InputError for years that do not fit each other."""
    catalogue = load_planned(root)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    as_of, chosen = int(settings.as_of[:4]), settings.next_plan
    if not as_of < chosen.mid_term < chosen.year <= settings.last_year:
        found = f"mid_term {chosen.mid_term}, year {chosen.year}"
        expected = f"as_of ({as_of}) before mid_term before year, at most last_year ({settings.last_year})"
        raise InputError([Fault(PARAMS_FILE, "next_plan", found, expected)])
    draws = len(load_old(root / RESULTS_FOLDER / CENTRAL, NATION))
    observed = load_observations(root, catalogue)
    choice = load_choice(root, settings)
    return Shared(
        root,
        settings,
        catalogue,
        drawn_demand(choice, settings, draws, years),
        outlook(settings.supply, settings.seed, draws, settings.last_year - FIRST_STOCK_YEAR),
        observed,
        load_national(root, catalogue, observed, settings),
        past_people(root, settings.cities),
        load_table(root, "unit_costs"),
        load_table(root, "consumer_prices"),
        draws,
    )


def plan_targets(root: Path, region: str, year: int | None = None, certainty: float | None = None) -> pd.DataFrame:
    """Rows of the next-plan table of one region, for another year or certainty than those of params.yaml.

    Raises InputError for an unknown region, and a year or certainty that cannot be.
    """
    settings = chosen(load_settings(root), year, certainty)
    plan = settings.next_plan
    rows = next_plan_rows(
        load_shared(root, settings).region(region), plan.year, plan.mid_term, plan.certainty, plan.price_year
    )
    return pd.DataFrame(rows)


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
