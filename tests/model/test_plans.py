import dataclasses

from care_plan import ROOT, figure, plan

from pipeline.domain import Catalogue
from pipeline.inputs.catalogue import load_catalogue
from pipeline.model.plans import plans_in_order, state_of


def renamed(own, name):
    return own.model_copy(update={"id": name})


def test_the_later_plan_of_a_region_supersedes_the_earlier():
    target = figure("institution_beds", "target", 2020, 100)
    earlier, later = renamed(plan(target, start=2016, end=2020), "before"), renamed(plan(target), "after")
    catalogue = dataclasses.replace(Catalogue({}, {}, {}, {}, ()), plans={"after": later, "before": earlier})
    assert plans_in_order(catalogue) == {"here": [earlier, later]}
    assert state_of(earlier, later, 2025) == "superseded"
    assert state_of(later, later, 2025) == "current"
    assert state_of(later, later, 2026) == "ended"


def test_the_projects_plans_are_current_or_ended():
    catalogue = load_catalogue(ROOT)
    found = {name: state_of(plans[-1], plans[-1], 2025) for name, plans in plans_in_order(catalogue).items()}
    assert found == {
        "inner_mongolia": "current",
        "panzhihua": "ended",
        "wuhan": "ended",
        "xuchang": "current",
        "zhejiang": "current",
    }
