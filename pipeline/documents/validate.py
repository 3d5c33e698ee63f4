"""Typed models from YAML documents, with pydantic's findings turned into faults."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pipeline.documents.yaml_file import KeyPath, YamlDocument, read_yaml
from pipeline.domain import WRITTEN_BY_HAND
from pipeline.errors import Fault, InputError, nearest, shown

Schema = Mapping[str, Any]

_LIMITS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_NUMBERS = ("int_type", "int_from_float", "float_type", "finite_number")
_MAPPINGS = ("dict_type", "model_type", "model_attributes_type")
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
    **dict.fromkeys(_MAPPINGS, "a mapping"),
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
    "literal_error": "{expected}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
}
_LIMIT_WORDS = {
    "minimum": "of at least",
    "exclusiveMinimum": "above",
    "maximum": "of at most",
    "exclusiveMaximum": "below",
}
_FORMS = {
    r"^[a-z][a-z0-9_]*$": "text of the form abc_1: small letters, digits and _",
    r"^[0-9]{6}$": "text of the form 420100: six digits",
    r"^data/raw/census/(provinces|cities)/[a-z][a-z0-9_]*\.csv$": "text of the form data/raw/census/cities/abc.csv",
    r"^data/raw/[a-z0-9_/]+\.csv$": "text of the form data/raw/abc.csv",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z]+(\.[a-z0-9_]+)*$": "text of the form plan.indicator.kind.year",
}
"""What the patterns of the models mean."""


def read_model[Model](root: Path, file: str, adapter: TypeAdapter[Model]) -> tuple[Model, YamlDocument]:
    """The YAML in `file` as the adapter's type, and its document. Raises InputError with every fault."""
    document = read_yaml(root, file)
    return validated(document.data, adapter, document), document


def validated[Model](
    data: Any, adapter: TypeAdapter[Model], document: YamlDocument, layers: Sequence[KeyPath] = ((),)
) -> Model:
    """`data`, taken from `document` or merged from `layers` of it (the last word first), as the adapter's type.

    Raises InputError; a fault points to the first layer that holds its key.
    """
    try:
        return adapter.validate_python(data, context=WRITTEN_BY_HAND)
    except ValidationError as error:
        raise InputError(_fault(details, data, adapter, document, layers) for details in error.errors()) from None


def _fault(
    details: ErrorDetails, data: Any, adapter: TypeAdapter[Any], document: YamlDocument, layers: Sequence[KeyPath]
) -> Fault:
    path = _within(data, tuple(part for part in details["loc"] if part != "[key]"))
    kind, found, context = details["type"], details["input"], details.get("ctx", {})
    schema = adapter.json_schema()
    node = node_at(schema, path)
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
        # A value that may be null has its limits in one of two schemas.
        words = [limits(part) for part in (node, *node.get("anyOf", ()))]
        expected = f"a value {next(filter(None, words), '')}{_unit(node)}"
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
    return Fault(document.file, document.place(document.layered(path, layers)), value, expected)


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


def resolved(node: Schema, schema: Schema) -> dict[str, Any]:
    """`node` with its reference to a definition of `schema` followed; of several options, that of a container."""
    for option in (node, *node.get("anyOf", ())):
        if "$ref" in option:
            inner = resolved(schema["$defs"][option["$ref"].rsplit("/", 1)[-1]], schema)
            return {**inner, **{name: value for name, value in node.items() if name not in ("$ref", "anyOf")}}
        if option is not node and option.get("type") in ("object", "array"):
            return dict(option)
    return dict(node)


def node_at(schema: Schema, path: tuple[int | str, ...]) -> dict[str, Any]:
    """The schema of the key at `path`, with the unit of the nearest key above that names one; empty if unknown."""
    node, unit = resolved(schema, schema), schema.get("unit")
    for part in path:
        if isinstance(part, int):
            node = resolved(node.get("items", {}), schema)
        else:
            anything = (*node.get("patternProperties", {}).values(), node.get("additionalProperties"), {})
            following = node.get("properties", {}).get(part, anything[0])
            node = resolved(following if isinstance(following, Mapping) else {}, schema)
        unit = node.get("unit", unit)
    return {**node, "unit": unit} if unit else node


def limits(node: Schema) -> str:
    """`from -10 to 10`, `of at least 1`, `above 0 and below 1`: the limits of a number, or an empty string."""
    if "minimum" in node and "maximum" in node:
        return f"from {node['minimum']} to {node['maximum']}"
    return " and ".join(f"{words} {node[limit]}" for limit, words in _LIMIT_WORDS.items() if limit in node)


def allowed(node: Schema, schema: Schema) -> str:
    """What the value of a key may be, in a few words for a table."""
    node = resolved(node, schema)
    if "enum" in node:
        return " or ".join(map(str, node["enum"]))
    match node.get("type"):
        case "boolean":
            return "true or false"
        case "integer" | "number" as kind:
            return " ".join(filter(None, ("whole number" if kind == "integer" else "number", limits(node))))
        case "array":
            return f"list of {allowed(node['items'], schema)}"
        case "object":
            parts = node.get("properties", {})
            words = {name: allowed(inner, schema) for name, inner in parts.items()}
            if not parts:
                by_name = node.get("patternProperties", {}).values()
                return f"by name: {' or '.join(allowed(inner, schema) for inner in by_name)}"
            if set(words) == {"low", "high"}:
                return f"interval {{low, high}}, each {words['high']}"
            return ", ".join(f"{name}: {word}" for name, word in words.items())
        case _:
            return "name" if "pattern" in node else "text"
