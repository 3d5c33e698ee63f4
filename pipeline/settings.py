"""The typed model of params.yaml: what may be set, within which limits, and how scenarios are merged."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.sources.validate import validated
from pipeline.sources.yaml_file import KeyPath, read_yaml
from pipeline.tables.words import nearest, shown


def _a_day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("a date such as 2024-12-31") from None


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Day = Annotated[str, AfterValidator(_a_day)]
Profile = Literal["full", "smoke"]


class Section(BaseModel):
    """A mapping of params.yaml: no key beyond those named here, and nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Interval(Section):
    """An 80 % interval of a positive quantity, drawn as a lognormal."""

    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("high must lie above low")
        return self


class ShareInterval(Section):
    """An 80 % interval of a share, drawn so that every draw lies between 0 and 1; equal ends fix it."""

    low: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high < self.low:
            raise ValueError("high must not lie below low")
        if self.high > self.low and (self.low == 0 or self.high == 1):
            raise ValueError("ends must lie above 0 and below 1, or be equal")
        return self


class Occupancy(ShareInterval):
    """An interval of occupied beds per bed: above 0."""

    low: Annotated[float, Field(gt=0, le=1)]


class Mortality(Section):
    extra_e0: Annotated[float, Field(ge=-10, le=10)]


class Consistency(Section):
    weight: Annotated[float, Field(ge=0, le=2)]
    from_age: Annotated[int, Field(ge=0, le=100)]


class Migration(Section):
    weight: Annotated[float, Field(ge=-2, le=3)]
    taper_years: Annotated[float, Field(gt=0, le=1000)]


class Fertility(Section):
    weight: Annotated[float, Field(ge=0, le=5)]


class ProjectionSettings(Section):
    mortality: Mortality
    consistency: Consistency
    migration: Migration
    fertility: Fertility


class AutoRegression(Section):
    phi: Annotated[float, Field(gt=0, lt=1)]
    sigma: Annotated[float, Field(ge=0, le=5)]


class ForecastSettings(Section):
    consistency_carried: ShareInterval
    persistence: ShareInterval
    young_error: Annotated[float, Field(ge=0, le=0.5)]
    mortality_gap: AutoRegression
    fertility_gap: AutoRegression


