"""What people need, as requirements of the quantities that plans count."""

from collections.abc import Iterator

import numpy as np

from pipeline.axes import Array
from pipeline.care.care_groups import BED_KINDS
from pipeline.care.demand import Demand
from pipeline.care.need import Need
from pipeline.care.requirement import required
from pipeline.care.supply import Supplies
from pipeline.shortfall.gap import Requirement
from pipeline.summary import Amount
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

QUANTITIES = {
    "beds": "institution_beds",
    "nursing_beds": "nursing_beds",
    "dementia_beds": "dementia_beds",
    "caregivers": "caregivers",
    "social_workers": "social_workers",
}
"""What need is held against: institution beds, and all care workers rather than those with a certificate."""


def required_by_need(demand: Demand, old: Array, supplies: Supplies) -> Iterator[Requirement]:
    """What need asks for of each resource by every definition; `old` (draw, year, sex, group).

    Social workers are those that the plan's rule asks for the beds and residents of need.
    """
    for definition in demand.choice.definitions:
        whole = demand.need(definition, old)
        for resource, quantity in QUANTITIES.items():
            yield _asked(resource, quantity, definition, whole, demand, supplies)


def parts_of_need(demand: Demand, old: Array) -> Iterator[Requirement]:
    """Beds by severity, and caregivers by setting and severity, under the headline definition."""
    definition, choice = demand.choice.headline, demand.choice
    whole = demand.need(definition, old)
    rests_on = f"definition.{definition};settings.{choice.use.id}"
    beds = whole.users[:, :, 0] * demand.draws.beds.beds_per_user[:, None, None]
    for column, severity in enumerate(SEVERITIES):
        amount = Amount.of(beds[..., column])
        yield Requirement(
            "beds", "institution_beds", "need", amount, rests_on,
            definition=definition, severity=severity, setting="institution",
        )  # fmt: skip
    rests_on += f";staffing.{choice.staffing.id}"
    for row, setting in enumerate(SETTINGS_OF_CARE):
        for column, severity in enumerate(SEVERITIES):
            amount = Amount.of(whole.carers[:, :, row, column])
            yield Requirement(
                "caregivers", "caregivers", "need", amount, rests_on,
                definition=definition, severity=severity, setting=setting,
            )  # fmt: skip


def _asked(
    resource: str, quantity: str, definition: str, whole: Need, demand: Demand, supplies: Supplies
) -> Requirement:
    region = supplies.region
    rests_on = [f"definition.{definition}", f"settings.{demand.choice.use.id}"]
    basis, carried = "resident", None
    unknown: tuple[str, ...] = ()
    if resource == "social_workers":
        counts = {"institution_beds": whole.all_beds, "institution_residents": whole.users[:, :, 0].sum(axis=2)}
        known = {**region.populations, **counts}
        found = required(resource, supplies.rules, known, region.hukou_ratio, region.years)
        if found is None:
            values = np.full((1, len(region.years)), np.nan)
        else:
            values, basis, unknown, carried = found.amount, found.basis, found.unknown, found.carried
            rests_on += found.figure_ids
    elif resource == "caregivers":
        values = whole.facility_carers
        rests_on.append(f"staffing.{demand.choice.staffing.id}")
    elif resource == "beds":
        values = whole.all_beds
    else:
        values = whole.beds[..., BED_KINDS.index(resource.removesuffix("_beds"))]
    return Requirement(
        resource,
        quantity,
        "need",
        Amount.of(values),
        ";".join(rests_on),
        basis,
        unknown,
        carried,
        definition=definition,
    )
