"""The reports by several processes beside one another: the same files, byte for byte, however many there are."""

from __future__ import annotations

import copyreg
import gc
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, get_context, parent_process
from threading import Thread
from types import MappingProxyType
from typing import Any

from pipeline.report.build import Job, files_of, jobs
from pipeline.report.facts import SharedFacts
from pipeline.report.stamp import Stamp

MOST = 4
"""Processes at most: each takes half a gigabyte, and there are not many more reports than this to share out."""

METHOD = "forkserver"
"""How processes start: from one that has read the code and no results, so that none carries the threads of another."""

_begun: list[tuple[SharedFacts, Stamp]] = []
"""In a worker: what it makes reports of, and the stamp they bear."""


class Killed(Exception):  # noqa: N818 - what happened, beside MissingResult
    """A process that made reports was ended from outside."""


def cores() -> int:
    """How many processes to use: one a core that this process may run on, up to `MOST`."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST)


def get_ready(workers: int) -> None:
    """Begin to read the code that workers need, in a process beside this one, which has results to read meanwhile."""
    if workers > 1:
        forkserver.set_forkserver_preload([__name__])
        forkserver.ensure_running()


def reports(shared: SharedFacts, stamp: Stamp, workers: int) -> dict[str, bytes]:
    """The content of every file by its path below the reports folder; one worker is this process itself.

    Raises MissingMessage, MissingResult or MissingGlyph where a page asks for what is not there, and Killed where a
    worker was ended, as for want of memory.
    """
    if workers == 1:
        return {name: content for job in jobs(shared) for name, content in files_of(job, shared, stamp)}
    # The catalogue's read-only views have no pickled form of their own; a worker gets plain copies.
    copyreg.pickle(MappingProxyType, _plain)
    pool = ProcessPoolExecutor(workers, get_context(METHOD), _begin, (shared, stamp))
    try:
        return {name: content for files in pool.map(_made, jobs(shared)) for name, content in files}
    except BrokenProcessPool as error:
        raise Killed("a process that makes reports was killed, perhaps for want of memory; run it again") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _plain(view: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return dict, (dict(view),)


def _begin(shared: SharedFacts, stamp: Stamp) -> None:
    _begun.append((shared, stamp))
    # What all reports share stays to the end: to look through it again and again for rubbish takes a fifth of the time.
    gc.freeze()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for ever for its next report."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _made(job: Job) -> list[tuple[str, bytes]]:
    shared, stamp = _begun[0]
    return list(files_of(job, shared, stamp))
