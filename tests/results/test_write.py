"""Files that come into place together."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

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
    write_all(folder)
    assert files(folder) == dict.fromkeys(NAMES, "new")


def test_an_owned_folder_holds_what_was_written_and_nothing_else(folder: Path) -> None:
    write_text("left by a run that was killed", folder / "figures/.gone.svg.tmp")
    write_text("a neighbour", folder.parent / "other/kept.csv")
    write_all(folder)
    assert files(folder) == dict.fromkeys(NAMES, "new")
    assert files(folder.parent / "other") == {"kept.csv": "a neighbour"}
