"""scripts/setup.sh where things are wrong: it works, or says in one sentence what to do. Python, uv: stand-ins."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from defaults import ROOT

PYTHON = """\
#!/bin/sh
echo "python $*" >> "$LOG"
case "$*" in
  *"sys.version_info"*) exit "${TOO_OLD:-0}";;
  "-m venv"*) [ -z "$NO_VENV" ] || exit 1; mkdir -p "$3/bin"; cp "$0" "$3/bin/python";;
  "-m pip --version") exit 0;;
  "-m pip config list") [ -z "$MIRROR" ] || echo "${SECTION:-global}.index-url='$MIRROR'";;
  "-m pip install"*) [ -z "$NO_NETWORK" ] || exit 1; cp "$STUBS/uv" .venv/bin/uv;;
esac
"""
UV = """\
#!/bin/sh
[ "$1" = --version ] || echo "uv $* | index $UV_DEFAULT_INDEX | cache $UV_CACHE_DIR" >> "$LOG"
"""
TOOLS = ("bash", "sh", "cat", "cp", "dirname", "env", "mkdir", "rm", "sed", "touch", "tr", "uname")
"""All the script may use."""


NOBODY = 65534
URL = "https://mirror.example/simple"


def make_project(made):
    """A project without .git in the folder `made`, and stand-ins beside it; Python 3.12 is there."""
    (made / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/setup.sh", made / "scripts")
    (made / ".python-version").write_text("3.12\n")
    (made / "requirements.lock").write_text("typer==1.0 \\\n    --hash=sha256:0\nuv==0.9.1 \\\n    --hash=sha256:0\n")
    tools, stubs = made / "tools", made / "stubs"
    for folder in (tools, stubs, made / "home"):
        folder.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or name)
    put(tools / "python3.12", PYTHON)
    put(stubs / "uv", UV)
    return made


def put(file, text):
    """A program in the place of what is there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(text)
    file.chmod(0o755)


@pytest.fixture
def project(tmp_path):
    """A project in a path with spaces and Chinese characters."""
    return make_project(tmp_path / "养老 服务")


def set_up(project, user=None, **changes):
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
        user=user,
    )
    return done.returncode, done.stderr, (project / "log").read_text()


def works(project, **changes):
    """What was called by a set-up that ends well."""
    code, said, called = set_up(project, **changes)
    assert (code, said) == (0, "")
    return called


def test_it_sets_up_from_nothing_not_even_git_and_again_without_work(project):
    assert "git" not in TOOLS
    called = works(project)
    assert "-m venv .venv" in called
    assert "uv==0.9.1" in called
    assert "uv pip sync --quiet --python .venv/bin/python requirements.lock | index  | cache \n" in called
    assert (project / ".venv/.ready").exists()
    called = works(project)
    assert "-m venv" not in called
    assert "pip install" not in called


@pytest.mark.parametrize("git", [False, True])
def test_dvc_runs_in_an_archive_and_in_a_clone(tmp_path, git):
    if git:
        assert subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=False).returncode == 0
    (tmp_path / ".dvc").mkdir()
    shutil.copy(ROOT / ".dvc/config", tmp_path / ".dvc")
    (tmp_path / "dvc.yaml").write_text("stages:\n  one:\n    cmd: echo 1 > made\n    outs: [made]\n")
    done = subprocess.run([sys.executable, "-m", "dvc", "repro"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made").read_text() == "1\n"


@pytest.mark.parametrize("name", ["python3.12", "python3.13", "python3.14", "python3", "python"])
def test_any_python_that_is_new_enough_will_do(project, name):
    (project / "tools/python3.12").unlink()
    put(project / "tools" / name, PYTHON)
    called = works(project)
    assert "-m venv .venv" in called


def test_a_user_who_is_not_root_sets_up():
    """As root, in another's name; as anybody else every test of this file says it."""
    with tempfile.TemporaryDirectory() as folder:
        made = make_project(Path(folder) / "project")
        user = NOBODY if os.geteuid() == 0 else None
        (made / "log").write_text("")
        if user is not None:
            for path in (Path(folder), made, *made.rglob("*")):
                os.chown(path, user, user, follow_symlinks=False)
        assert set_up(made, user)[:2] == (0, "")
        assert (made / ".venv/.ready").stat().st_uid == (user or os.geteuid())


NO_PYTHON = "set-up: no Python 3.12 or newer was found on PATH.\nset-up: install one, for example "
UNAME = "#!/bin/sh\necho "


@pytest.mark.parametrize(
    ("tools", "changes", "told"),
    [
        ({}, {"TOO_OLD": "1"}, f"{NO_PYTHON}'pyenv install 3.12', or your system's python3.12 with its venv module."),
        ({"python3.12": ""}, {}, f"{NO_PYTHON}'pyenv install 3.12', or your system's python3.12 with its venv module."),
        (
            {},
            {"NO_VENV": "1"},
            "set-up: {project}/tools/python3.12 has no working venv module: install it, for example "
            "'apt install python3.12-venv'.",
        ),
        (
            {},
            {"NO_NETWORK": "1"},
            "set-up: pip could not install uv==0.9.1: is there a network, or a package mirror that pip is set to use?",
        ),
        *(
            (
                {"uname": UNAME + system},
                {},
                "set-up: on Windows this runs in WSL (Windows Subsystem for Linux): 'wsl --install', then there.",
            )
            for system in ("MINGW64_NT-10.0", "MSYS_NT-10.0", "CYGWIN_NT-10.0")
        ),
    ],
)
def test_what_is_missing_is_one_sentence_and_what_to_do(project, tools, changes, told):
    for name, text in tools.items():
        put(project / "tools" / name, text) if text else (project / "tools" / name).unlink()
    code, said, _ = set_up(project, **changes)
    assert (code, said) == (1, told.format(project=project) + "\n")
    assert (project / ".venv").exists() == ("NO_NETWORK" in changes)


@pytest.mark.parametrize(
    "left",
    [{"uv": ""}, {"python": '#!/bin/sh\ncase "$*" in *pip*) echo "No such file" >&2; exit 1;; esac\n', "uv": UV}],
    ids=["without Python", "without pip"],
)
def test_an_environment_left_half_made_is_made_anew(project, left):
    for name, text in left.items():
        put(project / ".venv/bin" / name, text)
    called = works(project)
    assert "-m venv .venv" in called
    assert "-m pip install" in called


OTHER = "https://mirror.example/other"
ROOT_WRITES = pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").is_dir(), reason="root writes everywhere")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"MIRROR": URL}, f"| index {URL} |"),
        ({"MIRROR": URL, "SECTION": "install"}, f"| index {URL} |"),
        ({"PIP_INDEX_URL": URL}, f"| index {URL} |"),
        ({"MIRROR": URL, "UV_DEFAULT_INDEX": OTHER}, f"| index {OTHER} |"),
        pytest.param({"HOME": "/proc/self"}, "| cache {project}/.venv/.uv-cache", marks=ROOT_WRITES),
    ],
)
def test_uv_is_told_of_the_mirror_that_pip_is_set_to_and_of_a_cache_it_can_write(project, changes, told):
    assert told.format(project=project) in works(project, **changes)


