"""Need: who is disabled, what care they use, and what it takes, drawn once for every region.

    by severity         = Σ people · disabled share · share of severity
    users               = by severity, divided over institution, community and home
    beds                = users in institutions / target occupancy, ordinary or nursing; dementia within nursing
    caregivers (heads)  = users / users per caregiver, by setting and severity

Severities sum to the disabled and settings to the severities in every draw. All regions share every draw, as a
definition, a way of caring or a ratio is wrong everywhere alike. Axes: draw, year, then sex and age group or setting
and severity; persons, beds, heads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from pipeline.axes import Array, Indices
from pipeline.care import disability
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

FACILITIES = ("institution", "community")
"""Settings whose caregivers are a facility's staff, as published counts of care workers are."""


class BedUse(NamedTuple):
    """How users in institutions become beds, (draw,) each: users to a bed, and the shares of people with dementia who
    live in an institution and of the mildly disabled there who take a nursing bed."""

    target_occupancy: Array
    dementia_in_institution: Array
    mild_in_nursing: Array


class Need(NamedTuple):
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
    def all_beds(self) -> Array:
        """Ordinary and nursing beds (draw, year)."""
        return self.beds[..., 0] + self.beds[..., 1]

    @property
    def facility_carers(self) -> Array:
        """Caregivers of institutions and community facilities (draw, year), heads: what counts of care workers hold."""
        return self.carers[:, :, : len(FACILITIES)].sum(axis=(2, 3))


def users_by_setting(people: Array, older: Array, shares: Array, institution_factor: Array) -> Array:
    """Users (draw, year, setting, severity) of the disabled `people` (draw, year, severity).

    `shares` sum to 1 over settings: (setting, severity) of the disabled of each severity, or (setting, 1) of all the
    `older` (draw, year), as 9073 (90 % home, 7 % community, 3 % institution) is meant: the places then go to the most
    severe first, and never to more people than are disabled. `institution_factor` (draw or 1, year or 1) multiplies the
    share in institutions, which takes from those at home and never more than there are.
    """
    users = np.zeros((*people.shape[:2], len(SETTINGS_OF_CARE), len(SEVERITIES)))
    institution, community = shares[:2]
    if shares.shape[1] > 1:
        users[:, :, 0] = people * np.minimum(institution_factor[..., None] * institution, 1.0 - community)
        users[:, :, 1] = people * community
    else:
        for row, places in enumerate((institution * older * institution_factor, community * older)):
            for column in reversed(range(len(SEVERITIES))):
                left = people[..., column] - users[..., column].sum(axis=2)
                users[:, :, row, column] = np.minimum(left, places)
                places = places - users[:, :, row, column]
    users[:, :, -1] = np.maximum(people - users[:, :, 0] - users[:, :, 1], 0.0)
    return users


def need(
    older: Array,
    severity: Array,
    dementia: Array,
    use: Array,
    users_per_carer: Array,
    bed_use: BedUse,
    institution_factor: Array,
    users_factor: Array,
) -> Need:
    """Need of one region under one definition.

    `older` people aged 60 and over and people with `dementia` (draw, year); disabled people by `severity` (draw, year,
    severity); `use` and `institution_factor` as in `users_by_setting`; `users_factor` on `users_per_carer` alike. In
    institutions all but some of the mildly disabled take nursing beds, so that more severe disability never lowers
    these, and so do those with dementia, at most all of them.
    """
    users = users_by_setting(severity, older, use, institution_factor)
    carers = users * (1.0 / users_per_carer) / users_factor[..., None, None]
    inside = users[:, :, 0]
    ordinary = inside[..., 0] * (1.0 - bed_use.mild_in_nursing[:, None])
    nursing = inside.sum(axis=-1) - ordinary
    with_dementia = np.minimum(dementia * bed_use.dementia_in_institution[:, None], nursing)
    beds = np.stack([ordinary, nursing, with_dementia], axis=-1) * (1.0 / bed_use.target_occupancy)[:, None, None]
    return Need(severity, dementia, users, beds, carers)


class NationalAges(NamedTuple):
    """National people at dated counts (count, sex, group); the transition model's log-odds and shares."""

    counts: Array
    count_years: Sequence[int]
    gradient: Array
    model_share: Array

    def structure(self, year: int) -> Array:
        """People (sex, group) in a year, in a straight line between counts."""
        place = float(np.interp(year, self.count_years, np.arange(len(self.count_years))))
        low = min(int(place), len(self.count_years) - 2)
        return self.counts[low] + (place - low) * (self.counts[low + 1] - self.counts[low])


