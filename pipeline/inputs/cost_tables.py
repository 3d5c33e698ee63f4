"""The raw tables of money: what beds and staff cost, and the consumer prices that bring years together."""

from pipeline.schemas import IDENTIFIER, NOTE, SOURCE, RowRule, Table, integer, number, text, unit_of
from pipeline.vocabulary import CONFIDENCES

UNITS = {
    "capital_investment": "yuan_per_bed",
    "capital_subsidy": "yuan_per_bed",
    "running_subsidy": "yuan_per_bed_month",
    "pay": "yuan_per_month",
}
"""What costs are known of, and the unit of each."""

UNIT_COSTS = Table(
    "unit_costs",
    "Published subsidies, project costs and pay, in yuan of their own year. A subsidy is part of an investment.",
    (
        text("place", "place the figure is of", pattern=IDENTIFIER),
        text("region", "region id of the place, or of the province it lies in", pattern=IDENTIFIER),
        text("kind", "what the value is", tuple(UNITS)),
        text("variant", "which of several figures of one place", pattern=IDENTIFIER),
        number("value", "yuan", "see unit", low=0),
        text("unit", "unit of the value", tuple(dict.fromkeys(UNITS.values()))),
        integer("year", "year whose prices the value is in", low=2010, high=2060),
        text("confidence", "how far to trust it", CONFIDENCES),
        SOURCE,
        NOTE,
    ),
    ("place", "kind", "variant", "year"),
    rules=(RowRule("value", "a number above 0", "value > 0"), unit_of("kind", UNITS)),
)

CONSUMER_PRICES = Table(
    "consumer_prices",
    "Consumer prices of the nation, change on the year before.",
    (
        integer("year", "calendar year", low=2000, high=2060),
        number("change", "change of the yearly mean", "percent", low=-20, high=50),
        text("unit", "unit of the change", ("percent_on_year_before",)),
        SOURCE,
    ),
    ("year",),
)
