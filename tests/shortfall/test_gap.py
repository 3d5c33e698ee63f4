import numpy as np
import pytest
from care_plan import INDICATORS, OLD, YEARS, column, figure, observed, plan, supplies
from need_case import PEOPLE, choice, drawn
from need_case import YEARS as NEED_YEARS

from pipeline.care.flow import National, Norm, PastTrend
from pipeline.care.yardstick import plan_rules
from pipeline.shortfall.gap import (
    line_rows,
    parts_of_need,
    region_lines,
    required_by_need,
    required_of_region,
    status_quo,
)

NATION = National(
    {"institution_beds": PastTrend(-0.01, 0.005, 0.01)},
    {"institution_beds": 0.03},
    {"institution_beds": Norm("institution_beds", "outcome", 0.016, 2024, "mca_bulletin")},
)
OWN = plan(
    figure("institution_beds", "target", 2025, 32_662),
    figure("nursing_bed_share", "target", 2025, 55),
    figure("social_workers_per_1000_60plus", "target", 2025, 1),
    figure("social_workers_per_100_institution_beds", "target", 2025, 1),
)
STOCKED = (observed("institution_beds", 2021, 24_285), observed("nursing_beds", 2021, 12_450))


def lines(*observations, **more):
    return list(region_lines(supplies(*observations, **more), ()))


def line(found, **labels):
    wanted = {"severity": None, "setting": None} | labels
    (chosen,) = [item for item in found if all(getattr(item, key) == value for key, value in wanted.items())]
    return chosen


FOUND = lines(*STOCKED, plan=OWN, national=NATION)


def test_the_gap_is_signed_in_every_draw_and_what_is_shown_closes():
    gaps = [item for item in FOUND if item.measure == "gap"]
    assert {item.supply_path for item in gaps} == {"trend", "plan_delivered", "held"}
    assert {item.yardstick for item in gaps} == {"plan", "status_quo", "norm"}
    for gap in gaps:
        asked = line(FOUND, measure="required", yardstick=gap.yardstick, quantity=gap.quantity)
        there = line(FOUND, measure="existing", quantity=gap.quantity, supply_path=gap.supply_path)
        np.testing.assert_allclose(gap.amount, asked.amount - there.amount, equal_nan=True)
        np.testing.assert_allclose(gap.shown, asked.shown - there.shown, atol=1e-9, equal_nan=True)


def test_a_share_is_tested_in_points_of_the_regions_own_stock_whatever_its_people():
    fewer = lines(*STOCKED, plan=OWN, national=NATION, people=np.full((2, 16), 3e5))
    for some in (FOUND, fewer):
        share = line(some, measure="gap", yardstick="plan", quantity="nursing_bed_share", supply_path="held")
        assert (share.unit, column(share.shown[None], 2025)[0]) == ("percent", pytest.approx(55 - 51.3))


def test_nursing_beds_in_units_need_the_plans_own_whole():
    without = plan(figure("nursing_bed_share", "target", 2025, 55))
    quantities = {item.quantity for item in lines(*STOCKED, plan=without) if item.yardstick == "plan"}
    assert quantities == {"nursing_bed_share"}


def test_the_second_rule_for_one_staff_is_a_check():
    found = lines(plan=OWN)
    main = line(found, measure="required", quantity="social_workers", yardstick="plan")
    check = line(found, measure="check", quantity="social_workers")
    assert column(main.amount, 2025)[0] == pytest.approx(1_100)
    assert column(check.amount, 2025)[0] == pytest.approx(326.62)


def test_standing_still_holds_todays_own_provision_and_needs_one():
    found = supplies(*STOCKED, plan=OWN)
    asked = status_quo("institution_beds", found)
    np.testing.assert_allclose(asked.amount, 24_285 / 1.02e6 * found.region.populations[OLD] * [[1], [1.02]])
    assert status_quo("institution_beds", supplies(observed("institution_beds", 2019, 9))) is None
    assert status_quo("institution_beds", supplies(observed("institution_beds", 2022, 9, comparator=">="))) is None
    assert status_quo("institution_beds", supplies()) is None


def test_the_norm_is_the_nations_for_every_region():
    for observations, own in ((STOCKED, OWN), ((), plan(figure("nursing_bed_share", "target", 2025, 50)))):
        found = supplies(*observations, plan=own, national=NATION)
        norms = [asked for asked in required_of_region(found) if asked.yardstick == "norm"]
        assert [asked.figure_id for asked in norms] == ["norm.institution_beds.2024"]
        np.testing.assert_allclose(norms[0].amount, 0.016 * found.region.populations[OLD])


