"""Typed models from YAML documents, with pydantic's findings turned into faults."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pipeline.documents.json_schema import Schema, limits, node_at, value_wanted
from pipeline.documents.yaml_file import KeyPath, YamlDocument, read_yaml
from pipeline.domain import WRITTEN_BY_HAND
from pipeline.errors import Fault, InputError, nearest, shown

_EXPECTED = {
    "string_type": "text",
    "string_too_short": "text of at least {min_length} characters",
    "string_too_long": "text of at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "date_type": "a date such as 2021-04-02",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "literal_error": "{expected}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
}
_LIMITS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_NUMBERS = ("int_type", "int_from_float", "float_type", "finite_number")
_MAPPINGS = ("dict_type", "model_type", "model_attributes_type")
_FORMS = {
    r"^[a-z][a-z0-9_]*$": "text of the form abc_1: small letters, digits and _",
    r"^[0-9]{6}$": "text of the form 420100: six digits",
    r"^data/raw/census/(provinces|cities)/[a-z][a-z0-9_]*\.csv$": "text of the form data/raw/census/cities/abc.csv",
    r"^data/raw/[a-z0-9_/]+\.csv$": "text of the form data/raw/abc.csv",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z]+(\.[a-z0-9_]+)*$": "text of the form plan.indicator.kind.year",
}
"""What the patterns of the models mean."""


def read_model[Model](root: Path, file: str, adapter: TypeAdapter[Model]) -> tuple[Model, YamlDocument]:
    """The YAML in `file` as the adapter's type, and the document it came from.

    Raises InputError where the file cannot be read, or with a fault for each thing wrong in it.
    """
    document = read_yaml(root, file)
    return validated(document.data, adapter, document), document


def validated[Model](
    data: Any, adapter: TypeAdapter[Model], document: YamlDocument, layers: Sequence[KeyPath] = ((),)
) -> Model:
    """`data`, taken or merged from `document`, as the type of the adapter.

    Raises InputError with a fault for each thing wrong.

    `layers` are the key paths of the document whose contents were merged into `data`, the last word first: a
    fault points to the first layer that holds its key.
    """
    try:
        return adapter.validate_python(data, context=WRITTEN_BY_HAND)
    except ValidationError as error:
        faults = [_fault(details, data, adapter, document, layers) for details in error.errors()]
        raise InputError(faults) from None


def _fault(
    details: ErrorDetails, data: Any, adapter: TypeAdapter[Any], document: YamlDocument, layers: Sequence[KeyPath]
) -> Fault:
    path = _within(data, tuple(part for part in details["loc"] if part != "[key]"))
    kind, found, context = details["type"], details["input"], details.get("ctx", {})
    schema = adapter.json_schema()
    node = node_at(schema, path)
    place = next(
        (document.place((*layer, *path)) for layer in layers if (*layer, *path) in document.lines),
        document.place((*layers[-1], *path)),
    )
    value = shown(found)
    if kind == "missing":
        value, expected = "no such key", f"the key {path[-1]}"
    elif kind == "extra_forbidden":
        keys = sorted(node_at(schema, path[:-1]).get("properties", {}))
        value = f"the unknown key {path[-1]}"
        expected = f"one of {', '.join(keys)}{nearest(path[-1], keys)}" if keys else "no such key"
    elif kind == "value_error":
        value, expected = _found(found), f"{context['error']}{_unit(node)}"
    elif kind in _LIMITS:
        expected = value_wanted(node)
    else:
        expected = _EXPECTED.get(kind, details["msg"]).format_map(context)
        expected = _FORMS.get(context.get("pattern", ""), expected)
        if kind == "literal_error":
            expected = expected.replace("'", "")
            expected += nearest(found, expected.replace(" or ", ", ").split(", "))
        if kind in _NUMBERS:
            expected = " ".join(filter(None, (expected, limits(node)))) + _unit(node)
        if kind in _MAPPINGS and (parts := node.get("properties")):
            expected += f" with the keys {', '.join(parts)}"
        if kind in ("int_type", "float_type") and isinstance(found, str):
            expected += " in plain digits, without quotes, separators or a unit"
        if kind == "string_type" and isinstance(found, int | float | datetime.date):
            expected += " (in quotes)"
    return Fault(document.file, place, value, expected)


def _unit(node: Schema) -> str:
    return f" ({node['unit']})" if "unit" in node else ""


def _found(value: Any) -> str:
    """A value as a fault prints it; an interval and the like in words: low 3 and high 2."""
    if isinstance(value, dict) and value and all(isinstance(part, int | float) for part in value.values()):
        return " and ".join(f"{key} {shown(part)}" for key, part in value.items())
    return shown(value)


def _within(data: Any, loc: tuple[int | str, ...]) -> KeyPath:
    """The part of a pydantic location that is a key path of the data (it also names members of a union)."""
    path: list[int | str] = []
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(data, dict) and (part in data or last):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part] if part < len(data) else None
    return tuple(path)
