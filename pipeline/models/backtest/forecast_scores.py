"""How good a probabilistic forecast was: CRPS, absolute error, coverage; one row a case, and their summary.

Draws are (draw, case) and observations (case,), in one unit. Intervals are equal-tailed. The continuous ranked
probability score of a forecast X of y is E|X − y| − ½ E|X − X'| (Gneiting & Raftery 2007, JASA 102:359): the
absolute error where the forecast is one number, in the unit of y, and smaller is better.
"""

from collections.abc import Hashable, Sequence

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
ROW_COLUMNS = (
    *LABELS,
    "observed",
    "mean",
    "median",
    "q025",
    "q10",
    "q90",
    "q975",
    "ape",
    "crps",
    "covered_80",
    "covered_95",
)
SUMMARY_KEY = ("test", "information", "model", "age_group")
LEVELS = (80, 95)
DRESSED_DRAWS = 401
"""An odd number of draws contains the median."""

REPLICATES = 2000
"""Samples of the bootstrap of areas."""

Z95 = 1.959963984540054
"""Standard normal quantile at 0.975."""


def crps(draws: Array, observed: Array, *, fair: bool = True) -> Array:
    """CRPS of each case, in the unit of the observations: (draw, case), (case,) → (case,).

    `fair` divides the spread between the m draws by m(m − 1), which makes the score of a sample an unbiased
    estimate of that of the distribution it was drawn from (Ferro 2014, QJRMS 140:1917); otherwise by m², the
    score of the draws taken as the whole distribution. The sum over pairs follows from the sorted draws in
    O(m log m): Σᵢⱼ|xᵢ − xⱼ| = 2 Σᵢ (2i − m − 1) x₍ᵢ₎. Raises ValueError where `fair` is asked of a single draw,
    or where the shapes do not fit.
    """
    forecast, truth = _aligned(draws, observed)
    size = forecast.shape[0]
    if fair and size < 2:
        raise ValueError("the fair CRPS needs two draws or more")
    # Draws are taken relative to the observation: sums of large numbers would lose the small differences.
    ordered = np.sort(forecast - truth, axis=0)
    ranks = 2.0 * np.arange(1, size + 1) - size - 1.0
    pairs = size * (size - 1) if fair else size**2
    return np.asarray(np.abs(ordered).mean(axis=0) - ranks @ ordered / pairs)


def ape(forecast: Array, observed: Array) -> Array:
    """Absolute error in percent of the observed (case,). Raises ValueError where an observation is not above 0."""
    truth = np.asarray(observed, dtype=float)
    _check_positive(truth, "observed")
    return np.asarray(100.0 * np.abs(np.asarray(forecast, dtype=float) / truth - 1.0))


def dressed(point: Array, errors: Array, left_out: Sequence[Hashable] | None = None) -> Array:
    """A point forecast (case,) as draws (draw, case), spread by the errors the same rule made in other cases.

    `errors` (case,) are log(observed ÷ forecast). Each case takes those of all others, or, where `left_out`
    (case,) names groups, of all other groups; they also move the forecast by the bias they share, which only
    hindsight knows. The draws are the quantiles of the errors at equally spaced probabilities by the i ÷ (n + 1)
    rule, under which an interval covers its level where errors are exchangeable. Raises ValueError where a case is
    left with fewer than two errors, or a forecast is not positive.
    """
    centre = np.asarray(point, dtype=float)
    own = np.asarray(errors, dtype=float)
    if centre.ndim != 1 or own.shape != centre.shape:
        raise ValueError(f"point {centre.shape} and errors {own.shape} must be (case,) both")
    _check_positive(centre, "point forecast")
    if not np.isfinite(own).all():
        raise ValueError("errors must be finite")
    groups = np.arange(own.size) if left_out is None else pd.factorize(pd.Series(list(left_out)))[0]
    levels = (np.arange(DRESSED_DRAWS) + 0.5) / DRESSED_DRAWS
    spread = np.empty((DRESSED_DRAWS, own.size))
    for group in range(int(groups.max()) + 1):
        others = own[groups != group]
        if others.size < 2:
            raise ValueError("dressing needs at least two errors of other cases")
        places = np.arange(1, others.size + 1) / (others.size + 1)
        spread[:, groups == group] = np.interp(levels, places, np.sort(others))[:, None]
    return np.asarray(centre * np.exp(spread))


def score_rows(draws: Array, observed: Array, labels: pd.DataFrame, point: Array | None = None) -> pd.DataFrame:
    """One row a case with `ROW_COLUMNS`: the labels, the forecast's mean and quantiles, and its scores.

    `draws` (draw, case) and `observed` (case,) in one unit; `labels` has a row a case and the columns `LABELS`.
    `point` (case,) is the forecast of a rule without draws of its own that was dressed: it stands as the median
    and its error is the one counted, so that dressing does not correct it. ape and crps (fair) are in percent of
    the observed. Raises ValueError where shapes do not fit, a label is missing or an observation not positive.
    """
    forecast, truth = _aligned(draws, observed)
    missing = [name for name in LABELS if name not in labels.columns]
    if missing or len(labels) != truth.size:
        raise ValueError(f"labels of {len(labels)} rows, without {missing}, for {truth.size} cases")
    mean, q025, q10, median, q90, q975 = summarised(forecast)
    middle = median if point is None else np.asarray(point, dtype=float)
    scored = {
        "observed": truth,
        "mean": mean,
        "median": middle,
        "q025": q025,
        "q10": q10,
        "q90": q90,
        "q975": q975,
        "ape": ape(middle, truth),
        "crps": 100.0 * crps(forecast, truth) / truth,
        "covered_80": (q10 <= truth) & (truth <= q90),
        "covered_95": (q025 <= truth) & (truth <= q975),
    }
    return labels.loc[:, list(LABELS)].reset_index(drop=True).assign(**scored)


