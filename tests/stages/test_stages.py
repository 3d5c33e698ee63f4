"""dvc.yaml names for each stage the code it runs, so that a change of it makes the stage stale."""

from __future__ import annotations

import ast
import re
import runpy
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.inputs import known
from pipeline.model.ingest import check_inputs
from pipeline.results.write import write_text
from pipeline.settings.manual import default_values
from pipeline.stages import check_inputs as check_inputs_stage
from pipeline.stages import common

ROOT = Path(__file__).parents[2]
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]

COMMON = "pipeline/stages/common.py"
"""What it imports serves some stages and not others: a stage names what it uses itself."""

NO_RESULT_HANGS_ON = {
    "pipeline/errors.py",  # how a fault is worded
    "pipeline/recover.py",  # DVC's own records after a kill
}


ITEMS = {"${cities}": default_values()["cities"], "${scenarios}": ["central"]}
"""What the stages of a list run for; one scenario stands for all."""

CITY = "xuchang"


def expanded() -> dict[str, dict[str, list[str]]]:
    """Each stage as DVC runs it, one for each item of its list: what it reads and what it makes."""
    found = {}
    for name, stage in STAGES.items():
        for item in ITEMS.get(stage.get("foreach", ""), [""]):
            body = stage.get("do", stage)
            outs = [next(iter(out)) if isinstance(out, dict) else out for out in body.get("outs", ())]
            paths = {"deps": body["deps"], "outs": outs}
            found[f"{name}@{item}" if item else name] = {
                kind: [re.sub(r"\$\{\w+\}", item, path) for path in listed] for kind, listed in paths.items()
            }
    return found


def stale_after(changed: Iterable[str], handed_on: Iterable[str] = ("data/inputs",)) -> set[str]:
    """The stages that DVC may run again when files have changed, those that follow from other stages too.

    `handed_on` are the files under data/inputs that come out otherwise.
    """
    stages, stale, waiting = expanded(), set(), list(changed)
    while waiting:
        path = waiting.pop()
        for name, stage in stages.items():
            if name not in stale and any(overlap(path, dep) for dep in stage["deps"]):
                stale.add(name)
                waiting += [*handed_on, *stage["outs"][1:]] if name == "tables" else stage["outs"]
    return stale


def handed_on(root: Path) -> dict[str, str]:
    """What stage `tables` makes of the inputs below `root`, by file."""
    inputs = check_inputs(root)
    frames = {file: frame.to_csv() for file, (frame, _) in check_inputs_stage.handed_on(inputs).items()}
    return {file.as_posix(): text for file, text in {**frames, **known.texts(inputs.catalogue)}.items()}


@pytest.fixture(scope="module")
def as_it_is() -> dict[str, str]:
    return handed_on(ROOT)


def changed_by(edits: dict[str, tuple[str, str]], folder: Path, before: dict[str, str]) -> set[str]:
    """The files under data/inputs that come out otherwise when `edits` (old and new text by file) are made."""
    shutil.copytree(
        ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("inputs", "derived", "results", "backtest")
    )
    shutil.copy(ROOT / "params.yaml", folder)
    for file, (old, new) in edits.items():
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    after = handed_on(folder)
    return {file for file in {*before, *after} if before.get(file) != after.get(file)}


def overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def imported(file: Path) -> set[str]:
    """The modules of the package that a file imports, as paths."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    paths = {name.replace(".", "/") + ".py" for name in found if name.startswith("pipeline.")}
    return {path for path in paths if (ROOT / path).is_file()}


def code_of(stage: str) -> set[str]:
    """The files of code that a stage's module brings in, at any depth."""
    seen: set[str] = set()
    waiting = [stage]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path != COMMON:
            waiting += imported(ROOT / path)
    return seen - NO_RESULT_HANGS_ON


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_names_the_code_it_runs(name: str) -> None:
    stage = STAGES[name].get("do", STAGES[name])
    module = re.search(r"-m ([\w.]+)", stage["cmd"])[1]  # type: ignore[index]
    named = tuple(stage["deps"])
    missing = {
        path
        for path in code_of(module.replace(".", "/") + ".py")
        if not any(path == dep or path.startswith(f"{dep}/") for dep in named)
    }
    assert not missing, f"dvc.yaml, stage {name}: deps lacks {sorted(missing)}"


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_names_is_there_or_made(name: str) -> None:
    """A dependency that is neither in the project nor an output of a stage stops DVC only when it comes to it."""
    stage = STAGES[name].get("do", STAGES[name])
    made = {
        path.replace("${key}", "central")
        for other in STAGES.values()
        for out in other.get("do", other).get("outs", ())
        for path in [next(iter(out)) if isinstance(out, dict) else out]
    }
    for dep in stage["deps"]:
        if "${" not in dep:
            assert (ROOT / dep).exists() or any(out == dep or out.startswith(f"{dep}/") for out in made), dep


