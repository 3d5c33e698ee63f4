"""The raw tables under data/raw: what each file holds, its key, its grid and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from pipeline.axes import MARGIN_BANDS, SEXES
from pipeline.inputs.cost_tables import CONSUMER_PRICES, UNIT_COSTS
from pipeline.inputs.population_counts import COUNTS
from pipeline.schemas import (
    GB_CODE,
    IDENTIFIER,
    OBSERVED_DATE,
    SEXES_AND_BOTH,
    Column,
    Grid,
    RowRule,
    Table,
    boolean,
    integer,
    number,
    sex,
    text,
)
from pipeline.vocabulary import BASES, COMPARATORS, CONFIDENCES, SETTINGS_OF_CARE, SEVERITIES, CensusForm

AGES_100 = ("0", "1-4", *(f"{start}-{start + 4}" for start in range(5, 100, 5)), "100+")
AGES_85 = (*AGES_100[: AGES_100.index("85-89")], "85+")
AGES_5_100 = ("0-4", *AGES_100[2:])
SINGLE_AGES_100 = (*(str(years) for years in range(100)), "100+")
FERTILE_AGES = tuple(f"{start}-{start + 4}" for start in range(15, 50, 5))
WPP_PERIODS = tuple(f"{start}-{start + 5}" for start in range(1950, 2100, 5))
VARIANTS = ("estimate", "median")


def year(low: int, high: int, description: str = "calendar year") -> Column:
    """The column `year`."""
    return integer("year", description, low=low, high=high)


def age(groups: tuple[str, ...], description: str = "age group in completed years") -> Column:
    """The column `age`."""
    return text("age", description, groups)


def variant() -> Column:
    """The column `variant` of a UN table."""
    return text(
        "variant",
        "estimate, or the revision's median (medium) projection; a five-year period that reaches beyond the "
        "estimates counts as median",
        VARIANTS,
    )


def count(name: str, description: str, unit: str = "persons", *, nullable: bool = False) -> Column:
    """A column of counts: whole numbers of at least 0."""
    return integer(name, description, unit, low=0, nullable=nullable)


def intervals(unit: str) -> tuple[Column, ...]:
    """The columns lower_80, upper_80, lower_95 and upper_95 of a UN projection."""
    return tuple(
        number(
            f"{side}_{level}",
            f"{side} end of the {level} % interval; blank for estimates",
            unit,
            nullable=True,
            low=0,
        )
        for level in (80, 95)
        for side in ("lower", "upper")
    )


def _ordered_intervals(frame: pd.DataFrame) -> pd.Series:
    inside = (
        (frame["lower_95"] <= frame["lower_80"])
        & (frame["lower_80"] <= frame["upper_80"])
        & (frame["upper_80"] <= frame["upper_95"])
    )
    return inside | frame["lower_80"].isna()


def _deaths_within_population(frame: pd.DataFrame) -> pd.Series:
    # In 2010 three provinces report more deaths at 100 and over in twelve months than people alive at the end.
    return frame["deaths"].isna() | (frame["deaths"] <= frame["population"]) | frame["age"].str.endswith("+")


def _one_of(column: str, values: tuple[object, ...]) -> RowRule:
    words = " or ".join((", ".join(map(str, values[:-1])), str(values[-1])))
    return RowRule(column, words, lambda frame: frame[column].isin(values))


def _within(low: str, high: str) -> RowRule:
    """`value` from one column to another, where the row has them."""
    return RowRule(
        "value",
        f"a value from {low} to {high}",
        lambda frame: frame["value"].between(frame[low], frame[high]) | frame[low].isna() | frame[high].isna(),
    )


def _unit_of(column: str, units: Mapping[str, str]) -> RowRule:
    """The unit that belongs to what `column` names."""
    words = ", ".join(f"{unit} for {name}" for name, unit in units.items())
    return RowRule("unit", words, lambda frame: frame["unit"] == frame[column].map(units))


SOURCE = text("source", "id of the source in data/sources.yaml", pattern=IDENTIFIER)
REGION = text("region", "region id", pattern=IDENTIFIER)
INTERVALS_ORDERED = RowRule("lower_80", "intervals that lie within one another (95 % around 80 %)", _ordered_intervals)


DEATHS_WITHIN_POPULATION = RowRule(
    "deaths", "no more deaths than people (below the open age group)", _deaths_within_population
)

CENSUS_PROVINCE = Table(
    "census_province",
    "Census population by sex and age group on 1 November, and deaths in the twelve months to 31 October, of "
    "the nation or one province: one file a region. Servicemen are left out. Deaths are badly under-counted: "
    "never mortality.",
    (
        year(2000, 2020, "census year (1 November)"),
        sex(),
        age(AGES_100),
        count("population", "residents on census day"),
        count("deaths", "deaths reported for the twelve months to 31 October"),
        SOURCE,
    ),
    ("year", "sex", "age"),
    (Grid({"year": (2000, 2010, 2020), "sex": SEXES, "age": AGES_100}),),
    (_one_of("year", (2000, 2010, 2020)), DEATHS_WITHIN_POPULATION),
)

CENSUS_CITY = Table(
    "census_city",
    "Census population by sex and age group on 1 November of one city: one file a region. Deaths are not published.",
    (
        year(2010, 2020, "census year (1 November)"),
        sex(),
        age(AGES_85),
        count("population", "residents on census day"),
        count("deaths", "not published for cities: blank", nullable=True),
        SOURCE,
    ),
    ("year", "sex", "age"),
    (Grid({"year": (2010, 2020), "sex": SEXES, "age": AGES_85}),),
    (_one_of("year", (2010, 2020)), DEATHS_WITHIN_POPULATION),
)

PROVINCES_CENSUS = Table(
    "provinces_census",
    "The tables `census_province` of the nation and all provinces under one another.",
    (REGION, *(column for column in CENSUS_PROVINCE.columns if column is not SOURCE)),
    ("region", *CENSUS_PROVINCE.key),
)

CITY_CENSUS = Table(
    "city_census",
    "The censuses of one city as its YAML says they are: ages by sex, or the margins of a bulletin.",
    (
        REGION,
        text("province", "region id of its province", pattern=IDENTIFIER),
        text("form", "census_form of the region", ("full", "full_2020", "margins")),
        year(2010, 2020, "census year (1 November)"),
        sex(both=True),
        age((*AGES_85, "total", "0-14", "15-59", "60+", "65+", "80+")),
        count("population", "residents on census day"),
    ),
    ("region", "year", "sex", "age"),
)

CENSUS_CITY_2020 = replace(CENSUS_CITY, grids=(Grid({"year": (2020,), "sex": SEXES, "age": AGES_85}),))
"""The same of a city whose ages are known in 2020 alone."""


CENSUS_MARGINS = Table(
    "census_margins",
    "What a bulletin says of a city whose table by age is not published: in the place of census_city, recognised by "
    "the age `total`. Men, women and both in all ages; both sexes by band. The census of 2020, and 2010 where known.",
    (
        year(2010, 2020, "census year (1 November)"),
        sex(both=True),
        age(("total", *MARGIN_BANDS, "80+"), "band of age in completed years"),
        count("population", "residents on census day"),
        count("deaths", "not published for cities: blank", nullable=True),
        SOURCE,
    ),
    ("year", "sex", "age"),
    (
        Grid({"sex": SEXES_AND_BOTH}, where={"age": "total"}),
        Grid({"age": ("total", *MARGIN_BANDS)}, where={"sex": "both"}),
    ),
    (
        RowRule("year", "2010 or 2020, a census year", lambda frame: frame["year"].isin((2010, 2020))),
        RowRule(
            "age",
            "the age total, the only one that stands for men and women apart",
            lambda frame: (frame["sex"] == "both") | (frame["age"] == "total"),
        ),
    ),
)

CENSUS_SINGLE_AGE = Table(
    "census_single_age",
    "The nation's mid-period population (mean of the two ends of the twelve months before the census, hence "
    "half persons) and deaths by single age.",
    (
        year(2000, 2020, "census year"),
        sex(),
        age(SINGLE_AGES_100, "age in completed years"),
        number("population", "mid-period population", "persons", low=0),
        count("deaths", "deaths reported for the twelve months to 31 October"),
        SOURCE,
    ),
    ("year", "sex", "age"),
    (Grid({"year": (2000, 2010, 2020), "sex": SEXES, "age": SINGLE_AGES_100}),),
    (_one_of("year", (2000, 2010, 2020)), DEATHS_WITHIN_POPULATION),
)

CENSUS_1990 = Table(
    "census_1990",
    "The nation's civilians of 30 provinces by single age, counted on 1 July 1990: how the residual of the census "
    "against mortality moved from one decade to the next.",
    (
        sex(),
        age(SINGLE_AGES_100, "age in completed years"),
        count("population", "civilians counted; the few of unknown age are left out"),
        SOURCE,
    ),
    ("sex", "age"),
    (Grid({"sex": SEXES, "age": SINGLE_AGES_100}),),
)

CENSUS_TOTALS = Table(
    "census_totals",
    "Totals and shares that bulletins state for census day; the census tables must agree with them.",
    (
        year(2000, 2020, "census year (1 November)"),
        REGION,
        text("indicator", "indicator id", allowed=("population_total", "population_60plus", "share_60plus")),
        number("value", "the published figure", "see unit", low=0),
        text("unit", "unit of the value", allowed=("persons", "percent")),
        SOURCE,
    ),
    ("year", "region", "indicator"),
    rules=(
        _one_of("year", (2000, 2010, 2020)),
        _unit_of(
            "indicator",
            {"population_total": "persons", "population_60plus": "persons", "share_60plus": "percent"},
        ),
    ),
)

BIRTHS = Table(
    "births",
    "Births in the twelve months before the census, as counted in the 10 % long-form sample: not the whole "
    "population's births, and under-counted. Good for shares and sex ratios.",
    (
        year(2010, 2020, "census year"),
        REGION,
        sex(),
        count("births", "births counted in the 10 % sample", "births in the sample"),
        SOURCE,
    ),
    ("year", "region", "sex"),
    (Grid({"year": (2010, 2020), "sex": SEXES}),),
    (_one_of("year", (2010, 2020)),),
)

_PREFECTURE_LEVELS = ("nation", "province", "prefecture", "direct_group", "county", "zone")

PREFECTURES = Table(
    "prefectures",
    "Census population of every prefecture and county: one row an area and sex, ages across. `parent` is the "
    "code of the area the row is part of, so that the counties a prefecture holds can be compared between "
    "censuses. A blank cell was left blank by the publication.",
    (
        year(2010, 2020, "census year (1 November)"),
        text(
            "code",
            "GB/T 2260 code of that census; blank where an area has none",
            nullable=True,
            pattern=GB_CODE,
        ),
        text(
            "level",
            "direct_group: all areas of a province that are run without a prefecture; zone: a development zone "
            "without a code",
            allowed=_PREFECTURE_LEVELS,
        ),
        text(
            "parent",
            "code of the area that holds this one; blank for the nation",
            nullable=True,
            pattern=GB_CODE,
        ),
        text("province", "region id of the province; china for the nation", pattern=IDENTIFIER),
        text("name", "Chinese name as published"),
        sex(),
        *(count(age, f"residents aged {age}", nullable=True) for age in AGES_85),
        SOURCE,
    ),
    ("year", "code", "parent", "name", "sex"),
    rules=(_one_of("year", (2010, 2020)),),
)

COUNTY_SUCCESSORS = Table(
    "county_successors",
    "Counties that got a new name between the censuses of 2010 and 2020 and kept their land: one row a county.",
    (
        text("code_2010", "GB/T 2260 code in 2010", pattern=GB_CODE),
        text("name_2010", "name as the county table of 2010 prints it"),
        text("code_2020", "GB/T 2260 code in 2020", pattern=GB_CODE),
        text("name_2020", "name as the county table of 2020 prints it"),
        count("people_2010", "residents on 1 November 2010, as in the county table"),
        SOURCE,
    ),
    ("code_2010",),
)

WPP_MX = Table(
    "wpp_mx",
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
    "wpp_life_expectancy",
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
    "wpp_total_fertility",
    "WPP 2024, China: total fertility by calendar year, with intervals and the low and high variants from 2024.",
    (
        year(1950, 2100),
        variant(),
        number("value", "total fertility TFR", "children per woman", low=0, high=10),
        *intervals("children per woman"),
        number("low_variant", "the low-fertility variant; blank for estimates", "children per woman", nullable=True),
        number(
            "high_variant",
            "the high-fertility variant; blank for estimates",
            "children per woman",
            nullable=True,
        ),
        SOURCE,
    ),
    ("year",),
    (Grid({"year": tuple(range(1950, 2101))}),),
    (INTERVALS_ORDERED, _within("lower_80", "upper_80"), _within("low_variant", "high_variant")),
)

WPP_ASFR_SHARES = Table(
    "wpp_asfr_shares",
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
    "wpp_sex_ratio_at_birth",
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
    "wpp_net_migration",
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
    "wpp_net_migration_period",
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
    "wpp_population",
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
    "wpp_vital",
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
            lambda frame: (frame["birth_rate"] - frame["death_rate"] - frame["natural_change_rate"]).abs() < 0.0015,
        ),
        RowRule(
            "growth_rate",
            "(natural_change_rate + net_migration_rate) / 10",
            lambda frame: (
                (frame["natural_change_rate"] + frame["net_migration_rate"] - 10 * frame["growth_rate"]).abs() < 0.02
            ),
        ),
        RowRule(
            "births",
            "deaths * birth_rate / death_rate, within 1 %",
            lambda frame: (
                (frame["births"] * frame["death_rate"] - frame["deaths"] * frame["birth_rate"]).abs()
                <= 0.01 * frame["deaths"] * frame["birth_rate"]
            ),
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
            "period",
            "five years from 1 July to 1 July, or the year of a population",
            pattern=r"[0-9]{4}(-[0-9]{4})?",
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
            lambda frame: frame["period"].isin({*WPP_PERIODS, *(str(at) for at in range(1950, 2101, 5))}),
        ),
        *(
            RowRule(
                "value",
                f"a number from {low} to {high} ({quantity})",
                lambda frame, quantity=quantity, low=low, high=high: (  # type: ignore[misc]
                    frame["value"].between(low, high) | (frame["quantity"] != quantity)
                ),
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

CARE_UNITS = (
    "persons",
    "beds",
    "percent",
    "per_1000",
    "per_1000_person_years",
    "years",
    "person_visits",
    "persons_per_worker",
)

PUBLISHED_UNITS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "persons": ("persons", 1),
        "10k persons": ("persons", 10_000),
        "million": ("persons", 1_000_000),
        "beds": ("beds", 1),
        "10k beds": ("beds", 10_000),
        "10k person-visits": ("person_visits", 10_000),
        "%": ("percent", 1),
        "years": ("years", 1),
        "beds/1000": ("per_1000", 1),
        "per 1000 person-years": ("per_1000_person_years", 1),
        "ratio": ("persons_per_worker", 1),
    }
)
"""Units as printed: the unit of the value, and what one of them is in it."""


def _value_as_published(frame: pd.DataFrame) -> pd.Series:
    printed = pd.to_numeric(frame["published_value"].str.removeprefix("1:"), errors="coerce")
    wanted = printed * frame["published_unit"].map(lambda unit: PUBLISHED_UNITS.get(unit, ("", 0))[1])
    return (frame["value"] - wanted).abs() <= 1e-6 * wanted.abs()


CARE_FIGURES = Table(
    "care_figures",
    "Published figures on ageing and care, in base units (persons, not 10,000 persons). Two publications of "
    "the same thing stand side by side as two series.",
    (
        text("region", "region id, or southwest_china for one survey of several provinces", pattern=IDENTIFIER),
        text("indicator", "what is measured", pattern=IDENTIFIER),
        text("series", "which series or publication of the indicator", pattern=IDENTIFIER),
        year(1990, 2035, "year the figure refers to"),
        number("value", "the figure in `unit`", "see unit", low=0),
        text("unit", "unit of the value", allowed=CARE_UNITS),
        text("basis", "population basis as stated", allowed=BASES),
        text("definition", "how the publication defines it"),
        text(
            "confidence",
            "published: a stated figure; derived: computed from stated ones; weak",
            allowed=CONFIDENCES,
        ),
        text("published_value", "the figure as printed", pattern=r"(1:)?[0-9]+(\.[0-9]+)?"),
        text("published_unit", "the unit as printed", tuple(PUBLISHED_UNITS)),
        SOURCE,
    ),
    ("region", "indicator", "series", "year", "basis"),
    rules=(
        RowRule(
            "value",
            "a share of at most 100 percent",
            lambda frame: (frame["value"] <= 100) | (frame["unit"] != "percent"),
        ),
        _unit_of("published_unit", {printed: unit for printed, (unit, _) in PUBLISHED_UNITS.items()}),
        RowRule(
            "value", "published_value in its published_unit (10k persons: 10,000 of them each)", _value_as_published
        ),
    ),
)


SUPPLY = Table(
    "supply",
    "Dated observations of beds and staff that stand in no plan: a stock, or a ratio or share of one. What a plan "
    "states stands in data/plans, what one region alone brings in its own file under data/regions.",
    (
        text("region", "region id", pattern=IDENTIFIER),
        text(
            "part",
            "six-digit code of the prefecture within the region that the figure is of; blank for the region itself",
            nullable=True,
            pattern=r"[0-9]{6}",
        ),
        text("indicator", "indicator id in data/indicators.yaml", pattern=IDENTIFIER),
        text("date", "the day, the month (its end) or the year (its end)", pattern=OBSERVED_DATE),
        number("value", "the figure in `unit`", "see unit", low=0),
        text("unit", "unit of the indicator", pattern=IDENTIFIER),
        text("comparator", "how the value is meant", COMPARATORS),
        text("basis", "population basis as stated, of a ratio to people", BASES),
        text(
            "definition",
            "blank where it is the indicator's own; else a code, and the figure stays out of series",
            nullable=True,
            pattern=IDENTIFIER,
        ),
        text(
            "confidence",
            "published: a stated figure; derived: computed from stated ones; weak",
            allowed=CONFIDENCES,
        ),
        text("note", "how the publication defines or dates it"),
        SOURCE,
    ),
    ("region", "part", "indicator", "date", "definition"),
)

NATIONAL_GOALS = Table(
    "national_goals",
    "What the nation's plans aim at: shown beside plans under their own name.",
    (
        text("indicator", "indicator id in data/indicators.yaml", pattern=IDENTIFIER),
        year(2020, 2060, "year of the goal"),
        number("value", "the goal in `unit`", "see unit", low=0),
        text("unit", "unit of the indicator", pattern=IDENTIFIER),
        text("comparator", "how the value is meant", COMPARATORS),
        text("confidence", "as in supply.csv", allowed=CONFIDENCES),
        text("note", "how the publication words it"),
        SOURCE,
    ),
    ("indicator", "year"),
)

DISABILITY_MODELS = ("static_1998_2014", "trend_1998", "trend_2014", "trend_rural_2002", "trend_urban_2002")

DISABILITY_TRANSITIONS = Table(
    "disability_transitions",
    "Yearly transition intensities between healthy, disabled and dead at ages 65 to 110, fitted to CLHLS 1998-2014.",
    (
        text("model", "fitted model", allowed=DISABILITY_MODELS),
        sex(),
        integer("age", "exact age", "years", low=65, high=110),
        number("healthy_to_disabled", "onset of disability", "per person-year", low=0, high=5),
        number("disabled_to_healthy", "recovery", "per person-year", low=0, high=5),
        number("healthy_to_dead", "death of the healthy", "per person-year", low=0, high=5),
        number("disabled_to_dead", "death of the disabled", "per person-year", low=0, high=5),
        number("disabled_share", "disabled among survivors when all start healthy at 65", "share", low=0, high=1),
        number("survival_from_65", "survivors since age 65", "share", low=0, high=1),
        SOURCE,
    ),
    ("model", "sex", "age"),
    (Grid({"model": DISABILITY_MODELS, "sex": SEXES, "age": tuple(range(65, 111))}),),
)

TRANSITIONS = ("healthy_to_disabled", "healthy_to_dead", "disabled_to_dead")
COEFFICIENTS = tuple(f"beta_{i}" for i in range(6))

DISABILITY_COEFFICIENTS = Table(
    "disability_coefficients",
    "Coefficients of log intensity = beta_0 + beta_1 x + beta_2 x² + beta_3 t + beta_4 t x + beta_5 t x², "
    "x = age − 65, t = year − 1998. No recovery.",
    (
        text("transition", "from and to which state", allowed=TRANSITIONS),
        sex(),
        text("residence", "urban or rural", allowed=("urban", "rural")),
        text("coefficient", "term of the formula", allowed=COEFFICIENTS),
        number("printed", "the number as printed", ""),
        number("scale", "power of ten it was printed in", ""),
        number("value", "printed times scale", "log per person-year"),
        SOURCE,
    ),
    ("transition", "sex", "residence", "coefficient"),
    (Grid({"transition": TRANSITIONS, "sex": SEXES, "residence": ("urban", "rural"), "coefficient": COEFFICIENTS}),),
    (
        RowRule(
            "value",
            "printed times scale",
            lambda frame: (frame["value"] - frame["printed"] * frame["scale"]).abs() < 1e-12,
        ),
    ),
)


def _between_low_and_high(frame: pd.DataFrame) -> pd.Series:
    inside = (frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])
    return inside | (frame["low"].isna() & frame["high"].isna())


VALUE_WITHIN_RANGE = RowRule("value", "a value from low to high (both or neither given)", _between_low_and_high)
SHARE_WITHIN_100 = RowRule(
    "value",
    "a share of at most 100 percent",
    lambda frame: (frame["value"].isna() | (frame["value"] <= 100)) | ~frame["unit"].str.startswith("percent"),
)
AGE_RANGE = text("age_range", "ages the value holds for", pattern=r"[0-9]{2}\+")
NOTE = text("note", "how the figure is meant or was derived")
ASSUMED = boolean("assumed", "true where the value is a judgement and not a published figure")


def low_and_high() -> tuple[Column, Column]:
    """The columns low and high: the ends of the interval of `value`, both or neither."""
    return (
        number("low", "lower end of the interval", "see unit", nullable=True, low=0),
        number("high", "upper end of the interval", "see unit", nullable=True, low=0),
    )


DISABILITY_PREVALENCE = Table(
    "disability_prevalence",
    "How many older people are disabled, by definition. Role `base` is the value in use, `trend` and `later` give "
    "its change, `spread` another measure of the family, `model` one without a published value.",
    (
        text("definition", "definition of disability", pattern=IDENTIFIER),
        text("family", "definitions that measure nearly the same", pattern=IDENTIFIER),
        text("role", "what the row is for", ("base", "trend", "later", "spread", "model")),
        number("value", "prevalence; blank for a model", "percent", low=0, high=100, nullable=True),
        text("unit", "unit of the value", ("percent",)),
        year(1990, 2060, "year the value refers to"),
        AGE_RANGE,
        *low_and_high(),
        text("trend_note", "what was asked of whom"),
        SOURCE,
    ),
    ("definition", "role", "year"),
    rules=(
        VALUE_WITHIN_RANGE,
        RowRule(
            "value",
            "a blank for role model, a share above 0 for every other",
            lambda frame: frame["value"].isna() == (frame["role"] == "model"),
        ),
    ),
)

SEVERITY = Table(
    "severity",
    "How disability divides by severity.",
    (
        text("profile", "severity profile", pattern=IDENTIFIER),
        text("severity", "severity of disability", SEVERITIES),
        number("value", "share", "see unit", low=0, high=100),
        text("unit", "what it is a share of", ("percent_of_60plus", "percent_of_disabled")),
        year(1990, 2060, "year the value refers to"),
        ASSUMED,
        SOURCE,
        NOTE,
    ),
    ("profile", "severity"),
    (Grid({"severity": SEVERITIES}),),
)

DEMENTIA = Table(
    "dementia",
    "Prevalence of dementia by source, and the years of age in which its odds double.",
    (
        text("dementia_source", "study, or all", pattern=IDENTIFIER),
        text("quantity", "what the value is", ("prevalence", "doubling_age")),
        number("value", "the quantity", "see unit", low=0),
        text("unit", "unit of the value", ("percent", "years")),
        year(1990, 2060, "year the value refers to"),
        AGE_RANGE,
        *low_and_high(),
        ASSUMED,
        SOURCE,
        NOTE,
    ),
    ("dementia_source", "quantity"),
    rules=(
        VALUE_WITHIN_RANGE,
        SHARE_WITHIN_100,
        _unit_of("quantity", {"prevalence": "percent", "doubling_age": "years"}),
    ),
)

CARE_SETTINGS = Table(
    "care_settings",
    "Where people are cared for, by scheme: shares of all older people or of the disabled of a severity.",
    (
        text("scheme", "scheme of use", pattern=IDENTIFIER),
        text("base", "whom the shares are of", ("older", "disabled")),
        text("setting", "where care is given", SETTINGS_OF_CARE),
        text("severity", "severity of disability, or all", ("all", *SEVERITIES)),
        number("value", "share", "percent", low=0, high=100),
        text("unit", "unit of the value", ("percent",)),
        *low_and_high(),
        ASSUMED,
        SOURCE,
        NOTE,
    ),
    ("scheme", "setting", "severity"),
    rules=(
        VALUE_WITHIN_RANGE,
        RowRule(
            "severity",
            "all where the base is older; mild, moderate or severe where it is disabled",
            lambda frame: (frame["severity"] == "all") == (frame["base"] == "older"),
        ),
    ),
)

STAFFING = Table(
    "staffing",
    "Staff it takes to care for people, by setting and severity: users per carer, hours of care, and the hours a "
    "carer works.",
    (
        text("staffing", "staffing scheme", pattern=IDENTIFIER),
        text("setting", "where care is given", SETTINGS_OF_CARE),
        text("severity", "severity of disability, or all", ("all", *SEVERITIES)),
        text("quantity", "what the value is", ("users_per_carer", "care_hours", "hours_per_head")),
        number("value", "the quantity", "see unit", low=0),
        text("unit", "unit of the value", ("persons_per_worker", "hours_per_week")),
        *low_and_high(),
        ASSUMED,
        SOURCE,
        NOTE,
    ),
    ("staffing", "setting", "severity", "quantity"),
    rules=(
        VALUE_WITHIN_RANGE,
        RowRule("value", "a number above 0", lambda frame: frame["value"] > 0),
        _unit_of(
            "quantity",
            {
                "users_per_carer": "persons_per_worker",
                "care_hours": "hours_per_week",
                "hours_per_head": "hours_per_week",
            },
        ),
        RowRule(
            "severity",
            "all for hours_per_head; mild, moderate or severe for users_per_carer and care_hours",
            lambda frame: (frame["severity"] == "all") == (frame["quantity"] == "hours_per_head"),
        ),
        RowRule(
            "value",
            "at most 168 hours a week",
            lambda frame: (frame["value"] <= 168) | (frame["unit"] != "hours_per_week"),
        ),
    ),
)

CITY_TABLES: Mapping[CensusForm, Table] = MappingProxyType(
    {"full": CENSUS_CITY, "full_2020": CENSUS_CITY_2020, "margins": CENSUS_MARGINS}
)
"""What the census file of a city is declared as, by the `census_form` of its YAML."""

RAW_FILES: Mapping[str, Table] = MappingProxyType(
    {
        "data/raw/census_single_age.csv": CENSUS_SINGLE_AGE,
        "data/raw/census_totals.csv": CENSUS_TOTALS,
        "data/raw/births.csv": BIRTHS,
        "data/raw/prefectures.csv": PREFECTURES,
        "data/raw/county_successors.csv": COUNTY_SUCCESSORS,
        "data/raw/population_counts.csv": COUNTS,
        "data/raw/census_1990.csv": CENSUS_1990,
        "data/raw/wpp2024/mx.csv": WPP_MX,
        "data/raw/wpp2024/life_expectancy.csv": WPP_LIFE_EXPECTANCY,
        "data/raw/wpp2024/total_fertility.csv": WPP_TOTAL_FERTILITY,
        "data/raw/wpp2024/asfr_shares.csv": WPP_ASFR_SHARES,
        "data/raw/wpp2024/sex_ratio_at_birth.csv": WPP_SEX_RATIO,
        "data/raw/wpp2024/net_migration.csv": WPP_NET_MIGRATION,
        "data/raw/wpp2024/net_migration_period.csv": WPP_NET_MIGRATION_PERIOD,
        "data/raw/wpp2024/population.csv": WPP_POPULATION,
        "data/raw/wpp2024/vital.csv": WPP_VITAL,
        "data/raw/wpp2022_population.csv": WPP_2022_POPULATION,
        "data/raw/wpp2012.csv": WPP_2012,
        "data/raw/care_figures.csv": CARE_FIGURES,
        "data/raw/supply.csv": SUPPLY,
        "data/raw/national_goals.csv": NATIONAL_GOALS,
        "data/raw/disability_prevalence.csv": DISABILITY_PREVALENCE,
        "data/raw/severity.csv": SEVERITY,
        "data/raw/dementia.csv": DEMENTIA,
        "data/raw/care_settings.csv": CARE_SETTINGS,
        "data/raw/staffing.csv": STAFFING,
        "data/raw/unit_costs.csv": UNIT_COSTS,
        "data/raw/consumer_prices.csv": CONSUMER_PRICES,
        "data/raw/disability_transitions.csv": DISABILITY_TRANSITIONS,
        "data/raw/disability_coefficients.csv": DISABILITY_COEFFICIENTS,
    }
)
"""The shared raw tables by file; the census files of the regions come beside them, named by data/regions."""
