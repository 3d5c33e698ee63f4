"""People by region, year, sex and age."""

from pipeline.axes import FIVE_YEAR_GROUPS, SEXES
from pipeline.results.tables.shared_columns import AGE_GROUP, DATE, OUTPUT, SCENARIO, YEAR, YEAR_END_OR_CENSUS
from pipeline.schemas import GB_CODE, REGION, SINGLE_AGES_100, Grid, Table, integer, number, sex, text

SINGLE_AGE = Table(
    "single_age",
    "Population by single age of every region on the days of its censuses: published groups, graduated.",
    (
        REGION,
        integer("year", "census year (1 November)", low=2000, high=2100),
        sex(),
        text("age", "age in completed years", SINGLE_AGES_100),
        number("population", "residents", "persons", low=0),
    ),
    ("region", "year", "sex", "age"),
    (Grid({"sex": SEXES, "age": SINGLE_AGES_100}),),
)

POPULATION = Table(
    "population",
    "Population by scenario, region, year, sex and age group: persons at the year's end, and on 1 November in "
    "the census row of 2020. A scenario that changes care alone has the population of `central`.",
    (
        SCENARIO,
        REGION,
        text("gb_code", "GB/T 2260 code", pattern=GB_CODE),
        YEAR,
        text("date", "day the value is of", pattern=DATE),
        sex(both=True),
        AGE_GROUP,
        *OUTPUT,
        number("value", "population", "persons", low=0, decimals=0),
    ),
    ("scenario", "region", "year", "date", "sex", "age_group", "output_type", "output_type_id"),
)

AGES = Table(
    "ages",
    "Population of the planned regions and the nation by sex and five-year age group, for pyramids.",
    (
        SCENARIO,
        REGION,
        YEAR_END_OR_CENSUS,
        sex(),
        text("age_group", "age group", FIVE_YEAR_GROUPS),
        *OUTPUT,
        number("value", "population", "persons", low=0, decimals=0),
    ),
    ("scenario", "region", "year", "sex", "age_group", "output_type", "output_type_id"),
)
