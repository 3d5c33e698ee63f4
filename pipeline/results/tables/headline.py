"""One row a plan and resource."""

from __future__ import annotations

from pipeline.results.tables.fields import DATE, FIGURE_IDS, PLAN, REGION, RESOURCE, YARDSTICKS
from pipeline.schemas import IDENTIFIER, Table, integer, number, text

STATUSES = ("met", "missed", "on_course", "unknown")

HEADLINE = Table(
    "headline",
    "One row a plan and resource: what was aimed at, what it takes, what there is, and how it stands.",
    (
        PLAN,
        REGION,
        RESOURCE,
        text("yardstick", "the plan's own target, or the norm where it sets none", YARDSTICKS),
        text("figure_id", "figures or norms the target rests on, by semicolon", pattern=FIGURE_IDS),
        number("target", "target as stated", "see target_unit", nullable=True),
        text("target_unit", "unit of the target", nullable=True, pattern=IDENTIFIER),
        integer("target_year", "year of the target", nullable=True),
        number("required", "units required in the target year", "see unit", nullable=True, decimals=1),
        number("required_lower", "lower end of the 80 % interval", "see unit", nullable=True, decimals=1),
        number("required_upper", "upper end of the 80 % interval", "see unit", nullable=True, decimals=1),
        number("supply", "units available; blank where no stock is known", "see unit", nullable=True, decimals=1),
        integer("stock_year", "year of the last known stock", nullable=True),
        number("gap", "required less supply", "see unit", nullable=True, decimals=1),
        number("gap_lower", "lower end of the 80 % interval", "see unit", nullable=True, decimals=1),
        number("gap_upper", "upper end of the 80 % interval", "see unit", nullable=True, decimals=1),
        text("unit", "unit of required, supply and gap", pattern=IDENTIFIER),
        number(
            "met_probability",
            "probability that the stock, held, meets the target in its year; blank where no stock is known",
            "probability",
            low=0,
            high=1,
            nullable=True,
            decimals=3,
        ),
        text("status", "how the target stands as of the data date", STATUSES),
        text("as_of", "the data date", pattern=DATE),
        text("assumed", "codes of what is assumed, by semicolon; blank where nothing is", nullable=True),
        text("note_zh", "why the status is unknown, in Chinese", nullable=True),
        text("note_en", "why the status is unknown, in English", nullable=True),
    ),
    ("plan", "resource"),
)
