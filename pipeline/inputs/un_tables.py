"""The raw tables of the UN's World Population Prospects: what each file holds, its key, its grid and its rules."""

from pipeline.axes import AGES_100, SEXES, SINGLE_AGES_100
from pipeline.schemas import SOURCE, Column, Grid, RowRule, Table, age, complete, number, sex, text, year

AGES_5_100 = ("0-4", *AGES_100[2:])
FERTILE_AGES = tuple(f"{start}-{start + 4}" for start in range(15, 50, 5))
WPP_PERIODS = tuple(f"{start}-{start + 5}" for start in range(1950, 2100, 5))

PERIOD = text("period", "five years from 1 July to 1 July", allowed=WPP_PERIODS)
YEAR = year(1950, 2100)
VARIANT = text(
    "variant",
    "estimate, or the revision's median (medium) projection; a five-year period that reaches beyond the estimates "
    "counts as median",
    ("estimate", "median"),
)


def of_2024(
    name: str,
    description: str,
    axes: tuple[Column, ...],
    *columns: Column,
    rules: tuple[RowRule, ...] = (),
    **levels: tuple[str, ...],
) -> Table:
    """A table of the revision of 2024, complete over its axes; `levels` as in `complete`."""
    description = f"WPP 2024, China: {description}"
    return complete(f"wpp2024/{name}", description, axes, (VARIANT, *columns, SOURCE), rules, **levels)


def intervals(unit: str) -> tuple[Column, ...]:
    """The columns lower_80, upper_80, lower_95 and upper_95 of a UN projection."""
    return tuple(
        number(
            f"{end}_{level}", f"{end} end of the {level} % interval; blank for estimates", unit, nullable=True, low=0
        )
        for level in (80, 95)
        for end in ("lower", "upper")
    )


def _within(low: str, high: str) -> RowRule:
    """`value` from one column to another, where the row has them."""
    condition = f"{low} <= value <= {high} or {low}.isna() or {high}.isna()"
    return RowRule("value", f"a value from {low} to {high}", condition)


def _equals(column: str, formula: str, slack: float) -> RowRule:
    return RowRule(column, formula, f"abs({formula} - {column}) < {slack}")


WITHIN_80, WITHIN_VARIANTS = _within("lower_80", "upper_80"), _within("low_variant", "high_variant")
NESTED = "lower_95 <= lower_80 <= upper_80 <= upper_95 or lower_80.isna()"
INTERVALS_ORDERED = RowRule("lower_80", "intervals that lie within one another (95 % around 80 %)", NESTED)

WPP_MX = of_2024(
    "mx",
    "death rates nmx by sex and age group, periods from mid-year to mid-year.",
    (PERIOD, sex(both=True), age(AGES_100)),
    number("value", "central death rate nmx", "deaths per person-year", low=0, high=3),
)

WPP_LIFE_EXPECTANCY = of_2024(
    "life_expectancy",
    "life expectancy at birth by sex and calendar year, with intervals from 2024.",
    (YEAR, sex(both=True)),
    number("value", "life expectancy at birth e0", "years", low=10, high=110),
    *intervals("years"),
    rules=(INTERVALS_ORDERED, WITHIN_80),
)

WPP_TOTAL_FERTILITY = of_2024(
    "total_fertility",
    "total fertility by calendar year, with intervals and the low and high variants from 2024.",
    (YEAR,),
    number("value", "total fertility TFR", "children per woman", low=0, high=10),
    *intervals("children per woman"),
    number("low_variant", "the low-fertility variant; blank for estimates", "children per woman", nullable=True),
    number("high_variant", "the high-fertility variant; blank for estimates", "children per woman", nullable=True),
    rules=(INTERVALS_ORDERED, WITHIN_80, WITHIN_VARIANTS),
)

WPP_ASFR_SHARES = of_2024(
    "asfr_shares",
    "share of each age group of women in total fertility.",
    (PERIOD, age(FERTILE_AGES)),
    number("value", "share of total fertility", "percent", low=0, high=100),
)

WPP_SEX_RATIO = of_2024(
    "sex_ratio_at_birth",
    "boys born per girl by calendar year.",
    (YEAR,),
    number("value", "sex ratio at birth SRB", "boys per girl", low=0.9, high=1.4),
)

WPP_NET_MIGRATION = of_2024(
    "net_migration",
    "net migrants by sex and single age, calendar years from 2023.",
    (year(2023, 2100), sex(), age(SINGLE_AGES_100, "age in completed years")),
    number("value", "net migrants of the year", "thousand persons", low=-1000, high=1000),
)

