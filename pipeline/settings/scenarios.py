"""The parts of params.yaml that are laid over its other keys: scenarios and profiles."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from pipeline.settings.fields import Name, SettingsSection
from pipeline.vocabulary import CENTRAL

Profile = Literal["full", "smoke"]


class Override(SettingsSection):
    """What a scenario may change; what stands inside is checked after it was merged."""

    projection: dict[str, Any] = Field(default_factory=dict)
    counts: dict[str, Any] = Field(default_factory=dict)
    care: dict[str, Any] = Field(default_factory=dict)
    need: dict[str, Any] = Field(default_factory=dict)
    supply: dict[str, Any] = Field(default_factory=dict)


class Layers(BaseModel):
    """The parts of params.yaml that are laid over its other keys."""

    model_config = ConfigDict(strict=True)

    scenarios: dict[Name, Override] = Field(
        description="Scenarios: sparse overrides of `projection`, `counts`, `care`, `need` and `supply`. Changing one "
        "reruns that one only."
    )
    profiles: dict[Profile, dict[str, Any]] = Field(
        {}, description="Smaller settings for quick runs: each key replaces the one above."
    )


class Layer(NamedTuple):
    """Keys laid over others in the default file, and what they stand for."""

    meaning: str
    keys: Mapping[str, Any]


SCENARIOS: Final[Mapping[str, Layer]] = {
    CENTRAL: Layer("The projection as described above.", {}),
    "census_only": Layer(
        "As it was foretold from the census alone, before any later count.", {"counts": {"use": False}}
    ),
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
