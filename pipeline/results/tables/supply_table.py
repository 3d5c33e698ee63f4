"""What was observed of supply, and the national measures beside it."""

from pipeline.results.tables.shared_columns import FIGURE_ID, YEAR
from pipeline.schemas import COMPARATOR, IDENTIFIER, OBSERVED_DATE, REGION, UNIT_OF_INDICATOR, Table, number, text
from pipeline.vocabulary import BASES, CONFIDENCES

SUPPLY = Table(
    "supply",
    "Every dated observation of beds and staff in the regions with a plan, their parts, their provinces and the "
    "nation: a stock, or a ratio or share of one.",
    (
        REGION,
        text(
            "part", "code of the prefecture it is of; blank for the region itself", nullable=True, pattern=r"[0-9]{6}"
        ),
        text("quantity", "what is counted: indicator id in data/indicators.yaml", pattern=IDENTIFIER),
        text("date", "a day, the end of a month, or the end of a year", pattern=OBSERVED_DATE),
        number("value", "as published", "see unit", low=0, trimmed=True),
        UNIT_OF_INDICATOR,
        COMPARATOR,
        text("basis", "population basis of a ratio, as stated or inferred", BASES),
        text("grade", "what it is worth today: A of this year, B at most five years old, C older", ("A", "B", "C")),
        text("confidence", "published, derived from published ones, or weak", CONFIDENCES),
        text("definition", "blank where it is the indicator's own; else kept apart", nullable=True, pattern=IDENTIFIER),
        text(
            "origin", "the plan's figure that states it, or supply for the shared table", pattern=f"supply|{FIGURE_ID}"
        ),
        text("source", "source id", pattern=IDENTIFIER),
    ),
    ("region", "part", "quantity", "date", "definition", "origin"),
)

NORMS = Table(
    "norms",
    "The nation's latest outcome of each quantity, the one norm for every region, and the goals of its plans.",
    (
        text("quantity", "what is counted: indicator id in data/indicators.yaml", pattern=IDENTIFIER),
        text("kind", "outcome or goal", ("outcome", "goal")),
        YEAR,
        number("value", "the measure; outcomes of stocks per 1,000 residents aged 60+", "see unit", trimmed=True),
        text("unit", "per_1000, or the unit of the goal's indicator", pattern=IDENTIFIER),
        text("source", "source id", pattern=IDENTIFIER),
    ),
    ("quantity", "kind", "year"),
)
