"""The stratified sample of draws that the explorer works with: every region, under every scenario it has draws of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.care.demand import Demand
from pipeline.care.flow import StaffRates
from pipeline.care.published import National
from pipeline.care.supply import Outlook, Supplies
from pipeline.care.yardstick import OLD, QUANTITIES, SHARES, plan_rules
from pipeline.domain import Catalogue, Observation
from pipeline.inputs.known import load_planned
from pipeline.inputs.store import load_table
from pipeline.model.areas import KEPT_DRAWS, PROVINCES_FOLDER
from pipeline.model.files import RESULTS_FOLDER
from pipeline.model.plans import (
    FIRST_STOCK_YEAR,
    OLD_AGES,
    drawn_demand,
    hukou_ratio,
    load_choice,
    load_national,
    load_observations,
    load_old,
    outlook,
    past_people,
    plans_in_order,
    supplied_region,
)
from pipeline.model.population import FIRST_OLD_GROUP
from pipeline.random import stream
from pipeline.settings import Settings
from pipeline.shortfall.cost import unit_costs
from pipeline.shortfall.gap import by_plan, status_quo
from pipeline.summary import SHOWN_QUANTILES
from pipeline.vocabulary import CENTRAL, NATION, SETTINGS_OF_CARE, SEVERITIES

ALL = "all"
DRAWS = 200
"""Draws of the sample: a chance is told to half a percent, and the explorer stays below three megabytes."""

TRIED = 500
"""Samples that the best is chosen from."""

UNITS = tuple(
    name
    for resource in ("beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers")
    for name in QUANTITIES[resource]
)
"""Quantities of the explorer: beds and persons, no shares."""

type Lines = Iterator[tuple[str, str, Array]]


@dataclass(frozen=True, eq=False)
class Picked:
    """What all regions share under one scenario, in the draws that were `picked`; `years` are those of the sample."""

    settings: Settings
    catalogue: Catalogue
    demand: Demand
    supply: Outlook
    observed: Sequence[Observation]
    national: National
    past: pd.Series
    picked: NDArray[np.intp]
    draws: int
    years: Sequence[int]


def sampled(root: Path, settings: Mapping[str, Settings]) -> pd.DataFrame:
    """Rows of the table `sample`: regions with a plan and the nation by scenario, all provinces in the central one."""
    catalogue, central = load_planned(root), settings[CENTRAL]
    observed, past = load_observations(root, catalogue), past_people(root, central.cities)
    costs, prices = load_table(root, "unit_costs"), load_table(root, "consumer_prices")
    picked: NDArray[np.intp] | None = None
    tables = []
    for scenario, chosen in {CENTRAL: central, **settings}.items():
        folder = root / RESULTS_FOLDER / scenario
        nation = load_old(folder, NATION)
        every = list(range(CENSUS_YEAR, chosen.last_year + 1))
        whole = drawn_demand(load_choice(root, chosen), chosen, len(nation), every)
        if picked is None:
            picked = strata_of(whole, nation, chosen)
        shared = Picked(
            chosen,
            catalogue,
            whole.some(picked),
            cut(outlook(chosen.supply, chosen.seed, len(nation), chosen.last_year - FIRST_STOCK_YEAR), picked),
            observed,
            load_national(root, catalogue, observed, chosen),
            past,
            picked,
            len(nation),
            sample_years(chosen),
        )
        tables.append(rows(shared_lines(shared), shared).assign(scenario=scenario, region=ALL))
        for name in dict.fromkeys((NATION, *plans_in_order(catalogue))):
            old = load_old(folder, name, len(nation))[picked]
            tables.append(rows(region_lines(name, old, shared), shared).assign(scenario=scenario, region=name))
        if scenario != CENTRAL:
            continue
        for region in (ALL, *plans_in_order(catalogue)):
            found = unit_costs(costs, prices, NATION if region == ALL else region, chosen.next_plan.price_year)
            costed = (
                ("price", kind, price.draws(stream(chosen.seed, "cost", NATION, kind), len(nation))[picked][:, None])
                for kind, price in found.items()
                if region == ALL or price.own
            )
            if region == ALL or any(price.own for price in found.values()):
                tables.append(rows(costed, shared).assign(scenario=CENTRAL, region=region))
        known = {NATION, *plans_in_order(catalogue)}
        for file in sorted((root / PROVINCES_FOLDER).glob("*.npz")):
            if file.stem not in known:
                with np.load(file) as arrays:
                    old = np.asarray(arrays["people"][picked][..., FIRST_OLD_GROUP:], dtype=float)
                lines = region_lines(file.stem, old, shared)
                tables.append(rows(lines, shared).assign(scenario=CENTRAL, region=file.stem))
    return pd.concat(tables, ignore_index=True)


def sample_years(settings: Settings) -> list[int]:
    """The first year, the one at whose end additions begin, the next plan's mid-term and year, and the last."""
    plan = settings.next_plan
    return sorted({CENSUS_YEAR, int(settings.as_of[:4]), plan.mid_term, plan.year, settings.last_year})


