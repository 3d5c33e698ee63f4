"""Stage `compare_counts`: what was counted since the census beside both forecasts, and how the counts moved them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.axes import Array
from pipeline.inputs.known import load_regions
from pipeline.model.areas import balance_name
from pipeline.model.files import RESULTS_FOLDER, TABLES_FOLDER
from pipeline.model.updates import load_counts
from pipeline.results.tables.counts import COUNTS_BESIDE, FORECAST_MOVED
from pipeline.results.write import write_csv
from pipeline.stages.common import run

ENDS = {0.5: "median", 0.1: "lower_80", 0.9: "upper_80"}
MOVED_YEARS, MOVED_AGES = (2030, 2035), ("60+", "80+")
CELL = ["region", "year", "age_group"]


def compare_counts(root: Path) -> None:
    """Read both forecasts and the counts, write them side by side."""
    before, after = (_forecast(root, balance_name(counts)) for counts in (False, True))
    told = load_counts(root, load_regions(root)).set_index(CELL)
    beside = told.join(before.add_prefix("census_only_"), how="inner").join(after.add_prefix("central_"), how="inner")
    for name in ("census_only", "central"):
        beside[f"error_{name}"] = 100.0 * (beside[f"{name}_median"] / beside["value"] - 1.0)
    table = beside.reset_index()[list(COUNTS_BESIDE.names)]
    write_csv(table, root / TABLES_FOLDER / "counts.csv", COUNTS_BESIDE)
    moved = before.add_prefix("before_").join(after.add_prefix("after_"), how="inner").reset_index()
    moved = moved[moved["year"].isin(MOVED_YEARS) & moved["age_group"].isin(MOVED_AGES)]
    moved["change_percent"] = 100.0 * (moved["after_median"] / moved["before_median"] - 1.0)
    for name in ("before", "after"):
        moved[f"width_{name}_percent"] = _half_width(moved, name)
    write_csv(moved[list(FORECAST_MOVED.names)], root / TABLES_FOLDER / "forecast_moved.csv", FORECAST_MOVED)


def _forecast(root: Path, scenario: str) -> pd.DataFrame:
    """Median and 80 % ends of both sexes by region, year and age group."""
    rows = pd.read_parquet(root / RESULTS_FOLDER / scenario / "population.parquet")
    rows = rows[(rows["sex"] == "both") & rows["output_type_id"].isin(list(ENDS))]
    return rows.pivot(index=CELL, columns="output_type_id", values="value").rename(columns=ENDS)


def _half_width(rows: pd.DataFrame, name: str) -> Array:
    """Half the 80 % interval in percent of the median."""
    width = rows[f"{name}_upper_80"] - rows[f"{name}_lower_80"]
    return (50.0 * width / rows[f"{name}_median"]).to_numpy(dtype=float)


if __name__ == "__main__":
    run(compare_counts)
