"""Why need asks for what it asks for, as a model of named factors, and which uncertain input moves it most.

The factors of one region and year, arrays with draws first (a draw axis of length 1 broadcasts):

    population_size  (draw, 1, 1)          people aged 60 and over
    age_structure    (draw, sex, group)    their shares by sex and age
    disability       (draw, sex, group)    disabled shares
    severity         (draw, severity, sex, group)  shares of the disabled
    dementia         (draw, sex, group)    shares with dementia
    use              (draw, 2)             which scheme of care settings, and the factor on its institutions
    beds             (draw, 3)             beds for one user; shares of dementia in institutions, of mild in nursing
    staffing         (draw, setting, severity)  caregivers for one user

A change is told by one factor at a time: its contribution is what the result would have changed by, had this factor
alone moved from its base value to its target value; the interaction is what is left of the whole change. No factor
comes first, so no order need be chosen, and base + contributions + interaction = target in every draw. (A waterfall
that moves the factors one after the other hides the interaction in whichever comes later.) The interaction of factors
that all grow is positive and grows with them: when it is of the size of the contributions, only the whole means much.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from pipeline.axes import Array
from pipeline.care.disability import people_affected, people_by_severity
from pipeline.care.need import (
    FACILITIES,
    BedUse,
    Choice,
    Demand,
    Draws,
    SettingUse,
    beds_by_kind,
    demand,
    users_by_setting,
)
from pipeline.random import Z80
from pipeline.settings import NeedSettings
from pipeline.shortfall.sensitivity import UncertainInput, sensitivity
from pipeline.summary import in_digits, interval_columns, interval_shown, last_digit, monte_carlo_error, spread

Factors = Mapping[str, Array]
Model = Callable[[Factors], Array]
"""From factors by name, arrays with draws first, to a result (draw, ...)."""

FACTORED = ("beds", "nursing_beds", "dementia_beds", "caregivers")
"""Resources whose need is a function of the factors; social workers follow a rule on beds and people."""

DRIVERS: Mapping[str, str] = {
    "population_size": "population_size",
    "age_structure": "age_structure",
    "disability": "disability_trend",
    "use": "use",
    "staffing": "staffing",
}
"""Factors that move with time within a scenario, and the drivers they stand for."""


@dataclass(frozen=True)
class Waterfall:
    """From `base` to `target` in steps; arrays (draw, ...), in units of the result.

    `contributions` by factor, in the order the factors were given.
    """

    base: Array
    target: Array
    contributions: Mapping[str, Array]
    interaction: Array


def waterfall(model: Model, base: Factors, target: Factors) -> Waterfall:
    """What each factor contributed to the change of `model` from the values in `base` to those in `target`.

    The model is run once for each factor that moved; one that did not contributes exactly 0.
    """
    start, end = model(base), model(target)
    moved = {name: np.zeros_like(start) for name in base}
    for name in base:
        if not np.array_equal(base[name], target[name]):
            moved[name] = model({**base, name: target[name]}) - start
    return Waterfall(start, end, moved, end - start - sum(moved.values()))


def need_factors(demand: Demand, old: Array, year: int, scheme: int = 0) -> dict[str, Array]:
    """Factors of one region at the end of a year, under the headline definition.

    `old` (draw, year, sex, group); `scheme` the place of the scheme of settings among those given to `need_model`.
    """
    at, choice, draws = demand.years.index(year), demand.choice, demand.draws
    people = old[:, at]
    size = people.sum(axis=(1, 2), keepdims=True)
    shares = demand.shares[choice.headline]
    factor = draws.institution_factor[:, at]
    bed_use = draws.beds
    beds = np.broadcast_arrays(1.0 / bed_use.target_occupancy, bed_use.dementia_in_institution, bed_use.mild_in_nursing)
    return {
        "population_size": size,
        "age_structure": people / size,
        "disability": shares[:, at if shares.shape[1] > 1 else 0],
        "severity": demand.severity[choice.headline],
        "dementia": demand.dementia[:, 0],
        "use": np.stack([np.full(factor.shape, float(scheme)), factor], axis=1),
        "beds": np.stack(beds, axis=1),
        "staffing": 1.0 / choice.staffing.users_per_carer / draws.users_factor[:, at, None, None],
    }


def need_model(schemes: Sequence[SettingUse]) -> Model:
    """What need asks for of `FACTORED`, (draw, resource), from factors whose `use` names one of `schemes`."""

    def model(factors: Factors) -> Array:
        old = (factors["population_size"] * factors["age_structure"])[:, None]
        severity = people_by_severity(old, factors["disability"][:, None], factors["severity"])
        scheme, factor = factors["use"][:, 0], factors["use"][:, 1:]
        # All draws of one run share its scheme.
        users = users_by_setting(severity, old.sum(axis=(2, 3)), schemes[int(scheme[0])], factor)
        per_user, inside, mild = factors["beds"].T
        cases = people_affected(old, factors["dementia"][:, None])
        beds = beds_by_kind(users[:, :, 0], cases, BedUse(1.0 / per_user, inside, mild))[:, 0]
        at_work = users[:, 0, : len(FACILITIES)]
        staffing = factors["staffing"][:, : len(FACILITIES)]
        carers = np.einsum("dps,dps->d", at_work, np.broadcast_to(staffing, at_work.shape))
        return np.stack([beds[:, 0] + beds[:, 1], beds[:, 1], beds[:, 2], carers], axis=1)

    return model


def requirement_waterfall(demand: Demand, old: Array, base_year: int, target_year: int) -> Waterfall:
    """From the base year's need to the target year's, by driver; results (draw, resource) of `FACTORED`."""
    base, target = (need_factors(demand, old, year) for year in (base_year, target_year))
    return waterfall(need_model([demand.choice.use]), base, target)


def waterfall_rows(found: Waterfall, drivers: Mapping[str, str]) -> pd.DataFrame:
    """Rows resource, driver, order, shown, q10, q90; what is shown of the steps sums to what is shown of the target.

    Base and target show their medians, as every table does. The drivers show the mean of what they did, scaled as the
    change of the medians is to that of the means, and the interaction what is left. `drivers` names the factors that
    are shown; the others must not have moved.
    """
    moved = {driver: found.contributions[factor] for factor, driver in drivers.items()}
    steps = {"base": found.base, **moved, "interaction": found.interaction, "target": found.target}
    rows = []
    for column, resource in enumerate(FACTORED):
        base, target = (float(interval_shown(end[:, column])[1]) for end in (found.base, found.target))
        change = float((found.target - found.base)[:, column].mean())
        scale = (target - base) / change if change else 1.0
        scale = scale if 0.5 < scale < 2.0 else 1.0
        shown = {name: float(_mean_shown(scale * values[:, column])) for name, values in moved.items()}
        shown |= {"base": base, "interaction": target - base - sum(shown.values()), "target": target}
        for order, (driver, values) in enumerate(steps.items()):
            step = {"resource": resource, "driver": driver, "order": order}
            rows.append(step | interval_columns(values[:, column]) | {"shown": shown[driver]})
    return pd.DataFrame(rows)


def _mean_shown(values: Array) -> Array:
    """The mean over the draws (draw,) with the digits that it bears."""
    low, high = np.quantile(values, (0.1, 0.9))
    return in_digits(values.mean(), last_digit(monte_carlo_error(1.0, len(values)) * spread(low, high)))


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What one region needs in a year, with what is uncertain of it, each input as the interval of its draws.

    `old` (draw, sex, group) at the end of the year; `elapsed` years since the first of the run, over which use and
    staffing change by the year.
    """

    old: Array
    year: int
    elapsed: int
    choice: Choice
    settings: NeedSettings

    def inputs(self) -> list[UncertainInput]:
        """Everything uncertain, as intervals (80 %) of published or assumed values."""
        need, dementia = self.settings, self.choice.dementia
        definition = self.choice.definitions[self.choice.headline]
        found = [UncertainInput("population", 0.0, 1.0)]
        if definition.prevalence is not None:
            found.append(_share("disability", definition.prevalence, definition.sd))
        else:
            found.append(UncertainInput("disability", -Z80, Z80, "normal"))
        if definition.family == "selfcare":
            steep = need.steepness.selfcare
            found.append(UncertainInput("steepness_selfcare", steep.low, steep.high, "lognormal"))
        found.append(UncertainInput("severity", -Z80, Z80, "normal"))
        steep = need.steepness.severity
        found.append(UncertainInput("steepness_severity", steep.low, steep.high, "lognormal"))
        found.append(_share("dementia", dementia.prevalence, dementia.sd))
        for name in ("institution_use", "users_per_caregiver"):
            factor = getattr(need, name)
            found.append(UncertainInput(name, factor.low, factor.high, "lognormal"))
        for name in ("target_occupancy", "dementia_in_institution", "mild_in_nursing_beds"):
            share = getattr(need, name)
            found.append(UncertainInput(name, share.low, share.high, "share"))
        return found

    def required(self, samples: Array) -> Array:
        """Need of `FACTORED` at samples (row, input) of `inputs`, (row, resource)."""
        rows = {item.name: samples[:, column] for column, item in enumerate(self.inputs())}
        order = np.argsort(self.old.sum(axis=(1, 2)), kind="stable")
        picked = order[np.minimum((rows["population"] * len(order)).astype(int), len(order) - 1)]
        drawn = demand(self.choice, self._draws(rows), [self.year])
        return need_model([self.choice.use])(need_factors(drawn, self.old[picked][:, None], self.year))

    def _draws(self, rows: Mapping[str, Array]) -> Draws:
        """Draws of need at the samples."""
        definition, dementia = self.choice.definitions[self.choice.headline], self.choice.dementia
        change = self.settings.yearly_change
        return Draws(
            {definition.family: _normal(rows["disability"], definition.prevalence, definition.sd)},
            rows["severity"],
            _normal(rows["dementia"], dementia.prevalence, dementia.sd),
            {name: rows[f"steepness_{name}"] for name in ("selfcare", "severity") if f"steepness_{name}" in rows},
            rows["institution_use"][:, None] * (1.0 + change.institution_use) ** self.elapsed,
            rows["users_per_caregiver"][:, None] * (1.0 + change.users_per_caregiver) ** self.elapsed,
            BedUse(rows["target_occupancy"], rows["dementia_in_institution"], rows["mild_in_nursing_beds"]),
        )


def ranked(region: Uncertainty, seed: int, base_samples: int) -> pd.DataFrame:
    """Sensitivity of what the region needs: rows of `sensitivity` by resource; what cannot move it is left out."""
    table = sensitivity(region.required, FACTORED, region.inputs(), seed, base_samples)
    moves = ~np.isclose(table["at_low"], table["at_high"], rtol=1e-9)
    return table[(table["total"] > 1e-9) | moves].rename(columns={"result": "resource"})


def _share(name: str, middle: float, sd: float) -> UncertainInput:
    """A share whose log-odds are normal."""
    low, high = expit(logit(middle) + Z80 * sd * np.array([-1, 1])).tolist()
    return UncertainInput(name, low, high, "share")


def _normal(share: Array, middle: float | None, sd: float) -> Array:
    """The standard normal that gives a share; the input itself where there is no published middle."""
    if middle is None:
        return share
    return (logit(share) - logit(middle)) / sd if sd > 0 else np.zeros_like(share)
