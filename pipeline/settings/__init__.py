"""params.yaml: what may be set, within which limits, and how scenarios are merged."""

from pipeline.settings.care import NeedSettings, SupplySettings
from pipeline.settings.load import PARAMS_FILE, all_settings, load_settings, merged, settings_of
from pipeline.settings.parameters import Settings

__all__ = [
    "PARAMS_FILE",
    "NeedSettings",
    "Settings",
    "SupplySettings",
    "all_settings",
    "load_settings",
    "merged",
    "settings_of",
]
