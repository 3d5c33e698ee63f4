"""A copy of the project that runs in a minute: one plan, few draws, and the posteriors that git keeps.

Every stage after the fits is the project's own, run by DVC. What sampling and scoring left is an input there: the
posteriors under models/ and the published tables.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from defaults import DEFAULT_PARAMS
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PLAN = "xuchang"
SCENARIO = "central"
DRAWS = 40
LEFT_OUT = (
    ".git",
    ".venv",
    ".dvc",
    "benchmarks",
    "data/backtest",
    "data/derived",
    "data/inputs",
    "data/projections",
    "data/results",
    "dvc.lock",
    "models/areas",
    "models/balance",
    "models/counts",
    "notebooks",
    "reports",
    "tests",
)
CACHES = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
SAMPLING = (
    "sample_margins",
    "sample_areas",
    "check_models",
    "score_counts",
    "compare_forecasts",
    "fit_atlas",
    "project_atlas",
    "write_atlas",
    "backtest_provinces",
    "backtest_cities",
    "backtest_series",
)
"""Stages that sample, score or draw thousands of places, or that only read what those left."""

OUTPUTS = ("data/inputs", "data/derived", "data/projections", "data/results", "reports")
ENVIRONMENT = {
    "DVC_NO_ANALYTICS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "SHELL": "/bin/sh",
}

TURNED = (
    ("params.yaml", "extra_e0: 0.0", "extra_e0: 0.5"),
    ("data/plans/xuchang.yaml", "unknown, not zero.", "unknown, never zero."),
    ("pipeline/stages/common.py", "What every stage does alike", "What each stage does alike"),
)

Snapshot = dict[str, bytes]


def build(copy: Path) -> None:
    """Make the micro-project in the folder `copy`, which must not exist, and run its first stage."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(ROOT)
        return {name for name in names if name in CACHES or (here / name).as_posix() in LEFT_OUT}

    shutil.copytree(ROOT, copy, ignore=left_out, symlinks=True)
    others = {path.stem for path in (copy / "data/plans").glob("*.yaml")} - {PLAN}
    for other in others:
        (copy / f"data/plans/{other}.yaml").unlink()
    yaml = YAML()
    params = yaml.load(DEFAULT_PARAMS)
    params["profile"] = "smoke"
    params["scenarios"] = {SCENARIO: params["scenarios"][SCENARIO]}
    params["profiles"]["smoke"]["draws"] = DRAWS
    yaml.dump(params, copy / "params.yaml")
    pipeline = yaml.load(copy / "dvc.yaml")
    removed = [pipeline["stages"].pop(stage) for stage in SAMPLING]
    yaml.dump(pipeline, copy / "dvc.yaml")
    (copy / "reports/tables").mkdir(parents=True)
    for table in (_path(out) for stage in removed for out in stage.get("outs", ())):
        if table.startswith("reports/tables/"):
            shutil.copy(ROOT / table, copy / table)
    succeeded(dvc(copy, "init", "--no-scm", "--quiet"))
    succeeded(repro(copy, "check_inputs"))


def stages(project: Path) -> list[str]:
    """Names of the stages of the micro-project, every one after those it depends on."""
    yaml = YAML(typ="safe")
    cities = yaml.load(DEFAULT_PARAMS)["cities"]
    found = []
    for name, stage in yaml.load(project / "dvc.yaml")["stages"].items():
        if name not in SAMPLING:
            items = {"${cities}": cities}.get(str(stage.get("foreach", "")))
            found += [name] if items is None else [f"{name}@{item}" for item in items]
    return found


def turn(project: Path, changed: bool) -> None:
    """Put the inputs into one of two states that differ for every stage: a parameter, a plan's note, a line of code."""
    for file, plain, other in TURNED:
        path = project / file
        text = path.read_text(encoding="utf-8")
        old, new = (plain, other) if changed else (other, plain)
        assert text.count(old) == 1, f"{file}: {old!r} not found once"
        path.write_text(text.replace(old, new), encoding="utf-8")


def command(project: Path) -> dict[str, str]:
    """The environment of every command in `project`: the tests' own Python first, DVC's files inside the copy."""
    binaries = Path(sys.executable).parent
    own = {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "DVC_SITE_CACHE_DIR": str(project / ".dvc/site")}
    return os.environ | ENVIRONMENT | own


def _path(out: object) -> str:
    return next(iter(out)) if isinstance(out, dict) else str(out)


def dvc(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(project, "dvc", *arguments)


def repro(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return dvc(project, "repro", "--no-run-cache", *arguments)


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=project, env=command(project), capture_output=True, text=True, check=False)


def succeeded(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]


def snapshot(project: Path, *folders: str) -> Snapshot:
    """Every file below the output folders, hidden and temporary ones too, by its path."""
    found = {}
    for folder in folders or OUTPUTS:
        for path in sorted((project / folder).rglob("*")):
            if path.is_file():
                found[path.relative_to(project).as_posix()] = path.read_bytes()
    return found


def remade(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `make repro` runs."""
    return run(project, "python", "-m", "pipeline", "repro", "--", "--no-run-cache", *arguments)


def assert_whole(project: Path, *states: Snapshot) -> None:
    """Every output is one that an undisturbed run made in one of the states, and no published one is missing."""
    found = snapshot(project)
    torn = [name for name, content in found.items() if content not in [state.get(name) for state in states]]
    assert [name for name in torn if not Path(name).name.startswith(".")] == []
    published = {name for name in set.intersection(*map(set, states)) if name.startswith("reports/")}
    assert published - found.keys() == set()
