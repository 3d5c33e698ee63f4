"""`run`: the pipeline under other parameters, in a folder of its own; the project's own tree stays as it is.

runs/NAME is a working copy of the inputs and the code with its own params.yaml, which DVC runs with the project's
cache: what the overlay does not touch is taken from there and not computed again.
"""

import io
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from typer import BadParameter

from pipeline.commands.code import KEPT_BY_GIT
from pipeline.commands.dvc import DVC, LOCK_FILE, WAIT, environment, output, reproduce
from pipeline.documents.yaml_file import parse_yaml
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.model.ingest import check_inputs
from pipeline.results.write import write_text
from pipeline.settings import PARAMS_FILE, load_settings
from pipeline.vocabulary import CENTRAL

RUNS_FOLDER = Path("runs")

INPUTS = (
    "data/corrections.yaml",
    "data/indicators.yaml",
    "data/plans",
    "data/raw",
    "data/regions",
    "data/sources.yaml",
    "dvc.yaml",
    "pipeline",
    ".dvcignore",
)
"""What a run starts from: brought up to date each time it is started."""

STATE = (LOCK_FILE, "reports", "models/atlas_places.parquet", *(path.rstrip("/") for path in KEPT_BY_GIT))
"""What says how far the project has come, and results that no cache has: taken over once, then the run's own."""

Change = tuple[tuple[str, ...], Any]


def run(root: Path, scenario: str | None, profile: str | None, assignments: Sequence[str], name: str | None) -> None:
    """Check the overlay, make or renew the run's folder, run what changed, and say where the results are.

    Raises BadParameter for an assignment or a name that is none, InputError with the faults of all inputs, and
    StageError where a stage fails.
    """
    changes = [parse_assignment(assignment) for assignment in assignments]
    name = name or run_name(scenario, profile, assignments)
    if run_name(name, None, []) != name:
        raise BadParameter(f"found {name!r}, expected letters, digits and _.=-", param_hint="--name")
    folder = root / RUNS_FOLDER / name
    prepare(root, folder, overlay_text(root, scenario, profile, changes))
    reproduce(folder, *(["measure_gap"] if scenario else []))
    results, chosen = folder / "data/results", scenario or CENTRAL
    print(f"Results: {results / (scenario or '')}")
    if not scenario:
        print(f"Reports: {folder / 'reports'}")
    print(f"Compare: python -m pipeline compare {chosen} {results / chosen}")


def parse_assignment(assignment: str) -> Change:
    """`a.b=1` as key path and value, the value read as YAML. Raises BadParameter where it is none."""
    path, equals, text = assignment.partition("=")
    found, expected = repr(assignment), "a key and a value such as need.trend=falling"
    if equals and re.fullmatch(r"\w+(\.\w+)*", path, re.ASCII):
        try:
            return tuple(path.split(".")), YAML(typ="safe", pure=True).load(text)
        except YAMLError:
            found, expected = f"{text!r} for {path}", "a value as in params.yaml"
    raise BadParameter(f"found {found}, expected {expected}", param_hint="--set")


def run_name(scenario: str | None, profile: str | None, assignments: Iterable[str]) -> str:
    """A folder name that says what is other than in params.yaml."""
    parts = [part for part in (scenario, profile, *assignments) if part]
    return re.sub(r"[^A-Za-z0-9_.=-]+", "-", "+".join(parts) or "as-it-is").strip(".-")[:100]


def overlay_text(root: Path, scenario: str | None, profile: str | None, changes: Collection[Change]) -> str:
    """The overlaid text of params.yaml. Raises InputError with every fault of it and of the project's other inputs."""
    load_settings(root, scenario or CENTRAL)
    text = overlay_params((root / PARAMS_FILE).read_text(encoding="utf-8"), scenario, profile, changes)
    raise_if_any(check_inputs(root, parse_yaml("overlay", text)).faults)
    return text


def overlay_params(text: str, scenario: str | None, profile: str | None, changes: Collection[Change]) -> str:
    """The text of params.yaml with the overlay in it; comments stay. Where a scenario is chosen, others but central go.

    A change has the last word over the profile in use, and over `scenario` where one is chosen: it is put into
    each of them that sets the same key.
    """
    if scenario is None and profile is None and not changes:
        return text
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    data, keys = yaml.load(text), parse_yaml(PARAMS_FILE, text).lines
    data["profile"] = profile or data["profile"]
    for path, value in changes:
        for layer in ((), ("profiles", data["profile"]), ("scenarios", scenario)):
            if layer == () or (*layer, *path) in keys:
                inner = reduce(getitem, layer, data)
                for part in path[:-1]:
                    if not isinstance(inner.get(part), dict):
                        inner[part] = {}
                    inner = inner[part]
                inner[path[-1]] = value
    for other in [name for name in data["scenarios"] if scenario and name not in (CENTRAL, scenario)]:
        del data["scenarios"][other]
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def prepare(root: Path, folder: Path, text: str) -> None:
    """Make `folder` a working copy with the overlaid parameters, or bring the one that is there up to date."""
    marker, new = folder / ".dvc/config", not folder.exists()
    if not new and not marker.is_file():
        raise InputError([Fault(str(folder), "", "a folder that is no run", "no such folder, or that of a run")])
    cache = output(root, "cache", "dir").strip()
    write_text(f"[core]\n    no_scm = true\n    analytics = false\n[cache]\n    dir = {cache}\n", marker)
    for name in (*INPUTS, *(STATE if new else ())):
        source, target = root / name, folder / name
        if target.is_dir():
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (folder / "models").mkdir(exist_ok=True)
    write_text(text, folder / PARAMS_FILE)
    if new:
        # What the cache lacks is computed: an incomplete checkout is no fault.
        checkout = [*DVC, WAIT, "checkout", "--allow-missing", "--quiet"]
        subprocess.run(checkout, cwd=folder, env=environment(), capture_output=True, check=False)
