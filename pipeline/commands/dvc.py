"""How the commands call DVC, the program beside this interpreter; `repro`: a line a stage, and what moved."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import DOUBT, Fault, raise_if_any

DVC = (sys.executable, "-m", "dvc")
WAIT = "--wait-for-lock"
"""Of DVC: another run in the same folder is waited for, and not stumbled over."""

LOCK_FILE = "dvc.lock"
SET_ASIDE = "dvc.lock.unreadable"
RUNNING = Path(".dvc/tmp/rwlock")
"""Where DVC notes which runs are under way."""

TABLES = Path("reports/tables")
START = "reports/index.html"
CLEAR = "\x1b[K"
"""Of a terminal: the rest of the line goes, here the name of the stage at work."""

How = Literal["ran", "unchanged", "from the cache"]


def environment() -> dict[str, str]:
    """The environment of stages: this interpreter first in the path, one thread a process, nothing hashed by chance.

    Code once compiled is kept: where `PYTHONDONTWRITEBYTECODE` is set, as in many containers, every stage would compile
    pandas and whatever else it imports anew, for 2 to 4 seconds.
    """
    binaries = str(Path(sys.executable).parent)
    return {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONIOENCODING": "utf-8:replace",
        "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def output(folder: Path, *arguments: str) -> str:
    """What `dvc` prints. Raises InputError where it fails, naming what was in its way."""
    done = subprocess.run(
        [*DVC, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    raise_if_any([refusal(done.stderr, folder)] if done.returncode else [])
    return done.stdout


def refusal(printed: str, folder: Path) -> Fault:
    """What stopped DVC, from what it said: another run, a place that cannot be written, its files, or the folder."""
    lines = [line.strip().removeprefix("ERROR: ") for line in printed.splitlines() if line.strip()] or ["nothing"]
    if denied := re.search(r"Permission denied: '?([^'\n]+)'?", printed):
        return Fault(denied[1], "", "no write permission", "a folder and files that whoever runs this may write")
    if re.search(r"acquire lock|is busy, it is being blocked", printed):
        return Fault(".dvc", "", "another run of DVC at work", "its end; then call this again")
    if _BAD_RECORD.search(printed):
        return Fault(LOCK_FILE, "", "text that DVC cannot read", "the record of a run; the next run sets this aside")
    if "dvc.yaml" in printed:
        return Fault("dvc.yaml", "", " ".join(lines[:2]), "a pipeline that DVC can read")
    return Fault(str(folder), "", lines[-1], "a folder that DVC can work in (`dvc init`)")


@dataclass(frozen=True)
class Step:
    """One stage that is begun (`how` is None) or done."""

    stage: str
    how: How | None = None
    seconds: float = 0.0


class StageError(Exception):
    """A stage that failed, with what it and DVC said."""


_STAGE = re.compile(
    r"Running stage '([^']+)':|Stage '([^']+)' didn't change, skipping"
    r"|Stage '([^']+)' is cached - skipping run, checking out outputs"
)
_HOW: tuple[How | None, ...] = (None, "unchanged", "from the cache")
"""What the three sentences of `_STAGE` say of a stage."""

_OF_DVC = re.compile(
    r"(> |(Generating|Updating) lock file|Use `dvc |To track the changes with git|\tgit add|To enable auto staging"
    r"|\tdvc config|Data and pipelines are up to date|'.*' didn't change, skipping|Verifying data sources|\s*$)"
)
"""What DVC says for itself: no result hangs on it, and nobody need act on it."""

_BAD_RECORD = re.compile(r"dvc\.lock' (?:is invalid|validation failed)")


def steps(lines: Iterable[str], clock: Callable[[], float] = time.monotonic) -> Iterator[Step | str]:
    """The steps in what `dvc repro` prints, and what stages print; a stage is done when the next one is spoken of.

    What a stage prints comes when it is done: where it fails, the error says it.
    """
    current, since = "", 0.0
    printed: list[str] = []
    for line in lines:
        found = _STAGE.match(line)
        if found is None:
            printed += [] if _OF_DVC.match(line) else [line]
            continue
        yield from printed
        printed.clear()
        if current:
            yield Step(current, "ran", clock() - since)
        stage, how = found[found.lastindex or 0], _HOW[(found.lastindex or 0) - 1]
        current, since = ("", 0.0) if how else (stage, clock())
        yield Step(stage, how)
    yield from printed
    if current:
        yield Step(current, "ran", clock() - since)


def reproduce(folder: Path, *arguments: str) -> Iterator[Step | str]:
    """Run the pipeline in `folder`, step by step, with the lines that stages print in between.

    DVC's own record of a run that was killed while it was written stands in nobody's way: it is told, set aside, and
    the one that git knows takes its place, or none. Raises StageError with what a stage that fails said.
    """
    for attempt in range(3):
        try:
            yield from steps(_lines_of_repro(folder, arguments))
            return
        except StageError as error:
            mended = _mend(folder, str(error)) if attempt < 2 else None
            if mended is None:
                said = "".join(line for line in str(error).splitlines(True)[-60:] if not _OF_DVC.match(line)).strip()
                where = "" if folder == Path() else f" in {folder}"
                raise StageError(f"{said}\nThe run{where} failed; what was there before it is as it was.") from None
            yield mended


def _lines_of_repro(folder: Path, arguments: Iterable[str]) -> Iterator[str]:
    """The lines of `dvc repro`; where it fails, StageError with all since the last stage began."""
    last: list[str] = []
    with subprocess.Popen(
        [*DVC, WAIT, "repro", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                if line.startswith("Running stage"):
                    last.clear()
                last.append(line)
                yield line
            process.wait()
        finally:
            process.terminate()
    if process.returncode:
        raise StageError("".join(last))


def _mend(folder: Path, printed: str) -> str | None:
    """A sentence on the file of DVC's that was in the way and no longer is; None where it was something else."""
    record = folder / LOCK_FILE
    if _BAD_RECORD.search(printed) and record.exists():
        record.replace(folder / SET_ASIDE)
        git = shutil.which("git") if (folder / ".git").exists() else None
        committed = git and subprocess.run([git, "show", f"HEAD:{LOCK_FILE}"], cwd=folder, capture_output=True).stdout
        if committed:
            record.write_bytes(committed)
        then = "the committed one is back in its place" if committed else "stages run anew"
        return f"{LOCK_FILE}: could not be read, as after a run that was killed; it is now {SET_ASIDE}, and {then}\n"
    if "Unable to read RWLock-file" in printed and (folder / RUNNING).exists():
        (folder / RUNNING).unlink()
        return f"{RUNNING}: was cut off by a run that was killed; removed\n"
    return None


