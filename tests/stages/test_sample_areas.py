"""What is sampled: the same bytes each time, from inputs that no last digit moves and that have no hole."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from defaults import DEFAULT_PARAMS, ROOT

from pipeline.demography.vital_rates import yearly_survival
from pipeline.errors import InputError
from pipeline.model.fits import load_residuals
from pipeline.model.result_files import NATION_FILE, RESIDUALS_FILE, SINGLE_AGE_FILE, load_people
from pipeline.stages.build_baseline import build_baseline, residuals_text


def project(inputs, folder, cores=2):
    """The inputs under the smoke profile, and what comes before the fit."""
    shutil.copytree(inputs / "data/inputs", folder / "data/inputs")
    text = DEFAULT_PARAMS
    for old, new in (("profile: full", "profile: smoke"), ("  cores: 2\n", f"  cores: {cores}\n")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    build_baseline(folder)
    return folder


def survival_of(path):
    return yearly_survival(path["standard_lx"], np.zeros((1, 1, 2)))[0]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["sample_areas", "sample_margins"])
def test_two_fits_give_the_same_bytes_whatever_the_cores_and_caches(inputs, tmp_path, model):
    """Each by a process of its own: one core with an empty compile folder, two with that of the run before.

    Threads of linear algebra are left as they come: a stage run by hand sets none.
    """
    written = []
    for run, cores in ((0, 1), (1, 2)):
        root = project(inputs, tmp_path / f"run_{run}", cores)
        flags = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
        flags |= {"PYTENSOR_FLAGS": f"base_compiledir={tmp_path / 'compiled'}", "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", f"pipeline.stages.{model}"], cwd=root, env=flags, check=True)
        written.append({path.name: path.read_bytes() for path in (root / "models/posterior").iterdir()})
    assert len(written[0]) == 2
    assert written[0] == written[1]


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_a_hole_is_named(inputs, tmp_path, value):
    root = project(inputs, tmp_path / "broken")
    people, path = load_people(root), dict(np.load(root / NATION_FILE))
    people["tibet", 2010][1, 80:85] = value
    with pytest.raises(InputError) as error:
        residuals_text(people, ["tibet"], survival_of(path))
    assert str(error.value) == f"{SINGLE_AGE_FILE}, tibet, 2010, female, 80-84: found {value:g}, expected people"


def test_the_last_digits_of_what_is_measured_leave_the_fit_as_it_is(inputs, tmp_path):
    """Another processor or library rounds otherwise: the same file, so that DVC finds the fit up to date."""
    root = project(inputs, tmp_path / "moved")
    people, path = load_people(root), dict(np.load(root / NATION_FILE))
    before = (root / RESIDUALS_FILE).read_text(encoding="utf-8")
    provinces = load_residuals(root).provinces
    for direction in (0.0, np.inf):
        moved = {key: np.nextafter(ages, direction) for key, ages in people.items()}
        survival = np.nextafter(survival_of(path), 1.0 - min(direction, 1.0))
        assert residuals_text(moved, provinces, survival) == before
