"""What params.yaml allows of people and counts runs: every end of every number, for every region, to finite figures."""

import functools
import itertools
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from defaults import ROOT, default_values
from pydantic import TypeAdapter

from pipeline.documents.validate import node_at
from pipeline.documents.yaml_file import read_yaml
from pipeline.errors import InputError
from pipeline.inputs.raw_tables import RawTables, load_corrections
from pipeline.model.fits import area_priors, load_residuals
from pipeline.model.ingest import choice_faults
from pipeline.models.old_age import area_model
from pipeline.settings import PARAMS_FILE, Settings, load_settings, settings_of
from pipeline.settings.fields import InverseGamma
from pipeline.settings.manual import keys
from pipeline.stages.assimilate_counts import assimilate_counts
from pipeline.stages.balance_provinces import balance_provinces
from pipeline.stages.build_baseline import build_baseline
from pipeline.stages.draw_areas import draw_areas
from pipeline.stages.draw_city import draw_city
from pipeline.stages.measure_gap import measure_gap
from pipeline.stages.plan_ahead import plan_ahead
from pipeline.stages.project_atlas import project_atlas
from pipeline.stages.project_population import project_population
from pipeline.vocabulary import CENTRAL

SCHEMA = TypeAdapter(Settings).json_schema()
JUST_INSIDE = 1e-3
"""How far inside an end that is itself excluded a number lies that is no whole number."""

Keys = tuple[str, ...]


def ends(node, default):
    """The default with one number of it at an end, or all numbers of an interval at theirs.

    The ends of an inverse gamma may not lie far apart: both are as many times as large as brings one to its end.
    """
    if isinstance(default, Mapping):
        parts = {
            name: list(ends(node_at(node | {"$defs": SCHEMA["$defs"]}, (name,)), inner))
            for name, inner in default.items()
        }
        for name, values in parts.items():
            yield from ({**default, name: value} for value in values)
        if {*default} == {"low", "high"}:
            yield from ({"low": low, "high": high} for low, high in itertools.product(parts["low"], parts["high"]))
        if node.get("title") == InverseGamma.__name__:
            for name, values in parts.items():
                factors = [value / default[name] for value in values if default[name] > 0 and value > 0]
                yield from ({key: number * factor for key, number in default.items()} for factor in factors)
    elif isinstance(default, int | float) and not isinstance(default, bool):
        whole = node.get("type") == "integer"
        for name, inward in (("minimum", 0), ("exclusiveMinimum", 1), ("maximum", 0), ("exclusiveMaximum", -1)):
            if name in node:
                yield int(node[name]) + inward if whole else float(node[name]) + inward * JUST_INSIDE


def changes(*sections):
    """Every end of the keys of these sections, by key path, that the other keys allow."""
    found = []
    for path, field in keys(Settings):
        if path[0] in sections:
            default = field.json_schema_extra["default"]
            found += [(path, value) for value in ends(node_at(SCHEMA, path), default)]
    return found


@functools.cache
def raw_tables():
    return RawTables(ROOT, load_corrections(ROOT))


def write_params(root, path, value):
    """The delivered params.yaml under the smoke profile with one key changed; whether it may be so."""
    values = default_values()
    values["profile"] = "smoke"
    values["scenarios"] = {CENTRAL: {}}
    place = values
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    (root / PARAMS_FILE).write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    document = read_yaml(root, PARAMS_FILE)
    try:
        return not list(choice_faults(raw_tables(), document, settings_of(document)))
    except InputError:
        return False


def write_end(root, path, end):
    """Set a key to its end, or as near to it as the other keys let a whole number be; what it is now, else nothing."""
    if write_params(root, path, end):
        return end
    values: Any = default_values()
    for name in path:
        values = values[name]
    if not isinstance(end, int):
        return None
    near, far = values, end
    while abs(far - near) > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if write_params(root, path, middle) else (near, middle)
    write_params(root, path, near)
    return near


def draw(root):
    draw_areas(root)
    for name in load_settings(root).cities:
        draw_city(root, name)


def density(root):
    """The model of the provinces has a density under these priors."""
    settings, residuals = load_settings(root), load_residuals(root)
    model = area_model(residuals.observed, residuals.known, area_priors(settings.priors.old_age))
    found = model.point_logps()
    assert all(np.isfinite(value) for value in found.values()), found


SECTIONS: dict[str, tuple[tuple[str, ...], tuple[Callable[[Path], None], ...]]] = {
    "projection": (("projection",), (assimilate_counts, balance_provinces, project_population)),
    "forecast": (("forecast",), (draw, project_population)),
    "counts": (("counts",), (assimilate_counts, project_population)),
    "care": (("care", "need", "supply"), (measure_gap,)),
    "next plan": (("next_plan",), (plan_ahead,)),
    "last year": (
        ("last_year",),
        (build_baseline, draw, assimilate_counts, balance_provinces, project_population, measure_gap, plan_ahead),
    ),
    "priors": (("priors",), (density, draw)),
    "atlas": (("atlas",), (project_atlas,)),
}
"""By name: the sections of params.yaml, and the stages that they reach first."""


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_every_end_of_a_section_runs_for_every_region(smoke_run, tmp_path, section):
    """A count that a forecast at an end lies far from may stop the run, in a sentence that says so."""
    root = tmp_path / "project"
    shutil.copytree(smoke_run, root, symlinks=True)
    names, stages = SECTIONS[section]
    failed = {}
    all_ends = changes(*names)
    tried = set()
    for path, end in all_ends:
        if (value := write_end(root, path, end)) is None:
            continue
        tried.add(path)
        try:
            for stage in stages:
                stage(root)
            problem = unsound(root)
        except InputError as error:
            problem = "" if all("standard errors" in fault.expected for fault in error.faults) else str(error)
        except Exception as error:
            problem = repr(error)
        if problem:
            failed[f"{'.'.join(path)}: {value}"] = problem[:300]
    assert failed == {}
    assert tried == {path for path, _ in all_ends} != set()


def unsound(root):
    """What is wrong with the people, need and gaps that the stages left, or nothing."""
    for folder, name, regions in (("projections", "population", 35), ("results", "need", 6), ("results", "gap", 5)):
        table = pd.read_parquet(root / "data" / folder / CENTRAL / f"{name}.parquet")
        numbers = table.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan)
        if table["region"].nunique() < regions:
            return f"{name}: {table['region'].nunique()} regions"
        if np.isinf(numbers).any() or (name != "gap" and np.isnan(table.filter(["value", "shown"])).any(axis=None)):
            return f"{name}: values that are not finite"
        if name != "gap" and (numbers < 0).any():
            return f"{name}: values below zero"
    return ""
