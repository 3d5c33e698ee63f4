"""How many are disabled: definitions, their calibration to the nation, trends, severity and dementia.

What counts as disabled moves the share of people aged 60 and over from 2 % to 18 % and more, so a definition
is data, not code. Most are published as one national share. Their age gradient comes from the transition
model, moved by one factor on the odds until the published share comes out exactly in its own year and
national age structure. Odds, because any factor on them leaves every share between 0 and 1 and keeps the
order of ages; a factor on the share itself would need a cap at 1 among the oldest, and the cap would break
the published total. Trends and uncertainty move the odds too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.axes import Array
from pipeline.care.care_groups import GROUP_MIDDLES, GROUP_STARTS
from pipeline.care.ranges import require_all, require_between, require_positive
from pipeline.errors import OutOfRangeError
from pipeline.vocabulary import SEVERITIES

_NEWTON_STEPS, _HALVINGS = 50, 80

LARGEST = 600.0
"""Log-odds beyond which a share is 0 or 1 in every digit, and odds are no number any more."""


@dataclass(frozen=True)
class Definition:
    """One definition of disability and the national share it was published with.

    `prevalence` a share (0 to 1, above 0) of people aged `age_from` and over in `year`; None where the
    transition model itself gives it. `low`, `high` the published interval (95 %), NaN where there is none.
    `sd` standard deviation of the log-odds of the national share, from the spread of the sources that measure
    the same concept (`family`). Raises ValueError naming the key.
    """

    id: str
    family: str
    prevalence: float | None
    year: int
    sd: float
    source: str
    age_from: int = 60
    low: float = np.nan
    high: float = np.nan
    note: str = ""

    def __post_init__(self) -> None:
        key = f"definitions.{self.id}"
        if self.prevalence is not None:
            require_positive(f"{key}.prevalence", self.prevalence)
            require_between(f"{key}.prevalence", self.prevalence, 0.0, 0.99)
            if np.isfinite(self.low) or np.isfinite(self.high):
                require_between(f"{key}.low", self.low, 0.0, self.prevalence)
                require_between(f"{key}.high", self.high, self.prevalence, 1.0)
        require_between(f"{key}.sd", self.sd, 0.0, 2.0, "on the log-odds")
        require_between(f"{key}.age_from", self.age_from, GROUP_STARTS[0], GROUP_STARTS[-1], "years")


@dataclass(frozen=True)
class Trend:
    """Yearly change of the log-odds of disability at every age; 0 holds age-specific shares constant."""

    id: str
    yearly_log_odds: float

    def __post_init__(self) -> None:
        require_between(f"trends.{self.id}.yearly_log_odds", self.yearly_log_odds, -0.2, 0.2, "a year")

    def log_odds(self, years: Sequence[int], base_year: int) -> Array:
        """Change of the log-odds (year,) since `base_year`: 0 in that year, of either sign before and after."""
        return np.asarray(self.yearly_log_odds * (np.asarray(years, dtype=float) - base_year))


def trend_between(name: str, first: float, first_year: int, last: float, last_year: int) -> Trend:
    """The trend that leads from one national share to another; both above 0 and below 1."""
    for key, value in ((f"trends.{name}.first", first), (f"trends.{name}.last", last)):
        require_positive(key, value)
        require_between(key, value, 0.0, 0.99)
    return Trend(name, (logit(last) - logit(first)) / (last_year - first_year))


def logit(share: float) -> float:
    """Log-odds of a share between 0 and 1."""
    return float(np.log(share / (1.0 - share)))


def spread(shares: Sequence[float]) -> float:
    """Standard deviation of the log-odds of several published shares of one concept; 0 for a single one."""
    return float(np.std([logit(share) for share in shares], ddof=1)) if len(shares) > 1 else 0.0


def structure_in_year(counts: ArrayLike, count_years: Sequence[int], year: int) -> Array:
    """National people by sex and group in one year, in a straight line between two dated counts.

    `counts` (count year, ..., sex, group) in persons, `count_years` ascending. Returns (..., sex, group).
    Raises ValueError where the year is not covered.
    """
    known = np.asarray(counts, dtype=float)
    require_between("structure year", year, count_years[0], count_years[-1])
    place = float(np.interp(year, count_years, np.arange(len(count_years))))
    low = min(int(place), len(count_years) - 2) if len(count_years) > 1 else 0
    high = min(low + 1, len(count_years) - 1)
    return np.asarray(known[low] + (place - low) * (known[high] - known[low]))


def calibrated(gradient: ArrayLike, structure: ArrayLike, prevalence: ArrayLike, age_from: int = 60) -> Array:
    """Log-odds (draw, sex, group) whose share in a national structure is the one published.

    `gradient` log-odds (sex, group) or (draw, sex, group), of which only differences count; `structure`
    persons (sex, group) or (draw, sex, group) of the publication's own year; `prevalence` a share or (draw,)
    at `age_from` and over. One shift of all log-odds is found by Newton's method (the share rises with it) until the
    share is met within 1e-12, and by halving where the log-odds are too steep for it. Raises OutOfRangeError where the
    structure has no people.
    """
    log_odds = np.asarray(gradient, dtype=float)
    people = np.asarray(structure, dtype=float) * np.greater_equal(GROUP_STARTS, age_from)
    target = np.atleast_1d(np.asarray(prevalence, dtype=float))
    log_odds, people = (values if values.ndim == 3 else values[None] for values in (log_odds, people))
    total = people.sum(axis=(1, 2), keepdims=True)
    if np.any(people < 0) or np.any(total <= 0):
        raise OutOfRangeError(
            "national structure", "no people or a negative count", "people at the ages of a definition"
        )
    weight = people / total
    middle = (weight * log_odds).sum(axis=(1, 2))
    shift = np.log(target / (1.0 - target)) - middle

    def missed(shift: Array) -> tuple[Array, Array]:
        """By how much the share is missed (draw,), and the shares (draw, sex, group)."""
        share = 1.0 / (1.0 + np.exp(-np.maximum(log_odds + shift[:, None, None], -LARGEST)))
        return np.asarray((weight * share).sum(axis=(1, 2)) - target), share

    for _ in range(_NEWTON_STEPS):
        error, share = missed(shift)
        if np.all(np.abs(error) < 1e-12):
            break
        slope = (weight * share * (1.0 - share)).sum(axis=(1, 2))
        shift = shift - np.clip(error / np.maximum(slope, 1e-300), -2.0, 2.0)
    else:
        far = np.abs(log_odds).max() + LARGEST
        low, high = np.full(shift.shape, -far), np.full(shift.shape, far)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            above = missed(middle)[0] > 0
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        shift = np.where(np.abs(missed(shift)[0]) < 1e-12, shift, (low + high) / 2)
    return np.asarray(np.clip(log_odds + shift[:, None, None], -LARGEST, LARGEST))


def steepened(gradient: ArrayLike, steepness: ArrayLike) -> Array:
    """A gradient (sex, group) that rises `steepness` (draw,) times as fast with age in each sex: (draw, sex, group).

    Differences between the sexes at the youngest age stay.
    """
    rise = np.asarray(gradient, dtype=float)
    first = rise[:, :1]
    return np.asarray(first + np.atleast_1d(np.asarray(steepness, dtype=float))[:, None, None] * (rise - first))


def log_odds_by_age(
    definition: Definition,
    gradient: ArrayLike,
    model_share: ArrayLike,
    structure: ArrayLike,
    normal: ArrayLike | None = None,
) -> Array:
    """Log-odds of disability (draw, sex, group) in the definition's own year.

    `gradient` log-odds from `transition.age_gradient`, (sex, group) or (draw, sex, group), `model_share` shares
    from `transition.by_group`, (sex, group); `structure` national persons (sex, group) or (draw, sex, group) in
    the definition's year; `normal` (draw,) standard normal draws, or None for the published value alone. Each draw
    has its own national share, logit-normal about the published one, and meets it exactly in its own structure. A
    definition without a published share takes the model's shares, moved by its draw.
    """
    move = definition.sd * (np.zeros(1) if normal is None else np.asarray(normal, dtype=float))
    if definition.prevalence is None:
        share = np.asarray(model_share, dtype=float)
        base = np.log(share / (1.0 - share))
        return np.asarray((base if base.ndim == 3 else base[None]) + move[:, None, None])
    national = 1.0 / (1.0 + np.exp(-(logit(definition.prevalence) + move)))
    return calibrated(gradient, structure, national, definition.age_from)


def shares_by_year(log_odds: ArrayLike, trend: Trend, years: Sequence[int], base_year: int) -> Array:
    """Disabled shares (draw, year, sex, group), or (draw, 1, sex, group) where nothing changes with time.

    `log_odds` (draw, sex, group) in `base_year`; `years` the year-ends wanted.
    """
    base = np.asarray(log_odds, dtype=float)[:, None]
    change = trend.log_odds(years, base_year)
    factor = np.exp(change if np.any(change) else np.zeros(1))
    odds = np.exp(base) * factor[None, :, None, None]
    return np.asarray(odds / (1.0 + odds))


@dataclass(frozen=True)
class SeverityProfile:
    """How the disabled divide into mild, moderate and severe.

    `shares` by severity. With `ladder` they are shares of everybody aged 60 and over: a narrower definition
    keeps the most severe (it is filled from the top), a wider one adds to the mild. Without it they are
    shares of the disabled, whatever the definition, and must sum to 1. `sd` standard deviation of the
    log-odds of being more than mildly disabled, from the spread between sources. Raises ValueError naming
    the key, also where a severity is missing.
    """

    id: str
    shares: Mapping[str, float]
    ladder: bool
    sd: float
    source: str

    def __post_init__(self) -> None:
        key = f"severity.{self.id}"
        require_all(key, self.shares, SEVERITIES)
        for name, share in self.shares.items():
            require_between(f"{key}.{name}", share, 0.0, 1.0)
        if not self.ladder:
            require_between(f"{key}: sum of the shares", sum(self.shares.values()), 1 - 1e-6, 1 + 1e-6)
        require_between(f"{key}.sd", self.sd, 0.0, 3.0, "on the log-odds")

    def of_disabled(self, prevalence: float, normal: ArrayLike | None = None) -> Array:
        """Shares of the disabled (draw, severity) under a definition of national share `prevalence`.

        `normal` (draw,) standard normal draws tilt the odds of being more than mildly disabled, or None. The
        last share is what the others leave, so that they sum to 1.
        """
        require_positive(f"severity.{self.id}: national prevalence", prevalence)
        if self.ladder:
            severe = min(self.shares["severe"], prevalence)
            moderate = min(self.shares["moderate"], prevalence - severe)
            base = np.array([prevalence - severe - moderate, moderate, severe]) / prevalence
        else:
            base = np.array([self.shares[name] for name in SEVERITIES])
        tilt = np.exp(self.sd * (np.zeros(1) if normal is None else np.asarray(normal, dtype=float)))[:, None]
        weight = base[None] * np.concatenate([np.ones_like(tilt), tilt, tilt], axis=1)
        shares = weight / weight.sum(axis=1, keepdims=True)
        shares[:, 0] = 1.0 - shares[:, 1] - shares[:, 2]
        return np.asarray(np.maximum(shares, 0.0))


def severity_by_age(shares: ArrayLike, gradient: ArrayLike, disabled: ArrayLike) -> Array:
    """Shares of the disabled by severity at each age and sex, (draw, severity, sex, group).

    `shares` (draw, severity) of all disabled; `gradient` log-odds (sex, group) or (draw, sex, group) of being more
    than mildly disabled among the disabled, of which only differences count; `disabled` national persons
    (draw, sex, group), in whom the shares come out exactly. Moderate and severe keep their proportion at every age:
    how it moves with age is not published.
    """
    parts = np.asarray(shares, dtype=float)
    more = parts[:, 1:].sum(axis=1)
    log_odds = calibrated(gradient, disabled, np.clip(more, 1e-9, 1.0 - 1e-9))
    at_age = 1.0 / (1.0 + np.exp(-log_odds))
    # A definition of the severe alone has nobody who is mildly disabled, at any age.
    at_age = np.where((more < 1.0 - 1e-9)[:, None, None], at_age, 1.0)
    within = np.divide(parts[:, 1:], more[:, None], out=np.zeros_like(parts[:, 1:]), where=more[:, None] > 0)
    above = within[:, :, None, None] * at_age[:, None]
    return np.concatenate([1.0 - at_age[:, None], above], axis=1)


@dataclass(frozen=True)
class Dementia:
    """National share with dementia at 60 and over: `prevalence` in `year`, 95 % interval `low` to `high`.

    `doubling_age` is the years of age in which its odds double (5 is the rule of thumb of the literature,
    7.0 follows from the odds ratio of 2.69 for ten years of age in Jia et al. 2020); on the odds, so that the
    rise flattens among the oldest as surveys find. Both sexes alike. Raises ValueError naming the key.
    """

    id: str
    prevalence: float
    low: float
    high: float
    year: int
    doubling_age: float
    source: str

    def __post_init__(self) -> None:
        key = f"dementia.{self.id}"
        require_positive(f"{key}.prevalence", self.prevalence)
        require_between(f"{key}.prevalence", self.prevalence, 0.0, 0.99)
        require_positive(f"{key}.low", self.low)
        require_between(f"{key}.low", self.low, 0.0, self.prevalence)
        require_between(f"{key}.high", self.high, self.prevalence, 0.99)
        require_between(f"{key}.doubling_age", self.doubling_age, 1.0, 50.0, "years")

    @property
    def sd(self) -> float:
        """Standard deviation of the log-odds: the 95 % interval spans 2 · 1.96 of them."""
        return (logit(self.high) - logit(self.low)) / (2 * 1.96)

    def by_age(self, structure: ArrayLike, normal: ArrayLike | None = None) -> Array:
        """Shares with dementia (draw, 1, sex, group), met in the national `structure` of the source's year.

        `structure` persons (sex, group) or (draw, sex, group); `normal` (draw,) standard normals or None.
        """
        move = self.sd * (np.zeros(1) if normal is None else np.asarray(normal, dtype=float))
        national = 1.0 / (1.0 + np.exp(-(logit(self.prevalence) + move)))
        gradient = np.broadcast_to(np.log(2.0) / self.doubling_age * GROUP_MIDDLES, (2, GROUP_MIDDLES.size))
        odds = np.exp(calibrated(gradient, structure, national))
        return np.asarray((odds / (1.0 + odds))[:, None])


def people_affected(old: ArrayLike, shares: ArrayLike) -> Array:
    """People affected (draw, year), from `old` persons and `shares`, both (draw, year, sex, group).

    Axes of length 1 in either broadcast.
    """
    people = np.asarray(old, dtype=float)
    part = np.asarray(shares, dtype=float)
    flat = (people.reshape(*people.shape[:2], -1), part.reshape(*part.shape[:2], -1))
    return np.asarray(np.einsum("dyk,dyk->dy", *flat))


def people_by_severity(old: ArrayLike, shares: ArrayLike, severity: ArrayLike) -> Array:
    """Disabled people by severity (draw, year, severity); they sum to those of `people_affected`.

    `old` persons and disabled `shares`, both (draw, year, sex, group); `severity` shares of the disabled
    (draw, severity, sex, group). Axes of length 1 broadcast.
    """
    people, part = np.asarray(old, dtype=float), np.asarray(shares, dtype=float)
    divided = np.asarray(severity, dtype=float)
    affected = np.multiply(people, part).reshape(max(len(people), len(part)), -1, part.shape[2] * part.shape[3])
    return np.asarray(affected @ divided.reshape(*divided.shape[:2], -1).swapaxes(1, 2))
