"""What people need, as requirements of the quantities that plans count."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from pipeline.axes import Array
from pipeline.care.need import Demand, Need
from pipeline.care.supply import Supplies
from pipeline.care.yardstick import required
from pipeline.shortfall.gap import GapLine, ruled_line
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES


def need_by_quantity(whole: Need) -> Mapping[str, Array]:
    """What need asks for, (draw, year), by the quantity it is held against.

    Institution beds, and all care workers rather than those with a certificate; social workers follow a rule.
    """
    return {
        "institution_beds": whole.all_beds,
        "nursing_beds": whole.beds[..., 1],
        "dementia_beds": whole.beds[..., 2],
        "caregivers": whole.facility_carers,
    }


def required_by_need(demand: Demand, old: Array, supplies: Supplies) -> Iterator[GapLine]:
    """What need asks for of each resource by every definition; `old` (draw, year, sex, group)."""
    for definition in demand.choice.definitions:
        whole = demand.need(definition, old)
        rests_on = f"definition.{definition};settings.{demand.choice.use.id}"
        for quantity, amount in need_by_quantity(whole).items():
            staffing = f";staffing.{demand.choice.staffing.id}" if quantity == "caregivers" else ""
            yield GapLine(quantity, "need", amount, rests_on + staffing, definition=definition)
        yield replace(social_workers(whole, supplies, rests_on), definition=definition)


def social_workers(whole: Need, supplies: Supplies, rests_on: str) -> GapLine:
    """Those that the plan's rule asks for the beds and residents of need; blank without a rule."""
    region = supplies.region
    counts = {"institution_beds": whole.all_beds, "institution_residents": whole.users[:, :, 0].sum(axis=2)}
    known = replace(region, populations={**region.populations, **counts})
    found = required("social_workers", supplies.rules, known)
    if found is None:
        return GapLine("social_workers", "need", np.full((1, len(region.years)), np.nan), rests_on)
    line = ruled_line("social_workers", found, region)
    return replace(line, yardstick="need", figure_id=f"{rests_on};{found.figure_id}")


def parts_of_need(demand: Demand, old: Array) -> Iterator[GapLine]:
    """Beds by severity, and caregivers by setting and severity, under the headline definition."""
    definition, choice = demand.choice.headline, demand.choice
    whole = demand.need(definition, old)
    beds = whole.users[:, :, :1] * (1.0 / demand.draws.beds.target_occupancy)[:, None, None, None]
    rests_on = f"definition.{definition};settings.{choice.use.id}"
    for quantity, settings, amounts, source in (
        ("institution_beds", SETTINGS_OF_CARE[:1], beds, rests_on),
        ("caregivers", SETTINGS_OF_CARE, whole.carers, f"{rests_on};staffing.{choice.staffing.id}"),
    ):
        for row, setting in enumerate(settings):
            for column, severity in enumerate(SEVERITIES):
                amount = amounts[:, :, row, column]
                line = GapLine(quantity, "need", amount, source, definition=definition)
                yield replace(line, severity=severity, setting=setting)
