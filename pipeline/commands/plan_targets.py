"""`plan-targets`: what the next plan of a region may aim at, as text and as a plan file that is measured like any."""

from pathlib import Path

import pandas as pd
import yaml

from pipeline.commands.scaffold import fill_in, write_new
from pipeline.errors import Fault, InputError
from pipeline.inputs.catalogue import PLANS_FOLDER
from pipeline.model.plans import next_plan_chosen
from pipeline.settings import Settings, load_settings
from pipeline.shortfall.next_plan import option_name

MEASURES = {
    "number": "number",
    "per_1000": "per 1,000",
    "share": "share %",
    "additions_per_year": "add a year",
    "record_per_year": "record",
    "chance_enough": "enough",
}
"""Measures printed side by side, and their headings."""

TARGETS = pd.DataFrame(
    [
        ("beds", "number", "institution_beds", "beds"),
        ("nursing_beds", "share", "nursing_bed_share", "percent"),
        ("dementia_beds", "number", "dementia_beds", "beds"),
        ("caregivers", "number", "caregivers", "persons"),
        ("social_workers", "number", "social_workers", "persons"),
    ],
    columns=["resource", "measure", "indicator", "stated_in"],
)
"""Resources of the next plan, the measure that is its target, and the indicator and unit that a plan states it in."""


def as_text(rows: pd.DataFrame) -> str:
    """The table as aligned text: a block a year, a row an option and resource, a column a measure; costs below."""
    parts = []
    for year, of_year in rows.groupby("year"):
        numbers = of_year[of_year["measure"].isin(MEASURES)]
        wide = numbers.pivot_table(
            index=["resource", "option"], columns="measure", values="shown", aggfunc="first", sort=False
        )
        wide = wide.reindex(columns=[name for name in MEASURES if name in wide]).rename(columns=MEASURES)
        text = wide.map(lambda value: "" if pd.isna(value) else f"{value:,.2f}".rstrip("0").rstrip("."))
        parts += [str(year), text.to_string(), ""]
    money = rows[rows["unit"].astype(str).str.startswith("million") & (rows["q90"] > 0)]
    parts += [
        f"{line.option}: {line.measure} {line.q10:,.0f} to {line.q90:,.0f} {line.unit}, grade {line.grade}"
        for line in money.itertuples()
    ]
    without = rows.loc[rows["measure"] == "no_national_goal", "resource"]
    if len(without):
        parts.append(f"national_goal: no goal of that year for {', '.join(without)}; the latest outcome stands in")
    return "\n".join(parts)


def proposal(rows: pd.DataFrame, region: str, settings: Settings, certainty: float) -> tuple[str, str]:
    """Id and text of a plan that aims at enough for need with `certainty`. InputError where nothing is known of it."""
    option, last, today = option_name(certainty), settings.next_plan.year, int(settings.as_of[:4])
    plan = f"{region}_{last}_proposal"
    wanted = rows[rows["option"] == option].merge(TARGETS, on=["resource", "measure"])
    if wanted.empty:
        raise InputError([Fault("plan-targets", region, f"no number for {option}", "a resource that need asks for")])
    figures = [
        {
            "id": f"{plan}.{row['indicator']}.target.{row['year']}",
            "indicator": row["indicator"],
            "kind": "target",
            "year": row["year"],
            "value": row["shown"] if row["stated_in"] == "percent" else int(row["shown"]),
            "unit": row["stated_in"],
            "comparator": ">=",
            "basis": "not_applicable",
            "section": "PROPOSAL",
            "note": "worked out from need; certified by no authority",
        }
        for row in wanted.sort_values(["resource", "year"], kind="stable").to_dict("records")
    ]
    note = f"PROPOSAL, worked out and issued by nobody: enough for need with a certainty of {certainty:g}."
    years = {"first": str(today + 1), "last": str(last), "today": str(today)}
    text = fill_in("proposal", id=plan, region=region, note=note, **years)
    return plan, text + yaml.safe_dump({"figures": figures}, sort_keys=False)


def write_proposal(root: Path, rows: pd.DataFrame, region: str, year: int | None, certainty: float | None) -> list[str]:
    """Write what enough for need asks for, by default with the highest certainty of params.yaml, as a plan file.

    Nothing is overwritten: raises InputError where it is there already. Returns its name.
    """
    settings = next_plan_chosen(load_settings(root), year, certainty)
    highest = settings.next_plan.certainty[-1]
    plan, text = proposal(rows, region, settings, highest if certainty is None else certainty)
    return write_new(root, {f"{PLANS_FOLDER}/{plan}.yaml": text})
