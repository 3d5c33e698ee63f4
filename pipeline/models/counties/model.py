"""How a place's cohorts change beside those of what holds it: a mean by kind, and errors with heavy tails.

For a cohort that reaches target group g of sex s over ten years, with the log change of its province taken off:

    d(place, s, g) = x(place)·B(kind, s, g) + b(prefecture, s, g) + w(place, s, g)
    x              = 1, log(people / 300,000), log(share of 60 and over / that of the province)
    b, w           ~ t(ν) with a full covariance over sexes and groups; w by kind, its SD falling with size

The SD of b and w falls with size as size^-slope, with slopes of their own below 100,000 people and at 80 and over.
Means by least squares; correlations by EM with ν fixed (Lange, Little & Taylor 1989, JASA 84); widths and slopes from
how far forecasts of the second census missed it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import Array, Indices, Mask
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.cohorts import GROUPS, cohorts, log_change
from pipeline.random import stream
from pipeline.summary import INTERVAL
from pipeline.vocabulary import COUNTY_KINDS

DOF = 4.0  # ν of the errors, as for cities; counties of these censuses gave 3.5 to 5
MIDDLE = "prefecture"
USUAL = 300_000.0  # people to whom the error's SD refers
T80 = 1.5332  # half the width of the middle 80 % of a t with `DOF` degrees of freedom
SMALL = 100_000.0  # people below which the SD has a slope of its own
CELLS = 2 * len(COHORT_GROUPS)
_FIRST = COHORT_GROUPS.index("60-64"), COHORT_GROUPS.index("80-84")
BAND = np.tile(np.arange(len(COHORT_GROUPS)) >= _FIRST[1], 2).astype(np.intp)
"""Which slope a cell has, (32,): 0 below 80, 1 from 80 on."""

_OLD = GROUPS.index("60-64")
_STEPS = 30
_TURNS = 7
_CALIBRATION_DRAWS = 100
_STEEPEST = 0.5  # beyond this slope the few smallest and largest places of a kind would lead


class Branch(NamedTuple):
    """One province: its people and those of its parts at a census, by `GROUPS`; (…, sex, 18).

    `middles` add up to `province`; `counties`, of `kinds`, lie in the row `middle` of `middles`.
    """

    province: Array
    middles: Array
    counties: Array
    middle: Indices
    kinds: NDArray[np.str_]

    @property
    def rest(self) -> Array:
        """People of each middle beyond its counties, (middle, sex, 18)."""
        inside = np.zeros_like(self.middles)
        np.add.at(inside, self.middle, self.counties)
        return np.maximum(self.middles - inside, 0.0)

    @property
    def sizes(self) -> Array:
        return self.counties.sum(axis=(1, 2))

    def features(self) -> Array:
        """x of each county, (county, 3)."""
        total = self.counties.sum(axis=(-1, -2))
        share = self.counties[..., _OLD:].sum(axis=(-1, -2)) / total
        whole = self.province[..., _OLD:].sum(axis=(-1, -2)) / self.province.sum(axis=(-1, -2))
        return np.stack([np.ones(len(total)), np.log(total / USUAL), np.log(share / whole)], axis=1)


class Errors(NamedTuple):
    """Scale matrix at `USUAL` people (32, 32), men first, and `slopes` (ages below 80 or not, below `SMALL` people or
    not): how the SD falls with size."""

    scale: Array
    slopes: Array

    def factor(self, people: Array) -> Array:
        """SD at so many people in units of that at `USUAL`, (place, 32)."""
        size = np.log(np.maximum(people, 1.0))[:, None]
        large, small = np.log(USUAL) - np.maximum(size, np.log(SMALL)), np.log(SMALL) - np.minimum(size, np.log(SMALL))
        return np.exp(large * self.slopes[:, 0] + small * self.slopes[:, 1])[:, BAND]

    def draws(self, people: Array, draws: int, generator: np.random.Generator) -> Array:
        """Errors of places with so many people, (draw, place, sex, group)."""
        places = len(people)
        normal = generator.standard_normal((draws, places, CELLS)) @ np.linalg.cholesky(self.scale).T
        normal *= self.factor(people) / np.sqrt(generator.chisquare(DOF, (draws, places, 1)) / DOF)
        return normal.reshape(draws, places, 2, len(COHORT_GROUPS))


class Model(NamedTuple):
    """`means` (3, sex, group) by kind of county; `errors` by kind and of `MIDDLE`."""

    means: Mapping[str, Array]
    errors: Mapping[str, Errors]

    def mean(self, branch: Branch) -> tuple[Array, Array]:
        """Expected log change beside the province, (…, sex, 16), of each middle (that of its counties) and county."""
        x = branch.features()
        own = np.zeros((len(x), 2, len(COHORT_GROUPS)))
        for kind, means in self.means.items():
            rows = branch.kinds == kind
            own[rows] = np.einsum("nf,fsg->nsg", x[rows], means)
        return together(own, branch), own

    def forecast(self, case: "CountyCase", draws: int, generator: np.random.Generator) -> tuple[Array, Array]:
        """People of middles and counties at the second census, (draw, …, sex, 16 groups), the province's known."""
        before = case.before
        mean_middle, mean = self.mean(before)
        wide = self.errors[MIDDLE].draws(before.middles.sum(axis=(1, 2)), draws, generator)
        own = np.zeros((draws, len(before.kinds), 2, len(COHORT_GROUPS)))
        for kind in COUNTY_KINDS:
            rows = before.kinds == kind
            own[:, rows] = self.errors[kind].draws(before.sizes[rows], draws, generator)
        parts, inside, _ = shares(before, mean_middle + wide, mean - mean_middle[before.middle] + own)
        middles = parts * cohorts_reached(case.after.province)
        return middles, middles[:, before.middle] * inside


