"""The old-age model scored on the last decade: each province, and each city, forecast without its province.

The model learns the second decade between three censuses from all provinces but one and forecasts that one (the fold);
a city is forecast from its province's forecast and from what the cities of all other provinces did beside theirs. Every
number a forecast uses was learned elsewhere or before.

`COHORT_MODEL` is the model that projects: the fit's forecast (`AS_FITTED`), drawn in by the factor under which 80 %
intervals of the other provinces cover 80 %. `STRICT` has the same form with nothing learned of the second decade
(`from_one_decade`), and alone serves the nation, which the provinces add up to and which cannot be left out. `MARGINS`
is the model for cities of whose first census only margins are known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.axes import MARGIN_BANDS, Array, Indices, Mask
from pipeline.models.backtest.forecast_scores import PREFECTURE, score_rows
from pipeline.models.backtest.rivals import EX_ANTE, HINDSIGHT, Survival
from pipeline.models.cohorts import BANDS, Cities, cohorts, five_year, in_bands, joined, log_change, log_survival, split
from pipeline.models.margins import Walk, Walks, margins_of, reconstruct, steps
from pipeline.models.old_age import (
    AGES,
    NATIONAL_CHANGE,
    AreaPriors,
    Known,
    area_model,
    expected,
    forecast,
    model_data,
    needed,
    past_of,
)
from pipeline.models.sampling import SamplerSettings, compiled, draw, posterior_arrays
from pipeline.random import stream
from pipeline.vocabulary import COHORT_MODEL, NATION

CENSUSES = (2000, 2010, 2020)
_DECADE = {"origin": CENSUSES[1], "target_year": CENSUSES[2]}
AS_FITTED = "cohort_model_as_fitted"
STRICT = "cohort_model_2010_only"
MARGINS = "cohort_model_margins"

SOURCES: Mapping[str, str] = {EX_ANTE: "census", HINDSIGHT: "wpp2024"}
"""Where survival comes from, by what the forecast may know."""

_OLD = slice(-len(AGES), None)
_NORMAL_DOF = 1e6
STRICT_DOF = 4.0  # degrees of freedom of the areas' residuals in `STRICT`: one decade is too little to learn them
_RIDGE = 1e-5  # a noise of .3 %: keeps the scale regular where there are hardly more rows than columns
_HINDSIGHT_PRIORS: Mapping[str, Any] = {"level_sd": 0.1, "level_step": 0.05}
"""A wider prior of what all provinces have beside survival: the UN's rates of the second decade leave out ten percent
and more at 80+ of how censuses count the old."""

_CITY_PRIORS: Mapping[str, Any] = {"level_sd": 0.05, "level_step": 0.02, "feature_step": 0.02, "loading_log_sd": 0.35}
"""Cities stray from what was expected of their province by a few percent on average, what features say may differ from
age to age, and the shared error's usual size is that of cities."""


@dataclass(frozen=True, eq=False)
class Decades:
    """The `CENSUSES` of `provinces` and, last, the nation: `tables` (census, area, sex, 19) persons by `CENSUS_GROUPS`,
    and `survival` between them by source, see `rivals.INFORMATION`."""

    provinces: tuple[str, ...]
    tables: Array
    survival: Mapping[str, Survival]

    @property
    def people(self) -> Array:
        """Persons (census, area, sex, 18) by `GROUPS`."""
        return five_year(self.tables)

    @property
    def counted(self) -> Array:
        """Persons (area, band) at the third census."""
        return in_bands(self.people[2][..., 2:])

    @property
    def labels(self) -> pd.DataFrame:
        """Of the areas, each a fold of its own."""
        areas = [*self.provinces, NATION]
        return pd.DataFrame({"fold": areas, "region": areas, **_DECADE})

    def known(self, source: str) -> Known:
        """What the first decade says of the provinces, given a source of survival."""
        first, second, _ = self.people
        residual = log_change(first, second) - log_survival(first, self.survival[source].past)
        return past_of(residual[:-1] - residual[-1], residual[-1])

    def observed(self, source: str) -> Array:
        """y (province, sex, 8) of the second decade: log change ratios less log survival."""
        return log_change(*self.people[1:])[:-1, :, _OLD] - self.offset(source)

    def offset(self, source: str) -> Array:
        """Log survival (province, sex, 8) over the second decade."""
        return log_survival(self.people[1], self.survival[source].coming)[:-1, :, _OLD]


def city_labels(cities: Cities) -> pd.DataFrame:
    """fold (the province), region, origin and target_year of cities."""
    names = {"fold": cities.labels["province"], "region": PREFECTURE + cities.labels["code"]}
    return pd.DataFrame({**names, **_DECADE})


@dataclass(eq=False)
class _Refits:
    """Fits of one compiled model to other areas: priors may differ in what `model_data` hands over alone."""

    settings: SamplerSettings
    ready: Any = None

    def posterior(self, y: Array, known: Known, priors: AreaPriors, *names: str) -> dict[str, Array]:
        """The posterior (draw, ...) by name; `names` are those of its random stream."""
        if self.ready is None:
            model = area_model(y, known, priors)
            self.ready = compiled(model, needed(model))
        seed = int(stream(self.settings.seed, "backtest", "sampler", *names).integers(2**31))
        ready = self.ready.with_data(**model_data(y, known, priors))
        return posterior_arrays(draw(ready, replace(self.settings, seed=seed)))


