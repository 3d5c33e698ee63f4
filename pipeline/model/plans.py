"""Regions with a plan: what need and supply rest on, the old by draw, every region measured, what to do from now on."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, OLD_BANDS, OLD_GROUPS, SINGLE_AGES_100, Array, Indices
from pipeline.care import care_tables as tables
from pipeline.care.care_tables import CHOICES, choices_of
from pipeline.care.disability import MIDDLE
from pipeline.care.flow import Goal, National, logit_normal, national, staff_kept
from pipeline.care.need import BedUse, Choice, Demand, demand, nation
from pipeline.care.supply import Supplies, SupplyUncertainty
from pipeline.care.yardstick import OLD, RegionSupply, plan_rules
from pipeline.domain import Catalogue, Observation, Plan
from pipeline.errors import Fault, InputError, nearest, raise_if_any, shown
from pipeline.inputs.observations import observations
from pipeline.inputs.store import load_planned, load_table
from pipeline.model.areas import FIRST_OLD_GROUP, PROVINCES_FOLDER, load_nation
from pipeline.model.result_files import PROJECTIONS_FOLDER, SINGLE_AGE_FILE, ages_file, load_arrays, load_people
from pipeline.random import draws_of, normals, strata, stream
from pipeline.settings import PARAMS_FILE, Settings, SupplySettings, load_settings
from pipeline.shortfall.additions import Ahead, UnitCost, unit_costs
from pipeline.shortfall.gap import line_rows, parts_of_need, region_lines, required_by_need, required_of_region
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.shortfall.rows import local_counts, need_rows
from pipeline.shortfall.verdict import by_norms, standings
from pipeline.vocabulary import CENTRAL, FIRST_AGES, NATION, POPULATIONS

OLD_AGES = {name: FIRST_AGES[group] // 5 - 12 for name, group in POPULATIONS.items() if group in OLD_BANDS}
"""Indicator ids of the old, and the first of the five-year groups 60-64 … 100+ that they hold."""

FIRST_STOCK_YEAR = 2010
"""No stock is older: how far past trends may have to be carried."""


def load_old(root: Path, scenario: str, region: str, draws: int | None = None) -> Array:
    """The old of one region, (draw, year, sex, five-year group from 60), as `project_population` wrote them.

    Raises InputError where there are not as many `draws` as expected.
    """
    file = root / PROJECTIONS_FOLDER / scenario / "old" / f"{region}.npz"
    old = load_arrays(file)["old"].astype(float)
    if draws is not None and len(old) != draws:
        raise InputError([Fault(str(file), "", f"{len(old)} draws", f"{draws}, as in the regions before it")])
    return old


def load_other_provinces(root: Path, known: Collection[str]) -> Iterator[tuple[str, Array]]:
    """Each province that is not `known`, and its old as from `load_old`, in the draws that are kept of it."""
    for file in sorted((root / PROVINCES_FOLDER).glob("*.npz")):
        if file.stem not in known:
            yield file.stem, load_arrays(file)["people"][..., FIRST_OLD_GROUP:].astype(float)


def load_choice(root: Path, settings: Settings) -> Choice:
    """Published parameters of need as chosen. Raises InputError naming a choice that no table holds."""
    chosen = settings.need
    known = {key: parameters(load_table(root, name)) for key, (name, parameters) in CHOICES.items()}
    raise_if_any(
        Fault(PARAMS_FILE, f"need.{path[0]}", repr(name), f"one of {', '.join(sorted(known[str(path[0])]))}")
        for path, name in choices_of(chosen)
        if name not in known[str(path[0])]
    )
    people = {int(year): ages for (_, year), ages in load_people(root, NATION).items()}
    return Choice(
        {name: known["definitions"][name] for name in chosen.definitions},
        chosen.headline,
        nation(
            old_groups(np.stack(list(people.values()))),
            list(people),
            tables.intensities(load_table(root, "disability_transitions")),
            load_nation(root).standard_lx[0],
            chosen.disabled_at_60,
        ),
        known["severity"][chosen.severity],
        known["dementia"][chosen.dementia],
        known["trend"][chosen.trend],
        known["settings"][chosen.settings],
        chosen.settings,
        known["staffing"][chosen.staffing],
        chosen.staffing,
    )


def drawn_demand(choice: Choice, settings: Settings, draws: int, years: Sequence[int]) -> Demand:
    """Need with what is uncertain of it drawn: the same in every region and, for one key, in every scenario."""
    chosen, yearly = settings.need, settings.need.yearly_change

    def normal(*names: str) -> Array:
        return strata(stream(settings.seed, "need", *names), draws) if draws > 1 else MIDDLE

    def factor(name: str, growth: float) -> Array:
        drawn = draws_of(getattr(chosen, name), stream(settings.seed, "need", name), draws)
        return drawn[:, None] * (1.0 + growth) ** (np.asarray(years) - CENSUS_YEAR)

    def share(name: str) -> Array:
        return logit_normal(getattr(chosen, name), normal(name))

    return demand(
        choice,
        years,
        {item.family: normal("family", item.family) for item in choice.definitions.values()},
        normal("severity"),
        normal("dementia"),
        {
            name: draws_of(getattr(chosen.steepness, name), stream(settings.seed, "need", "steepness"), draws)
            for name in ("selfcare", "severity")
        },
        factor("institution_use", yearly.institution_use),
        factor("users_per_caregiver", yearly.users_per_caregiver),
        BedUse(share("target_occupancy"), share("dementia_in_institution"), share("mild_in_nursing_beds")),
    )


def old_groups(single_ages: Array) -> Array:
    """The nine groups from 60 on of people by single age 0–100+, the last axis."""
    starts = [60 + 5 * group for group in range(len(OLD_GROUPS))]
    return np.add.reduceat(single_ages, starts, axis=-1)


def supply_uncertainty(settings: SupplySettings, seed: int, draws: int, longest: int) -> SupplyUncertainty:
    """Drawn parameters of supply, for stocks carried forward by up to `longest` years."""

    def normal(name: str, *shape: int) -> Array:
        return normals(stream(seed, "supply", name), draws, *shape) if draws > 1 else np.zeros((1, *shape))

    leave, re_enter, retire = normal("staff", 3).T
    return SupplyUncertainty(
        staff_kept(
            logit_normal(settings.leave, leave),
            logit_normal(settings.re_enter, re_enter),
            logit_normal(settings.retire, retire),
        ),
        logit_normal(settings.closing, normal("closing")),
        logit_normal(settings.occupancy, normal("occupancy")),
        normal("drift"),
        normal("steps", longest),
    )


def plans_in_order(catalogue: Catalogue) -> dict[str, list[Plan]]:
    """The plans of each region, the latest last: it supersedes those before it."""
    plans = sorted(catalogue.plans.values(), key=lambda plan: (plan.region, plan.horizon.start))
    return {region: list(own) for region, own in groupby(plans, key=lambda plan: plan.region)}


def state_of(plan: Plan, latest: Plan, as_of: int) -> str:
    """Whether a plan is current, ended, or superseded by the `latest` of its region."""
    if plan is not latest:
        return "superseded"
    return "ended" if plan.horizon.end < as_of else "current"


class SharedInputs(NamedTuple):
    """What every region's work rests on alike under one scenario: need and supply as drawn, and what was observed.

    `past` people aged 60+ by region and census year; `draws` how many were drawn, of which those `picked` are used.
    """

    settings: Settings
    catalogue: Catalogue
    demand: Demand
    supply: SupplyUncertainty
    observed: Sequence[Observation]
    national: National
    past: pd.Series
    draws: int
    picked: slice | Indices = slice(None)

    @property
    def years(self) -> list[int]:
        return list(self.demand.years)

    @property
    def plans(self) -> dict[str, list[Plan]]:
        return plans_in_order(self.catalogue)

    def some(self, picked: Indices) -> "SharedInputs":
        return self._replace(demand=self.demand.some(picked), supply=self.supply.some(picked), picked=picked)

    def supplies(self, name: str, old: Array, plan: Plan | None = None) -> Supplies:
        """What there is in a region under the rules of a plan; `old` (draw, year, sex, five-year group from 60)."""
        by_age = old.sum(axis=2)
        ratio = hukou_ratio(self.settings, name, self.draws, self.years)
        region = RegionSupply(
            observations=[found for found in self.observed if found.region == name],
            populations={indicator: by_age[..., first:].sum(axis=2) for indicator, first in OLD_AGES.items()},
            past_60plus={int(year): float(people) for year, people in self.past[name].items()},
            hukou_ratio=None if ratio is None else ratio[self.picked],
            years=self.years,
            as_of=int(self.settings.as_of[:4]),
        )
        rules = [] if plan is None else plan_rules(plan, self.catalogue.indicators, self.years[0])
        return Supplies(region, self.supply, self.catalogue.indicators, self.national, rules)


def load_shared(root: Path, settings: Settings, draws: int) -> SharedInputs:
    """Read and draw what all regions share under the scenario of `settings`."""
    catalogue = load_planned(root)
    observed = load_observations(root, catalogue)
    files = [SINGLE_AGE_FILE, *map(ages_file, settings.cities)]
    single = pd.concat([pd.read_parquet(root / file) for file in files])
    old = single[single["age"].isin(SINGLE_AGES_100[60:])]
    return SharedInputs(
        settings,
        catalogue,
        drawn_demand(load_choice(root, settings), settings, draws, range(CENSUS_YEAR, settings.last_year + 1)),
        supply_uncertainty(settings.supply, settings.seed, draws, settings.last_year - FIRST_STOCK_YEAR),
        observed,
        load_national(root, catalogue, observed, settings),
        old.groupby(["region", "year"])["population"].sum(),
        draws,
    )


def load_observations(root: Path, catalogue: Catalogue) -> list[Observation]:
    """Every observation of supply: of plans, of regions' own files and of the shared table."""
    return observations(catalogue, load_table(root, "supply"))


