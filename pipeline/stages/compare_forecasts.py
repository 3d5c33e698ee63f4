"""Stage `compare_forecasts`: the central forecast beside counts, the UN's, and itself without counts or offset.

A table of a forecast has the rows (region, year, age_group) of both sexes and a column a quantile.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.demography.age_groups import bounds
from pipeline.inputs.store import load_regions, load_table
from pipeline.model.areas import PROVINCES_FILE, load_counts, project_regions
from pipeline.model.result_files import PROJECTIONS_FOLDER
from pipeline.results.monte_carlo import borne
from pipeline.results.tables import TABLES
from pipeline.settings import Settings, load_settings, merged
from pipeline.stages.common import publish, run
from pipeline.vocabulary import CENTRAL, FIRST_AGES, NATION, POPULATIONS, UNCOUNTED

CELL = ["region", "year", "age_group"]
QUANTILE_NAMES = {0.5: "median", 0.1: "lower_80", 0.9: "upper_80", 0.025: "lower_95", 0.975: "upper_95"}
EIGHTY = ["median", "lower_80", "upper_80"]
MOVED_AGES = ("60+", "80+")
COMMUNIQUE = ("population_60plus", "population_65plus")
EVERY = 5
"""Years between those of the forecast without the offset that are shown."""


def compare_forecasts(root: Path) -> None:
    settings = load_settings(root)

    def projected(changes: dict[str, Any]) -> pd.DataFrame:
        """The population of the nation and the regions with a plan under other settings."""
        return project_regions(root, (Settings.model_validate(merged(settings.model_dump(), changes)), False))[0]

    central = pd.read_parquet(root / PROJECTIONS_FOLDER / CENTRAL / "population.parquet")
    uncounted = projected({"counts": {"use": False}})
    provinces = pd.read_parquet(root / PROVINCES_FILE)
    others = provinces[(provinces["scenario"] == UNCOUNTED) & ~provinces["region"].isin(uncounted["region"])]
    without = projected({"projection": {"consistency": {"weight": 0.0}}})
    after, before, reported = (
        borne(forecast_table(rows), settings.draws) for rows in (central, pd.concat([uncounted, others]), without)
    )
    offset = reported[EIGHTY].add_prefix("without_").join(after[EIGHTY].add_prefix("with_"), how="inner").reset_index()
    years = range(CENSUS_YEAR + EVERY, settings.last_year + 1, EVERY)
    offset = offset[offset["year"].isin(years) & offset["age_group"].isin(OLD_BANDS)]
    published = [load_table(root, name) for name in ("wpp2024/population", "care_figures", "wpp2022_population")]
    for table, rows in {
        "counts": beside_counts(load_counts(root, load_regions(root)), before, after),
        "forecast_moved": moved_by_counts(before, after, settings.next_plan.year),
        "consistency": offset,
        "benchmark_un": beside_published(after, *published),
    }.items():
        publish(root, rows[list(TABLES[table].names)], table)


def forecast_table(population: pd.DataFrame) -> pd.DataFrame:
    """The quantiles of both sexes, from rows of the table `population` of one scenario."""
    rows = population[(population["sex"] == "both") & population["output_type_id"].isin(list(QUANTILE_NAMES))]
    return rows.pivot(index=CELL, columns="output_type_id", values="value").rename(columns=QUANTILE_NAMES)


def beside_counts(counts: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Each count (from `inputs.population_counts.observations`) beside the forecast before and after counts, persons;
    errors of the medians in percent of the count."""
    table = counts.set_index(CELL)
    for name, forecast in ((UNCOUNTED, before), (CENTRAL, after)):
        table = table.join(forecast[EIGHTY].add_prefix(f"{name}_"), how="inner")
        table[f"error_{name}"] = 100.0 * (table[f"{name}_median"] / table["value"] - 1.0)
    return table.reset_index()


def moved_by_counts(before: pd.DataFrame, after: pd.DataFrame, plan_year: int) -> pd.DataFrame:
    """How counts moved the median by `plan_year` and the last year, and half the 80 % interval in percent of it."""
    pairs = before[EIGHTY].add_prefix("before_").join(after[EIGHTY].add_prefix("after_"), how="inner").reset_index()
    pairs = pairs[pairs["year"].isin((plan_year, pairs["year"].max())) & pairs["age_group"].isin(MOVED_AGES)]
    pairs["change_percent"] = 100.0 * (pairs["after_median"] / pairs["before_median"] - 1.0)
    for name in ("before", "after"):
        width = pairs[f"{name}_upper_80"] - pairs[f"{name}_lower_80"]
        pairs[f"width_{name}_percent"] = 50.0 * width / pairs[f"{name}_median"]
    return pairs


def beside_published(
    ours: pd.DataFrame, wpp_2024: pd.DataFrame, care_figures: pd.DataFrame, wpp_2022: pd.DataFrame
) -> pd.DataFrame:
    """The nation's forecast beside the UN's projections and yearly communiques, each on its own day, persons."""
    ends = ours.xs(NATION, level="region").add_prefix("ours_").drop(index=CENSUS_YEAR, level="year")
    # Halfway between two year-ends.
    middles = ((ends + ends.groupby(level="age_group").shift(1)) / 2.0).dropna()

    # The UN's intervals are of the total at the year's end, in the rows of both sexes.
    both = wpp_2024[wpp_2024["sex"] == "both"].set_index("year")
    totals = 1000.0 * both[["value", "lower_80", "upper_80", "lower_95", "upper_95"]]
    counted = care_figures[
        (care_figures["region"] == NATION)
        & care_figures["indicator"].isin(COMMUNIQUE)
        & (care_figures["year"] > CENSUS_YEAR)
        & (care_figures["confidence"] != "weak")
    ]
    starts = wpp_2022["age"].map(lambda group: bounds(group)[0])
    old = {group: 1000.0 * wpp_2022[starts >= FIRST_AGES[group]].groupby("year")["value"].sum() for group in OLD_BANDS}
    communique = counted[["year", "value"]].assign(age_group=counted["indicator"].map(POPULATIONS))
    sources = {
        "wpp_2024": (totals.assign(age_group="total").reset_index(), ends, "-12-31"),
        "communique": (communique, ends, "-12-31"),
        "wpp_2022": (pd.concat(old, names=["age_group"]).reset_index(), middles, "-07-01"),
    }
    tables = [
        theirs.join(own, on=["year", "age_group"], how="inner").assign(
            source=source, date=lambda rows, day=day: rows["year"].astype(str) + day
        )
        for source, (theirs, own, day) in sources.items()
    ]
    return pd.concat(tables)


if __name__ == "__main__":
    run(compare_forecasts)
