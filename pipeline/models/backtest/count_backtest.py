"""Forecasts from counts up to a year held against the counts after it, beside simple rules.

Arrays are logs of people by draw, year and group of `COUNTED`, all of the forecast that has seen no count: what counts
move of them follows by the smoother itself, since people are moved like everything else of a draw.

    smoother      counts up to the cut-off seen, the nation's and (unless left out) the area's own; as the count of the
                  next bulletin (with b and ε) and as that of the next census (without)
    no_counts     the forecast from the census alone
    last_ratio    its median times the last count over it, with its spread
    draws_growth  the last count grown as each draw grows
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from pipeline.axes import COUNTED_GROUPS, Array
from pipeline.models.assimilation import AreaCounts, CountError, Seen, assimilate
from pipeline.models.backtest.forecast_scores import crps
from pipeline.random import stream

BULLETIN, CENSUS = "next_bulletin", "next_census"
TAIL = (1.0 - 0.95) / 2.0
LEVELS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
KEY = ["target", "cutoff", "years_ahead", "level", "age_group", "own_counts", "model"]


def forecasts(
    people: Mapping[str, Array],
    counted: Mapping[str, AreaCounts],
    nation: str,
    errors: Mapping[str, CountError],
    cutoff: int,
    seed: int,
) -> Iterator[dict[str, object]]:
    """One row a later count, target, rule and use of own counts: the score of its forecast in the year `cutoff`.

    `people` (draw, year, group) by region, the `nation` among them; `errors` by nation and province; `cutoff` from 1,
    the first year after the census.
    """
    whole = people[nation]
    draws, years = whole.shape[:2]
    bias = errors["nation"].draws(years, draws, stream(seed, "count bias", nation))
    others = {name: array for name, array in people.items() if name != nation}
    moved = assimilate(
        {**others, "nation": whole}, whole, bias, counted[nation].until(cutoff), errors["nation"],
        stream(seed, "counts", nation),
    )  # fmt: skip
    around = Seen(whole + moved.of("nation"), bias + moved.of("bias"))
    for name, before in others.items():
        counts = counted.get(name)
        if counts is None or not (counts.year >= cutoff).any():
            continue
        area = before + moved.of(name)
        own = errors["province"].draws(years, draws, stream(seed, "count bias", name))
        known = counts.until(cutoff)
        generator = stream(seed, "counts", name)
        after = assimilate({"people": area}, area, own, known, errors["province"], generator, around)
        seen = {"left_out": (area, own), "used": (area + after.of("people"), own + after.of("bias"))}
        noise = stream(seed, "next bulletin", name).standard_normal((draws, len(counts.log)))
        for place in np.flatnonzero(counts.year >= cutoff):
            at = int(counts.year[place]), int(counts.group[place])
            group = COUNTED_GROUPS[at[1]]
            scatter = errors["province"].scatter([group])[0] * noise[:, place]
            row = {"region": name, "cutoff": cutoff, "years_ahead": at[0] + 1 - cutoff, "age_group": group}
            for used, (logs, off) in seen.items():
                bulletin = logs[:, *at] + off[:, *at] + around.bias[:, *at] + scatter
                for target, drawn in ((BULLETIN, bulletin), (CENSUS, logs[:, *at])):
                    scored = _scored(drawn, counts.log[place])
                    yield {**row, "target": target, "own_counts": used, "model": "smoother", **scored}
            for model, drawn in _rivals(before, known, at):
                scored = _scored(drawn, counts.log[place])
                yield {**row, "target": BULLETIN, "own_counts": "used", "model": model, **scored}


def _rivals(before: Array, known: AreaCounts, at: tuple[int, int]) -> Iterator[tuple[str, Array]]:
    """Draws of the simple rules; those that need an own count of the group are left out where there is none."""
    drawn = before[:, *at]
    yield "no_counts", drawn
    earlier = np.flatnonzero(known.group == at[1])
    if earlier.size:
        last = earlier[np.argmax(known.year[earlier])]
        then = before[:, known.year[last], at[1]]
        yield "last_ratio", drawn + known.log[last] - np.median(then)
        yield "draws_growth", drawn + known.log[last] - then


def _scored(drawn: Array, truth: float) -> dict[str, object]:
    persons, counted = np.exp(drawn - truth), np.ones(1)
    ends = {level: np.quantile(persons, pair) for level, pair in LEVELS.items()}
    middle = float(np.median(persons))
    return {
        "error": 100.0 * (middle - 1.0),
        "crps": 100.0 * float(crps(persons[:, None], counted)[0]),
        **{f"covered_{level}": bool(low <= 1.0 <= high) for level, (low, high) in ends.items()},
    }


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Scores by `KEY`: each cut-off, horizon and group by itself, and pooled over all of them (0 and "all")."""
    by_group = pd.concat([rows, rows.assign(cutoff=0, years_ahead=0)])
    everything = pd.concat([by_group, by_group.assign(age_group="all")], ignore_index=True)
    everything["ape"] = everything["error"].abs()
    table = everything.groupby(KEY, sort=False).agg(
        n=("ape", "size"), mape=("ape", "mean"), bias=("error", "mean"), crps=("crps", "mean"),
        inside_80=("covered_80", "sum"), inside_95=("covered_95", "sum"),
    ).reset_index()  # fmt: skip
    for level in LEVELS:
        inside = table.pop(f"inside_{level}").to_numpy(dtype=float)
        table[f"coverage_{level}"] = 100.0 * inside / table["n"]
        for end, bound in zip(("low", "high"), binomial_interval(inside, table["n"].to_numpy()), strict=True):
            table[f"coverage_{level}_{end}"] = 100.0 * bound
    return table.sort_values(KEY).reset_index(drop=True)


def binomial_interval(inside: Array, n: Array) -> tuple[Array, Array]:
    """Clopper and Pearson's 95 % interval of a share, `inside` of `n` (case,)."""
    low = np.where(inside > 0, betaincinv(np.maximum(inside, 1e-9), n - inside + 1, TAIL), 0.0)
    high = np.where(inside < n, betaincinv(inside + 1, np.maximum(n - inside, 1e-9), 1.0 - TAIL), 1.0)
    return low, high
