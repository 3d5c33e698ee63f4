"""How a table is declared: once, and reading, checking, writing and the data dictionary follow from it.

A `Table` names its columns (type, unit, meaning, bounds), its key, the grid of keys that must be complete and
the rules that tie columns of one row together; `pipeline.inputs.table_checks` holds a frame against it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import pandas as pd

from pipeline.axes import SEXES

Kind = Literal["integer", "number", "text", "boolean"]


@dataclass(frozen=True)
class Column:
    """One column: `low` and `high` are inclusive bounds, `allowed` the only values and also their order."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    decimals: int = 6
    trimmed: bool = False

    def expected(self) -> str:
        """What a cell of this column must be, in words, for a fault."""
        if self.allowed:
            shown = ", ".join(self.allowed[:12]) + (", …" if len(self.allowed) > 12 else "")
            words = f"one of {shown}"
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
    """A condition on single rows: `holds` maps the frame to True where the row is right.

    `column` is the one a fault points to.
    """

    column: str
    expected: str
    holds: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Grid:
    """Key columns whose combinations must all be there, among the rows where `where` holds.

    Where the key has further columns (a region, say), each of their values needs the full grid.
    """

    axes: Mapping[str, tuple[str | int, ...]]
    where: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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
        """The column of that name; raises KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


DTYPES: Mapping[tuple[Kind, bool], str] = MappingProxyType(
    {
        ("integer", False): "int64",
        ("integer", True): "Int64",
        ("number", False): "float64",
        ("number", True): "float64",
        ("text", False): "str",
        ("text", True): "str",
        ("boolean", False): "bool",
        ("boolean", True): "boolean",
    }
)


IDENTIFIER = r"[a-z][a-z0-9_]*"
OBSERVED_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
"""A year (its end), a month (its end) or a day."""
GB_CODE = r"[0-9]{6}"
SEXES_AND_BOTH = (*SEXES, "both")


def integer(
    name: str,
    description: str,
    unit: str = "",
    *,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
) -> Column:
    """A column of whole numbers."""
    return Column(name, "integer", description, unit, nullable, low, high)


def number(
    name: str,
    description: str,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
    decimals: int = 6,
    trimmed: bool = False,
) -> Column:
    """A column of numbers, written with `decimals` digits after the point; `trimmed` leaves zeros at the end out."""
    return Column(name, "number", description, unit, nullable, low, high, decimals=decimals, trimmed=trimmed)


def text(
    name: str, description: str, allowed: tuple[str, ...] = (), *, pattern: str | None = None, nullable: bool = False
) -> Column:
    """A column of text: one of `allowed`, or what matches the whole of `pattern`, or anything."""
    return Column(name, "text", description, nullable=nullable, allowed=allowed, pattern=pattern)


def boolean(name: str, description: str) -> Column:
    """A column of true and false."""
    return Column(name, "boolean", description)


def sex(*, both: bool = False) -> Column:
    """The column `sex`, with or without the rows of both sexes."""
    return text("sex", "sex", SEXES_AND_BOTH if both else SEXES)
