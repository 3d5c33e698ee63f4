"""The result tables as tables.yaml declares them: the contract that readers of the results can rely on."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml

from pipeline import axes, schemas, vocabulary
from pipeline.axes import COUNTED_GROUPS
from pipeline.schemas import Column, Grid, Table

SHARE = "share_60plus"
DISABLED = ("disabled_mild", "disabled_moderate", "disabled_severe")
NORMS = {"norm_beds": "institution_beds", "norm_all_beds": "elderly_care_beds", "norm_social_workers": "social_workers"}
"""Measures of the atlas that the national norm asks for, and the quantity it is of."""

STATUS_QUO = {
    "status_quo_beds": "institution_beds",
    "status_quo_all_beds": "elderly_care_beds",
    "status_quo_caregivers": "certified_caregivers",
}
"""Measures of today's own provision held, and the stock they are of: only where the place's own is published."""

ADDED = {f"added_{name}": name for name in ("need_beds", "need_caregivers", "norm_beds", "status_quo_beds")}
"""Additions of the next plan: what is asked for at the end of its last year beyond the end of the year `as_of`."""

MEASURES = (*COUNTED_GROUPS, SHARE, *DISABLED, "dementia", "need_beds", "need_caregivers", *NORMS, *STATUS_QUO, *ADDED)
"""Of the atlas."""

FIGURE_ID = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
CONSTANTS: Mapping[str, Any] = {
    **{name: value for room in (axes, schemas, vocabulary) for name, value in vars(room).items() if name.isupper()},
    "MEASURES": MEASURES,
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "FIGURE_ID": FIGURE_ID,
    "FIGURE_IDS": rf"{FIGURE_ID}(;{FIGURE_ID})*",
}


def _columns(name: str, fields: Mapping[Any, Any], numbers: Mapping[Any, Any]) -> Iterator[Column]:
    """The column declared under a name, or one for each of its suffixes."""
    (kind, what), *_ = fields.items()
    more = {**(numbers if kind == "number" and "unit" not in fields else {}), **fields}
    del more[kind]
    if "allowed" in more:
        more["allowed"] = tuple(value for word in more["allowed"] for value in CONSTANTS.get(word, (word,)))
    if "pattern" in more:
        more["pattern"] = CONSTANTS.get(more["pattern"], more["pattern"])
    name, suffixes = more.pop("name", name), more.pop("each", {"": ""})
    for suffix, words in suffixes.items():
        yield Column(name + suffix, what + words, kind=kind, **more)


def _tables() -> Iterator[Table]:
    declared = yaml.load(files(__package__).joinpath("tables.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    shared = declared.pop("shared")
    for table, given in declared.items():
        columns = tuple(
            column
            for entry in given["columns"]
            for name, fields in (entry.items() if isinstance(entry, dict) else ((n, shared[n]) for n in entry.split()))
            for column in _columns(name, fields, given.get("numbers", {}))
        )
        grid = {column.name: column.allowed for column in columns if column.name in given.get("grid", "").split()}
        yield Table(table, given["what"], columns, tuple(given["key"].split()), (Grid(grid),) if grid else ())


TABLES: Mapping[str, Table] = {table.name: table for table in _tables()}
"""By name, in the order of the dictionary."""
