"""What tests of commands share: a project of inputs alone, and a small pipeline that ran."""

import subprocess

import pytest
from bad_inputs.check import read_once
from defaults import copy_inputs

from pipeline.commands.dvc import DVC, environment

PIPELINE = """\
stages:
  first:
    cmd: python -c "print(open('params.yaml').read(), file=open('data/raw/a', 'w'))"
    params: [draws]
    outs: [data/raw/a]
  other:
    cmd: python -c "open('reports/b', 'w').write('b'); open('models/posterior/c', 'w').write('c')"
    params: [seed]
    outs: [{reports/b: {cache: false}}, {models/posterior/c: {cache: false}}]
  last:
    cmd: python -c "assert '4' in open('data/raw/a').read()"
    deps: [data/raw/a]
"""


@pytest.fixture(scope="session", autouse=True)
def parsed_once():
    """Inputs of which a test changes nothing are parsed once."""
    with read_once():
        yield


@pytest.fixture(name="project")
def inputs_alone(tmp_path, monkeypatch):
    """The inputs of the project in a folder of their own, which is the working directory."""
    copy_inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A pipeline of three stages that ran once; its last one fails unless it reads a 4."""
    root = tmp_path_factory.mktemp("small")
    for folder in ("data/raw", "reports", "pipeline", "models/posterior"):
        (root / folder).mkdir(parents=True)
    (root / ".gitignore").touch()
    (root / "dvc.yaml").write_text(PIPELINE)
    (root / "params.yaml").write_text("seed: 1\ndraws: 4\n")
    for arguments in (("init", "--no-scm", "--quiet"), ("repro", "--quiet")):
        subprocess.run([*DVC, *arguments], cwd=root, env=environment(), check=True, capture_output=True)
    return root
