"""One row a plan and resource: what was aimed at, what it takes, what there is, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.care.yardstick import RESOURCES
from pipeline.domain import Figure, Indicator, Names, Plan


def headline_rows(
    plan: Plan, indicators: Mapping[str, Indicator], gap: pd.DataFrame, data_date: str
) -> list[dict[str, object]]:
    """Rows of the headline table for one plan, from the central scenario's gap table of its region.

    The plan's own yardstick counts, or the norm where the plan sets none; supply is the stated stock held, or
    the imputed one where none is stated. A target's status as of `data_date`: "met" or "missed" where a stock
    of the target year itself is stated, "on_course" where the target is still ahead and the last known
    stock is no smaller than what is required by then, "unknown" otherwise, with the reason in words. Beds are
    those on paper, staff are heads.
    """
    figures = {figure.id: figure for figure in plan.figures}
    gap = gap[gap["bed_basis"].ne("usable") & gap["unit_basis"].ne("fte")]
    return [_row(plan, figures, indicators, gap, resource, data_date) for resource in RESOURCES]


def _row(
    plan: Plan,
    figures: Mapping[str, Figure],
    indicators: Mapping[str, Indicator],
    gap: pd.DataFrame,
    resource: str,
    data_date: str,
) -> dict[str, object]:
    # Beds on paper and heads are what plans count; usable beds and full-time equivalents stand beside them.
    rows = gap[(gap["resource"] == resource) & gap["bed_basis"].ne("usable") & gap["unit_basis"].ne("fte")]
    yardstick = "plan" if (rows["yardstick"] == "plan").any() else "norm"
    rows = rows[rows["yardstick"] == yardstick]
    asked = rows[rows["measure"] == "required"]
    ids = str(asked["figure_id"].iloc[0]).split(";")
    stated = [figures[name] for name in ids if name in figures]
    target, target_unit = _target(ids, figures, indicators, resource)
    target_year = max(
        (f.year for f in stated if f.year is not None and indicators[f.indicator].resource == resource),
        default=stated[0].year if stated and stated[0].year is not None else plan.horizon.end,
    )
    first, last = int(rows["year"].min()), int(rows["year"].max())
    when = min(max(target_year, first), last)
    here = rows[(rows["year"] == when)]

    held = here[(here["supply_path"] == "held") & (here["measure"] == "supply") & here["stock_year"].notna()]
    stock_years = held["stock_year"].unique()
    stock_year = int(stock_years[0]) if len(stock_years) else None
    imputed = bool(held["assumed"].any())
    known = here[here["stock_year"] == stock_year] if stock_year is not None else here.iloc[:0]
    known = known[known["supply_path"] == "held"]
    required = _value(asked[asked["year"] == when], "quantile", 0.5)
    supply = _value(known[known["measure"] == "supply"], "quantile", 0.5)
    status = _status(target_year, when, stock_year, imputed, required, supply, int(data_date[:4]))
    if yardstick != "plan":
        status = "unknown"
    missing = _value(known[known["measure"] == "gap"], "quantile", 0.5)
    notes = _notes(asked, indicators, yardstick, target_year, when, stock_year, imputed) if status == "unknown" else []
    return {
        "plan": plan.id,
        "region": plan.region,
        "resource": resource,
        "yardstick": yardstick,
        "figure_id": ";".join(ids),
        "target": target,
        "target_unit": target_unit,
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
        "met_probability": _value(known[known["measure"] == "met_probability"], "mean"),
        "status": status,
        "as_of": data_date,
        "assumed": ";".join(_assumed(asked, stated, imputed, when, plan.horizon.start)) or None,
        "note_zh": "".join(note.zh for note in notes) or None,
        "note_en": " ".join(note.en for note in notes) or None,
    }


def _notes(
    asked: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    yardstick: str,
    target_year: int,
    when: int,
    stock_year: int | None,
    imputed: bool,
) -> list[Names]:
    """Why it cannot be known whether the target was met, a sentence a reason."""
    notes = []
    if yardstick != "plan":
        notes.append(
            Names(zh="规划未设目标，以参照标准代替。", en="The plan sets no target; a norm stands in for one.")
        )
    unknown = asked["unknown"].dropna()
    if len(unknown):
        names = [
            indicators[name].name if name in indicators else Names(zh=name, en=name)
            for name in unknown.iloc[0].split(";")
        ]
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en.lower() for name in names)
        notes.append(
            Names(
                zh=f"要求无法推算：{zh}未见公布。",
                en=f"The requirement cannot be worked out: nobody published {en}.",
            )
        )
    if stock_year is None:
        notes.append(Names(zh="现有量未见公布。", en="No stock is published."))
    elif imputed:
        notes.append(Names(zh="现有量未见公布，所列为推算值。", en="No stock is published; the one shown is imputed."))
    elif when != target_year:
        notes.append(
            Names(
                zh=f"目标年{target_year}年不在推算期内。",
                en=f"The target's year {target_year} lies outside the projection.",
            )
        )
    elif stock_year < target_year:
        notes.append(
            Names(
                zh=f"最近公布的现有量为{stock_year}年，早于目标年{target_year}年。",
                en=f"The last published stock is of {stock_year}, before the target's year {target_year}.",
            )
        )
    elif stock_year > target_year:
        notes.append(
            Names(
                zh=f"公布的现有量为{stock_year}年，晚于目标年{target_year}年。",
                en=f"The published stock is of {stock_year}, after the target's year {target_year}.",
            )
        )
    return notes


def _target(
    ids: list[str], figures: Mapping[str, Figure], indicators: Mapping[str, Indicator], resource: str
) -> tuple[float | None, str | None]:
    """The value aimed at and its unit; none where several terms on the resource are added up."""
    terms: list[tuple[float | None, str]] = []
    for name in ids:
        figure = figures.get(name)
        item = indicators[figure.indicator if figure else name.removeprefix("norm.")]
        if item.resource == resource:
            terms.append((figure.value if figure else item.norm.value if item.norm else None, item.unit))
    return terms[0] if len(terms) == 1 else (None, None)


def _value(rows: pd.DataFrame, output_type: str, quantile: float | None = None) -> float | None:
    at = rows["output_type_id"].isna() if quantile is None else rows["output_type_id"] == quantile
    chosen = rows[(rows["output_type"] == output_type) & at]["value"].dropna()
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
    if stock_year == target_year == measured_year:
        return "met" if supply >= required else "missed"
    if target_year > data_year and supply >= required:
        return "on_course"
    return "unknown"


def _assumed(asked: pd.DataFrame, stated: list[Figure], imputed: bool, when: int, plan_start: int) -> list[str]:
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
    dated = [figure.year for figure in stated if figure.year is not None]
    if any(year < when for year in dated):
        codes.append("carried")
    if any(year < plan_start for year in dated):
        codes.append("earlier_period")
    return codes
