"""The nation beside other projections, and with and without the consistency offset."""

from pipeline.axes import OLD_BANDS
from pipeline.results.tables.shared_columns import AGE_GROUP, DATE, YEAR
from pipeline.schemas import REGION, Column, Table, integer, number, text

MIDDLE_80 = {"median": "median", "lower_80": "lower 80 % bound", "upper_80": "upper 80 % bound"}
BOUNDS_95 = {"lower_95": "lower 95 % bound", "upper_95": "upper 95 % bound"}


def _persons(name: str, description: str, *, nullable: bool = False) -> Column:
    return number(name, description, "persons", low=0, decimals=0, nullable=nullable)


BENCHMARK = Table(
    "benchmark_un",
    "The nation in this projection beside the UN's projections and published counts; none of them is fitted.",
    (
        text("source", "whose number", ("wpp_2024", "wpp_2022", "communique")),
        YEAR,
        text("date", "day the values are of", pattern=DATE),
        AGE_GROUP,
        _persons("value", "the published value"),
        *(
            _persons(name, f"its {meaning}", nullable=True)
            for name, meaning in {**MIDDLE_80, **BOUNDS_95}.items()
            if name != "median"
        ),
        *(
            _persons(f"ours_{name}", f"this projection: {meaning}")
            for name, meaning in {**MIDDLE_80, **BOUNDS_95}.items()
        ),
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
            _persons(f"{which}_{name}", f"{which} the offset: {meaning}")
            for which in ("with", "without")
            for name, meaning in MIDDLE_80.items()
        ),
    ),
    ("region", "year", "age_group"),
)
