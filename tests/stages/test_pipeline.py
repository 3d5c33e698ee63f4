"""The whole pipeline, run by DVC in a copy of the project under the smoke profile."""

import json
import shutil
from functools import cache

import numpy as np
import pandas as pd
import pytest
from smoke import dvc, edit, python

from pipeline.results.monte_carlo import standard_errors
from pipeline.summary import last_digit

DRAWS = 40
"""Those of the smoke profile."""

NOT_DRAWN = ("backtest", "benchmark_un")
"""Draws of a sampler's own number; values that others published."""

CENSUS = {
    "xinjiang": ("total", 25_852_345),
    "xuchang": ("60+", 862_656),
    "zhejiang": ("60+", 12_072_684),
    "panzhihua": ("60+", 239_574),
    "inner_mongolia": ("60+", 4_757_233),
    "china": ("total", 1_409_778_724),
}


@pytest.fixture(scope="module")
def table(project):
    """Reads a published table by its name."""
    codes = {"gb_code": str, "code": str}
    return cache(lambda name: pd.read_csv(project / f"reports/tables/{name}.csv", dtype=codes, low_memory=False))


@pytest.mark.parametrize("region", CENSUS)
def test_census_points_are_exact_in_every_row_of_the_output(table, region):
    """NBS census tables of 2020, whole persons."""
    group, people = CENSUS[region]
    rows = table("population").query(f"region == '{region}' and age_group == '{group}' and sex == 'both'")
    rows = rows[rows["year"] == 2020]
    assert set(rows["date"]) == {"2020-11-01"}
    assert set(rows["value"]) == {people}


def test_the_old_are_shown_with_the_census_consistency_offset_and_without(table, project):
    """With it they are those of the central scenario; reported mortality alone leaves fewer of the nation's oldest."""
    shown = table("consistency")
    people = pd.read_parquet(project / "data/projections/central/population.parquet")
    people = people[(people["sex"] == "both") & (people["output_type_id"] == 0.5)]
    both = shown.merge(people, on=["region", "year", "age_group"])
    assert len(both) == len(shown) == 6 * 3 * 3
    error = standard_errors(shown, DRAWS)["with_median"]
    assert (np.abs(both["with_median"] - both["value"]) <= 0.51 * np.maximum(error, 1.0)).all(), "but for its digits"
    oldest = shown[(shown["region"] == "china") & (shown["age_group"] == "80+")]
    assert (oldest["without_median"] < oldest["with_median"]).all()


def test_the_atlas_gives_places_with_a_plan_their_own_draws(table, project):
    """The smoke profile has fewer draws than the atlas may keep, so that all of them are in both."""
    people = pd.read_parquet(project / "data/projections/central/population.parquet")
    people = people[(people["sex"] == "both") & people["output_type_id"].isin((0.1, 0.5, 0.9))]
    atlas = table("atlas")
    for region, code in (("xuchang", "411000"), ("zhejiang", "330000"), ("panzhihua", "510400"), ("wuhan", "420100")):
        mine = atlas[atlas["code"] == code].set_index(["year", "age_group"])
        own = people[people["region"] == region].pivot_table(
            index=["year", "age_group"], columns="output_type_id", values="value"
        )
        assert len(mine) == 5 * 4
        ends = ["q10", "median", "q90"]
        errors = pd.DataFrame(standard_errors(mine, DRAWS), index=mine.index)[ends]
        apart = np.abs(mine[ends].to_numpy() - own.loc[mine.index].to_numpy())
        assert (apart <= 0.51 * errors.clip(lower=1.0)).all(axis=None), "but for its digits"


