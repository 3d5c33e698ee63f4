"""What each gap means."""

from __future__ import annotations

from pipeline.results.tables.fields import DEFINITION, FIGURE_IDS, REGION, RESOURCE, SCENARIO, SUPPLY_PATH, YARDSTICK
from pipeline.schemas import IDENTIFIER, Column, Table, boolean, integer, number, text


def _interval(name: str, meaning: str, unit: str) -> tuple[Column, ...]:
    return (
        number(name, f"{meaning}; median", unit, nullable=True, decimals=1),
        number(f"{name}_lower", "lower end of its 80 % interval", unit, nullable=True, decimals=1),
        number(f"{name}_upper", "upper end of its 80 % interval", unit, nullable=True, decimals=1),
    )


def _event(name: str, meaning: str) -> tuple[Column, ...]:
    return (
        number(
            f"{name}_share",
            f"share of the draws that have {meaning} by the last year",
            "probability",
            low=0,
            high=1,
            nullable=True,
            decimals=3,
        ),
        integer(name, f"{meaning}: median over those draws", nullable=True),
        integer(f"{name}_lower", "lower end of its 80 % interval", nullable=True),
        integer(f"{name}_upper", "upper end of its 80 % interval", nullable=True),
    )


VERDICT = Table(
    "verdict",
    "What each gap means: how surely the requirement is met in the target's year, from when until when it is not, "
    "and what closing the gap by then takes. Beds on paper, staff in heads. Left out where no stock is known.",
    (
        SCENARIO,
        REGION,
        RESOURCE,
        YARDSTICK,
        DEFINITION,
        SUPPLY_PATH,
        integer("stock_year", "year of the last known stock"),
        integer("target_year", "year of the target, or the plan's last; within the projection"),
        number(
            "met_probability",
            "probability that it is met in the target's year",
            "probability",
            low=0,
            high=1,
            nullable=True,
            decimals=3,
        ),
        *_event("first_short", "a first year short"),
        *_event("first_closed", "a first year met after one short"),
        *_event("peak", "a year of the largest shortfall"),
        *_interval("required_per_year", "net units to add a year from the stock's year to the target's", "unit"),
        *_interval("intake_per_year", "the same with what is lost on the way", "unit"),
        number("record_per_year", "units added a year in the past; median", "unit", nullable=True, decimals=1),
        number(
            "ratio_to_record",
            "required_per_year over the record; blank where the record added nothing",
            "ratio",
            nullable=True,
            decimals=2,
        ),
        text("record_id", "figures or trend the record rests on", nullable=True, pattern=FIGURE_IDS),
        boolean("record_assumed", "true where the record is not the region's own"),
        text("unit", "unit of the stock", pattern=IDENTIFIER),
        boolean("assumed", "true where a value was imputed or a norm stands in for a target"),
    ),
    ("scenario", "region", "resource", "yardstick", "definition", "supply_path"),
)
