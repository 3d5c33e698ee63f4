"""Stage `score_counts`: forecasts from counts up to 2021, 2022 and so on held against the counts after them."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.inputs.store import load_provinces
from pipeline.model.areas import census_area, count_error, counts_of, load_counts, load_nation, scenario_of
from pipeline.models.assimilation import log_people
from pipeline.models.backtest.count_backtest import forecasts, summary
from pipeline.settings import load_settings
from pipeline.stages.common import publish, run
from pipeline.vocabulary import NATION


def score_counts(root: Path) -> None:
    settings = load_settings(root)
    regions = load_provinces(root)
    observed = load_counts(root, regions)
    observed = observed[observed["used"]]
    years = int(observed["year"].max()) - CENSUS_YEAR
    nation, scenario = load_nation(root), scenario_of(settings.projection)
    people = {
        name: log_people(census_area(root, area).draws, nation, scenario, years) for name, area in regions.items()
    }
    counted = {str(name): counts_of(rows) for name, rows in observed.groupby("region")}
    errors = {level: count_error(settings, level) for level in ("nation", "province")}
    rows = [
        row for cutoff in range(1, years) for row in forecasts(people, counted, NATION, errors, cutoff, settings.seed)
    ]
    table = summary(pd.DataFrame(rows).assign(level="province"))
    table["cutoff"] = np.where(table["cutoff"] > 0, table["cutoff"] + CENSUS_YEAR, 0)
    publish(root, table, "counts_scores")


if __name__ == "__main__":
    run(score_counts)
