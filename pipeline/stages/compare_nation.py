"""Stage `compare_nation`: the nation's projection beside the UN's and beside what was counted since the census."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.demography.groups import bounds
from pipeline.inputs.store import load_table
from pipeline.model.files import RESULTS_FOLDER, TABLES_FOLDER
from pipeline.results.tables.nation import BENCHMARK
from pipeline.results.write import write_csv
from pipeline.stages.common import run
from pipeline.vocabulary import NATION

COUNTED = {"population_60plus": "60+", "population_65plus": "65+"}
OURS = {
    0.5: "ours_median",
    0.1: "ours_lower_80",
    0.9: "ours_upper_80",
    0.025: "ours_lower_95",
    0.975: "ours_upper_95",
}


def benchmark(root: Path) -> None:
    """Read the nation's projection and the published series, pair them by year and date, write one table."""
    population = pd.read_parquet(root / RESULTS_FOLDER / "central" / "population.parquet")
    ours = population[
        (population["region"] == NATION) & (population["sex"] == "both") & population["output_type_id"].notna()
    ]
    by_day = ours.pivot(index=["age_group", "year"], columns="output_type_id", values="value").rename(columns=OURS)
    totals = load_table(root, "wpp2024/population")
    ages = load_table(root, "wpp2022_population")
    counts = load_table(root, "care_figures")
    table = pd.concat(
        [
            _beside_year_ends(_wpp_2024(totals), by_day),
            _beside_year_ends(_communique(counts), by_day),
            _beside_mid_years(_wpp_2022(ages), by_day),
        ]
    )
    write_csv(table, root / TABLES_FOLDER / "benchmark_un.csv", BENCHMARK)


def _wpp_2024(totals: pd.DataFrame) -> pd.DataFrame:
    """Total population at the year's end, persons, with intervals."""
    rows = totals[totals["sex"] == "both"]
    columns = ["value", "lower_80", "upper_80", "lower_95", "upper_95"]
    # The table is by sex; its intervals are of the total and stand in the rows of both sexes.
    wide = rows[["year", *columns]].set_index("year") * 1000.0
    return wide.reset_index().assign(source="wpp_2024", age_group="total")


def _communique(counts: pd.DataFrame) -> pd.DataFrame:
    """Published year-end counts of the old since the census, persons."""
    rows = counts[
        (counts["region"] == NATION)
        & counts["indicator"].isin(list(COUNTED))
        & (counts["year"] > 2020)
        & (counts["confidence"] != "weak")
    ]
    return pd.DataFrame(
        {
            "source": "communique",
            "year": rows["year"],
            "age_group": rows["indicator"].map(COUNTED),
            "value": rows["value"],
        }
    )


def _wpp_2022(ages: pd.DataFrame) -> pd.DataFrame:
    """The old at mid-year, persons."""
    frames = []
    starts = ages["age"].map(lambda group: bounds(group)[0])
    for group, first in (("60+", 60), ("65+", 65), ("80+", 80)):
        people = ages[starts >= first].groupby("year")["value"].sum() * 1000.0
        frames.append(people.reset_index().assign(source="wpp_2022", age_group=group))
    return pd.concat(frames)


def _beside_year_ends(theirs: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    ends = ours[ours.index.get_level_values("year") > ours.index.get_level_values("year").min()]
    joined = theirs.join(ends, on=["age_group", "year"], how="inner")
    return joined.assign(date=joined["year"].astype(str) + "-12-31")


def _beside_mid_years(theirs: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Mid-year values of ours lie halfway between two year-ends; the census row is no year-end and is left out."""
    first = ours.index.get_level_values("year").min()
    ends = ours[ours.index.get_level_values("year") > first]
    middle = (ends + ends.groupby(level="age_group").shift(1)) / 2.0
    joined = theirs.join(middle.dropna(), on=["age_group", "year"], how="inner")
    return joined.assign(date=joined["year"].astype(str) + "-07-01")


if __name__ == "__main__":
    run(benchmark)
