import shutil

import jupytext
import nbclient
import nbformat
import numpy as np
import pandas as pd
import pytest
from defaults import ROOT

from pipeline.api import explored, measured
from pipeline.errors import InputError
from pipeline.results.monte_carlo import standard_errors
from pipeline.shortfall.choices import Choices
from pipeline.summary import last_digit

FOLDER = ROOT / "notebooks"
NAMES = tuple(path.stem for path in sorted(FOLDER.glob("*.py")))


def test_there_is_a_notebook_for_each_thing_the_readme_names():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(NAMES) == 5
    assert all(f"`{name}`" in readme for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_both_files_of_a_pair_say_the_same_and_keep_no_output(name):
    script, notebook = jupytext.read(FOLDER / f"{name}.py"), nbformat.read(FOLDER / f"{name}.ipynb", 4)
    assert [(cell.cell_type, cell.source) for cell in script.cells] == [
        (cell.cell_type, cell.source) for cell in notebook.cells
    ]
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs(project, name):
    folder = project / "notebooks"
    folder.mkdir(exist_ok=True)
    shutil.copy(FOLDER / f"{name}.ipynb", folder)
    notebook = nbformat.read(folder / f"{name}.ipynb", 4)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    shown = [cell for cell in notebook.cells if cell.get("outputs")]
    assert len(shown) >= 3


LINE = "measure == 'required' and quantity == 'institution_beds'"


def test_with_nothing_overridden_the_numbers_are_those_of_the_run(project):
    found = measured(project, "xuchang").query(LINE).dropna(subset=["q50"])
    stored = pd.read_parquet(project / "data/results/central/gap.parquet")
    stored = stored.query(LINE + " and region == 'xuchang' and severity.isna()")
    keys = ["yardstick", "definition", "year"]
    both = found.merge(stored, on=keys, how="inner", suffixes=("", "_stored"))
    assert len(both) == len(found) > 50
    assert both["shown"].to_numpy() == pytest.approx(both["shown_stored"].to_numpy())


def test_the_sample_answers_as_the_run_does_and_names_a_slip(project):
    """With all its draws in the sample, a small run's need is that of its table but for the digits that they bear."""
    need = pd.read_parquet(project / "data/results/central/need.parquet")
    need = need.query("region == 'xuchang' and measure == 'beds' and year == 2030 and severity.isna()")
    found = explored(project, "xuchang").outcome("institution_beds", "need", 2030)
    (error,) = standard_errors(need, len(found.required))["shown"]
    assert np.median(found.required) == pytest.approx(need["shown"].item(), abs=0.51 * float(last_digit(error)))
    for region, scenario, sentence in (("xuchan", "central", "no region"), ("xuchang", "centrl", "no scenario")):
        with pytest.raises(InputError, match=sentence):
            explored(project, region, scenario)


def test_more_of_a_condition_moves_the_answer_the_right_way(project):
    sample = explored(project, "xuchang")

    def required(quantity, choices):
        return np.median(sample.outcome(quantity, "need", 2030, choices).required)

    beds = "institution_beds"
    assert required(beds, Choices(occupancy=0.95)) < required(beds, Choices(occupancy=0.7))
    assert required(beds, Choices(institution={"severe": 0.5})) > required(beds, Choices(institution={"severe": 0.1}))
    assert required("caregivers", Choices(users_factor=2.0)) < required("caregivers", Choices())
    ratio = sample.outcome(beds, "ratio", 2030, Choices(ratio=30, additions=100, closing=0.02))
    more = sample.outcome(beds, "ratio", 2030, Choices(ratio=30, additions=500, closing=0.02))
    assert np.allclose(ratio.gap - more.gap, 5 * 400)


def test_an_override_is_a_scenario(project):
    """What a scenario of params.yaml stores, the same override gives without one: projected again, and need anew."""
    for scenario, override in {
        "low_mortality": {"projection": {"mortality": {"extra_e0": 1.9}}},
        "disability_falling": {"need": {"trend": "falling"}},
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
def test_a_slip_is_named(project, plan, override, sentence):
    with pytest.raises(InputError) as caught:
        measured(project, plan, override)
    assert sentence in str(caught.value)
