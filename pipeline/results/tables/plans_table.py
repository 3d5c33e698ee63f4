"""What the plans state."""

from pipeline.results.tables.shared_columns import FIGURE_ID, PLAN
from pipeline.schemas import COMPARATOR, INDICATOR, REGION, UNIT_OF_INDICATOR, Table, integer, number, text
from pipeline.vocabulary import BASES, FIGURE_KINDS

PLAN_FIGURES = Table(
    "plan_figures",
    "Every quantified figure of the plans. A blank value is one the plan leaves blank.",
    (
        PLAN,
        REGION,
        text("figure_id", "id of the figure in data/plans", pattern=FIGURE_ID),
        INDICATOR,
        text("kind", "baseline, target, projection or norm", FIGURE_KINDS),
        integer("year", "year the value refers to; blank for a norm without a year", nullable=True),
        number("value", "the stated value", "see unit", nullable=True),
        UNIT_OF_INDICATOR,
        COMPARATOR,
        text("basis", "population basis as stated", BASES),
        text("section", "section of the plan"),
        text("note", "how the figure was read", nullable=True),
    ),
    ("figure_id",),
)
