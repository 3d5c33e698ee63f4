"""The sections on people: `projection`, `forecast`, `priors` and `counts`."""

from typing import Annotated

from pydantic import Field

from pipeline.settings.fields import (
    Beta,
    CentredNormal,
    HalfNormal,
    InverseGamma,
    LognormalAroundOne,
    LognormalSD,
    Normal,
    NormalShare,
    SettingsSection,
    ShiftedGamma,
    interval,
    key,
)


class Mortality(SettingsSection):
    extra_e0: float = key(0.0, "years", ge=-10, le=10)
    """Years of life expectancy at birth added in last_year to every draw, growing in a straight line from 2020. 0
    follows the median of World Population Prospects 2024 around which the draws lie."""


class Consistency(SettingsSection):
    weight: float = key(1.0, "factor", ge=0, le=2)
    """How much of the census-consistency offset carries forward: 1 means that the next census counts old people as the
    last one did, 0 that reported mortality (WPP 2024) holds from 2020 on."""
    from_age: int = key(50, "years of age", ge=0, le=100)
    """Youngest age to which the offset is applied; below it censuses miscount children, who do not matter here."""


class Migration(SettingsSection):
    weight: float = key(1.0, "factor", ge=-2, le=3)
    """Factor on net migration as measured between the censuses of 2010 and 2020. 0 switches migration off."""
    taper_years: float = key(40, "years", gt=0, le=1000)
    """Years after the census over which net migration falls in a straight line to zero: a stated choice, not a finding.
    The forecast of the first decade already holds how much of the last one's migration comes back."""


class Fertility(SettingsSection):
    weight: float = key(1.0, "factor", ge=0, le=5)
    """Factor on the total fertility rate (WPP 2024 median, set to the region's level)."""


class ProjectionSettings(SettingsSection):
    mortality: Mortality
    consistency: Consistency
    migration: Migration
    fertility: Fertility


class AutoRegression(SettingsSection):
    """A first-order autoregression: the share phi of a gap that is left after a step, and the SD of what is new."""

    phi: Annotated[float, Field(gt=0, lt=1)]
    sigma: Annotated[float, Field(ge=0, le=5)]


class YearlySettings(SettingsSection):
    """How what a decade brings falls on its years."""

    persistent: Annotated[float, Field(ge=0, le=1)]
    phi: Annotated[float, Field(ge=0, lt=1)]


class ForecastSettings(SettingsSection):
    consistency_carried: Normal = interval(0.6, 1.4, "share")
    """Share of the nation's last census residual (what the 2020 census counted beyond survival by WPP 2024) that
    carries into the next decade. At 75 and over it has risen through three decades (85+: -.124, -.011, +.162; 80-84:
    -.150, -.056, +.046), so it is as likely to grow as to come back."""
    persistence: NormalShare = interval(0.40, 0.80, "slope")
    """Slope from one decade's excess of an area over the nation to the next, below age 50 and for cities. Provinces
    show about .6 (SD .15); cities have been counted alike over one decade only."""
    young_error: float = key(0.03, "log points", ge=0, le=0.5)
    """SD of the log error of a province's excess below age 50 over ten years, shared by its ages. With .06, totals of
    31 provinces in 2021-24 lay too often inside their intervals; that they were looked at is said in the scores."""
    width: float = key(0.8, "factor", gt=0, le=2)
    """Factor on the provinces' errors at 50 and over: with it 80 % intervals of 2020, each province foretold by a fit
    of the others, cover 80 %. Provinces stray less than their model's heavy tails say."""
    yearly: YearlySettings = key({"persistent": 0.5, "phi": 0.3}, "share, correlation")
    """How an area's departure over a decade falls on years: the share of its variance that every year has alike, and
    the correlation of the rest from one year to the next. Yearly departures of 31 provincial totals in 2021-24
    correlate by .2 to .6; all alike was refuted (log likelihood -71 against -53). Chosen with those counts in sight;
    what they say hardly differs between .2 and .5."""
    recorded_mortality: AutoRegression = key({"phi": 0.8, "sigma": 0.05}, "sigma in log odds of death")
    """The nation's mortality of single years beside the path of WPP 2024, AR(1) per year, sigma in every year on
    Brass's scale: .05 is five percent of deaths. Deaths of 2021-24 were 45 million by WPP, 42.6 by communiques."""
    single_age_step: float = key(0.06, "log points", ge=0, le=0.5)
    """SD of the step from one single age to the next of an area's log ratio to the nation (a city's to its province),
    within census groups, whose totals stay exact. Between the provinces' five-year groups at 40 to 79 that ratio
    stepped by .07 to .16 in 2020: a walk of .04 to .09 a year."""
    mortality_gap: AutoRegression = key({"phi": 0.95, "sigma": 0.34}, "sigma in years")
    """An area's gap in life expectancy to the nation, AR(1) per five years: bayesLife's subnational default."""
    fertility_gap: AutoRegression = key({"phi": 0.925, "sigma": 0.045}, "sigma in log points")
    """An area's log gap in total fertility to the nation, AR(1) per five years: bayesTFR's subnational default."""


