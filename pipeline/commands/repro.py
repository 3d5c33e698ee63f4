"""`repro`: one `dvc repro`, a line a stage, and at the end how its numbers compare with those before the run."""

import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.commands.dvc import Step, reproduce
from pipeline.errors import DOUBT

TABLES = Path("reports/tables")
START = "reports/index.html"
CLEAR = "\x1b[K"
"""Of a terminal: the rest of the line goes, here the name of the stage at work."""


def repro(root: Path, arguments: Iterable[str] = (), *, refit: bool = False) -> None:
    """Run what changed and tell it; then compare the tables with a copy taken before the run.

    A refit samples every model and scores every backtest anew first. Raises StageError where a stage fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "tables"
        if (root / TABLES).is_dir():
            shutil.copytree(root / TABLES, before)
        if refit:
            from pipeline.commands.code import PIPELINE_FILE, costly_stages

            sampled = costly_stages((root / PIPELINE_FILE).read_text(encoding="utf-8"))
            print_steps(reproduce(root, "check_inputs", "build_baseline"))
            print_steps(reproduce(root, "--force", "--single-item", *sampled))
        ran, unchanged = print_steps(reproduce(root, *arguments))
        if not ran and not refit:
            print(f"Nothing to do: {unchanged} stages are up to date. Read {START}.")
            return
        print(f"Ran {ran} of {ran + unchanged} stages; the others were up to date. Read {START}.")
        if before.is_dir():
            print("\n".join(compare_numbers(root, before, root / TABLES)))


def print_steps(found: Iterable[Step | str]) -> tuple[int, int]:
    """Print a line for each stage that ran, and the name of the one at work on a terminal; how many ran and did not.

    Doubts about inputs are counted, and named by `check`: most were looked at long ago.
    """
    ran = unchanged = doubts = 0
    terminal = sys.stdout.isatty()
    clear = CLEAR if terminal else ""
    for step in found:
        if isinstance(step, str):
            if step.startswith(DOUBT):
                doubts += 1
            else:
                print(clear, end="", flush=True)
                print(step, end="", file=sys.stderr, flush=True)
        elif step.how is None:
            print(f"{step.stage} …\r" if terminal else "", end="", flush=True)
        elif step.how == "unchanged":
            unchanged += 1
        else:
            ran += 1
            time = f"{step.seconds:.1f} s" if step.how == "ran" else step.how
            print(f"{clear}{step.stage:<36} {time:>15}", flush=True)
    if doubts:
        print(f"{doubts} cells of the inputs may be slips: `python -m pipeline check` names them.")
    return ran, unchanged


def compare_numbers(root: Path, before: Path, after: Path) -> list[str]:
    """Sentences on what is equal, moved by chance or changed between two folders of tables."""
    from pipeline.results.compare import compare_tables
    from pipeline.settings import load_settings

    return list(compare_tables(before, after, load_settings(root).draws).sentences())
