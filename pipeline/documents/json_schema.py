"""What the JSON schema of a typed model says of one key: the keys beside it, its limits, its unit, in words."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


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
    low, above = node.get("minimum"), node.get("exclusiveMinimum")
    high, below = node.get("maximum"), node.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"from {low} to {high}"
    words = [
        f"{word} {value}"
        for word, value in (("of at least", low), ("above", above), ("of at most", high), ("below", below))
        if value is not None
    ]
    return " and ".join(words)


def value_wanted(node: Schema) -> str:
    """`a value from -10 to 10 (years)`: what a number must be, for a fault."""
    unit = f" ({node['unit']})" if "unit" in node else ""
    # A value that may be null has its limits in one of two schemas.
    parts = [limits(part) for part in (node, *node.get("anyOf", ()))]
    return f"a value {next(filter(None, parts), '')}{unit}"


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
            if not parts:
                return "by name: " + " or ".join(
                    allowed(inner, schema) for inner in node.get("patternProperties", {}).values()
                )
            words = {name: allowed(inner, schema) for name, inner in parts.items()}
            if set(words) == {"low", "high"}:
                return f"interval {{low, high}}, each {words['high']}"
            return ", ".join(f"{name}: {word}" for name, word in words.items())
        case _:
            return "name" if "pattern" in node else "text"