def summary(rows: pd.DataFrame, seed: int, *, cluster: str = "region") -> pd.DataFrame:
    """Scores of each model over the cases of a test: one row a `SUMMARY_KEY`, the models ranked by CRPS.

    `rows` are those of `score_rows` with a further column `test`. Columns: the key, n (cases), mape, bias (of the
    median) and crps in percent of the observed, coverage_80 and coverage_95 as shares with their 95 % interval
    (`_low`, `_high`), rank (1 is best; within test, information and age group). A model's coverage is nominal
    where the interval holds the level. The interval comes from a bootstrap of whole areas (`cluster`), see
    `coverage_interval`; it is blank where all cases belong to one area.
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
        test = str(key[0])
        ends.append(
            np.concatenate(
                [
                    coverage_interval(
                        cases[f"covered_{level}"].to_numpy(dtype=bool), cases[cluster], stream(seed, "scores", test)
                    )
                    for level in LEVELS
                ]
            )
        )
    names = [f"coverage_{level}_{end}" for level in LEVELS for end in ("low", "high")]
    table[names] = np.array(ends).reshape(-1, len(names))
    field = table.groupby(["test", "information", "age_group"], sort=False)["crps"]
    table["rank"] = field.rank(method="min").astype("int64")
    table = table.sort_values(["test", "information", "age_group", "rank", "model"]).reset_index(drop=True)
    return table[[*SUMMARY_KEY, "n", "mape", "bias", "crps", "coverage_80", "coverage_95", "rank", *names]]


def look_ahead(model: str, information: str) -> str:
    """What a forecast of the decade 2010-20 saw of it nevertheless, as a code.

    others_width: the other areas' decade, priors told with it in sight, and how wide their intervals were; others: the
    same without the last; form: the form of the model and its priors alone; mortality; shrinkage; none.
    """
    if information == "hindsight_mortality":
        return "mortality"
    if information == "hindsight_shrinkage":
        return "shrinkage"
    own = {"cohort_model": "others_width", "cohort_model_2010_only": "form"}
    return own.get(model, "others" if model.startswith("cohort_model") else "none")


def paired(rows: pd.DataFrame, own: str, seed: int, *, cluster: str = "region") -> pd.DataFrame:
    """The model `own` against every rival on the cases both forecast: one row a test, information, age group, rival.

    `rows` as for `summary`. Columns: the key, rival, n (common cases), difference (mean CRPS of `own` less the
    rival's, percent of the observed: below zero `own` is better), its 95 % interval (`low`, `high`) by the
    percentiles of a bootstrap of whole areas (`cluster`), and best (the rival with the lowest CRPS on these cases).
    Empty where `own` is not among the models.
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

    The standard error comes from a bootstrap of whole areas. It gives the number of independent cases worth as
    much, p(1 − p) ÷ se², at most the number of cases, and this the Wilson interval (Korn & Graubard 1998, Survey
    Methodology 24:193, do so for surveys): the percentiles of the bootstrap itself would be a point where all
    cases are covered. There, and where none is, the areas are counted. NaN where there is one area only.
    """
    codes, names = pd.factorize(pd.Index(np.asarray(areas)))
    count = len(names)
    if count < 2:
        return np.array([np.nan, np.nan])
    cases = np.bincount(codes, minlength=count).astype(float)
    inside = np.bincount(codes, weights=np.asarray(hits, dtype=float), minlength=count)
    drawn = generator.multinomial(count, np.full(count, 1.0 / count), size=REPLICATES)
    error = float(np.std(drawn @ inside / (drawn @ cases)))
    share = float(inside.sum() / cases.sum())
    worth = min(share * (1.0 - share) / error**2, float(cases.sum())) if error > 0.0 else float(count)
    return _wilson(share, worth)


def _wilson(share: float, cases: float) -> Array:
    """Wilson score interval of a share observed in so many independent cases, 95 %."""
    shrunk = Z95**2 / cases
    centre = (share + shrunk / 2.0) / (1.0 + shrunk)
    half = Z95 / (1.0 + shrunk) * np.sqrt(share * (1.0 - share) / cases + Z95**2 / (4.0 * cases**2))
    return np.asarray(np.clip([centre - half, centre + half], 0.0, 1.0))


def _aligned(draws: Array, observed: Array) -> tuple[Array, Array]:
    forecast = np.asarray(draws, dtype=float)
    truth = np.asarray(observed, dtype=float)
    if forecast.ndim != 2 or forecast.shape[0] == 0 or truth.shape != forecast.shape[1:]:
        raise ValueError(f"draws {forecast.shape} and observed {truth.shape} must be (draw, case) and (case,)")
    if not (np.isfinite(forecast).all() and np.isfinite(truth).all()):
        raise ValueError("draws and observations must be finite")
    return forecast, truth


def _check_positive(values: Array, name: str) -> None:
    if not np.all(values > 0.0):
        raise ValueError(f"every {name} must be above 0 to take errors in percent")
