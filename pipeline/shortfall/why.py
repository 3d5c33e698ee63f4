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
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from pipeline.axes import Array
from pipeline.care.demand import Choice, Demand, Draws, demand
from pipeline.care.disability import people_affected, people_by_severity
from pipeline.care.need import FACILITIES, BedUse, SettingUse, beds_by_kind, users_by_setting
from pipeline.random import Z80, Interval
from pipeline.shortfall.attribution import Factors, Model, Waterfall, size_and_structure, waterfall
from pipeline.shortfall.sensitivity import UncertainInput, sensitivity
from pipeline.summary import in_digits, interval_shown, last_digit, monte_carlo_error, spread

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


def need_factors(demand: Demand, old: Array, year: int, scheme: int = 0) -> dict[str, Array]:
    """Factors of one region at the end of a year, under the headline definition.

    `old` (draw, year, sex, group); `scheme` the place of the scheme of settings among those given to `need_model`.
    """
    at, choice, draws = demand.years.index(year), demand.choice, demand.draws
    size, structure = size_and_structure(old[:, at])
    shares = demand.shares[choice.headline]
    factor = draws.institution_factor[:, at]
    bed_use = draws.beds
    beds = np.broadcast_arrays(bed_use.beds_per_user, bed_use.dementia_in_institution, bed_use.mild_in_nursing)
    return {
        "population_size": size,
        "age_structure": structure,
        "disability": shares[:, at if shares.shape[1] > 1 else 0],
        "severity": demand.severity[choice.headline],
        "dementia": demand.dementia[:, 0],
        "use": np.stack([np.full(factor.shape, float(scheme)), factor], axis=1),
        "beds": np.stack(beds, axis=1),
        "staffing": choice.staffing.carers_per_user / draws.users_factor[:, at, None, None],
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
        shown = {"base": base, **shown, "interaction": target - base - sum(shown.values()), "target": target}
        for order, (driver, values) in enumerate(steps.items()):
            low, _, high = interval_shown(values[:, column]).tolist()
            rows.append(
                {
                    "resource": resource,
                    "driver": driver,
                    "order": order,
                    "shown": shown[driver],
                    "q10": low,
                    "q90": high,
                }
            )
    return pd.DataFrame(rows)


def _mean_shown(values: Array) -> Array:
    """The mean over the draws (draw,) with the digits that it bears."""
    low, high = np.quantile(values, (0.1, 0.9))
    return in_digits(values.mean(), last_digit(monte_carlo_error(1.0, len(values)) * spread(low, high)))


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What one region needs in a year, with what is uncertain of it, each input as the interval of its draws.

    `old` (draw, sex, group) at the end of the year; `elapsed` years since the first of the run, over which use and
    staffing grow by `growth` a year.
    """

    old: Array
    year: int
    elapsed: int
    choice: Choice
    steepness: Mapping[str, Interval]
    institution_use: Interval
    users_per_caregiver: Interval
    target_occupancy: Interval
    dementia_in_institution: Interval
    mild_in_nursing_beds: Interval
    growth: tuple[float, float]

    def inputs(self) -> list[UncertainInput]:
        """Everything uncertain, as intervals (80 %) of published or assumed values."""
        choice = self.choice
        definition, dementia = choice.definitions[choice.headline], choice.dementia
        found = [UncertainInput("population", 0.0, 1.0)]
        if definition.prevalence is not None:
            found.append(_share("disability", definition.prevalence, definition.sd))
        else:
            found.append(UncertainInput("disability", -Z80, Z80, "normal"))
        if definition.family in self.steepness:
            found.append(_interval(f"steepness_{definition.family}", self.steepness[definition.family], "lognormal"))
        return [
            *found,
            UncertainInput("severity", -Z80, Z80, "normal"),
            _interval("steepness_severity", self.steepness["severity"], "lognormal"),
            _share("dementia", dementia.prevalence, dementia.sd),
            _interval("institution_use", self.institution_use, "lognormal"),
            _interval("users_per_caregiver", self.users_per_caregiver, "lognormal"),
            _interval("target_occupancy", self.target_occupancy, "share"),
            _interval("dementia_in_institution", self.dementia_in_institution, "share"),
            _interval("mild_in_nursing_beds", self.mild_in_nursing_beds, "share"),
        ]

    def required(self, samples: Array) -> Array:
        """Need of `FACTORED` at samples (row, input) of `inputs`, (row, resource)."""
        rows = {item.name: samples[:, column] for column, item in enumerate(self.inputs())}
        order = np.argsort(self.old.sum(axis=(1, 2)), kind="stable")
        picked = order[np.minimum((rows["population"] * len(order)).astype(int), len(order) - 1)]
        drawn = demand(self.choice, self._draws(rows), [self.year])
        return need_model([self.choice.use])(need_factors(drawn, self.old[picked][:, None], self.year))

    def _draws(self, rows: Mapping[str, Array]) -> Draws:
        """Draws of need at the samples."""
        choice = self.choice
        definition = choice.definitions[choice.headline]
        use, staff = ((1.0 + yearly) ** self.elapsed for yearly in self.growth)
        return Draws(
            {definition.family: _normal(rows["disability"], definition.prevalence, definition.sd)},
            rows["severity"],
            _normal(rows["dementia"], choice.dementia.prevalence, choice.dementia.sd),
            {name: rows[f"steepness_{name}"] for name in self.steepness if f"steepness_{name}" in rows},
            rows["institution_use"][:, None] * use,
            rows["users_per_caregiver"][:, None] * staff,
            BedUse(rows["target_occupancy"], rows["dementia_in_institution"], rows["mild_in_nursing_beds"]),
        )


def ranked(region: Uncertainty, seed: int, base_samples: int) -> pd.DataFrame:
    """Sensitivity of what the region needs: rows of `sensitivity` by resource; what cannot move it is left out."""
    inputs, worked_out = region.inputs(), dict[bytes, Array]()

    def required(samples: Array) -> Array:
        key = samples.tobytes()
        if key not in worked_out:
            worked_out[key] = region.required(samples)
        return worked_out[key]

    tables = []
    for column, resource in enumerate(FACTORED):

        def model(samples: Array, column: int = column) -> Array:
            return np.asarray(required(samples)[:, column])

        table = sensitivity(model, inputs, seed, base_samples)
        moves = ~np.isclose(table["at_low"], table["at_high"], rtol=1e-9)
        tables.append(table[(table["total"] > 1e-9) | moves].assign(resource=resource))
    return pd.concat(tables)


def _share(name: str, middle: float, sd: float) -> UncertainInput:
    """A share whose log-odds are normal."""
    low, high = (float(expit(logit(middle) + sign * Z80 * sd)) for sign in (-1, 1))
    return UncertainInput(name, low, high, "share" if high > low else "uniform")


def _normal(share: Array, middle: float | None, sd: float) -> Array:
    """The standard normal that gives a share; the input itself where there is no published middle."""
    if middle is None:
        return share
    return np.asarray((logit(share) - logit(middle)) / sd) if sd > 0 else np.zeros_like(share)


def _interval(name: str, interval: Interval, shape: Literal["lognormal", "share"]) -> UncertainInput:
    return UncertainInput(name, interval.low, interval.high, shape if interval.high > interval.low else "uniform")
