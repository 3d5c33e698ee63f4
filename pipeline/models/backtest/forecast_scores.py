"""How good a probabilistic forecast was: CRPS, absolute error, coverage; one row a case, and their summary.

Draws are (draw, case) and observations (case,), in one unit; intervals are equal-tailed. The continuous ranked
probability score of a forecast X of y is E|X − y| − ½ E|X − X'| (Gneiting & Raftery 2007, JASA 102:359).
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipeline.axes import Array, Mask
from pipeline.random import stream
from pipeline.summary import summarised

PREFECTURE = "p"  # before the code of a prefecture in `region`: the backtest of cities knows no other names
LABELS = ["model", "information", "fold", "region", "origin", "target_year", "age_group"]
TEST = ["test", "information", "age_group"]
LEVELS = (80, 95)
DRESSED_DRAWS = 401  # an odd number of draws contains the median
REPLICATES = 2000  # samples of the bootstrap of areas
Z95 = 1.959963984540054  # standard normal quantile at 0.975


def crps(draws: Array, observed: Array) -> Array:
    """CRPS of each case, in the unit of the observations: (draw, case), (case,) → (case,).

    The spread between the m draws is divided by m(m − 1), which makes the score an unbiased estimate of that of the
    distribution (Ferro 2014, QJRMS 140:1917); Σᵢⱼ|xᵢ − xⱼ| = 2 Σᵢ (2i − m − 1) x₍ᵢ₎ of the sorted draws.
    """
    size = len(draws)
    # Draws are taken relative to the observation: sums of large numbers would lose the small differences.
    ordered = np.sort(draws - observed, axis=0)
    ranks = 2.0 * np.arange(1, size + 1) - size - 1.0
    return np.abs(ordered).mean(axis=0) - ranks @ ordered / (size * (size - 1))


def dressed(point: Array, errors: Array, folds: NDArray[Any]) -> Array:
    """A point forecast (case,) as draws (draw, case), spread by the errors the same rule made in all other `folds`.

    `errors` (case,) are log(observed ÷ forecast); the bias they share, which only hindsight knows, moves the forecast
    too. The draws are their quantiles at equally spaced probabilities by the i ÷ (n + 1) rule, under which an interval
    covers its level where errors are exchangeable.
    """
    levels = (np.arange(DRESSED_DRAWS) + 0.5) / DRESSED_DRAWS
    spread = np.empty((DRESSED_DRAWS, errors.size))
    for fold in pd.unique(folds):
        others = np.sort(errors[folds != fold])
        ranks = np.arange(1, others.size + 1) / (others.size + 1)
        spread[:, folds == fold] = np.interp(levels, ranks, others)[:, None]
    return point * np.exp(spread)


def score_rows(draws: Array, observed: Array, labels: pd.DataFrame, point: Array | None = None) -> pd.DataFrame:
    """One row a case: the `LABELS`, the forecast's mean and quantiles, and its scores in percent of the observed.

    `point` (case,) is the forecast of a rule that was dressed: it stands as the median and its error is counted.
    """
    mean, q025, q10, median, q90, q975 = summarised(draws)
    middle = median if point is None else point
    forecast = {"mean": mean, "median": middle, "q025": q025, "q10": q10, "q90": q90, "q975": q975}
    scored = {
        "ape": 100.0 * np.abs(middle / observed - 1.0),
        "crps": 100.0 * crps(draws, observed) / observed,
        "covered_80": (q10 <= observed) & (observed <= q90),
        "covered_95": (q025 <= observed) & (observed <= q975),
    }
    return labels[LABELS].reset_index(drop=True).assign(observed=observed, **forecast, **scored)


def summary(rows: pd.DataFrame, seed: int, *, cluster: str = "region") -> pd.DataFrame:
    """Scores of each model over the cases of a test, an information and an age group, ranked by CRPS.

    `rows` are those of `score_rows` with a further column `test`. n are cases; mape, bias (of the median) and crps in
    percent of the observed; coverages as shares, with 95 % intervals as `coverage_interval` gives them by `cluster`.
    """
    # The sign of an error is lost in ape, so the bias comes from the median itself.
    errors = rows.assign(bias=100.0 * (rows["median"] / rows["observed"] - 1.0))
    grouped = errors.groupby(["test", "information", "model", "age_group"], sort=False)
    means = {"mape": "ape", "bias": "bias", "crps": "crps", "coverage_80": "covered_80", "coverage_95": "covered_95"}
    columns = {name: (column, "mean") for name, column in means.items()}
    table = grouped.agg(n=("ape", "size"), **columns).reset_index()
    table["rank"] = table.groupby(TEST, sort=False)["crps"].rank(method="min").astype("int64")
    ends = []
    for key, cases in grouped:
        # One stream a test: all its models meet the same resampled areas.
        hits = (cases[f"covered_{level}"].to_numpy(dtype=bool) for level in LEVELS)
        ends.append([coverage_interval(hit, cases[cluster], stream(seed, "scores", str(key[0]))) for hit in hits])
    names = [f"coverage_{level}_{end}" for level in LEVELS for end in ("low", "high")]
    table[names] = np.array(ends).reshape(-1, len(names))
    return table.sort_values([*TEST, "rank", "model"], ignore_index=True)


def look_ahead(model: str, information: str) -> str:
    """What a forecast of the decade 2010-20 saw of it nevertheless, as a code: form and priors of the model; mortality;
    shrinkage; the decade of the others, and with it how wide their intervals were; none."""
    if information == "hindsight_mortality":
        return "mortality"
    if information == "hindsight_shrinkage":
        return "shrinkage"
    others = "others" if model.startswith("cohort_model") else "none"
    return {"cohort_model": "others_width", "cohort_model_2010_only": "form"}.get(model, others)


def paired(rows: pd.DataFrame, own: str, seed: int, *, cluster: str = "region") -> pd.DataFrame:
    """The model `own` against every rival on the cases both forecast: one row a test, information, age group, rival.

    `rows` as for `summary`. difference is the mean CRPS of `own` less the rival's in percent of the observed, its 95 %
    interval by the percentiles of a bootstrap of whole areas (`cluster`); best is the rival with the lowest CRPS.
    """
    case = ["fold", "region", "origin", "target_year"]
    found = []
    for key, cases in rows.groupby(TEST, sort=False):
        mine = cases[cases["model"] == own].set_index(case)
        others = cases[(cases["model"] != own) & ~cases["model"].str.startswith(own)]
        for rival, theirs in others.groupby("model", sort=True):
            both = mine.join(theirs.set_index(case)["crps"].rename("rival_crps"), how="inner").reset_index()
            if both.empty:
                continue
            less = (both["crps"] - both["rival_crps"]).to_numpy(dtype=float)
            means = _resampled(less, both[cluster], stream(seed, "pairs", str(key[0])))
            interval = np.quantile(means, [0.025, 0.975])
            found.append((*key, own, rival, len(less), less.mean(), *interval, both["rival_crps"].mean()))
    table = pd.DataFrame(found, columns=[*TEST, "model", "rival", "n", "difference", "low", "high", "crps"])
    best = table.groupby(TEST)["crps"].transform("min") == table["crps"]
    return table.drop(columns="crps").assign(best=best)


def _resampled(values: Array, areas: ArrayLike, generator: np.random.Generator) -> Array:
    """Means (replicate,) of the values (case,) over whole areas drawn with replacement."""
    codes, names = pd.factorize(pd.Index(np.asarray(areas)))
    drawn = generator.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=REPLICATES)
    return drawn @ np.bincount(codes, weights=values) / (drawn @ np.bincount(codes))


def coverage_interval(hits: Mask, areas: ArrayLike, generator: np.random.Generator) -> Array:
    """95 % interval [low, high] of a coverage, given that the cases (case,) of one area err together.

    The standard error comes from a bootstrap of whole areas. It gives the number of independent cases worth as much,
    p(1 − p) ÷ se², at most the number of cases, and this Wilson's interval (Korn & Graubard 1998, Survey Methodology
    24:193, do so for surveys): the bootstrap's own percentiles would be a point where all cases are covered. There, and
    where none is, the areas are counted. NaN where there is one area only.
    """
    count = len(pd.unique(np.asarray(areas)))
    if count < 2:
        return np.array([np.nan, np.nan])
    error = float(np.std(_resampled(hits.astype(float), areas, generator)))
    share = float(hits.mean())
    worth = min(share * (1.0 - share) / error**2, float(len(hits))) if error > 0.0 else float(count)
    shrunk = Z95**2 / worth
    centre = (share + shrunk / 2.0) / (1.0 + shrunk)
    half = Z95 / (1.0 + shrunk) * np.sqrt(share * (1.0 - share) / worth + Z95**2 / (4.0 * worth**2))
    return np.clip([centre - half, centre + half], 0.0, 1.0)
