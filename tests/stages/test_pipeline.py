"""The whole pipeline, run by DVC in a copy of the project under the smoke profile."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from smoke import dvc, edit, python

CENSUS = {
    "xuchang": ("60+", 862_656),
    "zhejiang": ("60+", 12_072_684),
    "panzhihua": ("60+", 239_574),
    "inner_mongolia": ("60+", 4_757_233),
    "china": ("total", 1_409_778_724),
}


@pytest.mark.parametrize("region", CENSUS)
def test_census_points_are_exact_in_every_row_of_the_output(project: Path, region: str) -> None:
    """NBS census tables of 2020, whole persons."""
    group, people = CENSUS[region]
    table = pd.read_csv(project / "reports/tables/population.csv", dtype={"gb_code": str})
    of_region = table[(table["region"] == region) & (table["age_group"] == group)]
    rows = of_region[(of_region["sex"] == "both") & (of_region["year"] == 2020)]
    assert set(rows["date"]) == {"2020-11-01"}
    assert set(rows["value"]) == {people}


def test_the_old_are_shown_with_the_census_consistency_offset_and_without(project: Path) -> None:
    """With it they are those of the central scenario; reported mortality alone leaves fewer of the nation's oldest."""
    shown = pd.read_csv(project / "reports/tables/consistency.csv")
    people = pd.read_parquet(project / "data/results/central/population.parquet")
    people = people[(people["sex"] == "both") & (people["output_type_id"] == 0.5)]
    both = shown.merge(people, on=["region", "year", "age_group"])
    assert len(both) == len(shown) == 6 * 3 * 3
    assert both["with_median"].to_numpy() == pytest.approx(both["value"].to_numpy(), abs=0.51)
    oldest = shown[(shown["region"] == "china") & (shown["age_group"] == "80+")]
    assert (oldest["without_median"] < oldest["with_median"]).all()


def test_the_stated_gap_of_xuchang_comes_out_of_its_inputs(project: Path) -> None:
    """32,662 beds asked for by 2025, 24,285 there: the plan itself says 8,377 are missing."""
    headline = pd.read_csv(project / "reports/tables/headline.csv")
    row = headline.query("plan == 'xuchang' and resource == 'beds'").iloc[0]
    assert (row["required"], row["supply"], row["gap"]) == (32_662, 24_285, 8_377)


def test_what_no_plan_states_is_blank_and_not_zero(project: Path) -> None:
    gap = pd.read_csv(project / "reports/tables/gap.csv")
    stated = gap.query("region == 'panzhihua' and measure in ['supply', 'gap', 'sufficiency'] and not assumed")
    assert len(stated)
    assert stated["value"].isna().all()
    imputed = gap.query("region == 'panzhihua' and measure == 'supply' and resource == 'beds' and assumed")
    assert (imputed["value"].dropna() > 0).any()


def test_the_nation_s_disabled_are_those_that_were_published(project: Path) -> None:
    """45.64 m under 17.11 % in 2020, of 266.7 m people where the census has 1.0 % fewer; 21.4 m under any ADL."""
    need = pd.read_csv(project / "reports/tables/need.csv")
    nation = need.query("region == 'china' and scenario == 'central' and severity.isna() and output_type_id == 0.5")
    found = nation.set_index(["definition", "year"])["value"]
    assert found["li_2022", 2020] == pytest.approx(45.64e6 * 264.02 / 266.7, rel=0.003)
    assert found["adl", 2020] == pytest.approx(21.4e6, rel=0.006)
    assert found["adl", 2021] == pytest.approx(21.4e6, rel=0.04)
    falling = need.query("region == 'china' and scenario == 'disability_falling' and output_type_id == 0.5")
    later = falling[falling["year"] == 2035].set_index("definition")["value"]
    assert later["li_2022"] < 0.8 * found["li_2022", 2035]


def test_every_yardstick_is_held_against_every_path(project: Path) -> None:
    gap = pd.read_csv(project / "reports/tables/gap.csv").query("scenario == 'central'")
    assert set(gap["definition"].dropna()) >= {"census_selfcare", "adl", "adl_iadl", "survey_2015", "transition"}
    assert set(gap["bed_basis"].dropna()) == {"nominal", "usable"}
    assert set(gap["unit_basis"].dropna()) == {"heads", "fte"}
    for region in ("zhejiang", "inner_mongolia", "wuhan", "xuchang", "panzhihua"):
        beds = gap[(gap["region"] == region) & (gap["resource"] == "beds") & (gap["measure"] == "gap")]
        for yardstick in ("plan" if (beds["yardstick"] == "plan").any() else "norm", "need"):
            paths = set(beds.loc[beds["yardstick"] == yardstick, "supply_path"])
            assert paths == {"held", "no_new_policy", "plan_delivered"}, (region, yardstick)
    detail = pd.read_parquet(project / "data/results/central/gap.parquet")
    probability = detail.loc[detail["measure"] == "met_probability", "value"].dropna()
    assert probability.between(0, 1).all()
    assert ((probability > 0) & (probability < 1)).any()


def test_headlines_say_why_a_target_cannot_be_judged(project: Path) -> None:
    rows = pd.read_csv(project / "reports/tables/headline.csv").set_index(["plan", "resource"])
    assert rows.loc[("zhejiang", "beds"), "status"] == "met"
    assert rows.loc[rows["status"] != "unknown", ["note_en", "note_zh"]].isna().all(axis=None)
    assert rows.loc[rows["status"] == "unknown", ["note_en", "note_zh"]].notna().all(axis=None)
    assert "urban communities" in rows.loc[("wuhan", "social_workers"), "note_en"]
    assert "城市社区数" in rows.loc[("wuhan", "social_workers"), "note_zh"]
    assert "of 2021, before the target's year 2025" in rows.loc[("xuchang", "beds"), "note_en"]


