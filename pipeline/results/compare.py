"""Two folders of published tables, number by number: what is equal, what moved by chance, what changed.

A number that rests on draws may move by its Monte Carlo error (`monte_carlo`); other numbers may not.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.results.monte_carlo import VALUE, standard_errors

WITHIN = 4.0
"""Monte Carlo errors of one number, those of both sides together, beyond which a move is a change."""


@dataclass(frozen=True)
class Difference:
    """One number that is not the same: where it stands, both values, and how many Monte Carlo errors lie between."""

    table: str
    place: str
    before: str
    after: str
    errors: float | None

    @property
    def by_chance(self) -> bool:
        return self.errors is not None and self.errors <= WITHIN


@dataclass(frozen=True)
class Comparison:
    """What two folders of tables have in common; `lines` are rows and tables that only one of them has."""

    numbers: int
    differences: tuple[Difference, ...]
    lines: tuple[str, ...]

    def sentences(self, most: int = 8) -> Iterator[str]:
        """The comparison in a few lines: the sum first, then what changed, most of it first."""
        changed = [item for item in self.differences if not item.by_chance]
        moved = len(self.differences) - len(changed)
        if not self.differences and not self.lines:
            yield f"{self.numbers:,} numbers, all equal to those before."
            return
        parts = [f"{self.numbers - len(self.differences):,} of {self.numbers:,} numbers equal those before"]
        if moved:
            parts.append(f"{moved:,} moved within Monte Carlo error")
        if changed:
            parts.append(f"{len(changed):,} changed")
        yield "; ".join(parts) + "."
        for item in sorted(changed, key=lambda item: -(item.errors or math.inf))[:most]:
            far = "" if item.errors is None else f" ({item.errors:.1f} Monte Carlo errors)"
            yield f"  {item.table}, {item.place}: {item.before or 'blank'} → {item.after or 'blank'}{far}"
        if len(changed) > most:
            yield f"  and {len(changed) - most:,} more"
        yield from (f"  {line}" for line in self.lines[:most])
        if len(self.lines) > most:
            yield f"  and {len(self.lines) - most:,} more rows or tables"
        known = [item for item in self.differences if item.errors is not None]
        if largest := max(known, key=lambda item: item.errors or 0.0, default=None):
            yield f"Largest move in Monte Carlo errors: {largest.errors:.1f}, {largest.table}, {largest.place}."


def compare_tables(before: Path, after: Path, draws: int) -> Comparison:
    """Every CSV below two folders, number by number; `draws` is how many the numbers are means and quantiles of."""
    numbers, differences, lines = 0, list[Difference](), list[str]()
    names = {folder: {path.name for path in folder.glob("*.csv")} for folder in (before, after)}
    for name in sorted(names[before] | names[after]):
        if name not in names[before] or name not in names[after]:
            lines.append(f"{name}: {'new' if name in names[after] else 'gone'}")
            continue
        one, other = (pd.read_csv(folder / name, dtype=str, keep_default_na=False) for folder in (before, after))
        count, found, odd = _compare(name.removesuffix(".csv"), one, other, draws)
        numbers += count
        differences += found
        lines += odd
    return Comparison(numbers, tuple(differences), tuple(lines))


def _compare(
    table: str, before: pd.DataFrame, after: pd.DataFrame, draws: int
) -> tuple[int, list[Difference], list[str]]:
    columns = [str(name) for name in after if name in before]
    lines = [f"{table}: column {name} {'new' if name in after else 'gone'}" for name in {*before} ^ {*after}]
    keys = _keys(before, after, columns)
    values = [name for name in columns if name not in keys]
    if before.equals(after):
        return _count(after[values]), [], []
    one, other = (_labelled(frame, keys) for frame in (before, after))
    lines += [f"{table}: row gone, {_place(label, keys)}" for label in one.index.difference(other.index, sort=False)]
    lines += [f"{table}: row new, {_place(label, keys)}" for label in other.index.difference(one.index, sort=False)]
    shared = other.index.intersection(one.index, sort=False)
    one, other = one.loc[shared], other.loc[shared]
    errors = standard_errors(other, draws)
    found = []
    for name in values:
        old, new = one[name].to_numpy(), other[name].to_numpy()
        for row in np.flatnonzero(old != new).tolist():
            error = errors[name][row] * math.sqrt(2.0) if name in errors else math.nan
            a, b = (pd.to_numeric(value, errors="coerce") for value in (old[row], new[row]))
            far = abs(b - a) / error if error > 0 and math.isfinite(a) and math.isfinite(b) else None
            place = f"{_place(shared[row], keys)}, {name}" if name != VALUE else _place(shared[row], keys)
            found.append(Difference(table, place, old[row], new[row], far))
    return _count(other[values]), found, lines


def _count(frame: pd.DataFrame) -> int:
    """How many cells are numbers."""
    return int(frame.apply(pd.to_numeric, errors="coerce").notna().to_numpy().sum())


def _keys(before: pd.DataFrame, after: pd.DataFrame, columns: list[str]) -> list[str]:
    """The columns that name a row: as few from the left as tell all rows of either table apart."""
    for count in range(1, len(columns) + 1):
        chosen = columns[:count]
        if not before.duplicated(chosen).any() and not after.duplicated(chosen).any():
            return chosen
    return columns


def _labelled(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    rows = frame[keys].assign(again=frame.groupby(keys).cumcount().astype(str))
    return frame.set_index(pd.MultiIndex.from_frame(rows, names=[None] * (len(keys) + 1)))


def _place(label: tuple[str, ...], keys: list[str]) -> str:
    return " ".join(part for part in label[: len(keys)] if part)
