"""The section `care`: how published stocks are bridged."""

from __future__ import annotations

from pipeline.settings.fields import Name, Section, key
from pipeline.settings.intervals import LognormalAroundOne, LognormalFactor, interval


class CareSettings(Section):
    hukou_per_resident_60plus: dict[Name, LognormalFactor] = key(
        {"zhejiang": {"low": 0.93, "high": 1.00}, "wuhan": {"low": 0.90, "high": 0.98}},
        "Registered (hukou) people aged 60+ per resident aged 60+, an 80 % interval by region, from published pairs: "
        "Zhejiang's plan forecasts 15.0 m registered and 15.5 m resident for 2025 (0.97); Wuhan had 1.9425 m "
        "registered at the end of 2019, growing by 0.06 m a year, and 2.1244 m resident in November 2020 (0.94). "
        "Regions not listed have no published pair: a hukou figure there leaves the requirement blank.",
        "registered per resident",
    )
    imputed_stock_factor: LognormalAroundOne = interval(
        0.625,
        1.6,
        "80 % interval, as a factor, around a stock that is imputed from the rate of the province or the nation. The "
        "ends multiply to 1, so that the median is the rate itself.",
        "factor",
    )
