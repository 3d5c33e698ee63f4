"""params.yaml: what may be set, within which limits, and how scenarios are merged; one file a section."""

from pipeline.settings.intervals import Beta, CentredNormal, InverseGamma, LogitNormal, Lognormal, ShiftedGamma
from pipeline.settings.load import PARAMS_FILE, all_settings, load_settings, merged, settings_of
from pipeline.settings.need_settings import NeedSettings
from pipeline.settings.parameters import Settings
from pipeline.settings.priors import CityPriors, OldAgePriors
from pipeline.settings.projection import ProjectionSettings
from pipeline.settings.scenarios import PROFILES, SCENARIOS, Layers, Override
from pipeline.settings.supply_settings import SupplySettings
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
    "Lognormal",
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
