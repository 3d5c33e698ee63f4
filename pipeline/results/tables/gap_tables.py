"""Need, what is required and what exists, the gap, and how targets stand; why need moves; draws for the explorer."""

from pipeline.results.tables import shared_columns as shared
from pipeline.schemas import IDENTIFIER, OBSERVED_DATE, REGION, Column, Table, boolean, integer, number, text
from pipeline.shortfall.why import DRIVERS
from pipeline.vocabulary import BASES, CARRIED_BY, SETTINGS_OF_CARE, SUPPLY_PATHS, YARDSTICKS

QUANTITY = text("quantity", "which beds or staff are counted: indicator id in data/indicators.yaml", pattern=IDENTIFIER)

GAP = Table(
    "gap",
    "What each yardstick requires of each quantity, what exists of it on every path, and the gap (required less "
    "existing: positive is short). What is shown closes: the gap shown is the requirement shown less what is shown "
    "to exist; quantiles are those of the draws.",
    (
        shared.SCENARIO,
        REGION,
        shared.YEAR,
        shared.RESOURCE,
        QUANTITY,
        text("yardstick", "what sets the requirement; blank for what exists", YARDSTICKS, nullable=True),
        shared.DEFINITION,
        shared.SEVERITY,
        text("setting", "where care is given; blank for all", SETTINGS_OF_CARE, nullable=True),
        text(
            "supply_path",
            "how supply is carried forward from the last observation; blank for what is required",
            SUPPLY_PATHS,
            nullable=True,
        ),
        text(
            "measure",
            "required, check (by a second rule of the plan), existing, or gap",
            ("required", "check", "existing", "gap"),
        ),
        shared.amount("shown", "the median, rounded once; blank where it cannot be known"),
        shared.amount("q10", "lower end of the 80 % interval"),
        shared.amount("q90", "upper end of the 80 % interval"),
        shared.UNIT,
        text("basis", "population basis of the requirement", BASES),
        shared.GRADE,
        boolean("carried", "true where the plan's last target is kept after its own year, as a ratio to people"),
        text(
            "figure_id",
            "figures, norms or observations it rests on, by semicolon",
            nullable=True,
            pattern=shared.FIGURE_IDS,
        ),
        shared.UNKNOWN,
    ),
    (
        *("scenario", "region", "year", "resource", "quantity", "yardstick"),
        *("definition", "severity", "setting", "supply_path", "measure", "figure_id"),
    ),
)


def _interval(name: str, meaning: str) -> tuple[Column, ...]:
    return tuple(
        shared.amount(f"{name}{end}", f"{meaning}{what}")
        for end, what in (("", ", shown"), ("_q10", "; lower end of its 80 % interval"), ("_q90", "; upper end"))
    )


STANDING = (
    shared.PLAN,
    REGION,
    text(
        "plan_state",
        "current, ended before today, or superseded by a later plan of the region",
        ("current", "ended", "superseded"),
    ),
    shared.RESOURCE,
    QUANTITY,
    text("yardstick", "the plan's own target, or the norm where it sets none", ("plan", "norm")),
    text("figure_id", "figures or norms it rests on, by semicolon", pattern=shared.FIGURE_IDS),
    number("target", "target as stated; blank where several rules add up", "see target_unit", nullable=True),
    text("target_unit", "unit of the target", nullable=True, pattern=IDENTIFIER),
    integer("target_year", "year of the target; of a rule without one the plan's last; of a norm today's", low=1980),
    *_interval("required", "what is required in that year"),
    *_interval("existing", "what exists in that year: observed, or carried from the last observation"),
    *_interval("gap", "required less existing"),
    shared.UNIT,
    shared.GRADE,
    text(
        "verdict",
        "how the target stands; blank at C and D",
        ("met", "missed", "likely_met", "likely_missed", "open"),
        nullable=True,
    ),
    number(
        "met_probability",
        "share of the draws in which it is met; at A and B only",
        "probability",
        low=0,
        high=1,
        nullable=True,
        decimals=3,
    ),
    text("settled_by", "figures that would settle it, each as indicator:year:publication, by semicolon", nullable=True),
    text("stock_date", "date of the observation that speaks for the year", nullable=True, pattern=OBSERVED_DATE),
    number("stock_value", "that observation as published", "see stock_unit", nullable=True, trimmed=True),
    text("stock_unit", "its unit", nullable=True, pattern=IDENTIFIER),
    text("carried_by", "what carries it to the year", CARRIED_BY, nullable=True),
    text("as_of", "the day that counts as today", pattern=shared.DATE),
    text(
        "marks",
        "codes of what stands in for a published fact; borderline: other draws may word the verdict otherwise",
        nullable=True,
    ),
    shared.UNKNOWN,
)

VERDICT = Table(
    "verdict",
    "How each dated target of a plan's own period stands, and the national norm for resources on which it sets none.",
    (shared.SCENARIO, *STANDING),
    ("scenario", "plan", "resource", "quantity", "yardstick", "target_year", "figure_id"),
)

