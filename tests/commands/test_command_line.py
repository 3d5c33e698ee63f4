"""The commands: each says what it does and how it ends, and asking costs no heavy import."""

import re
import subprocess
import sys

import pytest
from command_line import called
from defaults import ROOT

COMMANDS = ("check", "run", "compare", "explain", "status", "new-region", "new-plan", "defaults")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_how_it_exits(command: str) -> None:
    code, said, _ = called(command, "--help")
    assert code == 0
    assert "Exit codes" in said
    assert called(command, "--no-such-option")[0] == 2


def test_help_lists_every_command_and_imports_no_package_of_the_pipeline() -> None:
    code = (
        "import sys; from pipeline.__main__ import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'pydantic', 'dvc', 'ruamel.yaml'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\b", said, flags=re.MULTILINE), command
