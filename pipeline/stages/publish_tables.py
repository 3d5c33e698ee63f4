"""Stage `publish_tables`: what reviewers read as tables, from the results of every scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.care.yardstick import RESOURCES
from pipeline.demography.groups import REPORT_GROUPS
from pipeline.domain import Indicator, Plan
from pipeline.inputs.known import load_planned
from pipeline.model.files import CENSUS_YEAR, NATION, RESULTS_FOLDER, TABLES_FOLDER
from pipeline.results.tables.gap import GAP
from pipeline.results.tables.headline import HEADLINE
from pipeline.results.tables.need import NEED
from pipeline.results.tables.population import POPULATION
from pipeline.results.tables.verdict import VERDICT
from pipeline.results.write import write_csv
from pipeline.settings import CENTRAL, Settings, all_settings
from pipeline.shortfall.headline import headline_rows
from pipeline.shortfall.need_rows import LOCAL_COUNT
from pipeline.stages.common import run

ROUND_YEARS = (CENSUS_YEAR, 2025, 2030, 2035)
NEED_YEARS = (*ROUND_YEARS, 2021)
"""Years of the need table; published national counts are of 2020 and 2021."""

MIDDLE = (0.1, 0.5, 0.9)
"""Quantiles that stand where not all do: the median and the 80 % interval."""


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
    central = gap[gap["scenario"] == CENTRAL]
    headline = [
        row
        for plan in catalogue.plans.values()
        for row in headline_rows(
            plan, catalogue.indicators, central[central["region"] == plan.region], settings[CENTRAL].data_date
        )
    ]
    reported = population["region"].isin(planned) & population["age_group"].isin(REPORT_GROUPS)
    alike = [s for s, item in settings.items() if s != CENTRAL and item.projection == settings[CENTRAL].projection]
    reported &= ((population["scenario"] == CENTRAL) | (population["sex"] == "both")) & ~population["scenario"].isin(
        alike
    )
    in_full = (population["scenario"] == CENTRAL) & (population["sex"] == "both")
    shown = population["output_type_id"].isin(MIDDLE) | (population["output_type"] == "mean")
    reported &= in_full | (shown & ((population["scenario"] == CENTRAL) | (population["output_type"] != "mean")))
    write_csv(population[reported], root / TABLES_FOLDER / "population.csv", POPULATION)
    of_plan = [
        gap[(gap["region"] == plan.region) & gap["year"].isin(plan_years(plan, catalogue.indicators))]
        for plan in catalogue.plans.values()
    ]
    write_csv(in_brief(pd.concat(of_plan, ignore_index=True), settings), root / TABLES_FOLDER / "gap.csv", GAP)
    shown = (verdict["scenario"] == CENTRAL) | of_headline(verdict, settings)
    write_csv(verdict[shown & moved(verdict, settings)], root / TABLES_FOLDER / "verdict.csv", VERDICT)
    in_brief_of = need["severity"].isna() & need["setting"].isna() & of_headline(need, settings)
    shown = need["year"].isin(NEED_YEARS) & ((need["scenario"] == CENTRAL) | in_brief_of)
    shown |= (need["scenario"] == CENTRAL) & (need["definition"] == LOCAL_COUNT)
    write_csv(need[shown], root / TABLES_FOLDER / "need.csv", NEED)
    numbers = ("target", *(f"{name}{end}" for name in ("required", "gap") for end in ("", "_lower", "_upper")))
    table = pd.DataFrame(headline).astype(
        {"target_year": "Int64", "stock_year": "Int64"} | dict.fromkeys((*numbers, "supply", "met_probability"), float)
    )
    write_csv(table, root / TABLES_FOLDER / "headline.csv", HEADLINE)


def in_brief(gap: pd.DataFrame, settings: Mapping[str, Settings]) -> pd.DataFrame:
    """Rows of the gap table that stand in the CSV, small enough to be opened; the Parquet files hold all.

    The central scenario has, by the yardstick of the headline and by need under the headline definition, what is
    required and the gap to the stock held in full, every measure of that gap, and the other paths. A norm beside a
    plan's target, other definitions, usable beds, full-time equivalents and other scenarios after the census have
    the requirement, the gap to the stock held, and the probability. Blank years before a stock are left out; what
    rests on no published stock is blank once. Lines that follow from the requirement and the supply do not repeat
    the figures these rest on. Beds and people are whole.
    """
    level, measure, path = gap["output_type_id"], gap["measure"], gap["supply_path"]
    central, middle, mean = gap["scenario"] == CENTRAL, level.isin(MIDDLE), gap["output_type"] == "mean"
    held = path.isna() | (path == "held")
    pair = measure.isin(["required", "gap"])
    likely = measure == "met_probability"
    usual = gap["bed_basis"].ne("usable") & gap["unit_basis"].ne("fte") & gap["severity"].isna()
    by_plan = gap.loc[gap["yardstick"] == "plan", ["region", "resource"]].drop_duplicates().assign(planned=True)
    planned = gap[["region", "resource"]].merge(by_plan, "left")["planned"].notna().to_numpy()
    beside = planned & gap["yardstick"].eq("norm").to_numpy()
    main = central & usual & of_headline(gap, settings) & ~beside
    in_full = held & (pair | (measure == "required_per_year"))
    several = measure.isin(["gap", "supply"]) | (held & measure.isin(["sufficiency", "empty"]))
    chosen = main & (in_full | likely | (several & middle) | ((measure == "shortfall") & mean))
    rest = held & (likely | (pair & middle))
    rest &= of_headline(gap, settings) | (measure != "gap") | (level == 0.5)
    rest &= central | (usual & of_headline(gap, settings) & (gap["year"] > CENSUS_YEAR) & ~beside)
    parts = central & gap["severity"].notna() & (level == 0.5)
    chosen |= (rest & gap["severity"].isna()) | parts
    nothing = main & held & gap["stock_year"].isna() & measure.isin(["supply", "gap", "sufficiency"])
    chosen &= gap["value"].notna() | measure.eq("required") | nothing
    brief = gap[chosen & moved(gap, settings)]
    counted = brief["unit"].isin(["beds", "persons", "full_time_equivalents"])
    return brief.assign(
        value=brief["value"].where(~counted, brief["value"].round()),
        figure_id=brief["figure_id"].where(brief["measure"].isin(["required", "supply"])),
    )


def of_headline(table: pd.DataFrame, settings: Mapping[str, Settings]) -> pd.Series:
    """Rows without a definition of disability, or of the one that stands for need in their scenario."""
    headline = table["scenario"].map({name: item.need.headline for name, item in settings.items()})
    return table["definition"].isna() | (table["definition"] == headline)


def moved(table: pd.DataFrame, settings: Mapping[str, Settings]) -> pd.Series:
    """Rows that a scenario can change: plans and norms stay what they are where need alone is another."""
    central = settings[CENTRAL]
    same = [
        name
        for name, item in settings.items()
        if name != CENTRAL
        and (item.projection, item.care, item.supply) == (central.projection, central.care, central.supply)
    ]
    return ~table["scenario"].isin(same) | (table["yardstick"] == "need")


def plan_years(plan: Plan, indicators: Mapping[str, Indicator]) -> set[int]:
    """Years of the gap table: those of the plan's targets on beds and staff, and the round ones."""
    return set(ROUND_YEARS) | {
        figure.year
        for figure in plan.figures
        if figure.kind == "target" and figure.year and indicators[figure.indicator].resource in RESOURCES
    }


if __name__ == "__main__":
    run(results)
