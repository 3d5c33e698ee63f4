"""The section on the models beside the censuses they were fitted to: what was checked, and where the pictures are."""

from __future__ import annotations

from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, Paragraph, Span, line

PICTURES = (
    "provinces_by_area",
    "provinces",
    "provinces_by_age",
    "provinces_left_out",
    "cities",
    "provinces_prior",
    "prior_posterior",
    "sampling",
)
"""Pictures of the stage `check_models`, the most telling first."""


def checks(context: Context) -> list[Block]:
    """What replicates of the censuses show, leave-one-out, and links to the pictures."""
    words, found = context.words, context.shared.tables["loo"]
    total, areas = found[found["area"] == "all"].iloc[0], found[found["area"] != "all"]
    doubtful = [context.name(str(area)) for area in areas.loc[~areas["reliable"].astype(bool), "area"]]
    said = words(
        "checks.loo",
        elpd=words.number(float(total["elpd"])),
        se=words.number(float(total["se"])),
        parameters=words.number(float(total["p_loo"])),
        reliable=str(len(areas) - len(doubtful)),
        areas=str(len(areas)),
    )
    exceptions = [words("checks.doubtful", names=words.listed(doubtful))] if doubtful else []
    links = [line(Span(words(f"checks.{name}"), to=f"../checks/{name}.png")) for name in PICTURES]
    return [
        Paragraph(line(words("checks.intro"))),
        Bullets(links),
        Paragraph(line(words("checks.cities_mean"))),
        Paragraph(line(said, *exceptions)),
    ]
