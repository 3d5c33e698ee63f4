"""`plan-targets`: what the next plan of a region may aim at, as text and as a plan file that is measured like any."""

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipeline.errors import Fault, InputError
from pipeline.results.write import write_text
from pipeline.settings import Settings
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

TARGETS = {
    "beds": ("institution_beds", "beds"),
    "nursing_beds": ("nursing_bed_share", "percent"),
    "dementia_beds": ("dementia_beds", "beds"),
    "caregivers": ("caregivers", "persons"),
    "social_workers": ("social_workers", "persons"),
}
"""Resources of the next plan, and the indicator and unit that a plan file states them in."""


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
    for line in money.itertuples():
        parts.append(
            f"{line.option}: {line.measure} {line.q10:,.0f} to {line.q90:,.0f} {line.unit}, grade {line.grade}"
        )
    without = rows.loc[rows["measure"] == "no_national_goal", "resource"]
    if len(without):
        parts.append(f"national_goal: no goal of that year for {', '.join(without)}; the latest outcome stands in")
    return "\n".join(parts)


def proposal(rows: pd.DataFrame, region: str, settings: Settings, certainty: float) -> str:
    """A plan file that aims at enough for need with `certainty`; Raises InputError where nothing is known of it."""
    option = option_name(certainty)
    wanted = rows[(rows["option"] == option) & rows["measure"].isin(("number", "share"))]
    last, first = settings.next_plan.year, int(settings.as_of[:4]) + 1
    plan = f"{region}_{last}_proposal"
    figures = list(_figures(wanted, plan))
    if not figures:
        raise InputError([Fault("plan-targets", region, f"no number for {option}", "a resource that need asks for")])
    note = f"PROPOSAL, worked out and issued by nobody: enough for need with a certainty of {certainty:g}."
    head = {
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
    }
    text = [f"# {note}", *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items())]
    text.append("figures:")
    for figure in figures:
        lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in figure.items()]
        text += [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]
    return "\n".join(text) + "\n"


def write_proposal(root: Path, text: str, plan: str) -> str:
    """Write the plan file; nothing is overwritten. Returns its name; raises InputError where it is there already."""
    file = Path("data/plans") / f"{plan}.yaml"
    if (root / file).exists():
        raise InputError([Fault(str(file), "", "a file of this name", "none: take it away, or keep it")])
    write_text(text, root / file)
    return str(file)


def _figures(wanted: pd.DataFrame, plan: str) -> Iterable[dict[str, object]]:
    for row in wanted.sort_values(["resource", "year"], kind="stable").itertuples():
        indicator, unit = TARGETS.get(str(row.resource), (None, None))
        as_share = unit == "percent"
        if indicator is None or (row.measure == "share") != as_share:
            continue
        yield {
            "id": f"{plan}.{indicator}.target.{row.year}",
            "indicator": indicator,
            "kind": "target",
            "year": int(str(row.year)),
            "value": float(str(row.shown)) if as_share else int(float(str(row.shown))),
            "unit": unit,
            "comparator": ">=",
            "basis": "not_applicable",
            "section": "PROPOSAL",
            "note": "worked out from need; certified by no authority",
        }
