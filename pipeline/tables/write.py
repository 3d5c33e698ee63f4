"""Writing of tables and text: checked first, in a stable order and format, moved into place when whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from pipeline.errors import raise_if_any
from pipeline.tables.checks import grid_faults, schema_faults
from pipeline.tables.schemas import DTYPES, Column, Table


def write_csv(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Write the rows of `frame`, ordered by the key of `table`, as UTF-8 CSV with line feeds.

    Numbers get the fixed number of decimals of their column, blanks stay blank, and free text never begins like a
    formula (an apostrophe goes before it). Raises InputError, and leaves
    what was at `path` as it was, where the frame does not fit the table.
    """
    ordered = prepared(frame, table, str(path))
    cells = pd.DataFrame({column.name: _cells(ordered[column.name], column) for column in table.columns})
    write_text(cells.to_csv(index=False, lineterminator="\n"), path)


def write_parquet(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Write the rows of `frame`, ordered by the key of `table`, as Parquet (zstd), the same bytes each time.

    Raises InputError, and leaves what was at `path` as it was, where the frame does not fit the table.
    """
    ordered = prepared(frame, table, str(path))
    with replaced(path) as temporary:
        ordered.to_parquet(temporary, engine="pyarrow", index=False, compression="zstd")


def write_text(text: str, path: Path) -> None:
    """Write `text` as UTF-8 with line feeds; the file at `path` is either the old or the whole new one."""
    with replaced(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise.

    Folders above `path` are made. The name is fixed, so that what a killed run leaves is overwritten by the next.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def prepared(frame: pd.DataFrame, table: Table, file: str) -> pd.DataFrame:
    """`frame` with the columns of `table` in order and type, checked against it and its rows ordered by the key.

    Text with a list of allowed values is ordered as in that list. Raises InputError naming `file`.
    """
    known = [column for column in table.columns if column.name in frame.columns]
    convertible = {column.name: DTYPES[column.kind, column.nullable] for column in known if _converts(frame, column)}
    strangers = [name for name in frame.columns if name not in table.names]
    typed = frame.astype(convertible).reset_index(drop=True)[[*(column.name for column in known), *strangers]]
    faults = schema_faults(typed, table, file)
    if set(table.key) <= set(typed.columns):
        faults += grid_faults(typed, table, file)
    raise_if_any(faults)
    ranks = pd.DataFrame({name: _rank(typed[name], table.column(name)) for name in table.key})
    return typed.loc[ranks.sort_values(list(table.key), kind="stable", na_position="first").index].reset_index(
        drop=True
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
    if not column.allowed:
        return values
    order = {value: rank for rank, value in enumerate(column.allowed)}
    return values.map(order)


def _cells(values: pd.Series, column: Column) -> pd.Series:
    if column.kind == "number":
        rounded = values.round(column.decimals) + 0.0  # no "-0.0"
        return rounded.map(f"{{:.{column.decimals}f}}".format, na_action="ignore")
    if column.kind == "boolean":
        return values.map({True: "true", False: "false"}, na_action="ignore")
    if column.kind == "text" and not column.allowed and column.pattern is None:
        return values.map(_no_formula, na_action="ignore")
    return values


def _no_formula(text: str) -> str:
    """Free text with an apostrophe before a sign that a spreadsheet would take for the start of a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
