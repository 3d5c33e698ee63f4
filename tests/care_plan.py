"""An invented plan and region on the project's own indicators, for the tests of supply, gaps and verdicts."""

import datetime

import numpy as np
from defaults import ROOT

from pipeline.care.flow import National, staff_kept
from pipeline.care.supply import Supplies, SupplyUncertainty
from pipeline.care.yardstick import RegionSupply, plan_rules
from pipeline.domain import Figure, Horizon, Names, Observation, Plan
from pipeline.inputs.catalogue import load_catalogue

OLD = "population_60plus"
NAMES = Names(zh="名", en="name")
CATALOGUE = load_catalogue(ROOT)
INDICATORS = CATALOGUE.indicators
YEARS = range(2020, 2036)
NOTHING = National({}, {}, {})


def figure(indicator, kind, year, value):
    """A figure of the invented plan, with an id like those of real plans."""
    return Figure(
        id=f"here.{indicator}.{kind}.{year or 'undated'}",
        indicator=indicator,
        kind=kind,
        year=year,
        value=value,
        unit=INDICATORS[indicator].unit,
        comparator="=",
        basis="not_applicable",
        section="一",
    )


def plan(*figures, start=2021, end=2025, rules=None):
    """An invented plan with these figures."""
    return Plan(
        id="here",
        title=NAMES,
        document_number=None,
        issuer=NAMES,
        date=datetime.date(2021, 1, 1),
        status="issued",
        region="here",
        base_year=2020,
        horizon=Horizon(start=start, end=end),
        source="somebody",
        rules=rules or {},
        figures=figures,
    )


SAID = {"region": "here", "part": None, "comparator": "=", "basis": "not_applicable", "definition": None}
SAID |= {"confidence": "published", "source": "somebody", "origin": "supply"}


def observed(indicator, date, value, **more):
    """An observation of the invented region."""
    return Observation(indicator=indicator, date=str(date), value=float(value), **(SAID | more))


OUTLOOK = SupplyUncertainty(
    staff_kept=staff_kept(np.array([0.2]), np.array([0.2]), np.array([0.03])),
    closing=np.array([0.02]),
    occupancy=np.array([0.45]),
    drift_normal=np.zeros(1),
    step_normals=np.zeros((1, 25)),
)
"""Middling losses and closures, the same in every draw."""


def region(*observations, people=None, hukou=None, **more):
    """The invented region: people grow by 20,000 a year from a million, in the other draw they stay."""
    old = np.stack([1e6 + 2e4 * np.arange(16.0), np.full(16, 1e6)]) if people is None else people
    ratio = None if hukou is None else np.full((1, len(YEARS)), hukou)
    known = {"populations": {OLD: old}, "past_60plus": {2010: 640_000.0, 2020: 1e6}, "years": YEARS, "as_of": 2025}
    return RegionSupply(observations=observations, hukou_ratio=ratio, **(known | more))


def supplies(*observations, plan=None, national=NOTHING, **more):
    """Supply of the invented region under the rules of `plan`."""
    rules = [] if plan is None else plan_rules(plan, INDICATORS, YEARS[0])
    return Supplies(region(*observations, **more), OUTLOOK, INDICATORS, national, rules)


def column(values, year):
    """The draws of one year."""
    return values[:, YEARS.index(year)]