def province_folds(
    decades: Decades, folds: Sequence[str], priors: AreaPriors, settings: SamplerSettings
) -> tuple[pd.DataFrame, dict[str, Array]]:
    """Leave out each province of `folds` in turn, fit the others, forecast it; with both kinds of survival.

    Rows of scores, and by information the log change ratios (fold, province, sex, 8) expected of every province by the
    model that did not see the fold's own: what cities are measured against.
    """
    start = cohorts(decades.people[1])[:-1, :, _OLD]
    positions = [decades.provinces.index(fold) for fold in folds]
    fitted, blocks, refits = {}, [], _Refits(settings)
    for information, source in SOURCES.items():
        known, y, offset = decades.known(source), decades.observed(source), decades.offset(source)
        chosen = replace(priors, **_HINDSIGHT_PRIORS) if information == HINDSIGHT else priors
        medians, people = [], []
        for fold, held_out in zip(folds, positions, strict=True):
            others = np.arange(len(y)) != held_out
            posterior = refits.posterior(y[others], known[others], chosen, information, fold)
            generator = stream(settings.seed, "backtest", information, fold)
            log_ratio = offset[held_out] + forecast(posterior, known[[held_out]], generator)
            people.append(start[held_out] * np.exp(log_ratio))
            medians.append(offset + expected(posterior, known).mean(axis=0))
        bands, counted = in_bands(np.concatenate(people, axis=1)), decades.counted[positions]
        labels = decades.labels.iloc[positions].assign(information=information)
        blocks.append(_scored(bands, counted, labels.assign(model=AS_FITTED)))
        if len(folds) > 2:
            blocks.append(_scored(drawn_to_cover(bands, counted), counted, labels.assign(model=COHORT_MODEL)))
        fitted[information] = np.stack(medians)
    blocks.append(strict_rows(decades, priors, settings))
    return pd.concat(blocks, ignore_index=True), fitted


def drawn_to_cover(draws: Array, counted: Array) -> Array:
    """Draws (draw, area, …) of persons, drawn to each area's median by the factor on logs under which 80 % of the
    others' 80 % intervals hold what was `counted` (area, …): the conformal one, the ⌈0.8·(n + 1)⌉-th of n distances in
    units of half an interval."""
    level = 0.8
    logs = np.log(draws)
    low, middle, high = np.quantile(logs, [(1.0 - level) / 2.0, 0.5, (1.0 + level) / 2.0], axis=0)
    off = np.log(counted) - middle
    distance = np.abs(off) / np.where(off > 0, high - middle, middle - low)
    rank = min(int(np.ceil(level * len(distance))), len(distance) - 1) - 1
    factor = [np.sort(np.delete(distance, area, axis=0), axis=0)[rank] for area in range(len(distance))]
    return np.exp(middle + np.array(factor) * (logs - middle))


def strict_rows(decades: Decades, priors: AreaPriors, settings: SamplerSettings) -> pd.DataFrame:
    """Rows of `STRICT` for all provinces and the nation, which is their sum in every draw."""
    source = SOURCES[EX_ANTE]
    start = cohorts(decades.people[1])[:-1, :, _OLD]
    generator = stream(settings.seed, "backtest", STRICT)
    y = from_one_decade(decades.known(source), priors, settings.chains * settings.draws, generator)
    people = start * np.exp(decades.offset(source) + y)
    everyone = np.concatenate([people, people.sum(axis=1, keepdims=True)], axis=1)
    return _scored(in_bands(everyone), decades.counted, decades.labels.assign(model=STRICT, information=EX_ANTE))


def from_one_decade(known: Known, priors: AreaPriors, draws: int, generator: np.random.Generator) -> Array:
    """Predictive draws of y from the decade before alone, (draw, area, sex, 8); the areas' past must be known.

    The residuals of areas are taken to be as spread out in the next decade as they were in the last (x ~ t with
    scale Σ, `STRICT_DOF`), of which an unknown share ρ ~ U(0, 1) comes back: x' = ρx + √(1 − ρ²)·e, e ~ t(0, Σ).
    The nation's residual comes back by κ and changes by N(0, `NATIONAL_CHANGE`²), all ages together: what changes
    how a census counts the old does not cancel in a sum of ages.
    """
    assert known.past is not None
    assert known.nation is not None
    flat = np.concatenate(split(known.past), axis=1)
    areas, size = flat.shape
    root = np.linalg.cholesky(_t_scale(flat))
    rho = generator.uniform(size=(draws, 1, 1))
    noise = generator.standard_normal((draws, areas, size)) @ root.T
    noise /= np.sqrt(generator.chisquare(STRICT_DOF, (draws, areas, 1)) / STRICT_DOF)
    mean, contrast = np.split(rho * flat + np.sqrt(1.0 - rho**2) * noise, 2, axis=-1)
    back = generator.beta(*priors.national_return, (draws, 1, 1)) * known.nation
    shock = generator.standard_normal((draws, 1, 1)) * NATIONAL_CHANGE
    return (back + shock)[:, None] + joined(mean, contrast)


