"""One region, one scenario: every resource under every yardstick, with what there is and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.care.demand import Demand
from pipeline.care.flow import PATHS, needed_per_year
from pipeline.care.groups import BED_KINDS, FACILITIES, SETTINGS, SEVERITIES
from pipeline.care.need import Need
from pipeline.care.requirement import Required, Rule, required
from pipeline.care.supply import Published, Record, Region, Supplies, Supply
from pipeline.care.yardstick import RESOURCES, norm_rules, plan_rules, quantity_of, with_norms
from pipeline.domain import Indicator
from pipeline.shortfall.verdict import Verdict, ratio_to_record, verdict
from pipeline.summary import Amount

Array = NDArray[np.float64]

UNITS: Mapping[str, str] = {
    "beds": "beds",
    "nursing_beds": "beds",
    "dementia_beds": "beds",
    "caregivers": "persons",
    "social_workers": "persons",
}
BEDS = tuple(name for name, unit in UNITS.items() if unit == "beds")

NEED_QUANTITIES = {"beds": "institution_beds"}
"""Quantity of the stock that need is held against, where it is not the plan's: need speaks of institutions."""


@dataclass(frozen=True, eq=False)
class Effort:
    """What closing a gap by `year` takes: units to add a year from the last known stock on, each (draw, 1).

    `net`, and `gross` with what is lost on the way; `record` the units added in the past, None where nobody
    published them.
    """

    year: int
    net: Amount
    gross: Amount
    record: Record | None

    @cached_property
    def ratio(self) -> float:
        """Median of net units over the record; NaN where the record adds nothing in some draw."""
        if self.record is None:
            return float("nan")
        return float(np.median(ratio_to_record(self.net.values, self.record.yearly)))


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a gap means: its verdict, and the effort that would close it."""

    verdict: Verdict
    effort: Effort


@dataclass(frozen=True, eq=False)
class Series:
    """One line of the gap table in all years and draws: `amount` (draw, year), NaN where nothing is known.

    `notes` name the counts nobody published without which a requirement cannot be worked out. `carried` (year,)
    marks the years in which the plan's last target is held after its own year; None where none is. A gap of
    nominal beds or of heads carries its `judgement`.
    """

    resource: str
    yardstick: str
    measure: str
    amount: Amount
    unit: str
    basis: str
    assumed: bool
    figure_id: str | None
    definition: str | None = None
    severity: str | None = None
    setting: str | None = None
    bed_basis: str | None = None
    unit_basis: str | None = None
    supply_path: str | None = None
    stock_year: int | None = None
    notes: tuple[str, ...] = ()
    carried: NDArray[np.bool_] | None = None
    judgement: Judgement | None = None

    @property
    def values(self) -> Array:
        """The draws, (draw, year)."""
        return self.amount.values


@dataclass(frozen=True, eq=False)
class Asked:
    """What a yardstick asks for of one resource, and what it rests on."""

    line: Series
    amount: Amount
    target_year: int


def region_series(
    region: Region,
    indicators: Mapping[str, Indicator],
    published: Published,
    demand: Demand | None = None,
    old: Array | None = None,
) -> Iterator[Series]:
    """All series of a region: each resource by the plan's yardstick (where it has one), the norm's, and need's.

    `old` people (draw, year, sex, group) for need, which is left out without `demand`. Supply, gap, shortfall,
    sufficiency and the years in which it is met come on all three paths with the stock the plan states, blank
    where it states none; where it states none and a published rate exists, a second set with the imputed stock
    follows, marked assumed. Under the headline definition, the plan and the norm, beds come as nominal and as
    usable ones; under that definition caregivers come in full-time equivalents too, and both by severity and
    setting.
    """
    own = plan_rules(region.figures, indicators, region.years[0])
    norms = norm_rules(indicators, region.years[0])
    supplies = Supplies(region, indicators, published, own)
    for resource in RESOURCES:
        quantity = quantity_of(resource, own, region.figures)
        planned = any(rule.quantity == quantity for rule in own)
        yardsticks = {"plan": with_norms(own, norms) if planned else [], "norm": norms}
        for yardstick, rules in yardsticks.items():
            found = required(quantity, rules, region.populations, region.hukou_ratio, region.years)
            if found is not None:
                asked = _by_rule(resource, yardstick, found, region)
                yield asked.line
                yield from _against(asked, supplies[quantity], region)
    if demand is None or old is None:
        return
    for definition in demand.choice.definitions:
        whole = demand.need(definition, old)
        for resource in RESOURCES:
            asked = _by_need(resource, definition, whole, demand, region, own, norms)
            yield asked.line
            quantity = NEED_QUANTITIES.get(resource) or quantity_of(resource, own, region.figures)
            yield from _against(asked, supplies[quantity], region, definition == demand.choice.headline)
            if resource == "caregivers" and definition == demand.choice.headline:
                yield from _full_time(asked, whole, supplies[quantity])
        if definition == demand.choice.headline:
            yield from _parts(definition, whole, demand)


def _by_rule(resource: str, yardstick: str, found: Required, region: Region) -> Asked:
    draws = max(people.shape[0] for people in region.populations.values())
    amount = Amount.of(np.broadcast_to(found.amount, (draws, len(region.years))))
    line = _line(resource, yardstick, amount, found.basis, found.assumed, found.figure_id, notes=found.unknown)
    line = replace(line, carried=found.carried)
    target_year = region.horizon[1]
    if yardstick == "plan" and found.target_year is not None:
        target_year = found.target_year
    return Asked(line, amount, target_year)


def _by_need(
    resource: str,
    definition: str,
    whole: Need,
    demand: Demand,
    region: Region,
    own: Sequence[Rule],
    norms: Sequence[Rule],
) -> Asked:
    """What need asks for; social workers by the plan's rule, or the norms', on the beds and residents of need."""
    basis, assumed = "resident", demand.choice.use.assumed or bool(demand.choice.staffing.assumed)
    notes: tuple[str, ...] = ()
    carried = None
    rests_on = [f"definition.{definition}", f"settings.{demand.choice.use.id}"]
    if resource == "social_workers":
        counts = {
            "institution_beds": whole.all_beds,
            "institution_residents": whole.users[:, :, 0].sum(axis=2),
        }
        known = {**region.populations, **counts}
        found = required(resource, own, known, region.hukou_ratio, region.years)
        if found is None:
            found = required(resource, norms, known, region.hukou_ratio, region.years)
        if found is None:
            values = np.full((1, len(region.years)), np.nan)
        else:
            values, basis, notes, carried = found.amount, found.basis, found.unknown, found.carried
            rests_on += found.figure_ids
    elif resource == "caregivers":
        values = whole.facility_carers
        rests_on.append(f"staffing.{demand.choice.staffing.id}")
    elif resource == "beds":
        values = whole.all_beds
    else:
        values = whole.beds[..., BED_KINDS.index(resource.removesuffix("_beds"))]
    amount = Amount.of(values)
    line = _line(resource, "need", amount, basis, assumed, ";".join(rests_on), notes=notes)
    return Asked(replace(line, definition=definition, carried=carried), amount, region.years[-1])


def _line(
    resource: str,
    yardstick: str,
    amount: Amount,
    basis: str,
    assumed: bool,
    figure_id: str,
    notes: tuple[str, ...] = (),
) -> Series:
    beds = resource in BEDS
    return Series(
        resource,
        yardstick,
        "required",
        amount,
        UNITS[resource],
        basis,
        assumed,
        figure_id,
        bed_basis="nominal" if beds else None,
        unit_basis=None if beds else "heads",
        notes=notes,
    )


def _against(asked: Asked, supply: Supply | None, region: Region, in_detail: bool = True) -> Iterator[Series]:
    """The requirement against the supply on every path, `in_detail` against usable beds as well.

    Blank lines where no stock is published.
    """
    if supply is None or supply.stock.assumed:
        yield from _unknown(asked, region)
    if supply is None:
        return
    effort = _effort(asked, supply, region.years)
    measured: dict[int, dict[str, Amount]] = {}
    judged: dict[int, Verdict] = {}
    for path in PATHS:
        there = supply.paths[path]
        assumed = supply.assumed(path)
        line = replace(asked.line, supply_path=path, stock_year=supply.stock.year, notes=())
        if id(there) not in measured:
            judged[id(there)] = verdict(asked.amount.values, there.values, region.years)
            measured[id(there)] = measures(asked.amount, there, judged[id(there)])
        stock = replace(line, measure="supply", amount=there, assumed=assumed, carried=None)
        yield replace(stock, figure_id=supply.stock.figure_id)
        found = measured[id(there)]
        line = replace(line, assumed=assumed or asked.line.assumed)
        judgement = Judgement(judged[id(there)], effort)
        for measure, amount in found.items():
            yield replace(
                line,
                measure=measure,
                amount=amount,
                unit=_unit(measure, asked.line.unit),
                judgement=judgement if measure == "gap" else None,
            )
        if path == "held":
            pace = _pace(found["gap"], supply.stock.year, region.years)
            yield replace(line, measure="required_per_year", amount=pace, unit=f"{asked.line.unit}_per_year")
    if asked.line.resource in BEDS and in_detail:
        yield from _usable(asked, supply)


def _pace(gap: Amount, stock_year: int, years: Sequence[int]) -> Amount:
    """Net units to add a year to close each year's gap to the stock held; NaN up to the stock's own year."""
    elapsed = np.asarray(years, dtype=float) - stock_year
    elapsed[elapsed <= 0] = np.nan
    return gap.rising(lambda values: values / elapsed)


def _effort(asked: Asked, supply: Supply, years: Sequence[int]) -> Effort:
    """What meeting the requirement of the target's year takes, within the years looked at."""
    year = min(max(asked.target_year, years[0]), years[-1])
    at_target = asked.amount.values[:, [list(years).index(year)]]
    net, gross = (
        Amount.of(needed_per_year(at_target, supply.stock.amount, supply.stock.year, kept, [year]))
        for kept in (np.ones(1), supply.kept)
    )
    return Effort(year, net, gross, supply.record)


