"""Inputs broken by rule: every one is refused in sentences of one form, or doubted, and nothing is written."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from bad_inputs.check import FORM, VARIANTS, read_once, told_of, told_together
from defaults import ROOT, copy_inputs
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipeline.documents.validate import read_model
from pipeline.domain import Plan
from pipeline.errors import Doubt, Fault, InputError
from pipeline.inputs import care_checks, store
from pipeline.inputs.catalogue import check_catalogue
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.read import check_csv
from pipeline.model.ingest import check_inputs
from pipeline.stages import check_inputs as check_inputs_stage


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    with read_once():
        yield copy_inputs(tmp_path_factory.mktemp("bad") / "project")


def test_the_corpus_covers_every_kind_of_input():
    files = [variant.file for variant in VARIANTS]
    assert len(VARIANTS) == len(set(map(str, VARIANTS))) >= 150
    raw = {str(path.relative_to(ROOT)) for path in (ROOT / "data/raw").rglob("*.csv") if "census/" not in str(path)}
    assert raw < set(files)
    assert {"params.yaml", "data/sources.yaml", "data/indicators.yaml", "data/corrections.yaml"} < set(files)
    for folder in ("data/plans", "data/regions/cities", "data/regions/provinces", "data/raw/census/cities"):
        assert any(file.startswith(folder) for file in files)


def test_sound_inputs_have_no_fault_and_no_doubt_but_of_shares_of_an_unknown_whole(project):
    """Panzhihua and Wuhan set a share of beds whose number nobody published: that stays to be told."""
    inputs = check_inputs(project)
    assert inputs.faults == ()
    assert [(doubt.file, doubt.value) for doubt in inputs.doubts] == [
        ("data/plans/panzhihua.yaml", "50"),
        ("data/plans/wuhan.yaml", "50"),
    ]
    assert all("a stock of institution_beds" in doubt.expected for doubt in inputs.doubts)


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if not variant.beside], ids=str)
def test_each_is_refused_in_one_clear_sentence(project, variant):
    told = told_of(project, variant)
    assert any(re.search(variant.told, message) for message in told), told
    assert len(told) == 1 or not variant.alone, told
    in_clear_sentences(told)


def test_files_that_disagree_are_named_however_many_there_are(project):
    beside = [variant for variant in VARIANTS if variant.beside]
    told = told_together(project, beside)
    for variant in beside:
        messages = told[str(variant)]
        assert any(re.search(variant.told, message) for message in messages), (str(variant), messages)
        assert any(message.startswith("warning: ") for message in messages) == variant.doubted, (str(variant), messages)
        in_clear_sentences(messages)


def in_clear_sentences(told):
    for message in told:
        assert FORM.fullmatch(message), message
        assert message.isprintable()
        assert len(message) < 500, message


def added(project, file, text, check=lambda project: check_inputs(project).faults):
    """What the checks, or one of them, say of a file that is added to sound inputs."""
    path = project / file
    path.write_text(text, encoding="utf-8")
    try:
        return list(map(str, check(project)))
    finally:
        path.unlink()


def test_a_table_that_nothing_reads_is_named(project):
    (told,) = added(project, "data/raw/birth.csv", "year\n2020\n")
    assert told.startswith("data/raw/birth.csv: found a table that nothing reads, expected ")
    assert told.endswith("(did you mean data/raw/births.csv?)")
    city = (ROOT / "data/raw/census/cities/xuchang.csv").read_text(encoding="utf-8")
    (told,) = added(project, "data/raw/census/cities/kaifeng.csv", city)
    assert told.startswith("data/raw/census/cities/kaifeng.csv: found a table that nothing reads, expected ")


@pytest.mark.parametrize("name", ["checks", "overview", "tables"])
def test_a_plan_is_not_called_like_a_folder_of_the_reports(project, name):
    """Its reports would take the place of what others write there."""
    plan = small_plan().decode().replace("panzhihua", name).replace(f"plan_{name}", "plan_panzhihua")
    told = added(project, f"data/plans/{name}.yaml", plan, lambda project: check_catalogue(project)[1])
    assert any(f"data/plans/{name}.yaml" in line and "are folders under reports/" in line for line in told), told


def test_a_message_is_one_line_of_visible_characters_whatever_it_quotes():
    fault = Fault("a.csv", "row 2", "x\n\u202ey\x1b[31m", "text")
    assert str(fault) == r"a.csv, row 2: found x\n\u202ey\x1b[31m, expected text"
    assert str(Doubt("a.csv", "row 2", "x", "y")) == "warning: a.csv, row 2: found x, expected y"


# The real command: what it says, how it ends, and that it leaves the outputs alone.

WORK = (check_inputs_stage.check_inputs, (store.FOLDER,))
OUTPUT = "reports/tables/plan_figures.csv"
STAFFING, DEFINITION = "data/raw/staffing.csv: without a severity", "params.yaml: an unknown definition"
TOLD_TOGETHER = (
    "params.yaml: an interval upside down",
    "data/plans/xuchang.yaml: a misspelt key",
    "data/raw/births.csv: a negative number",
    "data/raw/census/cities/xuchang.csv: GBK",
    "data/regions/cities/wuhan.yaml: a short code",
)


def command(project):
    """The stage as DVC runs it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "pipeline.stages.check_inputs"]
    done = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("names", [TOLD_TOGETHER, (STAFFING,), (DEFINITION,)], ids=["five", "staffing", "definition"])
