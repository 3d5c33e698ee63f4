"""`plan-targets`: what the next plan of a region may aim at, as text and as a plan file that is measured like any."""

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pipeline.commands.scaffold import write_new
from pipeline.errors import Fault, InputError
from pipeline.inputs.catalogue import PLANS_FOLDER
from pipeline.model.measures import chosen
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


def proposal(rows: pd.DataFrame, region: str, settings: Settings, certainty: float) -> dict[str, Any]:
    """A plan that aims at enough for need with `certainty`. Raises InputError where nothing is known of it."""
    option = option_name(certainty)
    last, first = settings.next_plan.year, int(settings.as_of[:4]) + 1
    plan = f"{region}_{last}_proposal"
    wanted = rows[rows["option"] == option].merge(TARGETS, on=["resource", "measure"])
    if wanted.empty:
        raise InputError([Fault("plan-targets", region, f"no number for {option}", "a resource that need asks for")])
    note = f"PROPOSAL, worked out and issued by nobody: enough for need with a certainty of {certainty:g}."
    return {
        "id": plan,
        "title": {
            "zh": f"PROPOSAL {region} {first}–{last} 规划目标建议",
            "en": f"PROPOSAL of targets for {first}–{last}",
        },
        "document_number": None,
        "issuer": {"zh": "无(测算建议)", "en": "nobody (worked out)"},
        "date": None,
        "status": "draft",
        "region": region,
        "base_year": None,
        "horizon": {"start": first, "end": last},
        "source": f"{plan}_source",
        "notes": [note],
        "sources": {
            f"{plan}_source": {
                "producer": "this project",
                "title": {"zh": "测算建议", "en": "worked out from need"},
                "published": str(first - 1),
                "licence": "as the project",
                "citation": note,
                "table_or_section": "next_plan.csv",
                "notes": "No plan of an authority.",
            }
        },
        "figures": [
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
        ],
    }


def write_proposal(root: Path, rows: pd.DataFrame, region: str, year: int | None, certainty: float | None) -> list[str]:
    """Write what enough for need asks for, by default with the highest certainty of params.yaml, as a plan file.

    Nothing is overwritten: raises InputError where it is there already. Returns its name.
    """
    settings = chosen(load_settings(root), year, certainty)
    plan = proposal(rows, region, settings, certainty if certainty is not None else settings.next_plan.certainty[-1])
    file = f"{PLANS_FOLDER}/{plan['id']}.yaml"
    text = yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=120)
    return write_new(root, {file: f"# {plan['notes'][0]}\n{text}"})
