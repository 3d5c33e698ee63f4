"""What is required, what there is, and the gap."""

from __future__ import annotations

from pipeline.inputs.declarations import BASES
from pipeline.results.tables.fields import (
    DEFINITION,
    FIGURE_IDS,
    OUTPUT_TYPE,
    OUTPUT_TYPE_ID,
    REGION,
    RESOURCE,
    SCENARIO,
    SEVERITY,
    SUPPLY_PATHS,
    UNIT,
    YARDSTICK,
    YEAR,
)
from pipeline.schemas import Table, boolean, integer, number, text

MEASURES = (
    "required",
    "supply",
    "gap",
    "shortfall",
    "sufficiency",
    "met_probability",
    "required_per_year",
    "empty",
)

SETTINGS = ("institution", "community", "home")

GAP = Table(
    "gap",
    "Required and available beds and staff, and the gap between them (required less supply: positive is short).",
    (
        SCENARIO,
        REGION,
        YEAR,
        RESOURCE,
        YARDSTICK,
        DEFINITION,
        SEVERITY,
        text("setting", "where care is given; blank for all", SETTINGS, nullable=True),
        text(
            "bed_basis",
            "beds on paper, or beds that can be used; blank for staff",
            ("nominal", "usable"),
            nullable=True,
        ),
        text("unit_basis", "heads or full-time equivalents; blank for beds", ("heads", "fte"), nullable=True),
        text(
            "supply_path",
            "how supply is carried forward; blank where no supply enters",
            SUPPLY_PATHS,
            nullable=True,
        ),
        integer("stock_year", "year of the last known stock; blank where none is known", nullable=True),
        text("measure", "what the value is", MEASURES),
        OUTPUT_TYPE,
        OUTPUT_TYPE_ID,
        number(
            "value",
            "the measure; blank where the stock is unknown",
            "see unit",
            nullable=True,
            decimals=3,
            trimmed=True,
        ),
        UNIT,
        text("basis", "population basis of the requirement", BASES),
        boolean("assumed", "true where a value was imputed or a norm stands in for a target"),
        boolean("carried", "true where the plan's last target is held after its own year"),
        text("figure_id", "figures or norms the value rests on, by semicolon", nullable=True, pattern=FIGURE_IDS),
        text(
            "unknown",
            "counts nobody published without which the requirement cannot be worked out, by semicolon",
            nullable=True,
        ),
    ),
    (
        "scenario",
        "region",
        "year",
        "resource",
        "yardstick",
        "definition",
        "severity",
        "setting",
        "bed_basis",
        "unit_basis",
        "supply_path",
        "stock_year",
        "measure",
        "output_type",
        "output_type_id",
        "assumed",
        "figure_id",
    ),
)

CURVE = Table(
    "curve",
    "The distribution of what is required in the last year: with what probability a given number suffices. Beds on "
    "paper, staff in heads.",
    (
        SCENARIO,
        REGION,
        RESOURCE,
        YARDSTICK,
        DEFINITION,
        YEAR,
        number("probability", "share of the draws that need no more", "probability", low=0, high=1, decimals=3),
        number("value", "units that suffice with this probability", "see unit", low=0, decimals=1),
        UNIT,
        boolean("assumed", "true where a norm or an assumption of need stands in for a target"),
    ),
    ("scenario", "region", "resource", "yardstick", "definition", "year", "probability"),
)
