"""Stage `sample_draws`: the stratified sample of draws that the explorer works with: every region, under every scenario
it has draws of."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, Array, Indices
from pipeline.care.disability import people_affected
from pipeline.care.need import Demand
from pipeline.care.yardstick import OLD
from pipeline.model.areas import KEPT_DRAWS
from pipeline.model.plans import OLD_AGES, SharedInputs, load_old, load_other_provinces, load_prices, load_shared
from pipeline.model.result_files import SAMPLE_FILE
from pipeline.random import draws_of, stream
from pipeline.results.view import EXPLORED
from pipeline.settings import Settings, all_settings
from pipeline.shortfall.choices import ALL
from pipeline.shortfall.gap import by_plan, status_quo
from pipeline.stages.common import hand_on, run
from pipeline.summary import INTERVAL
from pipeline.vocabulary import CENTRAL, NATION, SETTINGS_OF_CARE, SEVERITIES

DRAWS = 200
"""Draws of the sample: a chance is told to half a percent, and the explorer stays below three megabytes."""

TRIED = 500
"""Samples that the best is chosen from."""

KEPT_DIGITS = 4
"""Significant digits that are kept."""

type Lines = Iterator[tuple[str, str, Array]]
"""Series, item and values (draw or 1, year or 1)."""


def sample_draws(root: Path) -> None:
    """Regions with a plan and the nation by scenario, all provinces in the central one."""
    settings = all_settings(root)
    picked: Indices | None = None
    tables = []
    for scenario, chosen in {CENTRAL: settings[CENTRAL], **settings}.items():
        nation = load_old(root, scenario, NATION)
        whole = load_shared(root, chosen, len(nation))
        if picked is None:
            picked = strata_of(whole.demand, nation, chosen)
        shared = whole.some(picked)
        plans = shared.plans
        lines = {ALL: shared_lines(shared)}
        for name in dict.fromkeys((NATION, *plans)):
            old = load_old(root, scenario, name, len(nation))[picked]
            lines[name] = region_lines(name, old, shared)
        if scenario == CENTRAL:
            for region in (ALL, *plans):
                lines[region] = chain(lines[region], price_lines(root, region, whole, picked))
            for name, old in load_other_provinces(root, lines):
                lines[name] = region_lines(name, old[picked], shared)
        tables += [rows(own, shared, picked).assign(scenario=scenario, region=region) for region, own in lines.items()]
    hand_on(root, pd.concat(tables, ignore_index=True), SAMPLE_FILE, "sample", KEPT_DIGITS)


def strata_of(demand: Demand, nation: Array, settings: Settings) -> Indices:
    """The draws of the sample in their order: one of each stratum of the nation's need for beds.

    Of many such samples the one is taken whose quantiles of people, beds and caregivers come nearest to those of all
    draws. Only draws that are kept of every province are chosen from.
    """
    kept, year = min(len(nation), KEPT_DRAWS), [settings.next_plan.year]
    old = nation[:, [demand.years.index(when) for when in year]]
    whole = demand.some(slice(None), year).need(demand.choice.headline, old)
    quantities = [old.sum(axis=(1, 2, 3)), *whole.by_severity[:, 0].T, *whole.beds[:, 0].T, whole.facility_carers[:, 0]]
    measured = np.stack([*quantities, np.broadcast_to(1.0 / demand.beds.target_occupancy, len(nation))])
    count = min(kept, DRAWS)
    strata = np.array_split(np.argsort(whole.all_beds[:kept, 0], kind="stable"), count)
    generator = stream(settings.seed, "sample")
    tried = np.stack([generator.choice(stratum, TRIED) for stratum in strata], axis=1)
    aimed = np.quantile(measured, INTERVAL, axis=1)
    off = np.abs(np.quantile(measured[:, tried], INTERVAL, axis=2) / aimed[..., None] - 1.0).max(axis=(0, 1))
    return np.sort(tried[int(np.argmin(off))])


def price_lines(root: Path, region: str, whole: SharedInputs, picked: Indices) -> Lines:
    """What one unit costs by kind: of the nation for all regions, and of a region where prices of its own are known."""
    seed, plan = whole.settings.seed, whole.settings.next_plan
    for kind, price in load_prices(root, NATION if region == ALL else region, plan.price_year).items():
        if region == ALL or price.own:
            drawn = draws_of(price, stream(seed, "cost", NATION, kind), whole.draws)
            yield "price", kind, drawn[picked][:, None]


def shared_lines(shared: SharedInputs) -> Lines:
    """What is the same in every region: how users become beds and staff, and the nation's measures."""
    drawn, choice = shared.demand, shared.demand.choice
    for name in ("target_occupancy", "dementia_in_institution", "mild_in_nursing"):
        yield "bed_use", name, getattr(drawn.beds, name)[:, None]
    for name in ("institution_factor", "users_factor"):
        yield "factor", name, getattr(drawn, name)
    for severity, shares in zip(("all",) if choice.use.shape[1] == 1 else SEVERITIES, choice.use.T, strict=True):
        for setting, share in zip(SETTINGS_OF_CARE, shares, strict=True):
            yield "share", f"{setting}.{severity}", np.array([[share]])
    for setting, ratios in zip(SETTINGS_OF_CARE, choice.staffing, strict=True):
        for severity, ratio in zip(SEVERITIES, ratios, strict=True):
            yield "users_per_carer", f"{setting}.{severity}", np.array([[ratio]])
    for quantity in EXPLORED:
        if quantity in shared.national.norms:
            yield "norm", quantity, np.array([[shared.national.norms[quantity].value]])


