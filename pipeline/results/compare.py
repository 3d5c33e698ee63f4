"""Two folders of published tables, number by number: what is equal, what moved by chance, what changed.

A number that rests on draws may move by its Monte Carlo error (`monte_carlo`); other numbers may not.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.results.monte_carlo import VALUE, standard_errors

WITHIN = 4.0
"""Monte Carlo errors of one number, those of both sides together, beyond which a move is a change."""

COLUMNS = ["table", "place", "before", "after", "errors"]


class Comparison(NamedTuple):
    """What two folders of tables have in common.

    `differences`: numbers that are not the same by `COLUMNS`, `errors` being how many Monte Carlo errors lie between
    both (NaN where none is known); `lines`: rows, columns and tables that only one folder has.
    """

    numbers: int
    differences: pd.DataFrame
    lines: tuple[str, ...]

    @property
    def changed(self) -> pd.DataFrame:
        """The differences that chance does not explain."""
        return self.differences[~(self.differences["errors"] <= WITHIN)]

    def sentences(self, most: int = 8) -> Iterator[str]:
        """The comparison in a few lines: the sum first, then what changed, most of it first."""
        different, changed = self.differences, self.changed
        if different.empty and not self.lines:
            yield f"{self.numbers:,} numbers, all equal to those before."
            return
        counts = {"moved within Monte Carlo error": len(different) - len(changed), "changed": len(changed)}
        parts = [f"{self.numbers - len(different):,} of {self.numbers:,} numbers equal those before"]
        yield "; ".join([*parts, *(f"{count:,} {what}" for what, count in counts.items() if count)]) + "."
        worst = changed.sort_values("errors", ascending=False, na_position="first", kind="stable").head(most)
        for table, place, before, after, errors in worst[COLUMNS].itertuples(index=False):
            far = "" if math.isnan(errors) else f" ({errors:.1f} Monte Carlo errors)"
            yield f"  {table}, {place}: {before or 'blank'} → {after or 'blank'}{far}"
        if len(changed) > most:
            yield f"  and {len(changed) - most:,} more"
        yield from (f"  {line}" for line in self.lines[:most])
        if len(self.lines) > most:
            yield f"  and {len(self.lines) - most:,} more rows or tables"
        for table, place, *_, errors in different.nlargest(1, "errors").dropna()[COLUMNS].itertuples(index=False):
            yield f"Largest move in Monte Carlo errors: {errors:.1f}, {table}, {place}."


def compare_tables(before: Path, after: Path, draws: int) -> Comparison:
    """Every CSV below two folders, number by number; `draws` is how many the numbers are means and quantiles of."""
    names = [{path.name for path in folder.glob("*.csv")} for folder in (before, after)]
    lines = [f"{name}: {'new' if name in names[1] else 'gone'}" for name in sorted(names[0] ^ names[1])]
    numbers, differences = 0, [pd.DataFrame(columns=COLUMNS)]
    for name in sorted(names[0] & names[1]):
        one, other = (pd.read_csv(folder / name, dtype=str, keep_default_na=False) for folder in (before, after))
        count, different, odd = _compare(name.removesuffix(".csv"), one, other, draws)
        numbers += count
        differences.append(different)
        lines += odd
    return Comparison(numbers, pd.concat(differences, ignore_index=True).astype({"errors": float}), tuple(lines))


def _compare(table: str, before: pd.DataFrame, after: pd.DataFrame, draws: int) -> tuple[int, pd.DataFrame, list[str]]:
    columns = [str(name) for name in after if name in before]
    if not columns:
        return 0, pd.DataFrame(columns=COLUMNS), [f"{table}: no column that both have"]
    keys = _keys(before, after, columns)
    values = [name for name in columns if name not in keys]
    lines = [f"{table}: column {name} {'new' if name in after else 'gone'}" for name in {*before} ^ {*after}]
    one, other = (_labelled(frame, keys) for frame in (before, after))
    for change, label in (("gone", one.index.difference(other.index)), ("new", other.index.difference(one.index))):
        lines += [f"{table}: row {change}, {_place(row)}" for row in label]
    shared = other.index.intersection(one.index, sort=False)
    one, other = one.loc[shared], other.loc[shared]
    errors = pd.DataFrame(standard_errors(other, draws), index=shared).reindex(columns=values) * math.sqrt(2.0)
    sides = {"before": one[values], "after": other[values], "errors": errors.where(errors > 0)}
    found = pd.DataFrame({side: frame.stack(future_stack=True) for side, frame in sides.items()})  # noqa: PD013
    old, new = (pd.to_numeric(found[side], errors="coerce") for side in ("before", "after"))
    found["errors"] = (new - old).abs() / found["errors"]
    found = found[found["before"] != found["after"]]
    places = [_place(row) + (f", {name}" if name != VALUE else "") for *row, name in found.index]
    return int(new.notna().sum()), found.assign(table=table, place=places)[COLUMNS], lines


def _keys(before: pd.DataFrame, after: pd.DataFrame, columns: list[str]) -> list[str]:
    """The columns that name a row: as few from the left as tell all rows of either table apart."""
    for count in range(1, len(columns) + 1):
        chosen = columns[:count]
        if not before.duplicated(chosen).any() and not after.duplicated(chosen).any():
            return chosen
    return columns


def _labelled(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows by their keys and, last, how often they stood above already."""
    rows = frame[keys].assign(again=frame.groupby(keys).cumcount().astype(str))
    return frame.set_index(pd.MultiIndex.from_frame(rows, names=[None] * (len(keys) + 1)))


def _place(row: Sequence[str]) -> str:
    return " ".join(part for part in row[:-1] if part)
