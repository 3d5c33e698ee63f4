"""Rows of what was published of supply: observations, and the nation's measures."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.care.flow import National
from pipeline.care.supply import worth
from pipeline.care.yardstick import SHARES
from pipeline.domain import Catalogue, Indicator, Observation


def supply_rows(observed: Iterable[Observation], catalogue: Catalogue, as_of: int) -> pd.DataFrame:
    """One row an observation of the planned regions, the regions that hold them, and the nation."""
    planned = {plan.region for plan in catalogue.plans.values()}
    wanted = planned | {catalogue.regions[name].parent for name in planned}
    wanted |= {name for name, region in catalogue.regions.items() if region.level == "nation"}
    same = ("region", "part", "date", "value", "comparator", "basis", "confidence", "definition", "origin", "source")
    rows = [
        {name: getattr(found, name) for name in same}
        | {"quantity": found.indicator, "unit": catalogue.indicators[found.indicator].unit}
        | {"grade": worth(found, as_of)}
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
