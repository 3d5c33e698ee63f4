"""Stock and flow of beds and staff, year by year and in every draw.

    beds(t)  = beds(t−1) + commissioned − closed
    staff(t) = staff(t−1) − left − retired + re-entered + newly qualified
               left = leave · staff(t−1),  re-entered = re-enter · left,  retired = retire · (staff(t−1) − left)

so that staff(t) = staff(t−1)·(1 − leave·(1 − re-enter)) − retired + newly qualified, the form in which Japan's
welfare ministry projects care workers. Leavers and retirements are counted on the staff of the year before:
who begins in a year stays at least until its end. Since only those who did not leave retire, no share between
0 and 1 can take the stock below zero.

Three paths. `held`: the stock stays, and what is lost is replaced. `no_new_policy`: the past trend goes on,
with its uncertainty. `plan_delivered`: what the plan promises comes in time. A flow is either run forwards from
its inflow, or follows a given path of the stock; then the inflow is what the path takes, and where the path
falls faster than the usual losses, the rest counts as closed or left.

Axes: draw, step; step k is year `start_year` + 1 + k, its stock that of the year's end. A draw axis of length 1
broadcasts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.care.disability import logit
from pipeline.care.ranges import require_between, require_positive
from pipeline.random import Z80

Array = NDArray[np.float64]

PATHS = ("held", "no_new_policy", "plan_delivered")


@dataclass(frozen=True)
class ShareInterval:
    """80 % interval of a share, drawn logit-normally so that every draw lies between 0 and 1.

    Equal ends fix the share, which may then be 0 or 1. Raises ValueError naming `key`.
    """

    key: str
    low: float
    high: float

    def __post_init__(self) -> None:
        require_between(f"{self.key}.low", self.low, 0.0, 1.0)
        require_between(f"{self.key}.high", self.high, self.low, 1.0)
        if self.low < self.high and (self.low == 0.0 or self.high == 1.0):
            raise ValueError(f"{self.key}: found {self.low:g} to {self.high:g}, expected ends within 0 and 1, or equal")

    def draws(self, normal: ArrayLike | None = None) -> Array:
        """The share (draw,), from standard normals (draw,); without them its middle alone."""
        noise = np.zeros(1) if normal is None else np.asarray(normal, dtype=float)
        if self.low == self.high:
            return np.full(noise.shape, self.low)
        low, high = logit(self.low), logit(self.high)
        return np.asarray(1.0 / (1.0 + np.exp(-((low + high) / 2 + (high - low) / (2 * Z80) * noise))))


@dataclass(frozen=True)
class StaffRates:
    """Yearly shares (draw,): of staff who leave, of leavers who come back, of the others who retire.

    `re_enter` counts those who return to the same work in the region in the year they left. Raises ValueError
    naming the key where one is not between 0 and 1 in every draw.
    """

    leave: Array
    re_enter: Array
    retire: Array

    def __post_init__(self) -> None:
        for name, share in (("leave", self.leave), ("re_enter", self.re_enter), ("retire", self.retire)):
            _require_share(f"staff.{name}", share)

    @property
    def kept(self) -> Array:
        """Share (draw,) of a year's staff still there a year later, re-entrants counted."""
        return np.asarray((1.0 - self.leave) * (1.0 - self.retire) + self.leave * self.re_enter)


@dataclass(frozen=True)
class Attrition:
    """Intervals of the shares in `StaffRates`."""

    leave: ShareInterval
    re_enter: ShareInterval
    retire: ShareInterval

    def draws(self, normals: ArrayLike | None = None) -> StaffRates:
        """Rates by draw from standard normals (3, draw), in the order of the fields; their middles without."""
        noise = [None] * 3 if normals is None else list(np.asarray(normals, dtype=float))
        leave, re_enter, retire = noise
        return StaffRates(self.leave.draws(leave), self.re_enter.draws(re_enter), self.retire.draws(retire))


