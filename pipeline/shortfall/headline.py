"""One row a plan and resource: what was aimed at, what it takes, what there is, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.care.yardstick import RESOURCES
from pipeline.sources.catalogue import Figure, Indicator, Plan


def headline_rows(
    plan: Plan, indicators: Mapping[str, Indicator], gap: pd.DataFrame, data_date: str
) -> list[dict[str, object]]:
    """Rows of the headline table for one plan, from the central scenario's gap table of its region.

    The plan's own yardstick counts, or the norm where the plan sets none; supply is the stated stock held, or
    the imputed one where none is stated. A target's status as of `data_date`: "met" or "missed" where a stock
    of the target year or later is published, "on_course" where the target is still ahead and the last known
    stock is no smaller than what is required by then, "unknown" otherwise.
    """
    figures = {figure.id: figure for figure in plan.figures}
    return [_row(plan, figures, indicators, gap, resource, data_date) for resource in RESOURCES]


def _row(
    plan: Plan,
    figures: Mapping[str, Figure],
    indicators: Mapping[str, Indicator],
    gap: pd.DataFrame,
    resource: str,
    data_date: str,
) -> dict[str, object]:
    rows = gap[gap["resource"] == resource]
    yardstick = "plan" if (rows["yardstick"] == "plan").any() else "norm"
    rows = rows[rows["yardstick"] == yardstick]
    asked = rows[rows["measure"] == "required"]
    ids = str(asked["figure_id"].iloc[0]).split(";")
    stated = [figures[name] for name in ids if name in figures]
    norms = [indicators[name.removeprefix("norm.")] for name in ids if name.startswith("norm.")]
    target_year = stated[0].year if stated and stated[0].year is not None else plan.horizon.end
    first, last = int(rows["year"].min()), int(rows["year"].max())
    when = min(max(target_year, first), last)
    here = rows[(rows["year"] == when)]

    held = here[(here["supply_path"] == "held") & (here["measure"] == "supply") & here["stock_year"].notna()]
    stock_years = held["stock_year"].unique()
    stock_year = int(stock_years[0]) if len(stock_years) else None
    imputed = bool(held["assumed"].any())
    if stock_year is None and (later := _imputed(rows)) is not None:
        stock_year, imputed = later, True
    known = here[here["stock_year"] == stock_year] if stock_year is not None else here.iloc[:0]
    known = known[known["supply_path"] == "held"]
    required = _value(asked[asked["year"] == when], "quantile", 0.5)
    supply = _value(known[known["measure"] == "supply"], "quantile", 0.5)
    status = _status(target_year, when, stock_year, imputed, required, supply, int(data_date[:4]))
    missing = _value(known[known["measure"] == "gap"], "quantile", 0.5)
    return {
        "plan": plan.id,
        "region": plan.region,
        "resource": resource,
        "yardstick": yardstick,
        "figure_id": ";".join(ids),
        "target": stated[0].value if stated else (norms[0].norm.value if norms[0].norm else None),
        "target_unit": stated[0].unit if stated else norms[0].unit,
        "target_year": target_year,
        "required": required,
        "required_lower": _value(asked[asked["year"] == when], "quantile", 0.1),
        "required_upper": _value(asked[asked["year"] == when], "quantile", 0.9),
        "supply": supply,
        "stock_year": stock_year,
        "gap": missing,
        "gap_lower": _value(known[known["measure"] == "gap"], "quantile", 0.1),
        "gap_upper": _value(known[known["measure"] == "gap"], "quantile", 0.9),
        "unit": str(asked["unit"].iloc[0]),
        "status": status if yardstick == "plan" else "unknown",
        "as_of": data_date,
        "assumed": ";".join(_assumed(asked, stated, imputed)) or None,
    }


def _imputed(rows: pd.DataFrame) -> int | None:
    years = rows.loc[rows["assumed"] & (rows["measure"] == "supply"), "stock_year"].dropna().unique()
    return int(years[0]) if len(years) else None


def _value(rows: pd.DataFrame, output_type: str, quantile: float) -> float | None:
    chosen = rows[(rows["output_type"] == output_type) & (rows["output_type_id"] == quantile)]["value"].dropna()
    return float(chosen.iloc[0]) if len(chosen) else None


def _status(
    target_year: int,
    measured_year: int,
    stock_year: int | None,
    imputed: bool,
    required: float | None,
    supply: float | None,
    data_year: int,
) -> str:
    if required is None or supply is None or stock_year is None or imputed:
        return "unknown"
    if stock_year >= target_year and measured_year == target_year:
        return "met" if supply >= required else "missed"
    if target_year > data_year and supply >= required:
        return "on_course"
    return "unknown"


def _assumed(asked: pd.DataFrame, stated: list[Figure], imputed: bool) -> list[str]:
    """What stands in for a published fact in this row, as codes the reports put into words."""
    codes = []
    if asked["assumed"].any():
        codes.append("norm")
    if imputed:
        codes.append("imputed_stock")
    if (asked["basis"] == "hukou").any():
        codes.append("hukou_ratio")
    if any(figure.basis_inferred is not None for figure in stated):
        codes.append("basis_inferred")
    elif any(figure.basis == "unspecified" for figure in stated):
        codes.append("basis_unspecified")
    return codes
