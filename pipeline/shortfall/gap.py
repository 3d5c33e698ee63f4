"""One region, one scenario: every quantity under every yardstick, with what there is and what is missing.

    plan         the plan's own numbers, and nothing else
    status_quo   today's own provision per person aged 60+, held: what it takes to stand still
    norm         the nation's latest outcome of the same quantity (a national goal where none is published)
    need         what people need of the quantities that plans count

A gap is what is required less what exists, signed, in every draw. What is shown closes: the gap shown is the
requirement shown less the stock shown; intervals are those of the draws.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.care.need import Demand, Need
from pipeline.care.supply import Stock, Supplies, Supply, worth
from pipeline.care.yardstick import OLD, QUANTITIES, SHARES, GapLine, PlanRule, RegionSupply, required, term_of
from pipeline.vocabulary import RESOURCES, SETTINGS_OF_CARE, SEVERITIES, Grade

REPORTED = tuple(quantity for resource in RESOURCES for quantity in QUANTITIES[resource])
"""Quantities in the order of the resources that they count."""

LABELS = (
    *("resource", "quantity", "yardstick", "definition", "severity", "setting"),
    *("supply_path", "measure", "unit", "basis", "figure_id"),
)
"""Columns of the gap table that a line gives as they are."""


def line_rows(lines: Iterable[GapLine], years: Sequence[int]) -> pd.DataFrame:
    """One row a line and year: what is shown, and the ends of the 80 % interval."""
    tables = [
        pd.DataFrame(
            {
                "year": list(years),
                **{name: getattr(line, name) for name in LABELS},
                "unknown": ";".join(line.unknown) or None,
                **dict(zip(("q10", "shown", "q90"), line.interval, strict=True)),
                "grade": line.grades or None,
                "carried": line.carried,
            }
        )
        for line in lines
    ]
    return pd.concat(tables, ignore_index=True)


def region_lines(supplies: Supplies, need: Iterable[GapLine] = (), parts: Iterable[GapLine] = ()) -> Iterator[GapLine]:
    """All lines of a region: existing and gap on every path, requirements, and `parts` held against no stock."""
    existing: dict[str, list[GapLine]] = {}
    for quantity in REPORTED:
        supply = supplies[quantity]
        paths = [] if supply is None else [existing_line(supply, supplies.region.years, path) for path in supply.paths]
        existing[quantity] = paths
        yield from paths
    for requirement in (*required_of_region(supplies), *need):
        yield requirement
        for there in existing[requirement.quantity]:
            yield gap_line(requirement, there)
    yield from parts
    for rule in supplies.rules:
        if rule.role == "check" and rule.quantity in ruled_quantities(supplies.rules):
            yield replace(term_of(rule, supplies.rules, supplies.region), measure="check")


def existing_line(supply: Supply, years: Sequence[int], path: str = "trend") -> GapLine:
    """What exists of a quantity on one path."""
    line = GapLine(supply.quantity, None, supply.paths[path], supply.last.origin, "existing", "not_applicable")
    return replace(line, supply_path=path, grades=tuple(map(supply.grade, years)))


def gap_line(requirement: GapLine, there: GapLine) -> GapLine:
    """A requirement less what exists on one path in every draw."""
    return replace(
        requirement,
        measure="gap",
        amount=requirement.amount - there.amount,
        closed=requirement.shown - there.shown,
        grades=requirement.grades or there.grades,
        supply_path=there.supply_path,
    )


def required_of_region(supplies: Supplies) -> list[GapLine]:
    """What the plan (main rules and checks apart), the status quo and the norms ask for."""
    found = [by_plan(quantity, supplies) for quantity in ruled_quantities(supplies.rules)]
    for quantity in REPORTED:
        found += [status_quo(quantity, supplies), by_norm(quantity, supplies)]
    return [requirement for requirement in found if requirement is not None]


def by_plan(quantity: str, supplies: Supplies) -> GapLine | None:
    """What the plan's own rules require of a quantity; nursing beds only where it sets the beds they are among."""
    found = required(quantity, supplies.rules, supplies.region)
    if quantity == "nursing_beds" and found and any(name.startswith("whole:") for name in found.unknown):
        return None
    return found


