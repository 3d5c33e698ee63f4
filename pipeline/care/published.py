"""Rates of the nation and the provinces from published counts: what stands in where a plan states no stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.care.flow import PastTrend, past_trend

WIDER = {"nursing_beds": "institution_beds", "dementia_beds": "institution_beds"}
"""Beds of one kind and the beds they are among."""


@dataclass(frozen=True)
class Rate:
    """Units per resident aged 60+ of `region` in `year`."""

    per_person: float
    year: int
    region: str


@dataclass(frozen=True)
class Trend:
    """How the logarithm of a stock moved from year to year in `region`, between the years `first` and `last`."""

    path: PastTrend
    first: int
    last: int
    region: str
    quantity: str


def counts(figures: pd.DataFrame, region: str, quantity: str) -> pd.Series:
    """Published counts of a quantity in a region by year, reliable ones where there are any.

    `figures` is the raw table care_figures. Nursing beds are counted as their share of institution beds.
    """
    if quantity == "nursing_beds":
        share = counts(figures, region, "nursing_bed_share") / 100.0
        return (share * counts(figures, region, "institution_beds")).dropna()
    rows = figures[
        (figures["region"] == region) & (figures["indicator"] == quantity) & (figures["series"] != "plan_target")
    ]
    reliable = rows[rows["confidence"] != "weak"]
    return (reliable if len(reliable) else rows).set_index("year")["value"].sort_index()


def published_rate(figures: pd.DataFrame, regions: Sequence[str], quantity: str, year: int) -> Rate | None:
    """Rate per resident aged 60+ nearest in time to `year`, of the first of `regions` that has one.

    Of two years equally near the earlier one is taken. None where nobody published both counts for one year.
    """
    for region in regions:
        amount = counts(figures, region, quantity)
        residents = figures[(figures["region"] == region) & (figures["indicator"] == "population_60plus")]
        people = residents[residents["basis"] == "resident"].drop_duplicates("year").set_index("year")["value"]
        rates = (amount / people).dropna()
        if len(rates):
            nearest = min(rates.index, key=lambda y: (abs(y - year), y))
            return Rate(float(rates.loc[nearest]), int(nearest), region)
    return None


def published_trend(figures: pd.DataFrame, region: str, quantity: str, since: int) -> Trend | None:
    """Past trend of the counts not before `since`; None with fewer than three, which show no yearly change.

    Beds of one kind follow the beds they are among where they have no series of their own: turning ordinary beds
    into nursing beds is what a policy does, and `no_new_policy` has none.
    """
    amount = counts(figures, region, quantity)
    amount = amount[amount.index >= since]
    if len(amount) >= 3:
        years = [int(year) for year in amount.index]
        return Trend(past_trend(years, list(amount)), years[0], years[-1], region, quantity)
    wider = WIDER.get(quantity)
    return None if wider is None else published_trend(figures, region, wider, since)
