"""The raw tables of the UN's World Population Prospects: what each file holds, its key, its grid and its rules."""

from pipeline.axes import SEXES
from pipeline.schemas import (
    AGES_100,
    SEXES_AND_BOTH,
    SINGLE_AGES_100,
    SOURCE,
    Column,
    Grid,
    RowRule,
    Table,
    age,
    number,
    sex,
    text,
    year,
)

AGES_5_100 = ("0-4", *AGES_100[2:])

FERTILE_AGES = tuple(f"{start}-{start + 4}" for start in range(15, 50, 5))

WPP_PERIODS = tuple(f"{start}-{start + 5}" for start in range(1950, 2100, 5))

VARIANTS = ("estimate", "median")


def variant() -> Column:
    """The column `variant` of a UN table."""
    return text(
        "variant",
        "estimate, or the revision's median (medium) projection; a five-year period that reaches beyond the "
        "estimates counts as median",
        VARIANTS,
    )


def intervals(unit: str) -> tuple[Column, ...]:
    """The columns lower_80, upper_80, lower_95 and upper_95 of a UN projection."""
    return tuple(
        number(
            f"{side}_{level}", f"{side} end of the {level} % interval; blank for estimates", unit, nullable=True, low=0
        )
        for level in (80, 95)
        for side in ("lower", "upper")
    )


def _within(low: str, high: str) -> RowRule:
    """`value` from one column to another, where the row has them."""
    return RowRule(
        "value", f"a value from {low} to {high}", f"{low} <= value <= {high} or {low}.isna() or {high}.isna()"
    )


INTERVALS_ORDERED = RowRule(
    "lower_80",
    "intervals that lie within one another (95 % around 80 %)",
    "lower_95 <= lower_80 <= upper_80 <= upper_95 or lower_80.isna()",
)

WPP_MX = Table(
    "wpp2024/mx",
    "WPP 2024, China: death rates nmx by sex and age group, periods from mid-year to mid-year.",
    (
        text("period", "five years from 1 July to 1 July", allowed=WPP_PERIODS),
        sex(both=True),
        age(AGES_100),
        variant(),
        number("value", "central death rate nmx", "deaths per person-year", low=0, high=3),
        SOURCE,
    ),
    ("period", "sex", "age"),
    (Grid({"period": WPP_PERIODS, "sex": SEXES_AND_BOTH, "age": AGES_100}),),
)

WPP_LIFE_EXPECTANCY = Table(
    "wpp2024/life_expectancy",
    "WPP 2024, China: life expectancy at birth by sex and calendar year, with intervals from 2024.",
    (
        year(1950, 2100),
        sex(both=True),
        variant(),
        number("value", "life expectancy at birth e0", "years", low=10, high=110),
        *intervals("years"),
        SOURCE,
    ),
    ("year", "sex"),
    (Grid({"year": tuple(range(1950, 2101)), "sex": SEXES_AND_BOTH}),),
    (INTERVALS_ORDERED, _within("lower_80", "upper_80")),
)

WPP_TOTAL_FERTILITY = Table(
    "wpp2024/total_fertility",
    "WPP 2024, China: total fertility by calendar year, with intervals and the low and high variants from 2024.",
    (
        year(1950, 2100),
        variant(),
        number("value", "total fertility TFR", "children per woman", low=0, high=10),
        *intervals("children per woman"),
        number("low_variant", "the low-fertility variant; blank for estimates", "children per woman", nullable=True),
        number("high_variant", "the high-fertility variant; blank for estimates", "children per woman", nullable=True),
        SOURCE,
    ),
    ("year",),
    (Grid({"year": tuple(range(1950, 2101))}),),
    (INTERVALS_ORDERED, _within("lower_80", "upper_80"), _within("low_variant", "high_variant")),
)

WPP_ASFR_SHARES = Table(
    "wpp2024/asfr_shares",
    "WPP 2024, China: share of each age group of women in total fertility.",
    (
        text("period", "five years from 1 July to 1 July", allowed=WPP_PERIODS),
        age(FERTILE_AGES),
        variant(),
        number("value", "share of total fertility", "percent", low=0, high=100),
        SOURCE,
    ),
    ("period", "age"),
    (Grid({"period": WPP_PERIODS, "age": FERTILE_AGES}),),
)

WPP_SEX_RATIO = Table(
    "wpp2024/sex_ratio_at_birth",
    "WPP 2024, China: boys born per girl by calendar year.",
    (
        year(1950, 2100),
        variant(),
        number("value", "sex ratio at birth SRB", "boys per girl", low=0.9, high=1.4),
        SOURCE,
    ),
    ("year",),
    (Grid({"year": tuple(range(1950, 2101))}),),
)

WPP_NET_MIGRATION = Table(
    "wpp2024/net_migration",
    "WPP 2024, China: net migrants by sex and single age, calendar years from 2023.",
    (
        year(2023, 2100),
        sex(),
        age(SINGLE_AGES_100, "age in completed years"),
        variant(),
        number("value", "net migrants of the year", "thousand persons", low=-1000, high=1000),
        SOURCE,
    ),
    ("year", "sex", "age"),
    (Grid({"year": tuple(range(2023, 2101)), "sex": SEXES, "age": SINGLE_AGES_100}),),
)

WPP_NET_MIGRATION_PERIOD = Table(
    "wpp2024/net_migration_period",
    "WPP 2024, China: net migrants by sex and five-year age, whole five-year periods from 2020.",
    (
        text("period", "five years from 1 July to 1 July", allowed=WPP_PERIODS),
        sex(),
        age(AGES_5_100),
        variant(),
        number("value", "net migrants of the five years", "thousand persons", low=-10_000, high=10_000),
        SOURCE,
    ),
    ("period", "sex", "age"),
    (Grid({"period": WPP_PERIODS[14:], "sex": SEXES, "age": AGES_5_100}),),
)

