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
    wanted = (PLACES, "target"), (RATIO, "target"), (PLACES, "baseline")
    target, ratio, stock = (_last(figures, *of) for of in wanted)
    if target is None:
        return pd.DataFrame()
    target_year, number = target
    rows = [] if stock is None else [(stock[0], "places_existing", *[stock[1]] * 3, "places", "stock")]
    implied = 1000.0 * number / people[EVERYBODY, target_year][1]
    held = ratio[1] if ratio is not None and ratio[0] == target_year else implied
    for year in (target_year, *(year for year in sorted(years) if year > target_year)):
        everybody, children = people[EVERYBODY, year], people[CHILDREN, year]
        rests_on = "number" if year == target_year else "ratio"
        low, middle, high = (number if rests_on == "number" else held / 1000.0 * count for count in everybody)
        per_1000 = round(1000.0 * round(middle) / everybody[1], 2)
        rows += [
            (year, "places_required", low, round(middle), high, "places", rests_on),
            (year, "places_per_1000", np.nan, per_1000, np.nan, "per_1000", rests_on),
            (year, "people", everybody[0], round(everybody[1]), everybody[2], "persons", "forecast"),
            (year, "children_under_3", children[0], round(children[1]), children[2], "persons", "forecast"),
        ]
    columns = ["year", "measure", "q10", "shown", "q90", "unit", "rests_on"]
    return pd.DataFrame(rows, columns=columns).assign(births_checked=False)


def with_additions(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of all regions, and the places to add: what is shown as required less as existing, never below zero."""
    existing = rows[rows["measure"] == "places_existing"].set_index("region")["shown"]
    added = rows[(rows["measure"] == "places_required") & rows["region"].isin(existing.index)]
    added = added.assign(measure="places_to_add")
    ends = ["shown", "q10", "q90"]
    added[ends] = added[ends].sub(added["region"].map(existing), axis=0).clip(lower=0.0)
    return pd.concat([rows, added], ignore_index=True)


def _last(figures: Sequence[Figure], indicator: str, kind: str) -> tuple[int, float] | None:
    """Year and value of the latest dated figure of an indicator that has a value."""
    dated = [
        (figure.year, figure.value)
        for figure in figures
        if (figure.indicator, figure.kind) == (indicator, kind) and figure.year and figure.value is not None
    ]
    return max(dated, key=lambda pair: pair[0], default=None)
