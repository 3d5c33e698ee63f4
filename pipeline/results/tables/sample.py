"""A stratified sample of the draws: what the explorer works with in the page, and the API beside it."""

from __future__ import annotations

from pipeline.results.tables.fields import SCENARIO, YEAR_END_OR_CENSUS
from pipeline.schemas import IDENTIFIER, Table, integer, number, text

SERIES = (
    "people",
    "existing",
    "grade",
    "kept",
    "record",
    "plan",
    "status_quo",
    "norm",
    "price",
    "bed_use",
    "factor",
    "share",
    "users_per_carer",
)

SAMPLE = Table(
    "sample",
    "A stratified sample of the draws, to four digits, with all that need, gaps and costs are worked out from. A line "
    "that is the same in every draw stands in one draw, one that is the same in every year in the first year.",
    (
        SCENARIO,
        text("region", "region id; all where it is the same in every region", pattern=IDENTIFIER),
        text("series", "what kind of line it is", SERIES),
        text(
            "item",
            "quantity (existing, grade of it: 1 for A to 3 for C, kept, record, plan, status_quo, norm per person aged 60+), people (population_60plus, "
            "population_80plus, mild, moderate, severe, dementia), kind of cost (price, yuan for a unit), share of "
            "beds or residents (bed_use), what is multiplied (factor), setting.severity (share, users_per_carer)",
        ),
        integer("draw", "number of the draw among all draws", low=0),
        YEAR_END_OR_CENSUS,
        number("value", "the value", "see item", decimals=6),
    ),
    ("scenario", "region", "series", "item", "draw", "year"),
)
