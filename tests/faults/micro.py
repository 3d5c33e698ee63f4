"""A copy of the project that runs in a minute: one plan, few draws, and the posteriors that git keeps.

Every stage after the fits is the project's own, run by DVC. What sampling and scoring left is an input there: the
posteriors under models/ and the published tables.
"""

import shutil
from pathlib import Path

from defaults import DEFAULT_PARAMS, ROOT
from ruamel.yaml import YAML
from smoke import copy_project, dvc, edit, run, succeeded

PLAN = "xuchang"
SCENARIO = "central"
DRAWS = 40
LEFT_OUT = ("benchmarks", "models/areas", "models/balance", "models/counts")
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
TURNED = (
    ("params.yaml", "extra_e0: 0.0", "extra_e0: 0.5"),
    ("data/plans/xuchang.yaml", "unknown, not zero.", "unknown, never zero."),
    ("pipeline/stages/common.py", "What every stage does alike", "What each stage does alike"),
)


def build(copy):
    """Make the micro-project in the folder `copy`, which must not exist, and run its first stage."""
    copy_project(copy, LEFT_OUT)
    for plan in (copy / "data/plans").glob("*.yaml"):
        if plan.stem != PLAN:
            plan.unlink()
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
    succeeded(repro(copy, "check_inputs"))


def stages(project):
    """Names of the stages of the micro-project, every one after those it depends on."""
    yaml = YAML(typ="safe")
    cities = yaml.load(DEFAULT_PARAMS)["cities"]
    found = []
    for name, stage in yaml.load(project / "dvc.yaml")["stages"].items():
        if name not in SAMPLING:
            found += [f"{name}@{city}" for city in cities] if "foreach" in stage else [name]
    return found


def turn(project, changed):
    """Put the inputs into one of two states that differ for every stage: a parameter, a plan's note, a line of code."""
    for file, plain, other in TURNED:
        edit(project / file, *((plain, other) if changed else (other, plain)))


def _path(out):
    return next(iter(out)) if isinstance(out, dict) else str(out)


def repro(project, *arguments):
    return dvc(project, "repro", "--no-run-cache", *arguments)


def remade(project, *arguments):
    """What `make repro` runs."""
    return run(project, "python", "-m", "pipeline", "repro", "--", "--no-run-cache", *arguments)


def snapshot(project, *folders):
    """Every file below the output folders, hidden and temporary ones too, by its path."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for folder in folders or OUTPUTS
        for path in sorted((project / folder).rglob("*"))
        if path.is_file()
    }


def assert_whole(project, *states):
    """Every output is one that an undisturbed run made in one of the states, and no published one is missing."""
    found = snapshot(project)
    torn = [name for name, content in found.items() if content not in [state.get(name) for state in states]]
    assert [name for name in torn if not Path(name).name.startswith(".")] == []
    published = {name for name in set.intersection(*map(set, states)) if name.startswith("reports/")}
    assert published - found.keys() == set()
