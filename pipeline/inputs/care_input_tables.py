"""The raw tables of care: published figures, supply, goals, disability, settings, staff, costs and prices."""

from collections.abc import Mapping

import pandas as pd

from pipeline.schemas import (
    COMPARATOR,
    CONFIDENCE,
    GB_CODE,
    IDENTIFIER,
    INDICATOR,
    NOTE,
    OBSERVED_DATE,
    REGION,
    SOURCE,
    UNIT_OF_INDICATOR,
    Grid,
    RowRule,
    Table,
    boolean,
    complete,
    integer,
    number,
    sex,
    text,
    unit_of,
    year,
)
from pipeline.vocabulary import BASES, CONFIDENCES, SETTINGS_OF_CARE, SEVERITIES

PUBLISHED_UNITS: Mapping[str, tuple[str, float]] = {
    "persons": ("persons", 1),
    "10k persons": ("persons", 10_000),
    "million": ("persons", 1_000_000),
    "beds": ("beds", 1),
    "10k beds": ("beds", 10_000),
    "10k person-visits": ("person_visits", 10_000),
    "%": ("percent", 1),
    "years": ("years", 1),
    "beds/1000": ("per_1000", 1),
    "per 1000 person-years": ("per_1000_person_years", 1),
    "ratio": ("persons_per_worker", 1),
}
"""Units as printed: the unit of the value, and what one of them is in it."""

CARE_UNITS = tuple(dict.fromkeys(unit for unit, _ in PUBLISHED_UNITS.values()))


def _as_published(frame: pd.DataFrame) -> pd.Series:
    printed = pd.to_numeric(frame["published_value"].str.removeprefix("1:"), errors="coerce")
    wanted = printed * frame["published_unit"].map({name: factor for name, (_, factor) in PUBLISHED_UNITS.items()})
    return (frame["value"] - wanted).abs() <= 1e-6 * wanted.abs()


FORECAST_SHARE = "value not in [0, 100] or indicator not in ['share_60plus', 'share_65plus']"
CARE_FIGURES = Table(
    "care_figures",
    "Published figures on ageing and care, in base units (persons, not 10,000 persons). Two publications of "
    "the same thing stand side by side as two series.",
    (
        text("region", "region id, or southwest_china for one survey of several provinces", pattern=IDENTIFIER),
        text("indicator", "what is measured", pattern=IDENTIFIER),
        text("series", "which series or publication of the indicator", pattern=IDENTIFIER),
        year(1990, 2060, "year the figure refers to"),
        number("value", "the figure in `unit`", "see unit", low=0),
        text("unit", "unit of the value", CARE_UNITS),
        text("basis", "population basis as stated", BASES),
        text("definition", "how the publication defines it"),
        CONFIDENCE,
        text("published_value", "the figure as printed", pattern=r"(1:)?[0-9]+(\.[0-9]+)?"),
        text("published_unit", "the unit as printed", tuple(PUBLISHED_UNITS)),
        SOURCE,
    ),
    ("region", "indicator", "series", "year", "basis"),
    rules=(
        RowRule("value", "a share of at most 100 percent", "value <= 100 or unit != 'percent'"),
        RowRule("value", "a share above 0 and below 100, as its log-odds are forecast", FORECAST_SHARE),
        RowRule("value", "people, not 0", "value > 0 or not indicator.str.startswith('population_')"),
        unit_of("published_unit", {printed: unit for printed, (unit, _) in PUBLISHED_UNITS.items()}),
        RowRule("value", "published_value in its published_unit (10k persons: 10,000 of them each)", _as_published),
    ),
)

PART = "six-digit code of the prefecture within the region that the figure is of"
OTHER_DEFINITION = "the indicator's own; else a code, and the figure stays out of series"
SUPPLY = Table(
    "supply",
    "Dated observations of beds and staff that stand in no plan: a stock, or a ratio or share of one. What a plan "
    "states stands in data/plans, what one region alone brings in its own file under data/regions.",
    (
        REGION,
        text("part", f"{PART}; blank for the region itself", nullable=True, pattern=GB_CODE),
        INDICATOR,
        text("date", "the day, the month (its end) or the year (its end)", pattern=OBSERVED_DATE),
        number("value", "the figure in `unit`", "see unit", low=0),
        UNIT_OF_INDICATOR,
        COMPARATOR,
        text("basis", "population basis as stated, of a ratio to people", BASES),
        text("definition", f"blank where it is {OTHER_DEFINITION}", nullable=True, pattern=IDENTIFIER),
        CONFIDENCE,
        text("note", "how the publication defines or dates it"),
        SOURCE,
    ),
    ("region", "part", "indicator", "date", "definition"),
)

