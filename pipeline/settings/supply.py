"""The section `supply`: stocks and flows of beds and staff."""

from __future__ import annotations

from pipeline.settings.fields import Section, key
from pipeline.settings.intervals import LogitNormal, PositiveLogitNormal, interval


class SupplySettings(Section):
    trend_from: int = key(
        2022,
        "First year of the past trend that goes on without new policy: national beds have fallen since 2022.",
        "year",
        ge=1990,
        le=2100,
    )
    leave: LogitNormal = interval(
        0.16,
        0.30,
        "Share of caregivers who leave in a year: 20 to 23 % follow from a survey of tenure in 2022; 15 to 40 % "
        "plausible.",
        "share a year",
    )
    re_enter: LogitNormal = interval(
        0.10,
        0.30,
        "Share of leavers who come back to the same work in the region in the year they left. Assumed.",
        "share",
    )
    retire: LogitNormal = interval(
        0.02,
        0.05,
        "Share of the others who retire in a year. Assumed: working lives of 20 to 50 years.",
        "share a year",
    )
    new_among_trained: LogitNormal = interval(
        0.10,
        0.40,
        "Share of a plan's training numbers (person-times, employed people included) that are first trainings of "
        "people not yet in the job. Assumed.",
        "share",
    )
    taking_up: LogitNormal = interval(0.30, 0.70, "Share of these who take up the job in the region. Assumed.", "share")
    closing: LogitNormal = interval(
        0.01,
        0.03,
        "Share of beds that closes in a year and must be replaced where a stock is held. Assumed.",
        "share a year",
    )
    usable: LogitNormal = interval(
        0.75,
        0.95,
        "Share of beds on paper that can be slept in. Assumed; never fewer than are occupied.",
        "share",
    )
    occupancy: PositiveLogitNormal = interval(
        0.40,
        0.55,
        "Share of beds on paper that is occupied: 45.4 % in the nation's institutions in 2024, 53 % in Beijing in "
        "2016.",
        "occupied beds per bed",
    )
