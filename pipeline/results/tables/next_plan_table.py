"""The next plan, and childcare beside it."""

from pipeline.results.tables.additions_table import GRADE
from pipeline.results.tables.shared_columns import YEAR
from pipeline.schemas import IDENTIFIER, REGION, Table, boolean, number, text

_SHOWN = (
    number("shown", "what is shown", "see unit", nullable=True, decimals=3),
    number("q10", "0.1 quantile of the draws; blank where the number is chosen", "see unit", nullable=True, decimals=2),
    number("q90", "0.9 quantile of the draws; blank where the number is chosen", "see unit", nullable=True, decimals=2),
)

NEXT_PLAN = Table(
    "next_plan",
    "What the next plan may aim at, to copy from: standing still, the nation's measure, and enough for need at a "
    "certainty. The mid-term lies on the straight line from what exists at as_of. Central scenario, headline "
    "definition.",
    (
        REGION,
        YEAR,
        text("option", "what the number follows", pattern=r"stand_still|national_goal|need_[0-9]+"),
        number("certainty", "certainty that need asks for no more", "probability", nullable=True, decimals=3),
        text("resource", "what is counted; beds are beds of institutions in every region", pattern=IDENTIFIER),
        text(
            "measure",
            "number; its ratio per 1,000 people aged 60+; its share of the option's own total of beds; units to add a "
            "year, closures replaced; units added a year in the past; probability that it is enough for need; what "
            "people "
            "aged 80+ a tenth more would add; costs as in cost.csv; no_national_goal where the nation has set none for "
            "the year and its latest outcome stands in",
            (
                "number",
                "per_1000",
                "share",
                "additions_per_year",
                "record_per_year",
                "chance_enough",
                "change_if_80plus_tenth_higher",
                "no_national_goal",
                "capital_subsidy",
                "capital_investment",
                "running_subsidy",
                "pay",
            ),
        ),
        *_SHOWN,
        text("unit", "unit", nullable=True),
        GRADE,
    ),
    ("region", "year", "option", "resource", "measure"),
)

CHILDCARE = Table(
    "childcare",
    "Childcare places of plans that set them: the number in its year, the ratio per 1,000 people it implies after "
    "it, and "
    "the children under three beside. Births are not checked against counts. Central scenario.",
    (
        REGION,
        YEAR,
        text(
            "measure",
            "places the plan asks for; places that exist; places to add; all people; children under three; places for "
            "1,000 people",
            ("places_required", "places_existing", "places_to_add", "people", "children_under_3", "places_per_1000"),
        ),
        *_SHOWN,
        text("unit", "unit", ("places", "persons", "per_1000")),
        text(
            "rests_on",
            "number or ratio of the plan, observation, or forecast",
            ("number", "ratio", "stock", "forecast"),
        ),
        boolean("births_checked", "true where births were checked against counts"),
    ),
    ("region", "year", "measure"),
)
