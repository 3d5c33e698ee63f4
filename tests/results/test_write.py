"""Files that come into place together, and records of DVC that a killed run cut off."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import recover
from pipeline.errors import InputError
from pipeline.results.write import replaced, together, write_text

NAMES = ("a.csv", "b.csv", "figures/c.svg")
CALLS = 7
"""Calls that change the disk: three files written, three moved, one stale file removed."""


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*NAMES, "figures/stale.svg"):
        write_text("old", tmp_path / "out" / name)
    return tmp_path / "out"


def write_all(folder: Path) -> None:
    with together() as batch:
        batch.owns(folder)
        for name in NAMES:
            write_text("new", folder / name)


def write_half(folder: Path, error: Exception) -> None:
    with together() as batch:
        batch.owns(folder)
        write_text("new", folder / "a.csv")
        with replaced(folder / "b.csv") as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise error


def test_files_come_into_place_together_and_stale_ones_go(folder: Path) -> None:
    with together() as batch:
        batch.owns(folder)
        for name in NAMES:
            write_text("new", folder / name)
        assert {name: files(folder)[name] for name in NAMES} == dict.fromkeys(NAMES, "old")
    assert files(folder) == dict.fromkeys(NAMES, "new")


def test_a_fault_in_the_last_file_leaves_every_one_as_it_was(folder: Path) -> None:
    before = files(folder)
    with pytest.raises(ZeroDivisionError):
        write_half(folder, ZeroDivisionError())
    assert files(folder) == before


def test_no_room_is_one_sentence_that_names_the_file(folder: Path) -> None:
    before = files(folder)
    with pytest.raises(InputError) as found:
        write_half(folder, OSError(errno.ENOSPC, "as the system says it"))
    assert str(found.value) == f"{folder}/b.csv: found no space left on device, expected room on the disk"
    assert files(folder) == before


def _killed_at(work: Callable[[Path], object], folder: Path, call: int) -> None:
    """Do the work in the folder and be killed at one of the calls that change the disk."""
    calls = iter(range(call + 1))

    def deadly(change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object, **named: object) -> object:
            if next(calls) == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **named)

        return changed

    for name in ("replace", "unlink", "write_text"):
        setattr(Path, name, deadly(getattr(Path, name)))
    work(folder)


def ended(work: Callable[[Path], object], folder: Path, call: int) -> int | None:
    """How a process ended that was killed at the call, or came to the end of its work before."""
    process = multiprocessing.get_context("fork").Process(target=_killed_at, args=(work, folder, call))
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("call", range(CALLS + 1))
def test_killed_at_any_call_no_file_is_torn_and_the_next_run_mends_it(folder: Path, call: int) -> None:
    assert ended(write_all, folder, call) == (0 if call == CALLS else -signal.SIGKILL)
    left = {name: text for name, text in files(folder).items() if not Path(name).name.startswith(".")}
    assert set(left.values()) <= {"old", "new"}
    assert left.keys() >= set(NAMES)
    # The last file may be the list by which the next run knows what is stale.
    assert left[NAMES[-1]] == "old" or "figures/stale.svg" not in left
    write_all(folder)
    assert files(folder) == dict.fromkeys(NAMES, "new")


def test_an_owned_folder_holds_what_was_written_and_nothing_else(folder: Path) -> None:
    write_text("left by a run that was killed", folder / "figures/.gone.svg.tmp")
    write_text("a neighbour", folder.parent / "other/kept.csv")
    write_all(folder)
    assert files(folder) == dict.fromkeys(NAMES, "new")
    assert files(folder.parent / "other") == {"kept.csv": "a neighbour"}


STAGE = """  {name}:
    cmd: python -m pipeline.stages.{name}
    deps:
    - path: data/raw
      hash: md5
      md5: {digest}.dir
      size: 8
      nfiles: 2
    params:
      params.yaml:
        draws: {draws}
    outs:
    - path: data/{name}.parquet
      hash: md5
      md5: {digest}
      size: 8
