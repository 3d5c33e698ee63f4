"""What several files of tests share: one run of the whole pipeline under the smoke profile, and copies of it."""

import os
import shutil
from pathlib import Path

import pytest
from defaults import ROOT, copy_inputs
from filelock import FileLock
from smoke import make_smoke_run
from threadpoolctl import threadpool_limits

from pipeline.domain import Catalogue
from pipeline.inputs.catalogue import load_catalogue
from pipeline.stages.check_inputs import tables as hand_on_inputs

# As `make` sets it: linear algebra on two threads rounds otherwise, and numbers are compared by their bytes. The
# environment is for what is imported from here on; plugins of pytest have imported numpy already.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
threadpool_limits(1, user_api="blas")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ranks", metavar="FOLDER", help="draw the rank histograms of the tests of calibration there")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the smoke run first: it takes longest, and the other worker has the rest to do meanwhile."""
    items.sort(key=lambda item: "smoke_run" not in getattr(item, "fixturenames", ()))


@pytest.fixture
def rank_folder(request: pytest.FixtureRequest) -> Path | None:
    """Where rank histograms are wanted."""
    folder = request.config.getoption("--ranks")
    return None if folder is None else Path(folder)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Regions, indicators, sources and plans of the project. Read only."""
    return load_catalogue(ROOT)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the inputs as stage `check_inputs` hands them on: made once for all workers. Read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder, done = shared / "inputs", shared / "inputs.done"
    with FileLock(shared / "inputs.lock"):
        if not done.exists():
            hand_on_inputs(copy_inputs(folder))
            done.touch()
    return folder


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The project after `dvc repro` under the smoke profile: made once, whichever worker asks first. Read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    project, done = shared / "smoke", shared / "smoke.done"
    with FileLock(shared / "smoke.lock"):
        if not done.exists():
            shutil.rmtree(project, ignore_errors=True)
            make_smoke_run(project)
            done.touch()
    return project


@pytest.fixture(scope="module")
def project(smoke_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the smoke run that the tests of one file may change."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(smoke_run, copy, symlinks=True)
    return copy
