"""Stage `published`: whether the reports are, file by file, those that stage `report` wrote.

DVC wants each output named in dvc.yaml, where a plan must not need an edit. So stage `report` lists what it wrote in
one file, which DVC knows, and this stage, which depends on the whole folder, holds the folder against the list: a
report that was lost or edited by hand stops the run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

from pipeline.documents.files import read_text
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.stages.common import run

REPORTS_FOLDER = Path("reports")
MANIFEST = "manifest.csv"
OTHERS = ("atlas", "checks", "tables")
"""Folders below it that other stages write."""

AGAIN = "`dvc repro --force --single-item report` writes it again"


def published(root: Path) -> None:
    """Hold every file of the list against the folder. Raises InputError naming each that is gone or another."""
    faults = []
    for name, digest in _entries(root).items():
        file = root / REPORTS_FOLDER / name
        if not file.is_file():
            faults.append(Fault(str(REPORTS_FOLDER / name), "", "no file", f"the report of the last run; {AGAIN}"))
        elif sha256(file.read_bytes()).hexdigest() != digest:
            expected = f"the file as the last run wrote it; {AGAIN}"
            faults.append(Fault(str(REPORTS_FOLDER / name), "", "other content", expected))
    raise_if_any(faults)


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The list of the files of all reports: path below the reports folder, size, SHA-256; in the order of the paths."""
    rows = [f"{name},{len(files[name])},{sha256(files[name]).hexdigest()}\n" for name in sorted(files)]
    return "".join(["file,bytes,sha256\n", *rows]).encode()


def listed(root: Path) -> set[str]:
    """The files below the reports folder that the last run wrote; none where there was no run."""
    return set(_entries(root)) if (root / REPORTS_FOLDER / MANIFEST).is_file() else set()


def _entries(root: Path) -> dict[str, str]:
    """SHA-256 by path. Raises InputError where the list is not one, or names a path outside the reports folder."""
    file = f"{REPORTS_FOLDER}/{MANIFEST}"
    rows = csv.DictReader(io.StringIO(read_text(root, file, 1 << 20)))
    entries = {row.get("file") or "": row.get("sha256") or "" for row in rows}
    strange = [name for name in entries if not _of_a_report(PurePosixPath(name)) or str(PurePosixPath(name)) != name]
    if strange:
        expected = "the path, below the folder, of a file that stage report writes"
        raise InputError([Fault(file, "column file", repr(name), expected) for name in strange])
    return entries


def _of_a_report(path: PurePosixPath) -> bool:
    """Whether the path stays below the reports folder and out of the folders that other stages write."""
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.parts[0] not in OTHERS


if __name__ == "__main__":
    run(published)