"""

CHECK = """  check:
    cmd: python -m pipeline.stages.check
    deps:
    - path: a
      size: 8
    - path: b
      size: 9
"""
"""A stage without outputs."""


def lock_file(draws: int, *names: str) -> str:
    stages = (STAGE.format(name=name, digest=name[0] * 32, draws=draws) for name in names)
    return "schema: '2.0'\nstages:\n" + "".join(stages)


def test_what_is_left_of_a_lock_file_is_known_at_every_character() -> None:
    kept = lock_file(10, "baseline", "gap", "report") + CHECK
    written = kept.replace("draws: 10", "draws: 20", 1)
    known = [recover.cut_off(written[:end], kept) for end in range(len(written))]
    # Short of one whole record, the last stage alone runs again; DVC sees to that.
    assert [written[end:] for end, cut in enumerate(known) if not cut] == [CHECK[CHECK.index("    - path: b") :]]
    more = lock_file(10, "baseline", "gap", "report", "why")
    for whole in (written, kept, more, lock_file(30, "baseline", "gap")):
        assert not recover.cut_off(whole, kept)


def test_a_lock_file_that_was_cut_off_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lock_file(10, "baseline", "gap", "report")
    (tmp_path / "dvc.lock").write_text(whole)
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    recover.keep_lock(tmp_path)
    assert files(tmp_path / ".dvc") == {}
    monkeypatch.setenv("DVC_STAGE", "gap")
    recover.keep_lock(tmp_path)
    (tmp_path / "dvc.lock").write_text(whole[:300])
    (tmp_path / ".dvc/tmp/rwlock").write_text('{"read": {')
    recover.keep_lock(tmp_path)
    first, second = recover.recover(tmp_path)
    assert first.startswith("dvc.lock: was cut off")
    assert second.startswith(".dvc/tmp/rwlock: was cut off")
    assert (tmp_path / "dvc.lock").read_text() == whole
    assert recover.recover(tmp_path) == []


RECOVERY = 3
"""Calls that change the disk: the record written and moved, the list of runs removed."""


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("call", range(RECOVERY + 1))
def test_a_recovery_that_is_killed_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    whole = lock_file(10, "baseline", "gap", "report")
    write_text(whole, tmp_path / "dvc.lock")
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    monkeypatch.setenv("DVC_STAGE", "gap")
    recover.keep_lock(tmp_path)
    write_text(whole[:300], tmp_path / "dvc.lock")
    write_text('{"read": {', tmp_path / ".dvc/tmp/rwlock")
    assert ended(recover.recover, tmp_path, call) == (0 if call == RECOVERY else -signal.SIGKILL)
    assert (tmp_path / "dvc.lock").read_text() in (whole, whole[:300])
    recover.recover(tmp_path)
    left = files(tmp_path)
    assert left.pop(".dvc/tmp/rwlock.lock", "") == ""
    assert left == {"dvc.lock": whole, ".dvc/tmp/dvc.lock.copy": whole}


def test_what_a_killed_stage_left_unfinished_is_removed_unless_a_stage_is_at_work(tmp_path: Path) -> None:
    for name in ("data/results/central/run.json", "data/results/central/.run.json.tmp", "data/plans/.mine.tmp"):
        write_text("text", tmp_path / name)
    write_text("code", tmp_path / "pipeline/stages/measure_gap.py")
    before = files(tmp_path)
    with (tmp_path / "pipeline/stages/measure_gap.py").open("rb") as at_work:
        fcntl.flock(at_work, fcntl.LOCK_EX)
        assert recover.recover(tmp_path) == []
        assert files(tmp_path) == before
    (said,) = recover.recover(tmp_path)
    assert said.startswith("data/results/central/.run.json.tmp: was left unfinished")
    assert files(tmp_path) == {name: text for name, text in before.items() if "run.json.tmp" not in name}
