"""A small catalogue of indicators and an invented plan, for the tests of gaps and headlines."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from pipeline.care.flow import ShareInterval, StaffRates
from pipeline.care.supply import Outlook
from pipeline.domain import BasisInferred, Figure, Horizon, Indicator, Names, Norm, Plan

OLD = "population_60plus"
NAMES = Names(zh="名", en="name")


def indicator(unit: str, resource: str, **more: Any) -> Indicator:
    """An indicator of the catalogue; `more` are its other keys."""
    keys = {"numerator": None, "denominator": None, "scale": None} | more
    return Indicator(name=NAMES, unit=unit, resource=resource, range=(-1e9, 1e9), note="", **keys)  # type: ignore[arg-type]


def norm(value: float) -> Norm:
    """A documented norm of this value."""
    return Norm(value=value, low=value, high=value, source="somebody", reason="a reason")


def ratio(unit: str, resource: str, numerator: str, denominator: str, scale: float, **more: Any) -> Indicator:
    """An indicator that is numerator / denominator · scale."""
    return indicator(unit, resource, numerator=numerator, denominator=denominator, scale=scale, **more)


INDICATORS: dict[str, Indicator] = {
    OLD: indicator("persons", "population"),
    "elderly_care_beds": indicator("beds", "beds"),
    "institution_beds": indicator("beds", "beds"),
    "new_beds": indicator("beds", "beds", increase_of="elderly_care_beds", period=5),
    "beds_per_1000": ratio("per_1000", "beds", "elderly_care_beds", OLD, 1000, norm=norm(40)),
    "institution_beds_per_1000": ratio("per_1000", "beds", "institution_beds", OLD, 1000, norm=norm(30)),
    "nursing_beds": indicator("beds", "nursing_beds"),
    "nursing_share": ratio("percent", "nursing_beds", "nursing_beds", "institution_beds", 100, norm=norm(55)),
    "dementia_beds": indicator("beds", "dementia_beds"),
    "dementia_per_10000": ratio("per_10000", "dementia_beds", "dementia_beds", OLD, 10_000, norm=norm(20)),
    "certified_caregivers": indicator("persons", "caregivers"),
    "certified_per_10000": ratio("per_10000", "caregivers", "certified_caregivers", OLD, 10_000, norm=norm(25)),
    "social_workers": indicator("persons", "social_workers"),
    "workers_per_1000": ratio("per_1000", "social_workers", "social_workers", OLD, 1000, norm=norm(1)),
    "beds_per_worker": ratio(
        "beds_per_worker", "social_workers", "institution_beds", "social_workers", 1, serves="institution"
    ),
    "elders_per_worker": ratio("persons_per_worker", "social_workers", OLD, "social_workers", 1, serves="community"),
    "residents_per_worker": ratio(
        "persons_per_worker", "social_workers", "residents", "social_workers", 1, serves="institution"
    ),
}


def figure(indicator: str, kind: str, year: int | None, value: float | None, **more: Any) -> Figure:
    """A figure of the invented plan, with an id like those of real plans."""
    inferred = more.pop("basis_inferred", None)
    keys = {"comparator": "=", "basis": "not_applicable"} | more
    return Figure(
        id=f"here.{indicator}.{kind}.{more.pop('suffix', None) or year or 'undated'}",
        indicator=indicator,
        kind=kind,  # type: ignore[arg-type]
        year=year,
        value=value,
        unit=INDICATORS[indicator].unit,
        section="一",
        basis_inferred=None if inferred is None else BasisInferred(value=inferred, reason="a reason"),
        **{name: keys[name] for name in ("comparator", "basis")},
    )


def plan(*figures: Figure, start: int = 2021, end: int = 2025) -> Plan:
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
        figures=figures,
    )


OUTLOOK = Outlook(
    staff=StaffRates(np.array([0.2]), np.array([0.2]), np.array([0.03])),
    closing=np.array([0.02]),
    usable=np.array([0.85]),
    occupancy=np.array([0.45]),
    new=ShareInterval("new", 0.2, 0.2),
    taking_up=ShareInterval("taking_up", 0.5, 0.5),
)
"""Middling losses and closures, the same in every draw."""
