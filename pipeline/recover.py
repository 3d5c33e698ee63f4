"""What a killed run leaves of DVC's own records, made whole again before the next: `python -m pipeline.recover`.

DVC writes dvc.lock, its record of what every stage was made from, in place. A run killed in that moment, or on a full
disk, leaves the first part of it, and DVC then refuses to start. Every stage therefore keeps a copy of the record as
it was when the stage began; from the copy only that one stage runs again.

A stage that is killed also leaves the files that it had not moved into place. Where DVC takes the outputs from its
cache instead of running the stage again, nobody would remove them, and a folder that holds one is another folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import ExitStack
from pathlib import Path

LOCK_FILE = Path("dvc.lock")
PRIVATE_FOLDER = Path(".dvc/tmp")
COPY = PRIVATE_FOLDER / "dvc.lock.copy"
RUNNING = PRIVATE_FOLDER / "rwlock"
GUARD = PRIVATE_FOLDER / "rwlock.lock"
"""Files by which DVC knows which runs are under way, and which guards that one while it is edited."""

OUTPUTS = ("data/backtest", "data/derived", "data/results", "models", "reports")
STAGES = Path("pipeline/stages")
UNFINISHED = ".*.tmp"
"""What a file is called before it is moved into place (pipeline/results/write.py)."""

RUN_BY_DVC = "DVC_STAGE"
"""Set by DVC for the commands of stages."""

_STAGE = re.compile(r"^  \S.*:$", re.MULTILINE)


def keep_lock(root: Path) -> None:
    """Keep a copy of dvc.lock for `recover`, for a stage that DVC runs; none of a file that another run is writing."""
    lock = root / LOCK_FILE
    if RUN_BY_DVC not in os.environ or not lock.is_file():
        return
    text = lock.read_text(encoding="utf-8")
    if _whole(text):
        from pipeline.results.write import writable  # loads pandas, which a stage has anyway and `recover` need not

        # Two stages may begin at the same time, in runs beside one another.
        unfinished = root / PRIVATE_FOLDER / f"{COPY.name}.{os.getpid()}"
        with writable(root / COPY):
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(root / COPY)


def recover(root: Path) -> list[str]:
    """Put whole copies in place of records that were cut off, remove unfinished files; a sentence for each."""
    done = []
    lock, copy = root / LOCK_FILE, root / COPY
    if lock.is_file() and copy.is_file():
        kept = copy.read_text(encoding="utf-8")
        if cut_off(lock.read_text(encoding="utf-8", errors="replace"), kept):
            _write(kept, lock)
            done.append(f"{LOCK_FILE}: was cut off by a run that was killed; its last whole state is back in place")
    if (root / RUNNING).is_file():
        with (root / GUARD).open("a") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not _is_json((root / RUNNING).read_bytes()):
                (root / RUNNING).unlink()
                done.append(f"{RUNNING}: was cut off by a run that was killed; removed")
    return done + _without_unfinished(root)


def _without_unfinished(root: Path) -> list[str]:
    """Remove the unfinished files below the output folders, unless a stage is at work; none can start meanwhile."""
    with ExitStack() as held:
        for module in sorted((root / STAGES).glob("*.py")):
            file = held.enter_context(module.open("rb"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return []
        found = [path for folder in OUTPUTS for path in sorted((root / folder).rglob(UNFINISHED)) if path.is_file()]
        for path in found:
            path.unlink()
    return [
        f"{path.relative_to(root).as_posix()}: was left unfinished by a run that was killed; removed" for path in found
    ]


def cut_off(text: str, kept: str) -> bool:
    """Whether `text` is what is left of a dvc.lock that was being written after `kept`, when it was whole.

    What was cut off ends within the record of a file, or has the stages of `kept` up to some one and at most one of
    them differs. Of a last stage that is short of a whole record nothing is said: DVC runs that stage again.
    """
    if not _whole(text):
        return True
    found, before = _stages(text), _stages(kept)
    names = list(found)
    if len(names) >= len(before) or names != list(before)[: len(names)]:
        return False
    differ = [name for name in names[:-1] if found[name] != before[name]]
    differ += [name for name in names[-1:] if not before[name].startswith(found[name])]
    return len(differ) <= 1


def _write(text: str, path: Path) -> None:
    from pipeline.results.write import write_text  # loads pandas, which a run with nothing to mend need not wait for

    write_text(text, path)


def _whole(text: str) -> bool:
    """Whether the text begins as dvc.lock does and ends with the end of a file's record."""
    begins = text.startswith("schema:") and "\nstages:\n" in text
    return begins and re.search(r"\n      (?:size|nfiles|isexec): \S+\n\Z", text) is not None


def _stages(text: str) -> dict[str, str]:
    """What is said of each stage, by its name, in the order of the file."""
    return dict(zip(_STAGE.findall(text), _STAGE.split(text)[1:], strict=True))


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    for sentence in recover(Path()):
        print(sentence)
