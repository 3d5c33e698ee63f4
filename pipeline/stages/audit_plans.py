"""Stage `audit_plans`: what in each plan does not add up, by arithmetic and against counts from outside."""

from pathlib import Path

import pandas as pd

from pipeline.domain import Region
from pipeline.inputs.bulletins import margin_rows
from pipeline.inputs.store import load_city, load_planned, load_provinces_census, load_table
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.report.audit_words import findings_table
from pipeline.shortfall.audit.audit_case import census_references, projected_references, registered_references
from pipeline.shortfall.audit.figures import Finding
from pipeline.shortfall.audit.rules import audited
from pipeline.stages.common import publish, run


def audit_plans(root: Path) -> None:
    catalogue = load_planned(root)
    published = pd.read_csv(root / TABLES_FOLDER / "population.csv")
    outside = [registered_references(load_table(root, "care_figures")), projected_references(published)]
    findings: list[Finding] = []
    for plan in catalogue.plans.values():
        census = census_rows(root, catalogue.regions[plan.region])
        references = pd.concat([census_references(plan.region, census), *outside])
        findings += audited(plan, catalogue.indicators, references)
    names = {name: item.name for name, item in catalogue.indicators.items()}
    publish(root, findings_table(findings, names), "plan_audit")


def census_rows(root: Path, region: Region) -> pd.DataFrame:
    """The region's censuses with the lower end of each age group, or of each band where no more was published."""
    if region.level != "city":
        every = load_provinces_census(root)
        census = every[every["region"] == region.id]
    else:
        census = load_city(root, region.id)
        if census["form"].iloc[0] == "margins":
            census = margin_rows(region.id, census)
    return census.assign(age=census["age"].str.extract(r"^(\d+)", expand=False).astype(int))


if __name__ == "__main__":
    run(audit_plans)
