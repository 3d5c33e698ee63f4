"""What the backtests found: a table of forecasts, one of scores and one of pairs."""

from pathlib import Path

import pandas as pd

from pipeline.model.result_files import BACKTEST_FOLDER
from pipeline.models.backtest.forecast_scores import look_ahead, paired, summary
from pipeline.results.tables.backtest import BACKTEST, BACKTEST_PAIRS, BACKTEST_SCORES
from pipeline.schemas import Table
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


def backtest_tables(root: Path, seed: int) -> list[tuple[Table, pd.DataFrame]]:
    """The tables `BACKTEST`, `BACKTEST_PAIRS` and `BACKTEST_SCORES` with their rows, from the files of all backtests.

    Cities are many: the table of forecasts holds the model's own rows, the table of scores every rival's.
    """
    files = {test: root / BACKTEST_FOLDER / f"{name}.parquet" for name, test in TESTS.items()}
    rows = pd.concat([pd.read_parquet(file).assign(test=test) for test, file in files.items()], ignore_index=True)
    # The provinces add up to the nation, which no rule was fitted without: it stands by itself.
    rows.loc[(rows["test"] == "provinces") & (rows["region"] == NATION), "test"] = "nation"
    people = rows["test"] != "national_series"
    counted = ["observed", "mean", "median", "q025", "q10", "q90", "q975"]
    own = rows["model"].str.startswith("cohort_model") | (rows["test"] != "cities")
    brief = rows.astype(dict.fromkeys(counted, float))
    brief.loc[people, counted] = brief.loc[people, counted].round()
    groups = [(part, CLUSTERS[str(test)]) for test, part in rows.groupby("test", sort=False)]
    pairs = [
        paired(part, COHORT_MODEL, seed, cluster=cluster)
        for part, cluster in groups
        if (part["model"] == COHORT_MODEL).any() and len({*part["model"]}) > 1
    ]
    table = pd.concat([summary(part, seed, cluster=cluster) for part, cluster in groups], ignore_index=True)
    table["look_ahead"] = [
        look_ahead(model, information) for model, information in zip(table["model"], table["information"], strict=True)
    ]
    shares = [name for name in table.columns if name.startswith("coverage_")]
    table[shares] = 100.0 * table[shares]
    return [(BACKTEST, brief[own]), (BACKTEST_PAIRS, pd.concat(pairs, ignore_index=True)), (BACKTEST_SCORES, table)]
