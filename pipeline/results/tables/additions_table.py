"""What to add from now on."""

from pipeline.results.tables.shared_columns import COUNTED_BY, YARDSTICK
from pipeline.schemas import IDENTIFIER, REGION, Table, number, text
from pipeline.vocabulary import ADDITION_PARTS, GRADES

GRADE = text("grade", "what the stock it rests on is worth (A to C)", GRADES, nullable=True)
PERIOD = text("period", "years, ends included", pattern=r"[0-9]{4}-[0-9]{4}")

ADDITIONS = Table(
    "additions",
    "Units to add from the day after as_of on: three parts that sum, and the record beside. What is shown is worked "
    "out "
    "from shown numbers; the shown total is the sum of the shown parts, or 0 where a surplus is left. Empty and "
    "convertible beds stand beside and are never subtracted. Central scenario.",
    (
        REGION,
        text("resource", "what is counted", pattern=IDENTIFIER),
        COUNTED_BY,
        YARDSTICK,
        PERIOD,
        text(
            "part",
            "shortfall when the period begins (a surplus is negative); ageing, what is required more at its end; "
            "closures, what closes or leaves in it; total; record, units added a year in the past; empty, beds that "
            "stand "
            "empty and could be filled up to the occupancy aimed at; convertible, ordinary beds that could become "
            "nursing "
            "beds",
            (*ADDITION_PARTS, "total", "record", "empty", "convertible"),
        ),
        number("shown", "what is shown", "see unit", nullable=True, decimals=0),
        number("q10", "0.1 quantile of the draws", "see unit", nullable=True, decimals=1),
        number("q90", "0.9 quantile of the draws", "see unit", nullable=True, decimals=1),
        text("unit", "unit", ("beds_per_year", "persons_per_year", "beds")),
        GRADE,
    ),
    ("region", "resource", "quantity", "yardstick", "period", "part"),
)
