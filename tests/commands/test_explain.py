import pandas as pd
import pytest
from defaults import ROOT
from smoke import called

from pipeline.commands.explain import Explanation
from pipeline.errors import InputError


@pytest.fixture(scope="module")
def explanation():
    return Explanation(ROOT, "central")


def test_a_headline_is_led_back_to_plan_and_source(explanation):
    text = "\n".join(explanation.of("zhejiang/nursing_beds"))
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


def test_the_stated_gap_of_xuchang_is_led_back_to_its_two_figures(explanation):
    lines = explanation.of("xuchang/beds/plan/2025")
    assert "  gap, path held: 8,377 beds" in lines
    for measure, figure in {
        "existing, path held: 24,285 beds": "xuchang.institution_beds.baseline.2021: 24,285 beds",
        "required: 32,662 beds": "xuchang.institution_beds.target.2025.provincial: 32,662 beds",
    }.items():
        place = lines.index(f"  {measure}")
        assert lines[place + 1].startswith(f"    {figure}"), measure


def test_people_are_led_back_to_census_corrections_and_parameters(explanation):
    text = "\n".join(explanation.of("wuhan/60+/2030"))
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


def test_need_is_led_back_to_its_definition(explanation):
    text = "\n".join(explanation.of("wuhan/need/2030"))
    assert "definition.li_2022: data/raw/disability_prevalence.csv" in text
    assert "role base, value 17.11, unit percent, year 2020" in text
    assert "need.target_occupancy = {low: 0.67, high: 0.86}" in text
    assert "evidence medium, impact medium: a planning pattern beside observed occupancy" in text


def test_every_id_in_the_reported_tables_can_be_explained(explanation):
    tables = ROOT / "reports/tables"
    columns = [("gap", "figure_id"), ("headline", "figure_id"), ("verdict", "figure_id")]
    ids = {
        name
        for table, column in columns
        for cell in pd.read_csv(tables / f"{table}.csv", low_memory=False)[column].dropna()
        for name in cell.split(";")
    }
    assert {name.split(".")[0] for name in ids} >= {"norm", "goal", "supply", "definition", "settings", "staffing"}
    assert [name for name in sorted(ids) if not explanation.ground(name)] == []


def test_every_headline_can_be_explained(explanation):
    headline = pd.read_csv(ROOT / "reports/tables/headline.csv")
    for region, resource in zip(headline["region"], headline["resource"], strict=True):
        assert explanation.of(f"{region}/{resource}")[1:]


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
        ("xuchang/mutual_aid_beds", "found no row, expected one of beds, "),
        ("hubei/beds/need/2030", "found no row, expected one of inner_mongolia, panzhihua"),
        ("xuchang.institution_bed.baseline.2021", "did you mean xuchang.institution_beds.baseline.2021?"),
        ("norm.beds", "found nothing called 'norm.beds'"),
    ],
)
def test_what_is_not_reported_is_refused_with_what_there_is(explanation, name, sentence):
    with pytest.raises(InputError) as caught:
        explanation.of(name)
    assert sentence in str(caught.value)


def test_explain_prints_a_chain(monkeypatch):
    monkeypatch.chdir(ROOT)
    code, said, _ = called("explain", "xuchang.institution_beds.baseline.2021")
    assert code == 0
    assert said.startswith("xuchang.institution_beds.baseline.2021: 24,285 beds, baseline 2021")
    assert "used in" in said
    assert called("explain", "nothing.of.the.kind")[0] == 1
