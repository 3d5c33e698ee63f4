import numpy as np
import pandas as pd
import pytest

from pipeline.inputs.table_checks import schema_faults
from pipeline.schemas import Column, RowRule, Table, declared_tables

STRICT = Table(
    "strict",
    "One column of every kind, for these tests.",
    (
        Column("sex", "sex", allowed=("male", "female")),
        Column("code", "code", pattern="[0-9]{2}", nullable=True),
        Column("note", "anything"),
        Column("year", "year", kind="integer", low=2000, high=2100),
        Column("deaths", "deaths", kind="integer", low=0, nullable=True),
        Column("value", "value", "persons", kind="number", low=0, high=1e6),
        Column("share", "share", "share", kind="number", low=0, high=1, nullable=True),
        Column("assumed", "assumed", kind="boolean"),
    ),
    ("sex", "year"),
    rules=(
        RowRule("deaths", "no more deaths than the value", "deaths <= value"),
        RowRule("share", "a share where it is assumed", "share.notna() or not assumed"),
    ),
)


def strict_frame(*changes):
    rows = {
        "sex": ["male", "male", "female"],
        "code": ["01", None, "22"],
        "note": ["a", "b", "c"],
        "year": [2000, 2001, 2100],
        "deaths": [1, pd.NA, 0],
        "value": [1.0, 5.5, 0.0],
        "share": [0.5, np.nan, 1.0],
        "assumed": [True, False, True],
    }
    for column, value in changes:
        rows[column][1] = value
    return pd.DataFrame(rows).astype({column.name: column.dtype for column in STRICT.columns})


WRONG = [
    ("sex", "men"),
    ("sex", None),
    ("code", "7"),
    ("code", "07\n"),
    ("note", None),
    ("year", 1999),
    ("year", 2101),
    ("deaths", -1),
    ("value", -1e-9),
    ("value", 1e6 + 1),
    ("value", np.nan),
    ("value", np.inf),
    ("share", 1.1),
    ("share", np.inf),
]
RIGHT = [("code", "07"), ("code", None), ("note", ""), ("year", 2001), ("deaths", 0), ("value", 1e6), ("share", np.nan)]


@pytest.mark.parametrize(("column", "value"), WRONG, ids=str)
def test_a_cell_that_is_not_as_declared_is_one_fault_with_its_place(column, value):
    faults = schema_faults(strict_frame((column, value)), STRICT, "strict.csv")
    assert f"row 3, column {column}" in {fault.place for fault in faults}
    assert all(fault.place.startswith("row 3") for fault in faults)


@pytest.mark.parametrize(("column", "value"), RIGHT, ids=str)
def test_a_cell_at_the_edge_of_what_is_declared_is_right(column, value):
    assert schema_faults(strict_frame((column, value)), STRICT, "strict.csv") == []


def test_rules_and_keys_name_the_row():
    frame = strict_frame(("deaths", 6), ("sex", "male"), ("year", 2000))
    assert [(f.place, f.expected) for f in schema_faults(frame, STRICT, "strict.csv")] == [
        ("row 3", "one row a key"),
        ("row 3, column deaths", "no more deaths than the value"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame[frame.columns[::-1]],
        lambda frame: frame.drop(columns="note"),
        lambda frame: frame.assign(more=1),
        lambda frame: frame.assign(note=1),
        lambda frame: pd.concat([frame, frame], ignore_index=True),
    ],
)
def test_a_frame_of_another_shape_is_refused(change):
    frame = strict_frame()
    assert schema_faults(frame, STRICT, "strict.csv") == []
    assert schema_faults(change(frame), STRICT, "strict.csv")


@pytest.mark.parametrize(("name", "slip"), [("[SEXES", "[SEXS"), ("GB_CODE", "GB_KODE"), ("grid: sex", "grid: sxe")])
def test_a_declaration_names_only_what_there_is(name, slip):
    columns = "[{sex: {text: sex, allowed: [SEXES, A]}}, {code: {text: code, pattern: GB_CODE}}]"
    text = f"{{shared: {{}}, people: {{what: people, key: sex, grid: sex, columns: {columns}}}}}"
    people = declared_tables(text.encode())["people"]
    assert people.grids[0].axes == {"sex": ("male", "female", "A")}
    with pytest.raises(KeyError, match=slip.split()[-1].strip("[")):
        declared_tables(text.replace(name, slip).encode())
