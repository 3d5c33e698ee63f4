"""Strict reading of CSV tables: nothing is guessed, every fault is named by row and column, all at once."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pandas as pd

from pipeline.documents.fault_words import invisible, nearest, shown
from pipeline.documents.text_files import MEBIBYTE, read_text
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.inputs.ages import age_faults
from pipeline.inputs.table_checks import grid_faults, limited, schema_faults
from pipeline.schemas import DTYPES, Column, Table

CSV_LIMIT = 20 * MEBIBYTE

_PATTERNS = {
    "integer": re.compile(r"-?(?:0|[1-9][0-9]{0,14})"),
    "number": re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?"),
    "boolean": re.compile(r"true|false"),
    "text": re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?"),
}


def read_csv(root: Path, file: str, table: Table) -> pd.DataFrame:
    """The table in `file` (a path relative to `root`), typed, with the columns in the order of `table`.

    The frame has a RangeIndex: row i + 2 of the file is index i. Integers that may be blank are Int64, blank
    numbers are NaN, blank text is missing. Raises InputError with every fault of the file.
    """
    frame, faults = check_csv(root, file, table)
    raise_if_any(faults)
    return frame


def check_csv(root: Path, file: str, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    """As `read_csv`, but hands back the faults; the frame holds the rows that could be read, index i for row i + 2."""
    try:
        text = read_text(root, file, CSV_LIMIT)
    except InputError as error:
        return pd.DataFrame(columns=list(table.names)), list(error.faults)
    return parse_csv(file, text, table)


def parse_csv(file: str, text: str, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    """As `check_csv`, of a text that was read; `file` names it in faults."""
    empty = pd.DataFrame(columns=list(table.names))
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        place = f"row {len(records) + 1}"
        return empty, [Fault(file, place, f"broken CSV ({error})", "comma-separated cells, every quote closed")]
    header, *rows = records
    faults = _header_faults(header, table, file)
    if faults:
        return empty, faults
    if not rows:
        return empty, [Fault(file, "", "a header and no rows", "at least one row")]
    width = len(header)
    sums, aside = age_faults(rows, table, file)
    faults += sums
    ragged = [
        Fault(file, f"row {i + 2}", "an empty row" if not row else f"{len(row)} cells", f"{width} cells")
        for i, row in enumerate(rows)
        if len(row) != width
    ]
    kept = [i for i, row in enumerate(rows) if len(row) == width and i not in aside]
    if not kept:
        return empty, faults + limited(ragged, file)
    columns: dict[str, list[object]] = {}
    unreadable: set[int] = set()
    for column, cells in zip(table.columns, zip(*(rows[i] for i in kept), strict=True), strict=True):
        known = {cell: _value(cell, column) for cell in set(cells)}
        values = [known[cell] for cell in cells]
        bad = [k for k, value in enumerate(values) if value is None and not (column.nullable and cells[k] == "")]
        unreadable.update(bad)
        faults += limited([_cell_fault(file, kept[k], cells[k], column) for k in bad], file)
        columns[column.name] = values
    frame = pd.DataFrame(columns, index=pd.Index(kept), dtype="object")
    sound = frame.loc[[i for k, i in enumerate(kept) if k not in unreadable]] if unreadable else frame
    typed = sound.astype({column.name: DTYPES[column.kind, column.nullable] for column in table.columns})
    faults += schema_faults(typed, table, file)
    # Where a key is wrong in row after row, or became a date, the rows that seem to be lacking are these.
    keys = tuple(f"column {name}" for name in table.key)
    astray = any(fault.place.startswith("rows ") and fault.place.endswith(keys) for fault in faults)
    if not (ragged or astray or any(fault.value.startswith("dates") for fault in sums)):
        faults += grid_faults(frame, table, file)
    faults = limited(ragged, file) + faults
    return typed if faults else typed.reset_index(drop=True), faults


def _header_faults(header: list[str], table: Table, file: str) -> list[Fault]:
    wanted = ", ".join(table.names)
    faults = []
    for name, times in Counter(header).items():
        if times > 1:
            faults.append(Fault(file, "row 1", f"the column {shown(name)} {times} times", "each column once"))
        if name not in table.names:
            hint = nearest(name, table.names)
            faults.append(Fault(file, "row 1", f"the unknown column {shown(name)}", f"the columns {wanted}{hint}"))
    missing = [name for name in table.names if name not in header]
    faults += [Fault(file, "row 1", f"no column {name}", f"the columns {wanted}") for name in missing]
    if not faults and tuple(header) != table.names:
        faults.append(Fault(file, "row 1", "columns in another order", f"the order {wanted}"))
    return faults


def _value(cell: str, column: Column) -> object:
    """What the cell holds, or None where it is blank or cannot be read."""
    if _PATTERNS[column.kind].fullmatch(cell) is None or not cell.isprintable():
        return None
    match column.kind:
        case "integer":
            return int(cell)
        case "number":
            return float(cell)
        case "boolean":
            return cell == "true"
        case _:
            return cell


def _cell_fault(file: str, index: int, text: str, column: Column) -> Fault:
    place = f"row {index + 2}, column {column.name}"
    expected = column.expected()
    plain = unicodedata.normalize("NFKC", text)
    if text == "":
        return Fault(file, place, "a blank", expected)
    if "\n" in text:
        expected += ", on one line (is a quote left open?)"
    elif text != text.strip():
        expected += ", without spaces around it"
    elif not text.isascii() and plain.isascii() and column.kind in ("integer", "number"):
        expected += ", in plain digits 0-9"
    elif column.kind in ("integer", "number") and "," in plain:
        expected += ", without thousands separators"
    elif column.kind in ("integer", "number") and plain.strip("+-").lower() in ("nan", "inf", "infinity"):
        expected += ", finite"
    elif column.kind in ("integer", "number") and plain[:1].isdigit() and not plain[-1].isdigit():
        expected += ", without a unit"
    elif not text.isprintable():
        expected = invisible(text)
    return Fault(file, place, shown(text), expected)
