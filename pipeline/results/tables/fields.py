"""The columns that several result tables share, each declared once, and the values they may hold."""

from __future__ import annotations

from pipeline.schemas import IDENTIFIER, integer, number, text

REPORT_AGES = ("0-2", "0-14", "15-59", "60+", "65+", "80+", "total")
OUTPUT_TYPES = ("mean", "quantile")
RESOURCES = ("beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers")
YARDSTICKS = ("plan", "norm", "need")
SUPPLY_PATHS = ("held", "no_new_policy", "plan_delivered")
DISABILITY_SEVERITIES = ("mild", "moderate", "severe")
FIGURE_ID = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
FIGURE_IDS = rf"{FIGURE_ID}(;{FIGURE_ID})*"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

SCENARIO = text("scenario", "scenario of params.yaml", pattern=IDENTIFIER)
REGION = text("region", "region id", pattern=IDENTIFIER)
PLAN = text("plan", "plan id", pattern=IDENTIFIER)
YEAR = integer("year", "calendar year", low=2000, high=2100)
YEAR_END_OR_CENSUS = integer("year", "calendar year; its end, and 1 November in 2020", low=2000, high=2100)
AGE_GROUP = text("age_group", "age group", REPORT_AGES)
RESOURCE = text("resource", "what is counted", RESOURCES)
YARDSTICK = text("yardstick", "what sets the requirement", YARDSTICKS)
DEFINITION = text("definition", "definition of disability, where the yardstick is need", nullable=True)
SEVERITY = text("severity", "severity of disability; blank for all", DISABILITY_SEVERITIES, nullable=True)
SUPPLY_PATH = text("supply_path", "how supply is carried forward", SUPPLY_PATHS)
UNIT = text("unit", "unit of the value", pattern=IDENTIFIER)
OUTPUT_TYPE = text("output_type", "mean or quantile of the draws", OUTPUT_TYPES)
OUTPUT_TYPE_ID = number(
    "output_type_id",
    "the quantile; blank for the mean",
    "probability",
    low=0,
    high=1,
    nullable=True,
    decimals=3,
)
