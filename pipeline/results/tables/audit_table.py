"""What in a plan does not add up."""

from pipeline.results.tables.shared_columns import FIGURE_IDS, PLAN
from pipeline.schemas import IDENTIFIER, Table, integer, number, text
from pipeline.vocabulary import AUDIT_SEVERITIES, BASES

PLAN_AUDIT = Table(
    "plan_audit",
    "What follows from one figure of a plan against what another states, or against counts from outside.",
    (
        PLAN,
        text("check", "rule that compared them", pattern=IDENTIFIER),
        text("figure_ids", "figures compared, by semicolon", pattern=FIGURE_IDS),
        integer("count", "comparisons the row stands for: those that merely hold are one row a rule", low=1),
        number("stated", "the stated value; blank where the row stands for several", "see figure", nullable=True),
        number("expected", "what follows from the others; blank likewise", "see figure", nullable=True),
        number("difference", "stated ÷ expected − 1; blank between dates and against a bound", "ratio", nullable=True),
        text("basis", "population on which they were compared; blank where none was", BASES, nullable=True),
        text("severity", "how far both are apart; borderline: another sample of draws may decide", AUDIT_SEVERITIES),
        text("explanation_zh", "the recomputation in Chinese"),
        text("explanation_en", "the recomputation in English"),
    ),
    ("plan", "severity", "check", "figure_ids"),
)
