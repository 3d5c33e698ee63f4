"""Counts since the last census, of data/raw/population_counts.csv and of the key `counts` of a region's own file.

Several publications may tell one cell (region, year, indicator, basis): they must agree, or all but one carry in
`reviewed` why they are not followed.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.domain import Region
from pipeline.errors import Fault
from pipeline.vocabulary import FIRST_AGES, POPULATIONS

FILE = "data/raw/population_counts.csv"

SHARES = {"share_60plus": "60+", "share_65plus": "65+", "share_80plus": "80+"}

AGREE = 0.001
"""Two publications of one cell may differ by .1 %: yearbooks revise a little."""
WHOLE = 10_000
"""Bulletins count in 万 persons."""
FARTHEST = 2.0
"""How many times more or fewer people than its last census a region may have a few years on."""
REVIEWED = "in `reviewed` why one of the two is not followed"
PREFECTURE = r"p[0-9]{6}"
"""A prefecture that is no region of the project goes by its code."""

Row = Mapping[Any, Any]


def all_counts(table: pd.DataFrame, regions: Mapping[str, Region]) -> pd.DataFrame:
    """The rows of the table and those of the regions' own files, each with the `file` it stands in."""
    rows = table.assign(file=FILE)
    counts = [(region, count) for region in regions.values() for count in region.counts]
    own = [{"region": region.id, **count.model_dump(), "file": region.file} for region, count in counts]
    return pd.concat([rows, pd.DataFrame(own, columns=rows.columns).astype(rows.dtypes)], ignore_index=True)


def counts_agree(counts: pd.DataFrame, census: Mapping[Any, Mapping[Any, float]]) -> list[Fault]:
    """Faults of `all_counts`: in a row beside the census, between rows of one cell, between the cells of one year.

    `census` has people by region and age group on the last census day, where they are known.
    """
    faults: list[Fault] = []
    years: dict[tuple[object, ...], dict[str, Row]] = {}
    for row in counts.to_dict("records"):
        people = census.get(row["region"], {}).get(POPULATIONS.get(row["indicator"], ""))
        if people and not people / FARTHEST < row["value"] < people * FARTHEST:
            faults.append(_fault(row, f"persons, beside {people:.0f} in the census of {CENSUS_YEAR} (a figure in 万?)"))
        if pd.isna(row["reviewed"]):
            cells = years.setdefault((row["region"], row["year"], row["basis"]), {})
            first = cells.setdefault(row["indicator"], row)
            rounding = _rounding(row["value"]) + _rounding(first["value"]) if row["unit"] == "percent" else 0.0
            if abs(row["value"] - first["value"]) > max(AGREE * first["value"], rounding):
                expected = f"{first['value']:.12g} within .1 %, as {first['source']} has it, or {REVIEWED}"
                faults.append(_fault(row, expected, f" of {row['source']}"))
    for cells in years.values():
        faults += [*_not_nested(cells), *_shares_off(cells)]
    return faults


def _fault(row: Row, expected: str, of: str = "") -> Fault:
    place = f"{row['region']}, {row['year']}, {row['indicator']} ({row['basis']})"
    return Fault(row["file"], place, f"{row['value']:.12g}{of}", expected)


def _rounding(value: float) -> float:
    """Half a unit of the last digit printed."""
    return float(0.5 * 10.0 ** -len(f"{value:.10g}".partition(".")[2]))


def _not_nested(cells: Mapping[str, Row]) -> Iterator[Fault]:
    for names in (tuple(POPULATIONS), tuple(SHARES)):
        for wide, narrow in pairwise(cells[name] for name in names if name in cells):
            if narrow["value"] > wide["value"]:
                yield _fault(narrow, f"at most {wide['value']:.12g}, the value of {wide['indicator']}")


def _shares_off(cells: Mapping[str, Row]) -> Iterator[Fault]:
    """A count that is not its share of the total of the same people."""
    for share, group in SHARES.items():
        count = share.replace("share", "population")
        if not {"population_total", count, share} <= cells.keys():
            continue
        total, people, percent = (float(cells[name]["value"]) for name in ("population_total", count, share))
        implied = percent / 100.0 * total
        allowed = 2 * AGREE * implied + 2 * _rounding(percent) / 100.0 * total
        allowed += WHOLE / 2 if people % WHOLE == 0 else 0.0
        if abs(people - implied) > allowed:
            yield _fault(cells[count], f"about {implied:.0f}, the {percent:g} % of {total:.0f} aged {group}")


def observations(counts: pd.DataFrame) -> pd.DataFrame:
    """One row a region, year and age group of resident people: what a forecast may be held against.

    Columns: region, year, age_group, value (persons), source, file, used and why_not (series_break or reviewed; blank
    where used). A count stands before a share of the total, since both are of one survey; of several publications
    one that is followed stands, a yearbook's first.
    """
    resident = counts[counts["basis"] == "resident"]
    why = np.where(resident["series_break"], "series_break", np.where(resident["reviewed"].notna(), "reviewed", ""))
    rank = 2 * (why != "") + ~resident["source"].str.contains("yearbook")
    ordered = resident.assign(why=why, rank=rank).sort_values("rank", kind="stable")
    rows = []
    for place, best in ordered.drop_duplicates(["region", "year", "indicator"]).groupby(["region", "year"]):
        cells = best.set_index("indicator").to_dict("index")
        total = cells.get("population_total")
        for indicator, group in POPULATIONS.items():
            row, share = cells.get(indicator), cells.get(indicator.replace("population", "share"))
            if total and share and (row is None or row["why"]):
                row = share | {"value": share["value"] / 100.0 * total["value"], "why": share["why"] or total["why"]}
            if row:
                why_not = row["why"] or None
                rows.append((*place, group, float(row["value"]), row["source"], row["file"], not why_not, why_not))
    columns = ["region", "year", "age_group", "value", "source", "file", "used", "why_not"]
    return pd.DataFrame(rows, columns=columns)


def people_at_census(census: pd.DataFrame) -> Mapping[Any, Mapping[Any, float]]:
    """People by region and age group in the last census from its long table, of groups that begin with one of it."""
    last = census[census["year"] == CENSUS_YEAR]
    starts = first_ages(last["age"])
    firsts = {group: first for group, first in FIRST_AGES.items() if first in set(starts)}
    groups = {group: last[starts >= first].groupby("region")["population"].sum() for group, first in firsts.items()}
    return pd.DataFrame(groups).astype(float).to_dict("index")


def first_ages(groups: pd.Series) -> pd.Series:
    """The first age of each group: 85 of 85-89 and of 85+."""
    return groups.str.extract(r"^(\d+)", expand=False).astype(int)
