"""Stage `audit`: what in each plan does not add up, by arithmetic and against counts from outside."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.domain import Indicator, Plan, Region
from pipeline.inputs.known import load_planned
from pipeline.inputs.margins import margin_rows, margins_by_year
from pipeline.inputs.store import load_city, load_provinces_census, load_table
from pipeline.results.tables.audit import PLAN_AUDIT
from pipeline.results.write import write_csv
from pipeline.shortfall.audit.evidence import Figure, Quantity, census_references, references_of
from pipeline.shortfall.audit.plan import audit as audit_plan
from pipeline.shortfall.audit.plan import findings_table
from pipeline.stages.common import RESULTS_FOLDER, TABLES_FOLDER, run

CENSUS_PUBLISHED = {2000: 2001, 2010: 2011, 2020: 2021}
"""Year in which each census came out: what a plan could have known."""

PEOPLE = {"total": "total", "60+": "60plus", "65+": "65plus", "80+": "80plus"}


def audit(root: Path) -> None:
    """Read plans, censuses, registered counts and our projection, audit every plan, write the findings."""
    catalogue = load_planned(root)
    figures = load_table(root, "care_figures")
    projected = projected_references(pd.read_parquet(root / RESULTS_FOLDER / "central" / "population.parquet"))
    registered = registered_references(figures)
    quantities = {name: quantity(name, item) for name, item in catalogue.indicators.items()}
    findings = {}
    for plan in catalogue.plans.values():
        census = census_rows(root, catalogue.regions[plan.region])
        references = pd.concat([census_references(plan.region, census, CENSUS_PUBLISHED), registered, projected])
        findings[plan.id] = audit_plan(stated(plan), quantities, references_of(references, plan.region))
    write_csv(findings_table(findings), root / TABLES_FOLDER / "plan_audit.csv", PLAN_AUDIT)


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
    names = {f"population_{name}" for name in PEOPLE.values()} | {"share_60plus"}
    rows = figures[(figures["basis"] == "hukou") & figures["indicator"].isin(names)]
    return rows[["region", "basis", "year", "indicator", "value"]].assign(
        low=rows["value"], high=rows["value"], origin="published", known_from_year=rows["year"] + 1
    )


def projected_references(population: pd.DataFrame) -> pd.DataFrame:
    """Our own projection with its 95 % interval, as reference rows; none where the run has no spread."""
    rows = population[(population["sex"] == "both") & population["age_group"].isin(list(PEOPLE))]
    rows = rows[rows["date"].str.endswith("-12-31") & (rows["output_type"] == "quantile")]
    wide = rows.pivot(index=["region", "year", "age_group"], columns="output_type_id", values="value")
    wide = wide[wide[0.975] > wide[0.025]].reset_index()
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
            "known_from_year": wide["year"],
        }
    )


def stated(plan: Plan) -> list[Figure]:
    """The plan's figures that have a value, as the audit takes them."""
    return [
        Figure(
            id=figure.id,
            indicator=figure.indicator,
            kind=figure.kind,
            year=figure.year,
            value=figure.value,
            unit=figure.unit,
            comparator=figure.comparator,
            basis=figure.basis,
            upper=figure.upper,
            section=figure.section,
        )
        for figure in plan.figures
        if figure.value is not None
    ]


def quantity(name: str, item: Indicator) -> Quantity:
    """An indicator as the audit takes it."""
    return Quantity(
        id=name,
        unit=item.unit,
        zh=item.name.zh,
        en=item.name.en,
        numerator=item.numerator,
        denominator=item.denominator,
        scale=item.scale,
        serves=item.serves,
        subset_of=item.subset_of,
        part_of=item.part_of,
        disjoint_from=item.disjoint_from,
        gap_of=item.gap_of,
        increase_of=item.increase_of,
        period=item.period,
    )


if __name__ == "__main__":
    run(audit)
