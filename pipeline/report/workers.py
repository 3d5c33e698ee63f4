"""The reports by several processes beside one another: the same files, byte for byte, however many there are."""

import copyreg
from functools import partial
from types import MappingProxyType
from typing import Any

from pipeline.processes import spread_out
from pipeline.report.build import Job, files_of, jobs
from pipeline.report.facts import SharedFacts
from pipeline.report.stamp import Stamp

_begun: list[tuple[SharedFacts, Stamp]] = []
"""In a worker: what it makes reports of, and the stamp they bear."""


def reports(shared: SharedFacts, stamp: Stamp, workers: int) -> dict[str, bytes]:
    """The content of every file by its path below the reports folder.

    Raises MissingMessage, MissingResult or MissingGlyph where a page asks for what is not there, and Killed where a
    worker was ended, as for want of memory.
    """
    # The catalogue's read-only views have no pickled form of their own; a worker gets plain copies.
    copyreg.pickle(MappingProxyType, _plain)
    try:
        found = spread_out(_made, jobs(shared), workers, partial(_begin, shared, stamp))
    finally:
        _begun.clear()
    return {name: content for files in found for name, content in files}


def _plain(view: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return dict, (dict(view),)


def _begin(shared: SharedFacts, stamp: Stamp) -> None:
    _begun.append((shared, stamp))


def _made(job: Job) -> list[tuple[str, bytes]]:
    shared, stamp = _begun[0]
    return list(files_of(job, shared, stamp))
