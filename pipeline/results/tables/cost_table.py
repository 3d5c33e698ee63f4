"""What additions cost."""

from pipeline.results.tables.additions_table import PERIOD
from pipeline.results.tables.shared_columns import COUNTED_BY, YARDSTICK
from pipeline.schemas import IDENTIFIER, REGION, Table, boolean, integer, number, text
from pipeline.vocabulary import COST_KINDS

COST = Table(
    "cost",
    "What additions cost, as intervals of published subsidies, project costs and pay in the prices of one year. A "
    "subsidy is part of the whole investment: the two are never added. Land, and the beds and staff that are there "
    "already, are left out. Central scenario.",
    (
        REGION,
        text("resource", "what is added", pattern=IDENTIFIER),
        COUNTED_BY,
        YARDSTICK,
        PERIOD,
        text(
            "kind",
            "public subsidy for building the beds added in the period; the whole investment in them; the yearly "
            "subsidy "
            "for running them, and the yearly pay of the caregivers added, at the period's end",
            COST_KINDS,
        ),
        number("q10", "0.1 quantile of the draws", "see unit", low=0, decimals=2),
        number("shown", "the shown units at the middle of the unit cost", "see unit", low=0, decimals=2),
        number("q90", "0.9 quantile of the draws", "see unit", low=0, decimals=2),
        text("unit", "unit", ("million_yuan", "million_yuan_per_year")),
        integer("price_year", "year of the prices", low=2010, high=2060),
        text("grade", "B where prices are the region's own, C where they come from elsewhere", ("B", "C")),
        boolean("own", "true where prices are the region's own"),
        text("sources", "sources of the prices, by semicolon"),
    ),
    ("region", "resource", "quantity", "yardstick", "period", "kind"),
)
