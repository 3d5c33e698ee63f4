"""From need to gaps: every definition against what there is, staff by the plan's rule on the beds of need."""

import numpy as np
from care_plan import INDICATORS, NOTHING, OLD, figure, observed, plan, region
from need_case import PEOPLE, YEARS, choice, drawn

from pipeline.care.supply import Supplies
from pipeline.care.yardstick import plan_rules
from pipeline.domain import Observation, Plan
from pipeline.shortfall.by_need import parts_of_need, required_by_need
from pipeline.shortfall.gap import GapLine, region_lines

STOCKED = (observed("institution_beds", 2021, 9_000), observed("caregivers", 2021, 800))
EMPTY = plan(figure("care_institutions", "target", 2025, 3))


def lines(*observations: Observation, own: Plan = EMPTY) -> list[GapLine]:
    here = region(*observations, populations={OLD: PEOPLE.sum(axis=(2, 3))}, years=YEARS)
    supplies = Supplies(here, INDICATORS, NOTHING, plan_rules(own, INDICATORS, YEARS[0]))
    demand = drawn()
    need = required_by_need(demand, PEOPLE, supplies)
    return list(region_lines(supplies, need, parts_of_need(demand, PEOPLE)))


def only(found: list[GapLine], **wanted: object) -> GapLine:
    keys = {"severity": None, "setting": None} | wanted
    (line,) = [item for item in found if all(getattr(item, key) == value for key, value in keys.items())]
    return line


def test_every_definition_is_held_against_the_supply_on_every_path() -> None:
    found = lines(*STOCKED)
    for resource in ("beds", "caregivers"):
        paths = {
            (item.definition, item.supply_path)
            for item in found
            if (item.resource, item.yardstick, item.measure) == (resource, "need", "gap")
        }
        assert paths == {(name, path) for name in choice().definitions for path in ("trend", "held")}
    beds = {
        name: only(found, resource="beds", yardstick="need", definition=name, measure="required").amount
        for name in choice().definitions
    }
    assert np.all(beds["census_selfcare"] < beds["li_2022"])


def test_need_is_held_against_institution_beds_and_all_care_workers() -> None:
    """Neither all beds, nor those with a certificate, nor an imputed stock stands in."""
    others = observed("elderly_care_beds", 2021, 50_000), observed("certified_caregivers", 2021, 80)
    without = lines(*others)
    assert not [item for item in without if (item.measure, item.yardstick) == ("gap", "need")]
    found = lines(*STOCKED, *others)
    for resource, stock in (("beds", 9_000), ("caregivers", 800)):
        key = {"resource": resource, "yardstick": "need", "definition": "li_2022"}
        asked = only(found, measure="required", **key).amount
        gap = only(found, measure="gap", supply_path="held", **key).amount
        np.testing.assert_allclose(gap[:, 1:], asked[:, 1:] - stock)


def test_social_workers_follow_the_plan_s_rule_on_the_beds_and_residents_of_need() -> None:
    key = {"yardstick": "need", "definition": "li_2022", "measure": "required"}
    by_beds = plan(figure("institution_beds_per_social_worker", "norm", None, 60))
    found = lines(*STOCKED, own=by_beds)
    workers, beds = (only(found, resource=name, **key).amount for name in ("social_workers", "beds"))
    np.testing.assert_allclose(workers, beds / 60)
    by_residents = plan(figure("residents_per_social_worker", "norm", None, 100))
    residents = beds * np.array([[0.7], [0.75], [0.85]])
    found = lines(*STOCKED, own=by_residents)
    np.testing.assert_allclose(only(found, resource="social_workers", **key).amount, residents / 100)
    (asked,) = [item for item in found if (item.yardstick, item.resource) == ("plan", "social_workers")]
    assert asked.unknown == ("count:institution_residents",)


def test_parts_of_the_beds_sum_to_them_in_every_draw() -> None:
    found = lines()
    parts = [item for item in found if item.resource == "beds" and item.severity is not None]
    whole = only(found, resource="beds", yardstick="need", definition="li_2022", measure="required")
    np.testing.assert_allclose(sum(item.amount for item in parts), whole.amount)
