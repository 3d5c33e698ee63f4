"""What plans state and what does not add up in them, what was observed of supply, and what to do from now on."""

from pipeline.results.tables.shared_columns import FIGURE_ID, FIGURE_IDS, PLAN, YARDSTICK, YEAR, amount, quantiles
from pipeline.schemas import (
    COMPARATOR,
    IDENTIFIER,
    INDICATOR,
    OBSERVED_DATE,
    REGION,
    UNIT_OF_INDICATOR,
    Table,
    boolean,
    integer,
    number,
    text,
)
from pipeline.vocabulary import ADDITION_PARTS, AUDIT_SEVERITIES, BASES, CONFIDENCES, COST_KINDS, FIGURE_KINDS, GRADES

QUANTITY = text("quantity", "what is counted: indicator id in data/indicators.yaml", pattern=IDENTIFIER)
SOURCE_ID = text("source", "source id", pattern=IDENTIFIER)

PLAN_FIGURES = Table(
    "plan_figures",
    "Every quantified figure of the plans. A blank value is one the plan leaves blank.",
    (
        PLAN,
        REGION,
        text("figure_id", "id of the figure in data/plans", pattern=FIGURE_ID),
        INDICATOR,
        text("kind", "baseline, target, projection or norm", FIGURE_KINDS),
        integer("year", "year the value refers to; blank for a norm without a year", nullable=True),
        number("value", "the stated value", "see unit", nullable=True),
        UNIT_OF_INDICATOR,
        COMPARATOR,
        text("basis", "population basis as stated", BASES),
        text("section", "section of the plan"),
        text("note", "how the figure was read", nullable=True),
    ),
    ("figure_id",),
)

SUPPLY = Table(
    "supply",
    "Every dated observation of beds and staff in the regions with a plan, their parts, their provinces and the "
    "nation: a stock, or a ratio or share of one.",
    (
        REGION,
        text(
            "part", "code of the prefecture it is of; blank for the region itself", nullable=True, pattern=r"[0-9]{6}"
        ),
        QUANTITY,
        text("date", "a day, the end of a month, or the end of a year", pattern=OBSERVED_DATE),
        number("value", "as published", "see unit", low=0, trimmed=True),
        UNIT_OF_INDICATOR,
        COMPARATOR,
        text("basis", "population basis of a ratio, as stated or inferred", BASES),
        text("grade", "what it is worth today: A of this year, B at most five years old, C older", ("A", "B", "C")),
        text("confidence", "published, derived from published ones, or weak", CONFIDENCES),
        text("definition", "blank where it is the indicator's own; else kept apart", nullable=True, pattern=IDENTIFIER),
        text(
            "origin", "the plan's figure that states it, or supply for the shared table", pattern=f"supply|{FIGURE_ID}"
        ),
        SOURCE_ID,
    ),
    ("region", "part", "quantity", "date", "definition", "origin"),
)

NORMS = Table(
    "norms",
    "The nation's latest outcome of each quantity, the one norm for every region, and the goals of its plans.",
    (
        QUANTITY,
        text("kind", "outcome or goal", ("outcome", "goal")),
        YEAR,
        number("value", "the measure; outcomes of stocks per 1,000 residents aged 60+", "see unit", trimmed=True),
        text("unit", "per_1000, or the unit of the goal's indicator", pattern=IDENTIFIER),
        SOURCE_ID,
    ),
    ("quantity", "kind", "year"),
)

PLAN_AUDIT = Table(
    "plan_audit",
    "What follows from one figure of a plan against what another states, or against counts from outside.",
    (
        PLAN,
        text("check", "rule that compared them", pattern=IDENTIFIER),
        text("figure_ids", "figures compared, by semicolon", pattern=FIGURE_IDS),
        integer("count", "comparisons the row stands for: those that merely hold are one row a rule", low=1),
        number("stated", "the stated value; blank where the row stands for several", "see figure", nullable=True),
        number("expected", "what follows from the others; blank likewise", "see figure", nullable=True),
        number("difference", "stated ÷ expected − 1; blank between dates and against a bound", "ratio", nullable=True),
        text("basis", "population on which they were compared; blank where none was", BASES, nullable=True),
        text("severity", "how far both are apart; borderline: another sample of draws may decide", AUDIT_SEVERITIES),
        text("explanation_zh", "the recomputation in Chinese"),
        text("explanation_en", "the recomputation in English"),
    ),
    ("plan", "severity", "check", "figure_ids"),
)

