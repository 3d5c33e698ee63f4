"""What every stage costs: CPU and wall seconds and peak memory, on what is there. See README.md.

Runs in a copy of the project, so that nothing of it changes; stages that sample only with --sampling. `--runs=3` runs
every stage three times and prints the least and the median; names of stages choose some.
"""

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.commands.code import costly_stages  # noqa: E402
from pipeline.commands.dvc import environment  # noqa: E402
from pipeline.settings import load_settings  # noqa: E402

LEFT_OUT = (".git", ".venv", ".dvc", "runs", "tests", "notebooks")
LIMIT = 1.5
"""GiB that no stage may go beyond, its workers together."""

INTERVAL = 0.05
"""Seconds between two looks at the processes of a stage; what one does between the last look and its end is missed."""


@dataclass(frozen=True)
class Cost:
    """Seconds and GiB of one run, all its processes together, and its exit code."""

    stage: str
    cpu: float
    wall: float
    memory: float
    code: int


def commands(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Stages with their commands, each of a list by itself, in the order of dvc.yaml."""
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    for name, stage in yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"].items():
        over = stage.get("foreach")
        items = params[over.strip("${}")] if isinstance(over, str) else over or [""]
        for item in items:
            command = re.sub(r"\$\{(?:item|key)\}", str(item), stage.get("do", stage)["cmd"])
            yield f"{name}@{item}" if item else name, [sys.executable, *command.split()[1:]]


def cost(stage: str, command: list[str], folder: Path) -> Cost:
    """Run one command in `folder` and measure it, with every process below it, also those that it does not wait for."""
    began = time.monotonic()
    seconds: dict[int, float] = {}
    memory, ended = 0.0, 0
    with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL) as process:
        first = psutil.Process(process.pid)
        while not ended:
            held = 0
            for one in (first, *below(first)):
                with contextlib.suppress(psutil.Error), one.oneshot():
                    seconds[one.pid] = sum(one.cpu_times()[:2])
                    held += one.memory_info().rss
            memory = max(memory, held / (1 << 30))
            time.sleep(INTERVAL)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
    used = max(sum(seconds.values()), usage.ru_utime + usage.ru_stime)
    return Cost(stage, used, time.monotonic() - began, memory, code)


def below(process: psutil.Process) -> list[psutil.Process]:
    """The processes below one, or none where it has just ended."""
    with contextlib.suppress(psutil.Error):
        return list(process.children(recursive=True))
    return []


def brief(stages: list[list[Cost]]) -> str:
    """Least and median seconds of the processor and of the clock, summed over stages."""
    cells = []
    for kind in ("cpu", "wall"):
        seconds = [[getattr(one, kind) for one in costs] for costs in stages]
        cells.append(f"{sum(map(min, seconds)):>7.1f}{sum(map(statistics.median, seconds)):>7.1f}")
    return " ".join(cells)


def main() -> None:
    sampling, chosen = "--sampling" in sys.argv, [word for word in sys.argv[1:] if not word.startswith("--")]
    runs = max([int(word.partition("=")[2]) for word in sys.argv if word.startswith("--runs=")], default=1)
    print(f"{load_settings(ROOT).draws} draws, {os.cpu_count()} cores, {runs} runs: least and median\n")
    print(f"{'stage':<40} {'CPU s':>14} {'wall s':>14} {'GiB':>6}")
    costly = costly_stages((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    found = []
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "project"
        shutil.copytree(ROOT, folder, ignore=lambda at, names: LEFT_OUT if Path(at) == ROOT else ("__pycache__",))
        for stage, command in commands(ROOT):
            if (not sampling and stage in costly) or (chosen and stage.partition("@")[0] not in chosen):
                continue
            found.append([cost(stage, command, folder) for _ in range(runs)])
            memory, code = max(one.memory for one in found[-1]), max(one.code for one in found[-1])
            failed = "" if code == 0 else f"  failed with {code}"
            print(f"{stage:<40} {brief(found[-1:])} {memory:>6.2f}{failed}", flush=True)
    print(f"{'all':<40} {brief(found)}")
    beyond = [costs[0].stage for costs in found if max(one.memory for one in costs) > LIMIT]
    if beyond:
        sys.exit(f"more than {LIMIT} GiB: {', '.join(beyond)}")


if __name__ == "__main__":
    main()
