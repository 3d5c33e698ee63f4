"""What is needed, what is required, what exists and the gap; how targets stand, and norms where a plan sets none."""

from pipeline.results.tables import shared_columns as shared
from pipeline.schemas import IDENTIFIER, OBSERVED_DATE, REGION, Column, Table, boolean, integer, number, text
from pipeline.vocabulary import BASES, CARRIED_BY, SETTINGS_OF_CARE, SUPPLY_PATHS, YARDSTICKS

WHAT = ("scenario", "region", "year", "resource", "quantity")
MEASURES = ("required", "check", "existing", "gap")
PEOPLE_IN_NEED = ("population_60plus", "disabled", "dementia", "residents")
CARE = ("beds", "nursing_beds", "dementia_beds", "caregivers")

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
        shared.QUANTITY,
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
        text("measure", "required, check (by a second rule of the plan), existing, or gap", MEASURES),
        shared.SHOWN,
        shared.Q10,
        shared.Q90,
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
    (*WHAT, *("yardstick", "definition", "severity", "setting", "supply_path", "measure", "figure_id")),
)

PLAN_STATES = ("current", "ended", "superseded")
VERDICTS = ("met", "missed", "likely_met", "likely_missed", "open")


def _interval(name: str, meaning: str) -> tuple[Column, ...]:
    return tuple(
        number(f"{name}{end}", f"{meaning}{what}", "see unit", nullable=True, decimals=1, trimmed=True)
        for end, what in (("", ", shown"), ("_q10", "; lower end of its 80 % interval"), ("_q90", "; upper end"))
    )


STANDING = (
    shared.PLAN,
    REGION,
    text("plan_state", "current, ended before today, or superseded by a later plan of the region", PLAN_STATES),
    shared.RESOURCE,
    shared.QUANTITY,
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
    text("verdict", "how the target stands; blank at C and D", VERDICTS, nullable=True),
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
            (*PEOPLE_IN_NEED, *CARE),
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
