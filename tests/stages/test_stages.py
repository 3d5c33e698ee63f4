"""dvc.yaml names for each stage the code it runs, so that a change of it makes the stage stale."""

import ast
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from bad_inputs.check import read_once
from defaults import ROOT, copy_inputs, default_values
from ruamel.yaml import YAML

from pipeline.commands.code import (
    LOCK_FILE,
    PIPELINE_FILE,
    WRITTEN,
    code_of,
    costly_stages,
    drop_gone,
    name_code,
    stages_of,
)
from pipeline.inputs import store
from pipeline.model.ingest import check_inputs
from pipeline.results.write import write_text
from pipeline.settings import PARAMS_FILE
from pipeline.stages import check_inputs as check_inputs_stage
from pipeline.stages import common
from pipeline.vocabulary import CENTRAL

TEXT = (ROOT / PIPELINE_FILE).read_text(encoding="utf-8")
STAGES = {name: stage.get("do", stage) for name, stage in YAML(typ="safe").load(TEXT)["stages"].items()}
CITIES = default_values()["cities"]
COSTLY = {"sample_areas", "sample_margins", "fit_atlas", "backtest_provinces", "backtest_cities", "backtest_series"}
"""What `make refit` runs anew."""

FITTED = COSTLY | {"build_baseline"}
"""What no edit of a city or a plan reaches."""


def outs_of(name):
    """What a stage of dvc.yaml makes, with the options of each."""
    outs = STAGES[name].get("outs", ())
    return {
        path: options for out in outs for path, options in ([*out.items()] if isinstance(out, dict) else [(out, {})])
    }


EXPANDED = {
    f"{name}@{item}" if item else name: {
        kind: [path.replace("${item}", item) for path in paths]
        for kind, paths in (("deps", stage["deps"]), ("outs", outs_of(name)))
    }
    for name, stage in STAGES.items()
    for item in (CITIES if "${item}" in stage["cmd"] else [""])
}
"""Each stage as DVC runs it, one for each city where it is a list: what it reads and what it makes."""


def overlap(one, other):
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def stale_after(changed, handed_on=("data/inputs",)):
    """The stages that DVC may run again when files have changed, those that follow from other stages too.

    `handed_on` are the files under data/inputs that come out otherwise.
    """
    stale, waiting = set[str](), list(changed)
    while waiting:
        path = waiting.pop()
        for name, stage in EXPANDED.items():
            if name not in stale and any(overlap(path, dep) for dep in stage["deps"]):
                stale.add(name)
                waiting += [*handed_on, *stage["outs"][1:]] if name == "check_inputs" else stage["outs"]
    return stale


def handed_on(root):
    """What stage `check_inputs` makes of the inputs below `root`, by file."""
    inputs = check_inputs(root)
    frames = {file: frame for file, (frame, _) in check_inputs_stage.handed_on(inputs).items()}
    return {file.as_posix(): content for file, content in {**frames, **store.texts(inputs.catalogue)}.items()}


def differ(one, other):
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        return not one.equals(other)
    return type(one) is not type(other) or one != other


@pytest.fixture(scope="module")
def as_it_is():
    with read_once():
        yield handed_on(ROOT)


def module_of(name):
    """The file of the module that a stage of dvc.yaml runs."""
    return f"{STAGES[name]['cmd'].split()[2].replace('.', '/')}.py"


def test_every_stage_names_the_code_it_runs():
    assert len(WRITTEN.findall(TEXT)) == len(STAGES), "a stage has `cmd` and, on the next lines, `deps: […]`"
    assert name_code(ROOT, TEXT) == TEXT, "run `make stages`"


def test_a_refit_runs_every_stage_whose_outputs_git_keeps():
    assert set(costly_stages(TEXT)) == COSTLY


def test_the_lock_holds_no_stage_that_is_gone():
    """DVC reads and writes all of it with every stage that runs."""
    old = "  old:\n    cmd: a\n  new@a:\n    cmd: a\n"
    lock = f"schema: '2.0'\nstages:\n{old}  city@a:\n    cmd: b\n    deps:\n    - path: c\n  new:\n    cmd: d\n"
    assert drop_gone(lock, {"city@", "new"}) == lock.replace(old, "")
    committed = (ROOT / LOCK_FILE).read_text(encoding="utf-8")
    assert drop_gone(committed, stages_of(TEXT)) == committed, "run `make stages`"


