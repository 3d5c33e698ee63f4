"""The commands beside the stages: what they find, what they say, and what they leave alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from defaults import DEFAULT_PARAMS, write_default_params
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.commands import repro as repro_command
from pipeline.commands import run as overlay
from pipeline.commands.dvc import DVC, StageError, Step, environment, refusal, reproduced, steps
from pipeline.commands.explain import Explanation
from pipeline.commands.status import as_json, as_text, edges, stale, status
from pipeline.domain import BasisInferred, Figure, Horizon, Names, Plan, Region, Source
from pipeline.errors import Doubt, InputError
from pipeline.settings import Settings, all_settings

ROOT = Path(__file__).parents[2]
COMMANDS = ("check", "run", "compare", "explain", "status", "new-region", "new-plan", "defaults")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The inputs of the project in a folder of their own, which is the working directory."""
    made = shutil.ignore_patterns("derived", "results", "backtest")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=made)
    write_default_params(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def called(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.stdout, found.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_how_it_exits(command: str) -> None:
    code, said, _ = called(command, "--help")
    assert code == 0
    assert "Exit codes" in said
    assert called(command, "--no-such-option")[0] == 2


def test_help_lists_every_command_and_imports_no_package_of_the_pipeline() -> None:
    code = (
        "import sys; from pipeline.__main__ import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'pydantic', 'dvc', 'ruamel.yaml'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\b", said, flags=re.MULTILINE), command


def test_check_finds_nothing_wrong_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.__main__ import app\n"
        "try: app(['check', '--json'])\nexcept SystemExit as stop: assert not stop.code, stop.code\n"
        "heavy = {'pymc', 'pytensor', 'arviz', 'prophet', 'matplotlib', 'nutpie', 'statsmodels', 'dvc',\n"
        "         'pandera', 'ruamel', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    found, heavy = ran.stdout.splitlines()
    assert json.loads(found)["ok"] is True
    assert json.loads(found)["scenarios"] == len(all_settings(ROOT))
    assert heavy == "[]"


def test_check_names_the_faults_of_every_kind_of_input_at_once(project: Path) -> None:
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e_0: 1.9")
    edit(project / "params.yaml", "last_year: 2035", "last_year: 2135")
    edit(project / "data/plans/panzhihua.yaml", "status: issued", "status: isued")
    edit(project / "data/raw/severity.csv", "barthel_southwest,mild,16.8", "barthel_southwest,mild,16.8%")
    before = files(project)
    code, said, faults = called("check")
    assert code == 1
    assert said == ""
    lines = faults.splitlines()
    assert any(re.match(r"params\.yaml, line \d+, scenarios\.low_mortality.*did you mean extra_e0\?", x) for x in lines)
    assert any("last_year: found 2135, expected a value from 2021 to 2060 (year)" in line for line in lines)
    assert any(line.startswith("data/plans/panzhihua.yaml, line") and "did you mean issued?" in line for line in lines)
    assert any(line.startswith("data/raw/severity.csv, row 2, column value: found '16.8%'") for line in lines)
    assert files(project) == before


def test_check_names_what_nothing_answers_to_where_it_stands(project: Path) -> None:
    edit(project / "params.yaml", "need: {trend: falling}", "need: {trend: fallin}")
    edit(project / "params.yaml", "cities: [panzhihua, wuhan, xuchang]", "cities: [panzhihua, wuhan, xuchan]")
    edit(project / "params.yaml", "    wuhan: {low: 0.9", "    wuhn: {low: 0.9")
    code, said, _ = called("check", "--json")
    found = json.loads(said)
    assert (code, found["ok"]) == (1, False)
    assert {fault["file"] for fault in found["faults"]} == {"params.yaml"}
    faults = "\n".join(f"{fault['place']}: {fault['value']}, {fault['expected']}" for fault in found["faults"])
    assert re.search(r"line \d+, scenarios\.disability_falling\.need\.trend: 'fallin'.*mean falling", faults)
    assert re.search(r"line \d+, cities\[2\]: 'xuchan', .*did you mean xuchang", faults)
    assert re.search(r"line \d+, care\.hukou_per_resident_60plus\.wuhn: .*did you mean wuhan", faults)


# status


FOUND = {
    "fit": [
        {"changed deps": {"params.yaml": {"seed": "modified", "draws": "new"}, "pipeline/models": "modified"}},
        {"changed outs": {"models/posterior": "deleted"}},
    ],
    "report": ["changed command"],
}
GRAPH = 'strict digraph {\n"fit";\n"gap";\n"report";\n"fit" -> "gap";\n"gap" -> "report";\n}'


def test_status_says_why_a_stage_is_stale_and_what_follows() -> None:
    stages = {item.stage: item for item in stale(FOUND, edges(GRAPH))}
    assert [str(reason) for reason in stages["fit"].reasons] == [
        "params.yaml: seed was changed",
        "params.yaml: draws is new",
        "pipeline/models was changed",
        "the result models/posterior is not there",
    ]
    assert stages["fit"].after == ()
    assert (stages["gap"].reasons, stages["gap"].after) == ((), ("fit",))
    assert [str(reason) for reason in stages["report"].reasons] == ["its command in dvc.yaml was changed"]
    assert stages["report"].after == ("gap",)
    text = as_text(stages.values())
    assert "gap is stale:\n  it reads what fit will write anew" in text
    assert as_json(stages.values())["up_to_date"] is False
    assert as_json([])["up_to_date"] is True
    assert as_text([]) == "Everything is up to date."


@pytest.mark.parametrize(
    ("said", "file", "found"),
    [
        ("ERROR: unexpected error - [Errno 13] Permission denied: '/p/.dvc/tmp/lock'", "/p/.dvc/tmp/lock", "no write"),
        ("ERROR: Unable to acquire lock. Most likely another DVC process is running", ".dvc", "another run of DVC"),
        (
            "ERROR: '/p/params.yaml' is busy, it is being blocked by:\n  (PID 7)",
            ".dvc",
            "another run of DVC",
        ),
        ("'./dvc.yaml' validation failed.\n\nextra keys, in stages -> a, line 4", "dvc.yaml", "extra keys, in stages"),
        ("ERROR: you are not inside of a DVC repository", "here", "not inside of a DVC repository"),
    ],
)
def test_what_stops_dvc_is_named_and_dvc_yaml_blamed_for_its_own_faults_alone(said: str, file: str, found: str) -> None:
    fault = refusal(said, Path("here"))
    assert fault.file == file
    assert found in fault.value


# run


PARAMS = DEFAULT_PARAMS


def settings_under(folder: Path, text: str) -> dict[str, Settings]:
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    return all_settings(folder)


def test_an_overlay_changes_what_it_names_and_keeps_the_comments(tmp_path: Path) -> None:
    assert overlay.overlaid(PARAMS, None, None, []) == PARAMS
    text = overlay.overlaid(PARAMS, None, "smoke", [overlay.parsed("need.fte_hours=44")])
    changed = {(a, b) for a, b in zip(PARAMS.splitlines(), text.splitlines(), strict=True) if a != b}
    assert changed == {("profile: full", "profile: smoke"), ("  fte_hours: 40", "  fte_hours: 44")}
    assert settings_under(tmp_path, text)["central"].need.fte_hours == 44


def test_a_change_has_the_last_word_over_the_profile_and_the_chosen_scenario(tmp_path: Path) -> None:
    changes = [overlay.parsed("draws=17"), overlay.parsed("projection.migration.weight=0.5")]
    every = settings_under(tmp_path, overlay.overlaid(PARAMS, None, "smoke", changes))
    assert every["central"].draws == 17
    assert every["central"].projection.migration.weight == 0.5
    assert every["no_migration"].projection.migration.weight == 0
    one = settings_under(tmp_path, overlay.overlaid(PARAMS, "no_migration", "smoke", changes))
    assert one["no_migration"].projection.migration.weight == 0.5


@pytest.mark.parametrize("assignment", ["draws", "=3", "a..b=1", "a b=1", "draws=[1"])
def test_a_change_that_is_none_is_a_call_that_is_not_understood(assignment: str, project: Path) -> None:
    assert called("run", "--set", assignment)[0] == 2
    assert called("run", "--name", "../elsewhere")[0] == 2


def test_an_overlay_is_validated_before_anything_is_made(project: Path) -> None:
    before = files(project)
    code, _, faults = called("run", "--set", "need.fte_hour=44", "--set", "last_year=2135", "--set", "need.trend=up")
    assert code == 1
    assert "need.fte_hour: found the unknown key fte_hour" in faults
    assert "did you mean fte_hours?" in faults
    assert "last_year: found 2135, expected a value from 2021 to 2060 (year)" in faults
    assert all(line.startswith("overlay, line ") for line in faults.splitlines())
    code, _, faults = called("run", "--set", "need.trend=fallng")
    assert code == 1
    assert "need.trend: found 'fallng'" in faults
    code, _, faults = called("run", "--scenario", "centrl")
    assert code == 1
    assert "did you mean central?" in faults
    assert files(project) == before


def test_a_run_is_named_after_what_it_changes() -> None:
    assert overlay.run_name("central", "smoke", ["a.b=1"]) == "central-smoke-a.b=1"
    assert overlay.run_name(None, None, []) == "as-it-is"
    assert "/" not in overlay.run_name(None, None, ["a=../../etc"])
    assert not overlay.run_name(None, None, ["a=.."]).startswith(".")


def test_steps_are_read_from_what_dvc_says_and_only_stages_are_heard() -> None:
    said = [
        "Stage 'check_inputs' didn't change, skipping\n",
        "Running stage 'build_baseline':\n",
        "> python -m pipeline.stages.build_baseline\n",
        "a census is odd\n",
        "Generating lock file 'dvc.lock'\n",
        "\n",
        "Stage 'draw_areas' is cached - skipping run, checking out outputs\n",
        "Running stage 'measure_gap@central':\n",
        "Updating lock file 'dvc.lock'\n",
        "\n",
        "To track the changes with git, run:\n",
        "\tgit add dvc.lock\n",
        "Use `dvc push` to send your updates to remote storage.\n",
    ]
    ticks = iter(range(0, 100, 10))
    assert list(steps(said, lambda: next(ticks))) == [
        Step("check_inputs", "unchanged"),
        Step("build_baseline"),
        "a census is odd\n",
        Step("build_baseline", "ran", 10),
        Step("draw_areas", "from the cache"),
        Step("measure_gap@central"),
        Step("measure_gap@central", "ran", 10),
    ]


PIPELINE = """\
stages:
  first:
    cmd: python -c "print(open('params.yaml').read(), file=open('data/raw/a', 'w'))"
    params: [draws]
    outs: [data/raw/a]
  other:
    cmd: python -c "open('reports/b', 'w').write('b'); open('models/posterior/c', 'w').write('c')"
    params: [seed]
    outs: [{reports/b: {cache: false}}, {models/posterior/c: {cache: false}}]
  last:
    cmd: python -c "assert '4' in open('data/raw/a').read()"
    deps: [data/raw/a]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline of three stages that ran once; its last one fails unless it reads a 4."""
    root = tmp_path_factory.mktemp("small")
    for folder in ("data/raw", "reports", "pipeline", "models/posterior"):
        (root / folder).mkdir(parents=True)
    (root / ".gitignore").touch()
    (root / "dvc.yaml").write_text(PIPELINE)
    (root / "params.yaml").write_text("seed: 1\ndraws: 4\n")
    for arguments in (("init", "--no-scm", "--quiet"), ("repro", "--quiet")):
        subprocess.run([*DVC, *arguments], cwd=root, env=environment(), check=True, capture_output=True)
    return root


def test_a_run_leaves_the_project_as_it_is_and_takes_what_did_not_change(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small)
    kept = {name: data for name, data in files(small).items() if not name.startswith(".dvc/")}
    folder = overlay.RUNS_FOLDER / "more"
    overlay.prepared(Path(), folder, "seed: 1\ndraws: 40\n")
    assert repro_command.print_steps(reproduced(folder)) == (2, 1)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["first", "last"]
    assert "draws: 40" in (folder / "data/raw/a").read_text()
    overlay.prepared(Path(), folder, "seed: 1\ndraws: 5\n")
    with pytest.raises(StageError, match="last"):
        list(reproduced(folder))
    after = {name: data for name, data in files(small).items() if not name.startswith((".dvc/", "runs/"))}
    assert after == kept


@pytest.mark.parametrize("left", [25, 200, -1])
def test_a_run_that_was_killed_while_dvc_wrote_its_record_goes_on(
    small: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    """What is left of the record cannot be read, or says less than was run: the same files in the end."""
    monkeypatch.chdir(small)
    monkeypatch.setattr(overlay, "overlay_text", lambda *_: "seed: 2\ndraws: 40\n")
    folder = overlay.RUNS_FOLDER / f"again{left}"
    assert called("run", "--name", folder.name)[0] == 0
    whole = (folder / "dvc.lock").read_bytes()
    made = {name: data for name, data in files(folder).items() if not name.startswith(".dvc/")}
    (folder / "dvc.lock").write_bytes(whole[:left])
    (folder / ".dvc/tmp/rwlock").write_text('{"')
    code, _, told = called("run", "--name", folder.name)
    assert code == 0, told
    assert ".dvc/tmp/rwlock: was cut off by a run that was killed; removed" in told
    assert ("it is now dvc.lock.unreadable, and stages run anew" in told) == (left == 25)
    after = {name: data for name, data in files(folder).items() if not name.startswith(".dvc/")}
    after.pop("dvc.lock.unreadable", None)
    assert after == made


def test_the_committed_record_takes_the_place_of_one_that_cannot_be_read(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "cloned"
    shutil.copytree(small, project, ignore=shutil.ignore_patterns("runs"))
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for words in (("init", "-q"), ("add", "dvc.lock"), ("commit", "-qm", "record")):
        subprocess.run([*git, *words], cwd=project, check=True)
    whole = (project / "dvc.lock").read_bytes()
    (project / "dvc.lock").write_bytes(whole[:40])
    found = list(reproduced(project))
    assert [step.how for step in found if isinstance(step, Step)] == ["unchanged"] * 3
    assert "the committed one is back in its place" in str(found[0])
    assert (project / "dvc.lock").read_bytes() == whole


def test_repro_tells_a_line_a_stage_and_how_the_numbers_compare(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "small"
    shutil.copytree(small, project, ignore=shutil.ignore_patterns("runs"))
    monkeypatch.chdir(project)
    monkeypatch.setattr(repro_command, "compared", lambda *_: ["12 numbers, all equal to those before."])
    (project / "reports/tables").mkdir()
    repro_command.repro(Path())
    assert capsys.readouterr().out == "Nothing to do: 3 stages are up to date. Read reports/index.html.\n"
    edit(project / "params.yaml", "draws: 4", "draws: 44")
    repro_command.repro(Path())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["first", "last"]
    assert all(re.fullmatch(r"\w+ +[\d.]+ s", line) for line in lines[:2])
    assert lines[2:] == [
        "2 stages ran, 1 were up to date. Read reports/index.html.",
        "12 numbers, all equal to those before.",
    ]


def test_doubts_of_inputs_are_counted_and_not_told_in_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    doubts = [f"{Doubt('a.csv', f'row {row}', 'x', 'y')}\n" for row in (2, 3)]
    assert repro_command.print_steps(["a line\n", *doubts, Step("first", "ran", 1.0)]) == (1, 0)
    said = capsys.readouterr()
    assert said.err == "a line\n"
    assert said.out.splitlines()[1:] == ["2 cells of the inputs may be slips: `python -m pipeline check` names them."]


def test_a_run_waits_for_another_in_its_folder(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small)
    folder = overlay.RUNS_FOLDER / "busy"
    overlay.prepared(Path(), folder, "seed: 3\ndraws: 40\n")
    # Held for longer than DVC tries by itself.
    program = "import sys, time; from dvc.repo import Repo\nwith Repo().lock: print('held', flush=True); time.sleep(5)"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        found = [step for step in reproduced(folder, "other") if isinstance(step, Step)]
        done = {step.stage: step.how for step in found if step.how}
    assert done == {"other": "ran"}


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs/mine").mkdir(parents=True)
    with pytest.raises(InputError, match="a folder that is no run"):
        overlay.prepared(tmp_path, tmp_path / "runs/mine", "")


def test_status_of_a_pipeline_names_the_parameter(small: Path) -> None:
    assert status(small) == []
    edit(small / "params.yaml", "draws: 4", "draws: 6")
    found = status(small)
    edit(small / "params.yaml", "draws: 6", "draws: 4")
    assert [(item.stage, list(map(str, item.reasons)), item.after) for item in found] == [
        ("first", ["params.yaml: draws was changed"], ()),
        ("last", [], ("first",)),
    ]


# explain


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return Explanation(ROOT, "central")


def test_a_headline_is_led_back_to_plan_and_source(explanation: Explanation) -> None:
    text = "\n".join(explanation.of("zhejiang/nursing_beds").lines())
    row = (
        pd.read_csv(ROOT / "reports/tables/headline.csv")
        .set_index(["plan", "resource"])
        .loc["zhejiang", "nursing_beds"]
    )
    for name in ("required", "existing", "gap"):
        low, high = row[f"{name}_q10"], row[f"{name}_q90"]
        assert f"{name}: {row[name]:,.0f} ({low:,.0f} to {high:,.0f}, 80 %) beds" in text
    for part in (
        f"zhejiang/nursing_beds: {row['verdict']}, grade {row['grade']}, as of {row['as_of']}",
        "indicator: nursing_bed_share = nursing_beds ÷ institution_beds × 100 (percent)",
        "indicator: institution_beds_per_1000_60plus = institution_beds ÷ population_60plus × 1000 (per_1000)",
        "population basis: resident",
        "浙民〔2021〕65号",
        "data/plans/zhejiang.yaml, id zhejiang.nursing_bed_share.target.2025",
    ):
        assert part in text, part


def test_the_stated_gap_of_xuchang_is_led_back_to_its_two_figures(explanation: Explanation) -> None:
    lines = explanation.of("xuchang/beds/plan/2025").lines()
    assert "  gap, path held: 8,377 beds" in lines
    for measure, figure in {
        "existing, path held: 24,285 beds": "xuchang.institution_beds.baseline.2021: 24,285 beds",
        "required: 32,662 beds": "xuchang.institution_beds.target.2025.provincial: 32,662 beds",
    }.items():
        place = lines.index(f"  {measure}")
        assert lines[place + 1].startswith(f"    {figure}"), measure


def test_people_are_led_back_to_census_corrections_and_parameters(explanation: Explanation) -> None:
    text = "\n".join(explanation.of("wuhan/60+/2030").lines())
    table = pd.read_csv(ROOT / "reports/tables/population.csv", dtype={"output_type_id": str})
    rows = table.query("scenario == 'central' and region == 'wuhan' and year == 2030 and age_group == '60+'")
    rows = rows[(rows["sex"] == "both") & (rows["output_type"] == "quantile")]
    middle = rows.loc[rows["output_type_id"].astype(float) == 0.5, "value"].item()
    for part in (
        f"residents 60+ on 2030-12-31: {middle:,.0f} (",
        "census: data/raw/census/cities/wuhan.csv",
        "12326518 → 12447718",
        "projection.migration.weight = 1.0",
        "priors.old_age.area_return = {low: 0.344, high: 0.856}",
    ):
        assert part in text, part


def test_need_is_led_back_to_its_definition(explanation: Explanation) -> None:
    text = "\n".join(explanation.of("wuhan/need/2030").lines())
    assert "definition.li_2022: data/raw/disability_prevalence.csv" in text
    assert "role base, value 17.11, unit percent, year 2020" in text
    assert "need.target_occupancy = {low: 0.67, high: 0.86}" in text
    assert "evidence medium, impact medium: a planning pattern beside observed occupancy" in text


def test_every_id_in_the_reported_tables_can_be_explained(explanation: Explanation) -> None:
    tables = ROOT / "reports/tables"
    columns = [("gap", "figure_id"), ("headline", "figure_id"), ("verdict", "figure_id")]
    ids = {
        name
        for table, column in columns
        for cell in pd.read_csv(tables / f"{table}.csv", low_memory=False)[column].dropna()
        for name in cell.split(";")
    }
    assert {name.split(".")[0] for name in ids} >= {"norm", "goal", "supply", "definition", "settings", "staffing"}
    assert [name for name in sorted(ids) if explanation.ground(name) is None] == []


def test_every_headline_can_be_explained(explanation: Explanation) -> None:
    headline = pd.read_csv(ROOT / "reports/tables/headline.csv")
    for region, resource in zip(headline["region"], headline["resource"], strict=True):
        assert explanation.of(f"{region}/{resource}").below


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("xuchang/bed", "did you mean beds?"),
        ("xuchag/beds", "did you mean xuchang?"),
        ("xuchang/bed", "expected one of beds,"),
        ("xuchang/beds/plan/2019", "found no row, expected one of 2020, 2021,"),
        ("xuchang/beds/plan/soon", "found no row, expected one of 2020, 2021,"),
        ("xuchang/beds/plans/2025", "did you mean plan?"),
        ("wuhan/60+/2050", "found no row, expected one of 2020, 2021,"),
        ("hubei/beds", "found no row, expected one of inner_mongolia, panzhihua"),
        ("xuchang.institution_bed.baseline.2021", "did you mean xuchang.institution_beds.baseline.2021?"),
        ("norm.beds", "found nothing called 'norm.beds'"),
    ],
)
def test_what_is_not_reported_is_refused_with_what_there_is(explanation: Explanation, name: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        explanation.of(name)
    assert sentence in str(caught.value)


def test_explain_prints_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code, said, _ = called("explain", "xuchang.institution_beds.baseline.2021")
    assert code == 0
    assert said.startswith("xuchang.institution_beds.baseline.2021: 24,285 beds, baseline 2021")
    assert "used in" in said
    assert called("explain", "nothing.of.the.kind")[0] == 1


# new-region and new-plan


def test_a_new_city_is_laid_out_with_every_field(project: Path) -> None:
    code, said, _ = called("new-region", "luoyang", "--level", "city", "--parent", "henan")
    assert code == 0
    assert "data/regions/cities/luoyang.yaml" in said
    text = (project / "data/regions/cities/luoyang.yaml").read_text(encoding="utf-8")
    for name in (*Region.model_fields, *Names.model_fields):
        assert f"{name}:" in text, name
    like = pd.read_csv(ROOT / "data/raw/census/cities/xuchang.csv", dtype=str)
    census = pd.read_csv(project / "data/raw/census/cities/luoyang.csv", dtype=str)
    keys = ["year", "sex", "age"]
    assert census[keys].equals(like[keys])
    assert list(census) == list(like)
    code, _, faults = called("check")
    assert code == 1
    assert "data/regions/cities/luoyang.yaml" in faults


def test_a_new_city_that_is_filled_in_has_no_faults(project: Path) -> None:
    before = called("check")[2]
    called("new-region", "luoyang", "--parent", "henan")
    region = project / "data/regions/cities/luoyang.yaml"
    edit(region, 'gb_code: ""', 'gb_code: "410300"')
    edit(region, 'name: {zh: "", en: ""}', "name: {zh: 洛阳, en: Luoyang}")
    file = project / "data/raw/census/cities/luoyang.csv"
    census = pd.read_csv(file, dtype=str)
    table = pd.read_csv(ROOT / "data/raw/prefectures.csv", dtype=str)
    rows = table[(table["code"] == "410300") & (table["level"] == "prefecture")].set_index(["year", "sex"])
    census["population"] = [rows.loc[(row.year, row.sex), row.age] for row in census.itertuples()]
    census["source"] = [rows.loc[(row.year, row.sex), "source"] for row in census.itertuples()]
    census.to_csv(file, index=False, lineterminator="\n")
    edit(project / "params.yaml", "cities: [panzhihua,", "cities: [luoyang, panzhihua,")
    code, _, said = called("check")
    assert (code, said) == (0, before)


def test_a_city_of_which_only_margins_are_known_has_their_rows(project: Path) -> None:
    assert called("new-region", "luoyang", "--parent", "henan", "--margins")[0] == 0
    census = pd.read_csv(project / "data/raw/census/cities/luoyang.csv", dtype=str)
    assert list(census["age"]) == ["total", "total", "total", "0-14", "15-59", "60+", "65+"]


def test_a_new_plan_is_laid_out_with_every_field_and_is_valid_when_filled_in(project: Path) -> None:
    before = called("check")[2]
    assert called("new-plan", "henan_plan", "--region", "henan")[0] == 0
    file = project / "data/plans/henan_plan.yaml"
    text = file.read_text(encoding="utf-8")
    for model in (Plan, Names, Horizon, Source, Figure, BasisInferred):
        for name in model.model_fields:
            assert f"{name}:" in text, name
    code, _, faults = called("check")
    assert code == 1
    assert "data/plans/henan_plan.yaml" in faults
    filled = re.sub(r'(zh|en|section|producer|citation): ""', r'\1: "示例"', text)
    filled = filled.replace('published: ""', 'published: "2021-04"')
    # A stock of beds and a ratio to people, near the nation's.
    filled = re.sub(r"value:$", "value: 400000", filled, count=1, flags=re.MULTILINE)
    filled = re.sub(r"value:$", "value: 40", filled, flags=re.MULTILINE)
    file.write_text(filled, encoding="utf-8")
    code, _, said = called("check")
    assert (code, said) == (0, before)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("new-region", "xuchang", "--parent", "henan"), "an id that no region has"),
        (("new-region", "Luo/yang", "--parent", "henan"), "lower-case letters"),
        (("new-region", "../luoyang", "--parent", "henan"), "lower-case letters"),
        (("new-region", "luoyang", "--parent", "henn"), "did you mean henan?"),
        (("new-region", "luoyang", "--parent", "china"), "expected the id of a province"),
        (("new-region", "somewhere", "--level", "province", "--parent", "china", "--margins"), "provinces have a full"),
        (("new-plan", "xuchang", "--region", "xuchang"), "data/plans/xuchang.yaml: found a file that exists"),
        (("new-plan", "luoyang", "--region", "luoyan"), "a region of data/regions"),
    ],
)
def test_nothing_is_laid_out_over_what_exists_or_out_of_place(
    project: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    before = files(project)
    code, _, faults = called(*arguments)
    assert code == 1
    assert sentence in faults
    assert files(project) == before


def test_a_file_that_exists_alone_stops_both(project: Path) -> None:
    orphan = project / "data/raw/census/cities/luoyang.csv"
    orphan.write_text("kept", encoding="utf-8")
    code, _, faults = called("new-region", "luoyang", "--parent", "henan")
    assert code == 1
    assert "data/raw/census/cities/luoyang.csv: found a file that exists" in faults
    assert orphan.read_text(encoding="utf-8") == "kept"
    assert not (project / "data/regions/cities/luoyang.yaml").exists()
