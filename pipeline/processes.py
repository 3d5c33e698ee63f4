"""Work shared out among processes of this machine or the workers of a Dask scheduler: the same results, in their order.

No task draws numbers that hang on another, so that neither how many work nor in which order changes a result.
"""

import gc
import os
import platform
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from hashlib import sha256
from multiprocessing import forkserver, get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from pipeline.errors import Fault, InputError

MOST = 4
"""Processes at most: each takes half a gigabyte, and a stage has few more tasks than this."""

METHOD = "forkserver"
"""How processes start: from one that has read the code and no data, so that none carries the threads of another."""

AHEAD = 2
"""Tasks given out at a time, for each worker: one in hand, one that waits."""

ANSWER_WITHIN = 8
"""Seconds within which a scheduler and one worker must answer."""


class Killed(Exception):  # noqa: N818 - what happened, beside MissingResult
    """A process that worked on a task was ended from outside."""


def cores() -> int:
    """How many processes to use: one a core that this process may run on, up to `MOST`."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST)


def get_ready(workers: int, modules: Sequence[str]) -> None:
    """Begin to read the code that workers need, in a process beside this one, which has data to read meanwhile."""
    if workers > 1:
        forkserver.set_forkserver_preload(list(modules))
        forkserver.ensure_running()


def spread_out[T, R](
    work: Callable[[T], R], tasks: Iterable[T], workers: int, begin: Callable[[], None] | None = None
) -> list[R]:
    """`work` on each task, by so many processes, each of which calls `begin` first; one worker is this process itself.

    Functions and tasks must be picklable. Raises what `work` raises, and Killed where a worker was ended.
    """
    if workers == 1:
        if begin is not None:
            begin()
        return [work(task) for task in tasks]
    pool = ProcessPoolExecutor(workers, get_context(METHOD), _begin, (begin,))
    try:
        return _gathered(pool, work, tasks, workers)
    except BrokenProcessPool as error:
        raise Killed("a process was killed, perhaps for want of memory; run it again") from error
    finally:
        pool.shutdown(cancel_futures=True)


def spread_over_cluster[T, R](
    work: Callable[[T], R], tasks: Iterable[T], address: str, place: tuple[str, str]
) -> list[R]:
    """`work` on each task by the workers of the Dask scheduler at `address`; those of a lost one go to another.

    Raises InputError, at a `place` (file and key), where no scheduler or worker answers in time, where a worker has
    other code, and where all are lost.
    """
    from dask import config
    from distributed import Client

    def fault(found: str, expected: str = f"a Dask scheduler with workers within {ANSWER_WITHIN} s") -> Fault:
        return Fault(*place, found, expected)

    with config.set({"distributed.comm.timeouts.connect": ANSWER_WITHIN}):
        try:
            client = Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError([fault(f"no answer at {address}")]) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=ANSWER_WITHIN)
            except OSError as error:
                raise InputError([fault(f"no worker at {address}")]) from error
            versions: dict[str, Any] = client.run(version, on_error="return")
            if others := {worker: found for worker, found in versions.items() if found != version()}:
                raise InputError(fault(f"worker {name} with version {own}", version()) for name, own in others.items())
            try:
                return _gathered(client.get_executor(pure=False, retries=2), work, tasks, len(versions))
            except Exception as error:
                if isinstance(error, CancelledError) or type(error).__module__.startswith("distributed"):
                    raise InputError([fault(str(error), "workers that stay until the work is done")]) from error
                raise


def _gathered[T, R](pool: Executor, work: Callable[[T], R], tasks: Iterable[T], workers: int) -> list[R]:
    """Results in the order of the tasks, which are taken one by one as the first come back: few are held at a time."""
    running: deque[Future[R]] = deque()
    found: list[R] = []
    for task in tasks:
        if len(running) == AHEAD * workers:
            found.append(running.popleft().result())
        running.append(pool.submit(work, task))
        del task
    return found + [future.result() for future in running]


@cache
def version() -> str:
    """A fingerprint of the package's code, and the versions of Python and NumPy."""
    import numpy as np

    package = Path(__file__).parent
    digest = sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{digest.hexdigest()[:12]}, Python {platform.python_version()}, NumPy {np.__version__}"


def _begin(begin: Callable[[], None] | None) -> None:
    if begin is not None:
        begin()
    # What all tasks share stays to the end: to look through it again and again for rubbish takes a fifth of the time.
    gc.freeze()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for ever for its next task."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