def test_code_follows_from_imports_at_any_depth(tmp_path):
    files = {
        "stages/some.py": "from pipeline.models.outer import a",
        "models/outer.py": "from pipeline.models import inner\nfrom pipeline.errors import Fault",
        "models/inner.py": "def f():\n    from pipeline.inputs import reader",
        "inputs/reader.py": "import pipeline.settings.care\nfrom pipeline import axes",
        "settings/care.py": "",
        "axes.py": "",
        "errors.py": "",
    }
    for name, text in files.items():
        write_text(text, tmp_path / "pipeline" / name)
    some, axes = "pipeline/stages/some.py", "pipeline/axes.py"
    assert code_of(tmp_path, some) == [axes, "pipeline/inputs", "pipeline/models", some]
    models = ["pipeline/models/inner.py", "pipeline/models/outer.py"]
    assert code_of(tmp_path, some, arithmetic_alone=True) == [axes, *models, some]


def test_only_what_writes_pages_rests_on_words_and_templates():
    words = ("pipeline/report/templates", "pipeline/report/messages")
    of_audit = "pipeline/report/messages/findings.yaml"
    resting = {
        name
        for name, stage in EXPANDED.items()
        if any(overlap(dep, folder) for dep in stage["deps"] for folder in words if dep != of_audit)
    }
    assert resting == {"write_atlas", "write_reports"}


def test_a_reworded_meaning_makes_no_stage_stale():
    """`make params` carries it into comments of params.yaml, whose values alone are a stage's parameters."""
    reworded = [path.relative_to(ROOT).as_posix() for path in (ROOT / "pipeline/settings").glob("*.py")]
    assert reworded
    assert stale_after([*reworded, PARAMS_FILE, "pipeline/params.schema.json", "docs/parameters.md"]) == set()
    whole = [name for name, stage in STAGES.items() if {PARAMS_FILE: None} in stage.get("params", ())]
    assert whole == ["check_inputs", "write_reports"]


@pytest.mark.parametrize(
    "file",
    [
        "pipeline/report/messages/people.yaml",
        "pipeline/inputs/read.py",
        "pipeline/results/tables.yaml",
        "pipeline/errors.py",
        "docs/decisions.md",
    ],
)
def test_words_make_no_fit_and_no_backtest_stale(file):
    """A message, a reader, a description of a column."""
    assert (ROOT / file).exists()
    assert [stage for stage in COSTLY for dep in EXPANDED[stage]["deps"] if overlap(file, dep)] == []


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_names_is_there_or_made(name):
    """A dependency that is neither in the project nor an output of a stage stops DVC only when it comes to it.

    Of the scenarios only `central` is in every user's params.yaml: no stage may name the results of another.
    """
    made = [out for stage in EXPANDED.values() for out in stage["outs"]]
    for dep in EXPANDED.get(name, EXPANDED.get(f"{name}@{CITIES[0]}", {}))["deps"]:
        if dep.startswith(("data/projections/", "data/results/")):
            assert Path(dep).parts[2] == CENTRAL
        made_here = dep.startswith(("data/projections", "data/results", "data/derived", "data/inputs"))
        assert (not made_here and (ROOT / dep).exists()) or any(overlap(dep, out) for out in made), dep


READERS = {
    "load_area": ("models/areas/provinces", "models/balance", "models/counts"),
    "load_nation": ("data/derived/nation.npz",),
    "load_regions": ("data/inputs/provinces.json", "data/inputs/cities.json"),
    "load_provinces": ("data/inputs/provinces.json",),
    "project_regions": (
        "data/inputs/planned.json",
        "data/inputs/cities.json",
        "models/areas",
        "data/derived/nation.npz",
    ),
    "load_planned": ("data/inputs/plans", "data/inputs/indicators.json"),
    "load_provinces_census": ("data/inputs/population.parquet",),
    "load_counts": ("data/inputs/population_counts.parquet",),
    "load_residuals": ("data/derived/residuals.csv",),
    "load_people": ("data/derived/single_age.parquet",),
    "AREAS_FILE": ("models/posterior/areas.npz",),
    "load_old": ("data/projections/central/old",),
    "PROVINCES_FILE": ("data/derived/provinces/population.parquet",),
    "SHARED_FILE": ("data/derived/shared_draws.npz",),
}
"""What lies behind the functions and names by which stages read results of others."""


@pytest.mark.parametrize("reader", READERS)
def test_a_stage_names_the_data_that_its_readers_open(reader):
    """A result that a stage reads and does not name would change and leave the stage as it was."""
    users = 0
    for name, stage in EXPANDED.items():
        nodes = [*ast.walk(ast.parse((ROOT / module_of(name.partition("@")[0])).read_text(encoding="utf-8")))]
        names = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        if reader in names:
            users += 1
            for file in READERS[reader]:
                assert any(overlap(file, path) for path in (*stage["deps"], *stage["outs"])), f"{name}: {file}"
    assert users


