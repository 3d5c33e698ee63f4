"""scripts/setup.sh where things are wrong: it works, or says in one sentence what to do. Python, uv: stand-ins."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PYTHON = """\
#!/bin/sh
echo "python $*" >> "$LOG"
case "$*" in
  *"sys.version_info"*) exit "${TOO_OLD:-0}";;
  "-m venv"*) [ -z "$NO_VENV" ] || exit 1; mkdir -p "$3/bin"; cp "$0" "$3/bin/python";;
  "-m pip --version") exit 0;;
  "-m pip config get global.index-url") [ -n "$MIRROR" ] && echo "$MIRROR" || exit 1;;
  "-m pip config"*) exit 1;;
  "-m pip install"*) [ -z "$NO_NETWORK" ] || exit 1; cp "$STUBS/uv" .venv/bin/uv;;
esac
"""
UV = """\
#!/bin/sh
[ "$1" = --version ] || echo "uv $* | index $UV_DEFAULT_INDEX | cache $UV_CACHE_DIR" >> "$LOG"
"""
TOOLS = ("bash", "sh", "cat", "cp", "dirname", "env", "mkdir", "rm", "sed", "touch", "tr", "uname")
"""All the script may use."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a path with spaces and Chinese characters, and a folder of stand-ins beside it."""
    made = tmp_path / "养老 服务"
    (made / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/setup.sh", made / "scripts")
    (made / ".python-version").write_text("3.12\n")
    (made / "requirements.lock").write_text("typer==1.0 \\\n    --hash=sha256:0\nuv==0.9.1 \\\n    --hash=sha256:0\n")
    tools, stubs = made / "tools", made / "stubs"
    for folder in (tools, stubs, made / "home"):
        folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    for file, text in ((tools / "python3.12", PYTHON), (stubs / "uv", UV)):
        file.write_text(text)
        file.chmod(0o755)
    return made


def set_up(project: Path, **changes: str) -> tuple[int, str, str]:
    """Exit code, what it said, and what was called."""
    own = {
        "PATH": str(project / "tools"),
        "HOME": str(project / "home"),
        "LOG": str(project / "log"),
        "STUBS": str(project / "stubs"),
        "LANG": "C",
    }
    (project / "log").write_text("")
    done = subprocess.run(
        [shutil.which("bash") or "bash", "scripts/setup.sh"],
        cwd=project,
        env=own | changes,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr, (project / "log").read_text()


def test_it_sets_up_from_nothing_and_again_without_work(project: Path) -> None:
    code, said, called = set_up(project)
    assert (code, said) == (0, "")
    assert "-m venv .venv" in called
    assert "uv==0.9.1" in called
    assert "uv pip sync --quiet --python .venv/bin/python requirements.lock | index  | cache \n" in called
    assert (project / ".venv/.ready").exists()
    code, said, called = set_up(project)
    assert (code, said) == (0, "")
    assert "-m venv" not in called
    assert "pip install" not in called


def test_no_python_is_one_sentence_and_what_to_do(project: Path) -> None:
    (project / "tools/python3.12").unlink()
    code, said, _ = set_up(project)
    assert code == 1
    assert said.startswith("set-up: no Python 3.12 or newer was found on PATH.\nset-up: install one, ")
    assert "command not found" not in said


def test_a_python_that_is_too_old_counts_for_none(project: Path) -> None:
    code, said, _ = set_up(project, TOO_OLD="1")
    assert (code, said.splitlines()[0]) == (1, "set-up: no Python 3.12 or newer was found on PATH.")


def test_a_python_without_venv_is_named(project: Path) -> None:
    code, said, _ = set_up(project, NO_VENV="1")
    assert code == 1
    assert said.endswith("has no working venv module: install it, for example 'apt install python3.12-venv'.\n")
    assert not (project / ".venv").exists()


def test_an_environment_left_half_made_is_made_anew(project: Path) -> None:
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/uv").write_text("")
    code, said, called = set_up(project)
    assert (code, said) == (0, "")
    assert "-m venv .venv" in called
    assert "-m pip install" in called


@pytest.mark.parametrize("where", ["MIRROR", "PIP_INDEX_URL"])
def test_packages_come_from_the_mirror_that_pip_is_set_to(project: Path, where: str) -> None:
    _, _, called = set_up(project, **{where: "https://mirror.example/simple"})
    assert "| index https://mirror.example/simple |" in called


def test_what_uv_is_told_has_the_last_word(project: Path) -> None:
    _, _, called = set_up(project, MIRROR="https://mirror.example/a", UV_DEFAULT_INDEX="https://mirror.example/b")
    assert "| index https://mirror.example/b |" in called


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").is_dir(), reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_not_needed(project: Path) -> None:
    code, said, called = set_up(project, HOME="/proc/self")
    assert (code, said) == (0, "")
    assert f"| cache {project}/.venv/.uv-cache" in called


def test_no_network_is_one_sentence(project: Path) -> None:
    code, said, _ = set_up(project, NO_NETWORK="1")
    assert code == 1
    assert said == (
        "set-up: pip could not install uv==0.9.1: is there a network, or a package mirror that pip is set to use?\n"
    )


def test_windows_is_told_of_wsl(project: Path) -> None:
    (project / "tools/uname").unlink()
    (project / "tools/uname").write_text("#!/bin/sh\necho MINGW64_NT-10.0\n")
    (project / "tools/uname").chmod(0o755)
    code, said, _ = set_up(project)
    assert code == 1
    assert "WSL" in said


def test_scripts_and_inputs_have_line_feeds_on_every_system() -> None:
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")
    for file in (*(ROOT / "scripts").iterdir(), ROOT / "Makefile"):
        if file.is_file():
            assert b"\r" not in file.read_bytes(), file


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_terminal_of_another_encoding_gets_no_traceback(tmp_path: Path, encoding: str) -> None:
    """A fault with a sign that GBK does not have, as r̂, from a command in a folder without a project."""
    (tmp_path / "params.yaml").write_text("status: r̂ 养老\n", encoding="utf-8")
    python = ROOT / ".venv/bin/python"
    done = subprocess.run(
        [str(python if python.exists() else "python"), "-m", "pipeline", "check"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"params.yaml" in done.stderr
    assert b"Traceback" not in done.stderr