def test_pip_says_what_its_file_sets(tmp_path):
    """As the stand-in does."""
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {URL}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = str(tmp_path / "pip.conf")
    said = subprocess.check_output([sys.executable, "-m", "pip", "config", "list"], env=environment, text=True)
    assert f"global.index-url='{URL}'\n" in said


@ROOT_WRITES
def test_models_are_compiled_where_the_home_cannot_be_written():
    code = (
        "from pipeline.models.sampling import own_compiler; own_compiler(); import pytensor; "
        "open(f'{pytensor.config.compiledir}/made', 'w').close()"
    )
    environment = os.environ | {"HOME": "/proc/self"}
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True)
    assert said.stderr == b""


def test_files_that_were_given_carriage_returns_are_read(project):
    for name in (".python-version", "requirements.lock"):
        (project / name).write_bytes((project / name).read_bytes().replace(b"\n", b"\r\n"))
    called = works(project)
    assert "install --quiet --disable-pip-version-check --force-reinstall uv==0.9.1\n" in called


def test_a_check_out_has_line_feeds_on_every_system(tmp_path):
    """Also where git is set to write carriage returns."""
    names = ["Makefile", "dvc.yaml", "params.yaml", "scripts/setup.sh", "data/sources.yaml", "pipeline/axes.py"]
    there, here = tmp_path / "there", tmp_path / "here"
    for name in (".gitattributes", *names):
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, there / name)
    (there / "free.txt").write_bytes(b"one\r\n")
    mine = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=true")
    for call in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"], ["clone", "-q", ".", str(here)]):
        subprocess.run(["git", *mine, *call], cwd=there, check=True, capture_output=True)
    for name in (*names, "free.txt"):
        assert b"\r" not in (here / name).read_bytes(), name


GNU_ALONE = re.compile(
    r"\b(sed -i|sed --|readlink -f|realpath|date -[dI]|date --|grep -\w*P|grep --|stat -c|cp -\w*[tu]\b|cp --|"
    r"mktemp --|xargs -\w*[rd]\b|sort -\w*[Vh]\b|head -n ?-|find .*-printf|ls --|tar --|timeout \d|nproc|"
    r"tac |md5sum|sha\d+sum|install -D|ln -\w*r\b|mapfile|readarray|declare -A)|\$\{\w+(,,|\^\^)"
)
"""Tools, options and words of a newer bash that macOS and BSD do not have."""


def test_scripts_use_no_tool_that_is_gnu_alone():
    for line in ("sed -i s/a/b/ f", "x=$(readlink -f .)", "grep -oP a", "date -d now", "${x,,}", "cat | xargs -r rm"):
        assert GNU_ALONE.search(line), line
    scripts = [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / "Makefile", ROOT / "dvc.yaml"]
    assert len(scripts) > 3
    lines = [line for file in scripts for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if GNU_ALONE.search(line)] == []


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_terminal_of_another_encoding_gets_no_traceback(tmp_path, encoding):
    """A fault with a sign that GBK does not have, as r̂, from a command in a folder without a project."""
    (tmp_path / "params.yaml").write_text("status: r̂ 养老\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "pipeline", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"params.yaml" in done.stderr
    assert b"Traceback" not in done.stderr