def measures(asked: Amount, there: Amount, found: Verdict) -> dict[str, Amount]:
    """gap, shortfall, sufficiency and met of a verdict on what is `asked` and what is `there`, with their order."""
    gap, sufficiency = Amount(found.gap), Amount(found.sufficiency)
    if there.certain:
        gap = asked.rising(lambda values: values - there.values, found.gap)
        sufficiency = asked.falling(lambda values: _ratio(there.values, values), found.sufficiency)
    elif asked.certain:
        gap = there.falling(lambda values: asked.values - values, found.gap)
        sufficiency = there.rising(lambda values: _ratio(values, asked.values), found.sufficiency)
    return {
        "gap": gap,
        "shortfall": gap.rising(lambda values: np.maximum(values, 0.0)),
        "sufficiency": sufficiency,
        "met_probability": Amount(found.met),
    }


def _ratio(part: Array, whole: Array) -> Array:
    shape = np.broadcast_shapes(part.shape, whole.shape)
    ratio = np.full(shape, np.nan)
    np.divide(part, whole, out=ratio, where=np.broadcast_to(whole > 0, shape))
    return ratio


def _unit(measure: str, unit: str) -> str:
    return {"sufficiency": "ratio", "met_probability": "probability"}.get(measure, unit)


def _unknown(asked: Asked, region: Region) -> Iterator[Series]:
    """Blank lines on every path: nobody published what there is."""
    nothing = Amount(np.full((1, len(region.years)), np.nan))
    for path in PATHS:
        line = replace(asked.line, supply_path=path, amount=nothing, notes=())
        yield replace(line, measure="supply", figure_id=None, assumed=False, carried=None)
        for measure in ("gap", "shortfall", "sufficiency", "met_probability"):
            yield replace(line, measure=measure, unit=_unit(measure, asked.line.unit))
        if path == "held":
            yield replace(line, measure="required_per_year", unit=f"{asked.line.unit}_per_year")