WPP_POPULATION = Table(
    "wpp2024/population",
    "WPP 2024, China: total population on 31 December from 2024, by sex; intervals and variants for both sexes.",
    (
        year(2024, 2100),
        sex(both=True),
        variant(),
        number("value", "population on 31 December; both = male + female", "thousand persons", low=0),
        *intervals("thousand persons"),
        number("low_variant", "the low-fertility variant", "thousand persons", nullable=True, low=0),
        number("high_variant", "the high-fertility variant", "thousand persons", nullable=True, low=0),
        SOURCE,
    ),
    ("year", "sex"),
    (Grid({"year": tuple(range(2024, 2101)), "sex": SEXES_AND_BOTH}),),
    (INTERVALS_ORDERED, _within("lower_80", "upper_80"), _within("low_variant", "high_variant")),
)

WPP_VITAL = Table(
    "wpp2024/vital",
    "WPP 2024, China: births, deaths and crude rates by calendar year.",
    (
        year(1950, 2100),
        variant(),
        number("births", "births of the year", "thousand", low=0),
        number("deaths", "deaths of the year", "thousand", low=0),
        number("population_change", "change of the population over the year", "thousand persons"),
        number("birth_rate", "crude birth rate", "per 1,000 persons", low=0, high=100),
        number("death_rate", "crude death rate", "per 1,000 persons", low=0, high=100),
        number("natural_change_rate", "births less deaths", "per 1,000 persons"),
        number("net_migration_rate", "net migrants", "per 1,000 persons"),
        number("growth_rate", "growth of the population", "percent"),
        SOURCE,
    ),
    ("year",),
    (Grid({"year": tuple(range(1950, 2101))}),),
    (
        RowRule(
            "natural_change_rate",
            "birth_rate less death_rate",
            "abs(birth_rate - death_rate - natural_change_rate) < 0.0015",
        ),
        RowRule(
            "growth_rate",
            "(natural_change_rate + net_migration_rate) / 10",
            "abs(natural_change_rate + net_migration_rate - 10 * growth_rate) < 0.02",
        ),
        RowRule(
            "births",
            "deaths * birth_rate / death_rate, within 1 %",
            "abs(births * death_rate - deaths * birth_rate) <= 0.01 * deaths * birth_rate",
        ),
    ),
)

WPP_2022_POPULATION = Table(
    "wpp2022_population",
    "WPP 2022, China: population of both sexes on 1 July by five-year age.",
    (
        year(1950, 2100),
        age(AGES_5_100),
        variant(),
        number("value", "population on 1 July", "thousand persons", low=0),
        SOURCE,
    ),
    ("year", "age"),
    (Grid({"year": tuple(range(1950, 2101)), "age": AGES_5_100}),),
)

WPP_2012_QUANTITIES = (
    "mx",
    "life_expectancy",
    "total_fertility",
    "asfr_share",
    "sex_ratio_at_birth",
    "net_migration",
    "population",
)

WPP_2012_GRIDS = tuple(
    Grid({"period": periods, "sex": sexes, "age": ages}, {"quantity": quantity})
    for quantity, periods, sexes, ages in (
        ("mx", WPP_PERIODS, SEXES, AGES_100),
        ("life_expectancy", WPP_PERIODS, SEXES, ("all",)),
        ("total_fertility", WPP_PERIODS, ("both",), ("all",)),
        ("asfr_share", WPP_PERIODS, ("female",), FERTILE_AGES),
        ("sex_ratio_at_birth", WPP_PERIODS, ("both",), ("all",)),
        ("net_migration", WPP_PERIODS, SEXES, AGES_5_100),
        ("population", tuple(str(at) for at in range(1950, 2101, 5)), SEXES, AGES_5_100),
    )
)

WPP_2012 = Table(
    "wpp2012",
    "WPP 2012, China: a whole revision in five-year ages and periods. Units by quantity: mx deaths per "
    "person-year; life_expectancy years; total_fertility children per woman; asfr_share percent; "
    "sex_ratio_at_birth boys per girl; net_migration thousand persons in the five years; population thousand "
    "persons on 1 July.",
    (
        text("quantity", "what the value is", allowed=WPP_2012_QUANTITIES),
        text(
            "period", "five years from 1 July to 1 July, or the year of a population", pattern=r"[0-9]{4}(-[0-9]{4})?"
        ),
        sex(both=True),
        text("age", "age group; all where the quantity has no age", allowed=("all", "0-4", *AGES_100)),
        variant(),
        number("value", "the quantity", "by quantity"),
        SOURCE,
    ),
    ("quantity", "period", "sex", "age"),
    WPP_2012_GRIDS,
    rules=(
        RowRule(
            "period",
            "a period from 1950-1955 to 2095-2100, or for a population a year from 1950 to 2100, by fives",
            f"period in {[*WPP_PERIODS, *map(str, range(1950, 2101, 5))]}",
        ),
        *(
            RowRule(
                "value",
                f"a number from {low} to {high} ({quantity})",
                f"{low} <= value <= {high} or quantity != '{quantity}'",
            )
            for quantity, low, high in (
                ("mx", 0, 3),
                ("life_expectancy", 10, 110),
                ("total_fertility", 0, 10),
                ("asfr_share", 0, 100),
                ("sex_ratio_at_birth", 0.9, 1.4),
                ("net_migration", -10_000, 10_000),
                ("population", 0, 300_000),
            )
        ),
    ),
)
