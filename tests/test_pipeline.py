"""The whole pipeline, run by DVC in a copy of the project under the smoke profile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
NOT_COPIED = (".git", ".venv", ".dvc", "data/derived", "data/results", "models", "reports", "tests", "notebooks")
CACHES = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


def dvc(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    binaries = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [f"{binaries}/dvc", *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the inputs and the code, run once under the smoke profile; nothing of this tree's results."""
    copy = tmp_path_factory.mktemp("copy") / "project"

    def left_out(folder: str, names: list[str]) -> set[str]:
        here = Path(folder).relative_to(ROOT)
        return {name for name in names if name in CACHES or str(here / name) in NOT_COPIED}

    shutil.copytree(ROOT, copy, ignore=left_out)
    assert dvc(copy, "init", "--no-scm", "--quiet").returncode == 0
    (copy / "dvc.lock").unlink(missing_ok=True)
    edit(copy / "params.yaml", "profile: full", "profile: smoke")
    ran = dvc(copy, "repro")
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return copy


CENSUS = {
    "xuchang": ("60+", 862_656),
    "zhejiang": ("60+", 12_072_684),
    "panzhihua": ("60+", 239_574),
    "inner_mongolia": ("60+", 4_757_233),
    "china": ("total", 1_409_778_724),
}


@pytest.mark.parametrize("region", CENSUS)
def test_census_points_are_exact_in_every_row_of_the_output(project: Path, region: str) -> None:
    """NBS census tables of 2020, whole persons."""
    group, people = CENSUS[region]
    table = pd.read_csv(project / "reports/tables/population.csv", dtype={"gb_code": str})
    of_region = table[(table["region"] == region) & (table["age_group"] == group)]
    rows = of_region[(of_region["sex"] == "both") & (of_region["year"] == 2020)]
    assert set(rows["date"]) == {"2020-11-01"}
    assert set(rows["value"]) == {people}


def test_the_stated_gap_of_xuchang_comes_out_of_its_inputs(project: Path) -> None:
    """32,662 beds asked for by 2025, 24,285 there: the plan itself says 8,377 are missing."""
    headline = pd.read_csv(project / "reports/tables/headline.csv")
    row = headline.query("plan == 'xuchang' and resource == 'beds'").iloc[0]
    assert (row["required"], row["supply"], row["gap"]) == (32_662, 24_285, 8_377)


def test_what_no_plan_states_is_blank_and_not_zero(project: Path) -> None:
    gap = pd.read_csv(project / "reports/tables/gap.csv")
    stated = gap.query("region == 'panzhihua' and measure in ['supply', 'gap', 'sufficiency'] and not assumed")
    assert len(stated)
    assert stated["value"].isna().all()
    imputed = gap.query("region == 'panzhihua' and measure == 'supply' and resource == 'beds' and assumed")
    assert (imputed["value"].dropna() > 0).any()


def test_a_second_run_does_nothing_and_says_so(project: Path) -> None:
    again = dvc(project, "repro")
    assert again.returncode == 0
    assert "up to date" in again.stdout
    assert "Running stage" not in again.stdout


def test_a_changed_scenario_reruns_that_one_only(project: Path) -> None:
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e0: 1.8")
    planned = dvc(project, "repro", "--dry").stdout
    edit(project / "params.yaml", "extra_e0: 1.8", "extra_e0: 1.9")
    assert "project@low_mortality" in planned
    for other in ("project@central", "project@high_mortality", "project@no_migration", "'baseline'", "'areas'"):
        assert f"Running stage {other}" not in planned
        assert f"Running stage '{other}'" not in planned


def test_a_misspelt_key_is_refused_before_anything_is_written(project: Path) -> None:
    before = {file: file.read_bytes() for file in (project / "reports/tables").glob("*.csv")}
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e_0: 1.9")
    ran = dvc(project, "repro", "--force", "project@low_mortality", "--single-item")
    edit(project / "params.yaml", "extra_e_0: 1.9", "extra_e0: 1.9")
    assert ran.returncode != 0
    assert "params.yaml, line" in ran.stderr
    assert "extra_e_0" in ran.stderr
    assert before == {file: file.read_bytes() for file in (project / "reports/tables").glob("*.csv")}
