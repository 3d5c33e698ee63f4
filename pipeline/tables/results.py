"""The result tables under reports/tables: the contract that readers of the results can rely on."""

from __future__ import annotations

from pipeline.tables.raw import BASES, SINGLE_AGES_100
from pipeline.tables.schemas import (
    GB_CODE,
    IDENTIFIER,
    SEXES,
    Column,
    Grid,
    Table,
    boolean,
    integer,
    number,
    sex,
    text,
)

FIVE_YEAR_AGES = (*(f"{age}-{age + 4}" for age in range(0, 100, 5)), "100+")
REPORT_AGES = ("0-14", "15-59", "60+", "65+", "80+", "total")
KINDS = ("baseline", "target", "projection", "norm")
COMPARATORS = (">=", "<=", "=", "about")
OUTPUT_TYPES = ("mean", "quantile")
RESOURCES = ("beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers")
YARDSTICKS = ("plan", "norm", "need")
MEASURES = ("required", "supply", "gap", "sufficiency", "required_per_year")
SEVERITIES = ("contradiction", "basis", "rounding", "consistent")
STATUSES = ("met", "missed", "on_course", "unknown")
FIGURE_ID = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
FIGURE_IDS = rf"{FIGURE_ID}(;{FIGURE_ID})*"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

_OUTPUT_TYPE = text("output_type", "mean or quantile of the draws", OUTPUT_TYPES)
_OUTPUT_TYPE_ID = number(
    "output_type_id",
    "the quantile; blank for the mean",
    "probability",
    low=0,
    high=1,
    nullable=True,
    decimals=3,
)

SINGLE_AGE = Table(
    "single_age",
    "Population by single age of every region on the days of its censuses: published groups, graduated.",
    (
        text("region", "region id", pattern=IDENTIFIER),
        integer("year", "census year (1 November)", low=2000, high=2100),
        sex(),
        text("age", "age in completed years", SINGLE_AGES_100),
        number("population", "residents", "persons", low=0),
    ),
    ("region", "year", "sex", "age"),
    (Grid({"sex": SEXES, "age": SINGLE_AGES_100}),),
)

