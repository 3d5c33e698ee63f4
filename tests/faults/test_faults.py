"""A full disk, a folder that cannot be written, two runs at once, a report that fails: nothing is torn or lost.

In each the run stops with a sentence, what was published stays, and the next run ends with the bytes of one that was
left in peace. Two full runs give the same bytes too, and so, within a tolerance, do two threads.
"""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import smoke

from pipeline.model.fits import AREAS_FILE
from tests.faults import micro

pytestmark = pytest.mark.faults

THREADS_AGREE = {"rtol": 1e-9, "atol": 1e-9}
"""Tolerance of every number under one thread and under two; sums may be taken in another order. Absolute where what
is left of two large numbers should be nothing: a billionth of a person is nobody."""

IN_NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-euc")
"""A shell whose mounts nobody else sees and that end with it."""


@dataclass(frozen=True)
class Base:
    """A finished run, and what an undisturbed run makes of its inputs and of those that `micro.turn` changes."""

    project: Path
    before: dict[str, bytes]
    after: dict[str, bytes]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    project = folder / "base"
    micro.build(project)
    smoke.succeeded(micro.repro(project))
    changed = folder / "changed"
    shutil.copytree(project, changed)
    micro.turn(changed, True)
    smoke.succeeded(micro.repro(changed))
    return Base(project, micro.snapshot(project), micro.snapshot(changed))


@pytest.fixture
def project(base, tmp_path):
    """A copy of the finished run whose inputs have changed: every stage is stale."""
    copy = tmp_path / "project"
    shutil.copytree(base.project, copy)
    micro.turn(copy, True)
    yield copy
    shutil.rmtree(copy)


def ends_as_if_undisturbed(project, base):
    smoke.succeeded(micro.remade(project))
    assert micro.snapshot(project) == base.after


def in_namespace(project, script, *words):
    """Run the script where it may mount; skip the test where nobody may."""
    probe = subprocess.run([*IN_NAMESPACE, "mount -t tmpfs none /mnt"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"no leave to mount in a namespace of one's own: {probe.stderr.strip()}")
    return smoke.run(project, *IN_NAMESPACE, script, "sh", *words)


@pytest.mark.parametrize("room", ["200k", "900k"])
def test_a_full_disk_tears_nothing(base, project, tmp_path, room):
    disk, left = tmp_path / "disk", tmp_path / "left"
    disk.mkdir()
    script = """
        mount -t tmpfs -o size=1g none "$1"
        cp -a . "$1"
        used=$(df --output=used -B1k "$1" | tail -1)
        case $2 in *m) more=$((${2%m} * 1024)) ;; *) more=${2%k} ;; esac
        mount -o remount,size=$((used + more))k "$1"
        cd "$1"
        DVC_SITE_CACHE_DIR="$1/.dvc/site" dvc repro --no-run-cache && ended=0 || ended=$?
        cp -a . "$3"
        exit $ended
    """
    left.mkdir()
    ran = in_namespace(project, script, str(disk), room, str(left))
    assert ran.returncode != 0, ran.stdout[-2000:]
    assert "space" in ran.stderr or "full" in ran.stderr, ran.stderr[-2000:]
    micro.assert_whole(left, base.before, base.after)
    ends_as_if_undisturbed(left, base)


def test_a_folder_that_cannot_be_written_is_named_and_left_as_it_was(base, project):
    script = "mount --bind reports reports; mount -o remount,bind,ro reports; dvc repro --no-run-cache"
    ran = in_namespace(project, script)
    assert ran.returncode != 0
    assert "reports/tables/plan_figures.csv: found read-only file system" in ran.stderr, ran.stderr[-2000:]
    assert "Traceback" not in ran.stderr
    assert micro.snapshot(project, "reports") == {
        name: content for name, content in base.before.items() if name.startswith("reports/")
    }
    ends_as_if_undisturbed(project, base)


def twice_at_once(project, *words):
    """Exit codes and error outputs of two processes that run beside one another."""
    with ThreadPoolExecutor(2) as both:
        ran = list(both.map(lambda _: smoke.run(project, *words), range(2)))
    return [one.returncode for one in ran], [one.stderr for one in ran]


def test_two_runs_at_once_tear_nothing(base, project):
    codes, said = twice_at_once(project, "dvc", "--wait-for-lock", "repro", "--no-run-cache")
    for code, errors in zip(codes, said, strict=True):
        assert code == 0 or "is busy, it is being blocked by" in errors, errors[-2000:]
    assert 0 in codes, said
    micro.assert_whole(project, base.before, base.after)
    ends_as_if_undisturbed(project, base)


def test_a_stage_started_twice_runs_once_after_the_other(base, project):
    micro.turn(project, False)
    codes, said = twice_at_once(project, sys.executable, "-m", "pipeline.stages.measure_gap")
    assert codes == [0, 0], said
    assert sorted(said) == ["", "measure_gap: waits for another run of this stage to end\n"]
    assert micro.snapshot(project) == base.before


def test_a_report_that_fails_leaves_the_old_ones_and_the_next_removes_what_is_stale(base, project):
    words = project / "pipeline/report/messages/index.yaml"
    text = words.read_text(encoding="utf-8")
    assert "\nindex.note:" in text
    words.write_text(text.replace("\nindex.note:", "\nindex.other:"), encoding="utf-8")
    ran = micro.repro(project)
    assert ran.returncode != 0
    assert "index.note" in ran.stderr
    before, found = base.before, micro.snapshot(project)
    pages = {name for name in {*before, *found} if name.startswith("reports/") and "/tables/" not in name}
    assert {name: found.get(name) for name in pages} == {name: before.get(name) for name in pages}
    words.write_text(text, encoding="utf-8")
    stale = project / f"reports/plans/{micro.PLAN}/of_last_year.zh.svg"
    stale.write_text("<svg/>", encoding="utf-8")
    ends_as_if_undisturbed(project, base)


def test_two_full_runs_give_the_same_bytes(base, project):
    micro.turn(project, False)
    smoke.succeeded(micro.repro(project, "--force"))
    assert micro.snapshot(project) == base.before


def test_two_threads_agree_with_one(base, project):
    micro.turn(project, False)
    for stage in micro.stages(project):
        if stage != "write_reports":
            name, *city = stage.split("@")
            words = ("python", "-m", f"pipeline.stages.{name}", *city)
            smoke.succeeded(smoke.run(project, *words, **smoke.threads("2")))
    tables = [name for name in base.before if name.endswith((".csv", ".parquet"))]
    assert len(tables) > 10
    for name in tables:
        one, two = (_table(folder / name) for folder in (base.project, project))
        assert list(one.columns) == list(two.columns)
        for column in one:
            if one[column].dtype.kind in "fi":
                np.testing.assert_allclose(two[column], one[column], **THREADS_AGREE, err_msg=name)
            else:
                pd.testing.assert_series_equal(two[column], one[column], obj=f"{name}, {column}")


def test_the_fit_is_the_same_under_two_threads(project):
    """The fit as the smoke profile samples it: the chains are drawn one a thread, each from its own seed."""
    made = []
    for threads in ("1", "2"):
        words = ("python", "-m", "pipeline.stages.sample_areas")
        smoke.succeeded(smoke.run(project, *words, **smoke.threads(threads)))
        made.append((project / AREAS_FILE).read_bytes())
    assert made[0] == made[1]


def _table(path):
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
