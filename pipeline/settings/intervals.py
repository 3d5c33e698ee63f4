"""Intervals {low, high} that hold the middle 80 % of the draws, named by the distribution that is drawn."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pipeline.settings.fields import SettingsSection, key


class Lognormal(SettingsSection):
    """An 80 % interval of a positive quantity, drawn as a lognormal."""

    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("low below high")
        return self


class LognormalFactor(Lognormal):
    """An interval of a factor or a ratio near 1: what lies far from it was meant as percent."""

    low: Annotated[float, Field(ge=0.05, le=20)]
    high: Annotated[float, Field(ge=0.05, le=20)]


class LognormalError(Lognormal):
    """An interval of a standard deviation in logs, where 0.05 is five percent."""

    low: Annotated[float, Field(gt=0, le=1)]
    high: Annotated[float, Field(gt=0, le=1)]


class Share(SettingsSection):
    """An 80 % interval of a share; equal ends fix it."""

    low: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high < self.low:
            raise ValueError("low at most high")
        if self.high > self.low and (self.low == 0 or self.high == 1):
            raise ValueError("ends above 0 and below 1, or two equal ends")
        return self


class LogitNormal(Share):
    """A share drawn as a logit-normal."""


class PositiveLogitNormal(LogitNormal):
    """An interval of occupied beds per bed: above 0."""

    low: Annotated[float, Field(gt=0, le=1)]


class NormalShare(Share):
    """A share drawn as a normal and kept within 0 and 1."""


class Normal(SettingsSection):
    """An 80 % interval of a quantity of either sign, drawn as a normal."""

    low: Annotated[float, Field(ge=-5, le=5)]
    high: Annotated[float, Field(ge=-5, le=5)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("low below high")
        return self


class CentredNormal(Normal):
    """An 80 % interval around zero in logs, drawn as a normal."""

    low: Annotated[float, Field(ge=-1, le=1)]
    high: Annotated[float, Field(ge=-1, le=1)]

    @model_validator(mode="after")
    def _opposite(self) -> Self:
        if self.low != -self.high:
            raise ValueError(f"opposite ends, as low {-self.high:.6g} and high {self.high:.6g}: the middle is zero")
        return self


class HalfNormal(SettingsSection):
    """The lower 80 % of a size, drawn as a half-normal: from zero to a value that one in five exceeds."""

    low: Annotated[float, Field(ge=0, le=0)]
    high: Annotated[float, Field(gt=0, le=5)]


class LognormalAroundOne(LognormalFactor):
    """An 80 % interval of a factor whose median is 1, drawn as a lognormal."""

    @model_validator(mode="after")
    def _reciprocal(self) -> Self:
        if not 0.98 <= self.low * self.high <= 1.02:
            ends = f"low {1 / self.high:.3g} and high {self.high:.6g}"
            raise ValueError(f"ends that multiply to 1 within two percent, as {ends}: the median is 1")
        return self


class Beta(SettingsSection):
    """An 80 % interval of a share, drawn as a beta."""

    low: Annotated[float, Field(ge=0.001, le=0.999)]
    high: Annotated[float, Field(ge=0.001, le=0.999)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.high < self.low + 0.01:
            raise ValueError("low below high, by 0.01 at least")
        return self


class ShiftedGamma(SettingsSection):
    """An 80 % interval of degrees of freedom, drawn as 2 and a gamma."""

    low: Annotated[float, Field(ge=2.01, le=200)]
    high: Annotated[float, Field(ge=2.01, le=200)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.high - 2 < 1.01 * (self.low - 2):
            least = 2 + 1.01 * (self.low - 2)
            raise ValueError(f"low below high, which is {least:.6g} at least (a hundredth more of what exceeds 2)")
        return self


class InverseGamma(LognormalError):  # noqa: N818
    """An 80 % interval of an SD whose square is inverse gamma with a mean."""

    @model_validator(mode="after")
    def _has_a_mean(self) -> Self:
        if not 1.01 <= self.high / self.low <= 4:
            ends = f"from {1.01 * self.low:.3g} to {4 * self.low:.6g}"
            raise ValueError(f"high 1.01 to 4 times low, so {ends}: beyond that the variance has no mean")
        return self


def interval(low: float, high: float, unit: str) -> Any:
    """A key whose value is an interval; see `fields.key`."""
    return key({"low": low, "high": high}, unit)
