"""dvc.yaml names for each stage the code it runs, so that a change of it makes the stage stale."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]

COMMON = "pipeline/stages/common.py"
"""What it imports serves some stages and not others: a stage names what it uses itself."""

NO_RESULT_HANGS_ON = {
    "pipeline/errors.py",  # how a fault is worded
    "pipeline/recover.py",  # DVC's own records after a kill
    "pipeline/models/margins.py",  # imported by tables/load.py for checks; stages that reconstruct name it
}


def imported(file: Path) -> set[str]:
    """The modules of the package that a file imports, as paths."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    paths = {name.replace(".", "/") + ".py" for name in found if name.startswith("pipeline.")}
    return {path for path in paths if (ROOT / path).is_file()}


def code_of(stage: str) -> set[str]:
    """The files of code that a stage's module brings in, at any depth."""
    seen: set[str] = set()
    waiting = [stage]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path != COMMON:
            waiting += imported(ROOT / path)
    return seen - NO_RESULT_HANGS_ON


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_names_the_code_it_runs(name: str) -> None:
    stage = STAGES[name].get("do", STAGES[name])
    module = re.search(r"-m ([\w.]+)", stage["cmd"])[1]  # type: ignore[index]
    named = tuple(stage["deps"])
    missing = {
        path
        for path in code_of(module.replace(".", "/") + ".py")
        if not any(path == dep or path.startswith(f"{dep}/") for dep in named)
    }
    assert not missing, f"dvc.yaml, stage {name}: deps lacks {sorted(missing)}"


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_names_is_there_or_made(name: str) -> None:
    """A dependency that is neither in the project nor an output of a stage stops DVC only when it comes to it."""
    stage = STAGES[name].get("do", STAGES[name])
    made = {
        path.replace("${key}", "central")
        for other in STAGES.values()
        for out in other.get("do", other).get("outs", ())
        for path in [next(iter(out)) if isinstance(out, dict) else out]
    }
    for dep in stage["deps"]:
        if "${" not in dep:
            assert (ROOT / dep).exists() or any(out == dep or out.startswith(f"{dep}/") for out in made), dep
