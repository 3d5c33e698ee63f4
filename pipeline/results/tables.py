"""The result tables under reports/tables: the contract that readers of the results can rely on."""

from __future__ import annotations

from pipeline.inputs.declarations import BASES, SINGLE_AGES_100
from pipeline.schemas import (
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
SUPPLY_PATHS = ("held", "no_new_policy", "plan_delivered")
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
DISABILITY_SEVERITIES = ("mild", "moderate", "severe")
SETTINGS = ("institution", "community", "home")
SEVERITIES = ("contradiction", "basis", "borderline", "rounding", "consistent")
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
    "the census row of 2020. A scenario that changes care alone has the population of `central`.",
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
        text("definition", "definition of disability, where the yardstick is need", nullable=True),
        text("severity", "severity of disability; blank for all", DISABILITY_SEVERITIES, nullable=True),
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
        _OUTPUT_TYPE,
        _OUTPUT_TYPE_ID,
        number(
            "value",
            "the measure; blank where the stock is unknown",
            "see unit",
            nullable=True,
            decimals=3,
            trimmed=True,
        ),
        text("unit", "unit of the value", pattern=IDENTIFIER),
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
        text("scenario", "scenario of params.yaml", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        text("resource", "what is counted", RESOURCES),
        text("yardstick", "what sets the requirement", YARDSTICKS),
        text("definition", "definition of disability, where the yardstick is need", nullable=True),
        text("supply_path", "how supply is carried forward", SUPPLY_PATHS),
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

CURVE = Table(
    "curve",
    "The distribution of what is required in the last year: with what probability a given number suffices. Beds on "
    "paper, staff in heads.",
    (
        text("scenario", "scenario of params.yaml", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        text("resource", "what is counted", RESOURCES),
        text("yardstick", "what sets the requirement", YARDSTICKS),
        text("definition", "definition of disability, where the yardstick is need", nullable=True),
        integer("year", "calendar year", low=2000, high=2100),
        number("probability", "share of the draws that need no more", "probability", low=0, high=1, decimals=3),
        number("value", "units that suffice with this probability", "see unit", low=0, decimals=1),
        text("unit", "unit of the value", pattern=IDENTIFIER),
        boolean("assumed", "true where a norm or an assumption of need stands in for a target"),
    ),
    ("scenario", "region", "resource", "yardstick", "definition", "year", "probability"),
)

NEED = Table(
    "need",
    "People who need help: disabled by definition and severity, and with dementia.",
    (
        text("scenario", "scenario of params.yaml", pattern=IDENTIFIER),
        text("region", "region id", pattern=IDENTIFIER),
        integer("year", "calendar year; its end, and 1 November in 2020", low=2000, high=2100),
        text("measure", "who is counted", ("disabled", "dementia")),
        text("definition", "definition of disability; blank for dementia", nullable=True),
        text("severity", "severity of disability; blank for all", DISABILITY_SEVERITIES, nullable=True),
        _OUTPUT_TYPE,
        _OUTPUT_TYPE_ID,
        number("value", "people", "persons", low=0, decimals=0),
    ),
    ("scenario", "region", "year", "measure", "definition", "severity", "output_type", "output_type_id"),
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

WATERFALL = Table(
    "waterfall",
    "Why need asks for more or less in the target year than in the base year, under the headline definition. Each "
    "driver alone, and their interaction: base, drivers and interaction sum to the target in every draw.",
    (
        text("region", "region id", pattern=IDENTIFIER),
        text("resource", "what is counted", RESOURCES),
        text("yardstick", "what sets the requirement", YARDSTICKS),
        integer("base_year", "first year", low=2000, high=2100),
        integer("target_year", "last year", low=2000, high=2100),
        text(
            "driver",
            "base, the driver that moves alone, interaction, or target",
            (
                "base",
                "population_size",
                "age_structure",
                "disability_trend",
                "use",
                "staffing",
                "interaction",
                "target",
            ),
        ),
        integer("order", "place of the step", low=0),
        number("mean", "mean of the step", "see resource", decimals=1),
        number("q10", "its 0.1 quantile", "see resource", decimals=1),
        number("q90", "its 0.9 quantile", "see resource", decimals=1),
    ),
    ("region", "resource", "yardstick", "order"),
)

SENSITIVITY = Table(
    "sensitivity",
    "What each gap depends on: Sobol indices of the uncertain inputs, and the gap with one input at its 0.1 and 0.9 "
    "quantile and all others at their medians.",
    (
        text("region", "region id", pattern=IDENTIFIER),
        text("resource", "what is counted", RESOURCES),
        text("yardstick", "what sets the requirement", ("need", "plan", "norm")),
        text("definition", "definition of disability, where the yardstick is need", nullable=True),
        text("supply_path", "how supply is carried forward", SUPPLY_PATHS),
        integer("year", "year of the gap", low=2000, high=2100),
        integer("rank", "place by the total index", low=1),
        text("input", "uncertain input", pattern=IDENTIFIER),
        text("index", "which index `value` is", ("total",)),
        number("value", "share of the gap's variance, interactions included", "ratio", decimals=4),
        number("value_conf", "half the width of its 95 % interval", "ratio", decimals=4),
        number("first_order", "share of the variance by the input alone", "ratio", decimals=4),
        number("low", "gap with the input at its 0.1 quantile", "see resource", decimals=1),
        number("high", "gap with the input at its 0.9 quantile", "see resource", decimals=1),
        number("input_low", "the input's 0.1 quantile; a standard normal where it has no unit", "see input"),
        number("input_high", "the input's 0.9 quantile", "see input"),
    ),
    ("region", "resource", "yardstick", "rank"),
)

PLAN_AUDIT = Table(
    "plan_audit",
    "What follows from one figure of a plan against what another states, or against counts from outside.",
    (
        text("plan", "plan id", pattern=IDENTIFIER),
        text("check", "rule that compared them", pattern=IDENTIFIER),
        text("figure_ids", "figures compared, by semicolon", pattern=FIGURE_IDS),
        integer("count", "comparisons the row stands for: those that merely hold are one row a rule", low=1),
        number("stated", "the stated value; blank where the row stands for several", "see figure", nullable=True),
        number("expected", "what follows from the others; blank likewise", "see figure", nullable=True),
        number("difference", "stated ÷ expected − 1; blank between dates and against a bound", "ratio", nullable=True),
        text("basis", "population on which they were compared; blank where none is", BASES, nullable=True),
        text("severity", "how far both are apart", SEVERITIES),
        text("explanation_zh", "the recomputation in Chinese"),
        text("explanation_en", "the recomputation in English"),
    ),
    ("plan", "severity", "check", "figure_ids"),
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

CONSISTENCY_AGES = ("60+", "65+", "80+")

CONSISTENCY = Table(
    "consistency",
    "The old of the central scenario with the census-consistency offset, by which the next census counts as the last "
    "one did, and without it, where reported mortality (WPP 2024) holds; at the year's end.",
    (
        text("region", "region id", pattern=IDENTIFIER),
        integer("year", "calendar year", low=2020, high=2100),
        text("age_group", "age group", CONSISTENCY_AGES),
        *(
            number(f"{which}_{kind}", f"{which} the offset: {meaning}", "persons", low=0, decimals=0)
            for which in ("with", "without")
            for kind, meaning in (
                ("median", "median"),
                ("lower_80", "lower 80 % bound"),
                ("upper_80", "upper 80 % bound"),
            )
        ),
    ),
    ("region", "year", "age_group"),
)

INFORMATION = ("ex_ante", "hindsight_mortality", "shown_not_fitted")


TESTS = ("provinces", "cities", "national_series")
BACKTEST_AGES = (*REPORT_AGES, "70+")


def _forecast_value(name: str, description: str, unit: str) -> Column:
    decimals = 0 if unit == "persons" else 4
    return number(name, description, unit, low=0, decimals=decimals, trimmed=True)


def _backtest(name: str, description: str, unit: str, leading: tuple[Column, ...] = ()) -> Table:
    """A table of forecasts against what was counted later: one row a model and case."""
    return Table(
        name,
        description,
        (
            *leading,
            text("model", "what made the forecast", pattern=IDENTIFIER),
            text("information", "what it could know", INFORMATION),
            text("fold", "what was held out, or rolling", pattern=IDENTIFIER),
            text("region", "region id", pattern=IDENTIFIER),
            integer("origin", "last year known to it", low=1990, high=2100),
            integer("target_year", "year forecast", low=1990, high=2100),
            text("age_group", "age group", BACKTEST_AGES),
            _forecast_value("observed", "what was counted or published", unit),
            _forecast_value("mean", "mean of the draws", unit),
            _forecast_value("median", "median of the draws, or the point forecast that was dressed", unit),
            _forecast_value("q025", "lower 95 % bound", unit),
            _forecast_value("q10", "lower 80 % bound", unit),
            _forecast_value("q90", "upper 80 % bound", unit),
            _forecast_value("q975", "upper 95 % bound", unit),
            number("ape", "absolute error of the median", "percent of the observed", low=0, decimals=3, trimmed=True),
            number("crps", "continuous ranked probability score", "percent of the observed", low=0, decimals=3),
            boolean("covered_80", "true where the observed lies in the 80 % interval"),
            boolean("covered_95", "true where the observed lies in the 95 % interval"),
        ),
        (*(c.name for c in leading), "model", "information", "fold", "region", "origin", "target_year", "age_group"),
    )


BACKTEST_SERIES = _backtest(
    "backtest_series",
    "The nation's published yearly shares of the old, as time-series methods foresaw them from rolling origins.",
    "percent",
)

BACKTEST_PROVINCES = _backtest(
    "backtest_provinces",
    "The old of the provinces and the nation at the census of 2020, as they could be foreseen from that of 2010.",
    "persons",
)

BACKTEST_CITIES = _backtest(
    "backtest_cities",
    "The old of prefectures of unchanged boundary at the census of 2020, forecast without their province from 2010.",
    "persons",
)

SERIES_FORECASTS = Table(
    "series_forecasts",
    "The nation's share of the old as time-series methods continue it: benchmarks, not this projection.",
    (
        text("model", "what made the forecast", pattern=IDENTIFIER),
        integer("year", "calendar year, at its end", low=2000, high=2100),
        text("age_group", "age group", REPORT_AGES),
        text("unit", "unit of the value", ("percent",)),
        _OUTPUT_TYPE,
        _OUTPUT_TYPE_ID,
        _forecast_value("value", "share of the population", "percent"),
    ),
    ("model", "age_group", "year", "output_type", "output_type_id"),
)

DIAGNOSTICS = Table(
    "diagnostics",
    "The worst value of each sampler diagnostic of each fit, and the limit it has to keep to.",
    (
        text("model", "fit", pattern=IDENTIFIER),
        text("quantity", "r_hat, ess_bulk, ess_tail or divergences", pattern=IDENTIFIER),
        number("value", "worst value over all parameters", "see quantity", low=0),
        number("limit", "largest (r_hat, divergences) or smallest (ess) value allowed", "see quantity", low=0),
        boolean("passed", "true where the value keeps to the limit"),
    ),
    ("model", "quantity"),
)

LOO = Table(
    "loo",
    "Leave-one-out density of each province's counts at all ages, given the others (PSIS-LOO); their sum in row `all`.",
    (
        text("model", "fit", pattern=IDENTIFIER),
        text("area", "region id, or `all` for the sum over them", pattern=IDENTIFIER),
        number("elpd", "expected log predictive density", "nats", decimals=2),
        number("se", "standard error of the sum; blank for one area", "nats", low=0, nullable=True, decimals=2),
        number("p_loo", "effective number of parameters", "parameters", decimals=2),
        number("pareto_k", "shape of the tail of the importance weights; the largest in row `all`", "", decimals=2),
        boolean("reliable", "true where the shape keeps to the limit for so many draws"),
    ),
    ("model", "area"),
)

BACKTEST = _backtest(
    "backtest",
    "Forecasts of the past beside what was counted: provinces and nation, cities (the model's own), yearly series.",
    "persons, or percent in the yearly series",
    leading=(text("test", "what was forecast", TESTS),),
)

BACKTEST_PAIRS = Table(
    "backtest_pairs",
    "This project's model against each rival on the cases both forecast: difference of CRPS, below zero is better.",
    (
        text("test", "what was forecast", TESTS),
        text("information", "what the models were told", INFORMATION),
        text("age_group", "age group", BACKTEST_AGES),
        text("model", "this project's model", pattern=IDENTIFIER),
        text("rival", "model or rule it is held against", pattern=IDENTIFIER),
        integer("n", "cases both forecast", low=1),
        number("difference", "mean difference of CRPS, model less rival", "percent of the observed", decimals=3),
        number("low", "lower end of its 95 % bootstrap interval over areas", "percent of the observed", decimals=3),
        number("high", "upper end of it", "percent of the observed", decimals=3),
        boolean("best", "true where the rival has the lowest CRPS of all rivals on these cases"),
    ),
    ("test", "information", "age_group", "model", "rival"),
)

BACKTEST_SCORES = Table(
    "backtest_scores",
    "Scores of every model by test, information and age group; rank by CRPS within them.",
    (
        text("test", "what was forecast", TESTS),
        text("information", "what the model was told", INFORMATION),
        text("model", "model or rule", pattern=IDENTIFIER),
        text("age_group", "age group", BACKTEST_AGES),
        integer("n", "forecasts scored", low=1),
        number("mape", "mean absolute error of the median or point", "percent", low=0, decimals=3),
        number("bias", "mean error", "percent", decimals=3),
        number("crps", "continuous ranked probability score", "percent of the observed", low=0, decimals=3),
        number("coverage_80", "share of counts within the 80 % interval", "percent", low=0, high=100, decimals=1),
        number(
            "coverage_80_low",
            "lower end of its 95 % bootstrap interval over areas",
            "percent",
            nullable=True,
            decimals=1,
        ),
        number("coverage_80_high", "upper end of it", "percent", nullable=True, decimals=1),
        number("coverage_95", "share of counts within the 95 % interval", "percent", low=0, high=100, decimals=1),
        number(
            "coverage_95_low",
            "lower end of its 95 % bootstrap interval over areas",
            "percent",
            nullable=True,
            decimals=1,
        ),
        number("coverage_95_high", "upper end of it", "percent", nullable=True, decimals=1),
        integer("rank", "rank by CRPS, the best first", low=1),
    ),
    ("test", "information", "age_group", "model"),
)
