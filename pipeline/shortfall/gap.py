"""One region, one scenario: every quantity under every yardstick, with what there is and what is missing.

    plan         the plan's own numbers, and nothing else
    status_quo   today's own provision per person aged 60+, held: what it takes to stand still
    norm         the nation's latest outcome of the same quantity (a national goal where none is published)
    need         what people need, worked out elsewhere and handed in

A gap is what is required less what exists, signed, in every draw. What is shown closes: the gap shown is the
requirement shown less the stock shown; intervals are those of the draws.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.care.requirement import PlanRule, Required, required, term_of
from pipeline.care.stocks import RegionSupply, Stock, worth
from pipeline.care.supply import Supplies, Supply
from pipeline.care.yardstick import OLD, QUANTITIES, SHARES, resource_of, unit_of
from pipeline.summary import INTERVAL, QUANTILES, Amount, in_digits, last_digits
from pipeline.vocabulary import RESOURCES, Grade

LOWER, MIDDLE, UPPER = (1 + QUANTILES.index(level) for level in INTERVAL)


@dataclass(frozen=True, eq=False)
class Requirement:
    """What a yardstick asks for of one quantity: `amount` (draw, year), NaN where it is silent or unknown.

    `target_year` the last dated target's, None for what has none; `unknown` what is missing, as in `Required`.
    """

    resource: str
    quantity: str
    yardstick: str
    amount: Amount
    figure_id: str | None
    basis: str = "resident"
    unknown: tuple[str, ...] = ()
    carried: NDArray[np.bool_] | None = None
    target_year: int | None = None
    definition: str | None = None
    severity: str | None = None
    setting: str | None = None


@dataclass(frozen=True, eq=False)
class GapLine:
    """One line of the gap table in all years: `amount` (draw, year), NaN where nothing is known.

    `shown` (year,) is rounded once, to the digits that draws bear, and to whole units or tenths of a percent at least;
    `grades` by year, None where a yardstick needs no evidence of supply.
    """

    resource: str
    quantity: str
    yardstick: str | None
    measure: str
    amount: Amount
    shown: Array
    unit: str
    basis: str = "not_applicable"
    figure_id: str | None = None
    grades: tuple[Grade | None, ...] = ()
    carried: NDArray[np.bool_] | None = None
    unknown: tuple[str, ...] = ()
    definition: str | None = None
    severity: str | None = None
    setting: str | None = None
    supply_path: str | None = None

    @cached_property
    def interval(self) -> Array:
        """Ends of the 80 % interval, (2, year), with the digits that they bear."""
        return interval(self.amount, self.unit)[::2]


def rounded(values: Array, unit: str) -> Array:
    """Whole units, or tenths of a percent."""
    return np.asarray(np.round(values, 1 if unit == "percent" else 0))


def interval(amount: Amount, unit: str) -> Array:
    """Lower end of the 80 % interval, median and upper end, (3, year), each with the digits that it bears."""
    found = amount.summary[[LOWER, MIDDLE, UPPER]]
    least = 0.1 if unit == "percent" else 1.0
    return rounded(in_digits(found, last_digits(found, len(amount.values), least)), unit)


def shown(amount: Amount, unit: str) -> Array:
    """The median (year,), rounded once."""
    middle: Array = interval(amount, unit)[1]
    return middle


def difference(requirement: Amount, there: Amount) -> Amount:
    """Required less existing in every draw, with the order of the draws taken over where one of them is certain."""
    if there.certain:
        return requirement.rising(lambda values: values - there.values)
    if requirement.certain:
        return there.falling(lambda values: requirement.values - values)
    return Amount(requirement.values - there.values)


def region_lines(
    supplies: Supplies, need: Iterable[Requirement] = (), parts: Iterable[Requirement] = ()
) -> Iterator[GapLine]:
    """All lines of a region: what exists on every path, what each yardstick requires, and the gap on every path.

    `need` what people need by quantity, `parts` of it that are held against no stock. Raises nothing: what cannot be
    known is blank, with what is missing in `unknown`.
    """
    for quantity in (name for options in QUANTITIES.values() for name in options):
        supply = supplies[quantity]
        if supply is not None:
            yield from existing_lines(quantity, supply, supplies.region.years)
    for requirement in (*required_of_region(supplies), *need):
        line = required_line(requirement)
        yield line
        supply = supplies[requirement.quantity]
        if supply is not None:
            yield from gap_lines(requirement, line, supply, supplies.region.years)
    yield from map(required_line, parts)
    for rule in supplies.rules:
        if rule.role == "check" and rule.quantity in ruled_quantities(supplies.rules):
            yield check_line(rule, supplies)


def existing_lines(quantity: str, supply: Supply, years: Sequence[int]) -> Iterator[GapLine]:
    """What exists of a quantity, on every path."""
    unit = unit_of(quantity)
    grades = tuple(supply.grade(year) for year in years)
    for path, amount in supply.paths.items():
        yield GapLine(
            resource_of(quantity),
            quantity,
            None,
            "existing",
            amount,
            shown(amount, unit),
            unit,
            figure_id=supply.last.origin,
            grades=grades,
            supply_path=path,
        )


def required_line(requirement: Requirement) -> GapLine:
    """What a yardstick requires."""
    unit = unit_of(requirement.quantity)
    grades: tuple[Grade | None, ...] = (
        ("D",) * requirement.amount.values.shape[1] if requirement.yardstick == "norm" else ()
    )
    return GapLine(
        requirement.resource,
        requirement.quantity,
        requirement.yardstick,
        "required",
        requirement.amount,
        shown(requirement.amount, unit),
        unit,
        requirement.basis,
        requirement.figure_id,
        grades,
        requirement.carried,
        requirement.unknown,
        requirement.definition,
        requirement.severity,
        requirement.setting,
    )


def check_line(rule: PlanRule, supplies: Supplies) -> GapLine:
    """What a second rule on the same resource comes to, beside the main one."""
    region = supplies.region
    found = term_of(rule, tuple(supplies.rules), region.populations, region.hukou_ratio, region.years)
    return replace(required_line(_by_plan(rule.quantity, found, region)), measure="check")


def gap_lines(requirement: Requirement, line: GapLine, supply: Supply, years: Sequence[int]) -> Iterator[GapLine]:
    """The gap of a requirement to what exists on every path; `line` is the requirement's own."""
    for path, there in supply.paths.items():
        yield GapLine(
            requirement.resource,
            requirement.quantity,
            requirement.yardstick,
            "gap",
            difference(requirement.amount, there),
            rounded(line.shown - shown(there, line.unit), line.unit),
            line.unit,
            requirement.basis,
            requirement.figure_id,
            line.grades or tuple(supply.grade(year) for year in years),
            requirement.carried,
            requirement.unknown,
            requirement.definition,
            supply_path=path,
        )


