"""scripts/repro.sh: runs of DVC beside one another that never meet, and that fail where one of them fails."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from test_stages import expanded, overlap

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts/repro.sh"

DVC = """#!/usr/bin/env bash
echo "$@" >> "$LOG"
case " $* " in *" $FAILING "*) exit 3;; esac
"""
"""Stands in for DVC: says what it was asked for, and fails where a target is the one that fails."""


def rounds() -> list[tuple[set[str], set[str]]]:
    """The targets that run beside one another, in the order of the rounds."""
    text = SCRIPT.read_text(encoding="utf-8")
    listed = {
        name: set(stages.split()) for name, stages in re.findall(r"^(\w+)=\(([^)]*)\)$", text, flags=re.MULTILINE)
    }
    pairs = re.findall(r'round "\$\{(\w+)\[@\]\}" -- "\$\{(\w+)\[@\]\}"', text)
    return [(listed[one], listed[other]) for one, other in pairs]


def with_upstream(targets: set[str]) -> set[str]:
    """The stages that DVC looks at for some targets."""
    stages = expanded()
    waiting = [name for name in stages if name.partition("@")[0] in targets]
    assert {name.partition("@")[0] for name in waiting} == targets
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            reads = stages[name]["deps"]
            makers = (
                other for other in stages if any(overlap(out, dep) for out in stages[other]["outs"] for dep in reads)
            )
            waiting += makers
    return seen


def test_runs_beside_one_another_touch_no_file_that_the_other_makes() -> None:
    stages = expanded()
    done: set[str] = set()
    assert rounds()
    for one, other in rounds():
        first, second = with_upstream(one), with_upstream(other)
        assert not first & second
        for makers, readers in ((first, second), (second, first)):
            outs = [out for name in makers for out in stages[name]["outs"]]
            paths = [path for name in readers for path in (*stages[name]["deps"], *stages[name]["outs"])]
            assert not [(out, path) for out in outs for path in paths if overlap(out, path)]
        done |= first | second
    # Left for the last run: what joins both sides, and what nothing waits for.
    assert set(stages) - done == {"report", "published"}


def run(tmp_path: Path, failing: str, *arguments: str) -> tuple[int, list[str]]:
    """Exit code of the script and what DVC was asked for."""
    command, log = tmp_path / "dvc", tmp_path / "log"
    command.write_text(DVC, encoding="utf-8")
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "LOG": str(log),
        "FAILING": failing,
    }
    code = subprocess.run(["bash", str(SCRIPT), *arguments], env=environment, check=False).returncode
    return code, log.read_text(encoding="utf-8").splitlines()


def test_everything_is_run_in_the_end(tmp_path: Path) -> None:
    code, asked = run(tmp_path, "none")
    assert code == 0
    assert len(asked) == 2 * len(rounds()) + 1
    assert asked[-1] == "--wait-for-lock repro"


@pytest.mark.parametrize(("failing", "asked"), [("margins", 2), ("checks", 2), ("scores", 4), ("why", 4)])
def test_what_fails_beside_or_before_stops_the_rest(tmp_path: Path, failing: str, asked: int) -> None:
    code, found = run(tmp_path, failing)
    assert code != 0
    assert len(found) == asked


def test_with_arguments_it_is_dvc_repro(tmp_path: Path) -> None:
    assert run(tmp_path, "none", "--dry", "report") == (0, ["--wait-for-lock repro --dry report"])
