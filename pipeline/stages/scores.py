"""Stage `scores`: what the backtests found, as one table of forecasts and one of scores."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.models.scores import summary
from pipeline.settings import load_settings
from pipeline.stages.common import BACKTEST_FOLDER, TABLES_FOLDER, run
from pipeline.tables.results import BACKTEST, BACKTEST_SCORES
from pipeline.tables.write import write_csv

TESTS = {"provinces": "provinces", "cities": "cities", "series": "national_series"}
CLUSTERS = {"provinces": "region", "cities": "fold", "national_series": "origin"}
"""What is resampled for the intervals of coverage: areas that err together stay together."""


def scores(root: Path) -> None:
    """Read the rows of all backtests, score them, write both tables.

    Cities are many: the table of forecasts holds the model's own rows, the table of scores every rival's.
    """
    seed = load_settings(root).seed
    rows = pd.concat(
        [pd.read_parquet(root / BACKTEST_FOLDER / f"{name}.parquet").assign(test=test) for name, test in TESTS.items()],
        ignore_index=True,
    )
    own = rows["model"].str.startswith("cohort_model") | (rows["test"] != "cities")
    write_csv(rows[own], root / TABLES_FOLDER / "backtest.csv", BACKTEST)
    table = pd.concat(
        [summary(part, seed, cluster=CLUSTERS[str(test)]) for test, part in rows.groupby("test", sort=False)],
        ignore_index=True,
    )
    shares = [name for name in table.columns if name.startswith("coverage_")]
    table[shares] = 100.0 * table[shares]
    write_csv(table, root / TABLES_FOLDER / "backtest_scores.csv", BACKTEST_SCORES)


if __name__ == "__main__":
    run(scores)
