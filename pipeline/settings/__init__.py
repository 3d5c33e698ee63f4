"""The typed model of params.yaml: what may be set, within which limits, and how scenarios are merged."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.inputs.validate import validated
from pipeline.inputs.words import nearest, shown
from pipeline.inputs.yaml_file import Document, KeyPath, read_yaml

FIRST_DAY, LAST_DAY = "2020-11-01", "2060-12-31"
"""Census day, and the end of the last year that can be projected."""


def _a_day(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        day = ""
    if day != text:
        raise ValueError("a date such as 2024-12-31")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a date from {FIRST_DAY}, the census, to {LAST_DAY}")
    return day


def _once(names: list[str]) -> list[str]:
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise ValueError(f"each name once ({twice[0]} stands there twice)")
    return names


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""What becomes the name of a folder or a file too."""

NamesOnce = Annotated[list[Name], AfterValidator(_once)]
Day = Annotated[str, AfterValidator(_a_day)]
Profile = Literal["full", "smoke"]


class Section(BaseModel):
    """A mapping of params.yaml: no key beyond those named here, and nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def key(default: Any, meaning: str, unit: str = "", **limits: Any) -> Any:
    """A key that params.yaml must have: what it means, its unit and limits, and the default file's value.

    The default is that of the file alone: a key left out of params.yaml is a fault and not filled in. A mapping
    of plain values is one value, such as an interval, and is written in one line.
    """
    extra: dict[str, JsonValue] = {"default": default, **({"unit": unit} if unit else {})}
    return Field(description=meaning, json_schema_extra=extra, **limits)


def section(meaning: str | None = None) -> Any:
    """A mapping whose keys have meanings and defaults of their own."""
    return Field(description=meaning)


class Interval(Section):
    """An 80 % interval of a positive quantity, drawn as a lognormal."""

    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("low below high")
        return self


class Factor(Interval):
    """An interval of a factor or a ratio near 1: what lies far from it was meant as percent."""

    low: Annotated[float, Field(ge=0.05, le=20)]
    high: Annotated[float, Field(ge=0.05, le=20)]


class ErrorInLogs(Interval):
    """An interval of a standard deviation in logs, where 0.05 is five percent."""

    low: Annotated[float, Field(gt=0, le=1)]
    high: Annotated[float, Field(gt=0, le=1)]


class ShareInterval(Section):
    """An 80 % interval of a share, drawn so that every draw lies between 0 and 1; equal ends fix it."""

    low: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high < self.low:
            raise ValueError("low at most high")
        if self.high > self.low and (self.low == 0 or self.high == 1):
            raise ValueError("ends above 0 and below 1, or two equal ends")
        return self


class Occupancy(ShareInterval):
    """An interval of occupied beds per bed: above 0."""

    low: Annotated[float, Field(gt=0, le=1)]


def _interval(low: float, high: float, meaning: str, unit: str = "") -> Any:
    return key({"low": low, "high": high}, meaning, unit)


class Mortality(Section):
    extra_e0: float = key(
        0.0,
        "Years of life expectancy at birth added in last_year to every draw, growing in a straight line from 2020. "
        "0 follows the median of World Population Prospects 2024 around which the draws lie.",
        "years",
        ge=-10,
        le=10,
    )


class Consistency(Section):
    weight: float = key(
        1.0,
        "How much of the census-consistency offset carries forward: 1 means that the next census counts old people "
        "as the last one did, 0 that reported mortality (WPP 2024) holds from 2020 on.",
        "factor",
        ge=0,
        le=2,
    )
    from_age: int = key(
        50,
        "Youngest age to which the offset is applied; below it censuses miscount children, who do not matter here.",
        "years of age",
        ge=0,
        le=100,
    )


class Migration(Section):
    weight: float = key(
        1.0,
        "Factor on net migration as measured between the censuses of 2010 and 2020. 0 switches migration off.",
        "factor",
        ge=-2,
        le=3,
    )
    taper_years: float = key(
        40,
        "Years after the census over which net migration falls in a straight line to zero: a stated choice, not a "
        "finding. The forecast of the first decade already holds how much of the last one's migration comes back.",
        "years",
        gt=0,
        le=1000,
    )


class Fertility(Section):
    weight: float = key(
        1.0,
        "Factor on the total fertility rate (WPP 2024 median, set to the region's level).",
        "factor",
        ge=0,
        le=5,
    )


class ProjectionSettings(Section):
    mortality: Mortality = section()
    consistency: Consistency = section()
    migration: Migration = section()
    fertility: Fertility = section()


class AutoRegression(Section):
    """A first-order autoregression: the share phi of a gap that is left after a step, and the SD of what is new."""

    phi: Annotated[float, Field(gt=0, lt=1)]
    sigma: Annotated[float, Field(ge=0, le=5)]


class ForecastSettings(Section):
    consistency_carried: ShareInterval = _interval(
        0.37,
        0.89,
        "Share of the nation's last census residual (what the 2020 census counted beyond survival by WPP 2024) that "
        "carries into the next decade. Residuals came back by .7 from 2000-10 to 2010-20 at 85+, by nothing at others.",
        "share",
    )
    persistence: ShareInterval = _interval(
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


class Bell(Section):
    """An 80 % interval of a quantity of either sign, drawn as a normal."""

    low: Annotated[float, Field(ge=-5, le=5)]
    high: Annotated[float, Field(ge=-5, le=5)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("low below high")
        return self


class Centred(Bell):
    """An 80 % interval around zero in logs, drawn as a normal."""

    low: Annotated[float, Field(ge=-1, le=1)]
    high: Annotated[float, Field(ge=-1, le=1)]

    @model_validator(mode="after")
    def _opposite(self) -> Self:
        if self.low != -self.high:
            raise ValueError(f"opposite ends, as low {-self.high:.6g} and high {self.high:.6g}: the middle is zero")
        return self


class UpTo(Section):
    """The lower 80 % of a size, drawn as a half-normal: from zero to a value that one in five exceeds."""

    low: Annotated[float, Field(ge=0, le=0)]
    high: Annotated[float, Field(gt=0, le=5)]


class AroundOne(Factor):
    """An 80 % interval of a factor whose median is 1, drawn as a lognormal."""

    @model_validator(mode="after")
    def _reciprocal(self) -> Self:
        if not 0.98 <= self.low * self.high <= 1.02:
            ends = f"low {1 / self.high:.3g} and high {self.high:.6g}"
            raise ValueError(f"ends that multiply to 1 within two percent, as {ends}: the median is 1")
        return self


class Beta(Section):
    """An 80 % interval of a share, drawn as a beta."""

    low: Annotated[float, Field(ge=0.001, le=0.999)]
    high: Annotated[float, Field(ge=0.001, le=0.999)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.high < self.low + 0.01:
            raise ValueError("low below high, by 0.01 at least")
        return self


class Tails(Section):
    """An 80 % interval of degrees of freedom, drawn as 2 and a gamma."""

    low: Annotated[float, Field(ge=2.01, le=200)]
    high: Annotated[float, Field(ge=2.01, le=200)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.high - 2 < 1.01 * (self.low - 2):
            least = 2 + 1.01 * (self.low - 2)
            raise ValueError(f"low below high, which is {least:.6g} at least (a hundredth more of what exceeds 2)")
        return self


class Scatter(ErrorInLogs):
    """An 80 % interval of an SD whose square is inverse gamma with a mean."""

    @model_validator(mode="after")
    def _has_a_mean(self) -> Self:
        if not 1.01 <= self.high / self.low <= 4:
            ends = f"from {1.01 * self.low:.3g} to {4 * self.low:.6g}"
            raise ValueError(f"high 1.01 to 4 times low, so {ends}: beyond that the variance has no mean")
        return self


class OldAgePriors(Section):
    level: Centred = _interval(
        -0.0384,
        0.0384,
        "What all areas have beside survival, in logs; ends are opposite. Censuses count the old a few percent "
        "differently from one to the next. Survivors by WPP 2024 fell short of the census of 2020 by 3 % at 60+, but "
        "most of that is the nation's own residual, which is taken off first.",
        "log points",
    )
    level_step: Centred = _interval(
        -0.0256,
        0.0256,
        "Its step from one age group to the next, in logs; ends are opposite. Assumed: two thirds of the level.",
        "log points",
    )
    national_return: Beta = _interval(
        0.416,
        0.888,
        "Share of the nation's residual of the decade before that comes back; beta. The handling of a census changes "
        "slowly, but not all of a residual is handling: from 2000-10 to 2010-20 .7 came back at 85+, nothing at "
        "others.",
        "share",
    )
    area_return: Bell = _interval(
        0.344,
        0.856,
        "Share of a province's excess over the nation that comes back, at the average age. What moves people in one "
        "decade mostly does in the next: a slope of .6 (SD .15) between the provinces' decades of census data.",
        "share",
    )
    area_return_step: UpTo = _interval(
        0.0,
        0.128,
        "How much that share changes from one age group to the next; half-normal, from 0. Assumed: a slope may wander "
        "by a third of itself over the eight ages.",
        "share",
    )
    contrast_return: Bell = _interval(
        0.116,
        0.884,
        "The same share for half the difference between men and women. Assumed: like the area's, but less certain.",
        "share",
    )
    contrast: Centred = _interval(
        -0.0256,
        0.0256,
        "Half the difference between men and women beside survival, in logs; ends are opposite. Assumed: both sexes "
        "are enumerated by the same people on the same day, so it is small.",
        "log points",
    )
    loading: AroundOne = _interval(
        0.639,
        1.566,
        "Factor on the usual error that all ages of an area share (4.5 to 6 % over ten years); ends multiply to 1. "
        "Between prefectures of unchanged boundary, 2010-20, it was 4.7 to 9.2 %: within a factor of 1.6.",
        "factor",
    )
    loading_by_age: AroundOne = _interval(
        0.88,
        1.137,
        "The same by age, beside the level; ends multiply to 1. Assumed: neighbouring ages share what moves them, "
        "their errors correlating by .8 to .98.",
        "factor",
    )
    feature: UpTo = _interval(
        0.0,
        1.28,
        "What one feature known before moves, in units of the usual shared error; half-normal, from 0. Assumed: one "
        "feature may account for as much as all that is not known.",
        "usual shared errors",
    )
    noise: ErrorInLogs = _interval(
        0.0132,
        0.0475,
        "Error of each age by itself, in logs; lognormal. Between prefectures of unchanged boundary .016 to .04.",
        "log points",
    )
    contrast_noise: ErrorInLogs = _interval(
        0.0079,
        0.0285,
        "The same of half the difference between men and women; lognormal. Assumed: moving couples cancel in it.",
        "log points",
    )
    noise_correlation: Beta = _interval(
        0.105,
        0.415,
        "Correlation of neighbouring ages in that error; beta. Assumed low: what more of the ages share is the shared "
        "error's, and a high correlation would stand in for it.",
        "correlation",
    )
    contrast_correlation: Beta = _interval(
        0.32,
        0.857,
        "The same for half the difference, which has no shared error; beta. Assumed: as likely high as low.",
        "correlation",
    )
    tails: Tails = _interval(
        2.872,
        5.34,
        "Degrees of freedom of areas' errors; 2 and a gamma. A t with about 4 gave 80 and 95 % intervals for the 60+ "
        "of prefectures that covered 81 and 94 %; the normal's covered 58 and 73 %. Above 2 the variance is finite.",
        "degrees of freedom",
    )


class CityPriors(Section):
    scatter: Scatter = _interval(
        0.0483,
        0.0716,
        "SD of a city's change beside its province's at one age, in logs; its square is inverse gamma, with the "
        "weight of 20 cities among 300. The SD of provinces around the nation was .07 to .085, of which a city shares "
        "most.",
        "log points",
    )
    neighbours: float = key(
        0.95,
        "Correlation around which that of a city's errors at neighbouring ages lies, with the same weight. Errors of "
        "one area correlate by .8 to .98 across old ages.",
        "correlation",
        gt=0,
        le=0.99,
    )
    sexes: float = key(
        0.8,
        "The same between men and women of one age. Assumed: a little less, as the smaller counts of each sex scatter.",
        "correlation",
        gt=0,
        le=0.99,
    )


class Priors(Section):
    old_age: OldAgePriors = section(
        "Provinces and cities at 50 and over; pipeline/models/old_age.py says what each quantity does."
    )
    cities: CityPriors = section("How far cities lie beside their province, and how alike at neighbouring ages.")


class Sampler(Section):
    chains: int = key(4, "Chains.", "chains", ge=2, le=16)
    draws: int = key(3000, "Draws of each chain after the warm-up.", "draws", ge=10, le=100_000)
    tune: int = key(1500, "Warm-up steps of each chain.", "steps", ge=10, le=100_000)
    target_accept: float = key(0.95, "Acceptance probability the step size aims at.", "probability", gt=0.5, lt=1)
    cores: int = key(2, "Chains run at the same time; the draws do not depend on it.", "processor cores", ge=1, le=64)
    accept_bad_fit: bool = key(
        False, "true lets a run go on with a fit that breaks the limits, and stamps DRAFT on every report."
    )


class BacktestSettings(Section):
    folds: int = key(31, "Provinces left out in turn, in the order of their ids; 31 is all.", "provinces", ge=1, le=31)
    chains: int = key(2, "Chains of every fold.", "chains", ge=2, le=16)
    draws: int = key(
        500, "Draws of each chain of every fold: enough for quantiles of scores.", "draws", ge=10, le=100_000
    )
    tune: int = key(500, "Warm-up steps of each chain of every fold.", "steps", ge=10, le=100_000)


class HukouBefore(Section):
    """A ratio of an earlier year, and the year from which the region's interval holds."""

    ratio: Annotated[float, Field(ge=0.05, le=20)]
    year: Annotated[int, Field(ge=2000, le=2060)]
    until: Annotated[int, Field(ge=2000, le=2060)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until <= self.year:
            raise ValueError("year before until")
        return self


class CareSettings(Section):
    hukou_per_resident_60plus: dict[Name, Factor] = key(
        {"zhejiang": {"low": 0.92, "high": 0.96}, "wuhan": {"low": 0.90, "high": 0.98}},
        "Registered (hukou) people aged 60+ per resident aged 60+, an 80 % interval by region, from published pairs: "
        "Zhejiang's bulletins give 0.951 and 0.941 for the ends of 2022 and 2023 (its plan had forecast 0.97 for "
        "2025); Wuhan had 1.9425 m registered at the end of 2019, growing by 0.06 m a year, and 2.1244 m resident in "
        "November 2020 (0.94). Regions not listed have no published pair: a hukou figure there leaves the requirement "
        "blank.",
        "registered per resident",
    )
    hukou_before: dict[Name, HukouBefore] = key(
        {"zhejiang": {"ratio": 0.951, "year": 2022, "until": 2023}},
        "The same at the end of an earlier year, where one is published: from there the ratio runs in a straight line "
        "to the interval above at the end of the year `until`, which later years keep.",
        "registered per resident",
    )
    imputed_stock_factor: AroundOne = _interval(
        0.625,
        1.6,
        "80 % interval, as a factor, around a stock that is imputed from the rate of the province or the nation. The "
        "ends multiply to 1, so that the median is the rate itself.",
        "factor",
    )

    @model_validator(mode="after")
    def _before_what_is_kept(self) -> Self:
        alone = [name for name in self.hukou_before if name not in self.hukou_per_resident_60plus]
        if alone:
            raise ValueError(f"a ratio of {alone[0]} in hukou_per_resident_60plus beside that of hukou_before")
        return self


class YearlyChange(Section):
    institution_use: float = key(
        0.0,
        "Growth a year of the share in institutions after 2020; 0.02 means 2 % more of it every year. The nation's "
        "fell by 2.6 % a year from 2019 to 2024 (2.150 to 2.307 million residents, people aged 60+ by a fifth more).",
        "growth a year",
        ge=-0.2,
        le=0.2,
    )
    users_per_caregiver: float = key(
        0.0,
        "Growth a year of the users per caregiver after 2020; below 0 staffing gets better.",
        "growth a year",
        ge=-0.2,
        le=0.2,
    )


class NeedSettings(Section):
    definitions: NamesOnce = key(
        ["census_selfcare", "adl", "adl_iadl", "survey_2015", "li_2022", "transition"],
        "Definitions of disability that are worked out side by side, from data/raw/disability_prevalence.csv.",
        min_length=1,
    )
    headline: Name = key(
        "li_2022",
        "The definition that stands for need where one is shown: disabled and partly disabled people, 17.11 % in 2020.",
    )
    trend: Name = key(
        "constant",
        "How disability at each age changes: constant; falling as any basic activity fell from 2011 to 2020 "
        "(CHARLS); rising as projected from three surveys to 2050.",
    )
    severity: Name = key(
        "barthel_southwest", "How the disabled divide into mild, moderate and severe, from data/raw/severity.csv."
    )
    dementia: Name = key(
        "jia_2020",
        "Share of people aged 60+ with dementia, from data/raw/dementia.csv: jia_2020 (6.0 %) or qi_2021 (4.2 %).",
    )
    settings: Name = key(
        "tenth_of_disabled",
        "Where people are cared for, from data/raw/care_settings.csv: tenth_of_disabled (a tenth of the disabled "
        "live in institutions), plan_9073, plan_9064 (3 or 4 % of everybody aged 60+), observed_2024 (0.74 %).",
    )
    staffing: Name = key(
        "by_severity",
        "Users per caregiver, from data/raw/staffing.csv: by_severity (draft grading standard) or national_ratio "
        "(1:4).",
    )
    disabled_at_60: float = key(
        0.03,
        "Disabled share at 60 where the transition model starts; it moves the level of `transition` alone.",
        "share",
        gt=0,
        le=0.5,
    )
    institution_use: Factor = _interval(
        0.6,
        1.6,
        "Factor on the share of people in institutions: the tenth is published as 5 to 15 % (mild) and 5 to 30 % "
        "(severe).",
        "factor",
    )
    users_per_caregiver: Factor = _interval(
        0.7,
        1.4,
        "Factor on the users per caregiver: the draft standard spans more than 1 to 2 either way for each severity.",
        "factor",
    )
    yearly_change: YearlyChange = section()
    fte_hours: float = key(40, "Hours of a full-time week (State Council, 1995).", "hours a week", gt=0, le=168)
    target_occupancy: Occupancy = _interval(
        0.67,
        0.86,
        "Occupied beds per bed that planning aims at; ends of the norm target_bed_occupancy in data/indicators.yaml.",
        "occupied beds per bed",
    )
    dementia_in_institution: ShareInterval = _interval(
        0.03,
        0.09,
        "Share of people with dementia who live in an institution: from the 3 % of the 90-7-3 pattern for everybody "
        "to three times that. Assumed.",
        "share",
    )

    @field_validator("headline")
    @classmethod
    def _is_computed(cls, headline: str, others: ValidationInfo) -> str:
        definitions = others.data.get("definitions", [headline])
        if headline not in definitions:
            raise ValueError(f"one of need.definitions: {', '.join(definitions)}{nearest(headline, definitions)}")
        return headline


class SupplySettings(Section):
    trend_from: int = key(
        2022,
        "First year of the past trend that goes on without new policy: national beds have fallen since 2022.",
        "year",
        ge=1990,
        le=2100,
    )
    leave: ShareInterval = _interval(
        0.16,
        0.30,
        "Share of caregivers who leave in a year: 20 to 23 % follow from a survey of tenure in 2022; 15 to 40 % "
        "plausible.",
        "share a year",
    )
    re_enter: ShareInterval = _interval(
        0.10,
        0.30,
        "Share of leavers who come back to the same work in the region in the year they left. Assumed.",
        "share",
    )
    retire: ShareInterval = _interval(
        0.02,
        0.05,
        "Share of the others who retire in a year. Assumed: working lives of 20 to 50 years.",
        "share a year",
    )
    new_among_trained: ShareInterval = _interval(
        0.10,
        0.40,
        "Share of a plan's training numbers (person-times, employed people included) that are first trainings of "
        "people not yet in the job. Assumed.",
        "share",
    )
    taking_up: ShareInterval = _interval(
        0.30, 0.70, "Share of these who take up the job in the region. Assumed.", "share"
    )
    closing: ShareInterval = _interval(
        0.01,
        0.03,
        "Share of beds that closes in a year and must be replaced where a stock is held. Assumed.",
        "share a year",
    )
    usable: ShareInterval = _interval(
        0.75,
        0.95,
        "Share of beds on paper that can be slept in. Assumed; never fewer than are occupied.",
        "share",
    )
    occupancy: Occupancy = _interval(
        0.40,
        0.55,
        "Share of beds on paper that is occupied: 45.4 % in the nation's institutions in 2024, 53 % in Beijing in "
        "2016.",
        "occupied beds per bed",
    )


class Settings(Section):
    """params.yaml after its profile and one scenario were merged in."""

    status: Literal["draft", "final"] = key(
        "draft", "draft | final. Anything but `final` stamps DRAFT on every report."
    )
    profile: Profile = key(
        "full", "full | smoke. `smoke` takes the smaller settings under `profiles.smoke`; only tests use it."
    )
    seed: int = key(20201101, "Root of every random number: stages and regions derive their own streams from it.", ge=0)
    draws: int = key(4000, "Posterior draws carried through the pipeline.", "draws", ge=10, le=100_000)
    data_date: Day = key(
        "2024-12-31",
        "Last day for which published counts of beds, staff and people were looked at; targets dated after it are "
        "open.",
    )
    last_year: int = key(
        2035,
        "Last year of the projection, counted at its end. The first is the census, 1 November 2020.",
        "year",
        ge=2021,
        le=2060,
    )
    projection: ProjectionSettings = section("The projection as it is when no scenario changes it.")
    cities: NamesOnce = key(
        ["panzhihua", "wuhan", "xuchang"],
        "Cities that have a plan: each is drawn by itself, conditional on the stored fit of the nation and the "
        "provinces.",
    )
    forecast: ForecastSettings = section(
        "What the censuses cannot teach the forecast. An interval {low, high} holds the middle 80 % of the draws.",
    )
    priors: Priors = section(
        "What is believed of the past decade before its censuses speak: 80 % intervals {low, high}, normal unless "
        'another distribution is named. Shares are of 1, and what is "in logs" is of people after ten years: 0.05 is '
        "five percent."
    )
    sampler: Sampler = section(
        "How every model is sampled (nutpie, the No-U-Turn sampler). r̂ above 1.01, fewer than 400 effective draws in "
        "bulk or tail, or one divergence stop the run.",
    )
    backtest: BacktestSettings = section(
        "The forecast made in 2010 of 2020, province by province left out; `sampler` above sets what is not named "
        "here.",
    )
    care: CareSettings = section(
        "Care: what supply is carried forward with, and how a gap in published stocks is bridged."
    )
    need: NeedSettings = section(
        "Need: who is disabled, and what care that takes. An interval {low, high} holds the middle 80 % of the draws.",
    )
    supply: SupplySettings = section(
        "Supply: stocks and flows of beds and staff. An interval {low, high} holds the middle 80 % of the draws.",
    )


class Override(Section):
    """What a scenario may change; what stands inside is checked after it was merged."""

    projection: dict[str, Any] = {}
    care: dict[str, Any] = {}
    need: dict[str, Any] = {}
    supply: dict[str, Any] = {}


class Layers(BaseModel):
    """The parts of params.yaml that are laid over its other keys."""

    model_config = ConfigDict(strict=True)

    scenarios: dict[Name, Override] = Field(
        description="Scenarios: sparse overrides of `projection`, `care`, `need` and `supply`. Changing one reruns "
        "that one only."
    )
    profiles: dict[Profile, dict[str, Any]] = Field(
        {}, description="Smaller settings for quick runs: each key replaces the one above."
    )


class Layer(NamedTuple):
    """Keys laid over others in the default file, and what they stand for."""

    meaning: str
    keys: Mapping[str, Any]


CENTRAL = "central"

SCENARIOS: Final[Mapping[str, Layer]] = {
    CENTRAL: Layer("The projection as described above.", {}),
    "low_mortality": Layer(
        "Mortality falls faster: about the upper 80 % bound of WPP 2024 for the nation in 2035.",
        {"projection": {"mortality": {"extra_e0": 1.9}}},
    ),
    "high_mortality": Layer(
        "Mortality falls more slowly: about the lower 80 % bound of WPP 2024 for the nation in 2035.",
        {"projection": {"mortality": {"extra_e0": -2.5}}},
    ),
    "no_migration": Layer(
        "Nobody moves between regions after the census.", {"projection": {"migration": {"weight": 0.0}}}
    ),
    "disability_falling": Layer(
        "Disability at each age goes on falling as it fell from 2011 to 2020. Population as in `central`.",
        {"need": {"trend": "falling"}},
    ),
    "disability_rising": Layer(
        "Disability at each age rises. Population as in `central`.", {"need": {"trend": "rising"}}
    ),
}

PROFILES: Final[Mapping[Profile, Mapping[str, Any]]] = {
    "smoke": {
        "draws": 40,
        "backtest": {"folds": 3, "draws": 50, "tune": 100},
        "sampler": {"chains": 2, "draws": 100, "tune": 200, "accept_bad_fit": True},
    }
}


def merged(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `override` replaced, mapping by mapping; neither is changed."""
    result = copy.deepcopy(dict(base))
    for key, value in override.items():
        inner = result.get(key)
        both = isinstance(inner, dict) and isinstance(value, Mapping)
        result[key] = merged(inner, value) if both and isinstance(inner, dict) else copy.deepcopy(value)
    return result


PARAMS_FILE = "params.yaml"
_SETTINGS = TypeAdapter(Settings)
_LAYERS = TypeAdapter(Layers)


def load_settings(root: Path, scenario: str = CENTRAL) -> Settings:
    """Settings of one scenario: params.yaml with its profile's keys and the scenario's overrides merged in.

    Every scenario and profile is merged and validated, whichever is asked for. Raises InputError with all faults,
    or for a scenario that params.yaml does not name.
    """
    settings = all_settings(root)
    if scenario not in settings:
        expected = f"one of {', '.join(settings)}{nearest(scenario, settings)}"
        raise InputError([Fault(PARAMS_FILE, "scenarios", f"no scenario {shown(scenario)}", expected)])
    return settings[scenario]


def all_settings(root: Path) -> dict[str, Settings]:
    """Settings by scenario; see `load_settings`."""
    return settings_of(read_yaml(root, PARAMS_FILE))


def settings_of(document: Document) -> dict[str, Settings]:
    """Settings by scenario of one document in the form of params.yaml; see `load_settings`."""
    validated(document.data, _LAYERS, document)
    base = dict(document.data)
    scenarios = base.pop("scenarios")
    profiles = base.pop("profiles", {})
    profile = str(base.get("profile"))
    faults: list[Fault] = []
    if CENTRAL not in scenarios:
        faults.append(Fault(document.file, document.place(("scenarios",)), "no such key", f"the key {CENTRAL}"))
    if profile == "smoke" and profile not in profiles:
        faults.append(Fault(document.file, document.place(("profile",)), profile, "a profile of the key profiles"))
    settings = {}
    for name in {**profiles, profile: None}:
        below = merged(base, profiles.get(name, {}))
        # A profile that is not in use is checked by itself, so that it cannot break later and elsewhere.
        for scenario, override in scenarios.items() if name == profile else [(None, {})]:
            layers: tuple[KeyPath, ...] = (("scenarios", str(scenario)), ("profiles", name), ())
            try:
                found = validated(merged(below, override), _SETTINGS, document, layers)
            except InputError as error:
                faults += error.faults
                continue
            faults += _too_many_draws(found, document, layers)
            if scenario is not None:
                settings[scenario] = found
    raise_if_any(faults)
    return settings


def _too_many_draws(settings: Settings, document: Document, layers: tuple[KeyPath, ...]) -> list[Fault]:
    """A fault where more draws are carried on than are sampled, which would only show after the sampling."""
    sampled = settings.sampler.chains * settings.sampler.draws
    if settings.draws <= sampled:
        return []
    place = next((document.place((*layer, "draws")) for layer in layers if (*layer, "draws") in document.lines), "")
    expected = f"at most {sampled}, as many as sampler.chains and sampler.draws make"
    return [Fault(document.file, place, str(settings.draws), expected)]
