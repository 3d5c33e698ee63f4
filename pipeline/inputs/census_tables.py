"""The raw tables of censuses, births and places: what each file holds, its key, its grid and its rules."""

import pandas as pd

from pipeline.axes import MARGIN_BANDS, SEXES
from pipeline.inputs.raw_columns import AGES_100, REGION, SINGLE_AGES_100, SOURCE, age, unit_of, year
from pipeline.schemas import (
    GB_CODE,
    IDENTIFIER,
    SEXES_AND_BOTH,
    Column,
    Grid,
    RowRule,
    Table,
    integer,
    number,
    sex,
    text,
)

AGES_85 = (*AGES_100[: AGES_100.index("85-89")], "85+")


def count(name: str, description: str, unit: str = "persons", *, nullable: bool = False) -> Column:
    """A column of counts: whole numbers of at least 0."""
    return integer(name, description, unit, low=0, nullable=nullable)


def _deaths_within_population(frame: pd.DataFrame) -> pd.Series:
    # In 2010 three provinces report more deaths at 100 and over in twelve months than people alive at the end.
    return frame["deaths"].isna() | (frame["deaths"] <= frame["population"]) | frame["age"].str.endswith("+")


def _one_of(column: str, values: tuple[object, ...]) -> RowRule:
    words = " or ".join((", ".join(map(str, values[:-1])), str(values[-1])))
    return RowRule(column, words, lambda frame: frame[column].isin(values))


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
        unit_of(
            "indicator", {"population_total": "persons", "population_60plus": "persons", "share_60plus": "percent"}
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
        text("code", "GB/T 2260 code of that census; blank where an area has none", nullable=True, pattern=GB_CODE),
        text(
            "level",
            "direct_group: all areas of a province that are run without a prefecture; zone: a development zone "
            "without a code",
            allowed=_PREFECTURE_LEVELS,
        ),
        text("parent", "code of the area that holds this one; blank for the nation", nullable=True, pattern=GB_CODE),
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
