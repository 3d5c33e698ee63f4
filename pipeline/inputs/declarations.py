"""Which declaration each file under data/raw follows: the shared tables, and the censuses of the regions."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.axes import MARGIN_BANDS, SEXES
from pipeline.inputs import care_input_tables, census_tables, cost_tables, population_counts, un_tables
from pipeline.inputs.census_tables import DEATHS_WITHIN_POPULATION, one_of
from pipeline.inputs.table_checks import raw_file
from pipeline.schemas import (
    AGES_85,
    AGES_100,
    IDENTIFIER,
    REGION,
    SEXES_AND_BOTH,
    SOURCE,
    Grid,
    RowRule,
    Table,
    age,
    count,
    sex,
    text,
    year,
)
from pipeline.vocabulary import CensusForm

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
    (one_of("year", (2000, 2010, 2020)), DEATHS_WITHIN_POPULATION),
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
    (one_of("year", (2010, 2020)), DEATHS_WITHIN_POPULATION),
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
        RowRule("year", "2010 or 2020, a census year", "year in [2010, 2020]"),
        RowRule(
            "age", "the age total, the only one that stands for men and women apart", "sex == 'both' or age == 'total'"
        ),
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
        year(2010, 2020, "census year (1 November)"),
        sex(both=True),
        age((*AGES_85, "total", "0-14", "15-59", "60+", "65+", "80+")),
        count("population", "residents on census day"),
    ),
    ("region", "year", "sex", "age"),
)

CITY_TABLES: Mapping[CensusForm, Table] = {
    "full": CENSUS_CITY,
    "full_2020": replace(CENSUS_CITY, grids=(Grid({"year": (2020,), "sex": SEXES, "age": AGES_85}),)),
    "margins": CENSUS_MARGINS,
}
"""What the census file of a city is declared as, by the `census_form` of its YAML."""

RAW_FILES: Mapping[str, Table] = {
    raw_file(table.name): table
    for topic in (census_tables, population_counts, un_tables, care_input_tables, cost_tables)
    for table in vars(topic).values()
    if isinstance(table, Table)
}
"""The shared raw tables by file; the census files of the regions come beside them, named by data/regions."""
