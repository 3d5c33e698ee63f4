"""`make repro`: a line a stage, how numbers compare, and a record that cannot be read."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from smoke import ROOT, edit

from pipeline.commands import repro as repro_command
from pipeline.commands.dvc import Step, reproduce
from pipeline.errors import Doubt


def test_repro_tells_a_line_a_stage_and_how_the_numbers_compare(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "small"
    shutil.copytree(small, project, ignore=shutil.ignore_patterns("runs"))
    monkeypatch.chdir(project)
    monkeypatch.setattr(repro_command, "compare_numbers", lambda *_: ["12 numbers, all equal to those before."])
    (project / "reports/tables").mkdir()
    repro_command.repro(Path())
    assert capsys.readouterr().out == "Nothing to do: 3 stages are up to date. Read reports/index.html.\n"
    edit(project / "params.yaml", "draws: 4", "draws: 44")
    repro_command.repro(Path())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["first", "last"]
    assert all(re.fullmatch(r"\w+ +[\d.]+ s", line) for line in lines[:2])
    assert lines[2:] == [
        "Ran 2 of 3 stages; the others were up to date. Read reports/index.html.",
        "12 numbers, all equal to those before.",
    ]


def test_the_committed_record_takes_the_place_of_one_that_cannot_be_read(small: Path, tmp_path: Path) -> None:
    project = tmp_path / "cloned"
    shutil.copytree(small, project, ignore=shutil.ignore_patterns("runs"))
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for words in (("init", "-q"), ("add", "dvc.lock"), ("commit", "-qm", "record")):
        subprocess.run([*git, *words], cwd=project, check=True)
    whole = (project / "dvc.lock").read_bytes()
    (project / "dvc.lock").write_bytes(whole[:40])
    found = list(reproduce(project))
    assert [step.how for step in found if isinstance(step, Step)] == ["unchanged"] * 3
    assert "the committed one is back in its place" in str(found[0])
    assert (project / "dvc.lock").read_bytes() == whole


def test_doubts_of_inputs_are_counted_and_not_told_in_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    doubts = [f"{Doubt('a.csv', f'row {row}', 'x', 'y')}\n" for row in (2, 3)]
    assert repro_command.print_steps(["a line\n", *doubts, Step("first", "ran", 1.0)]) == (1, 0)
    said = capsys.readouterr()
    assert said.err == "a line\n"
    assert said.out.splitlines()[1:] == ["2 cells of the inputs may be slips: `python -m pipeline check` names them."]


def test_a_run_with_nothing_to_do_reads_no_library_of_tables() -> None:
    code = "import sys, pipeline.__main__, pipeline.commands.repro; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_on_a_terminal_the_name_of_a_stage_at_work_gives_way_to_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    repro_command.print_steps([Step("first"), "a line\n", Step("first", "ran", 1.0)])
    shown = capsys.readouterr().out
    assert shown == f"first …\r\x1b[K\x1b[K{'first':<36} {'1.0 s':>15}\n"
