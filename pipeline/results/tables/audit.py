"""What in a plan does not add up."""

from __future__ import annotations

from pipeline.results.tables.fields import FIGURE_IDS, PLAN
from pipeline.schemas import IDENTIFIER, Table, number, text

SEVERITIES = ("contradiction", "basis", "rounding", "consistent")

PLAN_AUDIT = Table(
    "plan_audit",
    "What follows from one figure of a plan against what another states, or against counts from outside.",
    (
        PLAN,
        text("check", "rule that compared them", pattern=IDENTIFIER),
        text("figure_ids", "figures compared, by semicolon", pattern=FIGURE_IDS),
        number("stated", "the stated value", "see figure"),
        number("expected", "what follows from the others", "see figure"),
        number("difference", "stated ÷ expected − 1; blank between dates", "ratio", nullable=True),
        text("severity", "how far both are apart", SEVERITIES),
        text("explanation_zh", "the recomputation in Chinese"),
        text("explanation_en", "the recomputation in English"),
    ),
    ("plan", "severity", "check", "figure_ids", "expected"),
)