def test_drivers_sum_to_the_requirement(project: Path) -> None:
    steps = pd.read_csv(project / "reports/tables/waterfall.csv")
    for _, part in steps.groupby(["region", "resource"]):
        mean = part.set_index("driver")["mean"]
        assert mean[:-1].sum() == pytest.approx(mean["target"], abs=0.6)
    ranked = pd.read_csv(project / "reports/tables/sensitivity.csv")
    first = ranked[ranked["rank"] == 1]
    assert len(first) == len(ranked[["region", "resource", "yardstick"]].drop_duplicates())
    # A total index lies within 0 and 1; its estimate from the 64 samples of the smoke run may stray well beyond.
    assert first["value"].between(0.2, 2.0).all()


def pipeline(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(project, "-m", *arguments)


def test_what_moved_between_two_runs_is_what_was_changed(project: Path) -> None:
    ran = pipeline(project, "pipeline", "compare", "central", "disability_falling", "--json")
    assert ran.returncode == 0, ran.stderr
    rows = pd.DataFrame(json.loads(ran.stdout))
    moved = rows[(rows["mean"].abs() > 1e-6) & ~rows["driver"].isin(["base", "target"])]
    assert set(moved["driver"]) - {"interaction"} == {"disability"}
    assert (moved["mean"] < 0).all()
    text = pipeline(project, "pipeline", "compare", "central", "data/results/no_migration")
    assert "population_size" in text.stdout
    copy = project / "data/results/older"
    shutil.copytree(project / "data/results/no_migration", copy)
    edit(copy / "run.json", '"base_year": 2020', '"base_year": 2010')
    edit(copy / "run.json", '"model_version": "', '"model_version": "0.')
    refused = pipeline(project, "pipeline", "compare", "central", "data/results/older")
    shutil.rmtree(copy)
    assert refused.returncode == 1
    assert "base year: found 2020 and 2010, expected the same in both" in refused.stderr
    assert "model version: found" in refused.stderr
    missing = pipeline(project, "pipeline", "compare", "central", "centrel")
    assert missing.returncode == 1
    assert "centrel: found no run" in missing.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("params.yaml", "{low: 0.7, high: 1.4}", "{low: -0.7, high: 1.4}", "need.users_per_caregiver.low: found -0.7"),
        ("params.yaml", "{low: 0.67, high: 0.86}", "{low: 0.67, high: 1.2}", "need.target_occupancy.high: found 1.2"),
        (
            "params.yaml",
            "adl_iadl, survey_2015",
            "frail, survey_2015",
            "need.definitions: found 'frail', expected one of",
        ),
        (
            "params.yaml",
            "  trend: constant",
            "  trend: up",
            "need.trend: found 'up', expected one of constant, falling",
        ),
        ("params.yaml", "headline: li_2022", "headline: adl_some_iadl", "need.headline: found 'adl_some_iadl'"),
        (
            "data/raw/staffing.csv",
            "by_severity,home,severe,care_hours",
            "by_hours,home,severe,care_hours",
            "users_per_carer.home.severe: found nothing, expected a value for each of mild, moderate, severe",
        ),
    ],
)
def test_a_bad_parameter_of_care_is_named_and_nothing_written(
    project: Path, file: str, old: str, new: str, sentence: str
) -> None:
    folder = project / "data/results/central"
    before = {path: path.read_bytes() for path in folder.glob("*.parquet")}
    edit(project / file, old, new)
    if file == "params.yaml":
        ran = pipeline(project, "pipeline.stages.measure_gap", "central")
    else:
        ran = pipeline(project, "pipeline.stages.check_inputs")
    edit(project / file, new, old)
    assert ran.returncode == 1
    assert sentence in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr
    assert before == {path: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_second_run_does_nothing_and_says_so(project: Path) -> None:
    again = dvc(project, "repro")
    assert again.returncode == 0
    assert "up to date" in again.stdout
    assert "Running stage" not in again.stdout


def test_a_changed_scenario_reruns_that_one_only(project: Path) -> None:
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e0: 1.8")
    planned = dvc(project, "repro", "--dry").stdout
    edit(project / "params.yaml", "extra_e0: 1.8", "extra_e0: 1.9")
    assert "project_population@low_mortality" in planned
    for other in (
        "project_population@central",
        "project_population@no_migration",
        "'build_baseline'",
        "'sample_areas'",
    ):
        assert f"Running stage {other}" not in planned
        assert f"Running stage '{other}'" not in planned


def test_a_misspelt_key_is_refused_before_anything_is_written(project: Path) -> None:
    before = {file: file.read_bytes() for file in (project / "reports/tables").glob("*.csv")}
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e_0: 1.9")
    ran = dvc(project, "repro", "--force", "project_population@low_mortality", "--single-item")
    edit(project / "params.yaml", "extra_e_0: 1.9", "extra_e0: 1.9")
    assert ran.returncode != 0
    assert "params.yaml, line" in ran.stderr
    assert "extra_e_0" in ran.stderr
    assert before == {file: file.read_bytes() for file in (project / "reports/tables").glob("*.csv")}
