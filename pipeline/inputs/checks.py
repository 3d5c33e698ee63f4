"""A frame against its table: every fault of its columns, rows, key and grid.

What is asked of a frame stands in its `Table`, and the pandera schema made from that names what is wrong. Loading
pandera and putting all tables to it takes seconds of every stage, so that a frame is first asked the same by `sound`,
which only knows yes from no; a frame that is sound never meets pandera.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from pipeline.documents.words import MOST_SHOWN, nearest, shown
from pipeline.errors import Fault
from pipeline.schemas import DTYPES, Column, Grid, Table


def schema_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    """What the pandera schema of `table` finds wrong; a fault names row i + 2 for index i, as in the file."""
    if sound(frame, table):
        return []
    from pandera.errors import SchemaErrors

    try:
        table.schema().validate(frame, lazy=True)
    except SchemaErrors as error:
        cases: pd.DataFrame = error.failure_cases
        return list(_translated(cases, frame, table, file))
    return []


def sound(frame: pd.DataFrame, table: Table) -> bool:
    """Whether `frame` has the columns of `table` in order and type, no key twice, and only cells and rows it allows.

    No frame in which the pandera schema finds a fault is sound; one that is not may be asked about there.
    """
    return (
        tuple(frame.columns) == table.names
        and all(_sound(frame[column.name], column) for column in table.columns)
        and not (table.key and frame.duplicated(list(table.key)).any())
        and (frame.empty or all(rule.holds(frame).fillna(False).all() for rule in table.rules))
    )


def _sound(values: pd.Series, column: Column) -> bool:
    if str(values.dtype) != DTYPES[column.kind, column.nullable]:
        return False
    if values.hasnans:
        if not column.nullable:
            return False
        values = values.dropna()
    if column.kind == "text":
        if not column.allowed and column.pattern is None:
            return True
        found = values.unique().tolist()
        form = re.compile(column.pattern or ".*")
        return (not column.allowed or set(found) <= set(column.allowed)) and all(map(form.fullmatch, found))
    if column.kind == "boolean":
        return True
    numbers = values.to_numpy()
    return bool(
        (column.kind == "integer" or np.isfinite(numbers).all())
        and (column.low is None or (numbers >= column.low).all())
        and (column.high is None or (numbers <= column.high).all())
    )


def _translated(cases: pd.DataFrame, frame: pd.DataFrame, table: Table, file: str) -> Iterator[Fault]:
    shown_cells: set[tuple[object, object]] = set()
    for (column, check), group in cases.groupby(["column", "check"], dropna=False, sort=False):
        whole_row = str(check).startswith(("rule_", "multiple"))
        faults = []
        for value, row in zip(group["failure_case"], group["index"], strict=True):
            cell = (row, check if whole_row else column)
            if pd.isna(row) or cell not in shown_cells:
                shown_cells.add(cell)
                faults.append(_fault(value, row, str(column), str(check), frame, table, file))
        yield from limited(faults, file)


def _fault(value: Any, row: Any, column: str, check: str, frame: pd.DataFrame, table: Table, file: str) -> Fault:
    if check == "column_in_schema":
        name = str(value)
        return Fault(file, "columns", f"the column {name}{nearest(name, table.names)}", _columns(table))
    if check == "column_in_dataframe":
        return Fault(file, "columns", f"no column {value}", _columns(table))
    if check == "column_ordered":
        return Fault(file, "columns", f"the column {value} out of order", _columns(table))
    if pd.isna(row):
        return Fault(file, f"column {column}", shown(value), check)
    if check == "multiple_fields_uniqueness":
        keys = frame[list(table.key)]
        same = (keys.eq(keys.loc[row]) | (keys.isna() & keys.loc[row].isna())).all(axis=1)
        first = same.index[same][0]
        key = ", ".join(f"{name} {_cell(part)}" for name, part in keys.loc[row].items())
        return Fault(file, f"row {row + 2}", f"the key of row {first + 2} again ({key})", "one row a key")
    if check.startswith("rule_"):
        rule = table.rules[int(check.removeprefix("rule_"))]
        return Fault(file, f"row {row + 2}, column {rule.column}", _found(frame.loc[row, rule.column]), rule.expected)
    spec = table.column(column)
    hint = nearest(value, spec.allowed) if spec.allowed else ""
    return Fault(
        file,
        f"row {row + 2}, column {column}",
        _found(value),
        spec.expected() + hint,
    )


def _found(value: Any) -> str:
    return "a blank" if pd.isna(value) else shown(value)


def _cell(value: object) -> str:
    return "blank" if pd.isna(value) else str(value)  # type: ignore[call-overload]


def _columns(table: Table) -> str:
    return "the columns " + ", ".join(table.names)


def grid_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    """Rows that the grids of `table` ask for and the frame lacks, one fault for each group of them.

    `frame` may hold no more than the key columns.
    """
    return limited([fault for grid in table.grids for fault in _lacking(frame, table, grid, file)], file)


def _lacking(frame: pd.DataFrame, table: Table, grid: Grid, file: str) -> Iterator[Fault]:
    for name, value in grid.where.items():
        frame = frame[frame[name] == value]
    *outer, last = grid.axes
    rest = [name for name in table.key if name not in grid.axes and name not in grid.where]
    present = set(frame[[*rest, *outer, last]].itertuples(index=False, name=None))
    groups = dict.fromkeys(row[: len(rest)] for row in present) if rest else {(): None}
    for group in groups:
        for head in product(*(grid.axes[name] for name in outer)):
            lacking = [str(value) for value in grid.axes[last] if (*group, *head, value) not in present]
            if not lacking:
                continue
            where = [*grid.where.items(), *zip(rest, group, strict=True), *zip(outer, head, strict=True)]
            yield Fault(
                file,
                ", ".join(f"{name} {value}" for name, value in where),
                f"no row for {_some(lacking, last, len(grid.axes[last]))}",
                f"each {last} from {grid.axes[last][0]} to {grid.axes[last][-1]}",
            )


def _some(lacking: list[str], name: str, all_of_them: int) -> str:
    if len(lacking) == all_of_them:
        return f"any {name}"
    more = f" and {len(lacking) - 8} more" if len(lacking) > 8 else ""
    return f"{name} {', '.join(lacking[:8])}{more}"


def limited(faults: list[Fault], file: str) -> list[Fault]:
    """The faults, cut at MOST_SHOWN with one last fault that counts the rest."""
    if len(faults) <= MOST_SHOWN:
        return faults
    rest = Fault(file, "", f"{len(faults) - MOST_SHOWN} more faults of the same kind", faults[0].expected)
    return [*faults[:MOST_SHOWN], rest]
