"""What is required, what exists, and the gap."""

from pipeline.results.tables.shared_columns import (
    DEFINITION,
    FIGURE_IDS,
    GRADE,
    Q10,
    Q90,
    QUANTITY,
    RESOURCE,
    SCENARIO,
    SEVERITY,
    SHOWN,
    UNIT,
    UNKNOWN,
    YEAR,
)
from pipeline.schemas import REGION, Table, boolean, text
from pipeline.vocabulary import BASES, SETTINGS_OF_CARE, SUPPLY_PATHS, YARDSTICKS

MEASURES = ("required", "check", "existing", "gap")


GAP = Table(
    "gap",
    "What each yardstick requires of each quantity, what exists of it on every path, and the gap (required less "
    "existing: positive is short). What is shown closes: the gap shown is the requirement shown less what is shown "
    "to exist; quantiles are those of the draws.",
    (
        SCENARIO,
        REGION,
        YEAR,
        RESOURCE,
        QUANTITY,
        text("yardstick", "what sets the requirement; blank for what exists", YARDSTICKS, nullable=True),
        DEFINITION,
        SEVERITY,
        text("setting", "where care is given; blank for all", SETTINGS_OF_CARE, nullable=True),
        text(
            "supply_path",
            "how supply is carried forward from the last observation; blank for what is required",
            SUPPLY_PATHS,
            nullable=True,
        ),
        text("measure", "required, check (by a second rule of the plan), existing, or gap", MEASURES),
        SHOWN,
        Q10,
        Q90,
        UNIT,
        text("basis", "population basis of the requirement", BASES),
        GRADE,
        boolean("carried", "true where the plan's last target is kept after its own year, as a ratio to people"),
        text(
            "figure_id", "figures, norms or observations it rests on, by semicolon", nullable=True, pattern=FIGURE_IDS
        ),
        UNKNOWN,
    ),
    (
        "scenario",
        "region",
        "year",
        "resource",
        "quantity",
        "yardstick",
        "definition",
        "severity",
        "setting",
        "supply_path",
        "measure",
        "figure_id",
    ),
)
