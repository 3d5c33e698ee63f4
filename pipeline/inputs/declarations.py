"""Which declaration each file under data/raw follows: the censuses of the regions, and the shared tables."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.axes import AGES_100, CENSUS_GROUPS, MARGIN_BANDS, SEXES, SINGLE_AGES_100
from pipeline.inputs import care_input_tables, un_tables
from pipeline.inputs.population_counts import COUNTS
from pipeline.inputs.table_checks import raw_file
from pipeline.schemas import (
    GB_CODE,
    IDENTIFIER,
    REGION,
    SEXES_AND_BOTH,
    SOURCE,
    Grid,
    RowRule,
    Table,
    age,
    complete,
    count,
    number,
    sex,
    text,
    unit_of,
    year,
)
from pipeline.vocabulary import CensusForm

PROVINCE_YEARS, CITY_YEARS = (2000, 2010, 2020), (2010, 2020)


def _one_of(years: tuple[int, ...]) -> RowRule:
    words = " or ".join((", ".join(map(str, years[:-1])), str(years[-1])))
    return RowRule("year", words, f"year in {[*years]}")


DEATHS_WITHIN_POPULATION = RowRule(
    "deaths",
    "no more deaths than people (below the open age group)",
    "deaths.isna() or deaths <= population or age.str.endswith('+')",
)
"""In 2010 three provinces report more deaths at 100 and over in twelve months than people alive at the end."""

CITY_YEAR = year(2010, 2020, "census year (1 November)")
PEOPLE = count("population", "residents on census day")
DEATHS = count("deaths", "deaths reported for the twelve months to 31 October")
NO_DEATHS = count("deaths", "not published for cities: blank", nullable=True)

CENSUS_PROVINCE = complete(
    "census_province",
    "Census population by sex and age group on 1 November, and deaths in the twelve months to 31 October, of "
    "the nation or one province: one file a region. Servicemen are left out. Deaths are badly under-counted: "
    "never mortality.",
    (year(2000, 2020, "census year (1 November)"), sex(), age(AGES_100)),
    (PEOPLE, DEATHS, SOURCE),
    (_one_of(PROVINCE_YEARS), DEATHS_WITHIN_POPULATION),
    year=PROVINCE_YEARS,
)

CENSUS_CITY = complete(
    "census_city",
    "Census population by sex and age group on 1 November of one city: one file a region. Deaths are not published.",
    (CITY_YEAR, sex(), age(CENSUS_GROUPS)),
    (PEOPLE, NO_DEATHS, SOURCE),
    (_one_of(CITY_YEARS), DEATHS_WITHIN_POPULATION),
    year=CITY_YEARS,
)

BANDS = ("total", *MARGIN_BANDS, "80+")
TOTAL_BY_SEX = "the only one that stands for men and women apart"
CENSUS_MARGINS = Table(
    "census_margins",
    "What a bulletin says of a city whose table by age is not published: in the place of census_city, recognised by "
    "the age `total`. Men, women and both in all ages; both sexes by band. The census of 2020, and 2010 where known.",
    (CITY_YEAR, sex(both=True), age(BANDS, "band of age in completed years"), PEOPLE, NO_DEATHS, SOURCE),
    ("year", "sex", "age"),
    (
        Grid({"sex": SEXES_AND_BOTH}, where={"age": "total"}),
        Grid({"age": ("total", *MARGIN_BANDS)}, where={"sex": "both"}),
    ),
    (
        RowRule("year", "2010 or 2020, a census year", "year in [2010, 2020]"),
        RowRule("age", f"the age total, {TOTAL_BY_SEX}", "sex == 'both' or age == 'total'"),
    ),
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
        CITY_YEAR,
        sex(both=True),
        age((*CENSUS_GROUPS, *BANDS)),
        PEOPLE,
    ),
    ("region", "year", "sex", "age"),
)

CITY_TABLES: Mapping[CensusForm, Table] = {
    "full": CENSUS_CITY,
    "full_2020": replace(CENSUS_CITY, grids=(Grid({"year": (2020,), "sex": SEXES, "age": CENSUS_GROUPS}),)),
    "margins": CENSUS_MARGINS,
}
"""What the census file of a city is declared as, by the `census_form` of its YAML."""

CENSUS_SINGLE_AGE = complete(
    "census_single_age",
    "The nation's mid-period population (mean of the two ends of the twelve months before the census, hence "
    "half persons) and deaths by single age.",
    (year(2000, 2020, "census year"), sex(), age(SINGLE_AGES_100, "age in completed years")),
    (number("population", "mid-period population", "persons", low=0), DEATHS, SOURCE),
    (_one_of(PROVINCE_YEARS), DEATHS_WITHIN_POPULATION),
    year=PROVINCE_YEARS,
)

CENSUS_1990 = complete(
    "census_1990",
    "The nation's civilians of 30 provinces by single age, counted on 1 July 1990: how the residual of the census "
    "against mortality moved from one decade to the next.",
    (sex(), age(SINGLE_AGES_100, "age in completed years")),
    (count("population", "civilians counted; the few of unknown age are left out"), SOURCE),
)

TOTALS = {"population_total": "persons", "population_60plus": "persons", "share_60plus": "percent"}
CENSUS_TOTALS = Table(
    "census_totals",
    "Totals and shares that bulletins state for census day; the census tables must agree with them.",
    (
        year(2000, 2020, "census year (1 November)"),
        REGION,
        text("indicator", "indicator id", tuple(TOTALS)),
        number("value", "the published figure", "see unit", low=0),
        text("unit", "unit of the value", allowed=("persons", "percent")),
        SOURCE,
    ),
    ("year", "region", "indicator"),
    rules=(_one_of(PROVINCE_YEARS), unit_of("indicator", TOTALS)),
)

BORN = count("births", "births counted in the 10 % sample", unit="births in the sample")
BIRTHS = Table(
    "births",
    "Births in the twelve months before the census, as counted in the 10 % long-form sample: not the whole "
    "population's births, and under-counted. Good for shares and sex ratios.",
    (year(2010, 2020, "census year"), REGION, sex(), BORN, SOURCE),
    ("year", "region", "sex"),
    (Grid({"year": CITY_YEARS, "sex": SEXES}),),
    (_one_of(CITY_YEARS),),
)

PREFECTURES = Table(
    "prefectures",
    "Census population of every prefecture and county: one row an area and sex, ages across. `parent` is the "
    "code of the area the row is part of, so that the counties a prefecture holds can be compared between "
    "censuses. A blank cell was left blank by the publication.",
    (
        CITY_YEAR,
        text("code", "GB/T 2260 code of that census; blank where an area has none", nullable=True, pattern=GB_CODE),
        text(
            "level",
            "direct_group: all areas of a province that are run without a prefecture; zone: a development zone "
            "without a code",
            ("nation", "province", "prefecture", "direct_group", "county", "zone"),
        ),
        text("parent", "code of the area that holds this one; blank for the nation", nullable=True, pattern=GB_CODE),
        text("province", "region id of the province; china for the nation", pattern=IDENTIFIER),
        text("name", "Chinese name as published"),
        sex(),
        *(count(age, f"residents aged {age}", nullable=True) for age in CENSUS_GROUPS),
        SOURCE,
    ),
    ("year", "code", "parent", "name", "sex"),
    rules=(_one_of(CITY_YEARS),),
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

RAW_FILES: Mapping[str, Table] = {
    raw_file(table.name): table
    for table in (
        *(CENSUS_SINGLE_AGE, CENSUS_1990, CENSUS_TOTALS, BIRTHS, PREFECTURES, COUNTY_SUCCESSORS, COUNTS),
        *(found for topic in (un_tables, care_input_tables) for found in vars(topic).values()),
    )
    if isinstance(table, Table)
}
"""The shared raw tables by file; the census files of the regions come beside them, named by data/regions."""
