"""Tasks of the atlas on processes, and on a real scheduler of the loopback: the bytes of one, whatever happens."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import atlas_case as case
import numpy as np
import pytest
from distributed import Client

from pipeline import processes
from pipeline.errors import InputError
from pipeline.model.atlas import places
from pipeline.processes import spread_out, spread_over_cluster

PROVINCES = ("ningxia", "hainan", "qinghai", "tibet", "shanghai", "jilin")
PLACE = ("params.yaml", "atlas.scheduler")
PATIENCE = 60.0


def until(holds):
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@pytest.fixture
def start(tmp_path):
    """Start a part of a cluster in a folder that holds no data; all are ended when the test is."""
    running = []
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()

    def begun(part, *options, package=case.ROOT):
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
def address(start, tmp_path):
    """The address of a scheduler without workers."""
    file = tmp_path / "scheduler.json"
    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    until(lambda: file.is_file() and file.stat().st_size > 0)
    return str(json.loads(file.read_text(encoding="utf-8"))["address"])


def worker(start, address, package=case.ROOT):
    return start("worker", address, "--no-nanny", "--nthreads", "1", package=package)


def as_bytes(found):
    assert found
    return [{code: values.tobytes() for code, values in province.items()} for province in found]


def test_two_workers_one_of_which_is_killed_give_the_bytes_of_one_process(start, address):
    tasks = [case.task(name) for name in PROVINCES]
    expected = [places(task) for task in tasks]
    workers = [worker(start, address) for _ in range(2)]
    found = []
    with Client(address, set_as_default=False) as watcher:
        watcher.wait_for_workers(2, timeout=PATIENCE)
        work = threading.Thread(target=lambda: found.append(spread_over_cluster(places, tasks, address, PLACE)))
        work.start()
        until(lambda: all(watcher.processing().values()) and len(watcher.processing()) == 2)
        workers[0].send_signal(signal.SIGKILL)
        work.join(PATIENCE)
        assert len(watcher.scheduler_info()["workers"]) == 1
    assert as_bytes(found[0]) == as_bytes(expected)


def test_processes_of_this_machine_give_the_same_bytes_in_any_number():
    tasks = [case.task(name) for name in PROVINCES[:3]]
    one = spread_out(places, tasks, 1)
    assert as_bytes(spread_out(places, iter(tasks), 2)) == as_bytes(one)
    assert all(np.isfinite(values[0]).all() for province in one for values in province.values())


def test_a_scheduler_that_does_not_answer_or_has_no_workers_is_one_sentence(address, monkeypatch):
    assert processes.ANSWER_WITHIN <= 8
    monkeypatch.setattr(processes, "ANSWER_WITHIN", 1)
    for place, found in (("tcp://127.0.0.1:9", "no answer"), (address, "no worker")):
        with pytest.raises(InputError, match=rf"^params.yaml, atlas.scheduler: found {found} at {place},") as told:
            spread_over_cluster(places, [], place, PLACE)
        assert len(told.value.faults) == 1


def test_a_worker_of_another_version_is_one_sentence(start, address, tmp_path):
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
        spread_over_cluster(places, [case.task("tibet")], address, PLACE)
    assert len(told.value.faults) == 1
