"""The section `forecast`: what the censuses cannot teach."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.settings.fields import Section, key
from pipeline.settings.intervals import NormalShare, interval


class AutoRegression(Section):
    """A first-order autoregression: the share phi of a gap that is left after a step, and the SD of what is new."""

    phi: Annotated[float, Field(gt=0, lt=1)]
    sigma: Annotated[float, Field(ge=0, le=5)]


class ForecastSettings(Section):
    consistency_carried: NormalShare = interval(
        0.37,
        0.89,
        "Share of the nation's last census residual (what the 2020 census counted beyond survival by WPP 2024) that "
        "carries into the next decade. Residuals came back by .7 from 2000-10 to 2010-20 at 85+, by nothing at others.",
        "share",
    )
    persistence: NormalShare = interval(
        0.40,
        0.80,
        "Slope from one decade's excess of an area over the nation to the next, below age 50 and for cities. "
        "Provinces show about .6 (SD .15); cities have been counted alike over one decade only.",
        "slope",
    )
    young_error: float = key(
        0.06,
        "SD of the log error of an area's excess below age 50 over ten years, shared by its ages.",
        "log points",
        ge=0,
        le=0.5,
    )
    single_age_step: float = key(
        0.06,
        "SD of the step from one single age to the next of an area's log ratio to the nation (a city's to its "
        "province), within census groups, whose totals stay exact. Between the provinces' five-year groups at 40 to "
        "79 that ratio stepped by .07 to .16 in 2020: a walk of .04 to .09 a year.",
        "log points",
        ge=0,
        le=0.5,
    )
    mortality_gap: AutoRegression = key(
        {"phi": 0.95, "sigma": 0.34},
        "An area's gap in life expectancy to the nation, AR(1) per five years: bayesLife's subnational default.",
        "sigma in years",
    )
    fertility_gap: AutoRegression = key(
        {"phi": 0.925, "sigma": 0.045},
        "An area's log gap in total fertility to the nation, AR(1) per five years: bayesTFR's subnational default.",
        "sigma in log points",
    )