@pytest.mark.parametrize(
    ("file", "old", "new", "rerun"),
    [
        (f"data/regions/cities/{CITY}.yaml", "en: Xuchang", "en: Hsuchang", {"project@central"}),
        (
            f"data/raw/census/cities/{CITY}.csv",
            "2020,male,0,18660",
            "2020,male,0,18661",
            {f"city@{CITY}", "project@central"},
        ),
    ],
)
def test_a_city_that_is_edited_leaves_the_fits_the_backtests_and_other_cities_alone(
    file: str, old: str, new: str, rerun: set[str], tmp_path: Path, as_it_is: dict[str, str]
) -> None:
    stale = stale_after([file], changed_by({file: (old, new)}, tmp_path, as_it_is))
    assert {"tables", "report"} | rerun <= stale
    others = {f"city@{city}" for city in ITEMS["${cities}"] if city != CITY}
    assert others
    alone = {
        "baseline",
        "margins",
        "fit",
        "diagnose",
        "checks",
        "backtest_provinces",
        "backtest_cities",
        "backtest_series",
        *others,
    }
    assert alone <= expanded().keys()
    assert stale & alone == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "alone"),
    [
        ("data/plans/xuchang.yaml", "read as 2021. Urban", "read as 2021; urban", {"project@central", "consistency"}),
        ("data/raw/staffing.csv", "the draft spans", "the standard spans", {"project@central", "benchmark"}),
        ("data/sources.yaml", "licence: ", "licence: as far as known, ", {"project@central", "gap@central", "audit"}),
    ],
)
def test_a_plan_or_a_care_table_that_is_edited_leaves_alone_what_does_not_use_it(
    file: str, old: str, new: str, alone: set[str], tmp_path: Path, as_it_is: dict[str, str]
) -> None:
    changed = changed_by({file: (old, new)}, tmp_path, as_it_is)
    assert changed
    stale = stale_after([file], changed)
    assert "report" in stale
    assert stale & (alone | {"baseline", "margins", "fit", "backtest_provinces", "backtest_cities"}) == set()


def test_a_province_that_is_edited_makes_the_fits_and_the_backtests_stale(
    tmp_path: Path, as_it_is: dict[str, str]
) -> None:
    file = "data/raw/census/provinces/henan.csv"
    edits = {file: ("2020,male,0,", "2020,male,0,1")}
    stale = stale_after([file], changed_by(edits, tmp_path, as_it_is))
    assert {
        "fit",
        "checks",
        "backtest_provinces",
        "backtest_cities",
        *(f"city@{c}" for c in ITEMS["${cities}"]),
    } <= stale


def folders_made() -> dict[str, set[str]]:
    """Outputs that are folders, by the stage that makes them; `report` has several in one and clears them itself."""
    made = {name: {out for out in stage["outs"] if not Path(out).suffix} for name, stage in expanded().items()}
    return {name: folders for name, folders in made.items() if folders and name != "report"}


@pytest.mark.parametrize("name", folders_made())
def test_a_stage_that_makes_a_folder_owns_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a province that is gone would otherwise stay in a folder that DVC keeps."""
    stage, _, item = name.partition("@")
    module = re.search(r"stages\.(\w+)", STAGES[stage].get("do", STAGES[stage])["cmd"])[1]  # type: ignore[index]
    owned: list[Path] = []
    monkeypatch.setattr(common, "run", lambda _, owns=(): owned.extend(owns))
    monkeypatch.setattr(sys, "argv", [module, item])
    monkeypatch.delitem(sys.modules, f"pipeline.stages.{module}", raising=False)
    runpy.run_module(f"pipeline.stages.{module}", run_name="__main__")
    assert {path.as_posix() for path in owned} == folders_made()[name]


def test_a_stage_leaves_in_its_folder_what_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [__file__])
    folder = Path("models/areas/provinces")
    for name in ("henan", "gone"):
        write_text("old", folder / f"{name}.npz")

    def fails(root: Path) -> None:
        write_text("new", root / folder / "henan.npz")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        common.run(fails, owns=(folder,))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"henan.npz": "old", "gone.npz": "old"}
    common.run(lambda root: write_text("new", root / folder / "henan.npz"), owns=(folder,))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"henan.npz": "new"}


@pytest.mark.parametrize("name", STAGES)
def test_what_is_published_outlives_a_run_that_fails(name: str) -> None:
    """DVC deletes the outputs of a stage before it runs, unless they are said to persist."""
    outs = STAGES[name].get("do", STAGES[name]).get("outs", ())
    lost = [out for out in outs if str(out).startswith("reports/")]
    for out in outs:
        if isinstance(out, dict):
            ((path, options),) = out.items()
            lost += [path] if path.startswith("reports/") and not options.get("persist") else []
    assert lost == []
