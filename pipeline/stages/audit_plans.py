"""Stage `audit_plans`: what in each plan does not add up, by arithmetic and against counts from outside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.domain import Indicator, Plan, Region
from pipeline.inputs.known import load_planned
from pipeline.inputs.margins import margin_rows, margins_by_year
from pipeline.inputs.store import load_city, load_provinces_census, load_table
from pipeline.model.files import TABLES_FOLDER
from pipeline.report.audit_words import findings_table
from pipeline.results.tables.audit import PLAN_AUDIT
from pipeline.results.write import write_csv
from pipeline.shortfall.audit.counts import AGES, References, census_references
from pipeline.shortfall.audit.figures import Figure, Finding
from pipeline.shortfall.audit.rules import audit as audit_plan
from pipeline.stages.common import run

PEOPLE = {"total": "total", "60+": "60plus", "65+": "65plus", "80+": "80plus"}
DIGITS = 3
"""Significant digits of our own interval that an audit rests on: more would change with the sample of draws."""


def audit(root: Path) -> None:
    """Read plans, censuses, registered counts and our published projection, audit every plan, write the findings."""
    catalogue = load_planned(root)
    published = pd.read_csv(root / TABLES_FOLDER / "population.csv")
    outside = [registered_references(load_table(root, "care_figures")), projected_references(published)]
    findings: list[Finding] = []
    for plan in catalogue.plans.values():
        census = census_rows(root, catalogue.regions[plan.region])
        references = pd.concat([census_references(plan.region, census), *outside])
        findings += audited(plan, catalogue.indicators, references)
    names = {name: item.name for name, item in catalogue.indicators.items()}
    write_csv(findings_table(findings, names), root / TABLES_FOLDER / "plan_audit.csv", PLAN_AUDIT)


def audited(plan: Plan, indicators: Mapping[str, Indicator], references: pd.DataFrame) -> list[Finding]:
    """The findings on one plan, given reference rows of its region among others."""
    stated = [Figure.of(figure) for figure in plan.figures if figure.value is not None]
    return audit_plan(stated, indicators, References.of_region(references, plan.region), plan.horizon.start)


def census_rows(root: Path, region: Region) -> pd.DataFrame:
    """The region's censuses with the lower end of each age group, or of each band where no more was published."""
    if region.level != "city":
        every = load_provinces_census(root)
        census = every[every["region"] == region.id]
    else:
        city = load_city(root, region.id)
        census = city.rows
        if city.form == "margins":
            census = margin_rows({(region.id, year): said for year, said in margins_by_year(city.rows).items()})
    return census.assign(age=census["age"].str.extract(r"^(\d+)", expand=False).astype(int))


def registered_references(figures: pd.DataFrame) -> pd.DataFrame:
    """Published counts and shares of registered people, as reference rows."""
    names = {f"population_{name}" for name in AGES} | {"share_60plus"}
    rows = figures[(figures["basis"] == "hukou") & figures["indicator"].isin(names)]
    return rows[["region", "basis", "year", "indicator", "value"]].assign(
        low=rows["value"], high=rows["value"], origin="published"
    )


def projected_references(population: pd.DataFrame) -> pd.DataFrame:
    """The 95 % intervals of `population.csv`, rounded, as reference rows; none where the run has no spread."""
    rows = population[(population["scenario"] == "central") & (population["sex"] == "both")]
    rows = rows[rows["age_group"].isin(list(PEOPLE)) & rows["date"].str.endswith("-12-31")]
    rows = rows[rows["output_type"] == "quantile"]
    wide = rows.pivot(index=["region", "year", "age_group"], columns="output_type_id", values="value")
    wide = (
        wide[(wide[0.975] > wide[0.025]) & (wide[0.025] > 0)]
        .map(lambda value: float(f"{value:.{DIGITS}g}"))
        .reset_index()
    )
    return pd.DataFrame(
        {
            "region": wide["region"],
            "basis": "resident",
            "year": wide["year"],
            "indicator": "population_" + wide["age_group"].map(PEOPLE),
            "value": wide[0.5],
            "low": wide[0.025],
            "high": wide[0.975],
            "origin": "projection",
        }
    )


if __name__ == "__main__":
    run(audit)
