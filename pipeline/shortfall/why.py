"""Why need asks for what it asks for, as a model of named factors, and which uncertain input moves it most.

The factors of one region and year, arrays with draws first (a draw axis of length 1 broadcasts):

    population_size  (draw, 1, 1)          people aged 60 and over
    age_structure    (draw, sex, group)    their shares by sex and age
    disability       (draw, sex, group)    disabled shares
    severity         (draw, severity, sex, group)  shares of the disabled
    dementia         (draw, sex, group)    shares with dementia
    use              (draw, 2)             which scheme of care settings, and the factor on its institutions
    beds             (draw, 3)             users to a bed; shares of dementia in institutions, of mild in nursing beds
    staffing         (draw, setting, severity)  users per caregiver

A contribution is what the result would have changed by, had this factor alone moved from its base value to its target
value; the interaction is what is left of the whole change, so no order need be chosen, and base + contributions +
interaction = target in every draw. (Factors moved one after the other hide it in whichever comes later.) When it is of
the size of the contributions, only the whole means much.

Inputs are ranked by variance-based (Sobol) indices over all of them at once, taken to be independent. First order: the
share of the result's variance that goes when the input is known. Total: the share that stays when all others are known,
so its part in interactions counts too. A whole set of draws (a population by age and year) enters by its rank: uniform
from 0 to 1, from which the model picks the draw at that place of an order. Sampling after Saltelli, estimators of SALib
(first order: Saltelli et al. 2010; total: Jansen), confidence from bootstrap.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtri

from pipeline.axes import Array
from pipeline.care.disability import people_affected, people_by_severity
from pipeline.care.need import BedUse, Choice, Demand, demand, need
from pipeline.random import Z80, Interval, stream
from pipeline.settings import NeedSettings
from pipeline.shortfall.gap import need_by_quantity
from pipeline.summary import in_digits_of, interval_columns, interval_shown

Shape = Literal["uniform", "normal", "lognormal", "share"]
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


class Waterfall(NamedTuple):
    """From `base` to `target` in steps by factor; arrays (draw, ...), in units of the result."""

    base: Array
    target: Array
    contributions: Mapping[str, Array]
    interaction: Array


def waterfall(model: Model, base: Factors, target: Factors) -> Waterfall:
    """What each factor alone contributed to the change of `model` from `base` to `target`; 0 if it did not move."""
    start, end = model(base), model(target)
    moved = {name: np.zeros_like(start) for name in base}
    for name in base:
        if not np.array_equal(base[name], target[name]):
            moved[name] = model({**base, name: target[name]}) - start
    return Waterfall(start, end, moved, end - start - sum(moved.values()))


def need_factors(demand: Demand, old: Array, year: int, scheme: int = 0) -> dict[str, Array]:
    """Factors of one region at a year's end, headline definition; `scheme` a place among those of `need_model`."""
    at, choice = demand.years.index(year), demand.choice
    people = old[:, at]
    size = people.sum(axis=(1, 2), keepdims=True)
    shares = demand.shares[choice.headline]
    factor = demand.institution_factor[:, at]
    return {
        "population_size": size,
        "age_structure": people / size,
        "disability": shares[:, at if shares.shape[1] > 1 else 0],
        "severity": demand.severity[choice.headline],
        "dementia": demand.dementia[:, 0],
        "use": np.stack([np.full(factor.shape, float(scheme)), factor], axis=1),
        "beds": np.stack(np.broadcast_arrays(*demand.beds), axis=1),
        "staffing": choice.staffing * demand.users_factor[:, at, None, None],
    }


def need_model(schemes: Sequence[Array]) -> Model:
    """What need asks for of `FACTORED`, (draw, resource), from factors whose `use` names one of `schemes`."""

    def model(factors: Factors) -> Array:
        old = (factors["population_size"] * factors["age_structure"])[:, None]
        whole = need(
            old.sum(axis=(2, 3)),
            people_by_severity(old, factors["disability"][:, None], factors["severity"]),
            people_affected(old, factors["dementia"][:, None]),
            schemes[int(factors["use"][0, 0])],  # all draws of one run share their scheme
            factors["staffing"][:, None],
            BedUse(*factors["beds"].T),
            factors["use"][:, 1:],
            np.ones((1, 1)),
        )
        return np.stack(list(need_by_quantity(whole).values()), axis=2)[:, 0]

    return model


