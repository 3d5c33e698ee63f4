"""params.yaml: what may be set, within which limits; here its layers are merged and every fault is found at once."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline.documents.validate import validated
from pipeline.documents.yaml_file import KeyPath, YamlDocument, read_yaml
from pipeline.errors import Fault, InputError, nearest, raise_if_any, shown
from pipeline.settings.care import NeedSettings, SupplySettings
from pipeline.settings.parameters import Layers, Settings
from pipeline.vocabulary import CENTRAL

__all__ = ["NeedSettings", "Settings", "SupplySettings"]

PARAMS_FILE = "params.yaml"
_SETTINGS = TypeAdapter(Settings)
_LAYERS = TypeAdapter(Layers)


def merged(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `override` replaced, mapping by mapping; neither is changed."""
    result = copy.deepcopy(dict(base))
    for key, value in override.items():
        inner = result.get(key)
        if isinstance(inner, dict) and isinstance(value, Mapping):
            result[key] = merged(inner, value)
        else:
            result[key] = copy.deepcopy(value)
    return result


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


def settings_of(document: YamlDocument) -> dict[str, Settings]:
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
            faults += _at_odds(found, document, layers)
            if scenario is not None:
                settings[scenario] = found
    raise_if_any(faults)
    return settings


def _at_odds(settings: Settings, document: YamlDocument, layers: Sequence[KeyPath]) -> Iterator[Fault]:
    """A fault for each value that another one rules out, where the first of the layers that hold its key sets it."""
    sampled = settings.sampler.chains * settings.sampler.draws
    today, plan = int(settings.as_of[:4]), settings.next_plan
    up_to = f"a year up to last_year, {settings.last_year}"
    limits = [
        (settings.draws <= sampled, ("draws",), f"at most {sampled}, as many as sampler.chains and sampler.draws make"),
        (today < plan.mid_term, ("next_plan", "mid_term"), f"a year after {today}, that of as_of"),
        (plan.year <= settings.last_year, ("next_plan", "year"), up_to),
    ]
    for right, path, expected in limits:
        if not right:
            place = document.place(document.layered(path, layers))
            yield Fault(document.file, place, str(reduce(getattr, path, settings)), expected)