WPP_NET_MIGRATION_PERIOD = of_2024(
    "net_migration_period",
    "net migrants by sex and five-year age, whole five-year periods from 2020.",
    (PERIOD, sex(), age(AGES_5_100)),
    number("value", "net migrants of the five years", "thousand persons", low=-10_000, high=10_000),
    period=WPP_PERIODS[14:],
)

WPP_POPULATION = of_2024(
    "population",
    "total population on 31 December from 2024, by sex; intervals and variants for both sexes.",
    (year(2024, 2100), sex(both=True)),
    number("value", "population on 31 December; both = male + female", "thousand persons", low=0),
    *intervals("thousand persons"),
    number("low_variant", "the low-fertility variant", "thousand persons", nullable=True, low=0),
    number("high_variant", "the high-fertility variant", "thousand persons", nullable=True, low=0),
    rules=(INTERVALS_ORDERED, WITHIN_80, WITHIN_VARIANTS),
)

BORN = "deaths * birth_rate / death_rate"
WPP_VITAL = of_2024(
    "vital",
    "births, deaths and crude rates by calendar year.",
    (YEAR,),
    number("births", "births of the year", "thousand", low=0),
    number("deaths", "deaths of the year", "thousand", low=0),
    number("population_change", "change of the population over the year", "thousand persons"),
    number("birth_rate", "crude birth rate", "per 1,000 persons", low=0, high=100),
    number("death_rate", "crude death rate", "per 1,000 persons", low=0, high=100),
    number("natural_change_rate", "births less deaths", "per 1,000 persons"),
    number("net_migration_rate", "net migrants", "per 1,000 persons"),
    number("growth_rate", "growth of the population", "percent"),
    rules=(
        _equals("natural_change_rate", "birth_rate - death_rate", 0.0015),
        _equals("growth_rate", "(natural_change_rate + net_migration_rate) / 10", 0.002),
        RowRule("births", f"{BORN}, within 1 %", f"abs(births / ({BORN}) - 1) <= 0.01"),
    ),
)

WPP_2022_POPULATION = complete(
    "wpp2022_population",
    "WPP 2022, China: population of both sexes on 1 July by five-year age.",
    (YEAR, age(AGES_5_100)),
    (VARIANT, number("value", "population on 1 July", "thousand persons", low=0), SOURCE),
)


def _from_to(low: float, high: float, quantity: str) -> RowRule:
    condition = f"{low} <= value <= {high} or quantity != '{quantity}'"
    return RowRule("value", f"a number from {low} to {high} ({quantity})", condition)


FIFTH_YEARS = tuple(str(at) for at in range(1950, 2101, 5))

WPP_2012_QUANTITIES = (
    ("mx", WPP_PERIODS, SEXES, AGES_100, (0, 3)),
    ("life_expectancy", WPP_PERIODS, SEXES, ("all",), (10, 110)),
    ("total_fertility", WPP_PERIODS, ("both",), ("all",), (0, 10)),
    ("asfr_share", WPP_PERIODS, ("female",), FERTILE_AGES, (0, 100)),
    ("sex_ratio_at_birth", WPP_PERIODS, ("both",), ("all",), (0.9, 1.4)),
    ("net_migration", WPP_PERIODS, SEXES, AGES_5_100, (-10_000, 10_000)),
    ("population", FIFTH_YEARS, SEXES, AGES_5_100, (0, 300_000)),
)
"""Name, periods, sexes, ages and the least and largest value."""

WPP_2012 = Table(
    "wpp2012",
    "WPP 2012, China: a whole revision in five-year ages and periods. Units by quantity: mx deaths per "
    "person-year; life_expectancy years; total_fertility children per woman; asfr_share percent; "
    "sex_ratio_at_birth boys per girl; net_migration thousand persons in the five years; population thousand "
    "persons on 1 July.",
    (
        text("quantity", "what the value is", allowed=tuple(name for name, *_ in WPP_2012_QUANTITIES)),
        text("period", f"{PERIOD.description}, or the year of a population", pattern=r"[0-9]{4}(-[0-9]{4})?"),
        sex(both=True),
        text("age", "age group; all where the quantity has no age", allowed=("all", "0-4", *AGES_100)),
        VARIANT,
        number("value", "the quantity", "by quantity"),
        SOURCE,
    ),
    ("quantity", "period", "sex", "age"),
    tuple(
        Grid({"period": periods, "sex": sexes, "age": ages}, {"quantity": quantity})
        for quantity, periods, sexes, ages, _ in WPP_2012_QUANTITIES
    ),
    rules=(
        RowRule(
            "period",
            "a period from 1950-1955 to 2095-2100, or for a population a year from 1950 to 2100, by fives",
            f"period in {[*WPP_PERIODS, *FIFTH_YEARS]}",
        ),
        *(_from_to(low, high, quantity) for quantity, _, _, _, (low, high) in WPP_2012_QUANTITIES),
    ),
)