def strata_of(demand: Demand, nation: Array, settings: Settings) -> NDArray[np.intp]:
    """The draws of the sample in their order: one of each stratum of the nation's need for beds.

    Of many such samples the one is taken whose quantiles of people, beds and caregivers come nearest to those of all
    draws. Only draws that are kept of every province are chosen from.
    """
    kept, year = min(len(nation), KEPT_DRAWS), [settings.next_plan.year]
    old = nation[:, [demand.years.index(when) for when in year]]
    whole = demand.some(slice(None), year).need(demand.choice.headline, old)
    told = [old.sum(axis=(1, 2, 3)), *whole.by_severity[:, 0].T, *whole.beds[:, 0].T, whole.facility_carers[:, 0]]
    measured = np.stack([*told, np.broadcast_to(1.0 / demand.draws.beds.target_occupancy, len(nation))])
    count = min(kept, DRAWS)
    strata = np.array_split(np.argsort(whole.all_beds[:kept, 0], kind="stable"), count)
    generator = stream(settings.seed, "sample")
    tried = np.stack([generator.choice(stratum, TRIED) for stratum in strata], axis=1)
    levels = SHOWN_QUANTILES
    aimed = np.quantile(measured, levels, axis=1)
    found = np.quantile(measured[:, tried], levels, axis=2)
    off = np.abs(found / aimed[..., None] - 1.0).max(axis=(0, 1))
    return np.sort(tried[int(np.argmin(off))])


def cut(supply: Outlook, picked: NDArray[np.intp]) -> Outlook:
    """What is uncertain of supply in some draws."""

    def some(values: Array) -> Array:
        return values if len(values) == 1 else values[picked]

    staff = supply.staff
    return Outlook(
        StaffRates(some(staff.leave), some(staff.re_enter), some(staff.retire)),
        some(supply.closing),
        some(supply.occupancy),
        None if supply.drift_normal is None else some(supply.drift_normal),
        None if supply.step_normals is None else some(supply.step_normals),
    )


def shared_lines(shared: Picked) -> Lines:
    """What is the same in every region: how users become beds and staff, and the nation's measures."""
    drawn, choice = shared.demand.draws, shared.demand.choice
    for name in ("target_occupancy", "dementia_in_institution", "mild_in_nursing"):
        yield "bed_use", name, np.atleast_1d(getattr(drawn.beds, name))[:, None]
    for name in ("institution_factor", "users_factor"):
        yield "factor", name, getattr(drawn, name)
    for severity in choice.use.shares:
        for setting in SETTINGS_OF_CARE:
            yield "share", f"{setting}.{severity}", np.array([[choice.use.shares[severity][setting]]])
    for setting in SETTINGS_OF_CARE:
        for severity in SEVERITIES:
            ratio = choice.staffing.users_per_carer[setting][severity]
            yield "users_per_carer", f"{setting}.{severity}", np.array([[ratio]])
    for quantity in UNITS:
        if quantity in shared.national.norms and quantity not in SHARES:
            yield "norm", quantity, np.array([[shared.national.norms[quantity].value]])


def region_lines(name: str, old: Array, shared: Picked) -> Lines:
    """People in need of a region from its `old` (draw, year, sex, group), its stocks, and what is asked of it."""
    settings, demand = shared.settings, shared.demand
    years = list(demand.years)
    by_age = old.sum(axis=2)
    for indicator in (OLD, "population_80plus"):
        yield "people", indicator, by_age[..., OLD_AGES[indicator] :].sum(axis=2)
    severities = demand.severities(demand.choice.headline, old)
    for place, severity in enumerate(SEVERITIES):
        yield "people", severity, severities[..., place]
    yield "people", "dementia", demand.cases(old)
    region = supplied_region(name, shared.observed, old, shared.past, years, settings, shared.supply)
    ratio = hukou_ratio(settings, name, shared.draws, years)
    region = replace(region, hukou_ratio=None if ratio is None else ratio[shared.picked])
    plans = plans_in_order(shared.catalogue).get(name, ())
    rules = plan_rules(plans[-1], shared.catalogue.indicators, years[0]) if plans else []
    supplies = Supplies(region, shared.catalogue.indicators, shared.national, rules)
    for quantity in UNITS:
        supply = supplies[quantity]
        if supply is not None:
            yield "existing", quantity, supply.existing().values
            yield "grade", quantity, np.array([["ABC".index(supply.grade(year)) + 1.0 for year in years]])
            yield "kept", quantity, np.atleast_1d(supply.kept)[:, None]
            if supply.record is not None:
                yield "record", quantity, np.atleast_1d(supply.record.yearly)[:, None]
        for yardstick, asked in (
            ("plan", by_plan(quantity, rules, region)),
            ("status_quo", status_quo(quantity, supplies)),
        ):
            if asked is not None and np.isfinite(asked.amount.values).any():
                yield yardstick, quantity, asked.amount.values


def rows(lines: Lines, shared: Picked) -> pd.DataFrame:
    """Lines (draw or 1, year or 1) over the years of need as rows; what is not known has none."""
    parts = []
    columns = [list(shared.demand.years).index(year) for year in shared.years]
    for series, item, line in lines:
        values = line if line.shape[1] == 1 else line[:, columns]
        if len(values) > 1 and np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True):
            values = values[:1]
        draws, years = shared.picked[: len(values)], shared.years[: values.shape[1]]
        index = pd.MultiIndex.from_product([[series], [item], draws, years], names=["series", "item", "draw", "year"])
        parts.append(pd.DataFrame({"value": values.ravel()}, index=index).reset_index().dropna())
    return pd.concat(parts)