@dataclass(frozen=True)
class Training:
    """A plan's training number, in person-times (人次) from `first_year` to `last_year` together, spread evenly.

    A person can be trained more than once, and most trained are employed already: of the person-times,
    `share_new` are first trainings of people not yet in the job, and `share_taking_up` of these begin to work
    in it in the region. Raises ValueError naming the key.
    """

    key: str
    trained: float
    first_year: int
    last_year: int
    share_new: ShareInterval
    share_taking_up: ShareInterval

    def __post_init__(self) -> None:
        require_between(f"{self.key}.trained", self.trained, 0.0, np.inf, "person-times")
        require_between(f"{self.key}.last_year", self.last_year, self.first_year, np.inf)

    def entrants(self, start_year: int, last_year: int, normals: ArrayLike | None = None) -> Array:
        """Entrants (draw, step) in the years after `start_year` until `last_year`.

        `normals` (2, draw) standard normals for `share_new` and `share_taking_up`, or None for their middles.
        Those trained up to `start_year` are taken to be in its stock.
        """
        new, taking_up = [None, None] if normals is None else list(np.asarray(normals, dtype=float))
        share = self.share_new.draws(new) * self.share_taking_up.draws(taking_up)
        years = np.arange(start_year + 1, last_year + 1)
        yearly = self.trained / (self.last_year - self.first_year + 1)
        trained = np.where((years >= self.first_year) & (years <= self.last_year), yearly, 0.0)
        return np.asarray(share[:, None] * trained)


@dataclass(frozen=True)
class PastTrend:
    """Yearly change of the logarithm of a stock: a random walk with drift, seen in a published series.

    `yearly` the drift, `drift_sd` its standard error, `step_sd` the standard deviation of one year's change.
    Raises ValueError naming the key.
    """

    yearly: float
    drift_sd: float
    step_sd: float

    def __post_init__(self) -> None:
        require_between("trend.yearly", self.yearly, -1.0, 1.0, "on the logarithm")
        require_between("trend.drift_sd", self.drift_sd, 0.0, 1.0, "on the logarithm")
        require_between("trend.step_sd", self.step_sd, 0.0, 1.0, "on the logarithm")


def past_trend(years: Sequence[int], counts: Sequence[float], step_sd: float | None = None) -> PastTrend:
    """The trend of published counts, by maximum likelihood for a random walk with drift; years may be missing.

    `step_sd` is needed where there are two counts only, which say nothing of how a year differs from the mean,
    and replaces the series' own where given. Raises ValueError where the series cannot show a trend.
    """
    if len(years) != len(counts) or len(years) < 2:
        raise ValueError(f"trend: found {len(years)} years and {len(counts)} counts, expected two or more of both")
    width = np.diff(np.asarray(years, dtype=float))
    require_positive("trend: years between two counts", float(width.min()))
    require_positive("trend: smallest count", float(np.min(counts)))
    change = np.diff(np.log(np.asarray(counts, dtype=float)))
    drift = float(change.sum() / width.sum())
    if step_sd is None:
        if len(change) < 2:
            raise ValueError("trend.step_sd: missing, expected a value where the series has two counts only")
        step_sd = float(np.sqrt(((change - drift * width) ** 2 / width).sum() / (len(change) - 1)))
    return PastTrend(drift, step_sd / float(np.sqrt(width.sum())), step_sd)


@dataclass(frozen=True)
class Flow:
    """A stock and what moved it.

    `start` (draw,) at the end of `start_year`; `stock` (draw, step) at the end of each year after it; `inflows`
    and `outflows` by name, each (draw, step), units a year and never below zero.
    """

    start: Array
    start_year: int
    stock: Array
    inflows: Mapping[str, Array]
    outflows: Mapping[str, Array]

    def __add__(self, other: Flow) -> Flow:
        """Two parts of one stock, with the same start year, steps, inflows and outflows by name."""
        return Flow(
            self.start + other.start,
            self.start_year,
            self.stock + other.stock,
            {name: units + other.inflows[name] for name, units in self.inflows.items()},
            {name: units + other.outflows[name] for name, units in self.outflows.items()},
        )

    def imbalance(self) -> Array:
        """Change of the stock less inflows plus outflows (draw, step): zero to rounding."""
        change = np.diff(self.stock, axis=1, prepend=self.start[:, None])
        return np.asarray(change - sum(self.inflows.values()) + sum(self.outflows.values()))

    def stock_in(self, years: Sequence[int]) -> Array:
        """Stock (draw, year) at the end of the years asked for, NaN before `start_year`.

        Raises ValueError for a year after the last step.
        """
        return _placed(np.concatenate([self.start[:, None], self.stock], axis=1), self.start_year, years)

    def moved_in(self, name: str, years: Sequence[int]) -> Array:
        """An inflow or outflow (draw, year) by name, NaN up to `start_year`; errors as in `stock_in`."""
        return _placed({**self.inflows, **self.outflows}[name], self.start_year + 1, years)