def load_national(root: Path, catalogue: Catalogue, observed: Sequence[Observation], settings: Settings) -> National:
    """The nation's record: its trends, fastest rates, latest outcomes and goals."""
    figures = load_table(root, "care_figures")
    people = figures[(figures["region"] == NATION) & (figures["indicator"] == OLD) & (figures["basis"] == "resident")]
    goals = load_table(root, "national_goals")
    return national(
        [found for found in observed if found.region == NATION],
        {int(year): float(value) for year, value in zip(people["year"], people["value"], strict=True)},
        catalogue.indicators,
        [Goal(*row) for row in goals[["indicator", "year", "value", "source"]].itertuples(index=False, name=None)],
        settings.supply.trend_from,
    )


def hukou_ratio(settings: Settings, region: str, draws: int, years: Sequence[int]) -> Array | None:
    """Registered over resident people aged 60+ at the ends of `years`, (draw, year); None where none is published.

    Where an earlier value is published too, the ratio goes from it to the one it keeps.
    """
    interval = settings.care.hukou_per_resident_60plus.get(region)
    before = settings.care.hukou_before.get(region)
    if interval is None:
        return None
    drawn = draws_of(interval, stream(settings.seed, "hukou", region), draws)[:, None]
    if before is None:
        return drawn * np.ones(len(years))
    first = before.ratio / np.sqrt(interval.low * interval.high)
    return drawn * np.interp(years, [before.year, before.until], [first, 1.0])


