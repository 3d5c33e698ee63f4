import errno
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.inputs.read import check_csv
from pipeline.results.write import replaced, together, write_csv, write_parquet, write_text
from pipeline.schemas import Column, Table

NAMES = ("a.csv", "b.csv", "figures/c.svg")
CALLS = 7
"""Calls that change the disk: three files written, three moved, one stale file removed."""


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path):
    for name in (*NAMES, "figures/stale.svg"):
        write_text("old", tmp_path / "out" / name)
    return tmp_path / "out"


def write_all(folder):
    with together() as batch:
        batch.owned.add(folder)
        for name in NAMES:
            write_text("new", folder / name)


def write_half(folder, error):
    with together() as batch:
        batch.owned.add(folder)
        write_text("new", folder / "a.csv")
        with replaced(folder / "b.csv") as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise error


def test_files_come_into_place_together_and_stale_ones_go(folder):
    with together():
        write_all(folder)
        assert {name: files(folder)[name] for name in NAMES} == dict.fromkeys(NAMES, "old")
    assert files(folder) == dict.fromkeys(NAMES, "new")


def test_a_fault_in_a_file_leaves_every_one_as_it_was_and_no_room_is_one_sentence(folder):
    before = files(folder)
    with pytest.raises(ZeroDivisionError):
        write_half(folder, ZeroDivisionError())
    with pytest.raises(InputError) as found:
        write_half(folder, OSError(errno.ENOSPC, "as the system says it"))
    assert str(found.value) == f"{folder}/b.csv: found no space left on device, expected room on the disk"
    assert files(folder) == before


def _killed_at(work, folder, call):
    """Do the work in the folder and be killed at one of the calls that change the disk."""
    calls = iter(range(call + 1))

    def deadly(change):
        def changed(*arguments, **named):
            if next(calls) == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **named)

        return changed

    for name in ("replace", "unlink", "write_text"):
        setattr(Path, name, deadly(getattr(Path, name)))
    work(folder)


def ended(work, folder, call):
    """How a process ended that was killed at the call, or came to the end of its work before."""
    process = multiprocessing.get_context("fork").Process(target=_killed_at, args=(work, folder, call))
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("call", range(CALLS + 1))
def test_killed_at_any_call_no_file_is_torn_and_the_next_run_mends_it(folder, call):
    assert ended(write_all, folder, call) == (0 if call == CALLS else -signal.SIGKILL)
    left = {name: text for name, text in files(folder).items() if not Path(name).name.startswith(".")}
    assert set(left.values()) <= {"old", "new"}
    assert left.keys() >= set(NAMES)
    write_all(folder)
    assert files(folder) == dict.fromkeys(NAMES, "new")


def test_an_owned_folder_holds_what_was_written_and_nothing_else(folder):
    write_text("left by a run that was killed", folder / "figures/.gone.svg.tmp")
    write_text("a neighbour", folder.parent / "other/kept.csv")
    write_all(folder)
    assert files(folder) == dict.fromkeys(NAMES, "new")
    assert files(folder.parent / "other") == {"kept.csv": "a neighbour"}


SMALL = Table(
    "small",
    "A table for these tests.",
    (
        Column("sex", "sex", allowed=("male", "female")),
        Column("year", "year", kind="integer", low=2000, nullable=True),
        Column("value", "value", "persons", kind="number", low=0, nullable=True, decimals=2),
        Column("assumed", "assumed", kind="boolean"),
    ),
    ("sex", "year"),
)


def small():
    return pd.DataFrame(
        {
            "year": [2021.0, np.nan, 2020.0, 2020.0],
            "sex": ["female", "male", "male", "female"],
            "value": [1 / 3, np.nan, 2e6, -0.0],
            "assumed": [True, False, False, True],
        }
    )


def test_csv_is_ordered_fixed_and_read_back(tmp_path):
    path = tmp_path / "deep/er/small.csv"
    write_csv(small(), path, SMALL)
    assert path.read_bytes() == (
        b"sex,year,value,assumed\nmale,,,false\nmale,2020,2000000.00,false\n"
        b"female,2020,0.00,true\nfemale,2021,0.33,true\n"
    )
    shuffled = small().sample(frac=1, random_state=1)
    write_csv(shuffled, tmp_path / "again.csv", SMALL)
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()
    back, _ = check_csv(tmp_path, "again.csv", SMALL)
    assert back["year"].isna().sum() == 1
    assert back["assumed"].dtype == bool
    assert [entry.name for entry in path.parent.iterdir()] == ["small.csv"]


def test_parquet_is_the_same_bytes_whatever_the_order(tmp_path):
    write_parquet(small(), tmp_path / "one.parquet", SMALL)
    write_parquet(small()[::-1], tmp_path / "two.parquet", SMALL)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize(
    ("breaking", "sentence"),
    [
        (
            lambda frame: frame.assign(value=-1.0),
            r"rows 2, 3, 4, 5, column value: found -1, expected a number of at least 0",
        ),
        (lambda frame: frame.assign(value=np.inf), r"column value: found inf"),
        (lambda frame: frame.assign(sex="men"), r"column sex: found 'men', expected one of male, female"),
        (lambda frame: frame.assign(year=2020), r"found the key of row \d+ again"),
        (lambda frame: frame.drop(columns="value"), r"found the columns sex, year, assumed, expected the columns"),
        (lambda frame: frame.assign(vaule=1), r"found the columns .*vaule, expected the columns"),
        (lambda frame: frame.assign(value="3"), r"column value"),
        (lambda frame: frame.assign(year=2020.5), r"column year"),
    ],
)
def test_nothing_is_written_when_a_result_is_wrong(tmp_path, breaking, sentence):
    path = tmp_path / "small.csv"
    path.write_text("the last good result\n")
    with pytest.raises(InputError, match=sentence):
        write_csv(breaking(small()), path, SMALL)
    with pytest.raises(InputError, match=sentence):
        write_parquet(breaking(small()), path, SMALL)
    assert path.read_text() == "the last good result\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["small.csv"]


def test_free_text_in_a_csv_never_begins_a_formula(tmp_path):
    table = Table(
        "t",
        "",
        (
            Column("year", "", kind="integer"),
            Column("sign", "", allowed=(">=", "=")),
            Column("note", "", nullable=True),
        ),
        ("year",),
    )
    notes = ["=1+1", "@SUM(A1)", "a = b", None]
    frame = pd.DataFrame({"year": range(2020, 2024), "sign": "=", "note": notes})
    write_csv(frame, tmp_path / "t.csv", table)
    rows = (tmp_path / "t.csv").read_text().splitlines()[1:]
    assert rows == ["2020,=,'=1+1", "2021,=,'@SUM(A1)", "2022,=,a = b", "2023,=,"]
