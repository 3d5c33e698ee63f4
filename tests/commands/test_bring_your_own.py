"""docs/bring_your_own.md, executed: two new cities and a plan, and what they leave alone."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from pydantic import TypeAdapter
from smoke import dvc, edit, python

from pipeline.documents.validate import read_model
from pipeline.domain import Region

PAGE = Path(__file__).parents[2] / "docs/bring_your_own.md"
BOX = re.compile(r"(?:File `(?P<file>[^`]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
OTHERS = ("sample_margins", "sample_areas", "draw_city@panzhihua", "draw_city@wuhan", "draw_city@xuchang")
LIST = "cities: [panzhihua, wuhan, xuchang]"


@pytest.fixture(scope="module")
def followed(smoke_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the smoke run after every box of the page was done as it stands there."""
    project = tmp_path_factory.mktemp("followed") / "project"
    shutil.copytree(smoke_run, project, symlinks=True)
    last = LIST
    for box in BOX.finditer(PAGE.read_text(encoding="utf-8")):
        text = box["text"]
        match box["kind"]:
            case "yaml" if box["file"] is None:
                pass  # lines for a region that has more than this one: read by themselves below
            case "yaml" | "csv":
                (project / box["file"]).write_text(text, encoding="utf-8")
            case "python":
                ran = python(project, "-c", text)
                assert ran.returncode == 0, ran.stderr
            case "params":
                edit(project / "params.yaml", last, text.strip())
                last = text.strip()
            case "shell":
                for command in text.splitlines():
                    ran = python(project, *command.split()[1:])
                    assert ran.returncode == 0, ran.stderr
            case kind:
                raise AssertionError(f"a box of {kind}, of which nobody knows how to run it")
    # What `make repro` would run, as far as one scenario goes.
    for stages in (
        ("check_inputs", "draw_city@luoyang", "draw_city@kaifeng"),
        ("-s", "project_population", "measure_gap"),
    ):
        ran = dvc(project, "repro", *stages)
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return project


def test_lines_without_a_file_are_lines_of_a_region(tmp_path: Path) -> None:
    boxes = list(BOX.finditer(PAGE.read_text(encoding="utf-8")))
    (region,) = (box["text"] for box in boxes if box["file"] == "data/regions/cities/luoyang.yaml")
    lines = [box["text"] for box in boxes if box["kind"] == "yaml" and box["file"] is None]
    (tmp_path / "luoyang.yaml").write_text(region + "".join(lines), encoding="utf-8")
    read, _ = read_model(tmp_path, "luoyang.yaml", TypeAdapter(Region))
    assert [(count.year, count.value) for count in read.counts] == [(2023, 1_320_000)]
    assert [(seen.date, seen.value) for seen in read.supply] == [("2024-06", 21_000)]


def test_the_new_plan_is_measured(followed: Path) -> None:
    gap = pd.read_parquet(followed / "data/results/central/gap.parquet").query("region == 'luoyang'")
    beds = gap.query("quantity == 'elderly_care_beds' and yardstick == 'plan' and year == 2025").set_index("measure")
    people = pd.read_parquet(followed / "data/projections/central/population.parquet")
    then = people.query("region == 'luoyang' and year == 2025 and sex == 'both' and age_group == '60+'")
    asked = 0.04 * then.loc[then["output_type_id"] == 0.5, "value"].item()
    assert beds.loc["required", "shown"] == pytest.approx(asked, rel=0.01)
    short = beds.loc["gap"].set_index("supply_path")["shown"]
    assert short["held"] == beds.loc["required", "shown"] - 40_000, "what is shown closes"
    assert set(gap["yardstick"].dropna()) == {"plan", "status_quo", "norm", "need"}


def census(project: Path, region: str, group: str) -> pd.Series:
    """Quantiles of the people of a region on census day, by level."""
    rows = pd.read_parquet(project / "data/projections/central/population.parquet")
    rows = rows[(rows["region"] == region) & (rows["year"] == 2020) & (rows["sex"] == "both")]
    rows = rows[(rows["age_group"] == group) & (rows["output_type"] == "quantile")]
    return rows.set_index("output_type_id")["value"]


def counted(project: Path, code: str, first: str) -> int:
    """People from an age group on in the prefecture table of 2020."""
    table = pd.read_csv(project / "data/raw/prefectures.csv", dtype={"code": str})
    rows = table[(table["code"] == code) & (table["year"] == 2020) & (table["level"] == "prefecture")]
    return int(rows.loc[:, first:"85+"].to_numpy().sum())


def test_a_city_with_its_table_is_exact_on_census_day(followed: Path) -> None:
    for group, first in {"60+": "60-64", "80+": "80-84", "total": "0"}.items():
        assert set(census(followed, "luoyang", group).round(3)) == {counted(followed, "410300", first)}


def test_a_city_of_margins_keeps_them_and_is_uncertain_within(followed: Path) -> None:
    for group, first in {"60+": "60-64", "65+": "65-69", "total": "0"}.items():
        assert set(census(followed, "kaifeng", group).round(3)) == {counted(followed, "410200", first)}
    oldest = census(followed, "kaifeng", "80+")
    truth = counted(followed, "410200", "80-84")
    assert oldest[0.025] < truth < oldest[0.975]
    assert 0.05 < (oldest[0.9] - oldest[0.1]) / truth < 0.5


def test_neither_the_fit_nor_another_city_is_stale(followed: Path) -> None:
    status = dvc(followed, "status", *OTHERS)
    assert "up to date" in status.stdout, status.stdout


def test_a_city_that_the_list_lacks_stops_the_run_by_name(followed: Path) -> None:
    edit(followed / "params.yaml", "[kaifeng, luoyang,", "[luoyang,")
    ran = python(followed, "-m", "pipeline.stages.check_inputs")
    assert ran.returncode == 1
    (said,) = ran.stderr.strip().splitlines()
    assert said.startswith("params.yaml, ")
    assert "kaifeng" in said
    assert "every city of data/regions/cities" in said
    assert "Traceback" not in ran.stderr
    edit(followed / "params.yaml", "[luoyang,", "[kaifeng, luoyang,")


@pytest.mark.slow
def test_the_new_plan_has_its_report_and_goes_with_its_file(followed: Path) -> None:
    ran = dvc(followed, "repro")
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    page = (followed / "reports/plans/luoyang/en.html").read_text(encoding="utf-8")
    assert "EXAMPLE plan for Luoyang" in page
    assert "luoyang/en.html" in (followed / "reports/index.html").read_text(encoding="utf-8")
    (followed / "reports/plans/luoyang/en.html").write_text(page.replace("EXAMPLE", "EXAMPEL"), encoding="utf-8")
    assert dvc(followed, "repro").returncode == 0
    assert (followed / "reports/plans/luoyang/en.html").read_text(encoding="utf-8") == page
    (followed / "data/plans/luoyang.yaml").unlink()
    ran = dvc(followed, "repro")
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    assert not (followed / "reports/plans/luoyang/en.html").exists()
    assert (followed / "reports/plans/xuchang/en.html").exists()
