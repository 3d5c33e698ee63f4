"""Work shared out among processes of this machine: the same results in the same order, however many processes."""

import gc
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, get_context, parent_process
from threading import Thread

MOST = 4
"""Processes at most: each takes half a gigabyte, and a stage has few more tasks than this."""

METHOD = "forkserver"
"""How processes start: from one that has read the code and no data, so that none carries the threads of another."""


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
        return list(pool.map(work, tasks))
    except BrokenProcessPool as error:
        raise Killed("a process was killed, perhaps for want of memory; run it again") from error
    finally:
        pool.shutdown(cancel_futures=True)


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
