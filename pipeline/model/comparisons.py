"""Forecasts side by side: before and after counts, beside what was counted and what the UN expects, by two mortalities.

A table of a forecast has the rows (region, year, age_group) of both sexes and a column a quantile.
"""

import pandas as pd

from pipeline.axes import CENSUS_YEAR, OLD_BANDS
from pipeline.demography.age_groups import bounds
from pipeline.vocabulary import FIRST_AGES, NATION, POPULATIONS

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
