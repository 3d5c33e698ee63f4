"""How targets stand: each dated target of a plan, and norms where it sets none."""

from pipeline.results.tables.shared_columns import (
    DATE,
    FIGURE_IDS,
    GRADE,
    PLAN,
    QUANTITY,
    RESOURCE,
    SCENARIO,
    UNIT,
    UNKNOWN,
)
from pipeline.schemas import IDENTIFIER, OBSERVED_DATE, REGION, Column, Table, integer, number, text
from pipeline.vocabulary import CARRIED_BY

PLAN_STATES = ("current", "ended", "superseded")
VERDICTS = ("met", "missed", "likely_met", "likely_missed", "open")


def _interval(name: str, meaning: str) -> tuple[Column, ...]:
    return tuple(
        number(f"{name}{end}", f"{meaning}{what}", "see unit", nullable=True, decimals=1, trimmed=True)
        for end, what in (("", ", shown"), ("_q10", "; lower end of its 80 % interval"), ("_q90", "; upper end"))
    )


STANDING = (
    PLAN,
    REGION,
    text("plan_state", "current, ended before today, or superseded by a later plan of the region", PLAN_STATES),
    RESOURCE,
    QUANTITY,
    text("yardstick", "the plan's own target, or the norm where it sets none", ("plan", "norm")),
    text("figure_id", "figures or norms it rests on, by semicolon", pattern=FIGURE_IDS),
    number("target", "target as stated; blank where several rules add up", "see target_unit", nullable=True),
    text("target_unit", "unit of the target", nullable=True, pattern=IDENTIFIER),
    integer("target_year", "year of the target; of a rule without one the plan's last; of a norm today's", low=1980),
    *_interval("required", "what is required in that year"),
    *_interval("existing", "what exists in that year: observed, or carried from the last observation"),
    *_interval("gap", "required less existing"),
    UNIT,
    GRADE,
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
    text("as_of", "the day that counts as today", pattern=DATE),
    text(
        "marks",
        "codes of what stands in for a published fact; borderline: other draws may word the verdict otherwise",
        nullable=True,
    ),
    UNKNOWN,
)

VERDICT = Table(
    "verdict",
    "How each dated target of a plan's own period stands, and the national norm for resources on which it sets none.",
    (SCENARIO, *STANDING),
    ("scenario", "plan", "resource", "quantity", "yardstick", "target_year", "figure_id"),
)
