"""How good a probabilistic forecast was: CRPS, absolute error, coverage; one row a case, and their summary.

Draws are (draw, case) and observations (case,), in one unit. Intervals are equal-tailed. The continuous ranked
probability score of a forecast X of y is E|X − y| − ½ E|X − X'| (Gneiting & Raftery 2007, JASA 102:359), smaller is
better.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipeline.axes import Array
from pipeline.random import stream
from pipeline.summary import summarised

Flags = NDArray[np.bool_]

PREFECTURE = "p"
"""Before the code of a prefecture in `region`: the backtest of cities knows no other names."""

LABELS = ("model", "information", "fold", "region", "origin", "target_year", "age_group")
SUMMARY_KEY = ("test", "information", "model", "age_group")
LEVELS = (80, 95)
DRESSED_DRAWS = 401
"""An odd number of draws contains the median."""

REPLICATES = 2000
"""Samples of the bootstrap of areas."""

Z95 = 1.959963984540054
"""Standard normal quantile at 0.975."""


def crps(draws: Array, observed: Array) -> Array:
    """CRPS of each case, in the unit of the observations: (draw, case), (case,) → (case,).

    Fair: the spread between the m draws is divided by m(m − 1), so that the score is an unbiased estimate of that of
    the distribution (Ferro 2014, QJRMS 140:1917); Σᵢⱼ|xᵢ − xⱼ| = 2 Σᵢ (2i − m − 1) x₍ᵢ₎ of the sorted draws.
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
    groups = pd.factorize(folds)[0]
    levels = (np.arange(DRESSED_DRAWS) + 0.5) / DRESSED_DRAWS
    spread = np.empty((DRESSED_DRAWS, errors.size))
    for group in range(int(groups.max()) + 1):
        others = errors[groups != group]
        places = np.arange(1, others.size + 1) / (others.size + 1)
        spread[:, groups == group] = np.interp(levels, places, np.sort(others))[:, None]
    return point * np.exp(spread)


def score_rows(draws: Array, observed: Array, labels: pd.DataFrame, point: Array | None = None) -> pd.DataFrame:
    """One row a case: the `LABELS`, the forecast's mean and quantiles, and its scores in percent of the observed.

    `draws` (draw, case) and `observed` (case,) in one unit; `labels` a row a case. `point` (case,) is the forecast of a
    rule that was dressed: it stands as the median and its error is the one counted.
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
    return labels.loc[:, list(LABELS)].reset_index(drop=True).assign(observed=observed, **forecast, **scored)


def summary(rows: pd.DataFrame, seed: int, *, cluster: str = "region") -> pd.DataFrame:
    """Scores of each model over the cases of a test: one row a `SUMMARY_KEY`, the models ranked by CRPS.

    `rows` are those of `score_rows` with a further column `test`. n are cases; mape, bias (of the median) and crps in
    percent of the observed; coverages as shares, with 95 % intervals as `coverage_interval` gives them by `cluster`.
    """
    # The sign of an error is lost in ape, so the bias comes from the median itself.
    errors = rows.assign(bias=100.0 * (rows["median"] / rows["observed"] - 1.0))
    grouped = errors.groupby(list(SUMMARY_KEY), sort=False)
    table = grouped.agg(
        n=("ape", "size"),
        mape=("ape", "mean"),
        bias=("bias", "mean"),
        crps=("crps", "mean"),
        coverage_80=("covered_80", "mean"),
        coverage_95=("covered_95", "mean"),
    ).reset_index()
    ends = []
    for key, cases in grouped:
        # One stream a test: all its models meet the same resampled areas.
        hits = (cases[f"covered_{level}"].to_numpy(dtype=bool) for level in LEVELS)
        ends.append([coverage_interval(hit, cases[cluster], stream(seed, "scores", str(key[0]))) for hit in hits])
    names = [f"coverage_{level}_{end}" for level in LEVELS for end in ("low", "high")]
    table[names] = np.array(ends).reshape(-1, len(names))
    field = table.groupby(["test", "information", "age_group"], sort=False)["crps"]
    table["rank"] = field.rank(method="min").astype("int64")
    table = table.sort_values(["test", "information", "age_group", "rank", "model"]).reset_index(drop=True)
    return table[[*SUMMARY_KEY, "n", "mape", "bias", "crps", "coverage_80", "coverage_95", "rank", *names]]


def look_ahead(model: str, information: str) -> str:
    """What a forecast of the decade 2010-20 saw of it nevertheless, as a code.

    others_width: the other areas' decade, priors chosen with it in sight, and how wide their intervals were; others:
    the same without the last; form: the form of the model and its priors alone; mortality; shrinkage; none.
    """
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
    for key, cases in rows.groupby(["test", "information", "age_group"], sort=False):
        mine = cases[cases["model"] == own].set_index(case)
        others = cases[(cases["model"] != own) & ~cases["model"].str.startswith(own)]
        for rival, theirs in others.groupby("model", sort=True):
            both = mine.join(theirs.set_index(case)["crps"].rename("rival_crps"), how="inner").reset_index()
            if both.empty:
                continue
            less = (both["crps"] - both["rival_crps"]).to_numpy(dtype=float)
            codes, names = pd.factorize(both[cluster])
            generator = stream(seed, "pairs", str(key[0]))
            drawn = generator.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=REPLICATES)
            means = drawn @ np.bincount(codes, weights=less) / (drawn @ np.bincount(codes))
            low, high = np.quantile(means, [0.025, 0.975])
            scored = {"n": len(less), "difference": less.mean(), "low": low, "high": high}
            labels = dict(zip(("test", "information", "age_group"), key, strict=True))
            found.append(labels | {"model": own, "rival": rival} | scored | {"crps": both["rival_crps"].mean()})
    columns = ("test", "information", "age_group", "model", "rival", "n", "difference", "low", "high", "crps")
    table = pd.DataFrame(found, columns=list(columns))
    best = table.groupby(["test", "information", "age_group"])["crps"].transform("min") == table["crps"]
    return table.drop(columns="crps").assign(best=best)


def coverage_interval(hits: Flags, areas: ArrayLike, generator: np.random.Generator) -> Array:
    """95 % interval [low, high] of a coverage, given that the cases (case,) of one area err together.

    The standard error comes from a bootstrap of whole areas. It gives the number of independent cases worth as much,
    p(1 − p) ÷ se², at most the number of cases, and this Wilson's interval (Korn & Graubard 1998, Survey Methodology
    24:193, do so for surveys): the bootstrap's own percentiles would be a point where all cases are covered. There, and
    where none is, the areas are counted. NaN where there is one area only.
    """
    codes, names = pd.factorize(pd.Index(np.asarray(areas)))
    count = len(names)
    if count < 2:
        return np.array([np.nan, np.nan])
    cases = np.bincount(codes).astype(float)
    inside = np.bincount(codes, weights=np.asarray(hits, dtype=float))
    drawn = generator.multinomial(count, np.full(count, 1.0 / count), size=REPLICATES)
    error = float(np.std(drawn @ inside / (drawn @ cases)))
    share = float(inside.sum() / cases.sum())
    worth = min(share * (1.0 - share) / error**2, float(cases.sum())) if error > 0.0 else float(count)
    shrunk = Z95**2 / worth
    centre = (share + shrunk / 2.0) / (1.0 + shrunk)
    half = Z95 / (1.0 + shrunk) * np.sqrt(share * (1.0 - share) / worth + Z95**2 / (4.0 * worth**2))
    return np.clip([centre - half, centre + half], 0.0, 1.0)
