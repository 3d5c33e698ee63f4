"""What care takes: people by severity and setting, beds by kind, caregivers.

    by severity         = Σ people · disabled share · share of severity    (disability.people_by_severity)
    users               = by severity, divided over institution, community and home
    beds                = users in institutions / target occupancy, ordinary or nursing; dementia within nursing
    caregivers (heads)  = users / users per caregiver, by setting and severity

Severities sum to the disabled and settings to the severities in every draw. Axes: draw, year, setting, severity;
persons, beds, heads.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.axes import Array
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

BED_KINDS = ("ordinary", "nursing", "dementia")
"""Ordinary and nursing beds are all beds; places for people with dementia lie within the nursing beds."""

FACILITIES = ("institution", "community")
"""Settings whose caregivers are a facility's staff, as published counts of care workers are."""

AS_PUBLISHED: Array = np.ones((1, 1))
"""The factor (draw, year) that leaves a published share or ratio as it is."""


@dataclass(frozen=True)
class SettingUse:
    """Where the disabled are cared for: the scheme `id` of care_settings.csv.

    `shares` (setting, severity) of the disabled of each severity, or (setting, 1) of everybody aged 60 and over, as
    9073 (90 % home, 7 % community, 3 % institution) is meant: the places then go to the most severe first, and never
    to more people than are disabled. They sum to 1 over settings.
    """

    id: str
    shares: Array

    @property
    def of_older(self) -> bool:
        """Whether the shares are of everybody aged 60 and over."""
        return self.shares.shape[1] == 1


@dataclass(frozen=True)
class Staffing:
    """Persons for one caregiver (setting, severity): the scheme `id` of staffing.csv."""

    id: str
    users_per_carer: Array

    @property
    def carers_per_user(self) -> Array:
        """Heads for one user (setting, severity)."""
        return 1.0 / self.users_per_carer


@dataclass(frozen=True)
class BedUse:
    """How users in institutions become beds, (draw,) each.

    `target_occupancy` users to a bed. `dementia_in_institution` share of the people with dementia who live in an
    institution; `mild_in_nursing` share of the mildly disabled in institutions who take a nursing bed.
    """

    target_occupancy: Array
    dementia_in_institution: Array
    mild_in_nursing: Array

    @property
    def beds_per_user(self) -> Array:
        """Beds for one user (draw,)."""
        return 1.0 / self.target_occupancy


@dataclass(frozen=True)
class Need:
    """What older people of one region need under one definition.

    by_severity     (draw, year, severity)            persons, mild, moderate, severe
    dementia        (draw, year)                      persons
    users           (draw, year, setting, severity)   persons, institution, community, home
    beds            (draw, year, kind)                beds: ordinary, nursing, and of these for dementia
    carers          (draw, year, setting, severity)   heads
    """

    by_severity: Array
    dementia: Array
    users: Array
    beds: Array
    carers: Array

    @property
    def disabled(self) -> Array:
        """All disabled people (draw, year)."""
        return self.by_severity.sum(axis=-1)

    @property
    def all_beds(self) -> Array:
        """Ordinary and nursing beds (draw, year)."""
        return self.beds[..., 0] + self.beds[..., 1]

    @property
    def facility_carers(self) -> Array:
        """Caregivers of institutions and community facilities (draw, year), heads: what counts of care workers hold."""
        return self.carers[:, :, : len(FACILITIES)].sum(axis=(2, 3))


def users_by_setting(people: Array, older: Array, use: SettingUse, institution_factor: Array = AS_PUBLISHED) -> Array:
    """Users (draw, year, setting, severity).

    `people` the disabled (draw, year, severity); `older` everybody aged 60 and over (draw, year);
    `institution_factor` (draw or 1, year or 1) multiplies the share in institutions, which takes from those at home
    and never more than there are.
    """
    out = np.empty((*people.shape[:2], len(SETTINGS_OF_CARE), len(SEVERITIES)))
    institution, community = use.shares[:2]
    if not use.of_older:
        inside = institution
        if np.any(institution_factor != 1.0):
            inside = np.minimum(institution_factor[..., None] * institution, 1.0 - community)
        np.multiply(people, inside, out=out[:, :, 0])
        np.multiply(people, community, out=out[:, :, 1])
    else:
        taken = np.zeros_like(people)
        for row, share in enumerate((institution, community)):
            places = share * older * (institution_factor if row == 0 else 1.0)
            for column in reversed(range(len(SEVERITIES))):
                filled = np.minimum(people[..., column] - taken[..., column], places)
                out[:, :, row, column] = filled
                taken[..., column] += filled
                places = places - filled
    np.subtract(people, out[:, :, 0], out=out[:, :, -1])
    out[:, :, -1] -= out[:, :, 1]
    np.maximum(out[:, :, -1], 0.0, out=out[:, :, -1])
    return out


def beds_by_kind(users: Array, dementia: Array, use: BedUse) -> Array:
    """Beds (draw, year, kind): ordinary, nursing, and of the nursing beds those for dementia.

    `users` in institutions (draw, year, severity); `dementia` people with dementia (draw, year). The
    moderately and severely disabled and a share of the mildly disabled take nursing beds, the others ordinary ones,
    so that more severe disability never lowers the nursing beds. Those with dementia who live in an institution take
    nursing beds, at most all of them.
    """
    beds = np.empty((*users.shape[:2], len(BED_KINDS)))
    np.multiply(users[..., 0], 1.0 - use.mild_in_nursing[:, None], out=beds[..., 0])
    np.subtract(users.sum(axis=-1), beds[..., 0], out=beds[..., 1])
    np.minimum(dementia * use.dementia_in_institution[:, None], beds[..., 1], out=beds[..., 2])
    beds *= use.beds_per_user[:, None, None]
    return beds


def need(
    older: Array,
    severity: Array,
    dementia: Array,
    settings: SettingUse,
    staffing: Staffing,
    bed_use: BedUse,
    institution_factor: Array = AS_PUBLISHED,
    users_per_carer_factor: Array = AS_PUBLISHED,
) -> Need:
    """Need of one region under one definition, in every draw and year.

    `older` people aged 60 and over (draw, year); `severity` disabled persons (draw, year, severity) from
    `disability.people_by_severity` and `dementia` persons (draw, year) from `disability.people_affected`; the
    factors (draw or 1, year or 1) multiply the share in institutions and the users per caregiver. More
    disabled people at every severity never lower the beds, nor the caregivers where more severe disability takes no
    fewer of them in any setting.
    """
    users = users_by_setting(severity, older, settings, institution_factor)
    beds = beds_by_kind(users[:, :, 0], dementia, bed_use)
    carers = users * staffing.carers_per_user
    if np.any(users_per_carer_factor != 1.0):
        carers /= users_per_carer_factor[..., None, None]
    return Need(severity, dementia, users, beds, carers)