def waterfall_rows(found: Waterfall, drivers: Mapping[str, str]) -> pd.DataFrame:
    """Rows resource, driver, order, shown, q10, q90; what is shown of the steps sums to what is shown of the target.

    Base and target show their medians. The drivers, factors by name, show the mean of what they did, with the digits it
    bears, scaled as the change of the medians is to that of the means, and the interaction what is left.
    """
    moved = {driver: found.contributions[factor] for factor, driver in drivers.items()}
    steps = {"base": found.base, **moved, "interaction": found.interaction, "target": found.target}

    rows = []
    for column, resource in enumerate(FACTORED):
        base, target = (float(interval_shown(end[:, column])[1]) for end in (found.base, found.target))
        change = float((found.target - found.base)[:, column].mean())
        scale = (target - base) / change if change else 1.0
        scale = scale if 0.5 < scale < 2.0 else 1.0
        scaled = {name: scale * values[:, column] for name, values in moved.items()}
        shown = {name: in_digits_of(values.mean(), values, 1.0) for name, values in scaled.items()}
        shown |= {"base": base, "interaction": target - base - sum(shown.values()), "target": target}
        for order, (driver, values) in enumerate(steps.items()):
            step = {"resource": resource, "driver": driver, "order": order}
            rows.append(step | interval_columns(values[:, column]) | {"shown": shown[driver]})
    return pd.DataFrame(rows)


_SCALES = {"normal": (np.positive, np.positive), "lognormal": (np.log, np.exp), "share": (logit, expit)}
"""To and from the scale on which an input is normal."""

_SMALLEST = 2.0**-33
"""Keeps the first point of a sequence off the infinite ends of a normal."""


class UncertainInput(NamedTuple):
    """An input anywhere from `low` to `high` alike (`uniform`), or with that 80 % interval.

    Of a normal, of one on the logarithm (`lognormal`) or on the log-odds (`share`). Equal ends fix the input.
    """

    name: str
    low: float
    high: float
    shape: Shape = "uniform"

    def at(self, level: ArrayLike) -> Array:
        """Quantiles of the input at levels between 0 and 1, in the shape of `level`."""
        place = np.clip(np.asarray(level, dtype=float), _SMALLEST, 1.0 - _SMALLEST)
        if self.shape == "uniform" or self.low == self.high:
            return self.low + (self.high - self.low) * place
        scaled, back = _SCALES[self.shape]
        ends = scaled(np.array([self.low, self.high]))
        return back(ends.mean() + (ends[1] - ends[0]) / (2 * Z80) * ndtri(place))


