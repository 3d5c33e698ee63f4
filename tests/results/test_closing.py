"""What the published tables show closes: gaps, verdicts, parts of need, steps, additions, shares and costs."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from defaults import ROOT

TABLES = ROOT / "reports/tables"
REGIONS = {"inner_mongolia", "panzhihua", "wuhan", "xuchang", "zhejiang"}
KEY = ["scenario", "region", "year", "quantity"]


@cache
def read(name):
    """A published table. Read only."""
    return pd.read_csv(TABLES / f"{name}.csv", low_memory=False)


def whole_need():
    """Rows of need in the central scenario, all severities and settings together."""
    need = read("need")
    return need[(need["scenario"] == "central") & need["severity"].isna() & need["setting"].isna()]


def test_every_gap_shown_is_what_is_required_less_what_exists_as_shown():
    gap = read("gap")
    gap = gap[gap["severity"].isna() & gap["setting"].isna()].fillna({"definition": ""})
    wanted = gap.loc[gap["measure"] == "required", [*KEY, "yardstick", "definition", "shown"]]
    there = gap.loc[gap["measure"] == "existing", [*KEY, "supply_path", "shown"]]
    missing = gap[gap["measure"] == "gap"].merge(
        wanted.drop_duplicates([*KEY, "yardstick", "definition"]),
        on=[*KEY, "yardstick", "definition"],
        suffixes=("", "_required"),
    )
    both = missing.merge(there, on=[*KEY, "supply_path"], suffixes=("", "_existing"))
    assert len(both) > 500
    assert (both["shown"] - (both["shown_required"] - both["shown_existing"])).abs().max() < 1e-6


@pytest.mark.parametrize("name", ["headline", "verdict"])
def test_targets_close_and_keep_to_their_grade(name):
    table = read(name)
    known = table.dropna(subset=["gap"])
    assert len(known)
    assert (known["gap"] - (known["required"] - known["existing"])).abs().max() < 1e-6
    without = table[table["grade"].isin(["C", "D"])]
    assert without["verdict"].isna().all()
    assert without["met_probability"].isna().all()
    assert without["settled_by"].notna().all()
    assert set(table.loc[table["yardstick"] == "norm", "grade"]) <= {"D"}
    assert set(table.loc[table["verdict"].isin(["met", "missed"]), "grade"]) <= {"A"}


def test_beds_in_mutual_aid_homes_stand_beside_institution_beds():
    gap = read("gap")
    rows = gap[(gap["region"] == "inner_mongolia") & (gap["resource"] == "mutual_aid_beds")]
    held = rows[(rows["measure"] == "existing") & (rows["supply_path"] == "held") & (rows["scenario"] == "central")]
    assert set(held["shown"]) == {140_600}
    assert set(rows["quantity"]) == {"rural_mutual_aid_beds"}


@pytest.mark.parametrize(
    ("measure", "axis"), [("disabled", "severity"), ("residents", "severity"), ("caregivers", "setting")]
)
def test_parts_of_need_sum_to_what_is_shown(measure, axis):
    need = read("need")
    need = need[(need["scenario"] == "central") & (need["measure"] == measure) & (need["definition"] == "li_2022")]
    parts = need[need[axis].notna() & (need[axis] != "home")].groupby(["region", "year"])["shown"].sum()
    whole = need[need["severity"].isna() & need["setting"].isna()].set_index(["region", "year"])["shown"]
    assert len(parts) > 150, "all provinces, in the years of the table"
    pd.testing.assert_series_equal(parts.sort_index(), whole.sort_index(), check_names=False)


def test_all_provinces_have_their_need_and_dementia_places_lie_within_nursing_beds():
    need = whole_need()
    for year in (2020, 2025, 2030, 2035):
        wide = need[need["year"] == year].pivot_table(index="region", columns="measure", values="shown")
        assert len(wide) >= 35, "the nation, 31 provinces and three cities"
        assert (wide["dementia_beds"] <= wide["nursing_beds"]).all()
        assert (wide["nursing_beds"] <= wide["beds"]).all()


def test_the_nation_s_disabled_meet_the_published_share_and_zhejiang_s_count_stands_beside():
    whole = whole_need().query("region == 'china' and year == 2020")
    people = float(whole.loc[whole["measure"] == "population_60plus", "shown"].iloc[0])
    disabled = whole[(whole["measure"] == "disabled") & (whole["definition"] == "li_2022")]["shown"].iloc[0]
    assert disabled / people == pytest.approx(0.1711, abs=0.0005)
    count = read("need").query("definition == 'local_count'")
    assert count[["region", "year", "shown", "basis"]].to_numpy().tolist() == [["zhejiang", 2016, 768100, "hukou"]]


def test_steps_of_the_waterfall_sum_and_end_at_what_need_shows():
    steps = read("waterfall")
    shown = whole_need().set_index(["region", "measure", "year"])["shown"]
    assert set(steps["region"]) == REGIONS
    for (region, resource), part in steps.groupby(["region", "resource"]):
        by_driver = part.set_index("driver")["shown"]
        assert by_driver.drop("target").sum() == by_driver["target"]
        assert by_driver["target"] == shown[region, resource, part["target_year"].iloc[0]]


def test_parts_of_additions_sum_to_the_shown_total():
    table = read("additions")
    keys = ["region", "resource", "quantity", "yardstick", "period"]
    wide = table.pivot_table(index=keys, columns="part", values="shown")
    signed = wide[["shortfall", "ageing", "closures"]].sum(axis=1)
    np.testing.assert_array_equal(wide["total"], np.maximum(signed, 0))
    assert {"plan", "status_quo", "norm", "need"} <= set(table["yardstick"])


def test_costs_are_intervals_in_one_year_s_prices_and_a_subsidy_is_a_part_of_an_investment():
    table = read("cost")
    assert set(table["price_year"]) == {2025}
    some = table[table["q90"] > 0]
    assert (some["q10"] < some["q90"]).all(), "never a single figure"
    keys = ["region", "quantity", "yardstick", "period"]
    wide = table[table["resource"] == "beds"].pivot_table(index=keys, columns="kind", values="shown")
    assert (wide["capital_subsidy"] <= wide["capital_investment"]).all()
    assert not table.loc[table["region"].isin(["inner_mongolia", "xuchang"]), "own"].any()


def test_options_of_the_next_plan_refer_to_their_own_total():
    table = read("next_plan")
    assert set(table["region"]) == REGIONS
    last = table[table["year"] == table["year"].max()]
    keys = ["region", "option"]
    numbers = last[last["measure"] == "number"].pivot_table(index=keys, columns="resource", values="shown")
    shares = last[last["measure"] == "share"].set_index(keys)["shown"]
    expected = (100 * numbers["nursing_beds"] / numbers["beds"]).loc[shares.index]
    np.testing.assert_allclose(shares, expected, atol=0.06)
    assert (shares.xs("national_goal", level="option") - 73).abs().max() < 0.1
    need = numbers["beds"].unstack()
    assert (need["need_50"] <= need["need_80"]).all()