def _usable(asked: Asked, supply: Supply) -> Iterator[Series]:
    """The same requirement against the beds that can be used, and how many of all beds stand empty."""
    for path in PATHS:
        line = replace(asked.line, supply_path=path, stock_year=supply.stock.year, assumed=True, notes=())
        yield from _short(asked.amount, supply.usable[path], replace(line, bed_basis="usable"), supply)
        if asked.line.resource == "beds":
            empty = replace(line, measure="empty", amount=supply.empty[path], figure_id=supply.stock.figure_id)
            yield replace(empty, carried=None)


def _short(asked: Amount, there: Amount, line: Series, supply: Supply) -> Iterator[Series]:
    """Supply, gap and the years in which it is met, and no more."""
    yield replace(line, measure="supply", amount=there, figure_id=supply.stock.figure_id, carried=None)
    found = measures(asked, there, verdict(asked.values, there.values, range(asked.values.shape[1])))
    for measure in ("gap", "met_probability"):
        yield replace(line, measure=measure, amount=found[measure], unit=_unit(measure, line.unit))


def _full_time(asked: Asked, whole: Need, supply: Supply | None) -> Iterator[Series]:
    """Caregivers in full-time equivalents, who work each setting's hours; those there are, an institution's."""
    amount = Amount.of(whole.carers_fte[:, :, : len(FACILITIES)].sum(axis=(2, 3)))
    line = replace(asked.line, unit_basis="fte", unit="full_time_equivalents")
    yield replace(line, amount=amount)
    if supply is None:
        return
    for path in PATHS:
        there = supply.paths[path].rising(lambda heads: heads * whole.fte_per_head[0])
        here = replace(line, supply_path=path, stock_year=supply.stock.year, assumed=True, notes=())
        yield from _short(amount, there, here, supply)


def _parts(definition: str, whole: Need, demand: Demand) -> Iterator[Series]:
    """Required beds by severity, and caregivers by setting and severity, in heads."""
    rests_on = f"definition.{definition};settings.{demand.choice.use.id}"
    beds = whole.users[:, :, 0] * demand.draws.beds.beds_per_user[:, None, None]
    for column, severity in enumerate(SEVERITIES):
        line = _line("beds", "need", Amount.of(beds[..., column]), "resident", demand.choice.use.assumed, rests_on)
        yield replace(line, definition=definition, severity=severity, setting="institution")
    rests_on += f";staffing.{demand.choice.staffing.id}"
    for row, setting in enumerate(SETTINGS):
        for column, severity in enumerate(SEVERITIES):
            part = Amount.of(whole.carers[:, :, row, column])
            line = _line("caregivers", "need", part, "resident", True, rests_on)
            yield replace(line, definition=definition, severity=severity, setting=setting)