# From now on.

COUNTED_BY = text("quantity", "the quantity that counts it", pattern=IDENTIFIER)
GRADE = text("grade", "what the stock it rests on is worth (A to C)", GRADES, nullable=True)
PERIOD = text("period", "years, ends included", pattern=r"[0-9]{4}-[0-9]{4}")

ADDITIONS = Table(
    "additions",
    "Units to add from the day after as_of on: three parts that sum, and the record beside. What is shown is worked "
    "out from shown numbers; the shown total is the sum of the shown parts, or 0 where a surplus is left. Empty and "
    "convertible beds stand beside and are never subtracted. Central scenario.",
    (
        REGION,
        text("resource", "what is counted", pattern=IDENTIFIER),
        COUNTED_BY,
        YARDSTICK,
        PERIOD,
        text(
            "part",
            "shortfall when the period begins (a surplus is negative); ageing, what is required more at its end; "
            "closures, what closes or leaves in it; total; record, units added a year in the past; empty, beds that "
            "stand empty and could be filled up to the occupancy aimed at; convertible, ordinary beds that could "
            "become nursing beds",
            (*ADDITION_PARTS, "total", "record", "empty", "convertible"),
        ),
        amount("shown", "what is shown", decimals=0, trimmed=False),
        *quantiles("see unit", 1),
        text("unit", "unit", ("beds_per_year", "persons_per_year", "beds")),
        GRADE,
    ),
    ("region", "resource", "quantity", "yardstick", "period", "part"),
)

_SHOWN = (
    amount("shown", "what is shown", decimals=3, trimmed=False),
    *quantiles("see unit", 2, "; blank where the number is chosen"),
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
            "people aged 80+ a tenth more would add; costs as in cost.csv; no_national_goal where the nation has set "
            "none for the year and its latest outcome stands in",
            (
                *("number", "per_1000", "share", "additions_per_year", "record_per_year", "chance_enough"),
                *("change_if_80plus_tenth_higher", "no_national_goal", *COST_KINDS),
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
    "Childcare places of plans that set them: the number in its year, the ratio per 1,000 people it implies after it, "
    "and the children under three beside. Births are not checked against counts. Central scenario.",
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

COST = Table(
    "cost",
    "What additions cost, as intervals of published subsidies, project costs and pay in the prices of one year. A "
    "subsidy is part of the whole investment: the two are never added. Land, and the beds and staff that are there "
    "already, are left out. Central scenario.",
    (
        REGION,
        text("resource", "what is added", pattern=IDENTIFIER),
        COUNTED_BY,
        YARDSTICK,
        PERIOD,
        text(
            "kind",
            "public subsidy for building the beds added in the period; the whole investment in them; the yearly "
            "subsidy for running them, and the yearly pay of the caregivers added, at the period's end",
            COST_KINDS,
        ),
        number("q10", "0.1 quantile of the draws", "see unit", low=0, decimals=2),
        number("shown", "the shown units at the middle of the unit cost", "see unit", low=0, decimals=2),
        number("q90", "0.9 quantile of the draws", "see unit", low=0, decimals=2),
        text("unit", "unit", ("million_yuan", "million_yuan_per_year")),
        integer("price_year", "year of the prices", low=2010, high=2060),
        text("grade", "B where prices are the region's own, C where they come from elsewhere", ("B", "C")),
        boolean("own", "true where prices are the region's own"),
        text("sources", "sources of the prices, by semicolon"),
    ),
    ("region", "resource", "quantity", "yardstick", "period", "kind"),
)
