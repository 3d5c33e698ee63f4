"""Why need asks for what it asks for, as a model of named factors, and what a gap depends on most.

The factors of one region and year, arrays with draws first (a draw axis of length 1 broadcasts):

    population_size  (draw, 1, 1)          people aged 60 and over
    age_structure    (draw, sex, group)    their shares by sex and age
    disability       (draw, sex, group)    disabled shares
    severity         (draw, severity)      shares of the disabled
    dementia         (draw, sex, group)    shares with dementia
    use              (draw, 2)             which scheme of care settings, and the factor on its institutions
    beds             (draw, 2)             beds for one user, and the share of dementia in institutions
    staffing         (draw, setting, severity)  caregivers for one user
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from pipeline.care.demand import Choice, Demand, Draws, demand
from pipeline.care.disability import people_affected
from pipeline.care.need import BedUse, SettingUse, beds_by_kind, by_severity, users_by_setting
from pipeline.care.supply import Published, Region
from pipeline.domain import Indicator
from pipeline.random import Z80, Interval
from pipeline.shortfall.attribution import Factors, Model, Waterfall, size_and_structure, waterfall
from pipeline.shortfall.gap import region_series
from pipeline.shortfall.sensitivity import UncertainInput, sensitivity

Array = NDArray[np.float64]

FACTORED = ("beds", "nursing_beds", "dementia_beds", "caregivers")
"""Resources whose need is a function of the factors; social workers follow a rule on beds and people."""

LONGEST = 50
"""Years that a stock may be carried forward."""

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
    beds = np.broadcast_arrays(draws.beds.beds_per_user, np.atleast_1d(draws.beds.dementia_in_institution))
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
        disabled = people_affected(old, factors["disability"][:, None])
        severity = by_severity(disabled, factors["severity"])
        scheme, factor = factors["use"][:, 0], factors["use"][:, 1:]
        # All draws of one run share its scheme.
        users = users_by_setting(severity, old.sum(axis=(2, 3)), schemes[int(scheme[0])], factor)
        per_user, inside = factors["beds"].T
        cases = people_affected(old, factors["dementia"][:, None])
        beds = beds_by_kind(users[:, :, 0], cases, BedUse(1.0 / per_user, inside))[:, 0]
        carers = np.einsum("dps,dps->d", users[:, 0], np.broadcast_to(factors["staffing"], users[:, 0].shape))
        return np.stack([beds.sum(axis=1), beds[:, 1], beds[:, 2], carers], axis=1)

    return model


def requirement_waterfall(demand: Demand, old: Array, base_year: int, target_year: int) -> Waterfall:
    """From the base year's need to the target year's, by driver; results (draw, resource) of `FACTORED`."""
    base, target = (need_factors(demand, old, year) for year in (base_year, target_year))
    return waterfall(need_model([demand.choice.use]), base, target)


def waterfall_rows(found: Waterfall, drivers: Mapping[str, str]) -> pd.DataFrame:
    """Rows resource, driver, order, mean, q10, q90; the means of a resource's steps sum exactly to its target.

    `drivers` names the factors that are shown; the others must not have moved.
    """
    steps = {
        "base": found.base,
        **{driver: found.contributions[factor] for factor, driver in drivers.items()},
        "interaction": found.interaction,
        "target": found.target,
    }
    return pd.DataFrame(
        [
            {
                "resource": resource,
                "driver": driver,
                "order": order,
                "mean": float(change[:, column].mean()),
                "q10": float(np.quantile(change[:, column], 0.1)),
                "q90": float(np.quantile(change[:, column], 0.9)),
            }
            for column, resource in enumerate(FACTORED)
            for order, (driver, change) in enumerate(steps.items())
        ]
    )


@dataclass(frozen=True)
class Target:
    """A gap that is looked into: which resource by which yardstick, in which year and on which supply path."""

    resource: str
    yardstick: str
    year: int
    supply_path: str
    definition: str | None


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """One region with what is uncertain of its gaps, each input as the interval of its draws.

    `region` as the gap stage has it, with the years that its figures need; `old` (draw, year, sex, group) in those
    years. `hukou_change` (year,) is the path of the ratio of registered people over its last published value.
    """

    region: Region
    old: Array
    choice: Choice
    indicators: Mapping[str, Indicator]
    published: Published
    hukou: Interval | None
    hukou_change: Array
    imputed: Interval
    institution_use: Interval
    users_per_caregiver: Interval
    target_occupancy: Interval
    dementia_in_institution: Interval
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
        found += [
            UncertainInput("severity", -Z80, Z80, "normal"),
            _share("dementia", dementia.prevalence, dementia.sd),
            _interval("institution_use", self.institution_use, "lognormal"),
            _interval("users_per_caregiver", self.users_per_caregiver, "lognormal"),
            _interval("target_occupancy", self.target_occupancy, "share"),
            _interval("dementia_in_institution", self.dementia_in_institution, "share"),
            _interval("imputed_stock", self.imputed, "lognormal"),
            UncertainInput("past_trend", -Z80, Z80, "normal"),
            UncertainInput("yearly_change", -Z80, Z80, "normal"),
        ]
        if self.hukou is not None:
            found.append(_interval("hukou_ratio", self.hukou, "lognormal"))
        return found

    def gaps(self, samples: Array) -> dict[Target, Array]:
        """Every gap of the region that is known at all samples (row, input) of `inputs`, (row,) each."""
        rows = {item.name: samples[:, column] for column, item in enumerate(self.inputs())}
        order = np.argsort(self.old[:, -1].sum(axis=(1, 2)), kind="stable")
        picked = order[np.minimum((rows["population"] * len(order)).astype(int), len(order) - 1)]
        region, drawn = self.region, demand(self.choice, self._draws(rows), self.region.years)
        sampled = replace(
            region,
            populations={name: people[picked] for name, people in region.populations.items()},
            hukou_ratio=None if self.hukou is None else rows["hukou_ratio"][:, None] * self.hukou_change,
            imputed_factor=rows["imputed_stock"],
            outlook=replace(
                region.outlook, drift_normal=rows["past_trend"], step_normals=self._steps(rows["yearly_change"])
            ),
        )
        found = {}
        for series in region_series(sampled, self.indicators, self.published, drawn, self.old[picked]):
            if series.measure == "gap" and series.judgement is not None:
                year = series.judgement.effort.year
                gap = series.values[:, list(region.years).index(year)]
                if np.all(np.isfinite(gap)):
                    target = Target(
                        series.resource, series.yardstick, year, series.supply_path or "", series.definition
                    )
                    found[target] = np.broadcast_to(gap, len(samples))
        return found

    def _steps(self, normal: Array) -> Array:
        """Normals of each year (row, step) that add up to one: past trends are looked at in their last year only."""
        years = self.region.years[-1] - self.region.years[0]
        return np.repeat(normal[:, None] / np.sqrt(years), LONGEST, axis=1)

    def _draws(self, rows: Mapping[str, Array]) -> Draws:
        """Draws of need at the samples."""
        choice, years = self.choice, np.asarray(self.region.years) - self.region.years[0]
        definition = choice.definitions[choice.headline]
        use, staff = ((1.0 + yearly) ** years for yearly in self.growth)
        return Draws(
            {definition.family: _normal(rows["disability"], definition.prevalence, definition.sd)},
            rows["severity"],
            _normal(rows["dementia"], choice.dementia.prevalence, choice.dementia.sd),
            rows["institution_use"][:, None] * use,
            rows["users_per_caregiver"][:, None] * staff,
            BedUse(rows["target_occupancy"], rows["dementia_in_institution"]),
        )


def ranked(region: Uncertainty, seed: int, base_samples: int) -> pd.DataFrame:
    """Sensitivity of the region's gaps: by the yardstick of the headline with the stock held, and by need.

    Need is held against the past trend where one is known. Rows of `sensitivity` with the target's labels; inputs
    that cannot move a gap are left out.
    """
    worked_out: dict[bytes, dict[Target, Array]] = {}

    def gaps(samples: Array) -> dict[Target, Array]:
        key = samples.tobytes()
        if key not in worked_out:
            worked_out[key] = region.gaps(samples)
        return worked_out[key]

    inputs = region.inputs()
    middle = np.column_stack([item.at(np.array([0.5])) for item in inputs])
    tables = []
    for target in _chosen(gaps(middle)):

        def model(samples: Array, target: Target = target) -> Array:
            return gaps(samples)[target]

        table = sensitivity(model, inputs, seed, base_samples)
        table = table[(table["total"] > 1e-9) | ~np.isclose(table["gap_at_low"], table["gap_at_high"], atol=1e-6)]
        tables.append(table.assign(**asdict(target)))
    return pd.concat(tables)


def _chosen(known: Iterable[Target]) -> list[Target]:
    """Of the known gaps those looked into: one by plan or norm and one by need for each resource."""
    by_key: dict[tuple[str, str], dict[tuple[str, str], Target]] = {}
    for target in known:
        kind = "need" if target.yardstick == "need" else "headline"
        by_key.setdefault((target.resource, kind), {})[target.yardstick, target.supply_path] = target
    wanted = {
        "headline": [("plan", "held"), ("norm", "held")],
        "need": [("need", "no_new_policy"), ("need", "held")],
    }
    return [
        next(found[place] for place in wanted[kind] if place in found)
        for (_, kind), found in by_key.items()
        if any(place in found for place in wanted[kind])
    ]


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
