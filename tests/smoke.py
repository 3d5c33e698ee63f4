"""A copy of the project, run by DVC under the smoke profile, and the commands that tests give in one."""

import shutil
import subprocess
import sys
from pathlib import Path

from defaults import ROOT, write_default_params
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.commands.dvc import environment as of_stages
from pipeline.models.sampling import KEPT_CODE

NOT_COPIED = (
    ".git",
    ".venv",
    ".dvc",
    "data/backtest",
    "data/derived",
    "data/inputs",
    "data/projections",
    "data/results",
    "dvc.lock",
    "reports",
    "tests",
    "notebooks",
)
"""What a copy of the project makes itself, or does without."""

CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
COMPILED = (".pyc", ".nbi", ".nbc")
"""Endings of what Python and numba compiled, as against what another process is about to write."""


def copy_project(copy, others):
    """The inputs and the code in a folder that DVC can run: nothing of this tree's results, and none of `others`."""

    def left_out(folder, names):
        here = Path(folder).relative_to(ROOT)
        if here.name == "__pycache__":
            return {name for name in names if not name.endswith(COMPILED)}
        return {name for name in names if name in CACHES or (here / name).as_posix() in (*NOT_COPIED, *others)}

    shutil.copytree(ROOT, copy, ignore=left_out)
    succeeded(dvc(copy, "init", "--no-scm", "--quiet"))


SMALLER = {
    "profile: full": "profile: smoke",
    "{folds: 3, draws: 50, tune: 100}": "{folds: 3, draws: 20, tune: 20}",
    "{chains: 2, draws: 100, tune: 200,": "{chains: 2, draws: 50, tune: 100,",
    "  high_mortality:\n    projection: {mortality: {extra_e0: -2.5}}\n": "",
    "  disability_rising:\n    need: {trend: rising}\n": "",
}
"""What the smoke run changes in params.yaml: no test asks how good its fits are, nor for these scenarios."""


def make_smoke_run(copy):
    """Copy the inputs and the code to `copy` and run them; compiled models are kept, as no draw is compared."""
    copy_project(copy, ["models"])
    write_default_params(copy)
    for old, new in SMALLER.items():
        edit(copy / "params.yaml", old, new)
    succeeded(run(copy, "dvc", "repro", **{KEPT_CODE: str(ROOT / ".pytest_cache/compiled")}))


def threads(number):
    """The environment in which linear algebra uses so many threads."""
    return dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), number)


def environment(project):
    """Of a command: this Python's tools first, one thread, DVC's files inside the project."""
    own = {"DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": str(project / ".dvc/site"), "SHELL": "/bin/sh"}
    return of_stages() | threads("1") | own | {"PYTHONUNBUFFERED": "1"}


def run(project, *words, **variables):
    """A command in the project."""
    given = environment(project) | variables
    return subprocess.run(words, cwd=project, env=given, capture_output=True, text=True, check=False)


def dvc(project, *arguments):
    """`dvc` in the project."""
    return run(project, "dvc", *arguments)


def python(project, *arguments):
    """This Python in the project."""
    return run(project, sys.executable, *arguments)


def succeeded(ran):
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]


def edit(file, old, new):
    """Put `new` for `old`, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def called(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command of the pipeline, in this process."""
    found = CliRunner().invoke(app, arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.stdout, found.stderr


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
