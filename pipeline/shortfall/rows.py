"""Rows of the result tables: what is reported of thousands of draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from pipeline.care.published import National
from pipeline.care.stocks import worth
from pipeline.care.yardstick import SHARES
from pipeline.domain import Catalogue, Indicator, Observation
from pipeline.shortfall.gap import GapLine
from pipeline.shortfall.verdict import Interval, Standing

LABELS = (
    "resource",
    "quantity",
    "yardstick",
    "definition",
    "severity",
    "setting",
    "supply_path",
    "measure",
    "unit",
    "basis",
    "figure_id",
)
"""Columns of the gap table that a line gives as they are."""


def line_rows(lines: Iterable[GapLine], years: Sequence[int]) -> pd.DataFrame:
    """One row a line and year: what is shown, and the ends of the 80 % interval."""
    tables = []
    for line in lines:
        low, high = line.interval
        known = np.isfinite(line.shown)
        table = {name: [getattr(line, name)] * len(years) for name in LABELS} | {
            "unknown": [";".join(line.unknown) or None] * len(years),
            "year": list(years),
            "shown": line.shown,
            "q10": np.where(known, low, np.nan),
            "q90": np.where(known, high, np.nan),
            "grade": line.grades or (None,) * len(years),
            "carried": np.zeros(len(years), dtype=bool) if line.carried is None else line.carried,
        }
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def standing_rows(found: Iterable[Standing]) -> pd.DataFrame:
    """One row a standing; intervals as three columns, codes by semicolon."""
    rows = []
    for standing in found:
        row: dict[str, object] = {}
        for field in fields(standing):
            value = getattr(standing, field.name)
            if field.name in ("required", "existing", "gap"):
                row |= _ends(field.name, value)
            else:
                row[field.name] = ";".join(value) or None if isinstance(value, tuple) else value
        rows.append(row)
    numbers = [f"{name}{end}" for name in ("required", "existing", "gap") for end in ("", "_q10", "_q90")]
    columns = [*numbers, "target", "met_probability", "stock_value"]
    return pd.DataFrame(rows).astype(dict.fromkeys(columns, float))


def supply_rows(observed: Iterable[Observation], catalogue: Catalogue, as_of: int) -> pd.DataFrame:
    """One row an observation of the planned regions, the regions that hold them, and the nation."""
    planned = {plan.region for plan in catalogue.plans.values()}
    wanted = planned | {catalogue.regions[name].parent for name in planned}
    wanted |= {name for name, region in catalogue.regions.items() if region.level == "nation"}
    rows = [
        {
            "region": found.region,
            "part": found.part,
            "quantity": found.indicator,
            "date": found.date,
            "value": found.value,
            "unit": catalogue.indicators[found.indicator].unit,
            "comparator": found.comparator,
            "basis": found.basis,
            "grade": worth(found, as_of),
            "confidence": found.confidence,
            "definition": found.definition,
            "origin": found.origin,
            "source": found.source,
        }
        for found in observed
        if found.region in wanted
    ]
    return pd.DataFrame(rows).astype({"value": float})


def norm_rows(national: National, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The nation's latest outcome by quantity, of stocks per 1,000 people, and its goals as stated."""
    rows: list[tuple[str, str, int, float, str, str]] = []
    for norm in national.norms.values():
        if norm.kind == "outcome":
            value, unit = (norm.value, "percent") if norm.quantity in SHARES else (1000 * norm.value, "per_1000")
            rows.append((norm.quantity, norm.kind, norm.year, value, unit, norm.source))
    for goal in national.goals:
        unit = indicators[goal.indicator].unit
        rows.append((goal.indicator, "goal", goal.year, goal.value, unit, goal.source))
    return pd.DataFrame(rows, columns=["quantity", "kind", "year", "value", "unit", "source"]).astype({"value": float})


def _ends(name: str, value: Interval) -> dict[str, float | None]:
    return dict(zip((name, f"{name}_q10", f"{name}_q90"), value, strict=True))