def bed_flow(start: ArrayLike, start_year: int, commissioned: ArrayLike, closed: ArrayLike) -> Flow:
    """Beds from what is commissioned and closed each year.

    `start` (draw,); `commissioned` and `closed` (draw, step), beds a year. No more are closed than there are.
    Raises ValueError naming the key where one is negative or not a number.
    """
    first, added, asked = _inputs(start, commissioned=commissioned, closed=closed)
    stock, gone = np.empty_like(added), np.empty_like(added)
    before = first
    for step in range(added.shape[1]):
        there = before + added[:, step]
        gone[:, step] = np.minimum(asked[:, step], there)
        stock[:, step] = before = there - gone[:, step]
    return Flow(first, start_year, stock, {"commissioned": added}, {"closed": gone})


def bed_flow_along(start: ArrayLike, start_year: int, path: ArrayLike, closing: ArrayLike = 0.0) -> Flow:
    """Beds that follow `path` (draw, step); `closing` the share (draw,) of a year's beds that usually close.

    Commissioned is what the path takes beyond replacing those. Raises ValueError naming the key.
    """
    first, stock = _inputs(start, path=path)
    share = _require_share("beds.closing", closing)
    before = _before(first, stock)
    change = stock - before
    added = np.maximum(change + share[:, None] * before, 0.0)
    return Flow(first, start_year, stock, {"commissioned": added}, {"closed": added - change})


def staff_flow(start: ArrayLike, start_year: int, newly_qualified: ArrayLike, rates: StaffRates) -> Flow:
    """Staff from the newly qualified who take up the job, (draw, step) heads a year, and the losses.

    `start` (draw,). Raises ValueError naming the key where one is negative or not a number.
    """
    first, new = _inputs(start, rates, newly_qualified=newly_qualified)
    stock = np.empty_like(new)
    before = first
    for step in range(new.shape[1]):
        stock[:, step] = before = before * rates.kept + new[:, step]
    return _staff(first, start_year, stock, new, np.zeros_like(new), rates)


def staff_flow_along(start: ArrayLike, start_year: int, path: ArrayLike, rates: StaffRates) -> Flow:
    """Staff that follow `path` (draw, step); the newly qualified are those the path takes.

    Where the path falls faster than the rates alone, more leave, for good. Raises ValueError naming the key.
    """
    first, stock = _inputs(start, rates, path=path)
    missing = stock - _before(first, stock) * rates.kept[:, None]
    return _staff(first, start_year, stock, np.maximum(missing, 0.0), np.maximum(-missing, 0.0), rates)


def held_path(start: ArrayLike, steps: int) -> Array:
    """The stock as it is (draw, step)."""
    return np.repeat(_by_draw(start)[:, None], steps, axis=1)


def record_path(start: ArrayLike, yearly: ArrayLike, steps: int) -> Array:
    """A stock to which `yearly` (draw,) units go on being added, or lost, each year; never below zero."""
    units = _by_draw(yearly)[:, None] * np.arange(1.0, steps + 1)
    return np.asarray(np.maximum(_by_draw(start)[:, None] + units, 0.0))


def trend_path(
    start: ArrayLike,
    trend: PastTrend,
    steps: int,
    drift_normal: ArrayLike | None = None,
    step_normals: ArrayLike | None = None,
) -> Array:
    """A stock (draw, step) on its past trend.

    `drift_normal` (draw,) and `step_normals` (draw, step) are standard normals: the drift is uncertain once
    for all years, each year's own change again; None leaves that uncertainty out.
    """
    drift = np.zeros(1) if drift_normal is None else np.asarray(drift_normal, dtype=float)
    years = np.arange(1.0, steps + 1)
    change = (trend.yearly + trend.drift_sd * drift)[:, None] * years
    if step_normals is not None:
        change = change + trend.step_sd * np.cumsum(np.asarray(step_normals, dtype=float), axis=1)
    return np.asarray(_by_draw(start)[:, None] * np.exp(change))


