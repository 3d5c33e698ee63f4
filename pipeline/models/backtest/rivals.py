"""Simple rules that a model must beat: where they put the old of a region at the next census, ten years on.

A rule gives one number, scored as a distribution dressed with the errors that the same rule made in the other areas, so
that a CRPS compares like with like. By cohort, as log change ratios:

    survival_*   log survival alone: nobody moves, and censuses count as mortality says
    ratios       the log change ratio of the decade before, again
    *_whole      log survival + the residual of the decade before
    *_shrunk     log survival + `SHRINKAGE` of that residual
    *_own_*      the same with the area's own death rates

by national life tables of the UN (wpp2012, as known in 2010; wpp2024, as known later) or by census death rates, which
are too low in the same way as the census counts (census). By total: exponential (growth as in the decade before), and
for cities growth as their province's in the decade before.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import Array, Indices
from pipeline.models.backtest.forecast_scores import dressed, score_rows
from pipeline.models.cohorts import BANDS, cohorts, in_bands, log_change, log_survival

SHRINKAGE = 0.63
"""Share of a residual that came back from 2000-2010 to 2010-2020: known only with hindsight, as is the rule's merit."""

EX_ANTE = "ex_ante"
HINDSIGHT = "hindsight_mortality"
HINDSIGHT_SHARE = "hindsight_shrinkage"  # survival as it was known, and a share of the residual that was not
INFORMATION = {"census": EX_ANTE, "census_own": EX_ANTE, "wpp2012": EX_ANTE, "wpp2024": HINDSIGHT}
"""What a source of survival could know in 2010."""


class Survival(NamedTuple):
    """Ratios by five-year step (2, ..., sex, 17), as from `cohorts.survival_steps`, of the past and the next decade."""

    past: Array
    coming: Array


type Rules = dict[str, tuple[str, Array]]
"""By rule what it could know, and what it expects: log change ratios (area, sex, 16) or persons (area, band)."""


def cohort_rules(first: Array, second: Array, survival: Mapping[str, Survival]) -> Rules:
    """Log change ratios expected from `second` on: persons (area, sex, 18) at two censuses, survival by source."""
    before = log_change(first, second)
    rules = {"ratios": (EX_ANTE, before)}
    for source, steps in survival.items():
        coming = log_survival(second, steps.coming)
        residual = before - log_survival(first, steps.past)
        information = INFORMATION[source]
        share_known = HINDSIGHT_SHARE if information == EX_ANTE else information
        rules[f"survival_{source}"] = (information, coming)
        rules[f"{source}_whole"] = (information, coming + residual)
        rules[f"{source}_shrunk"] = (share_known, coming + SHRINKAGE * residual)
    return rules


def province_rivals(first: Array, second: Array, survival: Mapping[str, Survival]) -> Rules:
    """Persons by every rule for areas of which both censuses are known, as for `cohort_rules`."""
    now, then = in_bands(second[..., 2:]), in_bands(first[..., 2:])
    rules = _reached(cohort_rules(first, second, survival), second, np.arange(len(second)))
    return {**rules, "exponential": (EX_ANTE, now**2 / then)}


def city_rivals(
    first: Array, second: Array, survival: Mapping[str, Survival], cities: Array, parents: Indices
) -> Rules:
    """Persons by every rule for cities of which the second census is known, (city, sex, 18): what is expected of a
    province, whose position among the areas is in `parents` (city,), holds for them."""
    growth = (in_bands(second[..., 2:]) / in_bands(first[..., 2:]))[parents]
    rules = _reached(cohort_rules(first, second, survival), cities, parents)
    return {**rules, "province_growth": (EX_ANTE, in_bands(cities[..., 2:]) * growth)}


def _reached(rules: Rules, people: Array, parents: Indices) -> Rules:
    start = cohorts(people)
    return {name: (known, in_bands(start * np.exp(change[parents]))) for name, (known, change) in rules.items()}


def rival_rows(rivals: Rules, observed: Array, labels: pd.DataFrame, nation: str | None = None) -> pd.DataFrame:
    """Rows of `forecast_scores.score_rows` of every rule and band.

    `observed` (area, band) persons; `labels` a row an area: fold, region, origin, target_year. An area is dressed with
    the errors in all other folds, but not with those of the `nation`, which the areas add up to.
    """
    blocks = []
    folds = labels["fold"].to_numpy()
    parts = folds != nation
    for name, (information, points) in rivals.items():
        for band, point, truth in zip(BANDS, points.T, observed.T, strict=True):
            errors = np.log(truth / point)
            spread = dressed(point, errors, folds)
            spread[:, parts] = dressed(point[parts], errors[parts], folds[parts])
            marked = labels.assign(model=name, information=information, age_group=band)
            blocks.append(score_rows(spread, truth, marked, point))
    return pd.concat(blocks, ignore_index=True)
