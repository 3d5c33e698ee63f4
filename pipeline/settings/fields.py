"""What the sections of params.yaml are made of: keys with a meaning, a unit, limits and a default; intervals."""

import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

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
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ValueError(f"each name once ({twice[0]} stands there twice)")
    return names


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""What becomes the name of a folder or a file too."""

NamesOnce = Annotated[list[Name], AfterValidator(_once)]
Day = Annotated[str, AfterValidator(_a_day)]


class SettingsSection(BaseModel):
    """A mapping of params.yaml: no key beyond those named here, and nothing changed after reading.

    What a key means stands below it: the manual and the schema take it from there.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Meanings without the line breaks of this code."""
        for field in cls.model_fields.values():
            field.description = " ".join(field.description.split()) if field.description else None
        cls.model_rebuild(force=True)


def key(default: Any, unit: str = "", **limits: Any) -> Any:
    """A key that params.yaml must have: its unit and limits, and the default file's value.

    The default is that of the file alone: a key left out of params.yaml is a fault and not filled in. A mapping
    of plain values is one value, such as an interval, and is written in one line.
    """
    extra: dict[str, JsonValue] = {"default": default, **({"unit": unit} if unit else {})}
    return Field(json_schema_extra=extra, **limits)


class DrawnInterval[End: float](SettingsSection):
    """The middle 80 % of the draws; each kind is named by the distribution that is drawn."""

    low: End
    high: End

    def _expected(self) -> str:
        """What would do in the place of these ends; nothing where they can be drawn."""
        return "" if self.low < self.high else "low below high"

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if expected := self._expected():
            raise ValueError(expected)
        return self


class LognormalFactor(DrawnInterval[Annotated[float, Field(ge=0.05, le=20)]]):
    """An interval of a factor or a ratio near 1: what lies far from it was meant as percent."""


class LognormalAroundOne(LognormalFactor):
    """An 80 % interval of a factor whose median is 1, drawn as a lognormal."""

    def _expected(self) -> str:
        ends = f"ends that multiply to 1 within two percent, as low {1 / self.high:.3g} and high {self.high:.6g}"
        return super()._expected() or ("" if 0.98 <= self.low * self.high <= 1.02 else f"{ends}: the median is 1")


class LognormalSD(DrawnInterval[Annotated[float, Field(gt=0, le=1)]]):
    """An interval of a standard deviation in logs, where 0.05 is five percent."""


class InverseGamma(LognormalSD):
    """An 80 % interval of an SD whose square is inverse gamma with a mean."""

    def _expected(self) -> str:
        ends = f"high 1.01 to 4 times low, so from {1.01 * self.low:.3g} to {4 * self.low:.6g}"
        right = 1.01 <= self.high / self.low <= 4
        return super()._expected() or ("" if right else f"{ends}: beyond that the variance has no mean")


class LogitNormal(DrawnInterval[Annotated[float, Field(ge=0, le=1)]]):
    """A share drawn as a logit-normal."""

    def _expected(self) -> str:
        if self.high < self.low:
            return "low at most high"
        inside = self.low > 0 and self.high < 1
        return "" if inside or self.low == self.high else "ends above 0 and below 1, or two equal ends"


class PositiveLogitNormal(LogitNormal):
    """An interval of occupied beds per bed: above 0."""

    low: Annotated[float, Field(gt=0, le=1)]


class NormalShare(LogitNormal):
    """A share drawn as a normal and kept within 0 and 1."""


class Normal(DrawnInterval[Annotated[float, Field(ge=-5, le=5)]]):
    """An 80 % interval of a quantity of either sign, drawn as a normal."""


class CentredNormal(DrawnInterval[Annotated[float, Field(ge=-1, le=1)]]):
    """An 80 % interval around zero in logs, drawn as a normal."""

    def _expected(self) -> str:
        ends = f"opposite ends, as low {-self.high:.6g} and high {self.high:.6g}: the middle is zero"
        return super()._expected() or ("" if self.low == -self.high else ends)


class HalfNormal(DrawnInterval[float]):
    """The lower 80 % of a size, drawn as a half-normal: from zero to a value that one in five exceeds."""

    low: Annotated[float, Field(ge=0, le=0)]
    high: Annotated[float, Field(gt=0, le=5)]


class Beta(DrawnInterval[Annotated[float, Field(ge=0.001, le=0.999)]]):
    """An 80 % interval of a share, drawn as a beta."""

    def _expected(self) -> str:
        return "" if self.high >= self.low + 0.01 else "low below high, by 0.01 at least"


class ShiftedGamma(DrawnInterval[Annotated[float, Field(ge=2.01, le=200)]]):
    """An 80 % interval of degrees of freedom, drawn as 2 and a gamma."""

    def _expected(self) -> str:
        least = 2 + 1.01 * (self.low - 2)
        enough = self.high - 2 >= 1.01 * (self.low - 2)
        return "" if enough else f"low below high, which is {least:.6g} at least (a hundredth more of what exceeds 2)"


def interval(low: float, high: float, unit: str) -> Any:
    """A key whose value is an interval."""
    return key({"low": low, "high": high}, unit)
