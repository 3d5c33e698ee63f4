"""The old-age model scored on the last decade: each province, and each city, forecast without its province.

Three censuses ten years apart. The model learns the second decade from all provinces but one and forecasts that
one (fold = the province); a city is forecast from its province's forecast and from what the cities of all other
provinces did beside theirs. What a fold may know of its own province ends with the second census; of the second
decade it sees the other provinces only, so that every number a forecast uses was learned elsewhere or before.

`MODEL` is the model that projects: the fit's forecast, drawn in by the factor under which 80 % intervals of the other
provinces cover 80 %. `AS_FITTED` is the fit's forecast itself. `STRICT` is the same form of forecast with nothing
learned of the second decade anywhere, which alone serves the nation too: the provinces add up to it, so that it cannot
be left out. `MARGINS` is the model for cities of whose first census only margins are taken to be known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import MARGIN_BANDS, Array
from pipeline.models import margins as margin_walks
from pipeline.models.backtest.forecast_scores import score_rows
from pipeline.models.backtest.rivals import EX_ANTE, HINDSIGHT, Survival
from pipeline.models.cohorts import BANDS, Cities, cohorts, five_year, in_bands, log_change, log_survival
from pipeline.models.old_age import (
    AGES,
    AreaPriors,
    Known,
    area_model,
    expected,
    forecast,
    from_one_decade,
    model_data,
    needed,
)
from pipeline.models.sampling import SamplerSettings, compiled, draw, posterior_arrays
from pipeline.random import stream
from pipeline.vocabulary import COHORT_MODEL

AS_FITTED = "cohort_model_as_fitted"
STRICT = "cohort_model_2010_only"
MARGINS = "cohort_model_margins"

SOURCES: Mapping[str, str] = {EX_ANTE: "census", HINDSIGHT: "wpp2024"}
"""Where survival comes from, by what the forecast may know."""


FEATURE_SCALE = 0.1
"""An area's residual of ten percent counts as one standard deviation of a feature."""


def province_priors(priors: AreaPriors, information: str) -> AreaPriors:
    """The priors of the fit; with hindsight a wider one of what all provinces have beside survival.

    The UN's rates of the second decade leave out more of how censuses count the old than extrapolated census rates
    do: ten percent and more at 80+.
    """
    return replace(priors, level_sd=0.1, level_step=0.05) if information == HINDSIGHT else priors


def city_priors(priors: AreaPriors) -> AreaPriors:
    """The priors of the fit, but for three.

    Cities stray from what was expected of their province by a few percent on average; what their features say may
    differ from age to age; and the usual size of the shared error is that of cities, within a factor of 1.6.
    """
    return replace(priors, level_sd=0.05, level_step=0.02, feature_step=0.02, loading_log_sd=0.35)


_OLD = slice(-len(AGES), None)
_NORMAL_DOF = 1e6


@dataclass(frozen=True, eq=False)
class Decades:
    """Three censuses ten years apart of provinces and nation, and the survival between them.

    `tables` (census, area, sex, 19) persons by the groups 0, 1-4, 5-9 … 85+; the areas are `provinces` in order
    and, last, the nation, whose id is `nation`. `survival` by source, see `rivals.INFORMATION`. `years` of the
    censuses.
    """

    years: tuple[int, int, int]
    provinces: tuple[str, ...]
    nation: str
    tables: Array
    survival: Mapping[str, Survival]

    @property
    def people(self) -> Array:
        """Persons (census, area, sex, 18) by `GROUPS`."""
        return five_year(self.tables)

    def known(self, source: str) -> Known:
        """What the first decade says of the provinces, given a source of survival."""
        residual = self._residual(0, self.survival[source].past)[..., _OLD]
        past = residual[:-1] - residual[-1]
        # Residuals of the ages that will be scored speak for the area as a whole.
        features = past.mean(axis=1)[:, -len(_SCORED) :] / FEATURE_SCALE
        return Known(features, past, residual[-1])

    def observed(self, source: str) -> Array:
        """y (province, sex, 8) of the second decade: log change ratios less log survival."""
        return self._residual(1, self.survival[source].coming)[:-1, :, _OLD]

    def offset(self, source: str) -> Array:
        """Log survival (province, sex, 8) over the second decade."""
        return log_survival(self.people[1], self.survival[source].coming)[:-1, :, _OLD]

    def _residual(self, decade: int, steps: Array) -> Array:
        first, second = self.people[decade], self.people[decade + 1]
        return log_change(first, second) - log_survival(first, steps)


_SCORED = AGES[-6:]
"""60-64 … 85+."""


@dataclass(frozen=True, eq=False)
class ProvinceFolds:
    """What the folds leave: rows of scores, and the fitted medians that cities are measured against.

    `fitted` by information: (fold, province, sex, 8) log change ratios expected of every province by the model that
    did not see the fold's own. `folds` are provinces.
    """

    rows: pd.DataFrame
    folds: tuple[str, ...]
    fitted: Mapping[str, Array]


