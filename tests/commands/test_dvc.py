"""What DVC says, heard: which stage runs, and what stopped it."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands.dvc import Step, environment, refusal, steps


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
