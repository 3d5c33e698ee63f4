"""Writing of tables and text: checked first, in a stable order and format, moved into place when whole."""

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.inputs.table_checks import grid_faults, schema_faults
from pipeline.schemas import Column, Table

TEMPORARY = ".tmp"
SMALLEST = 19
"""Level of compression of files that git keeps."""

EXPECTED = {
    errno.ENOSPC: "room on the disk",
    errno.EDQUOT: "room in the quota",
    errno.EFBIG: "leave for a file of its size",
    errno.EROFS: "a folder that can be written",
    errno.EACCES: "leave to write",
    errno.EPERM: "leave to write",
}

_batch: "ContextVar[Batch | None]" = ContextVar("batch", default=None)


def write_csv(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Write the rows of `frame`, ordered by the key of `table`, as UTF-8 CSV with line feeds.

    Numbers get the fixed number of decimals of their column, or at most as many; blanks stay blank; free text never
    begins like a formula (an apostrophe goes before it). Raises InputError, and leaves what was at `path` as it was,
    where the frame does not fit the table.
    """
    ordered = prepared(frame, table, str(path))
    cells = pd.DataFrame({column.name: _cells(ordered[column.name], column) for column in table.columns})
    write_text(cells.to_csv(index=False, lineterminator="\n"), path)


def write_parquet(frame: pd.DataFrame, path: Path, table: Table, digits: int | None = None) -> None:
    """Write the rows of `frame`, ordered by the key of `table`, as Parquet (zstd), the same bytes each time.

    With `digits`, numbers are rounded to so many significant digits, for files that git keeps. Raises InputError,
    and leaves what was at `path` as it was, where the frame does not fit the table.
    """
    ordered = prepared(frame, table, str(path))
    if digits is not None:
        numbers = ordered.select_dtypes("float")
        ordered[numbers.columns] = significant(numbers.to_numpy(), digits)
    with replaced(path) as temporary:
        level = None if digits is None else SMALLEST
        ordered.to_parquet(temporary, index=False, compression="zstd", compression_level=level)


def significant(values: Array, digits: int = 9) -> Array:
    """Numbers to so many significant digits: what a machine's last bits may change is gone, and all read the same."""
    return np.array([float(f"{value:.{digits - 1}e}") for value in values.ravel().tolist()]).reshape(values.shape)


def write_text(text: str, path: Path) -> None:
    """Write `text` as UTF-8 with line feeds; the file at `path` is either the old or the whole new one."""
    with replaced(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise.

    Within `together` it takes its place when that block ends. Folders above `path` are made. The name is fixed, so
    that what a killed run leaves is overwritten by the next. Raises InputError where there is no room or no leave
    to write.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    with together() as batch:
        try:
            with writable(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                yield temporary
                with temporary.open("rb") as written:
                    os.fsync(written.fileno())
            batch.waiting[path] = temporary
        finally:
            if path not in batch.waiting:
                _discard(temporary)


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Name `path` in one sentence where the block finds no room or no leave to write."""
    try:
        yield
    except OSError as error:
        if error.errno not in EXPECTED:
            raise
        raise InputError([Fault(str(path), "", os.strerror(error.errno).lower(), EXPECTED[error.errno])]) from error


@dataclass
class Batch:
    """Files written and not yet in place, by path, and folders that are to hold nothing but what the batch writes."""

    waiting: dict[Path, Path] = field(default_factory=dict)
    owned: set[Path] = field(default_factory=set)


@contextmanager
def together() -> Iterator[Batch]:
    """Files written in the block take their places when all of it ends well; otherwise every one stays as it was.

    Only the moves are left to the end, so that a full disk or a fault in the last file is met before the first one
    moves. Then what an owned folder no longer holds goes. A block within another is part of it.
    """
    outer = _batch.get()
    if outer is not None:
        yield outer
        return
    batch = Batch()
    token = _batch.set(batch)
    try:
        yield batch
        for path, temporary in batch.waiting.items():
            with writable(path):
                temporary.replace(path)
        for folder in batch.owned:
            with writable(folder):
                _remove_others(folder, {*batch.waiting.keys(), *batch.waiting.values()})
    finally:
        _batch.reset(token)
        for temporary in batch.waiting.values():
            _discard(temporary)


def _discard(temporary: Path) -> None:
    if temporary.exists():  # where nothing can be written, removing what is not there fails too
        temporary.unlink()


def _remove_others(folder: Path, kept: Collection[Path]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()


def prepared(frame: pd.DataFrame, table: Table, file: str) -> pd.DataFrame:
    """`frame` with the columns of `table` in order and type, checked against it and its rows ordered by the key.

    Text with a list of allowed values is ordered as in that list. Raises InputError naming `file`.
    """
    known = [column for column in table.columns if column.name in frame.columns]
    convertible = {column.name: column.dtype for column in known if _converts(frame, column)}
    strangers = [name for name in frame.columns if name not in table.names]
    typed = frame.astype(convertible).reset_index(drop=True)[[*(column.name for column in known), *strangers]]
    faults = schema_faults(typed, table, file)
    if set(table.key) <= set(typed.columns):
        faults += grid_faults(typed, table, file)
    raise_if_any(faults)
    return typed.sort_values(
        list(table.key),
        kind="stable",
        na_position="first",
        ignore_index=True,
        key=lambda values: _rank(values, table.column(str(values.name))),
    )


def _converts(frame: pd.DataFrame, column: Column) -> bool:
    """Whether the column can take its declared type without changing a value."""
    values = frame[column.name]
    kind = values.dtype.kind
    if column.kind == "number":
        return kind in "iuf"
    if column.kind == "integer":
        whole = column.nullable and kind == "f" and bool((values.dropna() % 1 == 0).all())
        return kind in "iu" or whole
    return column.kind == "text" or kind == "b"


def _rank(values: pd.Series, column: Column) -> pd.Series:
    """Numbers in whose order the rows go by this column, blanks first; the values themselves where it has no list."""
    if not column.allowed:
        return values
    return pd.Series(pd.Categorical(values, categories=list(column.allowed)).codes, values.index)


def _cells(values: pd.Series, column: Column) -> pd.Series:
    if column.kind == "number":
        rounded = values.round(column.decimals) + 0.0  # no "-0.0"
        written = rounded.map(f"{{:.{column.decimals}f}}".format, na_action="ignore")
        return written.str.rstrip("0").str.rstrip(".") if column.trimmed and column.decimals else written
    if column.kind == "boolean":
        return values.map({True: "true", False: "false"}, na_action="ignore")
    if column.kind == "text" and not column.allowed and column.pattern is None:
        return values.map(_no_formula, na_action="ignore")
    return values


def _no_formula(text: str) -> str:
    """Free text with an apostrophe before a sign that a spreadsheet would take for the start of a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