def sensitivity(
    model: Callable[[Array], Array],
    results: Sequence[str],
    inputs: Sequence[UncertainInput],
    seed: int,
    base_samples: int,
) -> pd.DataFrame:
    """Inputs ranked by how much of the variance of each result is theirs, the largest total first.

    `model` from samples (row, input) to results (row, result); `base_samples` a power of 2. `first_order` and `total`
    are shares of variance (estimates: a small one can fall below 0), `total_conf` half the width of a 95 % interval.
    Tornado: `at_low` and `at_high` with the input at its 0.1 and 0.9 quantile (`input_low`, `input_high`), others at
    their medians.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    def results_at(levels: Array) -> Array:
        """Results (row, result) at quantile levels (row, input)."""
        return model(np.column_stack([item.at(levels[:, column]) for column, item in enumerate(inputs)]))

    count, names = len(inputs), [item.name for item in inputs]
    generator = stream(seed, "sensitivity")
    problem = {"num_vars": count, "names": names, "bounds": [[0.0, 1.0]] * count}
    sampled = results_at(sampling.sample(problem, base_samples, calc_second_order=False, seed=generator))
    # SALib takes seed 0 for no seed.
    bootstrap = int(generator.integers(1, 2**31))
    # One input at a time at its lower and its upper end, the others at their medians.
    levels = np.full((2, count, count), 0.5)
    for end, level in enumerate((0.1, 0.9)):
        np.fill_diagonal(levels[end], level)
    low, high = np.split(results_at(levels.reshape(2 * count, count)), 2)
    ends = {f"input_{end}": [float(item.at(level)) for item in inputs] for end, level in (("low", 0.1), ("high", 0.9))}
    tables = []
    for column, result in enumerate(results):
        shares = {"S1": 0.0, "ST": 0.0, "ST_conf": 0.0}
        if np.ptp(sampled[:, column]) > 0:
            shares = analysis.analyze(problem, sampled[:, column], calc_second_order=False, seed=bootstrap)
        variance = {"first_order": shares["S1"], "total": shares["ST"], "total_conf": shares["ST_conf"]}
        moved = {"at_low": low[:, column], "at_high": high[:, column]}
        table = pd.DataFrame({"result": result, "input": names, **ends, **variance, **moved})
        table = table.sort_values("total", ascending=False, kind="stable", ignore_index=True)
        tables.append(table.assign(rank=np.arange(1, count + 1)))
    return pd.concat(tables, ignore_index=True)


def uncertain_inputs(choice: Choice, settings: NeedSettings) -> list[UncertainInput]:
    """Everything uncertain of need, as intervals (80 %) of published or assumed values."""
    definition, dementia, steepness = choice.definitions[choice.headline], choice.dementia, settings.steepness

    def interval(name: str, item: Interval, shape: Shape = "lognormal") -> UncertainInput:
        return UncertainInput(name, item.low, item.high, shape)

    def share(name: str, middle: float, sd: float) -> UncertainInput:
        low, high = expit(logit(middle) + Z80 * sd * np.array([-1, 1])).tolist()
        return UncertainInput(name, low, high, "share")

    disability = UncertainInput("disability", -Z80, Z80, "normal")
    if definition.prevalence is not None:
        disability = share("disability", definition.prevalence, definition.sd)
    beds = ("target_occupancy", "dementia_in_institution", "mild_in_nursing_beds")
    return [
        UncertainInput("population", 0.0, 1.0),
        disability,
        *([interval("steepness_selfcare", steepness.selfcare)] if definition.family == "selfcare" else []),
        UncertainInput("severity", -Z80, Z80, "normal"),
        interval("steepness_severity", steepness.severity),
        share("dementia", dementia.prevalence, dementia.sd),
        *(interval(name, getattr(settings, name)) for name in ("institution_use", "users_per_caregiver")),
        *(interval(name, getattr(settings, name), "share") for name in beds),
    ]


def ranked(
    old: Array, year: int, elapsed: int, choice: Choice, settings: NeedSettings, seed: int, base_samples: int
) -> pd.DataFrame:
    """Sensitivity of what a region needs, by resource, of the inputs that can move it.

    `old` (draw, sex, group) at the year's end, `elapsed` years after the first, over which use and staffing change.
    """
    inputs, change = uncertain_inputs(choice, settings), settings.yearly_change
    definition, dementia = choice.definitions[choice.headline], choice.dementia
    by_size = np.argsort(old.sum(axis=(1, 2)), kind="stable")

    def normal(share: Array, middle: float | None, sd: float) -> Array:
        """The standard normal that gives a share; the input itself where there is no published middle."""
        if middle is None:
            return share
        return (logit(share) - logit(middle)) / sd if sd > 0 else np.zeros_like(share)

    def required(samples: Array) -> Array:
        """Need of `FACTORED` at samples (row, input), (row, resource)."""
        rows = {item.name: samples[:, column] for column, item in enumerate(inputs)}
        picked = by_size[np.minimum((rows["population"] * len(by_size)).astype(int), len(by_size) - 1)]
        drawn = demand(
            choice,
            [year],
            {definition.family: normal(rows["disability"], definition.prevalence, definition.sd)},
            rows["severity"],
            normal(rows["dementia"], dementia.prevalence, dementia.sd),
            {name: rows[f"steepness_{name}"] for name in ("selfcare", "severity") if f"steepness_{name}" in rows},
            rows["institution_use"][:, None] * (1.0 + change.institution_use) ** elapsed,
            rows["users_per_caregiver"][:, None] * (1.0 + change.users_per_caregiver) ** elapsed,
            BedUse(rows["target_occupancy"], rows["dementia_in_institution"], rows["mild_in_nursing_beds"]),
        )
        return need_model([choice.use])(need_factors(drawn, old[picked][:, None], year))

    table = sensitivity(required, FACTORED, inputs, seed, base_samples)
    moves = ~np.isclose(table["at_low"], table["at_high"], rtol=1e-9)
    return table[(table["total"] > 1e-9) | moves].rename(columns={"result": "resource"})
