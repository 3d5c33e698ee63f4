"""How a table is declared: once, and reading, checking (`inputs.table_checks`), writing and the dictionary follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import pandas as pd

from pipeline.axes import SEXES
from pipeline.vocabulary import COMPARATORS, CONFIDENCES

Kind = Literal["integer", "number", "text", "boolean"]


_DTYPES: Mapping[Kind, tuple[str, str]] = {
    "integer": ("int64", "Int64"),
    "number": ("float64", "float64"),
    "text": ("str", "str"),
    "boolean": ("bool", "boolean"),
}


@dataclass(frozen=True)
class Column:
    """One column: `low` and `high` are inclusive bounds, `allowed` the only values and also their order."""

    name: str
    description: str
    unit: str = ""
    kind: Kind = "text"
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    decimals: int = 6
    trimmed: bool = False

    @property
    def dtype(self) -> str:
        return _DTYPES[self.kind][self.nullable]

    def expected(self) -> str:
        """What a cell of this column must be, in words, for a fault."""
        if self.allowed:
            words = f"one of {', '.join(self.allowed[:12])}{', …' if len(self.allowed) > 12 else ''}"
        elif self.kind == "boolean":
            words = "true or false"
        elif self.kind == "text":
            words = f"text of the form {self.pattern}" if self.pattern else "some text"
        else:
            words = "a whole number" if self.kind == "integer" else "a number"
            if self.low is not None and self.high is not None:
                words += f" from {self.low:g} to {self.high:g}"
            elif self.low is not None:
                words += f" of at least {self.low:g}"
            elif self.high is not None:
                words += f" of at most {self.high:g}"
            if self.unit:
                words += f" ({self.unit})"
        return words + (" or a blank" if self.nullable else "")


@dataclass(frozen=True)
class RowRule:
    """A condition on single rows, as `DataFrame.eval` or a function of the frame has it; faults point to `column`."""

    column: str
    expected: str
    condition: str | Callable[[pd.DataFrame], pd.Series]

    def holds(self, frame: pd.DataFrame) -> pd.Series:
        if callable(self.condition):
            return self.condition(frame)
        return pd.Series(frame.eval(self.condition, engine="python"), index=frame.index)


@dataclass(frozen=True)
class Grid:
    """Key columns whose combinations must all be there for each of the other keys, among rows where `where` holds."""

    axes: Mapping[str, tuple[str | int, ...]]
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Table:
    """A table: its rows are unique by `key`, its `grids` are complete, its `rules` hold in each row."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    grids: tuple[Grid, ...] = ()
    rules: tuple[RowRule, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        return self.columns[self.names.index(name)]


IDENTIFIER = r"[a-z][a-z0-9_]*"
OBSERVED_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
"""A year (its end), a month (its end) or a day."""
GB_CODE = r"[0-9]{6}"
SEXES_AND_BOTH = (*SEXES, "both")


integer, number, boolean = (partial(Column, kind=kind) for kind in ("integer", "number", "boolean"))
count = partial(integer, unit="persons", low=0)


def text(name: str, description: str, allowed: tuple[str, ...] = (), **more: Any) -> Column:
    """A column of text: one of `allowed`, or what matches the whole of a `pattern`, or anything."""
    return Column(name, description, allowed=allowed, **more)


def sex(*, both: bool = False) -> Column:
    return text("sex", "sex", SEXES_AND_BOTH if both else SEXES)


def year(low: int, high: int, description: str = "calendar year") -> Column:
    return integer("year", description, low=low, high=high)


def age(groups: tuple[str, ...], description: str = "age group in completed years") -> Column:
    return text("age", description, groups)


def complete(
    name: str,
    description: str,
    axes: tuple[Column, ...],
    columns: tuple[Column, ...],
    rules: tuple[RowRule, ...] = (),
    **levels: tuple[str | int, ...],
) -> Table:
    """A table with a row for each combination of its first columns, the `axes`; `levels` are fewer than one allows."""
    grid: dict[str, tuple[str | int, ...]] = {
        axis.name: axis.allowed or (*range(int(axis.low or 0), int(axis.high or 0) + 1),) for axis in axes
    }
    return Table(name, description, (*axes, *columns), tuple(grid), (Grid(grid | levels),), rules)


def unit_of(column: str, units: Mapping[str, str]) -> RowRule:
    """The unit that belongs to what `column` names."""
    words = ", ".join(f"{unit} for {name}" for name, unit in units.items())
    return RowRule("unit", words, lambda frame: frame["unit"] == frame[column].map(units))


REGION = text("region", "region id", pattern=IDENTIFIER)
INDICATOR = text("indicator", "indicator id in data/indicators.yaml", pattern=IDENTIFIER)
UNIT_OF_INDICATOR = text("unit", "unit of the indicator", pattern=IDENTIFIER)
COMPARATOR = text("comparator", "how the value is meant", COMPARATORS)
CONFIDENCE = text(
    "confidence", "published: a stated figure; derived: computed from stated ones; weak", allowed=CONFIDENCES
)
NOTE = text("note", "how the figure is meant or was derived")
SOURCE = text("source", "id of the source in data/sources.yaml", pattern=IDENTIFIER)