def measure_scenario(root: Path, task: tuple[str, Settings]) -> dict[str, pd.DataFrame]:
    """The tables gap, need and verdict of one scenario, from the old by draw that `project_population` left."""
    scenario, settings = task
    nation = load_old(root, scenario, NATION)
    shared = load_shared(root, settings, len(nation))
    demand, years, figures = shared.demand, shared.years, load_table(root, "care_figures")
    gaps, stands = [], []
    needs = [need_rows(demand, nation, years).assign(region=NATION)]
    for name, plans in shared.plans.items():
        old = nation if name == NATION else load_old(root, scenario, name, len(nation))
        supplies = shared.supplies(name, old, plans[-1])
        lines = region_lines(supplies, required_by_need(demand, old, supplies), parts_of_need(demand, old))
        gaps.append(line_rows(lines, years).assign(region=name))
        for plan in plans:
            own = supplies if plan is plans[-1] else shared.supplies(name, old, plan)
            found = standings(plan, own)
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
    plans, settings, demand = shared.plans, shared.settings, shared.demand
    if name not in plans:
        expected = f"a region with a plan: {', '.join(plans)}{nearest(name, plans)}"
        raise InputError([Fault("data/plans", "", f"no plan of {shown(name)}", expected)])
    old = load_old(root, CENTRAL, name, shared.draws)
    supplies = shared.supplies(name, old, plans[name][-1])
    aimed, taken = demand.beds.target_occupancy, shared.supply.occupancy
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
    settings = next_plan_chosen(load_settings(root), year, certainty)
    plan = settings.next_plan
    ahead = region_ahead(root, load_shared(root, settings, len(load_old(root, CENTRAL, NATION))), region)
    return pd.DataFrame(next_plan_rows(ahead, plan.year, plan.mid_term, plan.certainty))


def next_plan_chosen(settings: Settings, year: int | None, certainty: float | None) -> Settings:
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
