"""A copy of the project, run by DVC under the smoke profile, and the commands that tests give in one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from defaults import ROOT, write_default_params

NOT_COPIED = (
    ".git",
    ".venv",
    ".dvc",
    "data/backtest",
    "data/derived",
    "data/inputs",
    "data/projections",
    "data/results",
    "models",
    "reports",
    "tests",
    "notebooks",
)
CACHES = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


def make_smoke_run(copy: Path) -> None:
    """Copy the inputs and the code to `copy` and run them; nothing of this tree's results."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(ROOT)
        return {name for name in names if name in CACHES or str(here / name) in NOT_COPIED}

    shutil.copytree(ROOT, copy, ignore=left_out)
    assert dvc(copy, "init", "--no-scm", "--quiet").returncode == 0
    (copy / "dvc.lock").unlink(missing_ok=True)
    write_default_params(copy)
    edit(copy / "params.yaml", "profile: full", "profile: smoke")
    ran = dvc(copy, "repro")
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]


def environment() -> dict[str, str]:
    """Of a command: this Python's tools first, one thread."""
    binaries = str(Path(sys.executable).parent)
    own = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
    return os.environ | own | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}


def dvc(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`dvc` in the project."""
    command = [f"{Path(sys.executable).parent}/dvc", *arguments]
    return subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=False)


def python(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """This Python in the project."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=False)


def edit(file: Path, old: str, new: str) -> None:
    """Put `new` for `old`, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