def test_every_number_has_the_digits_that_its_draws_bear(project):
    """What closes with other numbers (a gap, a part) may carry those of the finest of them."""
    of_shown = ("gap", "additions", "waterfall", "need", "next_plan", "childcare")
    closing = {(table, "shown") for table in of_shown} | {("verdict", "gap"), ("headline", "gap")}
    closing |= {("childcare", "q10"), ("childcare", "q90")}
    looked_at = 0
    for file in sorted((project / "reports/tables").glob("*.csv")):
        table = pd.read_csv(file, low_memory=False)
        for name, error in standard_errors(table, DRAWS).items():
            numbers = table[name].to_numpy(dtype=float)
            rows = (np.nan_to_num(error) > 2.0) & ((file.stem, name) not in closing) & (file.stem not in NOT_DRAWN)
            steps = numbers[rows] / last_digit(error[rows] / 2.0)
            assert steps == pytest.approx(np.rint(steps), abs=1e-6), (file.name, name)
            looked_at += rows.sum()
    assert looked_at > 10_000


def test_the_stated_gap_of_xuchang_comes_out_of_its_inputs(table):
    """32,662 beds asked for by 2025, 24,285 there in 2021: the plan itself says 8,377 are missing."""
    headline = table("headline")
    row = headline.query("plan == 'xuchang' and resource == 'beds'").iloc[0]
    assert (row["required"], row["stock_value"], row["required"] - row["stock_value"]) == (32_662, 24_285, 8_377)
    assert row["existing_q10"] < row["existing"] < row["existing_q90"]
    assert row["gap"] == row["required"] - row["existing"]


def test_what_no_plan_states_is_blank_and_not_zero(table):
    """No stock of Panzhihua is published."""
    headline = table("headline").query("plan == 'panzhihua'")
    assert {"beds", "nursing_share", "social_workers"} <= set(headline["resource"])
    assert headline["required"].gt(0).all()
    assert headline[["existing", "gap", "verdict", "met_probability"]].isna().all(axis=None)
    assert headline["unknown"].str.split(";").map(lambda codes: "stock" in codes).all()
    gap = table("gap").query("region == 'panzhihua'")
    assert len(gap)
    assert gap["measure"].isin(["required", "check"]).all()


def test_the_nation_s_disabled_are_those_that_were_published(table):
    """45.64 m under 17.11 % in 2020, of 266.7 m people where the census has 1.0 % fewer; 21.4 m under any ADL."""
    need = table("need").query("region == 'china' and measure == 'disabled'")
    need = need[need["severity"].isna() & need["setting"].isna()]
    found = need[need["scenario"] == "central"].set_index(["definition", "year"])["shown"]
    assert found["li_2022", 2020] == pytest.approx(45.64e6 * 264.02 / 266.7, rel=0.01), "40 draws bear two digits"
    assert found["adl", 2020] == pytest.approx(21.4e6, rel=0.006)
    assert found["adl", 2021] == pytest.approx(21.4e6, rel=0.04)
    falling = need[need["scenario"] == "disability_falling"].set_index(["definition", "year"])["shown"]
    assert falling["li_2022", 2035] < 0.8 * found["li_2022", 2035]


def test_every_yardstick_is_held_against_every_path(table):
    """Wherever a requirement and a stock of one quantity are known, on every path on which that stock is carried."""
    gap = table("gap").query("scenario == 'central'")
    assert set(gap["yardstick"].dropna()) == {"plan", "norm", "status_quo", "need"}
    assert set(gap["definition"].dropna()) >= {"census_selfcare", "adl", "adl_iadl", "survey_2015", "transition"}
    quantity = ["region", "quantity", "year"]
    rule = [*quantity, "yardstick", "definition", "severity", "setting"]
    short = gap[gap["measure"] == "gap"]
    existing = gap[gap["measure"] == "existing"][[*quantity, "supply_path", "shown"]]
    paths = existing.groupby("region")["supply_path"].agg(set)
    assert paths["xuchang"] == paths["wuhan"] == paths["zhejiang"] == {"trend", "held", "plan_delivered"}
    assert paths["inner_mongolia"] == {"trend", "held"}
    required = gap[(gap["measure"] == "required") & gap["setting"].isna() & gap["shown"].notna()]
    wanted = required[[*rule, "shown"]].merge(existing, on=quantity, suffixes=("", "_existing"))
    both = wanted.merge(short[[*rule, "supply_path", "shown"]], on=[*rule, "supply_path"], suffixes=("", "_gap"))
    assert len(both) == len(wanted) == len(short)
    assert both["shown_gap"].to_numpy() == pytest.approx((both["shown"] - both["shown_existing"]).to_numpy(), abs=0.051)
    probability = table("verdict")["met_probability"].dropna()
    assert probability.between(0, 1).all()
    assert ((probability > 0) & (probability < 1)).any()


