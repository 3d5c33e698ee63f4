"""Counts since the census beside the forecast, what they moved, how forecasts from them did, and sums of provinces."""

from pipeline.axes import COUNTED_GROUPS
from pipeline.results.tables.shared_columns import AGE_GROUP, SCENARIO, YEAR
from pipeline.schemas import REGION, SOURCE, Column, Table, boolean, integer, number, text

LEVELS = ("nation", "province", "city", "all")
TARGETS = ("next_bulletin", "next_census")
MODELS = ("smoother", "no_counts", "last_ratio", "draws_growth")


def _people(name: str, what: str, *, nullable: bool = False) -> tuple[Column, ...]:
    """The columns of a median and its 80 % interval."""
    words = {"median": "median", "lower_80": "lower end of the 80 % interval", "upper_80": "upper end"}
    return tuple(
        number(f"{name}_{key}", f"{what}: {meaning}", "persons", low=0, decimals=0, nullable=nullable)
        for key, meaning in words.items()
    )


COUNTS_BESIDE = Table(
    "counts",
    "Residents counted at the ends of years since the census, beside the forecast made from the census alone and the "
    "one that has seen the counts. The nation's totals are without servicemen.",
    (
        REGION,
        YEAR,
        AGE_GROUP,
        number("value", "counted", "persons", low=0, decimals=0),
        SOURCE,
        boolean("used", "whether the forecast followed it"),
        text("why_not", "why it did not", ("series_break", "reviewed"), nullable=True),
        *_people("census_only", "the forecast from the census alone"),
        *_people("central", "the forecast that has seen the counts"),
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
        *_people("before", "from the census alone"),
        *_people("after", "having seen the counts"),
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
        text("target", "what is foretold", TARGETS),
        integer("cutoff", "last year of counts that were seen; 0 for all", low=0, high=2100),
        integer("years_ahead", "years from it to the count; 0 for all", low=0, high=40),
        text("level", "whose counts", LEVELS),
        text("age_group", "age group, or all", (*COUNTED_GROUPS, "all")),
        text("own_counts", "whether the area's own counts were seen, or its whole's alone", ("used", "left_out")),
        text("model", "the rule", MODELS),
        integer("n", "counts foretold", low=1),
        number("mape", "mean absolute error of the median", "percent", decimals=2),
        number("bias", "mean of median less count", "percent", decimals=2),
        number("crps", "continuous ranked probability score", "percent of the count", decimals=2),
        *(
            number(
                f"coverage_{level}{end}",
                f"counts inside the {level} % interval{what}",
                "percent",
                low=0,
                high=100,
                decimals=1,
            )
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
        number("within_03", "draws within .3 %", "percent", low=0, high=100, decimals=1),
    ),
    ("scenario", "year", "age_group"),
)
