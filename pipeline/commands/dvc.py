"""How the commands call DVC, the program beside this interpreter: `repro`, a line a stage; `status`, in words."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.errors import DOUBT, Fault, InputError

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

_STAGE = re.compile(r"(?:Running s|S)tage '([^']+)'(:| didn't change, skipping| is cached - skipping run)")
_OF_DVC = re.compile(
    r"(> |(Generating|Updating) lock file|Use `dvc |To track the changes with git|\tgit add|To enable auto staging"
    r"|\tdvc config|Data and pipelines are up to date|'.*' didn't change, skipping|Verifying data sources|\s*$)"
)
"""What DVC says for itself: no result hangs on it, and nobody need act on it."""

_BAD_RECORD = re.compile(r"dvc\.lock' (?:is invalid|validation failed)")


class StageError(Exception):
    """A stage that failed, with what it and DVC said."""


def environment() -> dict[str, str]:
    """The environment of stages: this interpreter first in the path, one thread a process, nothing hashed by chance.

    Where `PYTHONDONTWRITEBYTECODE` is set, as in many containers, every stage would compile its imports for 2 to 4 s.
    """
    return {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONIOENCODING": "utf-8:replace",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def output(folder: Path, *arguments: str) -> str:
    """What `dvc` prints. Raises InputError where it fails, naming what was in its way."""
    done = subprocess.run(
        [*DVC, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError([refusal(done.stderr, folder)])
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
            reproduce(root, "check_inputs", "build_baseline")
            reproduce(root, "--force", "--single-item", *sampled)
        ran, unchanged = reproduce(root, *arguments)
        if not ran and not refit:
            print(f"Nothing to do: {unchanged} stages are up to date. Read {START}.")
            return
        print(f"Ran {ran} of {ran + unchanged} stages; the others were up to date. Read {START}.")
        if before.is_dir():
            print("\n".join(compare_numbers(root, before, root / TABLES)))


def compare_numbers(root: Path, before: Path, after: Path) -> list[str]:
    """Sentences on what is equal, moved by chance or changed between two folders of tables."""
    from pipeline.results.compare import compare_tables
    from pipeline.settings import load_settings

    return list(compare_tables(before, after, load_settings(root).draws).sentences())


def reproduce(folder: Path, *arguments: str) -> tuple[int, int]:
    """Run the pipeline in `folder` and tell it; how many stages ran, and how many had not changed.

    DVC's own record of a run that was killed while it was written stands in nobody's way: it is told, set aside, and
    the one that git knows takes its place, or none. Raises StageError with what a stage that fails said.
    """
    attempts = 3
    while True:
        attempts -= 1
        try:
            return tell_steps(_lines_of_repro(folder, arguments))
        except StageError as error:
            mended = _mend(folder, str(error)) if attempts else None
            if mended is None:
                said = "".join(line for line in str(error).splitlines(True)[-60:] if not _OF_DVC.match(line)).strip()
                where = "" if folder == Path() else f" in {folder}"
                raise StageError(f"{said}\nThe run{where} failed; what was there before it is as it was.") from None
            print(mended, file=sys.stderr, flush=True)


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
        return f"{LOCK_FILE}: could not be read, as after a run that was killed; it is now {SET_ASIDE}, and {then}"
    if "Unable to read RWLock-file" in printed and (folder / RUNNING).exists():
        (folder / RUNNING).unlink()
        return f"{RUNNING}: was cut off by a run that was killed; removed"
    return None


def tell_steps(lines: Iterable[str]) -> tuple[int, int]:
    """Print a line for each stage that ran, from what `dvc repro` prints; how many ran and how many had not changed.

    On a terminal the stage at work is named. A stage is done when the next one is spoken of, and what it printed comes
    then: where it fails, the error says it. Doubts about inputs are counted, and named by `check`.
    """
    terminal = sys.stdout.isatty()
    clear = CLEAR if terminal else ""
    ran = unchanged = doubts = 0
    current, since, printed = "", 0.0, list[str]()
    for line in chain(lines, [""]):
        found = _STAGE.match(line)
        if line and not found:
            doubts += line.startswith(DOUBT)
            printed += [] if line.startswith(DOUBT) or _OF_DVC.match(line) else [line]
            continue
        if printed:
            print(clear, end="", flush=True)
            print(*printed, sep="", end="", file=sys.stderr, flush=True)
            printed.clear()
        done = [(current, f"{time.monotonic() - since:.1f} s")] if current else []
        current, since = "", time.monotonic()
        match found and found.groups():
            case stage, ":":
                current = stage
            case stage, " is cached - skipping run":
                done.append((stage, "from the cache"))
            case _, " didn't change, skipping":
                unchanged += 1
        for stage, how in done:
            print(f"{clear}{stage:<36} {how:>15}", flush=True)
        ran += len(done)
        if current and terminal:
            print(f"{current} …\r", end="", flush=True)
    if doubts:
        print(f"{doubts} cells of the inputs may be slips: `python -m pipeline check` names them.")
    return ran, unchanged


_CHANGES = {
    "modified": "was changed",
    "deleted": "is not there",
    "new": "is new",
    "not in cache": "is not in the cache",
    "update available": "was changed",
}
"""What DVC says of a file or a parameter, in words."""


def status(root: Path) -> list[dict[str, Any]]:
    """The stale stages of the project. Raises InputError where DVC cannot tell."""
    with ThreadPoolExecutor(2) as both:
        found, graph = both.map(lambda words: output(root, *words), (("status", "--json"), ("dag", "--dot")))
    return stale_stages(json.loads(found), graph)


def stale_stages(found: Mapping[str, Any], graph: str) -> list[dict[str, Any]]:
    """The stages that `dvc status --json` names, and all that follow from them in DVC's graph (dot), with why."""
    edges = re.findall(r'"([^"]+)" -> "([^"]+)"', graph)
    names = list(found)
    for name in names:  # which grows while it is walked
        names += sorted({second for first, second in edges if first == name and second not in names})
    return [
        {
            "stage": name,
            "reasons": [reason for part in found.get(name, ()) for reason in _reasons(part)],
            "after": sorted({first for first, second in edges if second == name and first in names}),
        }
        for name in names
    ]


def _reasons(part: str | Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What changed and how, in a part of what DVC says of a stage; keys of params.yaml are named one by one."""
    if isinstance(part, str):
        what, change = ("its command in dvc.yaml", "modified") if part == "changed command" else ("it", part)
        yield {"kind": "command", "what": what, "change": change}
        return
    for group, files in part.items():
        for file, change in files.items():
            if isinstance(change, Mapping):
                yield from ({"kind": "parameter", "what": f"{file}: {key}", "change": change[key]} for key in change)
            else:
                kind = "result" if group == "changed outs" else "parameter" if file == "params.yaml" else "input"
                yield {"kind": kind, "what": file, "change": change}


def status_text(stages: Iterable[Mapping[str, Any]]) -> str:
    """A paragraph a stage."""
    lines = []
    for stage in stages:
        lines.append(f"{stage['stage']} is stale:")
        for reason in stage["reasons"]:
            of = "the result " if reason["kind"] == "result" else ""
            lines.append(f"  {of}{reason['what']} {_CHANGES.get(reason['change'], reason['change'])}")
        if stage["after"]:
            lines.append(f"  it reads what {', '.join(stage['after'])} will write anew")
    return "\n".join(lines) or "Everything is up to date."
