"""What a bulletin says of a city whose table by age is not published, and whether it can be true."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.demography.age_groups import Margins, band_between, first_groups, open_bands, partition
from pipeline.errors import Fault

MEN_PER_WOMAN = (1 / 3, 3.0)
"""Sex ratios beyond these are taken for a slip: no city in the censuses comes near them."""


def margin_faults(margins: Margins, province: ArrayLike, names: tuple[str, str], file: str) -> list[Fault]:
    """Every way in which the margins, which stand in `file`, contradict themselves or the table of the province.

    `province` (sex, group) persons; `names` are the ids of the city and the province. Counts must be above zero and
    finite, bands must follow one another from age 0 along the census groups, and sums must agree to the person.
    """
    city, parent = names

    def fault(cell: str, found: float | str, expected: str) -> Fault:
        return Fault(file, f"{city}, {cell}", found if isinstance(found, str) else f"{found:.12g}", expected)

    given = {"total": margins.total, "male": margins.male, "female": margins.female, **margins.bands}
    nobody = [cell for cell, count in given.items() if not (math.isfinite(count) and count > 0)]
    if nobody:
        return [fault(cell, given[cell], "a count of people above zero") for cell in nobody]
    faults = []
    if margins.male + margins.female != margins.total:
        faults.append(fault("total", margins.total, f"{margins.male + margins.female:.12g}, male + female"))
    lowest, highest = MEN_PER_WOMAN
    if not lowest <= margins.male / margins.female <= highest:
        expected = f"{lowest:.2g} to {highest:g} times the {margins.female:.12g} women"
        faults.append(fault("male", margins.male, expected))
    for outer, inner in pairwise(open_bands(margins.bands)):
        rest, between = margins.bands[outer] - margins.bands[inner], band_between(outer, inner)
        if rest <= 0:
            faults.append(fault(inner, margins.bands[inner], f"fewer than the {margins.bands[outer]:.12g} of {outer}"))
        elif margins.bands.get(between, rest) != rest:
            faults.append(fault(between, margins.bands[between], f"{rest:.12g}, {outer} less {inner}"))
    try:
        parts = partition(margins.bands)
    except ValueError as error:
        expected = "bands from age 0 to an open one, without gap or overlap, each of whole census groups"
        return [*faults, fault("bands", str(error), expected)]
    added = sum(parts.values())
    if not faults and added != margins.total:
        faults.append(fault("total", margins.total, f"{added:.12g}, the sum of {' + '.join(parts)}"))
    table = np.asarray(province, dtype=float)
    at_most = dict(zip(parts, np.add.reduceat(table.sum(axis=0), first_groups(parts)), strict=True))
    for cell, limit in {"male": table[0].sum(), "female": table[1].sum(), **at_most}.items():
        count = given.get(cell, parts.get(cell, 0.0))
        if count > limit:
            faults.append(fault(cell, count, f"at most {limit:.12g}, the count of {parent}"))
    return faults


def margins_by_year(frame: pd.DataFrame) -> dict[int, Margins]:
    """Margins by census year of the rows of one bulletin: year, sex, age, population."""
    found = {}
    for year in frame["year"].unique().tolist():
        rows = frame[frame["year"] == year].set_index(["sex", "age"])
        cell: dict[Any, float] = rows["population"].astype(float).to_dict()
        bands = {age: people for (sex, age), people in cell.items() if sex == "both" and age != "total"}
        found[year] = Margins(cell["both", "total"], cell["male", "total"], cell["female", "total"], bands)
    return found


def margin_rows(margins: Mapping[tuple[str, int], Margins]) -> pd.DataFrame:
    """Margins as rows that follow one another in age: region, year, sex (both), age, population."""
    rows = [
        (city, year, "both", band, people)
        for (city, year), published in margins.items()
        for band, people in partition(published.bands).items()
    ]
    return pd.DataFrame(rows, columns=["region", "year", "sex", "age", "population"])