def province_folds(
    decades: Decades, folds: Sequence[str], priors: AreaPriors, settings: SamplerSettings
) -> ProvinceFolds:
    """Leave out each province of `folds` in turn, fit the others, forecast it; with both kinds of survival."""
    start = cohorts(decades.people[1])[:-1, :, _OLD]
    positions = [decades.provinces.index(fold) for fold in folds]
    others = np.arange(len(decades.provinces)) != positions[0]
    fitted = {}
    blocks = []
    ready = None
    for information, source in SOURCES.items():
        known, y, offset = decades.known(source), decades.observed(source), decades.offset(source)
        chosen = province_priors(priors, information)
        if ready is None:
            # The priors differ in what `model_data` hands over alone, so that one compiled model serves both.
            model = area_model(y[others], known[others], chosen)
            ready = compiled(model, needed(model))
        medians, people = [], []
        for fold, held_out in zip(folds, positions, strict=True):
            others = np.arange(len(y)) != held_out
            data = model_data(y[others], known[others], chosen)
            posterior = posterior_arrays(draw(ready.with_data(**data), _seeded(settings, information, fold)))
            generator = stream(settings.seed, "backtest", information, fold)
            log_ratio = offset[held_out] + forecast(posterior, known[[held_out]], generator)
            people.append(start[held_out] * np.exp(log_ratio))
            medians.append(offset + expected(posterior, known).mean(axis=0))
        everyone = np.concatenate(people, axis=1)
        blocks.append(_rows(everyone, decades, list(positions), AS_FITTED, information))
        if len(folds) > 2:
            bands, counted = in_bands(everyone), province_counts(decades)[positions]
            drawn_in = np.stack([drawn_to_cover(bands[..., i], counted[:, i]) for i in range(len(BANDS))], axis=-1)
            blocks.append(_band_rows(drawn_in, decades, list(positions), COHORT_MODEL, information))
        fitted[information] = np.stack(medians)
    blocks.append(_strict_rows(decades, priors, settings))
    return ProvinceFolds(pd.concat(blocks, ignore_index=True), tuple(folds), fitted)


def drawn_to_cover(draws: Array, counted: Array, level: float = 0.8) -> Array:
    """Draws (draw, area) of persons, each area's drawn to its median by what the others' intervals are too wide.

    By the factor on logs under which the share `level` of the other areas' intervals of that level hold what was
    `counted` (area,): the conformal one, the ⌈level·(n + 1)⌉-th of n distances in units of half an interval.
    """
    logs = np.log(draws)
    low, middle, high = np.quantile(logs, [(1.0 - level) / 2.0, 0.5, (1.0 + level) / 2.0], axis=0)
    off = np.log(counted) - middle
    distance = np.abs(off) / np.where(off > 0, high - middle, middle - low)
    place = min(int(np.ceil(level * distance.size)), distance.size - 1) - 1
    factor = [np.sort(np.delete(distance, area))[place] for area in range(distance.size)]
    return np.asarray(np.exp(middle + np.array(factor) * (logs - middle)))


def _strict_rows(decades: Decades, priors: AreaPriors, settings: SamplerSettings) -> pd.DataFrame:
    """Rows of `STRICT` for all provinces and the nation, which is their sum in every draw."""
    source = SOURCES[EX_ANTE]
    start = cohorts(decades.people[1])[:-1, :, _OLD]
    generator = stream(settings.seed, "backtest", STRICT)
    y = from_one_decade(decades.known(source), priors, settings.chains * settings.draws, generator)
    people = start * np.exp(decades.offset(source) + y)
    everyone = np.concatenate([people, people.sum(axis=1, keepdims=True)], axis=1)
    return _rows(everyone, decades, list(range(len(decades.provinces) + 1)), STRICT, EX_ANTE)


def province_labels(decades: Decades) -> pd.DataFrame:
    """fold, region, origin and target_year of the provinces and, last, the nation."""
    areas = [*decades.provinces, decades.nation]
    return pd.DataFrame({"fold": areas, "region": areas, "origin": decades.years[1], "target_year": decades.years[2]})


def province_counts(decades: Decades) -> Array:
    """Persons (area, band) at the third census, the nation last."""
    return in_bands(decades.people[2][..., 2:])


def _rows(people: Array, decades: Decades, areas: list[int], model: str, information: str) -> pd.DataFrame:
    """Score rows of draws (draw, area, sex, 8) of persons at the third census."""
    return _band_rows(in_bands(people), decades, areas, model, information)


def _band_rows(draws: Array, decades: Decades, areas: list[int], model: str, information: str) -> pd.DataFrame:
    """The same from draws (draw, area, band)."""
    labels = province_labels(decades).iloc[areas].assign(model=model, information=information)
    return _scored(draws, province_counts(decades)[areas], labels)


