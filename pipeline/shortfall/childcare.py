"""Childcare places of a plan that sets them: the number in its year, then the ratio per 1,000 people.

Children under three stand beside: where births fall, the same ratio may be kept with fewer places for each child, or no
more places may be needed. Births of the forecast are not checked against counts.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.domain import Figure

PLACES, RATIO = "childcare_places", "childcare_places_per_1000"
CHILDREN, EVERYBODY = "0-2", "total"

Interval = tuple[float, float, float]
"""The 0.1 quantile, the median and the 0.9 quantile."""


def childcare_rows(
    figures: Sequence[Figure], people: Mapping[tuple[str, int], Interval], years: Sequence[int]
) -> pd.DataFrame:
    """Rows year, measure, shown, q10, q90, unit, rests_on of one plan; empty where it sets no places.

    `people` persons by age group ("0-2", "total") and year, for every one of `years` and the target's year. The ratio
    held after the target's year is the plan's own, else the one its number implies then.
    """
    target, ratio = _last(figures, PLACES, "target"), _last(figures, RATIO, "target")
    if target is None or target.year is None or target.value is None:
        return pd.DataFrame()
    rows: list[dict[str, object]] = []

    def add(year: int, measure: str, interval: Interval, unit: str, rests_on: str, digits: int = 0) -> None:
        low, middle, high = interval
        row = {"year": year, "measure": measure, "shown": round(middle, digits), "q10": low, "q90": high}
        rows.append(row | {"unit": unit, "rests_on": rests_on})

    stock = _last(figures, PLACES, "baseline")
    there = None if stock is None else stock.value
    if stock is not None and stock.year is not None and there is not None:
        add(stock.year, "places_existing", (there, there, there), "places", "stock")
    implied = 1000.0 * target.value / people[EVERYBODY, target.year][1]
    held = ratio.value if ratio is not None and ratio.value is not None and ratio.year == target.year else implied
    for year in sorted({target.year, *(year for year in years if year > target.year)}):
        everybody = people[EVERYBODY, year]
        if year == target.year:
            places, rests_on = (target.value,) * 3, "number"
        else:
            low, middle, high = (held / 1000.0 * count for count in everybody)
            places, rests_on = (low, middle, high), "ratio"
        add(year, "places_required", places, "places", rests_on)
        add(
            year, "places_per_1000", (np.nan, 1000.0 * round(places[1]) / everybody[1], np.nan), "per_1000", rests_on, 2
        )
        if there is not None:
            low, _, high = (max(round(end) - there, 0.0) for end in places)
            add(year, "places_to_add", (low, max(round(places[1]) - there, 0.0), high), "places", rests_on)
        add(year, "people", everybody, "persons", "forecast")
        add(year, "children_under_3", people[CHILDREN, year], "persons", "forecast")
    return pd.DataFrame(rows).assign(births_checked=False)


def closed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with places to add as what is shown as required less what is shown as existing, never below zero."""
    if rows.empty:
        return rows
    found, ends = rows.copy(), ["shown", "q10", "q90"]
    keys = ["region", "year"]
    existing = found[found["measure"] == "places_existing"].set_index("region")["shown"]
    required = found[found["measure"] == "places_required"].set_index(keys)[ends]
    added = found["measure"] == "places_to_add"
    asked = required.loc[pd.MultiIndex.from_frame(found.loc[added, keys])].to_numpy()
    there = existing.loc[found.loc[added, "region"]].to_numpy()[:, None]
    found.loc[added, ends] = np.maximum(asked - there, 0.0)
    return found


def _last(figures: Sequence[Figure], indicator: str, kind: str) -> Figure | None:
    """The latest dated figure of an indicator that has a value."""
    dated = [f for f in figures if f.indicator == indicator and f.kind == kind and f.value is not None and f.year]
    return max(dated, key=lambda figure: figure.year or 0, default=None)