def repro(root: Path, arguments: Iterable[str] = (), *, refit: bool = False) -> None:
    """Run what changed and tell it; then compare the tables with a copy taken before the run.

    A refit samples every model and scores every backtest anew first. Raises StageError where a stage fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "tables"
        if (root / TABLES).is_dir():
            shutil.copytree(root / TABLES, before)
        if refit:
            from pipeline.commands.code import PIPELINE_FILE, costly_stages

            sampled = costly_stages((root / PIPELINE_FILE).read_text(encoding="utf-8"))
            print_steps(reproduce(root, "check_inputs", "build_baseline"))
            print_steps(reproduce(root, "--force", "--single-item", *sampled))
        ran, unchanged = print_steps(reproduce(root, *arguments))
        if not ran and not refit:
            print(f"Nothing to do: {unchanged} stages are up to date. Read {START}.")
            return
        print(f"Ran {ran} of {ran + unchanged} stages; the others were up to date. Read {START}.")
        if before.is_dir():
            print("\n".join(compare_numbers(root, before, root / TABLES)))


def print_steps(found: Iterable[Step | str]) -> tuple[int, int]:
    """Print a line for each stage that ran, and the name of the one at work on a terminal; how many ran and did not.

    Doubts about inputs are counted, and named by `check`: most were looked at long ago.
    """
    ran = unchanged = doubts = 0
    terminal = sys.stdout.isatty()
    clear = CLEAR if terminal else ""
    for step in found:
        if isinstance(step, str):
            if step.startswith(DOUBT):
                doubts += 1
            else:
                print(clear, end="", flush=True)
                print(step, end="", file=sys.stderr, flush=True)
        elif step.how is None:
            print(f"{step.stage} …\r" if terminal else "", end="", flush=True)
        elif step.how == "unchanged":
            unchanged += 1
        else:
            ran += 1
            time = f"{step.seconds:.1f} s" if step.how == "ran" else step.how
            print(f"{clear}{step.stage:<36} {time:>15}", flush=True)
    if doubts:
        print(f"{doubts} cells of the inputs may be slips: `python -m pipeline check` names them.")
    return ran, unchanged


def compare_numbers(root: Path, before: Path, after: Path) -> list[str]:
    """Sentences on what is equal, moved by chance or changed between two folders of tables."""
    from pipeline.results.compare import compare_tables
    from pipeline.settings import load_settings

    return list(compare_tables(before, after, load_settings(root).draws).sentences())
