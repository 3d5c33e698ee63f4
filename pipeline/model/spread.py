"""Tasks on many processes, of this machine or of a cluster, by Dask; the results are those of one process.

A task carries all that it needs and draws its own random numbers, so that who works on it, how many they are, and
whether one dies in the middle (Dask gives its tasks to another) changes no number. Linear algebra runs on one thread
in every worker: with more, sums run in another order.
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import Fault, InputError
from pipeline.settings import PARAMS_FILE
from pipeline.settings.atlas_settings import LOCAL

if TYPE_CHECKING:
    from distributed import Client

KEY = "atlas.scheduler"
ANSWER_WITHIN = 8
"""Seconds within which a scheduler and one worker must answer."""

MALLOC = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")

AHEAD = 2
"""Tasks a worker has at most: one in hand, one that waits."""

ROOMS = ("care", "demography", "domain.py", "model", "models", "random.py", "shortfall")
"""What of this package decides the numbers of a task."""


@cache
def version() -> str:
    """A fingerprint of the code that works on tasks, and the versions of Python and NumPy."""
    package = Path(__file__).parents[1]
    digest = sha256()
    for room in ROOMS:
        path = package / room
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{digest.hexdigest()[:12]}, Python {platform.python_version()}, NumPy {np.__version__}"


def spread[T, R](work: Callable[[T], R], tasks: Iterable[T], scheduler: str, workers: int) -> list[R]:
    """`work` on each task, results in their order; `scheduler` is "local" or an address, `workers` count if local.

    Tasks are taken one by one as workers come free, so that few of them are held at a time. One local worker is this
    process itself. Raises InputError where no scheduler or worker answers in time, or a worker has other code.
    """
    if scheduler == LOCAL and workers == 1:
        return [single_threaded(work, task) for task in tasks]
    with client_of(scheduler, workers) as client:
        if scheduler != LOCAL:
            same_version(client, scheduler)
        try:
            return _gathered(client, work, tasks)
        except Exception as error:
            if type(error).__module__.startswith(("distributed", "asyncio")):
                expected = "workers that stay until the work is done"
                raise InputError([Fault(PARAMS_FILE, KEY, str(error), expected)]) from error
            raise


def _gathered[T, R](client: Client, work: Callable[[T], R], tasks: Iterable[T]) -> list[R]:
    """Results in the order of the tasks, of which each worker has one to work on and one that waits."""
    from distributed import as_completed

    running = as_completed(loop=client.loop)
    place: dict[str, int] = {}
    found: dict[int, R] = {}

    def take() -> None:
        future = next(running)
        found[place[future.key]] = future.result()

    for at, task in enumerate(tasks):
        while running.count() >= AHEAD * max(1, len(client.nthreads())):
            take()
        future = client.submit(single_threaded, work, task, pure=False, retries=2)
        place[future.key] = at
        running.add(future)
        del task, future
    while running.count():
        take()
    return [found[at] for at in range(len(found))]


def single_threaded[T, R](work: Callable[[T], R], task: T) -> R:
    """`work` with linear algebra on one thread."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return work(task)


@contextmanager
def client_of(scheduler: str, workers: int) -> Iterator[Client]:
    """A Dask client of local worker processes or of the scheduler at an address; InputError where none answers."""
    import dask
    from distributed import Client, LocalCluster

    # Dask has its workers hand freed memory back at once, and every array of a task is then mapped anew.
    kept = {f"distributed.nanny.pre-spawn-environ.{name}": str(1 << 30) for name in MALLOC}
    quiet = kept | {
        "distributed.comm.timeouts.connect": ANSWER_WITHIN,
        "distributed.admin.large-graph-warning-threshold": "1GB",
    }
    with dask.config.set(quiet):
        if scheduler != LOCAL:
            try:
                client = Client(scheduler, timeout=ANSWER_WITHIN, set_as_default=False)
            except (OSError, TimeoutError, ValueError) as error:
                raise InputError([_unanswered(scheduler)]) from error
            with client:
                yield client
            return
        with (
            tempfile.TemporaryDirectory(prefix="atlas-") as scratch,
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                local_directory=scratch,
                silence_logs=50,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


def same_version(client: Client, scheduler: str) -> None:
    """Raise InputError where the scheduler has no worker, or one with other code than this process."""
    try:
        client.wait_for_workers(1, timeout=ANSWER_WITHIN)
    except (OSError, TimeoutError) as error:
        raise InputError([_unanswered(scheduler, "no worker")]) from error
    found: dict[str, Any] = client.run(version, on_error="return")
    faults = []
    for worker, answer in sorted(found.items()):
        if answer != version():
            answered = answer if isinstance(answer, str) else f"no such code ({type(answer).__name__})"
            faults.append(Fault(PARAMS_FILE, KEY, f"worker {worker} with version {answered}", version()))
    if faults:
        raise InputError(faults)


def _unanswered(scheduler: str, found: str = "no answer") -> Fault:
    return Fault(PARAMS_FILE, KEY, f"{found} at {scheduler}", f"a Dask scheduler with workers within {ANSWER_WITHIN} s")
