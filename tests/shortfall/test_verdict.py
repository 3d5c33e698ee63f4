import numpy as np
import pytest
from care_plan import CATALOGUE, INDICATORS, NOTHING, OLD, ROOT, YEARS, column, figure, observed, plan, supplies

from pipeline.care.flow import National, Norm, PastTrend
from pipeline.care.yardstick import plan_rules
from pipeline.domain import MainRule
from pipeline.inputs.observations import SUPPLY, observations
from pipeline.inputs.raw_tables import RawTables
from pipeline.shortfall.gap import by_plan, existing_line, gap_line
from pipeline.shortfall.verdict import borderline, by_norms, standings, verdict_of

OBSERVED = observations(CATALOGUE, RawTables(ROOT, CATALOGUE.corrections).table(SUPPLY))
BEDS = "institution_beds"
SCATTER = National(
    {BEDS: PastTrend(-0.01, 0.01, 0.02)}, {}, {BEDS: Norm(BEDS, "outcome", 0.0164, 2024, "mca_bulletin")}
)


def stand(found, own):
    """How the targets stand, what is blank as None."""
    standing = standings(own, found)
    return [{name: None if value != value else value for name, value in row.items()} for row in standing]


def one(*observations_, target=100.0, year=2025, **more):
    own = plan(figure(BEDS, "target", year, target), start=2016 if year < 2021 else 2021, end=max(year, 2021))
    (found,) = stand(supplies(*observations_, plan=own, national=SCATTER, **more), own)
    return found


def real(name, people, hukou=None, national=NOTHING):
    """A plan of the project on people given by hand, from 2020 to 2035 in straight lines between the values."""
    own = CATALOGUE.plans[name]
    old = np.interp(YEARS, np.linspace(2020, 2035, len(people)), people)[None]
    own_observations = [found for found in OBSERVED if found.region == own.region]
    found = supplies(
        *own_observations, plan=own, national=national, people=old, hukou=hukou, past_60plus={2020: people[0]}
    )
    return found, own


def test_a_stock_of_the_targets_year_says_met_or_missed():
    met, missed = one(observed(BEDS, 2025, 100)), one(observed(BEDS, "2025-06", 99))
    assert (met["grade"], met["verdict"], met["settled_by"], met["gap"]) == ("A", "met", None, 0)
    assert (missed["grade"], missed["verdict"], missed["gap"]) == ("A", "missed", 1)


def test_an_own_record_says_likely_met_likely_missed_or_open():
    two = observed(BEDS, 2018, 80), observed(BEDS, 2022, 90)
    low, high = one(*two, target=60), one(*two, target=150)
    assert (low["grade"], low["verdict"], low["met_probability"]) == ("B", "likely_met", 1.0)
    assert (high["verdict"], high["met_probability"], high["carried_by"]) == ("likely_missed", 0.0, "own")
    assert high["settled_by"] == "institution_beds:2025:civil_affairs_bulletin"


@pytest.mark.parametrize(
    "observations_",
    [(), (observed(BEDS, 2021, 90),), (observed(BEDS, 2012, 50), observed(BEDS, 2016, 60))],
    ids=["nothing", "the nation's rate", "too old"],
)
def test_without_own_evidence_there_is_no_verdict_and_no_probability(observations_):
    found = one(*observations_)
    assert (found["grade"], found["verdict"], found["met_probability"]) == ("C", None, None)
    assert found["settled_by"] == "institution_beds:2025:civil_affairs_bulletin"
    assert (found["gap"] is None) == (not observations_)


def test_a_bound_can_meet_a_target_and_never_miss_it():
    assert verdict_of("A", 0.0, ">=", short=True) == "open"
    assert verdict_of("A", 1.0, ">=", short=False) == "met"
    assert verdict_of("B", 0.1, ">=", short=True) == "open"
    assert verdict_of("B", 0.9, "<=", short=False) == "open"
    assert verdict_of("C", 0.9, "=", short=False) is None


def test_a_target_outside_the_projection_is_blank_with_the_true_reason():
    for year in (2018, 2050):
        found = one(observed(BEDS, 2025, 100), year=year)
        assert all(found[f"{name}{end}"] is None for name in ("required", "gap") for end in ("", "_q10", "_q90"))
        assert found["verdict"] is None
        assert found["unknown"] == "target_outside_projection"


def test_every_dated_target_has_a_verdict_of_its_own():
    own = plan(figure(BEDS, "target", 2022, 80), figure(BEDS, "target", 2025, 100))
    found = stand(supplies(observed(BEDS, 2022, 85), observed(BEDS, 2025, 90), plan=own), own)
    assert [(item["target_year"], item["verdict"]) for item in found] == [(2022, "met"), (2025, "missed")]
    assert [item["figure_id"] for item in found] == [f"here.{BEDS}.target.2022", f"here.{BEDS}.target.2025"]


def test_a_norm_stands_in_without_a_verdict_where_the_plan_sets_nothing():
    own = plan(figure("nursing_bed_share", "target", 2025, 55))
    found = supplies(observed(BEDS, 2024, 10_000), plan=own, national=SCATTER)
    (norm,) = by_norms(stand(found, own), found)
    assert (norm["grade"], norm["verdict"], norm["yardstick"]) == ("D", None, "norm")
    assert np.isnan(norm["met_probability"])
    assert norm["figure_id"] == "norm.institution_beds.2024"
    assert norm["gap"] == norm["required"] - norm["existing"]


