"""Tasks on a real scheduler and worker processes of the loopback: the bytes of one process, whatever happens."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import atlas_case as case
import numpy as np
import pytest
from distributed import Client

from pipeline.errors import InputError
from pipeline.model import spread as module
from pipeline.model.atlas import Place, places
from pipeline.model.spread import ANSWER_WITHIN, spread

PROVINCES = ("ningxia", "hainan", "qinghai", "tibet", "shanghai", "jilin")
PATIENCE = 60.0
Start = Callable[..., subprocess.Popen[bytes]]


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a part of a cluster in a folder that holds no data; all are ended when the test is."""
    running: list[subprocess.Popen[bytes]] = []
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()

    def begun(part: str, *options: str, package: Path = case.ROOT) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(package), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *options, "--no-dashboard"]
        process = subprocess.Popen(
            command, cwd=nowhere, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        running.append(process)
        return process

    yield begun
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


@pytest.fixture
def address(start: Start, tmp_path: Path) -> str:
    """The address of a scheduler without workers."""
    file = tmp_path / "scheduler.json"
    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    until(lambda: file.is_file() and file.stat().st_size > 0)
    with Client(scheduler_file=str(file), set_as_default=False) as client:
        return str(client.scheduler.address)


def worker(start: Start, address: str, package: Path = case.ROOT) -> subprocess.Popen[bytes]:
    return start("worker", address, "--no-nanny", "--nthreads", "1", package=package)


def same(found: list[list[Place]], expected: list[list[Place]]) -> bool:
    pairs = [(a, b) for mine, other in zip(found, expected, strict=True) for a, b in zip(mine, other, strict=True)]
    return bool(pairs) and all(a.code == b.code and a.values.tobytes() == b.values.tobytes() for a, b in pairs)


def test_two_workers_one_of_which_is_killed_give_the_bytes_of_one_process(start: Start, address: str) -> None:
    tasks = [case.task(name) for name in PROVINCES]
    expected = [places(task) for task in tasks]
    workers = [worker(start, address) for _ in range(2)]
    found: list[list[list[Place]]] = []
    with Client(address, set_as_default=False) as watcher:
        watcher.wait_for_workers(2, timeout=PATIENCE)
        work = threading.Thread(target=lambda: found.append(spread(places, tasks, address, 2)))
        work.start()
        until(lambda: all(watcher.processing().values()) and len(watcher.processing()) == 2)
        workers[0].send_signal(signal.SIGKILL)
        work.join(PATIENCE)
        assert len(watcher.scheduler_info()["workers"]) == 1
    assert found
    assert same(found[0], expected)


def test_processes_of_this_machine_give_the_same_bytes_in_any_number() -> None:
    tasks = [case.task(name) for name in PROVINCES[:3]]
    one = spread(places, tasks, "local", 1)
    assert same(spread(places, tasks, "local", 2), one)
    assert all(np.isfinite(place.values[0]).all() for province in one for place in province)


def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ANSWER_WITHIN <= 8
    monkeypatch.setattr(module, "ANSWER_WITHIN", 1)
    with pytest.raises(
        InputError, match=r"^params.yaml, atlas.scheduler: found no answer at tcp://127.0.0.1:9,"
    ) as told:
        spread(places, [], "tcp://127.0.0.1:9", 1)
    assert len(told.value.faults) == 1


def test_a_scheduler_without_workers_is_one_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_WITHIN", 1)
    with pytest.raises(InputError, match="found no worker at tcp://127"):
        spread(places, [], address, 1)


def test_a_worker_of_another_version_is_one_sentence(start: Start, address: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(case.ROOT / "pipeline", other / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "pipeline/models/counties/model.py").open("a") as file:
        file.write("# another version\n")
    worker(start, address, package=other)
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=PATIENCE)
    with pytest.raises(
        InputError, match=r"atlas.scheduler: found worker tcp://.* with version [0-9a-f]{12}, Python"
    ) as told:
        spread(places, [case.task("tibet")], address, 1)
    assert len(told.value.faults) == 1