PLAN_FIGURES = Table(
    "plan_figures",
    "Every quantified figure of the plans. A blank value is one the plan leaves blank.",
    (
        text("plan", "plan id", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        text("figure_id", "id of the figure in data/plans", pattern=FIGURE_ID),
        text("indicator", "indicator id in data/indicators.yaml", pattern=IDENTIFIER),
        text("kind", "baseline, target, projection or norm", KINDS),
        integer("year", "year the value refers to; blank for a norm without a year", nullable=True),
        number("value", "the stated value", "see unit", nullable=True),
        text("unit", "unit of the indicator", pattern=IDENTIFIER),
        text("comparator", "how the value is meant", COMPARATORS),
        text("basis", "population basis as stated", BASES),
        text("section", "section of the plan"),
        text("note", "how the figure was read", nullable=True),
    ),
    ("figure_id",),
)

POPULATION = Table(
    "population",
    "Population by scenario, region, year, sex and age group: persons at the year's end, and on 1 November in "
    "the census row of 2020.",
    (
        text("scenario", "scenario of params.yaml", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        text("gb_code", "GB/T 2260 code", pattern=GB_CODE),
        integer("year", "calendar year", low=2000, high=2100),
        text("date", "day the value is of", pattern=DATE),
        sex(both=True),
        text("age_group", "age group", REPORT_AGES),
        _OUTPUT_TYPE,
        _OUTPUT_TYPE_ID,
        number("value", "population", "persons", low=0, decimals=0),
    ),
    ("scenario", "region", "year", "date", "sex", "age_group", "output_type", "output_type_id"),
)

AGES = Table(
    "ages",
    "Population of the planned regions and the nation by sex and five-year age group, for pyramids.",
    (
        text("scenario", "scenario of params.yaml", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        integer("year", "calendar year; its end, and 1 November in 2020", low=2000, high=2100),
        sex(),
        text("age_group", "age group", FIVE_YEAR_AGES),
        _OUTPUT_TYPE,
        _OUTPUT_TYPE_ID,
        number("value", "population", "persons", low=0, decimals=0),
    ),
    ("scenario", "region", "year", "sex", "age_group", "output_type", "output_type_id"),
)

GAP = Table(
    "gap",
    "Required and available beds and staff, and the gap between them (required less supply: positive is short).",
    (
        text("scenario", "scenario of params.yaml", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        integer("year", "calendar year", low=2000, high=2100),
        text("resource", "what is counted", RESOURCES),
        text("yardstick", "what sets the requirement", YARDSTICKS),
        text("definition", "definition of need, where the yardstick is need", nullable=True),
        text(
            "supply_path",
            "how supply is carried forward; blank where no supply enters",
            pattern=IDENTIFIER,
            nullable=True,
        ),
        integer("stock_year", "year of the last known stock; blank where none is known", nullable=True),
        text("measure", "what the value is", MEASURES),
        _OUTPUT_TYPE,
        _OUTPUT_TYPE_ID,
        number("value", "the measure; blank where the stock is unknown", "see unit", nullable=True, decimals=3),
        text("unit", "unit of the value", pattern=IDENTIFIER),
        text("basis", "population basis of the requirement", BASES),
        boolean("assumed", "true where a value was imputed or a norm stands in for a target"),
        text("figure_id", "figures or norms the value rests on, by semicolon", nullable=True, pattern=FIGURE_IDS),
    ),
    (
        "scenario",
        "region",
        "year",
        "resource",
        "yardstick",
        "definition",
        "supply_path",
        "measure",
        "output_type",
        "output_type_id",
        "assumed",
        "figure_id",
    ),
)

HEADLINE = Table(
    "headline",
    "One row a plan and resource: what was aimed at, what it takes, what there is, and how it stands.",
    (
        text("plan", "plan id", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        text("resource", "what is counted", RESOURCES),
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
        text("status", "how the target stands as of the data date", STATUSES),
        text("as_of", "the data date", pattern=DATE),
        text("assumed", "codes of what is assumed, by semicolon; blank where nothing is", nullable=True),
    ),
    ("plan", "resource"),
)

PLAN_AUDIT = Table(
    "plan_audit",
    "What follows from one figure of a plan against what another states, or against counts from outside.",
    (
        text("plan", "plan id", pattern=IDENTIFIER),
        text("check", "rule that compared them", pattern=IDENTIFIER),
        text("figure_ids", "figures compared, by semicolon", pattern=FIGURE_IDS),
        number("stated", "the stated value", "see figure"),
        number("expected", "what follows from the others", "see figure"),
        number("difference", "stated ÷ expected − 1; blank between dates", "ratio", nullable=True),
        text("severity", "how far both are apart", SEVERITIES),
        text("explanation_zh", "the recomputation in Chinese"),
        text("explanation_en", "the recomputation in English"),
    ),
    ("plan", "severity", "check", "figure_ids", "expected"),
)


def _ours(name: str, meaning: str) -> Column:
    return number(name, f"this projection: {meaning}", "persons", low=0, decimals=0)


def _theirs(name: str, meaning: str) -> Column:
    return number(name, meaning, "persons", low=0, nullable=True, decimals=0)


BENCHMARK = Table(
    "benchmark_un",
    "The nation in this projection beside the UN's projections and published counts; none of them is fitted.",
    (
        text("source", "whose number", ("wpp_2024", "wpp_2022", "communique")),
        integer("year", "calendar year", low=2000, high=2100),
        text("date", "day the values are of", pattern=DATE),
        text("age_group", "age group", REPORT_AGES),
        number("value", "the published value", "persons", low=0, decimals=0),
        _theirs("lower_80", "its lower 80 % bound"),
        _theirs("upper_80", "its upper 80 % bound"),
        _theirs("lower_95", "its lower 95 % bound"),
        _theirs("upper_95", "its upper 95 % bound"),
        _ours("ours_median", "median"),
        _ours("ours_lower_80", "lower 80 % bound"),
        _ours("ours_upper_80", "upper 80 % bound"),
        _ours("ours_lower_95", "lower 95 % bound"),
        _ours("ours_upper_95", "upper 95 % bound"),
    ),
    ("source", "age_group", "year"),
)
