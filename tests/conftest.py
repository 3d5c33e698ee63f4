"""What several files of tests share: one run of the whole pipeline under the smoke profile, and copies of it."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from defaults import ROOT, copy_inputs
from filelock import FileLock
from smoke import make_smoke_run
from threadpoolctl import threadpool_limits

from pipeline.inputs.catalogue import load_catalogue
from pipeline.stages.check_inputs import check_inputs as hand_on_inputs
from pipeline.stages.common import run

# As `make` sets it: linear algebra on two threads rounds otherwise, and numbers are compared by their bytes. The
# environment is for what is imported from here on; plugins of pytest have imported numpy already.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
threadpool_limits(1, user_api="blas")


def pytest_addoption(parser):
    parser.addoption("--ranks", metavar="FOLDER", help="draw the rank histograms of the tests of calibration there")


def pytest_collection_modifyitems(items):
    """Tests of the smoke run first: it takes longest, and the other worker has the rest to do meanwhile."""
    items.sort(key=lambda item: "smoke_run" not in getattr(item, "fixturenames", ()))


@pytest.fixture
def rank_folder(request):
    """Where rank histograms are wanted."""
    folder = request.config.getoption("--ranks")
    return None if folder is None else Path(folder)


@pytest.fixture
def as_stage(monkeypatch, capsys):
    """Does the work of a stage's module in a project as DVC has it done: exit code, standard output and error."""

    def ended(project, module, work, owns=()):
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "argv", [module.__file__])
        code = 0
        try:
            run(work, owns=owns)
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return ended


@pytest.fixture(scope="session")
def catalogue():
    """Regions, indicators, sources and plans of the project. Read only."""
    return load_catalogue(ROOT)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id):
    """Makes a folder for all workers, by the first one that asks for it. Read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def folder_of(name, make):
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def inputs(made_once):
    """A folder with the inputs as stage `check_inputs` hands them on. Read only."""
    return made_once("inputs", lambda folder: hand_on_inputs(copy_inputs(folder)))


@pytest.fixture(scope="session")
def smoke_run(made_once):
    """The project after `dvc repro` under the smoke profile. Read only."""
    return made_once("smoke", make_smoke_run)


@pytest.fixture(scope="module")
def project(smoke_run, tmp_path_factory):
    """A copy of the smoke run that the tests of one file may change."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(smoke_run, copy, symlinks=True)
    return copy
