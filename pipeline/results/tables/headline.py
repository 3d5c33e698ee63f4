"""One row a plan and resource."""

from pipeline.results.tables.verdict_table import STANDING
from pipeline.schemas import Table

HEADLINE = Table(
    "headline",
    "One row a plan and resource: its last target by the main rule, or the national norm where it sets none; what it "
    "takes, what there is, and how it stands. A resource with neither has no row.",
    STANDING,
    ("plan", "resource"),
)