class OldAgePriors(SettingsSection):
    level: CentredNormal = interval(-0.0384, 0.0384, "log points")
    """What all areas have beside survival, in logs; ends are opposite. Censuses count the old a few percent differently
    from one to the next. Survivors by WPP 2024 fell short of the census of 2020 by 3 % at 60+, but most of that is the
    nation's own residual, which is taken off first."""
    level_step: CentredNormal = interval(-0.0256, 0.0256, "log points")
    """Its step from one age group to the next, in logs; ends are opposite. Assumed: two thirds of the level."""
    national_return: Beta = interval(0.416, 0.888, "share")
    """Share of the nation's residual of the decade before that comes back; beta. The handling of a census changes
    slowly, but not all of a residual is handling: from 2000-10 to 2010-20 .7 came back at 85+, nothing at others."""
    area_return: Normal = interval(0.344, 0.856, "share")
    """Share of a province's excess over the nation that comes back, at the average age. What moves people in one decade
    mostly does in the next: a slope of .6 (SD .15) between the provinces' decades of census data."""
    area_return_step: HalfNormal = interval(0.0, 0.128, "share")
    """How much that share changes from one age group to the next; half-normal, from 0. Assumed: a slope may wander by a
    third of itself over the eight ages."""
    contrast_return: Normal = interval(0.116, 0.884, "share")
    """The same share for half the difference between men and women. Assumed: like the area's, but less certain."""
    contrast: CentredNormal = interval(-0.0256, 0.0256, "log points")
    """Half the difference between men and women beside survival, in logs; ends are opposite. Assumed: both sexes are
    enumerated by the same people on the same day, so it is small."""
    loading: LognormalAroundOne = interval(0.28, 3.6, "factor")
    """Factor on the usual error that all ages of an area share (4.5 to 6 % over ten years); ends multiply to 1. That
    usual size is of prefectures; provinces may stray far less, so it is left to their censuses."""
    loading_by_age: LognormalAroundOne = interval(0.88, 1.137, "factor")
    """The same by age, beside the level; ends multiply to 1. Assumed: neighbouring ages share what moves them, their
    errors correlating by .8 to .98."""
    feature: HalfNormal = interval(0.0, 1.28, "usual shared errors")
    """What one feature known before moves, in units of the usual shared error; half-normal, from 0. Assumed: one
    feature may account for as much as all that is not known."""
    noise: LognormalSD = interval(0.0132, 0.0475, "log points")
    """Error of each age by itself, in logs; lognormal. Between prefectures of unchanged boundary .016 to .04."""
    contrast_noise: LognormalSD = interval(0.0079, 0.0285, "log points")
    """The same of half the difference between men and women; lognormal. Assumed: moving couples cancel in it."""
    noise_correlation: Beta = interval(0.105, 0.415, "correlation")
    """Correlation of neighbouring ages in that error; beta. Assumed low: what more of the ages share is the shared
    error's, and a high correlation would stand in for it."""
    contrast_correlation: Beta = interval(0.32, 0.857, "correlation")
    """The same for half the difference, which has no shared error; beta. Assumed: as likely high as low."""
    tails: ShiftedGamma = interval(2.872, 5.34, "degrees of freedom")
    """Degrees of freedom of areas' errors; 2 and a gamma. A t with about 4 gave 80 and 95 % intervals for the 60+ of
    prefectures that covered 81 and 94 %; the normal's covered 58 and 73 %. Above 2 the variance is finite."""


