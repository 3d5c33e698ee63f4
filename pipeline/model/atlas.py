"""One province of the atlas as a task: all that its places need in, their summaries out. It reads no file.

A task can be worked on anywhere this package is installed: it carries the draws of the province and of the cities
drawn by themselves, the model of places, and what need is worked out with. Its places have random streams of their
own, named by code, so that neither the order of tasks nor who works on them changes a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.axes import OLD_GROUPS, Array
from pipeline.care.demand import Demand
from pipeline.care.flow import StaffRates
from pipeline.care.stocks import RegionSupply, SupplyUncertainty, stocks
from pipeline.care.yardstick import OLD
from pipeline.demography.area import AreaDraws, Nation, Scenario, project_area
from pipeline.domain import Indicator, Observation
from pipeline.models.counties.cases import Province
from pipeline.models.counties.county_people import (
    CountyExpectation,
    PlacePeople,
    Whole,
    believed,
    divided,
    in_cells,
    year_ends,
)
from pipeline.models.counties.model import MIDDLE, Model, together
from pipeline.random import stream
from pipeline.results.tables.atlas_table import ADDED, DISABLED, MEASURES, SHARE, STATUS_QUO
from pipeline.shortfall.gap import stand_still
from pipeline.summary import INTERVAL
from pipeline.vocabulary import COUNTY_KINDS

_STARTS = {"60+": 0, "65+": OLD_GROUPS.index("65-69"), "80+": OLD_GROUPS.index("80-84")}


_UNUSED = np.zeros(1)
_STILL = SupplyUncertainty(StaffRates(_UNUSED, _UNUSED, _UNUSED), _UNUSED, _UNUSED)
"""What is held needs no expectation."""


@dataclass(frozen=True, eq=False)
class Published:
    """What a place has published of its own beds and staff; `hukou_ratio` (draw, year) None where none is known."""

    observations: tuple[Observation, ...]
    hukou_ratio: Array | None


@dataclass(frozen=True, eq=False)
class Task:
    """A province to work on. `own` has the draws of middles that are drawn by themselves, by row of the branch.

    `years` are those of the projection, census first; `need_years` those for which care is worked out, with `as_of`
    and `plan_year`, between which additions are counted; `norms` what each of `NORMS` asks for per person of 60 and
    over; `codes` of middles and counties; `published` by code of a place.
    """

    id: str
    area: AreaDraws
    own: Mapping[int, AreaDraws]
    nation: Nation
    scenario: Scenario
    province: Province
    codes: tuple[list[str], list[str]]
    model: Model
    expectation: CountyExpectation
    demand: Demand
    definition: str
    norms: Mapping[str, float]
    published: Mapping[str, Published]
    indicators: Mapping[str, Indicator]
    as_of: int
    plan_year: int
    years: tuple[int, ...]
    need_years: tuple[int, ...]
    seed: int
    share: float


@dataclass(frozen=True, eq=False)
class Place:
    """Quantiles of one place: `values` (measure, year, quantile), NaN where a measure is not worked out."""

    code: str
    values: Array


def county_expectation(province: Province, model: Model, persistence: Array) -> CountyExpectation:
    """What is expected of the parts of a province, and what of the last decade comes back (see `CountyExpectation`)."""
    branch, case = province.branch, province.case
    middle, own = model.mean(branch)
    was_middle, was_own = model.mean(case.before)
    middles, counties = case.changes()
    off_middle, off = middles - was_middle, counties - was_own
    beside = off - together(np.nan_to_num(off), case.before)[case.before.middle]
    last_middle, last_own = np.zeros_like(middle), np.zeros_like(own)
    sizes = case.before.middles.sum(axis=(1, 2))
    last_middle[province.whole_middles] = believed(off_middle, model.errors[MIDDLE], sizes)[case.whole]
    for kind in COUNTY_KINDS:
        rows = case.before.rows(kind)
        found = believed(beside[rows], model.errors[kind], case.before.sizes[rows])
        last_own[province.case_counties[rows]] = found
    return CountyExpectation(middle, own - middle[branch.middle], last_middle, last_own, persistence)


def first_draws(area: AreaDraws, draws: int) -> AreaDraws:
    """The first draws of an area, in memory of their own: the others need not be held."""
    some = area.select(slice(0, draws))
    return AreaDraws(
        some.base.copy(),
        some.level.copy(),
        some.consistency.copy(),
        some.migration.copy(),
        some.tfr.copy(),
        None if some.balance is None else some.balance.copy(),
    )


def _single_ages(area: AreaDraws, task: Task) -> Array:
    """(draw, time + 1, sex, age); on one thread, since every core has a task of its own."""
    return project_area(area, task.nation, task.scenario, threads=1)


def places(task: Task) -> list[Place]:
    """The province itself, then its middles and counties, each with its quantiles."""
    whole = _single_ages(task.area, task)
    own = {row: in_cells(_single_ages(area, task)) for row, area in task.own.items()}
    ends = year_ends(whole, task.share)
    old = np.add.reduceat(ends, [60 + 5 * at for at in range(len(OLD_GROUPS))], axis=-1)
    found = [Place(task.id, summary(task, task.id, PlacePeople(old, ends.sum(axis=-1))))]
    streams = partial(stream, task.seed, "atlas")
    for row, people, counties in divided(
        Whole(in_cells(whole), own),
        task.province.branch,
        task.model,
        task.expectation,
        streams,
        task.codes,
        task.scenario.migration_taper,
        task.share,
    ):
        if task.codes[0][row]:
            found.append(Place(task.codes[0][row], summary(task, task.codes[0][row], people)))
        found += [Place(task.codes[1][at], summary(task, task.codes[1][at], part)) for at, part in counties]
    return found


def summary(task: Task, code: str, part: PlacePeople) -> Array:
    """(measure, year, quantile) of the place with a code."""
    by_age = part.old[:, :, 0] + part.old[:, :, 1]
    columns: dict[str, Array] = {name: by_age[..., first:].sum(axis=-1) for name, first in _STARTS.items()}
    columns["total"] = part.total[..., 0] + part.total[..., 1]
    columns[SHARE] = columns["60+"] / np.maximum(columns["total"], 1e-9)
    at = [task.years.index(year) for year in task.need_years]
    old, older = part.old[:, at], columns["60+"][:, at]
    need = task.demand.need(task.definition, old)
    measures = {name: need.by_severity[..., place] for place, name in enumerate(DISABLED)}
    measures |= {"dementia": need.dementia, "need_beds": need.all_beds, "need_caregivers": need.facility_carers}
    measures |= {name: rate * older for name, rate in task.norms.items()}
    measures |= {name: amount[:, at] for name, amount in status_quo(task, code, columns["60+"]).items()}
    start, end = task.need_years.index(task.as_of), task.need_years.index(task.plan_year)
    added = {name: measures[of][:, end] - measures[of][:, start] for name, of in ADDED.items() if of in measures}

    values = np.full((len(MEASURES), len(task.years), len(INTERVAL)), np.nan)
    for name, drawn in columns.items():
        values[MEASURES.index(name)] = quantiles(drawn)
    for name, drawn in measures.items():
        values[MEASURES.index(name), at] = quantiles(drawn)
    for name, drawn in added.items():
        values[MEASURES.index(name), task.years.index(task.plan_year)] = quantiles(drawn[:, None])[0]
    return values


def status_quo(task: Task, code: str, older: Array) -> dict[str, Array]:
    """Today's own provision held, (draw, year) by measure, from people of 60 and over; none where no stock is known."""
    own = task.published.get(code)
    if own is None:
        return {}
    region = RegionSupply(own.observations, {OLD: older}, {}, own.hukou_ratio, task.years, task.as_of, _STILL)
    known = {name: stocks(quantity, region, task.indicators) for name, quantity in STATUS_QUO.items()}
    held = {name: stand_still(found[-1], STATUS_QUO[name], region) for name, found in known.items() if found}
    return {name: amount for name, amount in held.items() if amount is not None}


def quantiles(drawn: Array) -> Array:
    """`INTERVAL` over the draws: (draw, year) → (year, quantile)."""
    return np.asarray(np.quantile(np.ascontiguousarray(drawn.T), INTERVAL, axis=1).T)
