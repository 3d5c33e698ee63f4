"""The atlas: a task for each province, and what its places need.

A task carries all that it is worked on with and reads no file: whoever has this package can work on it. Places have
random streams of their own, named by code, so that neither the order of tasks nor who works on them changes a number.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.axes import CENSUS_YEAR, OLD_GROUPS, Array
from pipeline.care.need import Demand
from pipeline.care.supply import stocks
from pipeline.care.yardstick import OLD, RegionSupply
from pipeline.demography.area import AreaDraws, Nation, at_year_ends, project_area
from pipeline.domain import Catalogue, Indicator, Observation, Region
from pipeline.inputs.store import load_planned, load_regions
from pipeline.model.areas import load_area, load_nation
from pipeline.model.places import Places, Province, load_model
from pipeline.model.plans import drawn_demand, hukou_ratio, load_choice, load_national, load_observations, old_groups
from pipeline.models.counties import county_people
from pipeline.models.counties.model import MIDDLE, Model, together
from pipeline.random import normal, stream
from pipeline.results.tables import ADDED, DISABLED, MEASURES, NORMS, SHARE, STATUS_QUO
from pipeline.settings import Settings
from pipeline.settings.forecast import ProjectionSettings
from pipeline.shortfall.gap import stand_still
from pipeline.shortfall.rows import round_years
from pipeline.summary import INTERVAL
from pipeline.vocabulary import COUNTY_KINDS

RECENT_YEAR = 2022

_STARTS = {"60+": 0, "65+": OLD_GROUPS.index("65-69"), "80+": OLD_GROUPS.index("80-84")}


@dataclass(frozen=True, eq=False)
class Task:
    """A province to work on. `own` has the draws of middles that are drawn by themselves, by row of the branch.

    `years` are those of the projection, census first; care is worked out for those of `demand`, with `as_of` and
    `plan_year`, between which additions are counted. `norms` what each of `NORMS` asks for per person of 60 and over;
    `codes` of middles and counties; by code of a place its own `stocks` of beds and staff, and `hukou` (draw, year) as
    from `hukou_ratio` where it is known.
    """

    id: str
    area: AreaDraws
    own: Mapping[int, AreaDraws]
    nation: Nation
    scenario: ProjectionSettings
    province: Province
    codes: tuple[list[str], list[str]]
    model: Model
    expectation: county_people.CountyExpectation
    demand: Demand
    norms: Mapping[str, float]
    stocks: Mapping[str, Sequence[Observation]]
    hukou: Mapping[str, Array | None]
    indicators: Mapping[str, Indicator]
    as_of: int
    plan_year: int
    years: tuple[int, ...]
    seed: int


def atlas_years(settings: Settings) -> tuple[int, ...]:
    """Years for which the atlas tells of care: round ones, a recent one, today's and the next plan's last."""
    ends = (RECENT_YEAR, int(settings.as_of[:4]), settings.next_plan.year)
    return tuple(sorted({*round_years(settings.last_year), *ends}))


def atlas_tasks(root: Path, known: Places, settings: Settings) -> Iterator[Task]:
    """A task for every province, in the order of the codes, with at most `atlas.draws` of its draws."""
    catalogue = replace(load_planned(root), regions=load_regions(root))
    regions, observed = catalogue.regions, load_observations(root, catalogue)
    cities = {regions[name].gb_code: regions[name] for name in settings.cities}
    kept = slice(min(settings.atlas.draws, settings.draws))
    mean, sd = normal(settings.forecast.persistence)
    persistence = mean + sd * stream(settings.seed, "atlas", "persistence").standard_normal(settings.draws)[kept]
    years = tuple(range(CENSUS_YEAR, settings.last_year + 1))
    demand = drawn_demand(load_choice(root, settings), settings, settings.draws, years)
    published, model = observed_by_code(catalogue, observed), load_model(root)
    alike: dict[str, Any] = {
        "nation": load_nation(root),
        "scenario": settings.projection,
        "model": model,
        "demand": demand.some(kept, atlas_years(settings)),
        "norms": norms_of(root, catalogue, observed, settings),
        "indicators": catalogue.indicators,
        "as_of": int(settings.as_of[:4]),
        "plan_year": settings.next_plan.year,
        "years": years,
        "seed": settings.seed,
    }

    def drawn(region: Region) -> AreaDraws:
        """The first draws of an area, in memory of their own: the others need not be held."""
        return deepcopy(load_area(root, region, counts=settings.counts.use).select(kept))

    def registered(region: Region) -> Array | None:
        ratio = hukou_ratio(settings, region.id, settings.draws, years)
        return None if ratio is None else ratio[kept]

    for name, province in known.provinces.items():
        whole = regions[name]
        middles = known.second.middles["code"].iloc[province.middle_rows].tolist()
        own = {code: cities[code] for code in middles if code in cities}
        yield Task(
            id=whole.gb_code,
            area=drawn(whole),
            own={middles.index(code): drawn(city) for code, city in own.items()},
            province=province,
            codes=(middles, known.second.counties["code"].iloc[province.county_rows].tolist()),
            expectation=county_expectation(province, model, persistence),
            stocks={code: published[code] for code in (whole.gb_code, *middles) if code in published},
            hukou={code: registered(region) for code, region in {whole.gb_code: whole, **own}.items()},
            **alike,
        )


def norms_of(root: Path, catalogue: Catalogue, observed: Sequence[Observation], settings: Settings) -> dict[str, float]:
    """What each of `NORMS` asks for per person of 60 and over: the nation's latest outcome, or its goal."""
    found = load_national(root, catalogue, observed, settings).norms
    return {name: found[quantity].value for name, quantity in NORMS.items()}