def by_norm(quantity: str, supplies: Supplies) -> GapLine | None:
    """What the national measure requires of a quantity, for every region alike; None where there is none."""
    norm, region = supplies.national.norms.get(quantity), supplies.region
    if norm is None:
        return None
    amount = norm.value * (np.ones((1, len(region.years))) if quantity in SHARES else region.populations[OLD])
    imputed: Grade = "D"
    return GapLine(quantity, "norm", amount, norm.id, grades=(imputed,) * len(region.years))


def status_quo(quantity: str, supplies: Supplies) -> GapLine | None:
    """Today's own provision per resident aged 60+, held; None without an own observation of grade A or B today."""
    supply = supplies[quantity]
    amount = None if supply is None else stand_still(supply.last, quantity, supplies.region)
    return None if supply is None or amount is None else GapLine(quantity, "status_quo", amount, supply.last.origin)


def stand_still(last: Stock, quantity: str, region: RegionSupply) -> Array | None:
    """The last stock of a quantity grown with the people of 60 and over, (draw, year); None where it is too old."""
    if any(worth(item, region.as_of) == "C" or not item.exact for item in last.rests_on):
        return None
    if quantity in SHARES:
        return np.broadcast_to(last.amount[:, None], (len(last.amount), len(region.years)))
    then = region.people(OLD, last.when, "resident")
    if then is None or not np.all(then > 0):
        return None
    return (last.amount / then)[:, None] * region.populations[OLD]


def ruled_quantities(rules: Sequence[PlanRule]) -> list[str]:
    """Quantities of the reports that the plan's rules set, in the order of the resources."""
    ruled = {rule.quantity for rule in rules if rule.role == "main"}
    return [quantity for quantity in REPORTED if quantity in ruled]


def need_by_quantity(whole: Need) -> Mapping[str, Array]:
    """What need asks for, (draw, year), by the quantity it is held against: institution beds, all care workers."""
    return {
        "institution_beds": whole.all_beds,
        "nursing_beds": whole.beds[..., 1],
        "dementia_beds": whole.beds[..., 2],
        "caregivers": whole.facility_carers,
    }


def required_by_need(demand: Demand, old: Array, supplies: Supplies) -> Iterator[GapLine]:
    """What need asks for by every definition; social workers follow the plan's rule on its beds and residents."""
    region = supplies.region
    for definition in demand.choice.definitions:
        whole = demand.need(definition, old)
        rests_on = f"definition.{definition};settings.{demand.choice.use_id}"
        for quantity, amount in need_by_quantity(whole).items():
            staffing = f";staffing.{demand.choice.staffing_id}" if quantity == "caregivers" else ""
            yield GapLine(quantity, "need", amount, rests_on + staffing, definition=definition)
        counts = {"institution_beds": whole.all_beds, "institution_residents": whole.users[:, :, 0].sum(axis=2)}
        known = replace(region, populations={**region.populations, **counts})
        found = required("social_workers", supplies.rules, known)
        if found is None:
            found = GapLine("social_workers", "need", np.full((1, len(region.years)), np.nan), None)
        figures = ";".join(filter(None, (rests_on, found.figure_id)))
        yield replace(found, yardstick="need", figure_id=figures, definition=definition)


def parts_of_need(demand: Demand, old: Array) -> Iterator[GapLine]:
    """Beds by severity, and caregivers by setting and severity, under the headline definition."""
    definition, choice = demand.choice.headline, demand.choice
    whole = demand.need(definition, old)
    beds = whole.users[:, :, :1] * (1.0 / demand.beds.target_occupancy)[:, None, None, None]
    rests_on = f"definition.{definition};settings.{choice.use_id}"
    for quantity, settings, amounts, source in (
        ("institution_beds", SETTINGS_OF_CARE[:1], beds, rests_on),
        ("caregivers", SETTINGS_OF_CARE, whole.carers, f"{rests_on};staffing.{choice.staffing_id}"),
    ):
        for (row, setting), (column, severity) in product(enumerate(settings), enumerate(SEVERITIES)):
            line = GapLine(quantity, "need", amounts[:, :, row, column], source, definition=definition)
            yield replace(line, severity=severity, setting=setting)
