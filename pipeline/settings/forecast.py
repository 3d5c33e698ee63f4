"""The section `forecast`: what the censuses cannot teach."""

from typing import Annotated

from pydantic import Field

from pipeline.settings.fields import SettingsSection, key
from pipeline.settings.intervals import Normal, NormalShare, interval


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
