"""What a bulletin says of a city whose table by age is not published, and whether it can be true."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.demography.age_groups import Margins, first_groups, open_bands, partition
from pipeline.errors import Fault

MEN_PER_WOMAN = (1 / 3, 3.0)
"""Sex ratios beyond these are taken for a slip: no city in the censuses comes near them."""


def margin_faults(margins: Margins, province: ArrayLike, names: tuple[str, str], file: str) -> list[Fault]:
    """Every way in which the margins, which stand in `file`, contradict themselves or the table of the province.

    `province` (sex, group) persons; `names` are the ids of the city and the province. Counts must be above zero, an
    open band must hold more people than the next, and sums must agree to the person.
    """
    (city, parent), bands, parts = names, margins.bands, partition(margins.bands)
    given = {**parts, "total": margins.total, "male": margins.male, "female": margins.female, **bands}

    def fault(cell: str, expected: str) -> Fault:
        return Fault(file, f"{city}, {cell}", f"{given[cell]:.12g}", expected)

    if nobody := [cell for cell, count in given.items() if count <= 0 and (cell not in parts or cell in bands)]:
        return [fault(cell, "a count of people above zero") for cell in nobody]
    faults = []
    if margins.male + margins.female != margins.total:
        faults.append(fault("total", f"{margins.male + margins.female:.12g}, male + female"))
    lowest, highest = MEN_PER_WOMAN
    if not lowest <= margins.male / margins.female <= highest:
        faults.append(fault("male", f"{lowest:.2g} to {highest:g} times the {margins.female:.12g} women"))
    for outer, inner in pairwise(open_bands(bands)):
        if bands[inner] >= bands[outer]:
            faults.append(fault(inner, f"fewer than the {bands[outer]:.12g} of {outer}"))
    added = sum(parts.values())
    if not faults and added != margins.total:
        faults.append(fault("total", f"{added:.12g}, the sum of {' + '.join(parts)}"))
    table = np.asarray(province, dtype=float)
    at_most = dict(zip(parts, np.add.reduceat(table.sum(axis=0), first_groups(parts)), strict=True))
    for cell, limit in {"male": table[0].sum(), "female": table[1].sum(), **at_most}.items():
        if given[cell] > limit:
            faults.append(fault(cell, f"at most {limit:.12g}, the count of {parent}"))
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


def margin_rows(region: str, bulletin: pd.DataFrame) -> pd.DataFrame:
    """Margins of one bulletin as rows that follow one another in age: region, year, sex (both), age, population."""
    rows = [
        (region, year, "both", band, people)
        for year, published in margins_by_year(bulletin).items()
        for band, people in partition(published.bands).items()
    ]
    return pd.DataFrame(rows, columns=["region", "year", "sex", "age", "population"])