NEED = Table(
    "need",
    "People who need help, and the beds and staff that their care takes, by the national rates that need rests on. "
    "`shown` is the median; parts by severity and setting sum to what is shown of the whole.",
    (
        shared.SCENARIO,
        REGION,
        shared.YEAR_END_OR_CENSUS,
        text(
            "measure",
            "all people aged 60 and over; the disabled; people with dementia; the disabled who would live in "
            "institutions (residents); beds for them, of these nursing beds, and of these places for people with "
            "dementia; caregivers of institutions and community facilities",
            (
                *("population_60plus", "disabled", "dementia", "residents"),
                *("beds", "nursing_beds", "dementia_beds", "caregivers"),
            ),
        ),
        text(
            "definition",
            "definition of disability; local_count where the region itself published a count; blank for all people "
            "and for dementia",
            nullable=True,
            pattern=IDENTIFIER,
        ),
        shared.SEVERITY,
        text(
            "setting",
            "where caregivers work; blank for all, which is institutions and community facilities; home stands beside",
            SETTINGS_OF_CARE,
            nullable=True,
        ),
        number("shown", "what is shown: the median, or its part", "persons or beds", low=0, decimals=0),
        *shared.quantiles("persons or beds", 0, "; blank for a count"),
        text("basis", "population basis", BASES),
        text("figure_id", "source of a count; blank for what is worked out", nullable=True),
    ),
    ("scenario", "region", "year", "measure", "definition", "severity", "setting"),
)

HEADLINE = Table(
    "headline",
    "One row a plan and resource: its last target by the main rule, or the national norm where it sets none; what it "
    "takes, what there is, and how it stands. A resource with neither has no row.",
    STANDING,
    ("plan", "resource"),
)

WATERFALL = Table(
    "waterfall",
    "Why need asks for more or less in the target year than in the base year, under the headline definition. Each "
    "driver alone, and their interaction: base, drivers and interaction sum to the target, as shown and in every draw. "
    "Base and target are the medians that need.csv shows.",
    (
        REGION,
        shared.RESOURCE,
        shared.YARDSTICK,
        integer("base_year", "first year", low=2000, high=2100),
        integer("target_year", "last year", low=2000, high=2100),
        text(
            "driver",
            "base, the driver that moves alone, interaction, or target",
            ("base", *DRIVERS.values(), "interaction", "target"),
        ),
        integer("order", "place of the step", low=0),
        number("shown", "the step as shown", "see resource", decimals=0),
        number("q10", "its 0.1 quantile", "see resource", decimals=1),
        number("q90", "its 0.9 quantile", "see resource", decimals=1),
    ),
    ("region", "resource", "yardstick", "order"),
)

SENSITIVITY = Table(
    "sensitivity",
    "What need depends on: Sobol indices of the uncertain inputs, and what is required with one input at its 0.1 and "
    "0.9 quantile and all others at their medians.",
    (
        REGION,
        shared.RESOURCE,
        shared.YARDSTICK,
        shared.DEFINITION,
        integer("year", "year of the requirement", low=2000, high=2100),
        integer("rank", "place by the total index", low=1),
        text("input", "uncertain input", pattern=IDENTIFIER),
        text("index", "which index `value` is", ("total",)),
        number("value", "share of the variance, interactions included", "ratio", decimals=4),
        number("value_conf", "half the width of its 95 % interval", "ratio", decimals=4),
        number("first_order", "share of the variance by the input alone", "ratio", decimals=4),
        number("low", "required with the input at its 0.1 quantile", "see resource", decimals=1),
        number("high", "required with the input at its 0.9 quantile", "see resource", decimals=1),
        number("input_low", "the input's 0.1 quantile; a standard normal where it has no unit", "see input"),
        number("input_high", "the input's 0.9 quantile", "see input"),
    ),
    ("region", "resource", "yardstick", "rank"),
)

SERIES = (
    *("people", "existing", "grade", "kept", "record", "plan", "status_quo", "norm"),
    *("price", "bed_use", "factor", "share", "users_per_carer"),
)

SAMPLE = Table(
    "sample",
    "A stratified sample of the draws, to four digits, with all that need, gaps and costs are worked out from. A line "
    "that is the same in every draw stands in one draw, one that is the same in every year in the first year.",
    (
        shared.SCENARIO,
        text("region", "region id; all where it is the same in every region", pattern=IDENTIFIER),
        text("series", "what kind of line it is", SERIES),
        text(
            "item",
            "a quantity for existing, kept (share still there a year later), record, grade of what exists (1 for A "
            "to 3 for C), plan, status_quo and norm (per person aged 60+); an indicator, a severity or dementia for "
            "people; a kind of cost for price (yuan a unit); setting.severity for share and users_per_carer; what is "
            "drawn for bed_use and factor",
            pattern=r"[a-z][a-z0-9_]*(\.[a-z]+)?",
        ),
        integer("draw", "number of the draw among all draws", low=0),
        shared.YEAR_END_OR_CENSUS,
        number("value", "the value", "see item", decimals=6),
    ),
    ("scenario", "region", "series", "item", "draw", "year"),
)
