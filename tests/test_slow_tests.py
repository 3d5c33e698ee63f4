"""The stamp of the slow tests: a change of what they are about makes them due, and nothing else does."""

import os
import shutil
import subprocess
import sys

import pytest
from defaults import ROOT, write_default_params

COPIED = ("pipeline/models", "pipeline/model", "pipeline/stages", "tests", "scripts")


@pytest.fixture
def project(tmp_path):
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pipeline/random.py", "requirements.lock"):
        shutil.copy(ROOT / file, tmp_path / file)
    write_default_params(tmp_path)
    (tmp_path / "tests/slow_passed.txt").unlink(missing_ok=True)
    return tmp_path


def ran(project, *arguments):
    command = [sys.executable, "scripts/slow_tests.py", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_without_a_stamp_they_are_due_and_with_it_they_have_passed(project):
    assert ran(project).stdout == "due\n"
    assert ran(project, "stamp", ran(project, "digest").stdout.strip()).returncode == 0
    assert ran(project).stdout == "passed\n"
    os.utime(project / "pipeline/models/old_age.py", (0, 0))
    (project / "README.md").write_text("other words")
    (project / "pipeline/stages/measure_gap.py").write_text("")
    assert ran(project).stdout == "passed\n"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pipeline/models/old_age.py", "0.045", "0.046"),
        ("tests/models/test_old_age.py", "runs=200", "runs=20"),
        ("tests/calibration.py", "LEVEL = 1e-3", "LEVEL = 1e-9"),
        ("requirements.lock", "numpy==", "numpy==0"),
        ("params.yaml", "high: 0.888", "high: 0.889"),
    ],
)
def test_a_change_makes_them_due(project, file, old, new):
    before = ran(project, "digest").stdout.strip()
    ran(project, "stamp", before)
    text = (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert ran(project).stdout == "due\n"
    refused = ran(project, "stamp", before)
    assert refused.returncode == 1
    assert "changed while the tests ran" in refused.stderr
    assert ran(project).stdout == "due\n"
