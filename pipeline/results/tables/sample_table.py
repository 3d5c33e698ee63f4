"""A stratified sample of the draws: what the explorer works with in the page, and the API beside it."""

from pipeline.results.tables.shared_columns import SCENARIO, YEAR_END_OR_CENSUS
from pipeline.schemas import IDENTIFIER, Table, integer, number, text

SERIES = (
    *("people", "existing", "grade", "kept", "record", "plan", "status_quo", "norm"),
    *("price", "bed_use", "factor", "share", "users_per_carer"),
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
            "a quantity for existing, kept (share still there a year later), record, grade of what exists (1 for A "
            "to 3 for C), plan, status_quo and norm (per person aged 60+); an indicator, a severity or dementia for "
            "people; a kind of cost for price (yuan a unit); setting.severity for share and users_per_carer; what is "
            "drawn for bed_use and factor",
            pattern=r"[a-z][a-z0-9_]*(\.[a-z]+)?",
        ),
        integer("draw", "number of the draw among all draws", low=0),
        YEAR_END_OR_CENSUS,
        number("value", "the value", "see item", decimals=6),
    ),
    ("scenario", "region", "series", "item", "draw", "year"),
)
