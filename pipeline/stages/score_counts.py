"""Stage `score_counts`: forecasts from counts up to a year held against the counts after it, beside simple rules.

Arrays are logs of people (draw, year, group of `COUNTED_GROUPS`), which the smoother moves like all else of a draw.

    smoother      counts up to the cut-off seen, the nation's and (unless left out) the area's own; as the count of the
                  next bulletin (with b and ε) and as that of the next census (without)
    no_counts     the forecast from the census alone
    last_ratio    its median times the last count over it, with its spread
    draws_growth  the last count grown as each draw grows
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS, Array
from pipeline.inputs.store import load_provinces
from pipeline.model.areas import census_area, count_error, counts_of, load_counts, load_nation
from pipeline.models.assimilation import AreaCounts, CountError, Seen, Update, assimilate, log_people
from pipeline.models.backtest.forecast_scores import crps
from pipeline.random import stream
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run
from pipeline.vocabulary import NATION

BULLETIN, CENSUS = "next_bulletin", "next_census"
LEVELS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
KEY = ["target", "cutoff", "years_ahead", "level", "age_group", "own_counts", "model"]


def score_counts(root: Path) -> None:
    settings = load_settings(root)
    regions = load_provinces(root)
    observed = load_counts(root, regions)
    observed = observed[observed["used"]]
    years = int(observed["year"].max()) - CENSUS_YEAR
    nation, scenario = load_nation(root), settings.projection
    people = {
        name: log_people(census_area(root, area).draws, nation, scenario, years) for name, area in regions.items()
    }
    counted = {str(name): counts_of(rows) for name, rows in observed.groupby("region")}
    errors = {level: count_error(settings, level) for level in ("nation", "province")}
    rows = [row for cutoff in range(1, years) for row in forecasts(people, counted, errors, cutoff, settings.seed)]
    table = summary(pd.DataFrame(rows).assign(level="province"))
    table["cutoff"] = np.where(table["cutoff"] > 0, table["cutoff"] + CENSUS_YEAR, 0)
    publish(root, table, "counts_scores")


def forecasts(
    people: Mapping[str, Array],
    counted: Mapping[str, AreaCounts],
    errors: Mapping[str, CountError],
    cutoff: int,
    seed: int,
) -> Iterator[dict[str, object]]:
    """One row a later count, target, rule and use of own counts: the score of its forecast in the year `cutoff`.

    `people` (draw, year, group) by region, the nation among them; `errors` by nation and province; `cutoff` from 1,
    the first year after the census.
    """
    draws, years = people[NATION].shape[:2]

    def assimilated(name: str, level: str, states: dict[str, Array], around: Seen | None) -> tuple[Array, Update]:
        """Bias of an area's counts before it has seen any, and what those up to the cut-off move."""
        bias = errors[level].draws(years, draws, stream(seed, "count bias", name))
        known, generator = counted[name].until(cutoff), stream(seed, "counts", name)
        return bias, assimilate(states, states[name], bias, known, errors[level], generator, around)

    bias, moved = assimilated(NATION, "nation", dict(people), None)
    around = Seen(people[NATION] + moved.of(NATION), bias + moved.of("bias"))
    for name, before in people.items():
        counts = counted.get(name)
        if name == NATION or counts is None or not (counts.year >= cutoff).any():
            continue
        area = before + moved.of(name)
        own, after = assimilated(name, "province", {name: area}, around)
        seen = {"left_out": (area, own), "used": (area + after.of(name), own + after.of("bias"))}
        noise = stream(seed, "next bulletin", name).standard_normal((draws, len(counts.log)))
        for later in np.flatnonzero(counts.year >= cutoff):
            at, truth = (int(counts.year[later]), int(counts.group[later])), counts.log[later]
            group = COUNTED_GROUPS[at[1]]
            scatter = errors["province"].scatter([group])[0] * noise[:, later]
            drawn = {("no_counts", BULLETIN, "used"): before[:, *at]}
            for used, (logs, off) in seen.items():
                drawn["smoother", BULLETIN, used] = logs[:, *at] + off[:, *at] + around.bias[:, *at] + scatter
                drawn["smoother", CENSUS, used] = logs[:, *at]
            earlier = np.flatnonzero((counts.group == at[1]) & (counts.year < cutoff))
            if earlier.size:
                last = earlier[np.argmax(counts.year[earlier])]
                then = before[:, counts.year[last], at[1]]
                drawn["last_ratio", BULLETIN, "used"] = before[:, *at] + counts.log[last] - np.median(then)
                drawn["draws_growth", BULLETIN, "used"] = before[:, *at] + counts.log[last] - then
            row = {"region": name, "cutoff": cutoff, "years_ahead": at[0] + 1 - cutoff, "age_group": group}
            for (model, target, used), logs in drawn.items():
                yield {**row, "target": target, "own_counts": used, "model": model, **_scored(logs, truth)}


def _scored(drawn: Array, truth: float) -> dict[str, object]:
    ratio = np.exp(drawn - truth)
    ends = {level: np.quantile(ratio, pair) for level, pair in LEVELS.items()}
    return {
        "error": 100.0 * (float(np.median(ratio)) - 1.0),
        "crps": 100.0 * float(crps(ratio[:, None], np.ones(1))[0]),
        **{f"covered_{level}": bool(low <= 1.0 <= high) for level, (low, high) in ends.items()},
    }


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Scores by `KEY`: each cut-off, horizon and group by itself, and pooled over all of them (0 and "all")."""
    by_group = pd.concat([rows, rows.assign(cutoff=0, years_ahead=0)])
    everything = pd.concat([by_group, by_group.assign(age_group="all")], ignore_index=True)
    everything["ape"] = everything["error"].abs()
    grouped = everything.groupby(KEY, sort=False)
    table = grouped.agg(n=("ape", "size"), mape=("ape", "mean"), bias=("error", "mean"), crps=("crps", "mean"))
    table = table.reset_index()
    for level in LEVELS:
        inside = grouped[f"covered_{level}"].sum().to_numpy(dtype=float)
        table[f"coverage_{level}"] = 100.0 * inside / table["n"]
        ends = proportion_confint(inside, table["n"].to_numpy(), method="beta")  # Clopper and Pearson's
        for end, bound in zip(("low", "high"), ends, strict=True):
            table[f"coverage_{level}_{end}"] = 100.0 * bound
    return table.sort_values(KEY).reset_index(drop=True)


if __name__ == "__main__":
    run(score_counts)