def test_headlines_say_why_a_target_cannot_be_judged(table):
    """Only a published outcome or an honest forecast of the region's own stock (A, B) carries a verdict."""
    rows = table("headline").set_index(["plan", "resource"])
    assert rows.loc[("zhejiang", "beds"), "verdict"] == "likely_met"
    for column in ("verdict", "met_probability"):
        assert (rows[column].notna() == rows["grade"].isin(["A", "B"])).all()
    assert rows["settled_by"].notna().all()
    blank = rows[["required", "existing"]].isna().any(axis=1)
    assert blank.any()
    assert (rows["unknown"].notna() == blank).all()
    assert "count:urban_communities" in rows.loc[("wuhan", "social_workers"), "unknown"].split(";")
    beds = rows.loc[("xuchang", "beds")]
    assert (beds["stock_date"], beds["target_year"], beds["carried_by"]) == ("2021", 2025, "nation")
    assert beds["settled_by"].startswith("institution_beds:2025:")


def test_one_input_ranks_first_for_every_requirement(table):
    ranked = table("sensitivity")
    first = ranked[ranked["rank"] == 1]
    assert len(first) == len(ranked[["region", "resource", "yardstick"]].drop_duplicates())
    # A total index lies within 0 and 1; its estimate from the 64 samples of the smoke run may stray well beyond.
    assert first["value"].between(0.2, 2.0).all()


def test_what_moved_between_two_runs_is_what_was_changed(project):
    ran = python(project, "-m", "pipeline", "compare", "central", "disability_falling", "--json")
    assert ran.returncode == 0, ran.stderr
    rows = pd.DataFrame(json.loads(ran.stdout))
    moved = rows[(rows["shown"].abs() > 1e-6) & ~rows["driver"].isin(["base", "target"])]
    assert set(moved["driver"]) - {"interaction"} == {"disability"}
    assert (moved.loc[moved["driver"] == "disability", "shown"] < 0).all()
    text = python(project, "-m", "pipeline", "compare", "central", "data/results/no_migration")
    assert "population_size" in text.stdout
    copy = project / "data/results/older"
    for folder in ("projections", "results"):
        shutil.copytree(project / f"data/{folder}/no_migration", project / f"data/{folder}/older")
    edit(copy / "run.json", '"base_year": 2020', '"base_year": 2010')
    edit(copy / "run.json", '"model_version": "', '"model_version": "0.')
    refused = python(project, "-m", "pipeline", "compare", "central", "data/results/older")
    for folder in ("projections", "results"):
        shutil.rmtree(project / f"data/{folder}/older")
    assert refused.returncode == 1
    assert "base year: found 2020 and 2010, expected the same in both" in refused.stderr
    assert "model version: found" in refused.stderr
    missing = python(project, "-m", "pipeline", "compare", "central", "centrel")
    assert missing.returncode == 1
    assert "centrel: found no run" in missing.stderr


def test_a_second_run_does_nothing_and_says_so(project):
    again = dvc(project, "repro")
    assert again.returncode == 0
    assert "up to date" in again.stdout
    assert "Running stage" not in again.stdout


def test_a_changed_scenario_samples_and_draws_nothing_anew(project):
    edit(project / "params.yaml", "extra_e0: 1.9", "extra_e0: 1.8")
    planned = dvc(project, "repro", "--dry").stdout
    edit(project / "params.yaml", "extra_e0: 1.8", "extra_e0: 1.9")
    assert "Running stage 'project_population'" in planned
    for other in ("build_baseline", "sample_areas", "draw_areas", "draw_city@wuhan", "balance_provinces"):
        assert f"Running stage '{other}'" not in planned
