"""The nation beside other projections, and with and without the consistency offset."""

from pipeline.axes import OLD_BANDS
from pipeline.results.tables.shared_columns import AGE_GROUP, DATE, YEAR
from pipeline.schemas import REGION, Column, Table, integer, number, text


def _ours(name: str, meaning: str) -> Column:
    return number(name, f"this projection: {meaning}", "persons", low=0, decimals=0)


def _theirs(name: str, meaning: str) -> Column:
    return number(name, meaning, "persons", low=0, nullable=True, decimals=0)


BENCHMARK = Table(
    "benchmark_un",
    "The nation in this projection beside the UN's projections and published counts; none of them is fitted.",
    (
        text("source", "whose number", ("wpp_2024", "wpp_2022", "communique")),
        YEAR,
        text("date", "day the values are of", pattern=DATE),
        AGE_GROUP,
        number("value", "the published value", "persons", low=0, decimals=0),
        _theirs("lower_80", "its lower 80 % bound"),
        _theirs("upper_80", "its upper 80 % bound"),
        _theirs("lower_95", "its lower 95 % bound"),
        _theirs("upper_95", "its upper 95 % bound"),
        _ours("ours_median", "median"),
        _ours("ours_lower_80", "lower 80 % bound"),
        _ours("ours_upper_80", "upper 80 % bound"),
        _ours("ours_lower_95", "lower 95 % bound"),
        _ours("ours_upper_95", "upper 95 % bound"),
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
            number(f"{which}_{kind}", f"{which} the offset: {meaning}", "persons", low=0, decimals=0)
            for which in ("with", "without")
            for kind, meaning in (
                ("median", "median"),
                ("lower_80", "lower 80 % bound"),
                ("upper_80", "upper 80 % bound"),
            )
        ),
    ),
    ("region", "year", "age_group"),
)