def observed_by_code(catalogue: Catalogue, observed: Iterable[Observation]) -> dict[str, list[Observation]]:
    """Observations of beds and staff by the code of the place that they are of, province or prefecture."""
    found: dict[str, list[Observation]] = {}
    for item in observed:
        if item.region in catalogue.regions:
            code = item.part or catalogue.regions[item.region].gb_code
            found.setdefault(code, []).append(item.model_copy(update={"part": None}))
    return found


def county_expectation(province: Province, model: Model, persistence: Array) -> county_people.CountyExpectation:
    """What is expected of the parts of a province, and what of the last decade comes back (see `CountyExpectation`)."""
    branch, case = province.branch, province.case
    middle, own = model.mean(branch)
    was_middle, was_own = model.mean(case.before)
    middles, counties = case.changes()
    off_middle, off = middles - was_middle, counties - was_own
    beside = off - together(np.nan_to_num(off), case.before)[case.before.middle]
    last_middle, last_own = np.zeros_like(middle), np.zeros_like(own)
    sizes = case.before.middles.sum(axis=(1, 2))
    last_middle[province.whole_middles] = county_people.believed(off_middle, model.errors[MIDDLE], sizes)[case.whole]
    for kind in COUNTY_KINDS:
        rows = case.before.kinds == kind
        found = county_people.believed(beside[rows], model.errors[kind], case.before.sizes[rows])
        last_own[province.case_counties[rows]] = found
    return county_people.CountyExpectation(middle, own - middle[branch.middle], last_middle, last_own, persistence)


def places(task: Task) -> dict[str, Array]:
    """Quantiles by code, as from `summary`: of the province itself, then of its middles and counties.

    On one thread: every core has a task of its own, and with more threads sums run in another order.
    """
    single_ages = partial(project_area, nation=task.nation, scenario=task.scenario, threads=1)
    with threadpool_limits(1):
        whole = single_ages(task.area)
        own = {row: county_people.in_cells(single_ages(area)) for row, area in task.own.items()}
        ends = at_year_ends(whole)
        found = {task.id: summary(task, task.id, county_people.PlacePeople(old_groups(ends), ends.sum(axis=-1)))}
        whole_cells = county_people.in_cells(whole)
        del whole, ends  # 50 MB for 1,000 draws, which places do not need
        middles, counties = task.codes
        for row, people, inside in county_people.divided(
            whole_cells,
            own,
            task.province.branch,
            task.model,
            task.expectation,
            partial(stream, task.seed, "atlas"),
            task.codes,
            task.scenario.migration.taper_years,
        ):
            if middles[row]:
                found[middles[row]] = summary(task, middles[row], people)
            found |= {counties[at]: summary(task, counties[at], part) for at, part in inside}
    return found


def summary(task: Task, code: str, part: county_people.PlacePeople) -> Array:
    """(measure, year, quantile) of the place with a code; NaN where a measure is not worked out."""
    by_age = part.old.sum(axis=2)
    people: dict[str, Array] = {name: by_age[..., first:].sum(axis=-1) for name, first in _STARTS.items()}
    people["total"] = part.total.sum(axis=-1)
    people[SHARE] = people["60+"] / np.maximum(people["total"], 1e-9)
    years = task.demand.years
    at = [task.years.index(year) for year in years]
    need = task.demand.need(task.demand.choice.headline, part.old[:, at])
    measures = {name: need.by_severity[..., place] for place, name in enumerate(DISABLED)}
    measures |= {"dementia": need.dementia, "need_beds": need.all_beds, "need_caregivers": need.facility_carers}
    measures |= {name: rate * people["60+"][:, at] for name, rate in task.norms.items()}
    measures |= {name: amount[:, at] for name, amount in status_quo(task, code, people["60+"]).items()}
    start, end = years.index(task.as_of), years.index(task.plan_year)
    added = {name: measures[of][:, [end]] - measures[of][:, [start]] for name, of in ADDED.items() if of in measures}

    values = np.full((len(MEASURES), len(task.years), len(INTERVAL)), np.nan)
    for columns, found in ((slice(None), people), (at, measures), ([at[end]], added)):
        for name, drawn in found.items():
            values[MEASURES.index(name), columns] = quantiles(drawn)
    return values


def status_quo(task: Task, code: str, older: Array) -> dict[str, Array]:
    """Today's own provision held, (draw, year) by measure, from people of 60 and over; none where no stock is known."""
    if code not in task.stocks:
        return {}
    region = RegionSupply(task.stocks[code], {OLD: older}, {}, task.hukou.get(code), task.years, task.as_of)
    known = {name: stocks(quantity, region, task.indicators) for name, quantity in STATUS_QUO.items()}
    held = {name: stand_still(found[-1], STATUS_QUO[name], region) for name, found in known.items() if found}
    return {name: amount for name, amount in held.items() if amount is not None}


def quantiles(drawn: Array) -> Array:
    """`INTERVAL` over the draws: (draw, year) → (year, quantile)."""
    return np.quantile(np.ascontiguousarray(drawn.T), INTERVAL, axis=1).T