def plan_path(start: ArrayLike, start_year: int, targets: Sequence[tuple[int, ArrayLike]], steps: int) -> Array:
    """A stock (draw, step) that reaches a plan's targets in their years, in straight lines, and then stays.

    `targets` in order of year, each with its amount (draw,) or a number. A plan adds: a target below what there
    is closes nothing. Targets up to `start_year` are past and left out. Raises ValueError where targets are out
    of order, negative or not a number.
    """
    if any(later[0] <= earlier[0] for earlier, later in itertools.pairwise(targets)):
        raise ValueError(f"targets: found the years {[year for year, _ in targets]}, expected them in order")
    first = _by_draw(start)
    ahead = [(year, _by_draw(amount)) for year, amount in targets if year > start_year]
    for year, amount in ahead:
        require_between(f"targets.{year}", float(amount.min()), 0.0, np.inf)
    known = np.broadcast_arrays(first, *(amount for _, amount in ahead))
    added = np.maximum.accumulate(np.stack(known, axis=1), axis=1) - first[:, None]
    years = np.arange(start_year + 1, start_year + 1 + steps)
    knots = [start_year, *(year for year, _ in ahead)]
    weights = [np.interp(years, knots, unit) for unit in np.eye(len(knots))]
    return np.asarray(first[:, None] + added @ np.stack(weights))


def bed_paths(
    start: ArrayLike,
    start_year: int,
    steps: int,
    past: ArrayLike | None = None,
    targets: Sequence[tuple[int, ArrayLike]] = (),
    closing: ArrayLike = 0.0,
) -> dict[str, Flow]:
    """Flows of beds by path name, for `steps` years after `start_year`.

    `past` the stock (draw, step) on its past trend (`trend_path` or `record_path`); without it
    `no_new_policy` is left out, and without a target after `start_year`, `plan_delivered`. `closing` as in
    `bed_flow_along`: it changes what must be commissioned, not these stocks.
    """
    paths = {"held": held_path(start, steps)}
    if past is not None:
        paths["no_new_policy"] = np.asarray(past, dtype=float)
    if any(year > start_year for year, _ in targets):
        paths["plan_delivered"] = plan_path(start, start_year, targets, steps)
    return {name: bed_flow_along(start, start_year, path, closing) for name, path in paths.items()}


def staff_paths(
    start: ArrayLike,
    start_year: int,
    steps: int,
    rates: StaffRates,
    past: ArrayLike | None = None,
    targets: Sequence[tuple[int, ArrayLike]] = (),
    entrants: ArrayLike | None = None,
) -> dict[str, Flow]:
    """Flows of staff by path name; `past` and left-out paths as in `bed_paths`.

    A plan that sets a number of staff after `start_year` is delivered when that is reached. One that only
    trains delivers its `entrants` (draw, step) on top of the intake of `no_new_policy`, or of `held` where
    no past trend is known.
    """
    flows = {"held": staff_flow_along(start, start_year, held_path(start, steps), rates)}
    if past is not None:
        flows["no_new_policy"] = staff_flow_along(start, start_year, past, rates)
    if any(year > start_year for year, _ in targets):
        path = plan_path(start, start_year, targets, steps)
        flows["plan_delivered"] = staff_flow_along(start, start_year, path, rates)
    elif entrants is not None:
        usual = flows.get("no_new_policy", flows["held"])
        flows["plan_delivered"] = usual + staff_flow(np.zeros(1), start_year, entrants, rates)
    return flows


def needed_per_year(
    required: ArrayLike, start: ArrayLike, start_year: int, kept: ArrayLike, years: Sequence[int]
) -> Array:
    """Units to add every year so that the stock meets `required` in each of `years`, (draw, year).

    (required − start · kept^n) / Σ kept^j for j = 0 … n − 1, with n = year − `start_year`: what is added in
    the last year stays whole, what is added before has shrunk. `required` (draw, year), `start` (draw,);
    `kept` (draw,) or a number, the share of a stock that is there a year later (`StaffRates.kept`,
    1 − closing). Below zero where the stock suffices without intake; NaN up to `start_year`.
    """
    share = _require_share("kept", kept)
    elapsed = np.asarray(years) - start_year
    ahead = elapsed > 0
    longest = max(int(elapsed.max(initial=0)), 1)
    powers = share[:, None] ** np.arange(longest + 1)
    n = np.where(ahead, elapsed, 1)
    left = _by_draw(start)[:, None] * powers[:, n]
    weights = np.where(ahead, np.cumsum(powers, axis=1)[:, n - 1], np.nan)
    return np.asarray((np.asarray(required, dtype=float) - left) / weights)