class Bell(Section):
    """An 80 % interval of a quantity of either sign, drawn as a normal."""

    low: Annotated[float, Field(ge=-5, le=5)]
    high: Annotated[float, Field(ge=-5, le=5)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("high must lie above low")
        return self


class Centred(Bell):
    """An 80 % interval around zero, drawn as a normal."""

    @model_validator(mode="after")
    def _opposite(self) -> Self:
        if self.low != -self.high:
            raise ValueError("ends must be opposite: the middle is zero")
        return self


class UpTo(Section):
    """The lower 80 % of a size, drawn as a half-normal: from zero to a value that one in five exceeds."""

    low: Annotated[float, Field(ge=0, le=0)]
    high: Annotated[float, Field(gt=0, le=5)]


class AroundOne(Interval):
    """An 80 % interval of a factor whose median is 1, drawn as a lognormal."""

    @model_validator(mode="after")
    def _reciprocal(self) -> Self:
        if not 0.98 <= self.low * self.high <= 1.02:
            raise ValueError("ends must multiply to 1, within two percent: the median is 1")
        return self


class Beta(Section):
    """An 80 % interval of a share, drawn as a beta."""

    low: Annotated[float, Field(ge=0.001, le=0.999)]
    high: Annotated[float, Field(ge=0.001, le=0.999)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.high < self.low + 0.01:
            raise ValueError("high must lie above low, by 0.01 at least")
        return self


class Tails(Section):
    """An 80 % interval of degrees of freedom, drawn as 2 and a gamma."""

    low: Annotated[float, Field(ge=2.01, le=200)]
    high: Annotated[float, Field(ge=2.01, le=200)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.high - 2 < 1.01 * (self.low - 2):
            raise ValueError("high must lie above low, by a hundredth of what exceeds 2 at least")
        return self


class Scatter(Interval):
    """An 80 % interval of an SD whose square is inverse gamma with a mean."""

    @model_validator(mode="after")
    def _has_a_mean(self) -> Self:
        if not 1.01 <= self.high / self.low <= 4:
            raise ValueError("high must be 1.01 to 4 times low: beyond that the variance has no mean")
        return self


class OldAgePriors(Section):
    level: Annotated[Centred, Field(description="what all areas have beside survival, in logs over ten years")]
    level_step: Annotated[Centred, Field(description="its step from one age group to the next, in logs")]
    national_return: Annotated[Beta, Field(description="share of the nation's last residual that comes back")]
    area_return: Annotated[Bell, Field(description="share of an area's last excess over the nation that comes back")]
    area_return_step: Annotated[UpTo, Field(description="change of that share from one age group to the next")]
    contrast_return: Annotated[Bell, Field(description="the same share for half the difference of the sexes")]
    contrast: Annotated[Centred, Field(description="half the difference of the sexes beside survival, in logs")]
    loading: Annotated[AroundOne, Field(description="factor on the usual error that all ages of an area share")]
    loading_by_age: Annotated[AroundOne, Field(description="the same factor by age, beside its level")]
    feature: Annotated[UpTo, Field(description="what one feature moves, in units of the usual shared error")]
    noise: Annotated[Interval, Field(description="error of each age by itself, in logs over ten years")]
    contrast_noise: Annotated[Interval, Field(description="the same of half the difference of the sexes")]
    noise_correlation: Annotated[Beta, Field(description="correlation of neighbouring ages in that error")]
    contrast_correlation: Annotated[Beta, Field(description="the same of half the difference of the sexes")]
    tails: Annotated[Tails, Field(description="degrees of freedom of areas' errors")]


class CityPriors(Section):
    scatter: Annotated[Scatter, Field(description="SD of a city's change beside its province's, in logs")]
    neighbours: Annotated[float, Field(gt=0, le=0.99, description="correlation of that between neighbouring ages")]
    sexes: Annotated[float, Field(gt=0, le=0.99, description="correlation of that between men and women")]


class Priors(Section):
    old_age: OldAgePriors
    cities: CityPriors


class Sampler(Section):
    chains: Annotated[int, Field(ge=2, le=16)]
    draws: Annotated[int, Field(ge=10, le=100_000)]
    tune: Annotated[int, Field(ge=10, le=100_000)]
    target_accept: Annotated[float, Field(gt=0.5, lt=1)]
    cores: Annotated[int, Field(ge=1, le=64)]
    accept_bad_fit: bool


class BacktestSettings(Section):
    folds: Annotated[int, Field(ge=1, le=31)]
    chains: Annotated[int, Field(ge=2, le=16)]
    draws: Annotated[int, Field(ge=10, le=100_000)]
    tune: Annotated[int, Field(ge=10, le=100_000)]


class CareSettings(Section):
    hukou_per_resident_60plus: dict[Name, Interval]
    imputed_stock_factor: Interval


class YearlyChange(Section):
    institution_use: Annotated[float, Field(ge=-0.2, le=0.2)]
    users_per_caregiver: Annotated[float, Field(ge=-0.2, le=0.2)]


class NeedSettings(Section):
    definitions: Annotated[list[Name], Field(min_length=1)]
    headline: Name
    trend: Name
    severity: Name
    dementia: Name
    settings: Name
    staffing: Name
    disabled_at_60: Annotated[float, Field(gt=0, le=0.5)]
    institution_use: Interval
    users_per_caregiver: Interval
    yearly_change: YearlyChange
    fte_hours: Annotated[float, Field(gt=0, le=168)]
    target_occupancy: Occupancy
    dementia_in_institution: ShareInterval

    @model_validator(mode="after")
    def _headline_is_computed(self) -> Self:
        if self.headline not in self.definitions:
            raise ValueError(f"headline {self.headline} must be one of the definitions")
        return self


class SupplySettings(Section):
    trend_from: Annotated[int, Field(ge=1990, le=2100)]
    leave: ShareInterval
    re_enter: ShareInterval
    retire: ShareInterval
    new_among_trained: ShareInterval
    taking_up: ShareInterval
    closing: ShareInterval
    usable: ShareInterval
    occupancy: Occupancy


class Settings(Section):
    """params.yaml after its profile and one scenario were merged in."""

    status: Literal["draft", "final"]
    profile: Profile
    seed: Annotated[int, Field(ge=0)]
    draws: Annotated[int, Field(ge=1, le=100_000)]
    data_date: Day
    last_year: Annotated[int, Field(ge=2021, le=2060)]
    projection: ProjectionSettings
    cities: list[Name]
    forecast: ForecastSettings
    priors: Priors
    sampler: Sampler
    backtest: BacktestSettings
    care: CareSettings
    need: NeedSettings
    supply: SupplySettings


class Override(Section):
    """What a scenario may change; what stands inside is checked after it was merged."""

    projection: dict[str, Any] = {}
    care: dict[str, Any] = {}
    need: dict[str, Any] = {}
    supply: dict[str, Any] = {}


class Layers(BaseModel):
    """The parts of params.yaml that are laid over its other keys."""

    model_config = ConfigDict(strict=True)

    scenarios: dict[Name, Override]
    profiles: dict[Profile, dict[str, Any]] = {}


def merged(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `override` replaced, mapping by mapping; neither is changed."""
    result = copy.deepcopy(dict(base))
    for key, value in override.items():
        inner = result.get(key)
        both = isinstance(inner, dict) and isinstance(value, Mapping)
        result[key] = merged(inner, value) if both and isinstance(inner, dict) else copy.deepcopy(value)
    return result


PARAMS_FILE = "params.yaml"
CENTRAL = "central"
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
    document = read_yaml(root, PARAMS_FILE)
    validated(document.data, _LAYERS, document)
    base = dict(document.data)
    scenarios = base.pop("scenarios")
    profiles = base.pop("profiles", {})
    profile = str(base.get("profile"))
    faults: list[Fault] = []
    if CENTRAL not in scenarios:
        faults.append(Fault(PARAMS_FILE, document.place(("scenarios",)), "no such key", f"the key {CENTRAL}"))
    if profile == "smoke" and profile not in profiles:
        faults.append(Fault(PARAMS_FILE, document.place(("profile",)), profile, "a profile of the key profiles"))
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
            if scenario is not None:
                settings[scenario] = found
    raise_if_any(faults)
    return settings