def _scored(draws: Array, observed: Array, labels: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(
        [
            score_rows(draws[..., column], observed[:, column], labels.assign(age_group=band))
            for column, band in enumerate(BANDS)
        ],
        ignore_index=True,
    )


def _seeded(settings: SamplerSettings, *names: str) -> SamplerSettings:
    return replace(settings, seed=int(stream(settings.seed, "backtest", "sampler", *names).integers(2**31)))


def city_rows(
    decades: Decades,
    cities: Cities,
    regions: Sequence[str],
    folds: Iterable[str],
    fitted: Mapping[str, Array],
    priors: AreaPriors,
    settings: SamplerSettings,
    moved: Cities,
    moved_regions: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score rows of cities: `MODEL` by information from their true ages, and ex ante `MARGINS`; and of `moved` ones.

    `regions` (city,) are their ids; `folds` and `fitted` as in `ProvinceFolds`. A city's log change ratio is that
    fitted for its province, plus a deviation modelled over the cities of all other provinces, which holds the
    error of the province as well. Cities of `moved` boundary, in today's at both censuses, are forecast ex ante like
    the others and teach nothing.
    """
    parents = city_parents(decades, cities)
    totals = dict(zip(decades.provinces, decades.people[1, :-1].sum(axis=(1, 2)), strict=True))
    features = cities.features(totals)
    start = cohorts(cities.first)[..., _OLD]
    change = log_change(cities.first, cities.second)[..., _OLD]
    observed = in_bands(cities.second[..., 2:])
    labels = city_labels(decades, cities, regions)
    known = Known(features)
    elsewhere = Known(moved.features(totals, cities))
    moved_start, moved_observed = cohorts(moved.first)[..., _OLD], in_bands(moved.second[..., 2:])
    moved_labels = city_labels(decades, moved, moved_regions).assign(model=COHORT_MODEL, information=EX_ANTE)
    moved_blocks = []
    chosen = city_priors(priors)
    ready = None
    blocks = []
    for information, by_fold in fitted.items():
        for fold, medians in zip(folds, by_fold, strict=True):
            own = (cities.labels["province"] == fold).to_numpy()
            if not own.any():
                continue
            deviation = (change - medians[parents])[~own]
            if ready is None:
                model = area_model(deviation, known[~own], chosen)
                ready = compiled(model, needed(model))
            data = model_data(deviation, known[~own], chosen)
            posterior = posterior_arrays(draw(ready.with_data(**data), _seeded(settings, "city", information, fold)))
            generator = stream(settings.seed, "backtest", "city", information, fold)
            log_ratio = medians[decades.provinces.index(fold)] + forecast(posterior, known[own], generator)
            marked = labels[own].assign(model=COHORT_MODEL, information=information)
            blocks.append(_scored(in_bands(start[own] * np.exp(log_ratio)), observed[own], marked))
            if information == EX_ANTE:
                tables = _from_margins(decades, cities, own, generator, log_ratio.shape[0])
                people = cohorts(tables)[..., _OLD] * np.exp(log_ratio)
                blocks.append(_scored(in_bands(people), observed[own], marked.assign(model=MARGINS)))
                there = (moved.labels["province"] == fold).to_numpy()
                if there.any():
                    generator = stream(settings.seed, "backtest", "moved city", fold)
                    change_there = forecast(posterior, elsewhere[there], generator)
                    drawn = moved_start[there] * np.exp(medians[decades.provinces.index(fold)] + change_there)
                    moved_blocks.append(_scored(in_bands(drawn), moved_observed[there], moved_labels[there]))
    return pd.concat(blocks, ignore_index=True), pd.concat(moved_blocks, ignore_index=True)


def city_parents(decades: Decades, cities: Cities) -> NDArray[np.intp]:
    """Position of each city's province among the provinces (city,)."""
    return pd.Index(decades.provinces).get_indexer(pd.Index(cities.labels["province"]))


def city_labels(decades: Decades, cities: Cities, regions: Sequence[str]) -> pd.DataFrame:
    """fold, region, origin and target_year of the cities."""
    return pd.DataFrame(
        {
            "fold": cities.labels["province"].to_numpy(),
            "region": list(regions),
            "origin": decades.years[1],
            "target_year": decades.years[2],
        }
    )


def _from_margins(
    decades: Decades, cities: Cities, own: NDArray[np.bool_], generator: np.random.Generator, draws: int
) -> Array:
    """Tables (draw, city, sex, 18) at the second census of the cities `own`, from their margins alone.

    The walks are learned from the cities of the other provinces at the same census, whose tables were published
    with it: their mean and covariance stand for a posterior, which hundreds of cities would make narrow.
    """
    provinces = decades.tables[1][city_parents(decades, cities)]
    known = cities.tables[0]
    age, sex = margin_walks.steps(known[~own], provinces[~own])
    walks = margin_walks.Learned(_plug_in(age, draws), _plug_in(sex, draws))
    found = [
        margin_walks.reconstruct(margin_walks.margins_of(city, MARGIN_BANDS), province, walks, generator)
        for city, province in zip(known[own], provinces[own], strict=True)
    ]
    return five_year(np.stack(found, axis=1))


def _plug_in(steps: Array, draws: int) -> margin_walks.Walk:
    """A walk with the mean and covariance of the steps (city, step) in every draw, close to normal."""
    root = np.linalg.cholesky(np.cov(steps.T))
    size = steps.shape[1]
    return margin_walks.Walk(
        np.broadcast_to(steps.mean(axis=0), (draws, size)),
        np.broadcast_to(root, (draws, size, size)),
        np.full(draws, _NORMAL_DOF),
    )
