"""A frame against its `Table`: every fault of its columns, cells, key, rules and grid."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import Doubt, Fault, nearest, shown
from pipeline.schemas import Column, Grid, Table

MOST_SHOWN = 20
"""Faults of one kind that are listed one by one; the rest are counted in one more."""
FEWEST_TOGETHER = 4
"""Rows with the same wrong value in a column from which on one fault tells of all."""
MOST_ROWS = 12
"""Rows that one fault names."""

MEANT = {"男": "male", "女": "female", "m": "male", "f": "female"}


def schema_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    """What is wrong with a typed frame but for its grid; a fault names row i + 2 for index i, as in the file."""
    if tuple(frame.columns) != table.names:
        found = ", ".join(map(str, frame.columns))
        return [Fault(file, "", f"the columns {found}", f"the columns {', '.join(table.names)}")]
    faults: list[Fault] = []
    wrong: dict[str, list[int]] = {column.name: [] for column in table.columns}
    for column in table.columns:
        values, name = frame[column.name], column.name
        if str(values.dtype) != column.dtype:
            faults.append(Fault(file, f"column {name}", str(values.dtype), column.dtype))
            continue
        wrong[name] = _wrong_rows(values, column)
        cells = {row: values.loc[row] for row in wrong[name]}
        told = {row: (_found(cell), column.expected(), _near(cell, column)) for row, cell in cells.items()}
        faults += row_faults(told, file, name)
    faults += _key_faults(frame, table, file)
    for rule in table.rules if len(frame) else ():
        # What a blank leaves open is no breach: a blank where none may be is a fault of its own, as is a wrong cell.
        breach = frame.index[~rule.holds(frame).fillna(True).astype(bool)].difference(wrong[rule.column])
        cells = frame.loc[breach, rule.column].to_dict()
        faults += row_faults({row: (_found(cell), rule.expected, "") for row, cell in cells.items()}, file, rule.column)
    return faults


def _wrong_rows(values: pd.Series, column: Column) -> list[int]:
    """The places of the cells that a column may not have."""
    blank = values.isna()
    known = values[~blank]
    wrong = pd.Series(False, index=known.index)
    if column.allowed:
        wrong |= ~known.isin(column.allowed)
    if column.pattern is not None:
        fits = {text: re.fullmatch(column.pattern, text) is not None for text in known.unique().tolist()}
        wrong |= ~known.map(fits).astype(bool)
    if column.kind == "number":
        wrong |= ~np.isfinite(known)
    if column.low is not None:
        wrong |= known < column.low
    if column.high is not None:
        wrong |= known > column.high
    return [*known.index[wrong.astype(bool)], *(() if column.nullable else values.index[blank])]


def row_faults(wrong: Mapping[int, tuple[str, str, str]], file: str, column: str = "") -> list[Fault]:
    """One fault a row, or one for FEWEST_TOGETHER or more rows of which the same was expected.

    `wrong` has, by place below the header, what was found, what was expected and what may have been meant there.
    """
    alike: dict[str, list[int]] = {}
    for row in sorted(wrong):
        alike.setdefault(wrong[row][1], []).append(row)
    faults = []
    for expected, rows in alike.items():
        for together in [rows] if len(rows) >= FEWEST_TOGETHER else [[row] for row in rows]:
            found, _, hint = wrong[together[0]]
            others = len({wrong[row][0] for row in together}) - 1
            found += f" and {others} other{'s' if others > 1 else ''}" if others else ""
            place = named_rows(together) + (f", column {column}" if column else "")
            faults.append(Fault(file, place, found, expected + hint))
    return limited(faults, file)


def named_rows(places: Sequence[int]) -> str:
    """Rows of a file as a fault names them, of their places below the header: row 2, or rows 2, 3 and 40 more."""
    numbers = [str(row + 2) for row in places]
    more = f" and {len(numbers) - MOST_ROWS} more" if len(numbers) > MOST_ROWS else ""
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(numbers[:MOST_ROWS])}{more}"


def _near(value: object, column: Column) -> str:
    """The allowed value that may have been meant; of ages only one with the same digits: 65+ is no slip of 85+."""
    options = column.allowed
    if column.name == "age":
        digits = re.findall(r"\d+", unicodedata.normalize("NFKC", str(value)))
        return next((f" (did you mean {option}?)" for option in options if re.findall(r"\d+", option) == digits), "")
    meant = MEANT.get(str(value).lower())
    return f" (did you mean {meant}?)" if meant in options else nearest(value, options)


def _key_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    keys = frame[list(table.key)]
    if not table.key or not (again := keys.duplicated()).any():
        return []
    rows = pd.Series(frame.index, index=frame.index)
    first = rows.groupby([keys[name] for name in table.key], dropna=False, sort=False).transform("first")
    wrong = {}
    for row in frame.index[again]:
        words = ", ".join(f"{name} {'blank' if pd.isna(part) else part}" for name, part in keys.loc[row].items())
        wrong[row] = f"the key of row {first[row] + 2} again ({words})", "one row a key", ""
    return row_faults(wrong, file)


def _found(value: object) -> str:
    return "a blank" if pd.isna(value) else shown(value)  # type: ignore[call-overload]


def raw_file(name: str) -> str:
    """The file of a shared raw table: births, wpp2024/mx."""
    return f"data/raw/{name}.csv"


def unknown_names(frame: pd.DataFrame, column: str, known: Collection[str], expected: str, file: str) -> list[Fault]:
    """A fault for each row whose name in a column is not known; the nearest that is known is named."""
    strangers: dict[Any, str] = frame.loc[~frame[column].isin(known), column].to_dict()
    faults = [
        Fault(file, f"row {row + 2}, column {column}", shown(name), expected + nearest(name, known))
        for row, name in strangers.items()
    ]
    return limited(faults, file)


def each_row(
    wrong: pd.DataFrame, file: str, place: str, found: str, expected: str, kind: type[Fault] = Fault
) -> list[Any]:
    """A fault or doubt for each row, its three parts being formats filled with the row's values."""
    rows: list[Any] = wrong.to_dict("records")
    faults = [kind(file, place.format_map(row), found.format_map(row), expected.format_map(row)) for row in rows]
    return limited(faults, file)