def test_the_command_names_all_faults_at_once_and_writes_nothing(project, tmp_path, names, as_stage):
    project = shutil.copytree(project, tmp_path / "project")
    (project / OUTPUT).parent.mkdir(parents=True)
    (project / OUTPUT).write_text("what the last good run left\n")
    variants = [variant for variant in VARIANTS if str(variant) in names]
    assert len(variants) == len(names)
    for variant in variants:
        variant.rule(project / variant.file)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    code, said, faults = command(project) if len(names) > 1 else as_stage(project, check_inputs_stage, *WORK)
    assert (code, said) == (1, "")
    # The copies share the package: where another test runs the stage at the same time, this one waits and says so.
    lines = [line for line in faults.splitlines() if "waits for another run" not in line]
    assert all(FORM.fullmatch(line) for line in lines), faults
    for variant in variants:
        assert any(re.search(variant.told, line) for line in lines), faults
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_doubt_is_shown_and_stops_nothing(project, tmp_path, as_stage):
    project = shutil.copytree(project, tmp_path / "project")
    (variant,) = (item for item in VARIANTS if item.doubted and item.name == "60+ below 65+")
    variant.rule(project / variant.file)
    code, _, doubts = as_stage(project, check_inputs_stage, *WORK)
    assert code == 0
    assert re.search(variant.told, doubts)
    assert (project / OUTPUT).is_file()


# Bytes changed at random: read, or refused; never anything else.

PIECES = ("\n", ": ", "- ", "[", "}", '"', "'", "&a ", "*a", "!!x ", ",", "\t", "0", "-", ".", "e9", "万")
changed = st.binary(max_size=4) | st.sampled_from(PIECES).map(str.encode)
edits = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 6), changed), min_size=1, max_size=4)


def edited(content, changes):
    for place, cut, put in changes:
        start = int(place * len(content))
        content = content[:start] + put + content[start + cut :]
    return content


def small_plan():
    text = (ROOT / "data/plans/panzhihua.yaml").read_text(encoding="utf-8")
    fourth = [found.start() for found in re.finditer(r"^  - id:", text, flags=re.MULTILINE)][4]
    return text[:fourth].encode()


PLAN_BYTES = small_plan()
FIGURES_BYTES = b"\n".join((ROOT / "data/raw/care_figures.csv").read_bytes().split(b"\n")[:25]) + b"\n"


@settings(max_examples=150, deadline=None)
@given(edits)
def test_a_plan_with_random_bytes_is_read_or_refused(changes):
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "plan.yaml").write_bytes(edited(PLAN_BYTES, changes))
        told = ""
        try:
            read_model(Path(name), "plan.yaml", TypeAdapter(Plan))
        except InputError as error:
            told = str(error)
        assert all(line.isprintable() and FORM.fullmatch(line) for line in told.split("\n") if told)


@settings(max_examples=150, deadline=None)
@given(edits)
def test_a_table_with_random_bytes_is_read_or_refused(changes):
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "figures.csv").write_bytes(edited(FIGURES_BYTES, changes))
        frame, faults = check_csv(Path(name), "figures.csv", RAW_FILES["data/raw/care_figures.csv"])
        if not faults:
            faults = care_checks.care_faults("care_figures", frame)
        assert all(str(fault).isprintable() and FORM.fullmatch(str(fault)) for fault in faults)
