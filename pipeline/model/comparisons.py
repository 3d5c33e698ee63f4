"""Forecasts side by side: before and after counts, beside what was counted and what the UN expects, by two mortalities;
and what the backtests found.

A table of a forecast has the rows (region, year, age_group) of both sexes and a column a quantile.
"""

from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.demography.age_groups import bounds
from pipeline.model.result_files import BACKTEST_FOLDER
from pipeline.models.backtest.forecast_scores import look_ahead, paired, summary
from pipeline.vocabulary import COHORT_MODEL, FIRST_AGES, NATION, POPULATIONS

CELL = ["region", "year", "age_group"]
QUANTILE_NAMES = {0.5: "median", 0.1: "lower_80", 0.9: "upper_80", 0.025: "lower_95", 0.975: "upper_95"}
EIGHTY = ["median", "lower_80", "upper_80"]
MOVED_AGES = ("60+", "80+")
COMMUNIQUE = ("population_60plus", "population_65plus")


def forecast_table(population: pd.DataFrame) -> pd.DataFrame:
    """The quantiles of both sexes, from rows of the table `POPULATION` of one scenario."""
    rows = population[(population["sex"] == "both") & population["output_type_id"].isin(list(QUANTILE_NAMES))]
    return rows.pivot(index=CELL, columns="output_type_id", values="value").rename(columns=QUANTILE_NAMES)


def beside_counts(counts: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Each count (from `inputs.population_counts.observations`) beside the forecast before and after counts, persons;
    errors of the medians in percent of the count."""
    table = counts.set_index(CELL)
    for name, forecast in (("census_only", before), ("central", after)):
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


def beside_other_mortality(shown: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The 80 % intervals `with` the consistency offset beside those `without` it, of the rows of `other`."""
    return other[EIGHTY].add_prefix("without_").join(shown[EIGHTY].add_prefix("with_"), how="inner").reset_index()


def beside_published(
    ours: pd.DataFrame, wpp_2024: pd.DataFrame, wpp_2022: pd.DataFrame, care_figures: pd.DataFrame
) -> pd.DataFrame:
    """The nation's forecast beside the UN's projections and yearly communiques, each on its own day, persons."""
    ends = ours.xs(NATION, level="region").add_prefix("ours_").drop(index=CENSUS_YEAR, level="year")
    # Halfway between two year-ends.
    middles = ((ends + ends.groupby(level="age_group").shift(1)) / 2.0).dropna()
    pairs = [
        (_wpp_2024(wpp_2024), ends, "-12-31"),
        (_communique(care_figures), ends, "-12-31"),
        (_wpp_2022(wpp_2022), middles, "-07-01"),
    ]
    tables = []
    for theirs, own, day in pairs:
        table = theirs.join(own, on=["year", "age_group"], how="inner")
        tables.append(table.assign(date=table["year"].astype(str) + day))
    return pd.concat(tables)


def _wpp_2024(totals: pd.DataFrame) -> pd.DataFrame:
    """Total population at the year's end, persons, with intervals: those are of the total, in the rows of both."""
    columns = ["value", "lower_80", "upper_80", "lower_95", "upper_95"]
    wide = totals[totals["sex"] == "both"].set_index("year")[columns] * 1000.0
    return wide.reset_index().assign(source="wpp_2024", age_group="total")


def _communique(counts: pd.DataFrame) -> pd.DataFrame:
    """Published year-end counts of the old since the census, persons."""
    rows = counts[
        (counts["region"] == NATION)
        & counts["indicator"].isin(list(COMMUNIQUE))
        & (counts["year"] > CENSUS_YEAR)
        & (counts["confidence"] != "weak")
    ]
    groups = rows["indicator"].map(POPULATIONS)
    return rows[["year", "value"]].assign(source="communique", age_group=groups)


def _wpp_2022(ages: pd.DataFrame) -> pd.DataFrame:
    """The old at mid-year, persons."""
    starts = ages["age"].map(lambda group: bounds(group)[0])
    old = {group: ages[starts >= FIRST_AGES[group]].groupby("year")["value"].sum() * 1000.0 for group in OLD_BANDS}
    return pd.concat(old, names=["age_group"]).reset_index().assign(source="wpp_2022")


TESTS = {"provinces": "provinces", "cities": "cities", "moved_cities": "moved_cities", "series": "national_series"}
"""What the file of each backtest is called in the tables."""

CLUSTERS = {
    "provinces": "region",
    "nation": "region",
    "cities": "fold",
    "moved_cities": "fold",
    "national_series": "origin",
}
"""What is resampled for the intervals of coverage: areas that err together stay together."""


def backtest_tables(root: Path, seed: int) -> dict[str, pd.DataFrame]:
    """The rows of the tables `backtest`, `backtest_pairs` and `backtest_scores`, from the files of all backtests.

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
    return {"backtest": brief[own], "backtest_pairs": pd.concat(pairs, ignore_index=True), "backtest_scores": table}
