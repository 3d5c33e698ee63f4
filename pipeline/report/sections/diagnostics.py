"""Annex: whether the samplers converged, and the models beside the censuses they were fitted to."""

from collections.abc import Sequence

from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, TextSpan, line

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
"""Pictures of the stage that checks the models, the most telling first."""


def diagnostics(context: Context) -> Sequence[Block]:
    """Whether the samplers converged."""
    words, column, found = context.words, context.column, context.shared.tables["diagnostics"]
    return [
        context.text("diagnostics.passed" if found["passed"].all() else "diagnostics.failed"),
        context.table(
            words("diagnostics.table"),
            found,
            column("head.fit", lambda row: words.code("fit", row["model"])),
            column("head.quantity", lambda row: words.code("quantity", row["quantity"]), 18),
            column("head.value", lambda row: float(row["value"]), decimals=3),
            column("head.limit", lambda row: float(row["limit"]), decimals=3),
            column("head.passed", lambda row: words("passed.yes" if row["passed"] else "passed.no")),
        ),
    ]


def checks(context: Context) -> Sequence[Block]:
    """What replicates of the censuses show, leave-one-out, and links to the pictures."""
    words, found = context.words, context.shared.tables["loo"]
    total, areas = found[found["area"] == "all"].iloc[0], found[found["area"] != "all"]
    doubtful = [context.name(area) for area in areas.loc[~areas["reliable"].astype(bool), "area"]]
    sentence = words(
        "checks.loo",
        elpd=words.exact(float(total["elpd"])),
        se=words.exact(float(total["se"])),
        parameters=words.exact(float(total["p_loo"])),
        reliable=len(areas) - len(doubtful),
        areas=len(areas),
    )
    exceptions = words("checks.doubtful", names=words.listed(doubtful)) if doubtful else ""
    return [
        context.text("checks.intro"),
        Bullets([line(TextSpan(words(f"checks.{name}"), to=f"../checks/{name}.png")) for name in PICTURES]),
        context.text("checks.cities_mean"),
        context.text("plain", text=sentence + exceptions),
    ]
