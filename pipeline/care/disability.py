"""How many are disabled: definitions, calibration to the nation, the rise with age, trends, severity and dementia.

What counts as disabled moves the share of people aged 60 and over from 2 % to 18 % and more, so a definition is data.
Most are published as one national share. Their age gradient comes from the transition model, moved by one factor on the
odds (on the share it would need a cap at 1 among the oldest) until the published share comes out exactly in its own
year and national age structure. Trends and uncertainty move the odds too.

The transition model is one of the healthy, the disabled and the dead, held to a given life table. With onset σ,
recovery ρ and death intensities μh, μd (per person-year), the disabled share p of the living of a cohort follows

    dp/dx = σ(1 − p) − ρp − p(1 − p)·k(μd − μh),

where k scales both death intensities so that all die at the life table's hazard, k·[(1 − p)μh + pμd] = h, and keeps the
ratio μd : μh. A period life table gives the shares of its synthetic cohort.

Model: Fu, Sherris & Xu (2021), fitted to CLHLS 1998-2014 (their static variant; the one with a trend has an onset that
hardly rises with age).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from pipeline.axes import Array, Indices

FIRST_AGE = 60
PUBLISHED_FROM = 65  # first age of the published intensities
GRADIENT_AGES = (70, 100)  # that the gradient is fitted to: below, shares say more about where the model was started
STEPS = 4  # a year of the integration over age
GROUP_STARTS: NDArray[np.int_] = np.arange(FIRST_AGE, 105, 5)
GROUP_MIDDLES: Array = np.append(GROUP_STARTS[:-1] + 2.5, 102.0)  # people of 100 and over live about two years on
MIDDLE: Array = np.zeros(1)  # the standard normal (draw,) that leaves a published value as it is


class Intensities(NamedTuple):
    """Yearly intensities per person-year, each (sex, age); age x is the year from exact age x to x + 1."""

    onset: Array
    recovery: Array
    healthy_death: Array
    disabled_death: Array


def from_sixty(intensities: Intensities) -> Intensities:
    """Published intensities carried down to `FIRST_AGE`, each log-linear in age as its first ten ages are."""
    below = np.arange(FIRST_AGE - PUBLISHED_FROM, 0)

    def extended(values: Array) -> Array:
        slope = np.log(values[..., 10] / values[..., 0]) / 10.0
        return np.concatenate([values[..., :1] * np.exp(slope[..., None] * below), values], axis=-1)

    return Intensities(*map(extended, intensities))


def yearly_hazard(lx: Array, ages: int) -> Array:
    """Hazard (..., sex, age) of so many years of age from `FIRST_AGE` on, from survivors `lx` (..., sex, exact age)."""
    return -np.diff(np.log(lx[..., FIRST_AGE : FIRST_AGE + ages + 1]), axis=-1)


def disabled_share(intensities: Intensities, start: float, hazard: Array | None = None) -> Array:
    """Disabled share of the living at each exact age from the first, `start`, to the last + 1: (sex, age + 1).

    `hazard` (sex, age) of the life table; without it the model keeps its own mortality (k = 1). Runge-Kutta rule.
    """
    sexes, ages = intensities.onset.shape
    path = np.full((sexes, ages + 1), float(start))
    width = 1.0 / STEPS
    for year in range(ages):
        rates = Intensities(*(values[..., year] for values in intensities))
        level = None if hazard is None else hazard[..., year]
        p = path[..., year]
        for _ in range(STEPS):
            k1 = _change(p, rates, level)
            k2 = _change(p + width / 2 * k1, rates, level)
            k3 = _change(p + width / 2 * k2, rates, level)
            k4 = _change(p + width * k3, rates, level)
            p = p + width / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path[..., year + 1] = p
    return path


def _change(p: Array, rates: Intensities, level: Array | None) -> Array:
    """Yearly change of the disabled share `p`; deaths are scaled to the hazard `level` of everybody."""
    onset, recovery, healthy, disabled = rates
    scale = 1.0 if level is None else level / ((1.0 - p) * healthy + p * disabled)
    return onset * (1.0 - p) - recovery * p - p * (1.0 - p) * scale * (disabled - healthy)


def by_group(share: Array, hazard: Array) -> Array:
    """Disabled share of the groups, (..., sex, group): `share` (..., sex, age + 1) weighted by person-years."""
    return _mean_by_group((share[..., 1:] + share[..., :-1]) / 2.0, _person_years(hazard))


def age_gradient(share: Array, hazard: Array) -> Array:
    """Log-odds of disability (sex, group), of which only differences count, from arguments as in `by_group`.

    A line, fitted by least squares to each sex's log-odds at 70 to 100, weighted by person-years, carried down to 60.
    """
    lived, log_odds = _person_years(hazard), logit((share[:, 1:] + share[:, :-1]) / 2.0)
    ages = np.arange(FIRST_AGE, FIRST_AGE + lived.shape[1]) + 0.5
    used = slice(*(age - FIRST_AGE for age in GRADIENT_AGES))
    lines = (
        np.polyfit(ages[used], odds[used], 1, w=np.sqrt(weight[used]))
        for odds, weight in zip(log_odds, lived, strict=True)
    )
    return np.stack([np.polyval(*pair) for pair in zip(lines, _mean_by_group(ages, lived), strict=True)])


def _person_years(hazard: Array) -> Array:
    """Person-years lived in each year of age under hazards constant within it, from a radix of 1."""
    alive = np.exp(-np.concatenate([np.zeros_like(hazard[..., :1]), np.cumsum(hazard, axis=-1)], axis=-1))
    return (alive[..., :-1] + alive[..., 1:]) / 2.0


def _mean_by_group(values: Array, lived: Array) -> Array:
    starts = GROUP_STARTS - FIRST_AGE
    return np.add.reduceat(lived * values, starts, axis=-1) / np.add.reduceat(lived, starts, axis=-1)


class Definition(NamedTuple):
    """A definition of disability: its national share (`prevalence`) of people aged `age_from` and over in `year`, none
    where the transition model gives it; `sd` of the log-odds, from the spread of sources of one `family`."""

    family: str
    prevalence: float | None
    year: int
    sd: float
    age_from: int = FIRST_AGE


def spread(shares: Sequence[float]) -> float:
    """Standard deviation of the log-odds of several published shares of one concept; 0 for a single one."""
    return float(np.std(logit(shares), ddof=1)) if len(shares) > 1 else 0.0


def calibrated(gradient: Array, structure: Array, prevalence: ArrayLike, age_from: int = FIRST_AGE) -> Array:
    """Log-odds (draw, sex, group) whose share in a national structure is the one published.

    `gradient` log-odds, of which only differences count, and `structure` persons of the publication's own year, both
    (sex, group) or (draw, sex, group); `prevalence` a share or (draw,) at `age_from` and over. One shift of all
    log-odds meets the share.
    """
    from scipy.optimize.elementwise import find_root

    shape = np.broadcast_shapes((np.size(prevalence), 1, 1), gradient.shape, structure.shape)
    target, log_odds = np.broadcast_to(prevalence, shape[0]), np.broadcast_to(gradient, shape)
    people = np.broadcast_to(structure * np.greater_equal(GROUP_STARTS, age_from), shape)
    weight = people / people.sum(axis=(1, 2), keepdims=True)

    def missed(shift: Array, draw: Indices) -> Array:
        """By how much some draws miss their share."""
        return (weight[draw] * expit(log_odds[draw] + shift[:, None, None])).sum(axis=(1, 2)) - target[draw]

    far = np.abs(log_odds).max() + 600.0
    shift = np.asarray(find_root(missed, (np.full(shape[0], -far), far), args=(np.arange(shape[0]),)).x)
    return log_odds + shift[:, None, None]


def steepened(gradient: Array, steepness: Array) -> Array:
    """A gradient (sex, group) that rises `steepness` (draw,) times as fast with age: (draw, sex, group)."""
    first = gradient[:, :1]
    return first + steepness[:, None, None] * (gradient - first)


def log_odds_by_age(
    definition: Definition, gradient: Array, model_share: Array, structure: Array, normal: Array = MIDDLE
) -> Array:
    """Log-odds of disability (draw, sex, group) in the definition's own year, from standard normals (draw,).

    Each draw meets its own national share, logit-normal about the published one; without one `model_share` is moved.
    """
    move = definition.sd * normal
    if definition.prevalence is None:
        return logit(model_share) + move[:, None, None]
    return calibrated(gradient, structure, expit(logit(definition.prevalence) + move), definition.age_from)


def shares_by_year(log_odds: Array, trend: float, years: Sequence[int], base_year: int) -> Array:
    """Disabled shares (draw, year, sex, group) as `log_odds` change by `trend` a year; one year if they do not."""
    change: Array = trend * (np.asarray(years, dtype=float) - base_year) if trend else np.zeros(1)
    return expit(log_odds[:, None] + change[:, None, None])


class SeverityProfile(NamedTuple):
    """How the disabled divide into mild, moderate and severe: `shares` (severity,), with `ladder` of all aged 60 and
    over, so that a narrower definition keeps the most severe and a wider one adds to the mild. `sd` of the log-odds of
    being more than mildly disabled, from the spread between sources."""

    shares: Array
    ladder: bool
    sd: float

    def of_disabled(self, prevalence: float, normal: Array = MIDDLE) -> Array:
        """Shares of the disabled (draw, severity) under a national share; normals tilt the odds of the others."""
        base = self.shares
        if self.ladder:
            severe = min(self.shares[2], prevalence)
            moderate = min(self.shares[1], prevalence - severe)
            base = np.array([prevalence - severe - moderate, moderate, severe]) / prevalence
        tilt = np.exp(self.sd * normal)[:, None]
        weight = base[None] * np.concatenate([np.ones_like(tilt), tilt, tilt], axis=1)
        shares = weight / weight.sum(axis=1, keepdims=True)
        shares[:, 0] = 1.0 - shares[:, 1] - shares[:, 2]
        return np.maximum(shares, 0.0)


def severity_by_age(shares: Array, gradient: Array, disabled: Array) -> Array:
    """Shares of the disabled by severity at each age and sex, (draw, severity, sex, group).

    `shares` (draw, severity) of all disabled come out exactly in the `disabled` national persons (draw, sex, group);
    `gradient` of being more than mildly disabled. Moderate and severe keep their proportion: no other is published.
    """
    more = shares[:, 1:].sum(axis=1)
    at_age = expit(calibrated(gradient, disabled, np.clip(more, 1e-9, 1.0 - 1e-9)))
    # A definition of the severe alone has nobody who is mildly disabled, at any age.
    at_age = np.where((more < 1.0 - 1e-9)[:, None, None], at_age, 1.0)
    within = np.divide(shares[:, 1:], more[:, None], out=np.zeros_like(shares[:, 1:]), where=more[:, None] > 0)
    return np.concatenate([1.0 - at_age[:, None], within[:, :, None, None] * at_age[:, None]], axis=1)


class Dementia(NamedTuple):
    """National share with dementia at 60 and over: `prevalence` in `year`, 95 % interval `low` to `high`.

    Its odds double in `doubling_age` years of age (5 is the rule of thumb of the literature, 7.0 follows from the odds
    ratio of 2.69 for ten years in Jia et al. 2020), so that the rise flattens among the oldest as surveys find.
    """

    prevalence: float
    low: float
    high: float
    year: int
    doubling_age: float

    @property
    def sd(self) -> float:
        """Of the log-odds."""
        return (logit(self.high) - logit(self.low)) / (2 * 1.96)

    def by_age(self, structure: Array, normal: Array = MIDDLE) -> Array:
        """Shares with dementia (draw, 1, sex, group), met in the national `structure` of the source's year."""
        national = expit(logit(self.prevalence) + self.sd * normal)
        gradient = np.broadcast_to(np.log(2.0) / self.doubling_age * GROUP_MIDDLES, (2, GROUP_MIDDLES.size))
        return expit(calibrated(gradient, structure, national))[:, None]


def people_affected(old: Array, shares: Array) -> Array:
    """People affected (draw, year), from `old` persons and `shares`, both (draw or 1, year or 1, sex, group)."""
    return np.einsum("dysg,dysg->dy", old, shares)


def people_by_severity(old: Array, shares: Array, severity: Array) -> Array:
    """People (draw, year, severity); `severity` shares of the disabled (draw, severity, sex, group)."""
    affected = old * shares
    affected = affected.reshape(*affected.shape[:2], -1)
    return affected @ severity.reshape(*severity.shape[:2], -1).swapaxes(1, 2)
