"""The typed model of params.yaml: what may be set, within which limits, and how scenarios are merged."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.sources.validate import validated
from pipeline.sources.yaml_file import KeyPath, read_yaml

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Section(BaseModel):
    """A mapping of params.yaml: no key beyond those named here, and nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Interval(Section):
    """An 80 % interval of a positive quantity, drawn as a lognormal."""

    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("high must lie above low")
        return self


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


class CareSettings(Section):
    hukou_per_resident_60plus: dict[Name, Interval]
    imputed_stock_factor: Interval


class Settings(Section):
    """params.yaml after its profile and one scenario were merged in."""

    status: Literal["draft", "final"]
    profile: Literal["full", "smoke"]
    seed: Annotated[int, Field(ge=0)]
    draws: Annotated[int, Field(ge=1, le=100_000)]
    data_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    last_year: Annotated[int, Field(ge=2021, le=2060)]
    projection: ProjectionSettings
    care: CareSettings


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


def load_settings(root: Path, scenario: str = "central") -> Settings:
    """Settings of one scenario: params.yaml with its profile's keys and the scenario's overrides merged in.

    Every scenario is merged and validated, whichever is asked for. Raises InputError with all faults, and
    KeyError for a scenario that params.yaml does not name.
    """
    return all_settings(root)[scenario]


def all_settings(root: Path) -> dict[str, Settings]:
    """Settings by scenario; see `load_settings`."""
    document = read_yaml(root, PARAMS_FILE)
    data = dict(document.data)
    scenarios = data.pop("scenarios", {})
    profiles = data.pop("profiles", {})
    chosen: KeyPath = ("profiles", str(data.get("profile")))
    base = merged(data, profiles.get(data.get("profile"), {}))
    faults: list[Fault] = []
    settings = {}
    for name, override in scenarios.items():
        layers: tuple[KeyPath, ...] = (("scenarios", name), chosen, ())
        try:
            settings[name] = validated(merged(base, override), _SETTINGS, document, layers)
        except InputError as error:
            faults += error.faults
    raise_if_any(faults)
    return settings