def cohorts_reached(people: Array) -> Array:
    """Those who were there ten years before: `GROUPS` (…, 18) → (…, 16)."""
    return people[..., len(GROUPS) - len(COHORT_GROUPS) :]


def together(own: Array, branch: Branch) -> Array:
    """Values of counties (county, sex, group) as means of their middles, weighted by the cohorts; 0 where none."""
    weight = cohorts(branch.counties)
    sums, total = np.zeros((2, len(branch.middles), *own.shape[1:]))
    np.add.at(sums, branch.middle, own * weight)
    np.add.at(total, branch.middle, weight)
    return np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)


class CountyCase(NamedTuple):
    """A province with two censuses in one boundary, `before` and `after`, which have the same parts.

    `whole` (middle,) says of which middles the change can be measured.
    """

    before: Branch
    after: Branch
    whole: Mask

    def changes(self) -> tuple[Array, Array]:
        """Log change beside the province of middles, NaN where not whole, and of counties."""
        before, after, whole = self.before, self.after, self.whole
        province = log_change(before.province, after.province)
        middles = np.full((len(whole), 2, len(COHORT_GROUPS)), np.nan)
        middles[whole] = log_change(before.middles[whole], after.middles[whole]) - province
        return middles, log_change(before.counties, after.counties) - province


def fit(cases: list[CountyCase]) -> Model:
    """The model from all cases."""
    kind = np.concatenate([case.before.kinds for case in cases])
    x = np.concatenate([case.before.features() for case in cases])
    change = np.concatenate([case.changes()[1] for case in cases])
    means: dict[str, Array] = {}
    for name in COUNTY_KINDS:
        rows = kind == name
        coefficients = np.linalg.lstsq(x[rows], change[rows].reshape(-1, CELLS), rcond=None)[0]
        means[name] = coefficients.reshape(-1, 2, len(COHORT_GROUPS))
    parts = [part for case in cases for part in _residuals(case, Model(means, {}))]
    kind, residuals = np.concatenate([kinds for kinds, _ in parts]), np.concatenate([off for _, off in parts])
    errors = {name: _errors(residuals[kind == name]) for name in (*COUNTY_KINDS, MIDDLE)}
    for turn in range(_TURNS):
        errors = _calibrated(Model(means, errors), cases, np.random.default_rng(turn))
    return Model(means, errors)


