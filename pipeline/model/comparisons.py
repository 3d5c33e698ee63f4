"""Forecasts side by side: before and after counts, beside what was counted and what the UN expects, by two mortalities.

A table of a forecast has the rows (region, year, age_group) of both sexes and a column a quantile.
"""

import pandas as pd

from pipeline.axes import Array
from pipeline.demography.age_groups import bounds
from pipeline.vocabulary import NATION, POPULATIONS

CELL = ["region", "year", "age_group"]
QUANTILE_NAMES = {0.5: "median", 0.1: "lower_80", 0.9: "upper_80", 0.025: "lower_95", 0.975: "upper_95"}
EIGHTY = ["median", "lower_80", "upper_80"]
PLAN_YEAR, MOVED_AGES = 2030, ("60+", "80+")
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


def moved_by_counts(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """How counts moved the median by 2030 and the last year, and half the 80 % interval in percent of the median."""
    pairs = before[EIGHTY].add_prefix("before_").join(after[EIGHTY].add_prefix("after_"), how="inner").reset_index()
    pairs = pairs[pairs["year"].isin((PLAN_YEAR, pairs["year"].max())) & pairs["age_group"].isin(MOVED_AGES)]
    pairs["change_percent"] = 100.0 * (pairs["after_median"] / pairs["before_median"] - 1.0)
    for name in ("before", "after"):
        pairs[f"width_{name}_percent"] = _half_width(pairs, name)
    return pairs


def _half_width(rows: pd.DataFrame, name: str) -> Array:
    width = rows[f"{name}_upper_80"] - rows[f"{name}_lower_80"]
    return (50.0 * width / rows[f"{name}_median"]).to_numpy(dtype=float)


def beside_other_mortality(shown: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The 80 % intervals `with` the consistency offset beside those `without` it, of the rows of `other`."""
    return other[EIGHTY].add_prefix("without_").join(shown[EIGHTY].add_prefix("with_"), how="inner").reset_index()


def beside_published(
    ours: pd.DataFrame, wpp_2024: pd.DataFrame, wpp_2022: pd.DataFrame, care_figures: pd.DataFrame
) -> pd.DataFrame:
    """The nation's forecast beside the UN's projections and yearly communiques, each on its own day, persons."""
    of_nation = ours.index.get_level_values("region") == NATION
    nation = ours[of_nation].droplevel("region").add_prefix("ours_")
    pairs = [
        _beside_year_ends(_wpp_2024(wpp_2024), nation),
        _beside_year_ends(_communique(care_figures), nation),
        _beside_mid_years(_wpp_2022(wpp_2022), nation),
    ]
    return pd.concat(pairs)


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
        & counts["indicator"].isin(list(COMMUNIQUE))
        & (counts["year"] > 2020)
        & (counts["confidence"] != "weak")
    ]
    groups = rows["indicator"].map(POPULATIONS)
    return rows[["year", "value"]].assign(source="communique", age_group=groups)


def _wpp_2022(ages: pd.DataFrame) -> pd.DataFrame:
    """The old at mid-year, persons."""
    frames = []
    starts = ages["age"].map(lambda group: bounds(group)[0])
    for group, first in (("60+", 60), ("65+", 65), ("80+", 80)):
        people = ages[starts >= first].groupby("year")["value"].sum() * 1000.0
        frames.append(people.reset_index().assign(source="wpp_2022", age_group=group))
    return pd.concat(frames)


def _beside_year_ends(theirs: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    joined = theirs.join(_after_census(ours), on=["year", "age_group"], how="inner")
    return joined.assign(date=joined["year"].astype(str) + "-12-31")


def _beside_mid_years(theirs: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Mid-year values of ours lie halfway between two year-ends."""
    ends = _after_census(ours)
    middle = (ends + ends.groupby(level="age_group").shift(1)) / 2.0
    joined = theirs.join(middle.dropna(), on=["year", "age_group"], how="inner")
    return joined.assign(date=joined["year"].astype(str) + "-07-01")


def _after_census(ours: pd.DataFrame) -> pd.DataFrame:
    """Without the first year, whose row is of census day."""
    later: pd.DataFrame = ours.drop(index=ours.index.get_level_values("year").min(), level="year")
    return later
