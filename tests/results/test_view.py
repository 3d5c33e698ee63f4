from itertools import product

import pandas as pd
import pytest
from defaults import ROOT, default_settings

from pipeline.results.dictionary import DICTIONARY_FILE, dictionary
from pipeline.results.tables import TABLES
from pipeline.results.view import VIEW, ViewChoices, seen

CHOICES = ViewChoices(
    {name: default_settings(name) for name in ("central", "low_mortality", "disability_rising")},
    {"xuchang": {2020, 2025, 2030}},
    (2020, 2025),
)


def every(**values):
    """A row for each combination of the values."""
    return pd.DataFrame(product(*values.values()), columns=list(values))


def left(rows, table, reader, **wanted):
    found = seen(rows, table, reader, CHOICES)
    for name, value in wanted.items():
        found = found[found[name].isna() if value is None else found[name] == value]
    return found


@pytest.fixture(scope="module")
def gap():
    rows = every(
        scenario=("central", "low_mortality", "disability_rising"),
        region=("xuchang",),
        year=(2020, 2024, 2025),
        yardstick=("plan", "need", None),
        definition=(None, "li_2022", "adl_iadl"),
        severity=(None, "severe"),
        setting=(None,),
        quantity=("institution_beds", "home_beds"),
        supply_path=(None, "trend", "frozen"),
        measure=("required", "check", "existing", "gap"),
        known=(True, False),
    )
    return rows.assign(shown=rows["known"].map({True: 1.0, False: None}))


def test_rules_speak_of_columns_of_their_tables():
    for (table, _), lines in VIEW.items():
        assert {column for where in lines for column in where} <= set(TABLES[table].names)


def test_a_table_without_a_rule_is_seen_whole():
    rows = pd.DataFrame({"region": ["a", "b"]})
    assert seen(rows, "supply", "workbook", CHOICES).equals(rows)


def test_csv_has_the_central_headline_whole_and_other_scenarios_in_brief(gap):
    assert set(left(gap, "gap", "CSV", scenario="central", definition="li_2022")["year"]) == {2020, 2024, 2025}
    assert set(left(gap, "gap", "CSV", scenario="central", definition="adl_iadl")["year"]) == {2020, 2025}
    other = left(gap, "gap", "CSV", scenario="low_mortality")
    assert set(other["year"]) == {2025}
    assert set(other["measure"]) == {"required", "gap"}
    assert set(other["supply_path"].dropna()) == {"trend"}
    assert left(gap, "gap", "CSV", known=False)["measure"].unique().tolist() == ["required"]


def test_a_scenario_of_need_alone_has_no_rows_of_plans(gap):
    """Plans and norms ask there for what they ask for in `central`."""
    assert set(left(gap, "gap", "CSV", scenario="disability_rising")["yardstick"]) == {"need"}
    assert "plan" in set(left(gap, "gap", "CSV", scenario="low_mortality")["yardstick"])


@pytest.mark.parametrize("reader", ["workbook", "explorer"])
def test_workbook_and_explorer_have_one_number_a_cell(gap, reader):
    found = left(gap, "gap", reader, scenario="central")
    assert not found.empty
    assert found["known"].all()
    assert found["severity"].isna().all()
    assert "check" not in set(found["measure"])
    assert set(found["supply_path"].dropna()) == {"trend"}
    assert set(found["definition"].dropna()) == {"li_2022"}
    if reader == "explorer":
        assert set(found["year"]) == {2020, 2025}
        assert set(found["quantity"]) == {"institution_beds"}
    assert set(left(gap, "gap", reader)["scenario"]) == ({"central"} if reader == "workbook" else set(gap["scenario"]))


def test_the_population_of_scenarios_that_change_care_alone_is_not_repeated():
    kinds = {"output_type": ("quantile",), "output_type_id": (0.025, 0.1, 0.5)}
    rows = every(
        scenario=("central", "census_only", "low_mortality", "disability_rising"),
        region=("xuchang", "hebei"),
        sex=("male", "both"),
        age_group=("60+", "0-14"),
        **kinds,
    )
    found = left(rows, "population", "CSV")
    assert set(found["scenario"]) == {"central", "census_only", "low_mortality"}
    assert set(left(rows, "population", "CSV", scenario="low_mortality")["sex"]) == {"both"}
    assert set(left(rows, "population", "CSV", sex="male")["output_type_id"]) == {0.1, 0.5}
    provinces = left(rows, "population", "CSV", region="hebei")
    assert set(provinces["scenario"]) == {"central", "census_only"}
    assert set(provinces["age_group"]) == {"60+"}


def test_the_committed_dictionary_is_the_one_the_declarations_give(catalogue):
    """After a change of a table or an indicator: python -m pipeline.results.dictionary."""
    assert (ROOT / DICTIONARY_FILE).read_text(encoding="utf-8") == dictionary(catalogue.indicators)
