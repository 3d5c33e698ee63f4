import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from defaults import DEFAULT_PARAMS as PARAMS
from smoke import called, files

from pipeline.commands import run as overlay
from pipeline.commands.dvc import StageError, environment, reproduce
from pipeline.documents.yaml_file import parse_yaml
from pipeline.errors import InputError
from pipeline.settings import settings_of


def overlaid(scenario, *assignments):
    """The delivered params.yaml under the smoke profile with some changes."""
    return overlay.overlay_params(PARAMS, scenario, "smoke", [*map(overlay.parse_assignment, assignments)])


def test_an_overlay_changes_what_it_names_and_keeps_the_comments():
    assert overlay.overlay_params(PARAMS, None, None, []) == PARAMS
    text = overlaid(None, "need.disabled_at_60=0.04")
    changed = {(a, b) for a, b in zip(PARAMS.splitlines(), text.splitlines(), strict=True) if a != b}
    assert changed == {("profile: full", "profile: smoke"), ("  disabled_at_60: 0.03", "  disabled_at_60: 0.04")}


@pytest.mark.parametrize(("chosen", "without_migration"), [(None, 0), ("no_migration", 0.5)])
def test_a_change_has_the_last_word_over_the_profile_and_the_chosen_scenario(chosen, without_migration):
    text = overlaid(chosen, "draws=17", "projection.migration.weight=0.5")
    found = settings_of(parse_yaml("overlay", text))
    assert {settings.draws for settings in found.values()} == {17}
    assert found["central"].projection.migration.weight == 0.5
    assert found["no_migration"].projection.migration.weight == without_migration


def test_a_change_that_is_none_is_a_call_that_is_not_understood(project):
    for assignment in ("draws", "=3", "a..b=1", "a b=1", "draws=[1"):
        assert called("run", "--set", assignment)[0] == 2, assignment
    assert called("run", "--name", "../elsewhere")[0] == 2


def test_an_overlay_is_validated_before_anything_is_made(project):
    before = files(project)
    code, _, faults = called(
        "run", "--set", "need.disabled_at_6=0.04", "--set", "last_year=2135", "--set", "need.trend=up"
    )
    assert code == 1
    assert "need.disabled_at_6: found the unknown key disabled_at_6" in faults
    assert "did you mean disabled_at_60?" in faults
    assert "last_year: found 2135, expected a value from 2021 to 2060 (year)" in faults
    assert all(line.startswith("overlay, line ") for line in faults.splitlines())
    for words, told in (
        (("--set", "need.trend=fallng"), "need.trend: found 'fallng'"),
        (("--scenario", "centrl"), "did you mean central?"),
    ):
        code, _, faults = called("run", *words)
        assert code == 1
        assert told in faults
    assert files(project) == before


def test_a_run_is_named_after_what_it_changes():
    assert overlay.run_name("central", "smoke", ["a.b=1"]) == "central-smoke-a.b=1"
    assert overlay.run_name(None, None, []) == "as-it-is"
    assert "/" not in overlay.run_name(None, None, ["a=../../etc"])
    assert not overlay.run_name(None, None, ["a=.."]).startswith(".")


def made_files(folder):
    """Every file of a pipeline but DVC's own and those of its runs."""
    return {name: content for name, content in files(folder).items() if not name.startswith((".dvc/", "runs/"))}


def test_a_run_leaves_the_project_as_it_is_and_takes_what_did_not_change(small, monkeypatch, capsys):
    monkeypatch.chdir(small)
    kept = made_files(small)
    folder = overlay.RUNS_FOLDER / "more"
    overlay.prepare(Path(), folder, "seed: 1\ndraws: 40\n")
    assert reproduce(folder) == (2, 1)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["first", "last"]
    assert "draws: 40" in (folder / "data/raw/a").read_text()
    overlay.prepare(Path(), folder, "seed: 1\ndraws: 5\n")
    with pytest.raises(StageError, match="last"):
        reproduce(folder)
    assert made_files(small) == kept


@pytest.fixture(scope="module")
def whole_run(small):
    """A run that ended as it should."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(small)
        patch.setattr(overlay, "overlay_text", lambda *_: "seed: 2\ndraws: 40\n")
        assert called("run", "--name", "whole")[0] == 0
    return small / overlay.RUNS_FOLDER / "whole"


@pytest.mark.parametrize("left", [25, 200, -1])
def test_a_run_that_was_killed_while_dvc_wrote_its_record_goes_on(small, whole_run, monkeypatch, left):
    """What is left of the record cannot be read, or says less than was run: the same files in the end."""
    monkeypatch.chdir(small)
    monkeypatch.setattr(overlay, "overlay_text", lambda *_: "seed: 2\ndraws: 40\n")
    folder = whole_run.with_name(f"again{left}")
    shutil.copytree(whole_run, folder, symlinks=True)
    made = made_files(folder)
    (folder / "dvc.lock").write_bytes((whole_run / "dvc.lock").read_bytes()[:left])
    (folder / ".dvc/tmp/rwlock").write_text('{"')
    code, _, told = called("run", "--name", folder.name)
    assert code == 0, told
    assert ".dvc/tmp/rwlock: was cut off by a run that was killed; removed" in told
    assert ("it is now dvc.lock.unreadable, and stages run anew" in told) == (left == 25)
    (folder / "dvc.lock.unreadable").unlink(missing_ok=True)
    assert made_files(folder) == made


def test_a_run_waits_for_another_in_its_folder(small, monkeypatch):
    monkeypatch.chdir(small)
    folder = overlay.RUNS_FOLDER / "busy"
    overlay.prepare(Path(), folder, "seed: 3\ndraws: 40\n")
    # Held for longer than DVC tries by itself.
    program = "import sys, time; from dvc.repo import Repo\nwith Repo().lock: print('held', flush=True); time.sleep(5)"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert reproduce(folder, "other") == (1, 0)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    (tmp_path / "runs/mine").mkdir(parents=True)
    with pytest.raises(InputError, match="a folder that is no run"):
        overlay.prepare(tmp_path, tmp_path / "runs/mine", "")
