import json
import re
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from smoke import ROOT, called, edit

from pipeline.commands import dvc
from pipeline.commands.dvc import environment, refusal, reproduce, stale_stages, status, status_text, tell_steps
from pipeline.errors import Doubt, InputError

DOUBTS = [f"{Doubt('a.csv', f'row {row}', 'x', 'y')}\n" for row in (2, 3)]


def ran(stage, how):
    return f"{stage:<36} {how:>15}\n"


def test_only_stages_are_heard_of_what_dvc_says_and_doubts_are_counted(monkeypatch, capsys):
    said = [
        "Stage 'check_inputs' didn't change, skipping\n",
        "Running stage 'build_baseline':\n",
        "> python -m pipeline.stages.build_baseline\n",
        "a census is odd\n",
        *DOUBTS,
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
    monkeypatch.setattr("time.monotonic", count(step=10).__next__)
    assert tell_steps(said) == (3, 1)
    told = capsys.readouterr()
    lines = (ran("build_baseline", "10.0 s"), ran("draw_areas", "from the cache"), ran("measure_gap@central", "10.0 s"))
    doubts = "2 cells of the inputs may be slips: `python -m pipeline check` names them.\n"
    assert (told.out, told.err) == ("".join(lines) + doubts, "a census is odd\n")


def test_on_a_terminal_the_name_of_a_stage_at_work_gives_way_to_its_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("time.monotonic", count().__next__)
    tell_steps(["Running stage 'first':\n", "a line\n"])
    assert capsys.readouterr().out == f"first …\r\x1b[K\x1b[K{ran('first', '1.0 s')}"


def test_what_a_failing_stage_printed_is_left_to_its_error(capsys):
    def failing():
        yield from ("Running stage 'first':\n", "a line\n")
        raise dvc.StageError

    with pytest.raises(dvc.StageError):
        tell_steps(failing())
    assert capsys.readouterr() == ("", "")


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
            "text that DVC cannot",
        ),
        ("'dvc.lock' validation failed.\n\nrequired key not provided, in schema", "dvc.lock", "text that DVC cannot"),
        ("ERROR: you are not inside of a DVC repository", "here", "not inside of a DVC repository"),
    ],
)
def test_what_stops_dvc_is_named_and_dvc_yaml_blamed_for_its_own_faults_alone(said, file, found):
    fault = refusal(said, Path("here"))
    assert fault.file == file
    assert found in fault.value


def test_stages_keep_what_python_compiled(tmp_path, monkeypatch):
    """Where a container forbids it, every stage would compile pandas and the rest anew."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "some.py").touch()
    subprocess.run([sys.executable, "-c", "import some"], cwd=tmp_path, env=environment(), check=True)
    assert [path.suffix for path in (tmp_path / "__pycache__").iterdir()] == [".pyc"]


@pytest.fixture
def copied(small, tmp_path):
    """The small pipeline as it ran, to be changed."""
    return shutil.copytree(small, tmp_path / "small", ignore=shutil.ignore_patterns("runs"))


def test_repro_tells_a_line_a_stage_and_how_the_numbers_compare(copied, monkeypatch, capsys):
    monkeypatch.chdir(copied)
    monkeypatch.setattr(dvc, "compare_numbers", lambda *_: ["12 numbers, all equal to those before."])
    (copied / "reports/tables").mkdir()
    dvc.repro(Path())
    assert capsys.readouterr().out == "Nothing to do: 3 stages are up to date. Read reports/index.html.\n"
    edit(copied / "params.yaml", "draws: 4", "draws: 44")
    dvc.repro(Path())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["first", "last"]
    assert all(re.fullmatch(r"\w+ +[\d.]+ s", line) for line in lines[:2])
    assert lines[2:] == [
        "Ran 2 of 3 stages; the others were up to date. Read reports/index.html.",
        "12 numbers, all equal to those before.",
    ]


def test_the_committed_record_takes_the_place_of_one_that_cannot_be_read(copied, capsys):
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for words in (("init", "-q"), ("add", "dvc.lock"), ("commit", "-qm", "record")):
        subprocess.run([*git, *words], cwd=copied, check=True)
    whole = (copied / "dvc.lock").read_bytes()
    (copied / "dvc.lock").write_bytes(whole[:40])
    assert reproduce(copied) == (0, 3)
    assert "the committed one is back in its place" in capsys.readouterr().err
    assert (copied / "dvc.lock").read_bytes() == whole


def test_a_run_with_nothing_to_do_reads_no_library_of_tables():
    code = "import sys, pipeline.__main__, pipeline.commands.dvc; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_status_says_why_a_stage_is_stale_and_what_follows():
    parameters = {"params.yaml": {"seed": "modified", "draws": "new"}, "pipeline/models": "modified"}
    found = {
        "fit": [{"changed deps": parameters}, {"changed outs": {"models/posterior": "deleted"}}],
        "report": ["changed command"],
    }
    graph = 'strict digraph {\n"fit";\n"gap";\n"report";\n"fit" -> "gap";\n"gap" -> "report";\n}'
    assert status_text(stale_stages(found, graph)).splitlines() == [
        "fit is stale:",
        "  params.yaml: seed was changed",
        "  params.yaml: draws is new",
        "  pipeline/models was changed",
        "  the result models/posterior is not there",
        "report is stale:",
        "  its command in dvc.yaml was changed",
        "  it reads what gap will write anew",
        "gap is stale:",
        "  it reads what fit will write anew",
    ]
    assert status_text([]) == "Everything is up to date."


def test_status_of_a_pipeline_names_the_parameter(copied, monkeypatch):
    monkeypatch.chdir(copied)
    assert status(Path()) == []
    edit(copied / "params.yaml", "draws: 4", "draws: 6")
    code, said, _ = called("status", "--json")
    reason = {"kind": "parameter", "what": "params.yaml: draws", "change": "modified"}
    assert code == 0
    assert json.loads(said) == {
        "up_to_date": False,
        "stages": [
            {"stage": "first", "reasons": [reason], "after": []},
            {"stage": "last", "reasons": [], "after": ["first"]},
        ],
    }


@pytest.mark.parametrize("record", ["{{{", "", 'schema: "2.0"\nstages: 5\n'])
def test_a_record_that_cannot_be_read_is_named(copied, record):
    (copied / "dvc.lock").write_text(record)
    with pytest.raises(InputError) as raised:
        status(copied)
    assert str(raised.value) == (
        "dvc.lock: found text that DVC cannot read, expected the record of a run; the next run sets this aside"
    )
