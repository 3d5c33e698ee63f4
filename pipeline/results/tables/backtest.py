"""Forecasts of the past beside what was counted, and what the fits keep to."""

from pipeline.axes import REPORT_GROUPS
from pipeline.results.tables.shared_columns import AGE_GROUP, OUTPUT, percentage
from pipeline.schemas import IDENTIFIER, REGION, Column, Table, boolean, integer, number, text

INFORMATION = ("ex_ante", "hindsight_mortality", "hindsight_shrinkage", "shown_not_fitted")
LOOK_AHEAD = ("none", "form", "others", "others_width", "shrinkage", "mortality")

TEST = text("test", "what was forecast", ("provinces", "nation", "cities", "moved_cities", "national_series"))
BACKTEST_AGE_GROUP = text("age_group", "age group", (*REPORT_GROUPS, "70+"))


def _forecast_value(name: str, description: str, unit: str) -> Column:
    return number(name, description, unit, low=0, decimals=0 if unit == "persons" else 4, trimmed=True)


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
            REGION,
            integer("origin", "last year known to it", low=1990, high=2100),
            integer("target_year", "year forecast", low=1990, high=2100),
            BACKTEST_AGE_GROUP,
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


def _coverage(level: int) -> tuple[Column, ...]:
    low, high = "lower end of its 95 % bootstrap interval over areas", "upper end of it"
    return (
        percentage(f"coverage_{level}", f"share of counts within the {level} % interval"),
        number(f"coverage_{level}_low", low, "percent", nullable=True, decimals=1),
        number(f"coverage_{level}_high", high, "percent", nullable=True, decimals=1),
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
    "The old of prefectures at the census of 2020, forecast without their province from 2010.",
    "persons",
)

SERIES_FORECASTS = Table(
    "series_forecasts",
    "The nation's share of the old as time-series methods continue it: benchmarks, not this projection.",
    (
        text("model", "what made the forecast", pattern=IDENTIFIER),
        integer("year", "calendar year, at its end", low=2000, high=2100),
        AGE_GROUP,
        text("unit", "unit of the value", ("percent",)),
        *OUTPUT,
        _forecast_value("value", "share of the population", "percent"),
    ),
    ("model", "age_group", "year", "output_type", "output_type_id"),
)

BACKTEST = _backtest(
    "backtest",
    "Forecasts of the past beside what was counted: provinces and nation, cities (the model's own), yearly series.",
    "persons, or percent in the yearly series",
    leading=(TEST,),
)

BACKTEST_PAIRS = Table(
    "backtest_pairs",
    "This project's model against each rival on the cases both forecast: difference of CRPS, below zero is better.",
    (
        TEST,
        text("information", "what the models were told", INFORMATION),
        BACKTEST_AGE_GROUP,
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
        TEST,
        text("information", "what the model was told", INFORMATION),
        text("model", "model or rule", pattern=IDENTIFIER),
        BACKTEST_AGE_GROUP,
        integer("n", "forecasts scored", low=1),
        number("mape", "mean absolute error of the median or point", "percent", low=0, decimals=3),
        number("bias", "mean error", "percent", decimals=3),
        number("crps", "continuous ranked probability score", "percent of the observed", low=0, decimals=3),
        *_coverage(80),
        *_coverage(95),
        integer("rank", "rank by CRPS, the best first", low=1),
        text(
            "look_ahead",
            "what it saw of the time it foretells: none; form, the model's form and its priors; others, the other "
            "areas then too; others_width, and how wide their intervals had to be; shrinkage and mortality as known "
            "only later",
            LOOK_AHEAD,
        ),
    ),
    ("test", "information", "age_group", "model"),
)

FIT = text("model", "fit", pattern=IDENTIFIER)

DIAGNOSTICS = Table(
    "diagnostics",
    "The worst value of each sampler diagnostic of each fit, and the limit it has to keep to.",
    (
        FIT,
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
        FIT,
        text("area", "region id, or `all` for the sum over them", pattern=IDENTIFIER),
        number("elpd", "expected log predictive density", "nats", decimals=2),
        number("se", "standard error of the sum; blank for one area", "nats", low=0, nullable=True, decimals=2),
        number("p_loo", "effective number of parameters", "parameters", decimals=2),
        number("pareto_k", "shape of the tail of the importance weights; the largest in row `all`", "", decimals=2),
        boolean("reliable", "true where the shape keeps to the limit for so many draws"),
    ),
    ("model", "area"),
)
