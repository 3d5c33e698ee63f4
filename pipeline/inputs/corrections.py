"""Corrections of the raw tables: each guarded by the value it expects to find, each with its reason."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field, TypeAdapter

from pipeline.documents.validate import read_model
from pipeline.domain import Correction
from pipeline.errors import Fault, nearest, shown
from pipeline.inputs.table_checks import schema_faults
from pipeline.schemas import Table

CORRECTIONS_FILE = "data/corrections.yaml"
CORRECTIONS = TypeAdapter(Annotated[tuple[Correction, ...], Field(strict=False)])


def load_corrections(root: Path) -> tuple[Correction, ...]:
    """The corrections of the raw tables in the order of their file. Raises InputError."""
    return read_model(root, CORRECTIONS_FILE, CORRECTIONS)[0]


def apply_corrections(
    frame: pd.DataFrame, file: str, corrections: Iterable[Correction]
) -> tuple[pd.DataFrame, list[Fault]]:
    """`frame` (the raw table of `file`) with its corrections, and a fault for each that does not fit.

    Rows are found and old values compared in the frame as it came, so that the order of corrections is free. A
    correction whose rows or old value are not found changes nothing and is a fault.
    """
    corrected = frame.copy()
    faults: list[Fault] = []
    for number, correction in enumerate(corrections, start=1):
        if correction.file != file:
            continue
        if misfit := _misfit(frame, correction, number):
            faults.append(misfit)
            continue
        match = _match(frame, correction)
        corrected.loc[match, correction.column] = correction.value
        if correction.column != "source":
            corrected.loc[match, "source"] = correction.source
    return corrected, faults


def _misfit(frame: pd.DataFrame, correction: Correction, number: int) -> Fault | None:
    """What keeps a correction from fitting its table: a column, the rows, the old value or the kind of the new one."""
    file, column = correction.file, correction.column
    place = f"correction {number} ({', '.join(f'{name} {value}' for name, value in correction.key.items())})"
    for name in (*correction.key, column):
        if name not in frame.columns:
            expected = f"a column of {file}{nearest(name, frame.columns)}"
            return Fault(CORRECTIONS_FILE, place, f"the column {name}", expected)
    match = _match(frame, correction)
    if match.sum() != correction.rows:
        wanted = f"{correction.rows} row{'s' if correction.rows > 1 else ''} of {file} to match the key"
        return Fault(CORRECTIONS_FILE, place, f"{match.sum()} rows", wanted)
    old = frame.loc[match, column]
    differs = old[~(old == correction.expected).fillna(False).astype(bool)]
    if len(differs):
        expected = f"{shown(correction.expected)}, the old value that correction {number} replaces"
        return Fault(file, f"row {differs.index[0] + 2}, column {column}", shown(differs.iloc[0]), expected)
    if isinstance(correction.value, str) == pd.api.types.is_numeric_dtype(frame[column]):
        kind = "text (in quotes)" if not isinstance(correction.value, str) else "a number"
        value = f"the value {shown(correction.value)}"
        return Fault(CORRECTIONS_FILE, place, value, f"{kind}, as column {column} of {file} holds")
    return None


def corrected_faults(
    corrected: pd.DataFrame, raw: pd.DataFrame, table: Table, file: str, corrections: Iterable[Correction]
) -> list[Fault]:
    """Faults of the rows of `corrected` that were corrected in `raw`: a correction may be wrong too."""
    rows = pd.Series(False, index=raw.index)
    for correction in corrections:
        if correction.file == file:
            rows |= _match(raw, correction)
    found = schema_faults(corrected[rows], table, file) if rows.any() else []
    return [Fault(CORRECTIONS_FILE, f"correction of {file}, {at.place}", at.value, at.expected) for at in found]


def _match(frame: pd.DataFrame, correction: Correction) -> pd.Series:
    match = pd.Series(True, index=frame.index)
    for name, value in correction.key.items():
        match &= (frame[name] == value).fillna(False).astype(bool)
    return match


def misplaced(corrections: Iterable[Correction], files: Collection[str]) -> list[Fault]:
    """A fault for each correction of a file that is no raw table."""
    return [
        Fault(CORRECTIONS_FILE, f"correction {number}", shown(file), f"a raw table{nearest(file, files)}")
        for number, file in enumerate((correction.file for correction in corrections), start=1)
        if file not in files
    ]
