"""Which declaration each file under data/raw follows."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pipeline.axes import SEXES
from pipeline.inputs.care_input_tables import (
    CARE_FIGURES,
    CARE_SETTINGS,
    DEMENTIA,
    DISABILITY_COEFFICIENTS,
    DISABILITY_PREVALENCE,
    DISABILITY_TRANSITIONS,
    NATIONAL_GOALS,
    SEVERITY,
    STAFFING,
    SUPPLY,
)
from pipeline.inputs.census_tables import (
    AGES_85,
    BIRTHS,
    CENSUS_1990,
    CENSUS_CITY,
    CENSUS_MARGINS,
    CENSUS_SINGLE_AGE,
    CENSUS_TOTALS,
    COUNTY_SUCCESSORS,
    PREFECTURES,
)
from pipeline.inputs.cost_tables import CONSUMER_PRICES, UNIT_COSTS
from pipeline.inputs.population_counts import COUNTS
from pipeline.inputs.un_tables import (
    WPP_2012,
    WPP_2022_POPULATION,
    WPP_ASFR_SHARES,
    WPP_LIFE_EXPECTANCY,
    WPP_MX,
    WPP_NET_MIGRATION,
    WPP_NET_MIGRATION_PERIOD,
    WPP_POPULATION,
    WPP_SEX_RATIO,
    WPP_TOTAL_FERTILITY,
    WPP_VITAL,
)
from pipeline.schemas import Grid, Table
from pipeline.vocabulary import CensusForm

CENSUS_CITY_2020 = replace(CENSUS_CITY, grids=(Grid({"year": (2020,), "sex": SEXES, "age": AGES_85}),))
"""The same of a city whose ages are known in 2020 alone."""

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
