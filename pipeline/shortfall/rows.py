"""Rows of the result tables from the series of regions: what is reported of thousands of draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.shortfall.gap import Judgement, Series
from pipeline.shortfall.verdict import EventYear
from pipeline.summary import QUANTILES

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

MEDIAN = 1 + QUANTILES.index(0.5)
LEVELS = (np.nan, *QUANTILES)
LABELS = tuple(
    field.name
    for field in fields(Series)
    if field.name not in ("amount", "notes", "carried", "judgement", "stock_year")
)
"""Columns of the gap table that a series gives as they are."""

CURVE_LEVELS = (np.arange(100) + 0.5) / 100
"""Quantiles that draw the distribution of a requirement as a curve: enough that no corner shows."""


class RegionTables(NamedTuple):
    """Rows of one region: the gap table, the verdicts, and the distributions of what is required in the last year."""

    gap: pd.DataFrame
    verdict: pd.DataFrame
    curve: pd.DataFrame


def region_tables(series: Iterable[Series], years: Sequence[int]) -> RegionTables:
    """The tables of one region, from its series taken one by one.

    A probability has a mean alone; what is known in no draw has one blank, under the median. The curve has a row
    a quantile of every requirement of beds on paper or heads, in all severities and settings, that is known in
    the last year.
    """
    labels: list[dict[str, object]] = []
    summaries: list[Array] = []
    verdicts: list[dict[str, object]] = []
    curves: list[pd.DataFrame] = []
    carried: list[Flags] = []
    blank = np.full((len(LEVELS), len(years)), np.nan)
    for item in series:
        labels.append(
            {name: getattr(item, name) for name in LABELS}
            | {"stock_year": item.stock_year, "unknown": ";".join(item.notes) or None}
        )
        if item.measure == "met_probability":
            summaries.append(np.concatenate([item.values.mean(axis=0)[None], blank[1:]]))
        elif item.amount.certain and np.isnan(item.values).all():
            summaries.append(blank)
        else:
            summaries.append(item.amount.summary)
        carried.append(np.zeros(len(years), dtype=bool) if item.carried is None else item.carried)
        if item.judgement is not None:
            verdicts.append(_verdict(item, item.judgement))
        if _on_the_curve(item):
            curves.append(_curve(item, years[-1]))
    gap = _long(labels, np.stack(summaries), years, np.stack(carried)).astype({"stock_year": "Int64"})
    return RegionTables(gap, pd.DataFrame(verdicts), pd.concat(curves, ignore_index=True))


def _on_the_curve(item: Series) -> bool:
    """Whether a series is a requirement as plans count it, and known in the last year."""
    whole = item.severity is None and item.setting is None
    usual = item.bed_basis != "usable" and item.unit_basis != "fte"
    return item.measure == "required" and whole and usual and not bool(np.isnan(item.values[:, -1]).any())


def _curve(item: Series, year: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **{name: getattr(item, name) for name in ("resource", "yardstick", "definition", "unit", "assumed")},
            "year": year,
            "probability": CURVE_LEVELS,
            "value": np.quantile(item.values[:, -1], CURVE_LEVELS),
        }
    )


def _long(
    labels: list[dict[str, object]], values: Array, years: Sequence[int], carried: Flags | None = None
) -> pd.DataFrame:
    """One row a series, output and year of `values` (series, 1 + quantile, year); `carried` (series, year)."""
    frame = pd.DataFrame(labels)
    certain = frame["measure"].eq("met_probability").to_numpy()
    unknown = np.isnan(values).all(axis=(1, 2))
    kept = np.ones(values.shape, dtype=bool)
    kept[certain, 1:] = False
    kept[unknown & ~certain] = False
    kept[unknown & ~certain, MEDIAN] = True
    which, output, year = np.nonzero(kept)
    table = frame.take(which).reset_index(drop=True)
    marks = {} if carried is None else {"carried": carried[which, year]}
    return table.assign(
        **marks,
        year=np.asarray(years)[year],
        output_type=np.where(output == 0, "mean", "quantile"),
        output_type_id=np.asarray(LEVELS)[output],
        value=values[kept],
    )


def _verdict(item: Series, judgement: Judgement) -> dict[str, object]:
    """One row of the verdict table."""
    found, effort = judgement.verdict, judgement.effort
    row: dict[str, object] = {
        name: getattr(item, name)
        for name in ("resource", "yardstick", "definition", "supply_path", "stock_year", "unit", "assumed")
    }
    row |= {"target_year": effort.year, "met_probability": found.probability_met(effort.year)}
    for name, event in (
        ("first_short", found.first_short),
        ("first_closed", found.first_closed),
        ("peak", found.peak),
    ):
        row |= _event(name, event)
    for name, amount in (("required_per_year", effort.net), ("intake_per_year", effort.gross)):
        lower, middle, upper = amount.summary[MEDIAN - 1 : MEDIAN + 2, 0]
        row |= {name: middle, f"{name}_lower": lower, f"{name}_upper": upper}
    record = effort.record
    return row | {
        "record_per_year": np.nan if record is None else float(np.median(record.yearly)),
        "ratio_to_record": effort.ratio,
        "record_id": None if record is None else record.figure_id,
        "record_assumed": record is not None and record.assumed,
    }


def _event(name: str, event: EventYear) -> dict[str, object]:
    row: dict[str, object] = {f"{name}_share": event.share}
    for key, level in ((name, 0.5), (f"{name}_lower", 0.1), (f"{name}_upper", 0.9)):
        year = event.quantile(level)
        row[key] = np.nan if year is None else year
    return row