def nation(
    counts: Array, count_years: Sequence[int], intensities: disability.Intensities, lx: Array, start: float
) -> NationalAges:
    """The nation from its `counts` and the life table's `lx` (sex, exact age); `start` the disabled share at 60."""
    from_sixty = disability.from_sixty(intensities)
    hazard = disability.yearly_hazard(lx, from_sixty.onset.shape[-1])
    share = disability.disabled_share(from_sixty, start, hazard)
    return NationalAges(counts, count_years, disability.age_gradient(share, hazard), disability.by_group(share, hazard))


@dataclass(frozen=True)
class Choice:
    """What was chosen of the published parameters; `headline` names the definition that stands for need.

    `trend` is the yearly change of the log-odds of disability at every age; `use` and `staffing` are schemes of
    care_settings.csv and staffing.csv, as `need` takes them, and their ids.
    """

    definitions: Mapping[str, disability.Definition]
    headline: str
    people: NationalAges
    severity: disability.SeverityProfile
    dementia: disability.Dementia
    trend: float
    use: Array
    use_id: str
    staffing: Array
    staffing_id: str


@dataclass(frozen=True)
class Demand:
    """Need in every draw: a choice of parameters with what is drawn of them.

    By definition the disabled `shares` (draw, year or 1, sex, group) and those of the disabled by `severity` (draw,
    severity, sex, group); `dementia` (draw, 1, sex, group). Factors (draw, year) on the share in institutions and on
    users per caregiver. `old` in its methods (draw, year, sex, group).
    """

    choice: Choice
    shares: Mapping[str, Array]
    severity: Mapping[str, Array]
    dementia: Array
    institution_factor: Array
    users_factor: Array
    beds: BedUse
    years: tuple[int, ...]

    def severities(self, definition: str, old: Array) -> Array:
        """Disabled people by severity (draw, year, severity)."""
        return disability.people_by_severity(old, self.shares[definition], self.severity[definition])

    def need(self, definition: str, old: Array) -> Need:
        """Need of one region under one definition."""
        return need(
            old.sum(axis=(2, 3)),
            self.severities(definition, old),
            disability.people_affected(old, self.dementia),
            self.choice.use,
            self.choice.staffing,
            self.beds,
            self.institution_factor,
            self.users_factor,
        )

    def some(self, draws: slice | Indices, years: Sequence[int] | None = None) -> "Demand":
        """The same need in some `draws`, and at the ends of some of its `years` alone."""
        kept = self.years if years is None else tuple(years)
        columns = [self.years.index(year) for year in kept]

        def cut(values: Array) -> Array:
            return values if len(values) == 1 else values[draws]

        def cut_years(values: Array) -> Array:
            return cut(values)[:, columns] if values.shape[1] > 1 else cut(values)

        shares = {name: cut_years(part) for name, part in self.shares.items()}
        severity = {name: cut(part) for name, part in self.severity.items()}
        use, staff = map(cut_years, (self.institution_factor, self.users_factor))
        beds = BedUse(*map(cut, self.beds))
        return Demand(self.choice, shares, severity, cut(self.dementia), use, staff, beds, kept)


def demand(
    choice: Choice,
    years: Sequence[int],
    families: Mapping[str, Array],
    severity: Array,
    dementia: Array,
    steepness: Mapping[str, Array],
    institution_factor: Array,
    users_factor: Array,
    beds: BedUse,
) -> Demand:
    """Need in every draw, each national value met in its own year and structure (see `disability`).

    Standard normals (draw,) of definitions by family, of `severity` and of `dementia`. `steepness` (draw,) by family
    and for "severity": how many times as fast as the transition model's disability a share rises with age, 1 if none.
    """
    shares, by_severity, people = {}, {}, choice.people
    rise = disability.steepened(people.gradient, steepness.get("severity", np.ones(1)))
    for name, item in choice.definitions.items():
        structure = people.structure(item.year)
        gradient = disability.steepened(people.gradient, steepness.get(item.family, np.ones(1)))
        log_odds = disability.log_odds_by_age(item, gradient, people.model_share, structure, families[item.family])
        shares[name] = disability.shares_by_year(log_odds, choice.trend, years, item.year)
        prevalence = item.prevalence or float((structure * people.model_share).sum() / structure.sum())
        divided = choice.severity.of_disabled(prevalence, severity)
        by_severity[name] = disability.severity_by_age(divided, rise, structure * expit(log_odds))
    demented = choice.dementia.by_age(people.structure(choice.dementia.year), dementia)
    return Demand(choice, shares, by_severity, demented, institution_factor, users_factor, beds, tuple(years))
