"""The sections on care: `care`, `need` and `supply`."""

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipeline.errors import nearest
from pipeline.settings.fields import (
    LogitNormal,
    LognormalFactor,
    Name,
    NamesOnce,
    PositiveLogitNormal,
    SettingsSection,
    interval,
    key,
)


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


class YearlyChange(SettingsSection):
    institution_use: float = key(0.0, "growth a year", ge=-0.2, le=0.2)
    """Growth a year of the share in institutions after 2020; 0.02 means 2 % more of it every year. The nation's fell by
    2.6 % a year from 2019 to 2024 (2.150 to 2.307 million residents, people aged 60+ by a fifth more)."""
    users_per_caregiver: float = key(0.0, "growth a year", ge=-0.2, le=0.2)
    """Growth a year of the users per caregiver after 2020; below 0 staffing gets better."""


class Steepness(SettingsSection):
    selfcare: LognormalFactor = interval(2.2, 2.8, "factor")
    """Of those who cannot care for themselves, as censuses count them. By the tables of self-care by age of 2010 and
    2020 a man of 60 spends 3.60 and 3.37 %, a woman 5.14 and 4.56 % of the years ahead so (Lu et al. 2023), against
    2.95 and 2.34 % of all people aged 60+: that takes 2.56 and 2.44."""
    severity: LognormalFactor = interval(1.5, 2.1, "factor")
    """Of being more than mildly disabled among the disabled. With 1.8 the more than mildly disabled rise with age as
    those who cannot care for themselves, who are about as many (2.6 and 2.34 % of people aged 60+)."""


class NeedSettings(SettingsSection):
    definitions: NamesOnce = key(
        ["census_selfcare", "adl", "adl_iadl", "survey_2015", "li_2022", "transition"], min_length=1
    )
    """Definitions of disability that are worked out side by side, from data/raw/disability_prevalence.csv."""
    headline: Name = key("li_2022")
    """The definition that stands for need where one is shown: disabled and partly disabled people, 17.11 % in 2020."""
    trend: Name = key("constant")
    """How disability at each age changes: constant; falling as any basic activity fell from 2011 to 2020 (CHARLS);
    rising as projected from three surveys to 2050."""
    severity: Name = key("barthel_southwest")
    """How the disabled divide into mild, moderate and severe, from data/raw/severity.csv."""
    dementia: Name = key("jia_2020")
    """Share of people aged 60+ with dementia, from data/raw/dementia.csv: jia_2020 (6.0 %) or qi_2021 (4.2 %)."""
    settings: Name = key("by_severity")
    """Where people are cared for, from data/raw/care_settings.csv: by_severity (5, 10 and 20 % of the mildly,
    moderately and severely disabled live in institutions), tenth_of_disabled (a tenth of each), plan_9073, plan_9064 (3
    or 4 % of everybody aged 60+), observed_2024 (0.74 %)."""
    staffing: Name = key("by_severity")
    """Users per caregiver, from data/raw/staffing.csv: by_severity (draft grading standard) or national_ratio (1:4)."""
    disabled_at_60: float = key(0.03, "share", gt=0, le=0.5)
    """Disabled share at 60 where the transition model starts; it moves the level of `transition` alone."""
    institution_use: LognormalFactor = interval(0.68, 1.56, "factor")
    """Factor on the shares of people in institutions. Under li_2022 and by_severity its ends give the 0.743 % of people
    aged 60+ who lived in institutions in 2024, and a tenth of the disabled (1.711 %), as Li et al. 2022 have it."""
    users_per_caregiver: LognormalFactor = interval(0.7, 1.4, "factor")
    """Factor on the users per caregiver: the draft standard spans more than 1 to 2 either way for each severity."""
    yearly_change: YearlyChange
    target_occupancy: PositiveLogitNormal = interval(0.67, 0.86, "occupied beds per bed")
    """Occupied beds per bed that planning aims at; ends of the norm target_bed_occupancy in data/indicators.yaml."""
    dementia_in_institution: LogitNormal = interval(0.03, 0.09, "share")
    """Share of people with dementia who live in an institution: from the 3 % of the 90-7-3 pattern for everybody to
    three times that. Assumed."""

    mild_in_nursing_beds: LogitNormal = interval(0.25, 0.75, "share")
    """Share of the mildly disabled in institutions who take a nursing bed. Nursing beds are meant for the disabled and
    partly disabled; no count says how many of the mild have one. Assumed; with it need asks for about the share of
    nursing beds that the nation had in 2024 (65.7 %)."""
    steepness: Steepness
    """How many times as fast as the transition model's disability a share rises with age (slope of its log-odds)."""

    @field_validator("headline")
    @classmethod
    def _is_computed(cls, headline: str, others: ValidationInfo) -> str:
        definitions = others.data.get("definitions", [headline])
        if headline not in definitions:
            raise ValueError(f"one of need.definitions: {', '.join(definitions)}{nearest(headline, definitions)}")
        return headline


class SupplySettings(SettingsSection):
    trend_from: int = key(2022, "year", ge=1990, le=2100)
    """First year of the national trends on which a stock goes on where its region has no record of its own: national
    beds have fallen since 2022."""
    leave: LogitNormal = interval(0.16, 0.30, "share a year")
    """Share of caregivers who leave in a year: 20 to 23 % follow from a survey of tenure in 2022; 15 to 40 %
    plausible."""
    re_enter: LogitNormal = interval(0.10, 0.30, "share")
    """Share of leavers who come back to the same work in the region in the year they left. Assumed."""
    retire: LogitNormal = interval(0.02, 0.05, "share a year")
    """Share of the others who retire in a year. Assumed: working lives of 20 to 50 years."""
    closing: LogitNormal = interval(0.01, 0.03, "share a year")
    """Share of beds that closes in a year and must be replaced where a stock is held. Assumed."""
    occupancy: PositiveLogitNormal = interval(0.40, 0.55, "occupied beds per bed")
    """Share of beds on paper that is occupied: 45.4 % in the nation's institutions in 2024, 53 % in Beijing in 2016."""
