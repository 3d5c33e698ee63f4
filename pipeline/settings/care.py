"""The section `care`: how published stocks are bridged."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from pipeline.settings.fields import Name, SettingsSection, key
from pipeline.settings.intervals import LognormalFactor


class HukouBefore(SettingsSection):
    """A ratio of an earlier year, and the year from which the region's interval holds."""

    ratio: Annotated[float, Field(ge=0.05, le=20)]
    year: Annotated[int, Field(ge=2000, le=2060)]
    until: Annotated[int, Field(ge=2000, le=2060)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until <= self.year:
            raise ValueError("year before until")
        return self


class CareSettings(SettingsSection):
    hukou_per_resident_60plus: dict[Name, LognormalFactor] = key(
        {"zhejiang": {"low": 0.92, "high": 0.96}, "wuhan": {"low": 0.90, "high": 0.98}}, "registered per resident"
    )
    """Registered (hukou) people aged 60+ per resident aged 60+, an 80 % interval by region, from published pairs:
    Zhejiang's bulletins give 0.951 and 0.941 for the ends of 2022 and 2023 (its plan had forecast 0.97 for 2025); Wuhan
    had 1.9425 m registered at the end of 2019, growing by 0.06 m a year, and 2.1244 m resident in November 2020 (0.94).
    Regions not listed have no published pair: a hukou figure there leaves the requirement blank."""
    hukou_before: dict[Name, HukouBefore] = key(
        {"zhejiang": {"ratio": 0.951, "year": 2022, "until": 2023}}, "registered per resident"
    )
    """The same at the end of an earlier year, where one is published: from there the ratio runs in a straight line to
    the interval above at the end of the year `until`, which later years keep."""
