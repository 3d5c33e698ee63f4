"""Everything about need that is the same in every region, in every draw: who is disabled, and what care they use.

Axes: draw, year, sex (male, female), nine age groups from 60 on. Each part is drawn once and shared by all
regions, as a definition, a way of caring or a ratio is wrong everywhere alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array
from pipeline.care import transition
from pipeline.care.disability import (
    Definition,
    Dementia,
    SeverityProfile,
    log_odds_by_age,
    people_affected,
    people_by_severity,
    severity_by_age,
    share_of,
    shares_by_year,
    steepened,
    structure_in_year,
)
from pipeline.care.need import BedUse, Need, SettingUse, Staffing, need


@dataclass(frozen=True)
class NationalAges:
    """National people by sex and group at dated counts, (count, sex, group), and how disability rises with age.

    `gradient` log-odds and `model_share` shares of the transition model, both (sex, group).
    """

    counts: Array
    count_years: Sequence[int]
    gradient: Array
    model_share: Array

    def structure(self, year: int) -> Array:
        """People by sex and group in a year."""
        return structure_in_year(self.counts, self.count_years, year)


def nation(
    counts: Array, count_years: Sequence[int], intensities: transition.Intensities, lx: Array, start: float
) -> NationalAges:
    """The nation from its counts and a life table.

    `counts` (count, sex, group) persons at `count_years`; published `intensities`; `lx` (sex, exact age) of the
    projection's life table, whose mortality the transition model is held to; `start` the disabled share at 60.
    """
    from_sixty = transition.from_sixty(intensities)
    hazard = transition.yearly_hazard(lx, from_sixty.onset.shape[-1])
    share = transition.disabled_share(from_sixty, start, hazard)
    gradient, by_group = transition.age_gradient(share, hazard), transition.by_group(share, hazard)
    return NationalAges(counts, count_years, gradient, by_group)


@dataclass(frozen=True)
class Choice:
    """What was chosen of the published parameters; `headline` names the definition that stands for need.

    `trend` is the yearly change of the log-odds of disability at every age.
    """

    definitions: Mapping[str, Definition]
    headline: str
    people: NationalAges
    severity: SeverityProfile
    dementia: Dementia
    trend: float
    use: SettingUse
    staffing: Staffing


@dataclass(frozen=True)
class Draws:
    """What is drawn: standard normals (draw,) of definitions by family, of severity and of dementia.

    `steepness` (draw,) by family of definitions and for "severity": how many times as fast as the transition model's
    disability a share rises with age; 1 for families not named. `institution_factor` and
    `users_factor` (draw, year) multiply the share in institutions and the users per caregiver.
    """

    families: Mapping[str, Array]
    severity: Array
    dementia: Array
    steepness: Mapping[str, Array]
    institution_factor: Array
    users_factor: Array
    beds: BedUse


@dataclass(frozen=True)
class Demand:
    """Need in every draw: a choice of parameters with what is drawn of them.

    `log_odds` of disability (draw, sex, group) by definition, in the definition's own year; `severity` shares of
    the disabled at each age (draw, severity, sex, group) by definition; `dementia` shares (draw, 1, sex, group).
    """

    choice: Choice
    draws: Draws
    log_odds: Mapping[str, Array]
    severity: Mapping[str, Array]
    dementia: Array
    years: tuple[int, ...]

    @cached_property
    def shares(self) -> Mapping[str, Array]:
        """Disabled shares by definition, (draw, year, sex, group), or of one year where nothing changes."""
        return {
            name: shares_by_year(self.log_odds[name], self.choice.trend, self.years, item.year)
            for name, item in self.choice.definitions.items()
        }

    def cases(self, old: Array) -> Array:
        """People with dementia (draw, year) among `old` people (draw, year, sex, group)."""
        return people_affected(old, self.dementia)

    def severities(self, definition: str, old: Array) -> Array:
        """Disabled people by severity (draw, year, severity) among `old` people (draw, year, sex, group)."""
        return people_by_severity(old, self.shares[definition], self.severity[definition])

    def need(self, definition: str, old: Array) -> Need:
        """Need of a place from its `old` people (draw, year, sex, group), whatever the place.

        Costs two sums over ages a definition and arithmetic on (draw, year): a county in a few milliseconds.
        """
        return need(
            old.sum(axis=(2, 3)),
            self.severities(definition, old),
            self.cases(old),
            self.choice.use,
            self.choice.staffing,
            self.draws.beds,
            self.draws.institution_factor,
            self.draws.users_factor,
        )

    def some(self, draws: slice | NDArray[np.intp], years: Sequence[int] | None = None) -> "Demand":
        """The same need in some `draws`, and at the ends of some of its `years` alone."""
        kept = self.years if years is None else tuple(years)
        columns = [self.years.index(year) for year in kept]

        def cut(values: Array) -> Array:
            return values if len(values) == 1 else values[draws]

        def cut_years(values: Array) -> Array:
            return cut(values)[:, columns if values.shape[1] > 1 else slice(None)]

        drawn, beds = self.draws, self.draws.beds
        return replace(
            self,
            draws=replace(
                drawn,
                institution_factor=cut_years(drawn.institution_factor),
                users_factor=cut_years(drawn.users_factor),
                beds=BedUse(*map(cut, (beds.target_occupancy, beds.dementia_in_institution, beds.mild_in_nursing))),
            ),
            log_odds={name: cut(values) for name, values in self.log_odds.items()},
            severity={name: cut(values) for name, values in self.severity.items()},
            dementia=cut(self.dementia),
            years=kept,
        )


def demand(choice: Choice, draws: Draws, years: Sequence[int]) -> Demand:
    """Demand with every national value met in its own year and structure (see `disability`)."""
    log_odds, severity = {}, {}
    people = choice.people
    rise = steepened(people.gradient, draws.steepness.get("severity", np.ones(1)))
    for name, item in choice.definitions.items():
        structure = people.structure(item.year)
        gradient = steepened(people.gradient, draws.steepness.get(item.family, np.ones(1)))
        log_odds[name] = log_odds_by_age(item, gradient, people.model_share, structure, draws.families[item.family])
        prevalence = item.prevalence or float((structure * people.model_share).sum() / structure.sum())
        divided = choice.severity.of_disabled(prevalence, draws.severity)
        severity[name] = severity_by_age(divided, rise, structure * share_of(log_odds[name]))
    dementia = choice.dementia.by_age(people.structure(choice.dementia.year), draws.dementia)
    return Demand(choice, draws, log_odds, severity, dementia, tuple(years))
