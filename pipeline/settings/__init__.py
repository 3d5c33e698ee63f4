"""params.yaml: what may be set, within which limits, and how scenarios are merged; one file a section."""

from pipeline.settings.intervals import (
    Beta,
    CentredNormal,
    HalfNormal,
    InverseGamma,
    LogitNormal,
    Lognormal,
    LognormalAroundOne,
    LognormalError,
    LognormalFactor,
    Normal,
    NormalShare,
    PositiveLogitNormal,
    ShiftedGamma,
)
from pipeline.settings.load import PARAMS_FILE, all_settings, load_settings, merged, settings_of
from pipeline.settings.need import NeedSettings
from pipeline.settings.parameters import Settings
from pipeline.settings.priors import CityPriors, OldAgePriors, Priors
from pipeline.settings.projection import ProjectionSettings
from pipeline.settings.sampler import BacktestSettings, Sampler
from pipeline.settings.scenarios import PROFILES, SCENARIOS, Layers, Override
from pipeline.settings.supply import SupplySettings
from pipeline.vocabulary import CENTRAL

__all__ = [
    "CENTRAL",
    "PARAMS_FILE",
    "PROFILES",
    "SCENARIOS",
    "BacktestSettings",
    "Beta",
    "CentredNormal",
    "CityPriors",
    "HalfNormal",
    "InverseGamma",
    "Layers",
    "LogitNormal",
    "Lognormal",
    "LognormalAroundOne",
    "LognormalError",
    "LognormalFactor",
    "NeedSettings",
    "Normal",
    "NormalShare",
    "OldAgePriors",
    "Override",
    "PositiveLogitNormal",
    "Priors",
    "ProjectionSettings",
    "Sampler",
    "Settings",
    "ShiftedGamma",
    "SupplySettings",
    "all_settings",
    "load_settings",
    "merged",
    "settings_of",
]
