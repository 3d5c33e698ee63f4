"""The columns that several result tables share, each declared once, and the values they may hold."""

from typing import Any

from pipeline.axes import REPORT_GROUPS
from pipeline.schemas import IDENTIFIER, Column, integer, number, text
from pipeline.vocabulary import GRADES, RESOURCES, SEVERITIES, YARDSTICKS

FIGURE_ID = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
FIGURE_IDS = rf"{FIGURE_ID}(;{FIGURE_ID})*"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

SCENARIO = text("scenario", "scenario of params.yaml", pattern=IDENTIFIER)
PLAN = text("plan", "plan id", pattern=IDENTIFIER)
YEAR = integer("year", "calendar year", low=2000, high=2100)
YEAR_END_OR_CENSUS = integer("year", "calendar year; its end, and 1 November in 2020", low=2000, high=2100)
AGE_GROUP = text("age_group", "age group", REPORT_GROUPS)
RESOURCE = text("resource", "what is counted", RESOURCES)
YARDSTICK = text("yardstick", "what sets the requirement", YARDSTICKS)
DEFINITION = text("definition", "definition of disability, where the yardstick is need", nullable=True)
SEVERITY = text("severity", "severity of disability; blank for all", SEVERITIES, nullable=True)
GRADE = text(
    "grade",
    "evidence of supply: A of the year itself, B the region's own within five years, C carried by the nation's rate, "
    "older or none, D a norm in the place of a target",
    GRADES,
    nullable=True,
)
UNKNOWN = text("unknown", "codes of what is missing, by semicolon", nullable=True)
UNIT = text("unit", "unit of the value", pattern=IDENTIFIER)
OUTPUT = (
    text("output_type", "mean or quantile of the draws", ("mean", "quantile")),
    number(
        "output_type_id", "the quantile; blank for the mean", "probability", low=0, high=1, nullable=True, decimals=3
    ),
)


def persons(name: str, description: str, **more: Any) -> Column:
    """A column of people, written as whole numbers."""
    return number(name, description, "persons", low=0, decimals=0, **more)


def percentage(name: str, description: str) -> Column:
    """A column of a share in percent."""
    return number(name, description, "percent", low=0, high=100, decimals=1)


def amount(name: str, description: str, unit: str = "see unit", **more: Any) -> Column:
    """A column of what is required, exists or is missing; blank where it cannot be known."""
    return number(name, description, unit, nullable=True, **{"decimals": 1, "trimmed": True, **more})


def quantiles(unit: str, decimals: int, blank: str = "") -> tuple[Column, ...]:
    """The ends of the 80 % interval of draws; `blank` says where there is none."""
    return tuple(
        number(name, f"{level} quantile of the draws{blank}", unit, nullable=True, decimals=decimals)
        for name, level in (("q10", 0.1), ("q90", 0.9))
    )