def _calibrated(model: Model, cases: list[CountyCase], generator: np.random.Generator) -> dict[str, Errors]:
    """Errors whose 80 % intervals hold 80 % of places, of their people of 60 and over and of 80 and over.

    Counties are made to add up, so the forecast itself is held against the census (conformally), not the errors drawn.
    """
    kinds, sizes, ratios = [], [], []
    for case in cases:
        middles, counties = model.forecast(case, _CALIBRATION_DRAWS, generator)
        before, after = case.before, case.after
        whole = case.whole & (len(case.whole) > 1)
        kinds += [np.full(whole.sum(), MIDDLE), before.kinds]
        sizes += [before.middles[whole].sum(axis=(1, 2)), before.sizes]
        ratios += [_missed(middles[:, whole], after.middles[whole]), _missed(counties, after.counties)]
    kind, size, ratio = map(np.concatenate, (kinds, sizes, ratios))
    return {name: _rescaled(errors, size[kind == name], ratio[kind == name]) for name, errors in model.errors.items()}


def _missed(drawn: Array, people: Array) -> Array:
    """By how many half widths of the 80 % interval the census was missed, (place, band): 60 and over, 80 and over."""
    ratios = []
    for first in _FIRST:
        low, middle, high = np.quantile(drawn[..., first:].sum(axis=(-1, -2)), (0.1, 0.5, 0.9), axis=0)
        counted = cohorts_reached(people)[..., first:].sum(axis=(-1, -2))
        ratios.append(np.abs(np.log(counted / middle)) / (np.log(high / low) / 2.0))
    return np.stack(ratios, axis=1)