def region_lines(name: str, old: Array, shared: SharedInputs) -> Lines:
    """People in need of a region from its `old` (draw, year, sex, group), its stocks, and what is asked of it."""
    demand, years = shared.demand, shared.years
    by_age = old.sum(axis=2)
    for indicator in (OLD, "population_80plus"):
        yield "people", indicator, by_age[..., OLD_AGES[indicator] :].sum(axis=2)
    severities = demand.severities(demand.choice.headline, old)
    for place, severity in enumerate(SEVERITIES):
        yield "people", severity, severities[..., place]
    yield "people", "dementia", people_affected(old, demand.dementia)
    plans = shared.plans.get(name, [None])
    supplies = shared.supplies(name, old, plans[-1])
    for quantity in EXPLORED:
        supply = supplies[quantity]
        if supply is not None:
            yield "existing", quantity, supply.existing()
            yield "grade", quantity, np.array([["ABC".index(supply.grade(year)) + 1.0 for year in years]])
            yield "kept", quantity, np.atleast_1d(supply.kept)[:, None]
            if supply.record is not None:
                yield "record", quantity, np.atleast_1d(supply.record)[:, None]
        required = {"plan": by_plan(quantity, supplies), "status_quo": status_quo(quantity, supplies)}
        for yardstick, requirement in required.items():
            if requirement is not None and np.isfinite(requirement.amount).any():
                yield yardstick, quantity, requirement.amount


def rows(lines: Lines, shared: SharedInputs, picked: Indices) -> pd.DataFrame:
    """Lines (draw or 1, year or 1) over the years of need as rows, `picked` the draws; what is not known has none."""
    parts, settings, plan = [], shared.settings, shared.settings.next_plan
    # The first year, the one at whose end additions begin, the next plan's mid-term and year, and the last.
    kept = sorted({CENSUS_YEAR, int(settings.as_of[:4]), plan.mid_term, plan.year, settings.last_year})
    columns = [shared.years.index(year) for year in kept]
    for series, item, line in lines:
        values = line if line.shape[1] == 1 else line[:, columns]
        if len(values) > 1 and np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True):
            values = values[:1]
        draws, years = picked[: len(values)], kept[: values.shape[1]]
        index = pd.MultiIndex.from_product([[series], [item], draws, years], names=["series", "item", "draw", "year"])
        parts.append(pd.DataFrame({"value": values.ravel()}, index=index).reset_index().dropna())
    return pd.concat(parts)


if __name__ == "__main__":
    run(sample_draws)
