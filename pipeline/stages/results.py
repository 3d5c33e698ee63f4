"""Stage `results`: what reviewers read as tables, from the results of every scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.care.yardstick import RESOURCES
from pipeline.demography.groups import REPORT_GROUPS
from pipeline.settings import all_settings
from pipeline.shortfall.headline import headline_rows
from pipeline.sources.catalogue import Indicator, Plan
from pipeline.sources.load import load_catalogue
from pipeline.stages.common import CENSUS_YEAR, NATION, RESULTS_FOLDER, TABLES_FOLDER, run
from pipeline.tables.results import GAP, HEADLINE, POPULATION
from pipeline.tables.write import write_csv

ROUND_YEARS = (CENSUS_YEAR, 2025, 2030, 2035)


def results(root: Path) -> None:
    """Read all scenarios, choose the rows that are published, write them as CSV."""
    catalogue = load_catalogue(root)
    settings = all_settings(root)
    planned = {plan.region for plan in catalogue.plans.values()} | {NATION}
    folder = root / RESULTS_FOLDER
    population = pd.concat([pd.read_parquet(folder / s / "population.parquet") for s in settings])
    gap = pd.concat([pd.read_parquet(folder / s / "gap.parquet") for s in settings])
    central = gap[gap["scenario"] == "central"]
    headline = [
        row
        for plan in catalogue.plans.values()
        for row in headline_rows(
            plan, catalogue.indicators, central[central["region"] == plan.region], settings["central"].data_date
        )
    ]
    reported = population["region"].isin(planned) & population["age_group"].isin(REPORT_GROUPS)
    reported &= (population["scenario"] == "central") | (population["sex"] == "both")
    reported &= _in_brief(population)
    write_csv(population[reported], root / TABLES_FOLDER / "population.csv", POPULATION)
    published = pd.concat(
        [
            gap[
                (gap["region"] == plan.region)
                & gap["year"].isin(plan_years(plan, catalogue.indicators))
                & _in_brief(gap)
            ]
            for plan in catalogue.plans.values()
        ]
    )
    write_csv(published, root / TABLES_FOLDER / "gap.csv", GAP)
    table = pd.DataFrame(headline).astype(
        {"target_year": "Int64", "stock_year": "Int64"}
        | dict.fromkeys(("target", "required", "supply", "gap", "gap_lower", "gap_upper"), float)
        | dict.fromkeys(("required_lower", "required_upper"), float)
    )
    write_csv(table, root / TABLES_FOLDER / "headline.csv", HEADLINE)


def _in_brief(table: pd.DataFrame) -> pd.Series:
    """Rows that stand in the CSV: all of the central scenario, median and 80 % interval of the others."""
    return (table["scenario"] == "central") | table["output_type_id"].isin([0.1, 0.5, 0.9])


def plan_years(plan: Plan, indicators: Mapping[str, Indicator]) -> set[int]:
    """Years of the gap table: those of the plan's targets on beds and staff, and the round ones."""
    return set(ROUND_YEARS) | {
        figure.year
        for figure in plan.figures
        if figure.kind == "target" and figure.year and indicators[figure.indicator].resource in RESOURCES
    }


if __name__ == "__main__":
    run(results)
