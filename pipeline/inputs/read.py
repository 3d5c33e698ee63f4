"""Strict reading of CSV tables: nothing is guessed, every fault is named by row and column, all at once."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.documents.text_files import MEBIBYTE, read_text
from pipeline.errors import Fault, InputError, invisible, nearest, shown
from pipeline.inputs.table_checks import FEWEST_TOGETHER, grid_faults, named_rows, row_faults, schema_faults
from pipeline.schemas import Column, Table

CSV_LIMIT = 20 * MEBIBYTE

SEPARATORS = {";": "semicolons", "\t": "tabs", chr(0xFF0C): "full-width commas", "|": "bars"}

MOST_ABOVE = 10
"""Rows among which a header is looked for below a title or a comment."""

_CELLS: Mapping[str, tuple[re.Pattern[str], Callable[[str], object]]] = {
    "integer": (re.compile(r"-?(?:0|[1-9][0-9]{0,14})"), int),
    "number": (re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?"), float),
    "boolean": (re.compile(r"true|false"), lambda cell: cell == "true"),
    "text": (re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?"), str),
}
"""What cells look like by kind of column, and how each is read."""

SUMS = ("total", "totals", "sum", "all", "both", "合计", "总计", "小计", "总人口", "计", "全部", "男女合计")
_BAND = re.compile(r"(\d+)(?:[-~—–至](\d+)|\+|岁?及?以上)岁?")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_DATES = (
    re.compile(r"(?:\d{2,4}[-/年])?(?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?(?:0{1,2}:00(?::00)?)?"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/\d{2,4}"),
    re.compile(r"(?P<day>\d{1,2})-?(?P<name>[A-Za-z]{3})(?:-?\d{2,4})?"),
    re.compile(r"(?P<name>[A-Za-z]{3})-?(?P<day>\d{1,2})"),
)


def check_csv(root: Path, file: str, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
    """The rows of `file` (relative to `root`) that could be read, typed, index i for row i + 2; and every fault.

    Integers that may be blank are Int64, blank numbers are NaN, blank text is missing.
    """
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
    faults = _header_faults(records, table, file)
    if faults:
        return empty, faults
    if not rows:
        return empty, [Fault(file, "", "a header and no rows", "at least one row")]
    width = len(header)
    faults, aside = _age_faults(rows, table, file)
    shapes = {i: (shape, f"{width} cells", "") for i, row in enumerate(rows) if (shape := _other_shape(row, header))}
    ragged = row_faults(shapes, file)
    kept = [i for i in range(len(rows)) if i not in aside and i not in shapes]
    if not kept:
        return empty, faults + ragged
    columns: dict[str, list[object]] = {}
    unreadable: set[int] = set()
    for column, cells in zip(table.columns, zip(*(rows[i] for i in kept), strict=True), strict=True):
        form, read = _CELLS[column.kind]
        known = {cell: read(cell) if form.fullmatch(cell) and cell.isprintable() else None for cell in set(cells)}
        values = [known[cell] for cell in cells]
        bad = [k for k, value in enumerate(values) if value is None and not (column.nullable and cells[k] == "")]
        unreadable.update(bad)
        faults += row_faults({kept[k]: (*_refused(cells[k], column), "") for k in bad}, file, column.name)
        columns[column.name] = values
    frame = pd.DataFrame(columns, index=pd.Index(kept), dtype="object")
    sound = frame.loc[[i for k, i in enumerate(kept) if k not in unreadable]] if unreadable else frame
    typed = sound.astype({column.name: column.dtype for column in table.columns})
    faults += schema_faults(typed, table, file)
    # Where a key is wrong, or stands for several, the rows that seem to be lacking are these.
    keys = tuple(f"column {name}" for name in table.key)
    if not (ragged or aside or any(fault.place.endswith(keys) for fault in faults)):
        faults += grid_faults(frame, table, file)
    faults = ragged + faults
    return typed if faults else typed.reset_index(drop=True), faults


def _header_faults(records: list[list[str]], table: Table, file: str) -> list[Fault]:
    """What is wrong with the first of the records; one fault where one cause made all of it."""
    header, wanted = records[0], ", ".join(table.names)
    expected = f"the columns {wanted}"
    if (at := next((k for k, row in enumerate(records[:MOST_ABOVE]) if tuple(row) == table.names), 0)) > 0:
        above = f"{at} line{'s' if at > 1 else ''} above the header ({shown(' '.join(filter(None, header)))})"
        return [Fault(file, "row 1", above, f"{expected} in row 1")]
    for sign, name in SEPARATORS.items():
        if len(header) == 1 and sign in header[0]:
            return [Fault(file, "row 1", f"cells parted by {name}", f"cells parted by commas, and {expected}")]
    unknown = [name for name in dict.fromkeys(header) if name and name not in table.names]
    hints = {name: nearest(name, [column for column in table.names if column not in header]) for name in unknown}
    missing = [name for name in table.names if name not in header and not any(f" {name}?" in h for h in hints.values())]
    faults = [
        Fault(file, "row 1", f"the column {shown(name)} {times} times", "each column once")
        for name, times in Counter(filter(None, header)).items()
        if times > 1
    ]
    if nameless := header.count(""):
        faults.append(Fault(file, "row 1", f"{nameless} column{'s' if nameless > 1 else ''} without a name", expected))
    if len(unknown) + len(missing) >= FEWEST_TOGETHER:
        return [*faults, Fault(file, "row 1", f"the columns {shown(', '.join(header))[1:-1]}", expected)]
    faults += [Fault(file, "row 1", f"the unknown column {shown(name)}", expected + hints[name]) for name in unknown]
    faults += [Fault(file, "row 1", f"no column {name}", expected) for name in missing]
    if not faults and tuple(header) != table.names:
        faults.append(Fault(file, "row 1", "columns in another order", f"the order {wanted}"))
    return faults


def _other_shape(row: list[str], header: list[str]) -> str:
    """What a row is in the place of one cell below each of the `header`, or nothing."""
    if not any(map(str.strip, row)):
        return "an empty row"
    if row == header:
        return "the header again"
    if len(row) == 1 < len(header):
        return f"a row of one cell ({shown(row[0])})"
    return "" if len(row) == len(header) else f"{len(row)} cells"


def _refused(text: str, column: Column) -> tuple[str, str]:
    """What was found in a cell that cannot be read, and what was expected there."""
    expected, numeric = column.expected(), column.kind in ("integer", "number")
    plain = unicodedata.normalize("NFKC", text)
    if text == "":
        return "a blank", expected
    hints = (
        ("\n" in text, ", on one line (is a quote left open?)"),
        (text != text.strip(), ", without spaces around it"),
        (numeric and not text.isascii() and plain.isascii() and plain[:1].isdigit(), ", in plain digits 0-9"),
        (numeric and re.search(r"\d[, ]\d", plain), ", without thousands separators"),
        (numeric and plain.strip("+-").lower() in ("nan", "inf", "infinity"), ", finite"),
        (numeric and plain[:1].isdigit() and not plain[-1].isdigit(), ", without a unit"),
    )
    hint = next((words for fits, words in hints if fits), "")
    return shown(text), expected + hint if hint or text.isprintable() else invisible(text)


def _age_faults(rows: Sequence[Sequence[str]], table: Table, file: str) -> tuple[list[Fault], set[int]]:
    """One fault for all rows of sums, one for all ages turned into dates, and the rows that are spoken for.

    `rows` are the cells below the header. Tables without a column of age groups have none.
    """
    if not {"age", "sex"} <= {*table.names} or not table.column("age").allowed:
        return [], set()
    places = {name: table.names.index(name) for name in ("age", "sex")}
    sums: dict[int, str] = {}
    dates: dict[int, tuple[str, str]] = {}
    for i, row in enumerate(rows):
        if len(row) != len(table.names):
            continue
        for name, at in places.items():
            allowed = table.column(name).allowed
            # 合　计 and ６０-６４ too: a table set for print has spaces within words, and digits of their width.
            cell = "".join(unicodedata.normalize("NFKC", row[at]).split())
            if cell in allowed:
                continue
            if cell.lower() in SUMS or (name == "age" and _spans(cell, allowed)):
                sums[i] = cell
            elif name == "age" and (meant := _dated(cell, allowed)):
                dates[i] = cell, meant
    faults = []
    if sums:
        words = ", ".join(dict.fromkeys(sums.values()))
        expected = "the single groups alone, which add up to them"
        faults.append(Fault(file, named_rows([*sums]), f"sums ({words})", expected))
    if dates:
        cell, meant = next(iter(dates.values()))
        expected = f"ages, as {meant}: a spreadsheet took them for dates (make the column text, then enter them again)"
        faults.append(Fault(file, f"{named_rows([*dates])}, column age", f"dates ({cell!r})", expected))
    return faults, {*sums, *dates}


def _spans(cell: str, allowed: Sequence[str]) -> bool:
    """Whether a band of ages holds more than one of the allowed groups: 0-14, 65+."""
    band = _BAND.fullmatch(cell)
    if band is None:
        return False
    first, last = int(band[1]), int(band[2]) if band[2] else 999
    starts = [int(found[0]) for group in allowed if (found := re.match(r"\d+", group))]
    whole = first in starts and (not band[2] or last + 1 in starts)
    return whole and sum(first <= start <= last for start in starts) > 1


def _dated(cell: str, allowed: Sequence[str]) -> str | None:
    """The age group that a date was made of: 1-4 of 1月4日 and of 4-Jan; none where it is no date."""
    for form in _DATES:
        if found := form.fullmatch(cell):
            parts = found.groupdict()
            month = int(parts["month"]) if "month" in parts else _MONTHS.get(parts["name"].lower())
            if (meant := f"{month}-{int(parts['day'])}") in allowed:
                return meant
    return None