def _t_scale(rows: Array) -> Array:
    """Scale matrix of a multivariate t around zero by EM (Liu & Rubin 1995)."""
    weights = np.ones(len(rows))
    for _ in range(50):
        scale = (rows.T * weights) @ rows / len(rows) + _RIDGE * np.eye(rows.shape[1])
        distance = (rows * np.linalg.solve(scale, rows.T).T).sum(axis=1)
        weights = (STRICT_DOF + rows.shape[1]) / (STRICT_DOF + distance)
    return scale


def _scored(draws: Array, observed: Array, labels: pd.DataFrame) -> pd.DataFrame:
    """Score rows of persons (draw, area, band) against those `observed` (area, band)."""
    rows = [
        score_rows(draws[..., column], observed[:, column], labels.assign(age_group=band))
        for column, band in enumerate(BANDS)
    ]
    return pd.concat(rows, ignore_index=True)


def city_rows(
    decades: Decades,
    cities: Cities,
    moved: Cities,
    folds: Iterable[str],
    fitted: Mapping[str, Array],
    priors: AreaPriors,
    settings: SamplerSettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score rows of cities: `COHORT_MODEL` by information from their true ages, and ex ante `MARGINS`; of `moved` ones.

    `folds` and `fitted` as of `province_folds`. A city's log change ratio is that fitted for its province plus a
    deviation modelled over the cities of all other provinces, which holds the province's error too. Cities of `moved`
    boundary, in today's at both censuses, are forecast ex ante like the others and teach nothing.
    """
    parents = city_parents(decades, cities)
    totals = dict(zip(decades.provinces, decades.people[1, :-1].sum(axis=(1, 2)), strict=True))
    change = log_change(cities.first, cities.second)[..., _OLD]
    known, moved_known = Known(cities.features(totals)), Known(moved.features(totals, cities))
    chosen, refits = replace(priors, **_CITY_PRIORS), _Refits(settings)
    rows, moved_rows = [], []

    def changed(of: Cities, some: Mask, people: Array, log_ratio: Array, model: str) -> pd.DataFrame:
        """Rows of `some` cities from their people (…, city, sex, 18) and log change ratios (draw, city, sex, 8)."""
        drawn = in_bands(cohorts(people)[..., _OLD] * np.exp(log_ratio))
        labels = city_labels(of)[some].assign(model=model, information=information)
        return _scored(drawn, in_bands(of.second[..., 2:])[some], labels)

    for information, by_fold in fitted.items():
        for fold, medians in zip(folds, by_fold, strict=True):
            own, there = ((of.labels["province"] == fold).to_numpy() for of in (cities, moved))
            if not own.any():
                continue
            deviation = (change - medians[parents])[~own]
            posterior = refits.posterior(deviation, known[~own], chosen, "city", information, fold)
            generator = stream(settings.seed, "backtest", "city", information, fold)
            province = medians[decades.provinces.index(fold)]
            log_ratio = province + forecast(posterior, known[own], generator)
            rows.append(changed(cities, own, cities.first[own], log_ratio, COHORT_MODEL))
            if information == EX_ANTE:
                tables = _from_margins(decades, cities, own, generator, len(log_ratio))
                rows.append(changed(cities, own, tables, log_ratio, MARGINS))
            if information == EX_ANTE and there.any():
                generator = stream(settings.seed, "backtest", "moved city", fold)
                log_ratio = province + forecast(posterior, moved_known[there], generator)
                moved_rows.append(changed(moved, there, moved.first[there], log_ratio, COHORT_MODEL))
    return pd.concat(rows, ignore_index=True), pd.concat(moved_rows, ignore_index=True)


def city_parents(decades: Decades, cities: Cities) -> Indices:
    """Position of each city's province among the provinces (city,)."""
    return pd.Index(decades.provinces).get_indexer(pd.Index(cities.labels["province"]))


def _from_margins(decades: Decades, cities: Cities, own: Mask, generator: np.random.Generator, draws: int) -> Array:
    """Tables (draw, city, sex, 18) at the second census of the cities `own`, from margins and all other cities."""

    # Mean and covariance stand for a posterior, which hundreds of cities would make narrow.
    def walk(steps: Array) -> Walk:
        root = np.linalg.cholesky(np.cov(steps.T))
        mean = np.broadcast_to(steps.mean(axis=0), (draws, len(root)))
        return Walk(mean, np.broadcast_to(root, (draws, *root.shape)), np.full(draws, _NORMAL_DOF))

    provinces, known = decades.tables[1][city_parents(decades, cities)], cities.tables[0]
    walks = Walks(*map(walk, steps(known[~own], provinces[~own])))
    pairs = zip(known[own], provinces[own], strict=True)
    tables = [reconstruct(margins_of(city, MARGIN_BANDS), province, walks, generator) for city, province in pairs]
    return five_year(np.stack(tables, axis=1))
