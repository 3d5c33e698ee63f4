"""What care takes: people by severity and setting, beds by kind, caregivers.

    by severity         = Σ people · disabled share · share of severity    (disability.people_by_severity)
    users               = by severity, divided over institution, community and home
    beds                = users in institutions / target occupancy, ordinary or nursing; dementia within nursing
    caregivers (heads)  = users / users per caregiver, by setting and severity

Severities sum to the disabled and settings to the severities in every draw. Axes: draw, year, setting, severity;
persons, beds, heads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.care_groups import FACILITIES
from pipeline.care.ranges import require_all, require_between, require_positive
from pipeline.errors import OutOfRangeError
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES


@dataclass(frozen=True)
class SettingUse:
    """Where the disabled are cared for.

    `base` says what the shares are shares of. "disabled": `shares[severity][setting]` of the disabled of each
    severity. "older": `shares["all"][setting]` of everybody aged 60 and over, as 9073 (90 % home, 7 %
    community, 3 % institution) is meant; the places go to the most severe first, and never to more people
    than are disabled. Shares are 0 to 1 and sum to 1 over settings. `assumed` where a share is not published
    for this use. Raises ValueError naming the key.
    """

    id: str
    base: Literal["disabled", "older"]
    shares: Mapping[str, Mapping[str, float]]
    source: str
    assumed: bool = True

    def __post_init__(self) -> None:
        key = f"settings.{self.id}"
        if self.base not in ("disabled", "older"):
            raise OutOfRangeError(f"{key}.base", repr(self.base), "disabled or older")
        require_all(key, self.shares, ("all",) if self.base == "older" else SEVERITIES)
        for severity, row in self.shares.items():
            require_all(f"{key}.{severity}", row, SETTINGS_OF_CARE)
            for setting, share in row.items():
                require_between(f"{key}.{severity}.{setting}", share, 0.0, 1.0)
            require_between(f"{key}.{severity}: sum of the shares", sum(row.values()), 1 - 1e-6, 1 + 1e-6)


@dataclass(frozen=True)
class Staffing:
    """`users_per_carer[setting][severity]`: persons for one caregiver (head), above 0."""

    id: str
    users_per_carer: Mapping[str, Mapping[str, float]]

    def __post_init__(self) -> None:
        key = f"staffing.{self.id}"
        require_all(f"{key}.users_per_carer", self.users_per_carer, SETTINGS_OF_CARE)
        for setting, row in self.users_per_carer.items():
            require_all(f"{key}.users_per_carer.{setting}", row, SEVERITIES)
            for severity, ratio in row.items():
                require_positive(f"{key}.users_per_carer.{setting}.{severity}", ratio, "persons")

    @cached_property
    def carers_per_user(self) -> Array:
        """Heads for one user (setting, severity)."""
        rows = self.users_per_carer
        return np.array([[1.0 / rows[place][level] for level in SEVERITIES] for place in SETTINGS_OF_CARE])


@dataclass(frozen=True)
class BedUse:
    """How users in institutions become beds; numbers, or one for each draw (draw,).

    `target_occupancy` users to a bed, above 0 and at most 1. `dementia_in_institution` share (0 to 1) of the
    people with dementia who live in an institution; `mild_in_nursing` share of the mildly disabled in institutions
    who take a nursing bed. Raises ValueError naming the key.
    """

    target_occupancy: float | Array
    dementia_in_institution: float | Array
    mild_in_nursing: float | Array = 0.0

    def __post_init__(self) -> None:
        require_positive("target_occupancy", float(np.min(self.target_occupancy)))
        for key, share in (
            ("target_occupancy", self.target_occupancy),
            ("dementia_in_institution", self.dementia_in_institution),
            ("mild_in_nursing", self.mild_in_nursing),
        ):
            require_between(key, float(np.min(share)), 0.0, 1.0)
            require_between(key, float(np.max(share)), 0.0, 1.0)

    @property
    def beds_per_user(self) -> Array:
        """Beds for one user (draw or 1,)."""
        return np.asarray(1.0 / np.atleast_1d(np.asarray(self.target_occupancy, dtype=float)))


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
        return np.asarray(self.by_severity.sum(axis=-1))

    @property
    def all_beds(self) -> Array:
        """Ordinary and nursing beds (draw, year)."""
        return np.asarray(self.beds[..., 0] + self.beds[..., 1])

    @property
    def facility_carers(self) -> Array:
        """Caregivers of institutions and community facilities (draw, year), heads: what counts of care workers hold."""
        return np.asarray(self.carers[:, :, : len(FACILITIES)].sum(axis=(2, 3)))


def users_by_setting(
    severity: ArrayLike, older: ArrayLike, use: SettingUse, institution_factor: ArrayLike = 1.0
) -> Array:
    """Users (draw, year, setting, severity).

    `severity` persons (draw, year, severity); `older` everybody aged 60 and over (draw, year);
    `institution_factor`, a number or (draw or 1, year or 1), multiplies the share in institutions, which takes
    from those at home and never more than there are.
    """
    people = np.asarray(severity, dtype=float)
    factor = np.atleast_2d(np.asarray(institution_factor, dtype=float))
    out = np.empty((*people.shape[:2], len(SETTINGS_OF_CARE), len(SEVERITIES)))
    if use.base == "disabled":
        for row, place in enumerate(SETTINGS_OF_CARE[:-1]):
            share = np.array([use.shares[level][place] for level in SEVERITIES])
            if row == 0 and np.any(factor != 1.0):
                outside = np.array([use.shares[level]["community"] for level in SEVERITIES])
                share = np.minimum(factor[..., None] * share, 1.0 - outside)
            np.multiply(people, share, out=out[:, :, row])
    else:
        everybody = np.asarray(older, dtype=float)
        taken = np.zeros_like(people)
        for row, place in enumerate(SETTINGS_OF_CARE[:-1]):
            places = use.shares["all"][place] * everybody * (factor if row == 0 else 1.0)
            for column in reversed(range(len(SEVERITIES))):
                filled = np.minimum(people[..., column] - taken[..., column], places)
                out[:, :, row, column] = filled
                taken[..., column] += filled
                places = places - filled
    np.subtract(people, out[:, :, 0], out=out[:, :, -1])
    out[:, :, -1] -= out[:, :, 1]
    np.maximum(out[:, :, -1], 0.0, out=out[:, :, -1])
    return out


def beds_by_kind(institution: ArrayLike, dementia: ArrayLike, use: BedUse) -> Array:
    """Beds (draw, year, kind): ordinary, nursing, and of the nursing beds those for dementia.

    `institution` users in institutions (draw, year, severity); `dementia` people with dementia (draw, year). The
    moderately and severely disabled and a share of the mildly disabled take nursing beds, the others ordinary ones,
    so that more severe disability never lowers the nursing beds. Those with dementia who live in an institution take
    nursing beds, at most all of them.
    """
    users = np.asarray(institution, dtype=float)
    inside, mild = (
        np.atleast_1d(np.asarray(share, dtype=float))[:, None]
        for share in (use.dementia_in_institution, use.mild_in_nursing)
    )
    beds = np.empty((*users.shape[:2], 3))
    np.multiply(users[..., 0], 1.0 - mild, out=beds[..., 0])
    np.subtract(users.sum(axis=-1), beds[..., 0], out=beds[..., 1])
    np.minimum(np.asarray(dementia, dtype=float) * inside, beds[..., 1], out=beds[..., 2])
    beds *= use.beds_per_user[:, None, None]
    return beds


def need(
    older: ArrayLike,
    severity: ArrayLike,
    dementia: ArrayLike,
    settings: SettingUse,
    staffing: Staffing,
    bed_use: BedUse,
    institution_factor: ArrayLike = 1.0,
    users_per_carer_factor: ArrayLike = 1.0,
) -> Need:
    """Need of one region under one definition, in every draw and year.

    `older` people aged 60 and over (draw, year); `severity` disabled persons (draw, year, severity) from
    `disability.people_by_severity` and `dementia` persons (draw, year) from `disability.people_affected`; the
    factors, numbers or (draw or 1, year or 1), multiply the share in institutions and the users per caregiver. More
    disabled people at every severity never lower the beds, nor the caregivers where more severe disability takes no
    fewer of them in any setting.
    """
    people, cases = np.asarray(severity, dtype=float), np.asarray(dementia, dtype=float)
    users = users_by_setting(people, older, settings, institution_factor)
    beds = beds_by_kind(users[:, :, 0], cases, bed_use)
    carers = users * staffing.carers_per_user
    factor = np.atleast_2d(np.asarray(users_per_carer_factor, dtype=float))
    if np.any(factor != 1.0):
        carers /= factor[..., None, None]
    return Need(people, cases, users, beds, carers)
