"""The raw tables of censuses, births and places: what each file holds, its key, its grid and its rules."""

from pipeline.axes import SEXES
from pipeline.schemas import (
    AGES_85,
    GB_CODE,
    IDENTIFIER,
    REGION,
    SINGLE_AGES_100,
    SOURCE,
    Grid,
    RowRule,
    Table,
    age,
    count,
    number,
    sex,
    text,
    unit_of,
    year,
)


def one_of(column: str, values: tuple[object, ...]) -> RowRule:
    words = " or ".join((", ".join(map(str, values[:-1])), str(values[-1])))
    return RowRule(column, words, f"{column} in {[*values]}")


DEATHS_WITHIN_POPULATION = RowRule(
    "deaths",
    "no more deaths than people (below the open age group)",
    "deaths.isna() or deaths <= population or age.str.endswith('+')",
)
"""In 2010 three provinces report more deaths at 100 and over in twelve months than people alive at the end."""

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
    (one_of("year", (2000, 2010, 2020)), DEATHS_WITHIN_POPULATION),
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
        one_of("year", (2000, 2010, 2020)),
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
    (one_of("year", (2010, 2020)),),
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
    rules=(one_of("year", (2010, 2020)),),
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