def test_beds_of_different_kinds_are_never_mixed():
    kinds = ("institution_beds", "rural_mutual_aid_beds", "family_care_beds")
    found = lines(*(observed(kind, 2022, 100 * place) for place, kind in enumerate(kinds, start=1)))
    for place, kind in enumerate(kinds, start=1):
        there = line(found, measure="existing", quantity=kind, supply_path="held")
        assert column(there.shown[None], 2025)[0] == 100 * place
    assert {item.resource for item in found if item.measure == "existing"} == {"beds", "mutual_aid_beds", "home_beds"}


def test_rows_hold_what_is_shown_and_its_interval():
    rows = line_rows(FOUND, list(YEARS))
    assert len(rows) == len(YEARS) * len(FOUND)
    known = rows.dropna(subset=["shown"])
    assert (known["q10"] <= known["q90"]).all()
    assert (known.loc[known["unit"] != "percent", "shown"] % 1 == 0).all()
    assert set(rows.loc[rows["yardstick"] == "norm", "grade"]) == {"D"}


def test_rules_of_an_empty_nation_borrow_nothing():
    assert plan_rules(EMPTY, INDICATORS, 2020)
    assert lines(national=National({}, {}, {})) == []
    assert {item.yardstick for item in lines(*STOCKED, national=National({}, {}, {}))} == {None, "status_quo"}


HELD_AGAINST_NEED = (observed("institution_beds", 2021, 9_000), observed("caregivers", 2021, 800))
EMPTY = plan(figure("care_institutions", "target", 2025, 3))


def lines_of_need(*observations, own=EMPTY):
    people = {OLD: PEOPLE.sum(axis=(2, 3))}
    found, demand = supplies(*observations, plan=own, populations=people, years=NEED_YEARS), drawn()
    return list(region_lines(found, required_by_need(demand, PEOPLE, found), parts_of_need(demand, PEOPLE)))


def test_every_definition_is_held_against_the_supply_on_every_path():
    found = lines_of_need(*HELD_AGAINST_NEED)
    for resource in ("beds", "caregivers"):
        paths = {
            (item.definition, item.supply_path)
            for item in found
            if (item.resource, item.yardstick, item.measure) == (resource, "need", "gap")
        }
        assert paths == {(name, path) for name in choice().definitions for path in ("trend", "held")}
    beds = {
        name: line(found, resource="beds", yardstick="need", definition=name, measure="required").amount
        for name in choice().definitions
    }
    assert np.all(beds["census_selfcare"] < beds["li_2022"])


def test_need_is_held_against_institution_beds_and_all_care_workers():
    """Neither all beds, nor those with a certificate, nor an imputed stock stands in."""
    others = observed("elderly_care_beds", 2021, 50_000), observed("certified_caregivers", 2021, 80)
    without = lines_of_need(*others)
    assert not [item for item in without if (item.measure, item.yardstick) == ("gap", "need")]
    found = lines_of_need(*HELD_AGAINST_NEED, *others)
    for resource, stock in (("beds", 9_000), ("caregivers", 800)):
        key = {"resource": resource, "yardstick": "need", "definition": "li_2022"}
        asked = line(found, measure="required", **key).amount
        gap = line(found, measure="gap", supply_path="held", **key).amount
        np.testing.assert_allclose(gap[:, 1:], asked[:, 1:] - stock)


def test_social_workers_follow_the_plan_s_rule_on_the_beds_and_residents_of_need():
    key = {"yardstick": "need", "definition": "li_2022", "measure": "required"}
    by_beds = plan(figure("institution_beds_per_social_worker", "norm", None, 60))
    found = lines_of_need(*HELD_AGAINST_NEED, own=by_beds)
    workers, beds = (line(found, resource=name, **key).amount for name in ("social_workers", "beds"))
    np.testing.assert_allclose(workers, beds / 60)
    by_residents = plan(figure("residents_per_social_worker", "norm", None, 100))
    residents = beds * np.array([[0.7], [0.75], [0.85]])
    found = lines_of_need(*HELD_AGAINST_NEED, own=by_residents)
    np.testing.assert_allclose(line(found, resource="social_workers", **key).amount, residents / 100)
    (asked,) = [item for item in found if (item.yardstick, item.resource) == ("plan", "social_workers")]
    assert asked.unknown == ("count:institution_residents",)


def test_parts_of_the_beds_sum_to_them_in_every_draw():
    found = lines_of_need()
    parts = [item for item in found if item.resource == "beds" and item.severity is not None]
    whole = line(found, resource="beds", yardstick="need", definition="li_2022", measure="required")
    np.testing.assert_allclose(sum(item.amount for item in parts), whole.amount)
