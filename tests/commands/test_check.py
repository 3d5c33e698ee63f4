import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from defaults import ROOT
from smoke import called, edit, files

from pipeline.commands.check import glyph_faults
from pipeline.settings import all_settings

RARE = "\U0002a6a5"
COMMANDS = ("check", "run", "compare", "explain", "status", "new-region", "new-plan", "defaults")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_how_it_exits(command):
    code, said, _ = called(command, "--help")
    assert code == 0
    assert "Exit codes" in said
    assert called(command, "--no-such-option")[0] == 2


def said_without(packages, *words):
    """What a command says in a process of its own, which does not import the packages."""
    code = (
        f"import sys; from pipeline.__main__ import app\ntry: app({list(words)})\n"
        f"except SystemExit as stop: sys.exit(stop.code or {{*{packages.split()}}} & {{*sys.modules}} or 0)"
    )
    return subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)


def test_help_lists_every_command_and_imports_no_package_of_the_pipeline():
    said = said_without("numpy pandas pydantic dvc ruamel.yaml", "--help")
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\b", said, flags=re.MULTILINE), command


@pytest.mark.parametrize(
    ("part", "name", "change", "told"),
    [
        ("plans", "wuhan", {"notes_zh": ("一", f"注{RARE}")}, "data/plans/wuhan.yaml, notes_zh[1]"),
        ("regions", "wuhan", {"basis_notes": (RARE,)}, "data/regions/cities/wuhan.yaml, basis_notes[0]"),
        ("regions", "hubei", {"basis_notes": (RARE,)}, "data/regions/provinces/hubei.yaml, basis_notes[0]"),
        ("sources", "plan_wuhan", {"producer": RARE}, "data/sources.yaml, plan_wuhan.producer"),
    ],
)
def test_a_rare_character_is_told_where_it_stands(catalogue, part, name, change, told):
    entries = getattr(catalogue, part)
    changed = {**entries, name: entries[name].model_copy(update=change)}
    (fault,) = glyph_faults(replace(catalogue, **{part: changed}))
    assert str(fault).startswith(f"{told}: found {RARE} (U+2A6A5), expected characters that ")


def test_check_finds_nothing_wrong_and_imports_nothing_heavy():
    heavy = "pymc pytensor arviz prophet matplotlib nutpie statsmodels dvc pandera ruamel scipy.stats scipy.optimize"
    found = json.loads(said_without(heavy, "check", "--json"))
    assert found["ok"] is True
    assert found["scenarios"] == len(all_settings(ROOT))


def test_check_names_the_faults_of_every_kind_of_input_at_once(project):
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e_0: 1.9")
    edit(project / "params.yaml", "last_year: 2035", "last_year: 2135")
    edit(project / "data/plans/panzhihua.yaml", "status: issued", "status: isued")
    edit(project / "data/raw/severity.csv", "barthel_southwest,mild,16.8", "barthel_southwest,mild,16.8%")
    edit(project / "data/regions/cities/xuchang.yaml", "zh: 许昌", "zh: 许😀𠅤昌")
    before = files(project)
    code, said, faults = called("check")
    assert code == 1
    assert said == ""
    for form in (
        r"params\.yaml, line \d+, scenarios\.low_mortality.*did you mean extra_e0\?",
        r"params\.yaml, line \d+, last_year: found 2135, expected a value from 2021 to 2060 \(year\)",
        r"data/plans/panzhihua\.yaml, line .*did you mean issued\?",
        r"data/raw/severity\.csv, row 2, column value: found '16\.8%'",
        # A rare character that the typeface has, such as 𠅤, is taken.
        r"data/regions/cities/xuchang\.yaml, name\.zh: found 😀 \(U\+1F600\), expected characters that",
    ):
        assert re.search(f"^{form}", faults, re.MULTILINE), form
    code, said, _ = called("check", "--json")
    found = json.loads(said)
    assert (code, found["ok"]) == (1, False)
    told = ("{file}, {place}: found {value}, expected {expected}".format(**fault) for fault in found["faults"])
    assert [*told, "5 faults."] == faults.splitlines()
    assert files(project) == before
