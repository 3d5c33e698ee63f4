"""Stage `backtest_series`: the nation's published share of the old, as general time-series methods foresaw it."""

from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.demography.age_groups import bounds
from pipeline.inputs.store import load_provinces_census, load_table
from pipeline.model.result_files import BACKTEST_FOLDER
from pipeline.models.backtest.series import compared
from pipeline.settings import load_settings
from pipeline.stages.common import hand_on, publish, run
from pipeline.vocabulary import NATION

PUBLISHED = {"share_60plus": "60+", "share_65plus": "65+"}


def backtest_series(root: Path) -> None:
    settings = load_settings(root)
    figures = load_table(root, "care_figures")
    census = load_provinces_census(root)
    census = census[census["region"] == NATION]
    shares = {group: _shares(figures, census, indicator, group) for indicator, group in PUBLISHED.items()}
    scored, ahead = compared(shares, settings.last_year, settings.seed, settings.draws)
    hand_on(root, scored, BACKTEST_FOLDER / "series.parquet", "backtest_series")
    publish(root, ahead, "series_forecasts", settings.draws)


def _shares(figures: pd.DataFrame, census: pd.DataFrame, indicator: str, group: str) -> pd.Series:
    """Published year-end shares in percent by year; the year of the last census, where none is, from its table."""
    rows = figures[
        (figures["region"] == NATION) & (figures["indicator"] == indicator) & (figures["confidence"] != "weak")
    ]
    # Years that both the yearbook and the communique give agree.
    published = rows.drop_duplicates("year").set_index("year")["value"].astype(float)
    counted = census[census["year"] == CENSUS_YEAR]
    old = counted["age"].map(lambda age: bounds(age)[0]) >= int(group.removesuffix("+"))
    share = 100.0 * counted.loc[old, "population"].sum() / counted["population"].sum()
    return published.combine_first(pd.Series({CENSUS_YEAR: share})).sort_index()


if __name__ == "__main__":
    run(backtest_series)
