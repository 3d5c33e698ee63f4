"""Stage `score_backtests`: what the backtests found, as a table of forecasts, one of scores, and one of pairs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.inputs.known import load_cities
from pipeline.model.files import BACKTEST_FOLDER, TABLES_FOLDER
from pipeline.models.backtest.scores import PREFECTURE, look_ahead, paired, summary
from pipeline.results.tables.backtest import BACKTEST, BACKTEST_CITIES, BACKTEST_PAIRS, BACKTEST_SCORES
from pipeline.results.write import prepared, write_csv
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import COHORT_MODEL, NATION

TESTS = {"provinces": "provinces", "cities": "cities", "moved_cities": "moved_cities", "series": "national_series"}
CLUSTERS = {
    "provinces": "region",
    "nation": "region",
    "cities": "fold",
    "moved_cities": "fold",
    "national_series": "origin",
}
"""What is resampled for the intervals of coverage: areas that err together stay together."""


def scores(root: Path) -> None:
    """Read the rows of all backtests, score them, write the tables.

    Cities are many: the table of forecasts holds the model's own rows, the table of scores every rival's.
    """
    seed = load_settings(root).seed
    rows = pd.concat([_forecasts(root, name).assign(test=test) for name, test in TESTS.items()], ignore_index=True)
    # The provinces add up to the nation, which no rule was fitted without: it stands by itself.
    rows.loc[(rows["test"] == "provinces") & (rows["region"] == NATION), "test"] = "nation"
    people = rows["test"] != "national_series"
    counted = ["observed", "mean", "median", "q025", "q10", "q90", "q975"]
    own = rows["model"].str.startswith("cohort_model") | (rows["test"] != "cities")
    brief = rows.astype(dict.fromkeys(counted, float))
    brief.loc[people, counted] = brief.loc[people, counted].round()
    write_csv(brief[own], root / TABLES_FOLDER / "backtest.csv", BACKTEST)
    groups = [(part, CLUSTERS[str(test)]) for test, part in rows.groupby("test", sort=False)]
    pairs = [
        paired(part, COHORT_MODEL, seed, cluster=cluster)
        for part, cluster in groups
        if (part["model"] == COHORT_MODEL).any() and len({*part["model"]}) > 1
    ]
    write_csv(pd.concat(pairs, ignore_index=True), root / TABLES_FOLDER / "backtest_pairs.csv", BACKTEST_PAIRS)
    table = pd.concat(
        [summary(part, seed, cluster=cluster) for part, cluster in groups],
        ignore_index=True,
    )
    table["look_ahead"] = [
        look_ahead(model, information) for model, information in zip(table["model"], table["information"], strict=True)
    ]
    shares = [name for name in table.columns if name.startswith("coverage_")]
    table[shares] = 100.0 * table[shares]
    write_csv(table, root / TABLES_FOLDER / "backtest_scores.csv", BACKTEST_SCORES)


def _forecasts(root: Path, name: str) -> pd.DataFrame:
    """The rows of one backtest; a prefecture that is a city of the project goes by its id."""
    file = BACKTEST_FOLDER / f"{name}.parquet"
    rows = pd.read_parquet(root / file)
    if not name.endswith("cities"):
        return rows
    known = {f"{PREFECTURE}{city.gb_code}": city.id for city in load_cities(root).values()}
    return prepared(rows.assign(region=rows["region"].replace(known)), BACKTEST_CITIES, str(file))


if __name__ == "__main__":
    run(scores)