DRAWS_OF_CITIES = {f"draw_city@{city}" for city in CITIES}
OTHER_CITIES = {"draw_areas", "check_models", *DRAWS_OF_CITIES} - {"draw_city@xuchang"}


ONE_CITY = {"draw_city@xuchang", "project_population"}
EVERY_CITY = {"sample_areas", "check_models", "backtest_provinces", "backtest_cities", *DRAWS_OF_CITIES}
PEOPLE = {"project_population", "compare_forecasts"}
OTHER_TOPICS = {"project_population", "measure_gap", "audit_plans"}


@pytest.mark.parametrize(
    ("file", "old", "new", "stale", "alone"),
    [
        ("regions/cities/xuchang.yaml", "en: Xuchang", "en: Hsuchang", {"project_population"}, FITTED | OTHER_CITIES),
        ("raw/census/cities/xuchang.csv", "2020,male,0,1866", "2020,male,0,1867", ONE_CITY, FITTED | OTHER_CITIES),
        ("plans/xuchang.yaml", "read as 2021. Urban", "read as 2021; urban", set(), FITTED | PEOPLE),
        ("raw/staffing.csv", "the draft spans", "the standard spans", set(), FITTED | PEOPLE),
        ("sources.yaml", "licence: ", "licence: as far as known, ", set(), FITTED | OTHER_TOPICS),
        ("raw/census/provinces/henan.csv", "2020,male,0,", "2020,male,0,1", EVERY_CITY, set()),
    ],
)
def test_an_edited_input_reruns_what_uses_it_and_leaves_the_rest_alone(
    file, old, new, stale, alone, tmp_path, as_it_is
):
    copy_inputs(tmp_path)
    path = tmp_path / "data" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    after = handed_on(tmp_path)
    changed = {name for name in {*as_it_is, *after} if differ(as_it_is.get(name), after.get(name))}
    assert changed
    found = stale_after([f"data/{file}"], changed)
    assert {"check_inputs", "write_reports"} | stale <= found
    assert alone <= EXPANDED.keys()
    assert found & alone == set()


FOLDERS = {name: {out for out in stage["outs"] if not Path(out).suffix} for name, stage in EXPANDED.items()}


@pytest.mark.parametrize("name", [name for name, folders in FOLDERS.items() if folders])
def test_a_stage_that_makes_a_folder_owns_it(name, monkeypatch):
    """A file of a province that is gone would otherwise stay in a folder that DVC keeps."""
    stage, _, item = name.partition("@")
    module = Path(module_of(stage)).stem
    owned = []
    monkeypatch.setattr(common, "run", lambda _, owns=(): owned.extend(owns))
    monkeypatch.setattr(sys, "argv", [module, item])
    monkeypatch.delitem(sys.modules, f"pipeline.stages.{module}", raising=False)
    runpy.run_module(f"pipeline.stages.{module}", run_name="__main__")
    assert {path.as_posix() for path in owned} == FOLDERS[name]


def test_a_stage_leaves_in_its_folder_what_it_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [__file__])
    folder = Path("models/areas/provinces")
    for name in ("henan", "gone"):
        write_text("old", folder / f"{name}.npz")

    def fails(root):
        write_text("new", root / folder / "henan.npz")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        common.run(fails, owns=(folder,))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"henan.npz": "old", "gone.npz": "old"}
    common.run(lambda root: write_text("new", root / folder / "henan.npz"), owns=(folder,))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"henan.npz": "new"}


@pytest.mark.parametrize("name", STAGES)
def test_what_is_published_outlives_a_run_that_fails(name):
    """DVC deletes the outputs of a stage before it runs, unless they are said to persist."""
    outs = outs_of(name).items()
    assert [path for path, options in outs if path.startswith("reports/") and not options.get("persist")] == []


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="a project without git")
def test_git_keeps_what_dvc_does_not_and_nothing_else():
    """An output without a cache that git ignored would be lost to a fresh clone."""
    kept, cached = [], []
    for stage in STAGES:
        for path, options in outs_of(stage).items():
            place = path.replace("${item}", "some")
            place = place if Path(place).suffix else f"{place}/some.npz"
            (cached if options.get("cache", True) else kept).append(place)
    assert kept
    assert cached
    words = ["git", "check-ignore", "--no-index", *kept, *cached]
    ignored = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    assert set(ignored) & set(kept) == set()
    seen = {place for place in cached if place not in ignored and place.replace(".npz", ".parquet") not in ignored}
    assert seen == set()