@dataclass(frozen=True)
class BedStates:
    """Beds (draw, year): on paper, fit for use, of these for nursing, occupied, and on paper but empty."""

    nominal: Array
    usable: Array
    nursing: Array
    occupied: Array
    empty: Array


def bed_states(nominal: ArrayLike, usable: ArrayLike, nursing: ArrayLike, occupancy: ArrayLike) -> BedStates:
    """What the beds on paper are good for.

    `nominal` (draw, year); shares (draw,) or numbers: `usable` and `occupancy` of nominal beds, `nursing` of
    usable ones. A bed that is occupied is usable, whatever the share says. Raises ValueError naming the key.
    """
    beds = np.asarray(nominal, dtype=float)
    fit = _require_share("beds.usable", usable)
    nurse = _require_share("beds.nursing", nursing)
    taken = _require_share("beds.occupancy", occupancy)
    ready = beds * np.maximum(fit, taken)[:, None]
    occupied = beds * taken[:, None]
    return BedStates(beds, ready, ready * nurse[:, None], occupied, beds - occupied)


def _staff(first: Array, start_year: int, stock: Array, new: Array, beyond: Array, rates: StaffRates) -> Flow:
    """The flow whose losses follow the rates, with those who leave `beyond` them (draw, step)."""
    before = _before(first, stock)
    left = before * rates.leave[:, None]
    return Flow(
        first,
        start_year,
        stock,
        {"re_entered": left * rates.re_enter[:, None], "newly_qualified": new},
        {"left": left + beyond, "retired": (before - left) * rates.retire[:, None]},
    )


def _before(first: Array, stock: Array) -> Array:
    """The stock a year earlier (draw, step)."""
    return np.concatenate([first[:, None], stock[:, :-1]], axis=1)[:, : stock.shape[1]]


def _placed(values: Array, first_year: int, years: Sequence[int]) -> Array:
    """Columns of `values`, the first that of `first_year`, for the years asked for; NaN before it."""
    place = np.asarray(years) - first_year
    if np.any(place >= values.shape[1]):
        raise ValueError(f"years: found {max(years)}, expected none after {first_year + values.shape[1] - 1}")
    if values.shape[1] == 0:
        return np.full((len(values), len(place)), np.nan)
    return np.asarray(np.where(place >= 0, values[:, np.maximum(place, 0)], np.nan))


def _inputs(start: ArrayLike, rates: StaffRates | None = None, **flows: ArrayLike) -> tuple[Array, ...]:
    """Start (draw,) and flows (draw, step) with their draws broadcast; ValueError where one is below zero."""
    first = _by_draw(start)
    arrays = {name: np.asarray(values, dtype=float) for name, values in flows.items()}
    for name, values in {"start": first, **arrays}.items():
        if values.size:
            require_between(name, float(values.min()), 0.0, np.inf)
    drawn = () if rates is None else rates.kept.shape
    (draws,) = np.broadcast_shapes(first.shape, drawn, *(values.shape[:1] for values in arrays.values()))
    steps = {values.shape[1] for values in arrays.values()}
    return np.broadcast_to(first, draws), *(np.broadcast_to(v, (draws, max(steps))) for v in arrays.values())


def _require_share(key: str, share: ArrayLike) -> Array:
    """A share as (draw,); ValueError naming the key where it is not between 0 and 1 in every draw."""
    values = _by_draw(share)
    for end in (values.min(), values.max()):
        require_between(key, float(end), 0.0, 1.0)
    return values


def _by_draw(values: ArrayLike) -> Array:
    """A number, or one for each draw, as (draw,)."""
    return np.atleast_1d(np.asarray(values, dtype=float))
