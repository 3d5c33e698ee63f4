"""Cells of ages that are none: sums of ages or sexes, and ages that a spreadsheet turned into dates."""

import re
import unicodedata
from collections.abc import Sequence

from pipeline.errors import Fault
from pipeline.inputs.table_checks import named_rows
from pipeline.schemas import Table

SUMS = ("total", "totals", "sum", "all", "both", "合计", "总计", "小计", "总人口", "计", "全部", "男女合计")
_BAND = re.compile(r"(\d+)(?:[-~—–至](\d+)|\+|岁?及?以上)岁?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATES = (
    re.compile(r"(?:\d{2,4}[-/年])?(?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?(?:0{1,2}:00(?::00)?)?"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/\d{2,4}"),
    re.compile(r"(?P<day>\d{1,2})-?(?P<name>[A-Za-z]{3})(?:-?\d{2,4})?"),
    re.compile(r"(?P<name>[A-Za-z]{3})-?(?P<day>\d{1,2})"),
)


def age_faults(rows: Sequence[Sequence[str]], table: Table, file: str) -> tuple[list[Fault], set[int]]:
    """One fault for all rows of sums, one for all ages turned into dates, and the rows that are spoken for.

    `rows` are the cells below the header. Tables without a column of age groups have none.
    """
    if not {"age", "sex"} <= {*table.names} or not table.column("age").allowed:
        return [], set()
    places = {name: table.names.index(name) for name in ("age", "sex")}
    sums: dict[int, str] = {}
    dates: dict[int, tuple[str, str]] = {}
    for i, row in enumerate(rows):
        if len(row) != len(table.names):
            continue
        for name, at in places.items():
            cell, allowed = row[at], table.column(name).allowed
            if cell in allowed:
                continue
            # 合　计 and ６０-６４ too: a table set for print has spaces within words, and digits of their width.
            cell = "".join(unicodedata.normalize("NFKC", cell).split())
            if cell in allowed:
                continue
            if cell.lower() in SUMS or (name == "age" and _spans(cell, allowed)):
                sums[i] = cell
            elif name == "age" and (meant := _dated(cell, allowed)):
                dates[i] = cell, meant
    faults = []
    if sums:
        words = ", ".join(dict.fromkeys(sums.values()))
        expected = "the single groups alone, which add up to them"
        faults.append(Fault(file, named_rows([*sums]), f"sums ({words})", expected))
    if dates:
        cell, meant = next(iter(dates.values()))
        expected = f"ages, as {meant}: a spreadsheet took them for dates (make the column text, then enter them again)"
        faults.append(Fault(file, f"{named_rows([*dates])}, column age", f"dates ({cell!r})", expected))
    return faults, {*sums, *dates}


def _spans(cell: str, allowed: Sequence[str]) -> bool:
    """Whether a band of ages holds more than one of the allowed groups: 0-14, 65+."""
    band = _BAND.fullmatch(cell)
    if band is None:
        return False
    first, last = int(band[1]), int(band[2]) if band[2] else 999
    starts = [int(found[0]) for group in allowed if (found := re.match(r"\d+", group))]
    whole = first in starts and (not band[2] or last + 1 in starts)
    return whole and sum(first <= start <= last for start in starts) > 1


def _dated(cell: str, allowed: Sequence[str]) -> str | None:
    """The age group that a date was made of: 1-4 of 1月4日 and of 4-Jan; none where it is no date."""
    for form in _DATES:
        if not (found := form.fullmatch(cell)):
            continue
        parts = found.groupdict()
        if "name" in parts and parts["name"].lower() not in _MONTHS:
            continue
        month = int(parts["month"]) if "month" in parts else _MONTHS.index(parts["name"].lower()) + 1
        if (meant := f"{month}-{int(parts['day'])}") in allowed:
            return meant
    return None
