"""Rates of the nation and the provinces from published counts: what stands in where a plan states no stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Rate:
    """Units per resident aged 60+ of `region` in `year`."""

    per_person: float
    year: int
    region: str


@dataclass(frozen=True)
class Growth:
    """Yearly change of a stock in `region` as a share of the stock in `first`, on average until `last`."""

    share: float
    first: int
    last: int
    region: str


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


def published_growth(figures: pd.DataFrame, region: str, quantity: str, since: int) -> Growth | None:
    """Mean yearly change since the first count not before `since`; None with counts less than two years apart."""
    amount = counts(figures, region, quantity)
    amount = amount[amount.index >= since]
    if len(amount) < 2 or amount.index[-1] - amount.index[0] < 2:
        return None
    first, last = int(amount.index[0]), int(amount.index[-1])
    change = float(amount.iloc[-1] / amount.iloc[0] - 1.0)
    return Growth(change / (last - first), first, last, region)
