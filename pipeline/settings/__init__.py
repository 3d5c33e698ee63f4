"""params.yaml: what may be set, within which limits, and how scenarios are merged."""

from pipeline.settings.care import NeedSettings, SupplySettings
from pipeline.settings.fields import Beta, CentredNormal, InverseGamma, LogitNormal, ShiftedGamma
from pipeline.settings.forecast import CityPriors, OldAgePriors, ProjectionSettings
from pipeline.settings.load import PARAMS_FILE, all_settings, load_settings, merged, settings_of
from pipeline.settings.parameters import PROFILES, SCENARIOS, Layers, Override, Settings
from pipeline.vocabulary import CENTRAL

__all__ = [
    "CENTRAL",
    "PARAMS_FILE",
    "PROFILES",
    "SCENARIOS",
    "Beta",
    "CentredNormal",
    "CityPriors",
    "InverseGamma",
    "Layers",
    "LogitNormal",
    "NeedSettings",
    "OldAgePriors",
    "Override",
    "ProjectionSettings",
    "Settings",
    "ShiftedGamma",
    "SupplySettings",
    "all_settings",
    "load_settings",
    "merged",
    "settings_of",
]
