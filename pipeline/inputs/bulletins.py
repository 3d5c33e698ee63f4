"""What a bulletin says of a city whose table by age is not published, and whether it can be true."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipeline.demography.age_groups import bounds, five_year_groups
from pipeline.errors import Fault

GROUPS = five_year_groups(85)
STARTS = tuple(bounds(group)[0] for group in GROUPS)

MEN_PER_WOMAN = (1 / 3, 3.0)
"""Sex ratios beyond these are taken for a slip: no city in the censuses comes near them."""


@dataclass(frozen=True)
class Margins:
    """Persons of a city in all, men, women, and by band of age; of open bands one lies within the other (60+, 65+)."""

    total: float
    male: float
    female: float
    bands: Mapping[str, float]


def partition(bands: Mapping[str, float]) -> dict[str, float]:
    """The bands as parts that follow one another from age 0: each open band less the next, then the last one.

    A closed band that is given stands, whatever the open ones say. Raises ValueError where the parts leave a gap,
    overlap, end before the open age, or begin at an age at which no census group does.
    """
    parts = {band: count for band, count in bands.items() if bounds(band)[1] is not None}
    opened = _opened(bands)
    for outer, inner in pairwise(opened):
        parts.setdefault(_between(outer, inner), bands[outer] - bands[inner])
    parts.update({band: bands[band] for band in opened[-1:]})
    ordered = dict(sorted(parts.items(), key=lambda part: bounds(part[0])[0]))
    following = 0
    for band in ordered:
        first, last = bounds(band)
        if first != following or first not in STARTS:
            raise ValueError(f"{band} where a band from {following} on is due")
        following = -1 if last is None else last + 1
    if following != -1:
        raise ValueError(f"no band from {following} on")
    return ordered


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
    for outer, inner in pairwise(_opened(margins.bands)):
        rest, between = margins.bands[outer] - margins.bands[inner], _between(outer, inner)
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


def _opened(bands: Iterable[str]) -> list[str]:
    return sorted((band for band in bands if band.endswith("+")), key=lambda band: bounds(band)[0])


def _between(outer: str, inner: str) -> str:
    """The ages of an open band that a later open band leaves: 60+ and 65+ give 60-64."""
    return f"{bounds(outer)[0]}-{bounds(inner)[0] - 1}"


def first_groups(parts: Mapping[str, float]) -> list[int]:
    return [STARTS.index(bounds(band)[0]) for band in parts]


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
