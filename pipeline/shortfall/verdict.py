"""How a plan's targets stand: what each asks for, what there is, how good the evidence is, and the verdict.

    A   observed in the target's year           met, missed
    B   own observation within five years       likely_met, likely_missed (at least 80 % of draws), open
    C   carried by the nation's rate, older, or nothing observed
    D   a norm in the place of a target

C and D give no verdict and no probability. All but A name what would settle it, as indicator:year:publication.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.care.supply import Supplies, Supply
from pipeline.care.yardstick import QUANTITIES, quantity_of, unit_of
from pipeline.domain import Figure
from pipeline.shortfall.gap import Requirement, by_norm, by_plan, difference, interval, rounded
from pipeline.summary import Amount
from pipeline.vocabulary import RESOURCES, Grade

LIKELY = 0.8
"""Share of the draws from which a target is likely met, or likely missed."""

CERTAIN = 2.326
"""Monte Carlo errors from a limit beyond which other draws give another word in less than 1 % of cases."""

ROUNDING = 1e-9
"""Share of the requirement by which supply may fall below it and still meet it: float64 sums, no more."""

PUBLICATIONS = {"certified_caregivers": "certificate_register", "population_60plus": "police_register"}
"""Where a figure is published, if not in the bulletins of the civil affairs departments."""

MEANT = {">=": "lower_bound", "<=": "upper_bound", "about": "approximate"}
"""Marks of an observation that is no exact number."""

Interval = tuple[float | None, float | None, float | None]
"""What is shown, and the ends of its 80 % interval; None where nothing is known."""

NOTHING: Interval = (None, None, None)


@dataclass(frozen=True)
class Standing:
    """One target, or the norm in its place, against what there is; codes are those of the result tables."""

    resource: str
    quantity: str
    yardstick: str
    figure_id: str
    target: float | None
    target_unit: str | None
    target_year: int
    required: Interval
    existing: Interval
    gap: Interval
    unit: str
    grade: Grade
    verdict: str | None
    met_probability: float | None
    settled_by: tuple[str, ...]
    stock_date: str | None
    stock_value: float | None
    stock_unit: str | None
    carried_by: str | None
    marks: tuple[str, ...]
    unknown: tuple[str, ...]


def standings(figures: Mapping[str, Figure], supplies: Supplies, horizon_end: int) -> list[Standing]:
    """Every dated target of a plan's main rules, and each standing rule at the plan's end, by resource and year.

    `figures` the plan's by id.
    """
    found, rules = [], supplies.rules
    for quantity in (name for options in QUANTITIES.values() for name in options):
        main = next((rule for rule in rules if rule.quantity == quantity and rule.role == "main"), None)
        requirement = None if main is None else by_plan(quantity, supplies)
        if main is None or requirement is None:
            continue
        added = any(rule.quantity == quantity and rule.role == "add" for rule in rules)
        points = [(horizon_end, main.targets[-1])] if main.standing else [(point.year, point) for point in main.targets]
        item = supplies.indicators[main.indicator]
        for year, point in points:
            target = (None, None) if added else (point.value, item.unit)
            ids = (requirement.figure_id or "").replace(main.targets[-1].figure_id, point.figure_id)
            marks = (*(["standing"] if main.standing else []), *(["rules_added"] if added else []))
            found.append(_standing(requirement, ids, target, year, figures, supplies, marks))
    return found


def by_norms(planned: Sequence[Standing], supplies: Supplies) -> list[Standing]:
    """For each resource on which a plan sets nothing the national measure, at the end of today's year."""
    stocked = [name for options in QUANTITIES.values() for name in options if supplies[name] is not None]
    found = []
    for resource in RESOURCES:
        if resource in {standing.resource for standing in planned}:
            continue
        quantity = quantity_of(resource, supplies.rules, stocked)
        requirement = by_norm(quantity, supplies)
        if requirement is None:
            continue
        norm = supplies.national.norms[quantity]
        marks = ("goal",) if norm.kind == "goal" else ()
        found.append(_standing(requirement, norm.id, (None, None), supplies.region.as_of, {}, supplies, marks))
    return found


def verdict_of(grade: Grade, probability: float | None, bound: str, short: bool) -> str | None:
    """The verdict of a grade: `short` whether what is shown falls short, `bound` how the stock is stated.

    A stock stated as "at least" may meet a target and never miss it; one stated as "at most", the other way round.
    """
    if grade == "A":
        found = "missed" if short else "met"
    elif grade == "B" and probability is not None:
        found = "likely_met" if probability >= LIKELY else "likely_missed" if probability <= 1 - LIKELY else "open"
    else:
        return None
    if (bound == ">=" and found.endswith("missed")) or (bound == "<=" and found.endswith("met")):
        return "open"
    return found