NATIONAL_GOALS = Table(
    "national_goals",
    "What the nation's plans aim at: shown beside plans under their own name.",
    (
        INDICATOR,
        year(2020, 2060, "year of the goal"),
        number("value", "the goal in `unit`", "see unit", low=0),
        UNIT_OF_INDICATOR,
        COMPARATOR,
        text("confidence", "as in supply.csv", CONFIDENCES),
        text("note", "how the publication words it"),
        SOURCE,
    ),
    ("indicator", "year"),
)

DISABILITY_MODELS = ("static_1998_2014", "trend_1998", "trend_2014", "trend_rural_2002", "trend_urban_2002")

DISABILITY_TRANSITIONS = complete(
    "disability_transitions",
    "Yearly transition intensities between healthy, disabled and dead at ages 65 to 110, fitted to CLHLS 1998-2014.",
    (text("model", "fitted model", DISABILITY_MODELS), sex(), integer("age", "exact age", "years", low=65, high=110)),
    (
        number("healthy_to_disabled", "onset of disability", "per person-year", low=0, high=5),
        number("disabled_to_healthy", "recovery", "per person-year", low=0, high=5),
        number("healthy_to_dead", "death of the healthy", "per person-year", low=0, high=5),
        number("disabled_to_dead", "death of the disabled", "per person-year", low=0, high=5),
        number("disabled_share", "disabled among survivors when all start healthy at 65", "share", low=0, high=1),
        number("survival_from_65", "survivors since age 65", "share", low=0, high=1),
        SOURCE,
    ),
)

DISABILITY_COEFFICIENTS = complete(
    "disability_coefficients",
    "Coefficients of log intensity = beta_0 + beta_1 x + beta_2 x² + beta_3 t + beta_4 t x + beta_5 t x², "
    "x = age − 65, t = year − 1998. No recovery.",
    (
        text("transition", "from and to which state", ("healthy_to_disabled", "healthy_to_dead", "disabled_to_dead")),
        sex(),
        text("residence", "urban or rural", ("urban", "rural")),
        text("coefficient", "term of the formula", tuple(f"beta_{power}" for power in range(6))),
    ),
    (
        number("printed", "the number as printed", ""),
        number("scale", "power of ten it was printed in", ""),
        number("value", "printed times scale", "log per person-year"),
        SOURCE,
    ),
    (RowRule("value", "printed times scale", "abs(value - printed * scale) < 1e-12"),),
)


ABOVE_0 = RowRule("value", "a number above 0", "value > 0")
WITHIN = "low <= value <= high or (low.isna() and high.isna())"
VALUE_WITHIN_RANGE = RowRule("value", "a value from low to high (both or neither given)", WITHIN)

INTERVAL = tuple(
    number(name, f"{end} end of the interval", "see unit", nullable=True, low=0)
    for name, end in (("low", "lower"), ("high", "upper"))
)
ASSUMED = boolean("assumed", "true where the value is a judgement and not a published figure")
BOUNDED = (*INTERVAL, ASSUMED, SOURCE, NOTE)
AGE_RANGE = text("age_range", "ages the value holds for", pattern=r"[6-9][0-9]\+")
YEAR_OF_VALUE = year(1990, 2060, "year the value refers to")


def all_of(column: str, value: str, words: str) -> RowRule:
    """The rule that the severity is all where the column has a value, and there alone."""
    return RowRule("severity", f"all {words}", f"(severity == 'all') == ({column} == '{value}')")


def year_of_structure(column: str, values: tuple[str, ...]) -> RowRule:
    """The rule that what is met in the national structure of its year, as `column` says, is of a year with one."""
    expected = f"a year from 2000 to 2020, between the censuses, for {column} {' and '.join(values)}"
    return RowRule("year", expected, f"2000 <= year <= 2020 or {column} not in {[*values]}")


DISABILITY_PREVALENCE = Table(
    "disability_prevalence",
    "How many older people are disabled, by definition. Role `base` is the value in use, `trend` and `later` give "
    "its change, `spread` another measure of the family, `model` one without a published value.",
    (
        text("definition", "definition of disability", pattern=IDENTIFIER),
        text("family", "definitions that measure nearly the same", pattern=IDENTIFIER),
        text("role", "what the row is for", ("base", "trend", "later", "spread", "model")),
        number("value", "prevalence; blank for a model", "percent", low=0, high=100, nullable=True),
        text("unit", "unit of the value", ("percent",)),
        YEAR_OF_VALUE,
        AGE_RANGE,
        *INTERVAL,
        text("trend_note", "what was asked of whom"),
        SOURCE,
    ),
    ("definition", "role", "year"),
    rules=(
        VALUE_WITHIN_RANGE,
        RowRule(
            "value",
            "a blank for role model, a share above 0 and below 100 for every other",
            "value.isna() == (role == 'model') and value not in [0, 100]",
        ),
        year_of_structure("role", ("base", "model")),
    ),
)

