"""What the published tables show closes: gaps, and verdicts that keep to their grade."""

from pathlib import Path

import pandas as pd
import pytest

TABLES = Path(__file__).parents[2] / "reports" / "tables"
KEY = ["scenario", "region", "year", "quantity"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(TABLES / f"{name}.csv", low_memory=False)


def test_every_gap_shown_is_what_is_required_less_what_exists_as_shown() -> None:
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
def test_targets_close_and_keep_to_their_grade(name: str) -> None:
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


def test_no_region_is_measured_by_the_plan_of_another() -> None:
    for name in ("headline", "verdict", "gap"):
        table = read(name).dropna(subset=["figure_id"])
        plans = {"inner_mongolia", "panzhihua", "wuhan", "xuchang", "zhejiang"}
        for region, ids in zip(table["region"], table["figure_id"], strict=True):
            assert not ({part.split(".")[0] for part in ids.split(";")} & plans) - {region}


def test_beds_in_mutual_aid_homes_stand_beside_institution_beds() -> None:
    gap = read("gap")
    rows = gap[(gap["region"] == "inner_mongolia") & (gap["resource"] == "mutual_aid_beds")]
    held = rows[(rows["measure"] == "existing") & (rows["supply_path"] == "held") & (rows["scenario"] == "central")]
    assert set(held["shown"]) == {140_600}
    assert set(rows["quantity"]) == {"rural_mutual_aid_beds"}
