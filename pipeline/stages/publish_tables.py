"""Stage `publish_tables`: what reviewers read as tables, from the results of every scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS, REPORT_GROUPS
from pipeline.domain import Catalogue, Indicator, Plan
from pipeline.inputs.known import load_planned
from pipeline.model.areas import balance_name
from pipeline.model.files import PROVINCES_NEED, RESULTS_FOLDER, TABLES_FOLDER
from pipeline.model.plans import load_national, load_observations, plans_in_order
from pipeline.results.tables.gap import GAP
from pipeline.results.tables.headline import HEADLINE
from pipeline.results.tables.need import NEED
from pipeline.results.tables.population import POPULATION
from pipeline.results.tables.supply import NORMS, SUPPLY
from pipeline.results.tables.verdict import VERDICT
from pipeline.results.write import write_csv
from pipeline.settings import Settings, all_settings
from pipeline.shortfall.need_rows import LOCAL_COUNT, NEED_YEARS
from pipeline.shortfall.rows import norm_rows, supply_rows
from pipeline.stages.common import run
from pipeline.summary import SHOWN_QUANTILES
from pipeline.vocabulary import CENTRAL, NATION, RESOURCES

ROUND_YEARS = (CENSUS_YEAR, 2025, 2030, 2035)


def results(root: Path) -> None:
    """Read all scenarios, choose the rows that are published, write them as CSV."""
    catalogue = load_planned(root)
    settings = all_settings(root)
    planned = {plan.region for plan in catalogue.plans.values()} | {NATION}
    folder = root / RESULTS_FOLDER
    tables = {
        name: pd.concat([pd.read_parquet(folder / scenario / f"{name}.parquet") for scenario in settings])
        for name in ("population", "gap", "verdict", "need")
    }
    population, gap, verdict, need = tables.values()
    need = pd.concat([need, pd.read_parquet(root / PROVINCES_NEED)], ignore_index=True)
    reported = population["region"].isin(planned) & population["age_group"].isin(REPORT_GROUPS)
    alike = [
        name
        for name, item in settings.items()
        if name != CENTRAL
        and (item.projection, item.counts) == (settings[CENTRAL].projection, settings[CENTRAL].counts)
    ]
    reported &= ((population["scenario"] == CENTRAL) | (population["sex"] == "both")) & ~population["scenario"].isin(
        alike
    )
    in_full = (population["scenario"] == CENTRAL) & (population["sex"] == "both")
    shown = population["output_type_id"].isin(SHOWN_QUANTILES) | (population["output_type"] == "mean")
    reported &= in_full | (shown & ((population["scenario"] == CENTRAL) | (population["output_type"] != "mean")))
    reported |= provincial(population)
    write_csv(population[reported], root / TABLES_FOLDER / "population.csv", POPULATION)
    write_csv(in_brief(gap, catalogue, settings), root / TABLES_FOLDER / "gap.csv", GAP)
    write_csv(verdict[moved(verdict, settings)], root / TABLES_FOLDER / "verdict.csv", VERDICT)
    central = verdict[verdict["scenario"] == CENTRAL].drop(columns="scenario")
    write_csv(headline(central), root / TABLES_FOLDER / "headline.csv", HEADLINE)
    observed = load_observations(root, catalogue)
    as_of = int(settings[CENTRAL].as_of[:4])
    write_csv(supply_rows(observed, catalogue, as_of), root / TABLES_FOLDER / "supply.csv", SUPPLY)
    national = load_national(root, catalogue, observed, settings[CENTRAL])
    write_csv(norm_rows(national, catalogue.indicators), root / TABLES_FOLDER / "norms.csv", NORMS)
    in_brief_of = need["severity"].isna() & need["setting"].isna() & of_headline(need, settings)
    shown = need["year"].isin(NEED_YEARS) & ((need["scenario"] == CENTRAL) | in_brief_of)
    shown |= (need["scenario"] == CENTRAL) & (need["definition"] == LOCAL_COUNT)
    write_csv(need[shown], root / TABLES_FOLDER / "need.csv", NEED)


def provincial(population: pd.DataFrame) -> pd.Series:
    """Rows of all regions before and after counts: both sexes, the old and all, median and both intervals."""
    counts = population["scenario"].isin([balance_name(counts) for counts in (True, False)])
    kept = counts & (population["sex"] == "both") & population["age_group"].isin(COUNTED_GROUPS)
    return kept & (population["output_type"] == "quantile")


def headline(standings: pd.DataFrame) -> pd.DataFrame:
    """The last target of each plan and resource."""
    return standings.sort_values("target_year", kind="stable").drop_duplicates(["plan", "resource"], keep="last")


def in_brief(gap: pd.DataFrame, catalogue: Catalogue, settings: Mapping[str, Settings]) -> pd.DataFrame:
    """Rows of the gap table that stand in the CSV, small enough to be opened; the Parquet files hold all.

    The central scenario has every year of every line under the headline definition; parts, other definitions and
    other scenarios have the round years and those of targets. Blank years before an observation are left out.
    """
    gap = gap.reset_index(drop=True)
    years = {name: years_of(plans, catalogue.indicators) for name, plans in plans_in_order(catalogue).items()}
    chosen = pd.Series(False, index=gap.index)
    for name, wanted in years.items():
        chosen |= (gap["region"] == name) & gap["year"].isin(wanted)
    central = gap["scenario"] == CENTRAL
    main = of_headline(gap, settings) & gap["severity"].isna()
    usual = gap["supply_path"].isna() | gap["supply_path"].eq("trend")
    elsewhere = main & usual & gap["measure"].isin(["required", "gap"])
    kept = (central & (main | chosen)) | (chosen & elsewhere & (gap["year"] > CENSUS_YEAR))
    kept &= gap["shown"].notna() | gap["measure"].eq("required")
    return gap[kept & moved(gap, settings)]


def of_headline(table: pd.DataFrame, settings: Mapping[str, Settings]) -> pd.Series:
    """Rows without a definition of disability, or of the one that stands for need in their scenario."""
    chosen = table["scenario"].map({name: item.need.headline for name, item in settings.items()})
    return table["definition"].isna() | (table["definition"] == chosen)


def moved(table: pd.DataFrame, settings: Mapping[str, Settings]) -> pd.Series:
    """Rows that a scenario can change: plans and norms stay what they are where need alone is another."""
    central = settings[CENTRAL]
    same = [
        name
        for name, item in settings.items()
        if name != CENTRAL
        and (item.projection, item.counts, item.care, item.supply)
        == (central.projection, central.counts, central.care, central.supply)
    ]
    return ~table["scenario"].isin(same) | (table["yardstick"] == "need")


def years_of(plans: Iterable[Plan], indicators: Mapping[str, Indicator]) -> set[int]:
    """The round years, and those of the targets of plans on beds and staff."""
    resources = {*RESOURCES}
    return set(ROUND_YEARS) | {
        figure.year
        for plan in plans
        for figure in plan.figures
        if figure.kind == "target" and figure.year and indicators[figure.indicator].resource in resources
    }


if __name__ == "__main__":
    run(results)