def grid_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    """One fault for each group of rows that the grids of `table` ask for and the frame (its key columns) lacks."""
    return limited([fault for grid in table.grids for fault in _lacking(frame, table, grid, file)], file)


def _lacking(frame: pd.DataFrame, table: Table, grid: Grid, file: str) -> Iterator[Fault]:
    for name, value in grid.where.items():
        frame = frame[frame[name] == value]
    *outer, last = grid.axes
    values = grid.axes[last]
    rest = [name for name in table.key if name not in grid.axes and name not in grid.where]
    present = set(frame[[*rest, *outer, last]].itertuples(index=False, name=None))
    groups = dict.fromkeys(row[: len(rest)] for row in present) if rest else {(): None}
    for group, head in product(groups, product(*(grid.axes[name] for name in outer))):
        if lacking := [str(value) for value in values if (*group, *head, value) not in present]:
            more = f" and {len(lacking) - 8} more" if len(lacking) > 8 else ""
            named = f"{last} {', '.join(lacking[:8])}{more}" if len(lacking) < len(values) else f"any {last}"
            where = [*grid.where.items(), *zip(rest, group, strict=True), *zip(outer, head, strict=True)]
            place = ", ".join(f"{name} {value}" for name, value in where)
            yield Fault(file, place, f"no row for {named}", f"each {last} from {values[0]} to {values[-1]}")


def limited[Found: Fault](faults: list[Found], file: str) -> list[Found]:
    """The faults or doubts, cut at MOST_SHOWN with one last one that counts the rest."""
    if len(faults) <= MOST_SHOWN:
        return faults
    words = "values" if isinstance(faults[0], Doubt) else "faults"
    rest = type(faults[0])(file, "", f"{len(faults) - MOST_SHOWN} more {words} of the same kind", faults[0].expected)
    return [*faults[:MOST_SHOWN], rest]