SEVERITY = Table(
    "severity",
    "How disability divides by severity.",
    (
        text("profile", "severity profile", pattern=IDENTIFIER),
        text("severity", "severity of disability", SEVERITIES),
        number("value", "share", "see unit", low=0, high=100),
        text("unit", "what it is a share of", ("percent_of_60plus", "percent_of_disabled")),
        YEAR_OF_VALUE,
        ASSUMED,
        SOURCE,
        NOTE,
    ),
    ("profile", "severity"),
    (Grid({"severity": SEVERITIES}),),
)

DEMENTIA_VALUE = "0 < value < 100 and (1 <= value <= 50 or quantity == 'prevalence')"
INTERVAL_END = "an end of the interval above 0 and below 100 for a prevalence"
DEMENTIA = Table(
    "dementia",
    "Prevalence of dementia by source, and the years of age in which its odds double.",
    (
        text("dementia_source", "study, or all", pattern=IDENTIFIER),
        text("quantity", "what the value is", ("prevalence", "doubling_age")),
        number("value", "the quantity", "see unit", low=0),
        text("unit", "unit of the value", ("percent", "years")),
        YEAR_OF_VALUE,
        AGE_RANGE,
        *BOUNDED,
    ),
    ("dementia_source", "quantity"),
    rules=(
        VALUE_WITHIN_RANGE,
        RowRule("value", "a prevalence above 0 and below 100, and a doubling age from 1 to 50", DEMENTIA_VALUE),
        *(RowRule(end, INTERVAL_END, f"0 < {end} < 100 or quantity != 'prevalence'") for end in ("low", "high")),
        year_of_structure("quantity", ("prevalence",)),
        unit_of("quantity", {"prevalence": "percent", "doubling_age": "years"}),
    ),
)

CARE_SETTINGS = Table(
    "care_settings",
    "Where people are cared for, by scheme: shares of all older people or of the disabled of a severity.",
    (
        text("scheme", "scheme of use", pattern=IDENTIFIER),
        text("base", "whom the shares are of", ("older", "disabled")),
        text("setting", "where care is given", SETTINGS_OF_CARE),
        text("severity", "severity of disability, or all", ("all", *SEVERITIES)),
        number("value", "share", "percent", low=0, high=100),
        text("unit", "unit of the value", ("percent",)),
        *BOUNDED,
    ),
    ("scheme", "setting", "severity"),
    rules=(
        VALUE_WITHIN_RANGE,
        all_of("base", "older", "where the base is older; mild, moderate or severe where it is disabled"),
    ),
)

STAFFING_UNITS = {
    "users_per_carer": "persons_per_worker",
    "care_hours": "hours_per_week",
    "hours_per_head": "hours_per_week",
}

STAFFING = Table(
    "staffing",
    "Staff it takes to care for people, by setting and severity: users per carer, hours of care, and the hours a "
    "carer works.",
    (
        text("staffing", "staffing scheme", pattern=IDENTIFIER),
        text("setting", "where care is given", SETTINGS_OF_CARE),
        text("severity", "severity of disability, or all", ("all", *SEVERITIES)),
        text("quantity", "what the value is", tuple(STAFFING_UNITS)),
        number("value", "the quantity", "see unit", low=0),
        text("unit", "unit of the value", tuple(dict.fromkeys(STAFFING_UNITS.values()))),
        *BOUNDED,
    ),
    ("staffing", "setting", "severity", "quantity"),
    rules=(
        VALUE_WITHIN_RANGE,
        ABOVE_0,
        unit_of("quantity", STAFFING_UNITS),
        all_of(
            "quantity",
            "hours_per_head",
            "for hours_per_head; mild, moderate or severe for users_per_carer and care_hours",
        ),
        RowRule("value", "at most 168 hours a week", "value <= 168 or unit != 'hours_per_week'"),
    ),
)

COST_UNITS = {
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
        text("kind", "what the value is", tuple(COST_UNITS)),
        text("variant", "which of several figures of one place", pattern=IDENTIFIER),
        number("value", "yuan", "see unit", low=0),
        text("unit", "unit of the value", tuple(dict.fromkeys(COST_UNITS.values()))),
        integer("year", "year whose prices the value is in", low=2010, high=2060),
        text("confidence", "how far to trust it", CONFIDENCES),
        SOURCE,
        NOTE,
    ),
    ("place", "kind", "variant", "year"),
    rules=(ABOVE_0, unit_of("kind", COST_UNITS)),
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
