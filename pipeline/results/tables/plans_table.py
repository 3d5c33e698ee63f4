"""What the plans state."""

from __future__ import annotations

from pipeline.results.tables.shared_columns import FIGURE_ID, PLAN, REGION
from pipeline.schemas import IDENTIFIER, Table, integer, number, text
from pipeline.vocabulary import BASES, COMPARATORS, FIGURE_KINDS

PLAN_FIGURES = Table(
    "plan_figures",
    "Every quantified figure of the plans. A blank value is one the plan leaves blank.",
    (
        PLAN,
        REGION,
        text("figure_id", "id of the figure in data/plans", pattern=FIGURE_ID),
        text("indicator", "indicator id in data/indicators.yaml", pattern=IDENTIFIER),
        text("kind", "baseline, target, projection or norm", FIGURE_KINDS),
        integer("year", "year the value refers to; blank for a norm without a year", nullable=True),
        number("value", "the stated value", "see unit", nullable=True),
        text("unit", "unit of the indicator", pattern=IDENTIFIER),
        text("comparator", "how the value is meant", COMPARATORS),
        text("basis", "population basis as stated", BASES),
        text("section", "section of the plan"),
        text("note", "how the figure was read", nullable=True),
    ),
    ("figure_id",),
)
