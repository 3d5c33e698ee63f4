"""Notebooks run on the results of a small run, and each pair says the same in both files."""

from __future__ import annotations

import shutil
from pathlib import Path

import jupytext
import nbclient
import nbformat
import pandas as pd
import pytest

from pipeline.api import measured
from pipeline.errors import InputError

FOLDER = Path(__file__).parents[1] / "notebooks"
NAMES = tuple(path.stem for path in sorted(FOLDER.glob("*.py")))


def test_there_is_a_notebook_for_each_thing_the_readme_names() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(NAMES) == 4
    assert all(f"`{name}`" in readme for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_both_files_of_a_pair_say_the_same_and_keep_no_output(name: str) -> None:
    script, notebook = jupytext.read(FOLDER / f"{name}.py"), nbformat.read(FOLDER / f"{name}.ipynb", 4)
    assert [(cell.cell_type, cell.source) for cell in script.cells] == [
        (cell.cell_type, cell.source) for cell in notebook.cells
    ]
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs(project: Path, name: str) -> None:
    folder = project / "notebooks"
    folder.mkdir(exist_ok=True)
    shutil.copy(FOLDER / f"{name}.ipynb", folder)
    notebook = nbformat.read(folder / f"{name}.ipynb", 4)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    shown = [cell for cell in notebook.cells if cell.get("outputs")]
    assert len(shown) >= 3


GAP = "measure == 'gap' and resource == 'beds' and bed_basis == 'nominal' and supply_path == 'held'"


def test_with_nothing_overridden_the_numbers_are_those_of_the_run(project: Path) -> None:
    found = measured(project, "xuchang").query(GAP).dropna(subset=["q50"])
    stored = pd.read_parquet(project / "data/results/central/gap.parquet")
    stored = stored.query(GAP + " and region == 'xuchang' and output_type_id == 0.5 and severity.isna()")
    keys = ["yardstick", "definition", "assumed", "year"]
    both = found.merge(stored, on=keys, how="inner")
    assert len(both) == len(found) > 50
    assert both["q50"].to_numpy() == pytest.approx(both["value"].to_numpy())


def test_an_override_is_a_scenario(project: Path) -> None:
    """What a scenario of params.yaml stores, the same override gives without one: projected again, and need anew."""
    for scenario, override in {
        "high_mortality": {"projection": {"mortality": {"extra_e0": -2.5}}},
        "disability_rising": {"need": {"trend": "rising"}},
    }.items():
        as_stored, as_overridden = (
            measured(project, "xuchang", scenario=scenario),
            measured(project, "xuchang", override),
        )
        pd.testing.assert_frame_equal(as_stored, as_overridden, rtol=1e-9)
    assert not as_stored["q50"].equals(measured(project, "xuchang")["q50"])


@pytest.mark.parametrize(
    ("plan", "override", "sentence"),
    [
        ("xuchan", {}, "data/plans: found no plan 'xuchan', expected one of"),
        ("xuchang", {"neeed": {}}, "overrides, neeed: found no such section, expected one of projection, care, need"),
        ("xuchang", {"supply": {"leave": {"low": 0.5, "high": 0.2}}}, "supply.leave: found"),
        ("xuchang", {"need": {"trned": "rising"}}, "need.trned: found 'rising'"),
        ("xuchang", {"need": {"trend": "up"}}, "need.trend: found 'up', expected one of constant, falling"),
    ],
)
def test_a_slip_is_named(project: Path, plan: str, override: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        measured(project, plan, override)
    assert sentence in str(caught.value)
