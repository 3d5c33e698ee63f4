"""People: by region, year, sex and age; beside the counts since the census; the nation beside other projections."""

from pipeline.axes import COUNTED_GROUPS, FIVE_YEAR_GROUPS, OLD_BANDS, SEXES, SINGLE_AGES_100
from pipeline.results.tables.shared_columns import (
    AGE_GROUP,
    DATE,
    OUTPUT,
    SCENARIO,
    YEAR,
    YEAR_END_OR_CENSUS,
    percentage,
    persons,
)
from pipeline.schemas import GB_CODE, REGION, SOURCE, Column, Grid, Table, boolean, integer, number, sex, text

SINGLE_AGE = Table(
    "single_age",
    "Population by single age of every region on the days of its censuses: published groups, graduated.",
    (
        REGION,
        integer("year", "census year (1 November)", low=2000, high=2100),
        sex(),
        text("age", "age in completed years", SINGLE_AGES_100),
        number("population", "residents", "persons", low=0),
    ),
    ("region", "year", "sex", "age"),
    (Grid({"sex": SEXES, "age": SINGLE_AGES_100}),),
)

POPULATION = Table(
    "population",
    "Population by scenario, region, year, sex and age group: persons at the year's end, and on 1 November in "
    "the census row of 2020. A scenario that changes care alone has the population of `central`.",
    (
        SCENARIO,
        REGION,
        text("gb_code", "GB/T 2260 code", pattern=GB_CODE),
        YEAR,
        text("date", "day the value is of", pattern=DATE),
        sex(both=True),
        AGE_GROUP,
        *OUTPUT,
        persons("value", "population"),
    ),
    ("scenario", "region", "year", "date", "sex", "age_group", "output_type", "output_type_id"),
)

AGES = Table(
    "ages",
    "Population of the planned regions and the nation by sex and five-year age group, for pyramids.",
    (
        SCENARIO,
        REGION,
        YEAR_END_OR_CENSUS,
        sex(),
        text("age_group", "age group", FIVE_YEAR_GROUPS),
        *OUTPUT,
        persons("value", "population"),
    ),
    ("scenario", "region", "year", "sex", "age_group", "output_type", "output_type_id"),
)

# Counts since the census.

ENDS = {"median": "median", "lower_80": "lower end of the 80 % interval", "upper_80": "upper end"}


def _forecast(name: str, what: str) -> tuple[Column, ...]:
    """The columns of a median and its 80 % interval."""
    return tuple(persons(f"{name}_{end}", f"{what}: {meaning}") for end, meaning in ENDS.items())


COUNTS_BESIDE = Table(
    "counts",
    "Residents counted at the ends of years since the census, beside the forecast made from the census alone and the "
    "one that has seen the counts. The nation's totals are without servicemen.",
    (
        REGION,
        YEAR,
        AGE_GROUP,
        persons("value", "counted"),
        SOURCE,
        boolean("used", "whether the forecast followed it"),
        text("why_not", "why it did not", ("series_break", "reviewed"), nullable=True),
        *_forecast("census_only", "the forecast from the census alone"),
        *_forecast("central", "the forecast that has seen the counts"),
        number("error_census_only", "median less count", "percent of the count", decimals=2),
        number("error_central", "median less count", "percent of the count", decimals=2),
    ),
    ("region", "year", "age_group"),
)

FORECAST_MOVED = Table(
    "forecast_moved",
    "How the counts moved each region's forecast.",
    (
        REGION,
        YEAR,
        AGE_GROUP,
        *_forecast("before", "from the census alone"),
        *_forecast("after", "having seen the counts"),
        number("change_percent", "median after against before", "percent", decimals=2),
        number("width_before_percent", "half the 80 % interval before", "percent of the median", decimals=2),
        number("width_after_percent", "half the 80 % interval after", "percent of the median", decimals=2),
    ),
    ("region", "year", "age_group"),
)

COUNTS_SCORES = Table(
    "counts_scores",
    "Forecasts of provinces from counts up to a year, held against counts after it. The smoother foretells two "
    "targets: what the next bulletin will say, and what the next census will count, for which bulletins stand in here.",
    (
        text("target", "what is foretold", ("next_bulletin", "next_census")),
        integer("cutoff", "last year of counts that were seen; 0 for all", low=0, high=2100),
        integer("years_ahead", "years from it to the count; 0 for all", low=0, high=40),
        text("level", "whose counts", ("nation", "province", "city", "all")),
        text("age_group", "age group, or all", (*COUNTED_GROUPS, "all")),
        text("own_counts", "whether the area's own counts were seen, or its whole's alone", ("used", "left_out")),
        text("model", "the rule", ("smoother", "no_counts", "last_ratio", "draws_growth")),
        integer("n", "counts foretold", low=1),
        number("mape", "mean absolute error of the median", "percent", decimals=2),
        number("bias", "mean of median less count", "percent", decimals=2),
        number("crps", "continuous ranked probability score", "percent of the count", decimals=2),
        *(
            percentage(f"coverage_{level}{end}", f"counts inside the {level} % interval{what}")
            for level in (80, 95)
            for end, what in (("", ""), ("_low", ", lower end (Clopper-Pearson)"), ("_high", ", upper end"))
        ),
    ),
    ("target", "cutoff", "years_ahead", "level", "age_group", "own_counts", "model"),
)

BALANCE = Table(
    "balance",
    "How far the provinces' sum lay above the nation, draw by draw, before they were made to add up; on 1 November.",
    (
        SCENARIO,
        YEAR,
        AGE_GROUP,
        number("mean", "mean of the draws", "percent", decimals=3),
        number("sd", "SD of the draws", "percent", decimals=3),
        number("lower_95", "lower end of the 95 % interval", "percent", decimals=3),
        number("upper_95", "upper end", "percent", decimals=3),
        percentage("within_03", "draws within .3 %"),
    ),
    ("scenario", "year", "age_group"),
)

# The nation.

BOUNDS_80 = {"lower_80": "lower 80 % bound", "upper_80": "upper 80 % bound"}
BOUNDS = BOUNDS_80 | {"lower_95": "lower 95 % bound", "upper_95": "upper 95 % bound"}

BENCHMARK = Table(
    "benchmark_un",
    "The nation in this projection beside the UN's projections and published counts; none of them is fitted.",
    (
        text("source", "whose number", ("wpp_2024", "wpp_2022", "communique")),
        YEAR,
        text("date", "day the values are of", pattern=DATE),
        AGE_GROUP,
        persons("value", "the published value"),
        *(persons(name, f"its {bound}", nullable=True) for name, bound in BOUNDS.items()),
        persons("ours_median", "this projection: median"),
        *(persons(f"ours_{name}", f"this projection: {bound}") for name, bound in BOUNDS.items()),
    ),
    ("source", "age_group", "year"),
)

CONSISTENCY = Table(
    "consistency",
    "The old of the central scenario with the census-consistency offset, by which the next census counts as the last "
    "one did, and without it, where reported mortality (WPP 2024) holds; at the year's end.",
    (
        REGION,
        integer("year", "calendar year", low=2020, high=2100),
        text("age_group", "age group", OLD_BANDS),
        *(
            persons(f"{which}_{name}", f"{which} the offset: {value}")
            for which in ("with", "without")
            for name, value in {"median": "median", **BOUNDS_80}.items()
        ),
    ),
    ("region", "year", "age_group"),
)
