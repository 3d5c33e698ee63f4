"""What the audit finds in the five plans, with the arithmetic of each finding, from published counts alone."""

import re

import pandas as pd
import pytest
from care_plan import CATALOGUE, ROOT

from pipeline.report.audit_words import findings_table
from pipeline.report.wording import Words
from pipeline.results.tables import TABLES
from pipeline.results.write import prepared
from pipeline.shortfall.audit.audit_case import census_references, projected_references, registered_references
from pipeline.shortfall.audit.rules import INEQUALITIES, audited

PLANS = ("inner_mongolia", "panzhihua", "wuhan", "xuchang", "zhejiang")
EXACT = {"rtol": 1e-6, "atol": 0}


@pytest.fixture(scope="module")
def counts():
    """Counts that the regions of the plans are held against, by plan, without our projection."""
    registered = registered_references(pd.read_csv(ROOT / "data/raw/care_figures.csv"))
    return {name: pd.concat([counted(CATALOGUE.plans[name].region), registered]) for name in PLANS}


def counted(region):
    """Reference rows from the censuses of a region."""
    census = pd.read_csv(ROOT / CATALOGUE.regions[region].census)
    census["age"] = census["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    return census_references(region, census)


@pytest.fixture(scope="module")
def findings(counts):
    return {name: audited(CATALOGUE.plans[name], CATALOGUE.indicators, known) for name, known in counts.items()}


def published(findings):
    """The table that readers see."""
    names = {name: item.name for name, item in CATALOGUE.indicators.items()}
    return prepared(findings_table(findings, names), TABLES["plan_audit"], "plan_audit.csv")


def test_the_findings_on_the_five_plans(findings, dataframe_regression):
    """All of them, in test_five_plans/; what merely holds stands there in one row a check, with its number."""
    table = published(one for found in findings.values() for one in found)
    table = table.drop(columns=["explanation_zh", "explanation_en"]).fillna({"basis": ""})
    held = table["severity"] == "consistent"
    assert not table[held & table["check"].isin(INEQUALITIES)].duplicated(["plan", "check"]).any()
    assert len(table) > 40
    dataframe_regression.check(table.assign(figure_ids=table["figure_ids"].mask(held, "")), default_tolerance=EXACT)


def test_only_the_comparison_with_our_projection_knows_of_our_projection(counts, findings):
    projected = projected_references(pd.read_csv(ROOT / "reports/tables/population.csv"))
    assert set(projected["region"]) >= {"zhejiang", "inner_mongolia", "xuchang"}
    compared = set()
    for factor in (0.7, 1.0, 1.3):
        moved = projected.assign(**projected[["value", "low", "high"]] * factor)
        for name in PLANS:
            found = audited(CATALOGUE.plans[name], CATALOGUE.indicators, pd.concat([counts[name], moved]))
            assert [one for one in found if one.check != "projection"] == findings[name]
            compared |= {name for one in found if one.check == "projection"}
    assert compared == {"inner_mongolia", "xuchang", "zhejiang"}, "Wuhan forecasts registered people"


def test_the_table_holds_every_finding_in_both_languages_and_a_stable_order(findings):
    every = [one for found in findings.values() for one in found]
    table = published(every)
    assert len(table) == len(every)
    pd.testing.assert_frame_equal(table, published(every[::-1]))
    for row in table.itertuples():
        assert all(name.startswith(f"{row.plan}.") for name in row.figure_ids.split(";"))
        assert any(ord(letter) > 0x4E00 for letter in row.explanation_zh)
        assert row.explanation_en[0].isupper() or row.explanation_en[0].isdigit()
        assert not [word for word in ("nan", "None", "inf ") if word in row.explanation_en + row.explanation_zh]


def test_every_clause_of_a_rule_has_a_message_and_every_message_a_clause():
    words = Words("en")
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline/shortfall/audit").glob("*.py"))
    said = set(re.findall(r'(?:say|finding)\(\s*"([a-z_]+)"', rules))
    assert len(said) > 25
    assert not [code for code in said if not words.has(f"finding.{code}")]
    bounds = {"population", "implied_denominator", "share_counted", "implied_total", "cohort", "projection"}
    assert not [check for check in INEQUALITIES | bounds if not words.has(f"finding.{check}_holds")]
    keys = {key.removeprefix("finding.") for key in words.beginning("finding.")}
    chosen = set(re.findall(r'"([a-z_]+)"', rules))
    printed = {key for key in keys if key.startswith(("unit_", "join_", "counted_")) or not key.isidentifier()}
    held = {key for key in keys if key.removesuffix("_holds") in INEQUALITIES | bounds}
    assert keys <= said | chosen | printed | held | {"ten_thousands", "about"}


def test_no_rule_names_a_plan_or_region():
    words = [*PLANS, "浙江", "内蒙古", "武汉", "许昌", "攀枝花"]
    files = list((ROOT / "pipeline/shortfall/audit").glob("*.py"))
    assert len(files) > 3
    for path in files:
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text]


@pytest.mark.parametrize("region", ["china", "hubei"])
def test_a_plan_of_the_nation_or_a_province_whose_city_has_one_is_held_against_its_own_people(counts, findings, region):
    plan = CATALOGUE.plans["zhejiang"].model_copy(update={"region": region})
    every = pd.concat([*counts.values(), counted(region)])
    found = audited(plan, CATALOGUE.indicators, every)
    assert found == audited(plan, CATALOGUE.indicators, counted(region))
    own = {"implied_total", "cohort"}
    assert [one for one in found if one.check not in own] == [
        one for one in findings["zhejiang"] if one.check not in own
    ]
    totals = [one.expected for one in found if one.check == "implied_total"]
    assert totals == ([1_409_778_724] if region == "china" else []), "hubei's 57.8 million lie below the 62.0 million"
    again = audited(CATALOGUE.plans["wuhan"], CATALOGUE.indicators, every)
    assert again == findings["wuhan"]
