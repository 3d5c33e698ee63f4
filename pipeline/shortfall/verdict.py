"""How a plan's targets stand: what each asks for, what there is, how good the evidence is, and the verdict.

    A   observed in the target's year           met, missed
    B   own observation within five years       likely_met, likely_missed (at least 80 % of draws), open
    C   carried by the nation's rate, older, or nothing observed
    D   a norm in the place of a target

C and D give no verdict and no probability. All but A name what would settle it, as indicator:year:publication.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.care.supply import Supplies, Supply
from pipeline.care.yardstick import GapLine, quantity_of
from pipeline.domain import Figure, Plan
from pipeline.shortfall.gap import REPORTED, by_norm, by_plan, existing_line, gap_line, ruled_quantities
from pipeline.vocabulary import RESOURCES, Grade

type Standing = dict[str, Any]
"""One target, or the norm in its place, against what there is: a row of the table `verdict`."""

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


def standings(plan: Plan, supplies: Supplies) -> list[Standing]:
    """Every dated target of a plan's main rules, each standing rule at the plan's end."""
    found, rules, figures = [], supplies.rules, {figure.id: figure for figure in plan.figures}
    for quantity in ruled_quantities(rules):
        main = next(rule for rule in rules if rule.quantity == quantity and rule.role == "main")
        requirement = by_plan(quantity, supplies)
        if requirement is None:
            continue
        added = any(rule.quantity == quantity and rule.role == "add" for rule in rules)
        marks = [name for name, holds in (("standing", main.standing), ("rules_added", added)) if holds]
        for point in main.targets[-1:] if main.standing else main.targets:
            year = plan.horizon.end if main.standing else point.year
            ids = (requirement.figure_id or "").replace(main.targets[-1].figure_id, point.figure_id)
            standing = _standing(replace(requirement, figure_id=ids), year, figures, supplies, marks)
            if not added:
                standing |= {"target": point.value, "target_unit": supplies.indicators[main.indicator].unit}
            found.append(standing)
    return found


def by_norms(planned: Sequence[Standing], supplies: Supplies) -> list[Standing]:
    """For each resource on which a plan sets nothing the national measure, at the end of today's year."""
    stocked = [name for name in REPORTED if supplies[name] is not None]
    found = []
    for resource in RESOURCES:
        quantity = quantity_of(resource, supplies.rules, stocked)
        requirement = by_norm(quantity, supplies)
        if requirement is not None and resource not in {standing["resource"] for standing in planned}:
            marks = ["goal"] if supplies.national.norms[quantity].kind == "goal" else []
            found.append(_standing(requirement, supplies.region.as_of, {}, supplies, marks))
    return found


def verdict_of(grade: Grade, probability: float, bound: str, short: bool) -> str | None:
    """The verdict where what is shown is `short`; a stock of "at least" can never miss, one of "at most" never meet."""
    if grade == "A":
        found = "missed" if short else "met"
    elif grade == "B":
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
    requirement: GapLine, year: int, figures: Mapping[str, Figure], supplies: Supplies, marks: Sequence[str]
) -> Standing:
    """How a requirement stands in one year; numbers that are not known are NaN."""
    region, supply = supplies.region, supplies[requirement.quantity]
    there = None if supply is None else existing_line(supply, region.years)
    gap = None if there is None else gap_line(requirement, there)
    at = list(region.years).index(year) if year in region.years else None
    numbers: dict[str, float] = {}
    for name, line in (("required", requirement), ("existing", there), ("gap", gap)):
        interval = np.full(3, np.nan) if line is None or at is None else line.interval[:, at]
        numbers |= dict(zip((f"{name}_q10", name, f"{name}_q90"), interval.tolist(), strict=True))
    reasons = {"target_outside_projection": at is None, "stock": supply is None}
    unknown = [*requirement.unknown, *(reason for reason, holds in reasons.items() if holds)]
    codes = [*marks, *_marks(requirement, supply, year, figures)]
    grade: Grade = "D" if requirement.yardstick == "norm" else "C" if supply is None else supply.grade(year)
    stock: Standing = {"stock_date": None, "stock_value": np.nan, "stock_unit": None, "carried_by": None}
    verdict, probability = None, np.nan
    if supply is not None:
        observation = supply.nearest(year).observation
        stock = {
            "stock_date": observation.date,
            "stock_value": observation.value,
            "stock_unit": supplies.indicators[observation.indicator].unit,
            "carried_by": supply.carried(year),
        }
        if grade in ("A", "B") and np.isfinite(numbers["gap"]):
            met = supply.existing()[:, at] >= requirement.amount[:, at] * (1 - ROUNDING)
            probability = float(met.mean())
            verdict = verdict_of(grade, probability, observation.comparator, numbers["gap"] > 0)
            if grade == "B" and borderline(probability, met.size):
                codes.append("borderline")
    settled = grade == "A" and verdict is not None
    settling = [] if settled else settled_by(requirement.quantity, year, region.as_of, unknown)
    lists = {"settled_by": settling, "marks": codes, "unknown": unknown}
    return {
        **{name: getattr(requirement, name) for name in ("resource", "quantity", "yardstick", "figure_id", "unit")},
        **{"target": np.nan, "target_unit": None, "target_year": year},
        **numbers,
        **{"grade": grade, "verdict": verdict, "met_probability": probability},
        **stock,
        **{name: ";".join(items) or None for name, items in lists.items()},
    }


def settled_by(quantity: str, year: int, as_of: int, unknown: Sequence[str]) -> list[str]:
    """The figures that would settle a target, each as indicator:year:publication."""
    missing = [quantity]
    for code in unknown:
        kind, _, name = code.partition(":")
        missing += [name] if kind in ("whole", "count") else ["population_60plus"] if kind == "hukou_ratio" else []
    publications = {name: PUBLICATIONS.get(name, "civil_affairs_bulletin") for name in missing}
    return [f"{name}:{min(year, as_of)}:{where}" for name, where in publications.items()]


def _marks(requirement: GapLine, supply: Supply | None, year: int, figures: Mapping[str, Figure]) -> list[str]:
    """What stands in for a published fact, as codes."""
    stated = [figures[name] for name in (requirement.figure_id or "").split(";") if name in figures]
    inferred = any(figure.basis_inferred is not None for figure in stated)
    unspecified = not inferred and any(figure.basis == "unspecified" for figure in stated)
    marks = {"hukou_ratio": requirement.basis == "hukou", "basis_inferred": inferred, "basis_unspecified": unspecified}
    if supply is not None:
        nearest, carried = supply.nearest(year), supply.carried(year)
        marks |= {mark: nearest.observation.comparator == sign for sign, mark in MEANT.items()}
        marks |= {
            "weak": nearest.weak,
            "nation_rate": carried == "nation",
            "capped": carried == "own" and supply.capped,
        }
    return [mark for mark, holds in marks.items() if holds]
