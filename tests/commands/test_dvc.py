"""What DVC says: which stage runs, what stopped it, a record that cannot be read; `make repro`: a line a stage."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from smoke import ROOT, edit

from pipeline.commands import dvc
from pipeline.commands.dvc import Step, environment, print_steps, refusal, reproduce, steps
from pipeline.errors import Doubt


def test_steps_are_read_from_what_dvc_says_and_only_stages_are_heard() -> None:
    said = [
        "Stage 'check_inputs' didn't change, skipping\n",
        "Running stage 'build_baseline':\n",
        "> python -m pipeline.stages.build_baseline\n",
        "a census is odd\n",
        "Generating lock file 'dvc.lock'\n",
        "\n",
        "Stage 'draw_areas' is cached - skipping run, checking out outputs\n",
        "Running stage 'measure_gap@central':\n",
        "Updating lock file 'dvc.lock'\n",
        "\n",
        "To track the changes with git, run:\n",
        "\tgit add dvc.lock\n",
        "Use `dvc push` to send your updates to remote storage.\n",
    ]
    ticks = iter(range(0, 100, 10))
    assert list(steps(said, lambda: next(ticks))) == [
        Step("check_inputs", "unchanged"),
        Step("build_baseline"),
        "a census is odd\n",
        Step("build_baseline", "ran", 10),
        Step("draw_areas", "from the cache"),
        Step("measure_gap@central"),
        Step("measure_gap@central", "ran", 10),
    ]


@pytest.mark.parametrize(
    ("said", "file", "found"),
    [
        ("ERROR: unexpected error - [Errno 13] Permission denied: '/p/.dvc/tmp/lock'", "/p/.dvc/tmp/lock", "no write"),
        ("ERROR: Unable to acquire lock. Most likely another DVC process is running", ".dvc", "another run of DVC"),
        ("ERROR: '/p/params.yaml' is busy, it is being blocked by:\n  (PID 7)", ".dvc", "another run of DVC"),
        ("'./dvc.yaml' validation failed.\n\nextra keys, in stages -> a, line 4", "dvc.yaml", "extra keys, in stages"),
        (
            "'./dvc.lock' is invalid.\n\nMapping values, in line 77\n  77 │ hash: md5",
            "dvc.lock",
            "text that DVC cannot read",
        ),
        (
            "'dvc.lock' validation failed.\n\nrequired key not provided, in schema",
            "dvc.lock",
            "text that DVC cannot read",
        ),
        ("ERROR: you are not inside of a DVC repository", "here", "not inside of a DVC repository"),
    ],
)
def test_what_stops_dvc_is_named_and_dvc_yaml_blamed_for_its_own_faults_alone(said: str, file: str, found: str) -> None:
    fault = refusal(said, Path("here"))
    assert fault.file == file
    assert found in fault.value


def test_stages_keep_what_python_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a container forbids it, every stage would compile pandas and the rest anew."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "some.py").touch()
    subprocess.run([sys.executable, "-c", "import some"], cwd=tmp_path, env=environment(), check=True)
    assert [path.suffix for path in (tmp_path / "__pycache__").iterdir()] == [".pyc"]


def test_repro_tells_a_line_a_stage_and_how_the_numbers_compare(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "small"
    shutil.copytree(small, project, ignore=shutil.ignore_patterns("runs"))
    monkeypatch.chdir(project)
    monkeypatch.setattr(dvc, "compare_numbers", lambda *_: ["12 numbers, all equal to those before."])
    (project / "reports/tables").mkdir()
    dvc.repro(Path())
    assert capsys.readouterr().out == "Nothing to do: 3 stages are up to date. Read reports/index.html.\n"
    edit(project / "params.yaml", "draws: 4", "draws: 44")
    dvc.repro(Path())
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
    assert print_steps(["a line\n", *doubts, Step("first", "ran", 1.0)]) == (1, 0)
    said = capsys.readouterr()
    assert said.err == "a line\n"
    assert said.out.splitlines()[1:] == ["2 cells of the inputs may be slips: `python -m pipeline check` names them."]


def test_a_run_with_nothing_to_do_reads_no_library_of_tables() -> None:
    code = "import sys, pipeline.__main__, pipeline.commands.dvc; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_on_a_terminal_the_name_of_a_stage_at_work_gives_way_to_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_steps([Step("first"), "a line\n", Step("first", "ran", 1.0)])
    shown = capsys.readouterr().out
    assert shown == f"first …\r\x1b[K\x1b[K{'first':<36} {'1.0 s':>15}\n"
