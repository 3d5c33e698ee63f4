"""Runs killed at random moments: no file is torn, and the next run ends with the bytes of one left in peace.

A round changes the inputs so that every stage is stale, then walks through the stages in their order: DVC is started on
the stage, killed at a random moment between its start and its usual end, and started again. `KILLS` (50 by default)
says how many kills there are in all.
"""

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
import smoke
from defaults import ROOT

from tests.faults import micro

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("KILLS", "50"))
ROUND = len(micro.stages(ROOT))
"""Kills in a round: one for every stage."""

VICTIMS = ("all", "dvc", "all", "stage")
"""Whom the kills hit in turn: every process of the run; DVC alone, and the stage lives on; the stage alone."""


class Walk:
    """The micro-project between two states of its inputs, and what undisturbed runs made of both."""

    def __init__(self, project):
        self.project = project
        micro.build(project)
        self.stages = micro.stages(project)
        smoke.succeeded(micro.repro(project))
        self.changed = False
        self.undisturbed = {False: micro.snapshot(project)}
        self.turn()
        self.seconds = {}
        for stage in self.stages:
            started = time.monotonic()
            smoke.succeeded(micro.repro(project, stage))
            self.seconds[stage] = time.monotonic() - started
        self.undisturbed[True] = micro.snapshot(project)

    def turn(self):
        """Change the inputs to their other state: every stage is stale afterwards."""
        self.changed = not self.changed
        micro.turn(self.project, self.changed)

    def kill(self, stage, share, victim):
        """Start DVC on the stage and kill it after a share of the time the stage takes; again where it was quicker."""
        words, delay = ["dvc", "repro", "--no-run-cache", stage], share * self.seconds[stage]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        while True:
            process = subprocess.Popen(words, cwd=self.project, env=smoke.environment(self.project), **silent)
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                below = descendants(process.pid) if victim == "stage" else []
                if victim == "dvc":
                    os.kill(process.pid, signal.SIGKILL)
                elif not below:
                    os.killpg(process.pid, signal.SIGKILL)
                for child in below:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                process.wait()
                return
            words, delay = ["dvc", "repro", "--no-run-cache", "--force", "--single-item", stage], 0.7 * delay


def descendants(process):
    """The processes below one, the stage that DVC runs and its shell; none once it has ended."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [*children, *(below for child in children for below in descendants(child))]


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    return Walk(tmp_path_factory.mktemp("kills") / "project")


@pytest.mark.parametrize("number", range(-(-KILLS // ROUND)))
def test_a_killed_run_tears_nothing_and_the_next_one_ends_as_if_undisturbed(walk, number):
    chance = random.Random(number)
    hit = set(chance.sample(walk.stages, min(ROUND, KILLS - number * ROUND)))
    before, _ = walk.undisturbed[walk.changed], walk.turn()
    after = walk.undisturbed[walk.changed]
    waiting = []
    for position, stage in enumerate(walk.stages):
        if stage in hit:
            if waiting:
                smoke.succeeded(micro.repro(walk.project, *waiting))
            victim = VICTIMS[(number + position) % len(VICTIMS)]
            walk.kill(stage, chance.uniform(0.0, 1.0), victim)
            if victim != "dvc":
                micro.assert_whole(walk.project, before, after)
            smoke.succeeded(micro.remade(walk.project, stage))
            waiting = []
        waiting.append(stage)
    smoke.succeeded(micro.remade(walk.project))
    again = micro.repro(walk.project)
    smoke.succeeded(again)
    assert "Running stage" not in again.stdout
    assert micro.snapshot(walk.project) == after
