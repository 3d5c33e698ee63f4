"""A city of which only margins are published: its age × sex table as draws that keep every margin exactly.

Against its province a city is described by two curves over the census age groups a (`CENSUS_GROUPS`):

- η_a = log(N_a / P_a), people of both sexes against the province, in steps from one group to the next;
- δ_a = log odds of being male less the province's, its value at age 0 and the steps from there on.

Both are random walks, learned from the cities whose tables are known. With z the vector of steps (of η; of δ
with its first value), scaled by what is usual at its age,

    A (z − m) = s·ε·g^(−1/2),  A unit lower triangular,  ε ~ N(0, I),  g ~ Gamma(ν/2, ν/2)

so that each step may lean on the steps before it (the lower part of A, shrunk towards none), and g, one number a city,
makes z a Student t: an odd city is odd at all ages.

A new city: g ~ Gamma((ν + p)/2, (ν + d²)/2), d² being how far its p free bands lie from what the walk leads to expect;
the walk is drawn and then carried to the bands along its own covariance (conditioning by kriging), repeated until they,
sums of exponentials, are met to rounding. The share of men is treated alike, its one margin being the ratio of all men
to all women. That margins are curved is left out of a draw's weight: for cities like real ones, simulation-based
calibration does not see it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from pipeline.axes import CENSUS_GROUPS, Array
from pipeline.demography.age_groups import Margins, first_groups, partition, within
from pipeline.models.counties.matching import tree

Margin = Callable[[Array], tuple[Array, Array]]

AGE_STEP = np.array([0.09] * 2 + [0.18] * 4 + [0.09] * 12)
"""Usual size of a step of η, a standard deviation: the young move to work and study, so 10–29 differ most."""

SEX_STEP = np.full(len(CENSUS_GROUPS), 0.05)  # usual size of the first value and of a step of δ
SMALLEST_CITY = 20_000
LARGEST_SHARE = 0.9

# Priors, in units of `AGE_STEP` and `SEX_STEP`: the SD of each mean step and of the log of its size, .5 being "within a
# factor of 1.9, 80 % sure"; the scale of the half-normal of how much steps lean on earlier ones; the gamma of ν (Juárez
# & Steel 2010, doi 10.1198/jbes.2009.07145).
MEAN_SD, LOG_SD, LEAN, DOF_SHAPE, DOF_RATE = 0.5, 0.5, 0.3, 2.0, 0.1

_MOST_STEPS = 50
_LONGEST_STEP = 0.5
_MET = 1e-12  # log difference at which a margin counts as met: a millionth of a person in a million


class Walk(NamedTuple):
    """Draws of a random walk, `mean` (draw, step), `root` (draw, step, step), `dof` (draw,): mean + root·ε·g^(−1/2)."""

    mean: Array
    root: Array
    dof: Array

    def curve(self, leading: int) -> "Walk":
        """The walk as a curve: `leading` zeros, then the sums of its steps, in mean and root."""
        mean = np.pad(np.cumsum(self.mean, axis=1), ((0, 0), (leading, 0)))
        root = np.pad(np.cumsum(self.root, axis=1), ((0, 0), (leading, 0), (0, 0)))
        return Walk(mean, root, self.dof)


class Walks(NamedTuple):
    """Draws of both walks that known cities teach: of η (18 steps) and of δ (its first value and 18 steps)."""

    age: Walk
    sex: Walk


def known_cities(prefectures: pd.DataFrame, year: int) -> tuple[pd.DataFrame, Array, Array]:
    """Prefectures to learn from: labels, their tables and their provinces' tables (city, sex, group); without those
    that have a blank or empty cell, the smallest, and those that are nearly all of their province."""
    census = tree(prefectures, year)
    labels, tables = census.middles, census.middle_people
    parents = census.province_people[pd.Index(census.provinces).get_indexer(pd.Index(labels["province"]))]
    people = tables.sum(axis=(1, 2))
    usable = (labels["code"] != "").to_numpy() & (tables > 0).all(axis=(1, 2)) & (people >= SMALLEST_CITY)
    usable &= people <= LARGEST_SHARE * parents.sum(axis=(1, 2))
    return labels[usable].reset_index(drop=True), tables[usable], parents[usable]


def steps(cities: Array, provinces: Array) -> tuple[Array, Array]:
    """Steps of η (city, 18), and the first value and the steps of δ (city, 19), of tables (city, sex, group)."""
    eta = np.log(cities.sum(axis=-2) / provinces.sum(axis=-2))
    delta = _log_odds(cities) - _log_odds(provinces)
    return np.diff(eta, axis=-1), np.diff(delta, axis=-1, prepend=0.0)


def _log_odds(tables: Array) -> Array:
    return np.log(tables[..., 0, :] / tables[..., 1, :])


def margins_model(age_steps: Array, sex_steps: Array) -> Any:
    """The `pymc.Model` of both walks given the steps of known cities, as from `steps`."""
    import pymc as pm

    with pm.Model(coords={"age_step": CENSUS_GROUPS[1:], "sex_step": CENSUS_GROUPS}) as model:
        add_walk("age", age_steps / AGE_STEP)
        add_walk("sex", sex_steps / SEX_STEP)
    return model


def add_walk(walk: str, z: Array) -> None:
    """Add one walk to the `pymc.Model` in whose context this is called, its data `z` (city, step); g is integrated out.

    {walk}_lean is the lower triangle of −A, row by row, and {walk}_scale its size.
    """
    import pymc as pm
    import pytensor.tensor as pt

    size = z.shape[1]
    lower = np.tril_indices(size, -1)
    data = pm.Data(f"{walk}_z", z)
    mean = pm.Normal(f"{walk}_mean", 0.0, MEAN_SD, dims=f"{walk}_step")
    sd = pm.LogNormal(f"{walk}_sd", 0.0, LOG_SD, dims=f"{walk}_step")
    scale = pm.HalfNormal(f"{walk}_scale", LEAN)
    lean = pm.Normal(f"{walk}_lean", 0.0, scale, shape=lower[0].size)
    dof = pm.Gamma(f"{walk}_dof", DOF_SHAPE, DOF_RATE)
    whitener = pt.set_subtensor(pt.eye(size)[lower], -lean)
    distance = pt.sum(((data - mean) @ whitener.T / sd) ** 2, axis=1)
    half = (dof + size) / 2
    constant = pt.gammaln(half) - pt.gammaln(dof / 2) - size / 2 * pt.log(dof * np.pi) - pt.sum(pt.log(sd))
    pm.Potential(f"{walk}_likelihood", pt.sum(constant - half * pt.log1p(distance / dof)))


PARTS = ("mean", "lean", "sd", "dof")
NEEDED = tuple(f"{walk}_{part}" for walk in Walks._fields for part in PARTS)
"""The variables of the model that reconstruction uses."""


def walks_of(posterior: Mapping[str, Array]) -> Walks:
    """What the posterior, as from `sampling.posterior_arrays`, says of both walks."""

    def walk(name: str, unit: Array) -> Walk:
        mean, lean, sd, dof = (posterior[f"{name}_{part}"] for part in PARTS)
        whitener = np.tile(np.eye(unit.size), (dof.size, 1, 1))
        whitener[:, *np.tril_indices(unit.size, -1)] = -lean
        root = np.linalg.solve(whitener, sd[:, :, None] * np.eye(unit.size))
        return Walk(unit * mean, unit[:, None] * root, dof)

    return Walks(walk("age", AGE_STEP), walk("sex", SEX_STEP))


def reconstruct(margins: Margins, province: Array, walks: Walks, generator: np.random.Generator) -> Array:
    """Tables (draw, sex, group) of persons, men first, that keep the margins to 1e-12, one for each draw of `walks`.

    `province` (sex, group) at the same date. Raises ArithmeticError where checked margins cannot be met all the same.
    """
    people, log_odds = province.sum(axis=0), _log_odds(province)
    parts = partition(margins.bands)
    starts, counts = first_groups(parts), np.array(list(parts.values()))
    band = np.searchsorted(starts, np.arange(people.size), side="right") - 1
    member = np.arange(counts.size)[:, None] == band

    def by_band(eta: Array) -> tuple[Array, Array]:
        cells = people * np.exp(eta)
        sums = np.add.reduceat(cells, starts, axis=-1)
        logs = np.log(sums / counts)
        slopes = cells[:, None, :] * member / sums[:, :, None]
        # Only ratios of bands: the level of η is free and settled by the counts at the end.
        return logs[:, :-1] - logs[:, -1:], slopes[:, :-1] - slopes[:, -1:]

    cells = people * np.exp(_drawn(walks.age.curve(1), by_band, generator))
    both = cells * (counts / np.add.reduceat(cells, starts, axis=-1))[:, band]
    ratio = math.log(margins.male / margins.female)

    def by_sex(delta: Array) -> tuple[Array, Array]:
        share = expit(log_odds + delta)
        men, women = both * share, both * (1.0 - share)
        all_men, all_women = men.sum(axis=-1, keepdims=True), women.sum(axis=-1, keepdims=True)
        slope = men * (1.0 - share) / all_men + women * share / all_women
        return np.log(all_men / all_women) - ratio, slope[:, None, :]

    men = both * expit(log_odds + _drawn(walks.sex.curve(0), by_sex, generator))
    return np.stack([men, both - men], axis=1)


def _drawn(curve: Walk, margin: Margin, generator: np.random.Generator) -> Array:
    """A curve (draw, group) of each draw that meets the margin, whose value (draw, margin) must become zero."""
    covariance = curve.root @ curve.root.transpose(0, 2, 1)
    value, slope = margin(curve.mean)
    spread = slope @ covariance @ slope.transpose(0, 2, 1)
    distance = (value * np.linalg.solve(spread, value[..., None])[..., 0]).sum(axis=-1)
    precision = generator.gamma((curve.dof + value.shape[1]) / 2, 2 / (curve.dof + distance))
    noise = generator.standard_normal((curve.dof.size, curve.root.shape[2], 1))
    free = curve.mean + (curve.root @ noise)[..., 0] / np.sqrt(precision)[:, None]
    # Along one direction Newton's steps close in fast; the second round takes its direction where the first led.
    return _carried(free, covariance, _carried(free, covariance, free, margin), margin)


def _carried(free: Array, covariance: Array, at: Array, margin: Margin) -> Array:
    """The curves `free` (draw, group) moved to the margin along what they covary with its slope in `at`."""
    carried = free
    lift = covariance @ margin(at)[1].transpose(0, 2, 1)
    for _ in range(_MOST_STEPS):
        value, slope = margin(carried)
        if np.abs(value).max() < _MET:
            return carried
        step = np.clip(value, -_LONGEST_STEP, _LONGEST_STEP)[..., None]
        carried = carried - (lift @ np.linalg.solve(slope @ lift, step))[..., 0]
    raise ArithmeticError(
        f"margins too far from the province's ages: {np.abs(value).max():.1e} off after {_MOST_STEPS} steps"
    )


def margins_of(table: Array, bands: Sequence[str]) -> Margins:
    """What a bulletin would say of a city whose table (sex, group) is known."""
    (male, female), by_age = table.sum(axis=1), table.sum(axis=0)
    counts = {band: float(by_age[within(band)].sum()) for band in bands}
    return Margins(float(male + female), float(male), float(female), counts)