def required_of_region(supplies: Supplies) -> list[Requirement]:
    """What the plan (main rules and checks apart), the status quo and the norms ask for."""
    found = [by_plan(quantity, supplies) for quantity in ruled_quantities(supplies.rules)]
    for resource in RESOURCES:
        for quantity in QUANTITIES[resource]:
            found += [status_quo(quantity, supplies), by_norm(quantity, supplies)]
    return [requirement for requirement in found if requirement is not None]


def by_plan(quantity: str, supplies: Supplies) -> Requirement | None:
    """What the plan's own rules require of a quantity; None without a rule.

    Nursing beds in units are asked for where the plan itself sets the beds they are among.
    """
    region = supplies.region
    requirement = required(quantity, supplies.rules, region.populations, region.hukou_ratio, region.years)
    if requirement is None or (
        quantity == "nursing_beds" and any(name.startswith("whole:") for name in requirement.unknown)
    ):
        return None
    return _by_plan(quantity, requirement, region)


def by_norm(quantity: str, supplies: Supplies) -> Requirement | None:
    """What the national measure requires of a quantity, for every region alike; None where there is none."""
    norm, region = supplies.national.norms.get(quantity), supplies.region
    if norm is None:
        return None
    share = np.full((1, len(region.years)), norm.value)
    amount = share if quantity in SHARES else norm.value * region.populations[OLD]
    return Requirement(resource_of(quantity), quantity, "norm", Amount.of(amount), norm.id)


def status_quo(quantity: str, supplies: Supplies) -> Requirement | None:
    """Today's own provision per resident aged 60+, held; None without an own observation of grade A or B today."""
    supply = supplies[quantity]
    amount = None if supply is None else stand_still(supply.last, quantity, supplies.region)
    if supply is None or amount is None:
        return None
    return Requirement(resource_of(quantity), quantity, "status_quo", Amount.of(amount), supply.last.origin)


def stand_still(last: Stock, quantity: str, region: RegionSupply) -> Array | None:
    """The last stock of a quantity grown with the people of 60 and over, (draw, year); None where it is too old."""
    if any(worth(item, region.as_of) == "C" or not item.exact for item in last.rests_on):
        return None
    if quantity in SHARES:
        return np.broadcast_to(last.amount[:, None], (len(last.amount), len(region.years)))
    then = region.people(OLD, last.when, "resident")
    if then is None or not np.all(then > 0):
        return None
    return np.asarray((last.amount / then)[:, None] * region.populations[OLD])


def ruled_quantities(rules: Sequence[PlanRule]) -> list[str]:
    """Quantities of the reports that the plan's rules set, in the order of the resources."""
    ruled = {rule.quantity for rule in rules if rule.role == "main"}
    return [quantity for options in QUANTITIES.values() for quantity in options if quantity in ruled]


def _by_plan(quantity: str, found: Required, region: RegionSupply) -> Requirement:
    return Requirement(
        resource_of(quantity),
        quantity,
        "plan",
        Amount.of(np.asarray(np.broadcast_to(found.amount, (len(found.amount), len(region.years))))),
        found.figure_id,
        found.basis,
        found.unknown,
        found.carried,
        found.target_year,
    )