class CityPriors(SettingsSection):
    scatter: InverseGamma = interval(0.0483, 0.0716, "log points")
    """SD of a city's change beside its province's at one age, in logs; its square is inverse gamma, with the weight of
    20 cities among 300. The SD of provinces around the nation was .07 to .085, of which a city shares most."""
    young_scatter: InverseGamma = interval(0.08, 0.3, "log points")
    """The same below 50, of what does not follow the old: students and workers move. Between cities of one province the
    SD was .23, .39 and .25 at 15-19, 20-24 and 25-29 against .074 at 50-54."""
    neighbours: float = key(0.95, "correlation", gt=0, le=0.99)
    """Correlation around which that of a city's errors at neighbouring ages lies, with the same weight. Errors of one
    area correlate by .8 to .98 across old ages."""
    sexes: float = key(0.8, "correlation", gt=0, le=0.99)
    """The same between men and women of one age. Assumed: a little less, as the smaller counts of each sex scatter."""


class Priors(SettingsSection):
    old_age: OldAgePriors
    """Provinces and cities at 50 and over; pipeline/models/old_age.py says what each quantity does."""
    cities: CityPriors
    """How far cities lie beside their province, and how alike at neighbouring ages."""


class NationalError(SettingsSection):
    level: CentredNormal = interval(-0.0051, 0.0051, "log points")
    """What all published counts of the old depart from what the next census will say from the start, in logs; ends are
    opposite. First counts after the censuses of 2000 and 2010 ran below the path from census to census."""
    drift: CentredNormal = interval(-0.0064, 0.0064, "log points a year")
    """By how much more each year since the census, in logs: national 65+ ran -2.7 % after 4 and 9 years in the 2000s,
    -2.8 and -3.9 % in the 2010s."""
    sampling: CentredNormal = interval(-0.0019, 0.0019, "log points")
    """Scatter from year to year of the survey of 1 in 1,000, and rounding, in logs."""


class ProvincialError(SettingsSection):
    level: CentredNormal = interval(-0.0064, 0.0064, "log points")
    """What one province's counts of the old depart beside the nation's, in logs. From 2021 on counts are tied to the
    2020 census: their SD against a forecast that had not seen them was 1.0 %, two provinces aside."""
    drift: CentredNormal = interval(-0.0077, 0.0077, "log points a year")
    """By how much more each year since the census, in logs: bulletins of the 2010s were 5 % off after ten years."""
    sampling: CentredNormal = interval(-0.0038, 0.0038, "log points")
    """Scatter from year to year, and rounding to 10,000 people, in logs."""


class CityError(SettingsSection):
    level: CentredNormal = interval(-0.0128, 0.0128, "log points")
    """What one city's counts depart beside its province's, in logs. Assumed: twice a province's."""
    drift: CentredNormal = interval(-0.0103, 0.0103, "log points a year")
    """By how much more each year since the census, in logs. Assumed: a third more than a province's."""
    sampling: CentredNormal = interval(-0.0064, 0.0064, "log points")
    """Scatter from year to year, and rounding of shares, in logs. Assumed."""


class CountSettings(SettingsSection):
    use: bool = key(True)
    """Whether the forecast starts from what was counted since the census (data/raw/population_counts.csv and the key
    `counts` of a region's file). The scenario `census_only` has seen none."""
    nation: NationalError
    province: ProvincialError
    city: CityError
    alike: float = key(0.8, "share", ge=0, le=1)
    """Share of the variance of level and drift that the counts of 60+ and of 65+ have in common: one survey, one frame.
    Assumed."""
    totals: float = key(0.5, "factor", ge=0, le=2)
    """Errors of totals against those of the old: totals are carried on from births, deaths and registers. Totals of
    provinces in the 2010s were .9 % off where the old were 4 to 8 %."""
