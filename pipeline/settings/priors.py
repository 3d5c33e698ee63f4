"""The section `priors`: what is believed of the past decade before its censuses speak."""

from pipeline.settings.fields import SettingsSection, key
from pipeline.settings.intervals import (
    Beta,
    CentredNormal,
    HalfNormal,
    InverseGamma,
    LognormalAroundOne,
    LognormalError,
    Normal,
    ShiftedGamma,
    interval,
)


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
    noise: LognormalError = interval(0.0132, 0.0475, "log points")
    """Error of each age by itself, in logs; lognormal. Between prefectures of unchanged boundary .016 to .04."""
    contrast_noise: LognormalError = interval(0.0079, 0.0285, "log points")
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