def borderline(probability: float, draws: int) -> bool:
    """Whether other draws would give another word in more than 1 % of cases: the chance lies that near to a limit."""
    error = float(np.sqrt(probability * (1.0 - probability) / draws))
    return min(abs(probability - limit) for limit in (LIKELY, 1.0 - LIKELY)) < CERTAIN * error


def _standing(
    requirement: Requirement,
    ids: str,
    target: tuple[float | None, str | None],
    year: int,
    figures: Mapping[str, Figure],
    supplies: Supplies,
    marks: tuple[str, ...],
) -> Standing:
    region, supply, unit = supplies.region, supplies[requirement.quantity], unit_of(requirement.quantity)
    unknown = list(requirement.unknown)
    required, existing, gap = NOTHING, NOTHING, NOTHING
    probability = None
    grade: Grade = "D" if requirement.yardstick == "norm" else "C" if supply is None else supply.grade(year)
    if year not in region.years:
        unknown.append("target_outside_projection")
        wanted = there = None
    else:
        wanted = _in_year(requirement.amount, region.years, year)
        there = None if supply is None else _in_year(supply.existing(), region.years, year)
        required = _interval(wanted, unit)
        existing = NOTHING if there is None else _interval(there, unit)
    if supply is None:
        unknown.append("stock")
    if wanted is not None and there is not None and required[0] is not None and existing[0] is not None:
        low, _, high = interval(difference(wanted, there), unit)[:, 0]
        gap = (float(rounded(np.array(required[0] - existing[0]), unit)), float(low), float(high))
        met = there.values >= wanted.values * (1 - ROUNDING)
        probability = float(met.mean()) if grade in ("A", "B") else None
    nearest = None if supply is None else supply.nearest(year)
    verdict, near = None, False
    if gap[0] is not None and nearest is not None:
        verdict = verdict_of(grade, probability, nearest.observation.comparator, gap[0] > 0)
        near = grade == "B" and probability is not None and borderline(probability, met.size)
    return Standing(
        resource=requirement.resource,
        quantity=requirement.quantity,
        yardstick=requirement.yardstick,
        figure_id=ids,
        target=target[0],
        target_unit=target[1],
        target_year=year,
        required=required,
        existing=existing,
        gap=gap,
        unit=unit,
        grade=grade,
        verdict=verdict,
        met_probability=None if verdict is None else probability,
        settled_by=() if grade == "A" and verdict is not None else settled_by(requirement, year, region.as_of, unknown),
        stock_date=None if nearest is None else nearest.observation.date,
        stock_value=None if nearest is None else nearest.observation.value,
        stock_unit=None if nearest is None else supplies.indicators[nearest.observation.indicator].unit,
        carried_by=None if supply is None else supply.carried(year),
        marks=(*marks, *_marks(ids, requirement, supply, year, figures), *(["borderline"] if near else [])),
        unknown=tuple(unknown),
    )


def settled_by(requirement: Requirement, year: int, as_of: int, unknown: Sequence[str]) -> tuple[str, ...]:
    """The figures that would settle a target, each as indicator:year:publication."""
    when = min(year, as_of)
    missing = [requirement.quantity]
    for code in unknown:
        kind, _, name = code.partition(":")
        missing += [name] if kind in ("whole", "count") else ["population_60plus"] if kind == "hukou_ratio" else []
    return tuple(f"{name}:{when}:{PUBLICATIONS.get(name, 'civil_affairs_bulletin')}" for name in dict.fromkeys(missing))


def _marks(
    ids: str, requirement: Requirement, supply: Supply | None, year: int, figures: Mapping[str, Figure]
) -> list[str]:
    """What stands in for a published fact, as codes."""
    stated = [figures[name] for name in ids.split(";") if name in figures]
    marks = []
    if requirement.basis == "hukou":
        marks.append("hukou_ratio")
    if any(figure.basis_inferred is not None for figure in stated):
        marks.append("basis_inferred")
    elif any(figure.basis == "unspecified" for figure in stated):
        marks.append("basis_unspecified")
    if supply is None:
        return marks
    nearest = supply.nearest(year)
    marks.append(MEANT.get(nearest.observation.comparator, ""))
    marks.append("weak" if nearest.weak else "")
    if supply.carried(year) == "nation":
        marks.append("nation_rate")
    if supply.carried(year) == "own" and supply.capped:
        marks.append("capped")
    return [mark for mark in marks if mark]


def _in_year(amount: Amount, years: Sequence[int], year: int) -> Amount:
    at = list(years).index(year)
    return Amount(amount.values[:, [at]])


def _interval(amount: Amount, unit: str) -> Interval:
    low, middle, high = interval(amount, unit)[:, 0].tolist()
    return NOTHING if np.isnan(middle) else (middle, low, high)