def test_rules_for_different_people_add_up_as_the_plan_says():
    workers = MainRule(main="elders_per_social_worker_community", others="add", reason="different people")
    own = plan(
        figure("elders_per_social_worker_community", "target", 2025, 500),
        figure("institution_beds_per_social_worker", "norm", None, 60),
        figure(BEDS, "target", 2025, 6_000),
        rules={"social_workers": workers},
    )
    found = {item["quantity"]: item for item in stand(supplies(plan=own), own)}["social_workers"]
    assert found["target"] is None
    assert "rules_added" in found["marks"]
    assert found["required"] == pytest.approx((1.1e6 / 500 + 100 + 1e6 / 500 + 100) / 2)


def test_inner_mongolia_is_not_short_of_nursing_beds_by_any_number():
    found, own = real("inner_mongolia", [4.76e6, 8e6])
    (share,) = [item for item in stand(found, own) if item["resource"].startswith("nursing")]
    assert (share["quantity"], share["unit"], share["required"]) == ("nursing_bed_share", "percent", 55)
    assert (share["grade"], share["verdict"], share["gap"]) == ("C", None, None)
    assert share["settled_by"] == "nursing_bed_share:2025:civil_affairs_bulletin"
    beside = {
        (item.region, item.part, item.date): item.value for item in OBSERVED if item.indicator == "nursing_bed_share"
    }
    assert beside["china", None, "2024"] == 65.7
    assert beside["inner_mongolia", "150800", "2023"] == 58
    assert found["rural_mutual_aid_beds"].last.amount[0] == 140_600


def test_wuhans_beds_of_2019_lie_on_its_path():
    found, own = real("wuhan", [2.145e6, 3.5e6], hukou=0.94)
    supply = found["elderly_care_beds"]
    assert supply.last.amount[0] == 73_368
    assert supply.grade(2019) == "A"
    rate = np.log(73_368 / 61_000) / 3.75
    assert column(supply.existing(), 2020)[0] == pytest.approx(73_368 * np.exp(1.25 * rate))
    (beds,) = [item for item in stand(found, own) if item["resource"] == "beds"]
    assert beds["required"] == round(0.05 * 0.94 * 2.145e6)
    assert (beds["grade"], beds["verdict"]) == ("B", "likely_missed")


def test_xuchang_keeps_its_plans_own_ratio_after_2025():
    """32,662 ÷ 1,029,700 × 1,342,000 people of 2035 less 24,285 beds: 18,283, not the 8,377 of 2025."""
    found, own = real("xuchang", [862_656, 1_029_700, 1_185_850, 1_342_000])
    line = gap_line(by_plan(BEDS, found), existing_line(found[BEDS], YEARS, "held"))
    assert line.carried.tolist() == [year > 2025 for year in YEARS]
    gap = line.amount
    assert column(gap, 2025)[0] == 8_377
    people = found.region.populations[OLD]
    expected = 32_662 * column(people, 2035)[0] / column(people, 2025)[0] - 24_285
    assert column(gap, 2035)[0] == pytest.approx(expected)
    assert 17_000 < expected < 20_000
    (beds,) = [item for item in stand(found, own) if item["resource"] == "beds"]
    assert (beds["required"], beds["grade"], beds["verdict"]) == (32_662, "C", None)


def test_zhejiang_is_measured_by_its_own_plan_alone():
    """58 % of 30 per 1,000 of 15.25 m people are 265,350 nursing beds; 53 % of 40.2 per 1,000 of 12.07 m there were."""
    found, own = real("zhejiang", [12_072_684, 15_250_000, 16_500_000, 18_000_000], hukou=0.94)
    by_resource = {item["resource"]: item for item in stand(found, own)}
    people = column(found.region.populations[OLD], 2025)[0]
    assert by_resource["beds"]["quantity"] == BEDS
    assert by_resource["beds"]["required"] == round(0.03 * people)
    nursing = by_resource["nursing_beds"]
    assert nursing["required"] == round(0.58 * 0.03 * people)
    there = found["nursing_beds"].paths["held"][0, -1]
    assert there == pytest.approx(0.53 * 0.0402 * 12_072_684)
    assert nursing["required"] - there == pytest.approx(0.58 * 0.03 * people - 257_221, abs=2)
    workers = by_resource["social_workers"]
    assert (workers["target"], workers["target_unit"], workers["required"]) == (25, "per_10000", round(0.0025 * people))
    assert workers["figure_id"] == "zhejiang.social_workers_per_10000_60plus.target.2025"
    stock = {"quantity": "certified_caregivers", "stock_date": "2021-09", "stock_value": 17.78}
    assert by_resource["caregivers"].items() >= stock.items()


def test_no_plan_is_measured_by_another_plan():
    for name, own in CATALOGUE.plans.items():
        found, _ = real(name, [1e6, 2e6], hukou=0.9, national=SCATTER)
        standing = stand(found, own)
        for item in (*standing, *by_norms(standing, found)):
            others = {part.split(".")[0] for part in item["figure_id"].split(";")} - {own.id, "norm", "goal"}
            assert not others
            assert item["yardstick"] == "plan" or item["grade"] == "D"
    assert plan_rules(CATALOGUE.plans["wuhan"], INDICATORS, 2020)


def test_no_verdict_turns_with_the_sample_of_draws_unless_it_is_called_borderline():
    """Over 200 bootstraps of the draws, at chances all around both limits; borderline is a narrow band."""
    rng, draws, seen = np.random.default_rng(5), 4000, 0
    chances = np.round(np.r_[0.15:0.25:0.001, 0.7:0.9:0.001], 3)
    for chance in chances:
        again = rng.binomial(draws, chance, 200) / draws
        words = [verdict_of("B", float(p), "=", short=True) for p in (chance, *again)]
        turned = sum(word != words[0] for word in words[1:]) / 200
        near = borderline(float(chance), draws)
        seen += near
        assert near or turned <= 0.03, "1 %, within what 200 bootstraps can tell"
    assert 0.1 < seen / len(chances) < 0.25
    assert not borderline(1.0, 1)
