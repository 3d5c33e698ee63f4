"""How a table is declared: once, and reading, checking (`inputs.table_checks`), writing and the dictionary follow."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
import yaml

from pipeline import axes, vocabulary
from pipeline.axes import SEXES

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

    def levels(self) -> tuple[str | int, ...]:
        """All values it may have: those allowed, or the whole numbers from low to high."""
        return self.allowed or (*range(int(self.low or 0), int(self.high or 0) + 1),)

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


def unit_of(column: str, units: Mapping[str, str]) -> RowRule:
    """The unit that belongs to what `column` names."""
    words = ", ".join(f"{unit} for {name}" for name, unit in units.items())
    return RowRule("unit", words, lambda frame: frame["unit"] == frame[column].map(units))


CONSTANTS: Mapping[str, Any] = {
    "SEXES_AND_BOTH": SEXES_AND_BOTH,
    **{"IDENTIFIER": IDENTIFIER, "OBSERVED_DATE": OBSERVED_DATE, "GB_CODE": GB_CODE},
    **{name: value for room in (axes, vocabulary) for name, value in vars(room).items() if name.isupper()},
}


_NAME = re.compile(r"\b[A-Z][A-Z_0-9]+\b")
"""Of a constant: two capitals and more, so that grades are letters."""


def declared_tables(text: bytes, constants: Mapping[str, Any] = CONSTANTS) -> dict[str, Table]:
    """The tables of a YAML file by name; see the head of results/tables.yaml. Raises KeyError for unknown names."""
    declared = yaml.load(text, Loader=yaml.CSafeLoader)
    shared = declared.pop("shared")
    return {name: _table(name, given, shared, constants) for name, given in declared.items()}


def _table(name: str, given: Mapping[str, Any], shared: Mapping[str, Any], constants: Mapping[str, Any]) -> Table:
    columns = tuple(
        column
        for entry in given["columns"]
        for name, fields in (entry.items() if isinstance(entry, dict) else ((n, shared[n]) for n in entry.split()))
        for column in _columns(name, fields, given.get("numbers", {}), constants)
    )
    named = {column.name: column for column in columns}
    levels = {axis: named[axis].levels() for axis in given.get("grid", "").split()}
    grids = [Grid(levels)] if levels else []
    for axes_given in given.get("grids", ()):
        where = axes_given.pop("where", {})
        grids.append(Grid({axis: _values(values, constants) for axis, values in axes_given.items()}, where))
    rules = [
        RowRule(column, expected, _NAME.sub(lambda name: str([*constants[name[0]]]), condition))
        for column, expected, condition in given.get("rules", ())
    ]
    rules += [unit_of(column, units) for column, units in given.get("units", {}).items()]
    key = given["key"] if "key" in given else given["grid"]
    return Table(name, given["what"], columns, tuple(key.split()), tuple(grids), tuple(rules))


def _columns(
    name: str, fields: Mapping[Any, Any], numbers: Mapping[Any, Any], constants: Mapping[str, Any]
) -> Iterator[Column]:
    """The column declared under a name, or one for each of its suffixes."""
    (kind, what), *_ = fields.items()
    more = {**(numbers if kind == "number" and "unit" not in fields else {}), **fields}
    del more[kind]
    if "allowed" in more:
        more["allowed"] = _values(more["allowed"], constants)
    if _NAME.fullmatch(more.get("pattern", "")):
        more["pattern"] = constants[more["pattern"]]
    name, suffixes = more.pop("name", name), more.pop("each", {"": ""})
    if isinstance(suffixes, str):
        suffixes = {suffix: suffix for suffix in constants[suffixes]}
    for suffix, words in suffixes.items():
        yield Column(name + suffix, what + words, kind=kind, **more)


def _values(words: Iterable[Any], constants: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(value for word in words for value in (constants[word] if _NAME.fullmatch(str(word)) else (word,)))