def _rescaled(errors: Errors, size: Array, ratio: Array) -> Errors:
    """Errors wider by the 0.8 quantile of `ratio` (place, band), along the size."""
    large = size >= SMALL
    order = np.flatnonzero(large)[np.argsort(size[large], kind="stable")]
    parts = np.array_split(order, max(2, min(6, len(order) // 60)))
    x = np.array([np.log(size[part] / USUAL).mean() for part in parts])
    y = np.log([np.quantile(ratio[part], 0.8, axis=0) for part in parts])
    steeper, level = np.polyfit(x, y, 1)
    slopes = errors.slopes.copy()
    if (~large).sum() >= 30:
        at = np.log(size[~large] / SMALL).mean()
        there = level + steeper * np.log(SMALL / USUAL)
        slopes[:, 1] += (np.log(np.quantile(ratio[~large], 0.8, axis=0)) - there) / -at
    slopes[:, 0] -= steeper
    wider = np.exp(level)[BAND]
    return Errors(errors.scale * wider[:, None] * wider, np.clip(slopes, [-_STEEPEST, 0.0], _STEEPEST))


def _residuals(case: CountyCase, model: Model) -> Iterator[tuple[NDArray[np.str_], Array]]:
    """Kinds and residuals (place, 32) of middles beside the province and of counties beside their middle.

    Of a whole that parts make up, one of weight s among s' shows sqrt(1 - 2s + Σs'²) of its own error: divided by that.
    """

    def unraked(kinds: NDArray[np.str_], off: Array, size: Array, whole: Array) -> tuple[NDArray[np.str_], Array]:
        shown = np.sqrt(np.maximum(1.0 - 2.0 * size / whole.sum() + ((whole / whole.sum()) ** 2).sum(), 0.0))
        usable = shown > 0.5
        return kinds[usable], (off[usable] / shown[usable, None, None]).reshape(-1, CELLS)

    before, whole = case.before, case.whole
    middles, counties = case.changes()
    mean_middle, mean = model.mean(before)
    sizes = before.middles.sum(axis=(1, 2))
    yield unraked(np.full(whole.sum(), MIDDLE), (middles - mean_middle)[whole], sizes[whole], sizes)
    own = counties - mean
    for at in range(len(before.middles)):
        members = np.flatnonzero(before.middle == at)
        if len(members) >= 3:
            cohort = cohorts(before.counties[members])
            beside = own[members] - (cohort / cohort.sum(axis=0) * own[members]).sum(axis=0)
            yield unraked(before.kinds[members], beside, before.sizes[members], before.sizes[members])


def _errors(off: Array) -> Errors:
    """Correlations from residuals (case, 32), each cell scaled so that the middle 80 % of a t holds 80 % of them;
    slopes are left to `_calibrated`."""
    weights = np.ones(len(off))
    for _ in range(_STEPS):
        scale = (off.T * weights) @ off / len(off)
        scale += 1e-6 * np.trace(scale) / len(scale) * np.eye(len(scale))
        distance = (off * np.linalg.solve(scale, off.T).T).sum(axis=1)
        weights = (DOF + off.shape[1]) / (DOF + distance)
    width = np.quantile(np.abs(off), 0.8, axis=0) / T80
    to = width / np.sqrt(np.diag(scale))
    return Errors(scale * to[:, None] * to, np.zeros((2, 2)))


def shares(branch: Branch, middle: Array, own: Array) -> tuple[Array, Array, Array]:
    """Shares of the cohorts ten years on, (draw, …, sex, 16): of the province by middle, of its middle by county and by
    what is beyond counties; from log changes of `middle` beside the province, of counties (`own`) beside it."""
    wide = cohorts(branch.middles) * np.exp(middle)
    wide /= wide.sum(axis=1, keepdims=True)
    inside = cohorts(branch.counties) * np.exp(own)
    rest = np.broadcast_to(cohorts(branch.rest), wide.shape)
    total = rest.copy()
    np.add.at(total.swapaxes(0, 1), branch.middle, inside.swapaxes(0, 1))
    positive = np.where(total > 0, total, 1.0)
    return wide, inside / positive[:, branch.middle], rest / positive


DRAWS = 400
AGES = {name: COHORT_GROUPS.index(first) for name, first in (("60+", "60-64"), ("65+", "65-69"), ("80+", "80-84"))}
SIZES = ("below_50k", "50k_100k", "100k_200k", "200k_400k", "400k_800k", "above_800k")
_ENDS = (50e3, 100e3, 200e3, 400e3, 800e3)


def forecasts(cases: Mapping[str, CountyCase], seed: int, folds: int) -> pd.DataFrame:
    """One row a place, method and age group; people in 2010.

    The last `folds` provinces are left out in turn: the first are cities without a prefecture to score.
    """
    rows = []
    for left_out, case in list(cases.items())[-folds:]:
        model = fit([other for name, other in cases.items() if name != left_out])
        middles, counties = model.forecast(case, DRAWS, stream(seed, "atlas_scores", left_out))
        change = cohorts_reached(case.after.province) / cohorts(case.before.province)
        for drawn, before, after, kinds, scorable in (
            (middles, case.before.middles, case.after.middles, MIDDLE, case.whole),
            (counties, case.before.counties, case.after.counties, case.before.kinds, slice(None)),
        ):
            people, alike, reached = before.sum(axis=(1, 2)), cohorts(before) * change, cohorts_reached(after)
            for age, first in AGES.items():
                old, same, counted = (part[..., first:].sum(axis=(-1, -2)) for part in (drawn, alike, reached))
                q10, median, q90 = np.quantile(old, INTERVAL, axis=0)[:, scorable]
                labels = pd.DataFrame({"kind": kinds, "people": people, "age_group": age, "counted": counted})[scorable]
                rows.append(labels.assign(method="model", q10=q10, median=median, q90=q90))
                rows.append(labels.assign(method="like_province", q10=np.nan, median=same[scorable], q90=np.nan))
    return pd.concat(rows, ignore_index=True)


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    """Scores of forecasts by method, kind, size and age group; "counties" are the three kinds, "all" every size.

    mape and bias of the median and half_width of the 80 % interval in percent, coverage_80 in percent of the places.
    """
    error = 100.0 * (rows["median"] / rows["counted"] - 1.0)
    inside = (rows["q10"] <= rows["counted"]) & (rows["counted"] <= rows["q90"])
    each = rows.assign(
        size=np.array(SIZES)[np.searchsorted(_ENDS, rows["people"], side="right")],
        mape=error.abs(),
        bias=error,
        coverage_80=(100.0 * inside).where(rows["q10"].notna()),
        half_width=50.0 * np.log(rows["q90"] / rows["q10"]),
    )
    whole = each.assign(size="all")
    parts = [each, whole, *(part[part["kind"] != MIDDLE].assign(kind="counties") for part in (each, whole))]
    grouped = pd.concat(parts).groupby(["method", "kind", "size", "age_group"], sort=False)
    measures = ["mape", "bias", "coverage_80", "half_width"]
    return grouped[measures].mean().assign(places=grouped.size()).reset_index()
