"""params.yaml as the user's manual: the commented default file, its JSON schema and its table, from one model.

`python -m pipeline defaults` (`make params`) writes all three. Values in params.yaml are the user's: comments are
renewed and new keys added around them, and tests hold keys and comments to the model, never the values.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from pipeline.documents.validate import allowed, node_at
from pipeline.documents.yaml_file import KeyPath, YamlDocument, parse_yaml
from pipeline.errors import Fault, nearest, raise_if_any
from pipeline.settings import PARAMS_FILE
from pipeline.settings.parameters import PROFILES, SCENARIOS, Layers, Override, Settings

SCHEMA_FILE = "pipeline/params.schema.json"
TABLE_FILE = "docs/parameters.md"
WIDTH = 118

HEADING = re.compile(r"\s*\w+:\s*(#.*)?")
"""A key whose value begins on the next line."""

HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_FILE}
# Everything an analyst may change, with what it means. After a change: `make repro` reruns what it touches.
# {TABLE_FILE} lists every key with its unit and limits; `python -m pipeline check` says at once what is wrong.
"""


TABLE_HEAD = f"""\
# Parameters

Every key of `{PARAMS_FILE}`, written from `pipeline/settings` by `python -m pipeline defaults`. An \
interval `{{low, high}}` holds the middle 80 % of the draws: those of positive quantities are drawn as \
lognormals, those of shares as logit-normals, those under `forecast` as normals; `priors` name \
theirs. All come from streams of the one `seed`.

| key | default | unit | allowed | meaning |
|---|---|---|---|---|"""


def default_file(own: Mapping[KeyPath, list[str]] = MappingProxyType({})) -> str:
    """The text of params.yaml, each key below what it means: in the lines of `own`, where it has none by default."""
    scenarios = ((_comment(layer.meaning, "  "), _yaml(name, layer.keys, "  ")) for name, layer in SCENARIOS.items())
    defaults = {
        "scenarios": ["scenarios:", *(line for parts in scenarios for part in parts for line in part)],
        "profiles": _yaml("profiles", PROFILES, "", deep=2),
    }
    lines = [HEAD.rstrip(), *_section(Settings, own)]
    for name, field in Layers.model_fields.items():
        lines += ["", *_comment(field.description, ""), *(own.get((name,)) or defaults[name])]
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    """A params.yaml with the comments of the typed model, its new keys added and every value as it is written."""
    document, schema = parse_yaml(PARAMS_FILE, text), json.loads(schema_file())
    faults = []
    for path in document.lines:
        names = node_at(schema, path[:-1]).get("properties", {})
        # Which profiles there are is checked with the settings: `full` may have keys of its own too.
        if path and names and path[-1] not in names and path[:-1] != ("profiles",):
            expected = f"one of {', '.join(names)}{nearest(path[-1], names)}"
            faults.append(Fault(PARAMS_FILE, document.place(path), f"the unknown key {path[-1]}", expected))
    raise_if_any(faults)
    return default_file(_written(text.splitlines(), document))


def _section(model: type[BaseModel], own: Mapping[KeyPath, list[str]], above: KeyPath = ()) -> list[str]:
    """The lines of each key of a model: what it means, then the key as in `own` or with its default."""
    lines, margin = [], "  " * len(above)
    for name, field in model.model_fields.items():
        path, inner = (*above, name), _inner(field)
        written = own.get(path, [])
        lines += [*([] if above else [""]), *_comment(field.description, margin)]
        if inner is None or (written and not HEADING.fullmatch(written[0])):
            lines += written or _yaml(name, _default(field), margin)
        else:
            lines += [*(written[:1] or [f"{margin}{name}:"]), *_section(inner, own, path)]
    return lines


def _written(text: Sequence[str], document: YamlDocument) -> dict[KeyPath, list[str]]:
    """What stands in a params.yaml, key by key, with all below it and without the comment above the next key."""
    starts = {path: line - 1 for path, line in document.lines.items() if path}
    found = {}
    for path, start in starts.items():
        after = [line for other, line in starts.items() if line > start and other[: len(path)] != path]
        lines = list(text[start : min(after, default=len(text))])
        while len(lines) > 1 and re.fullmatch(rf" {{0,{2 * (len(path) - 1)}}}#.*|\s*", lines[-1]):
            lines.pop()
        found[path] = lines
    return found


def keys(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Path and field of every key of a model that has a value."""
    for name, field in model.model_fields.items():
        if inner := _inner(field):
            yield from keys(inner, (*above, name))
        else:
            yield (*above, name), field


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a mapping whose keys have defaults of their own; None for a key with a default."""
    kind = field.annotation
    if field.json_schema_extra is None and isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return None


def _default(field: FieldInfo) -> Any:
    extra: Any = field.json_schema_extra
    return extra["default"]


def _comment(text: str | None, margin: str) -> list[str]:
    return [f"{margin}# {line}" for line in wrap(text or "", WIDTH - len(margin) - 2, break_on_hyphens=False)]


def _yaml(name: str, value: Any, margin: str, deep: int = 1) -> list[str]:
    """A key with its value: mappings of mappings over several lines, to a depth of `deep`, all else in one line."""
    if not (deep and isinstance(value, Mapping) and any(isinstance(inner, Mapping) for inner in value.values())):
        return [f"{margin}{name}: {_inline(value)}"]
    parts = (line for key, inner in value.items() for line in _yaml(key, inner, f"{margin}  ", deep - 1))
    return [f"{margin}{name}:", *parts]


def _inline(value: Any) -> str:
    """A value in one line: JSON without the quotes of plain words."""
    return re.sub(r'"(?!(?:true|false|null)")([a-z][a-z0-9_]*)"', r"\1", json.dumps(value, ensure_ascii=False))


def schema_file() -> str:
    """The JSON schema of params.yaml for editors: the settings, and scenarios and profiles as parts of them."""
    schema = TypeAdapter(Settings).json_schema()
    definitions = schema["$defs"]
    whole = _partial({name: part for name, part in schema.items() if name != "$defs"})
    shape = {"type": "object", "additionalProperties": False}
    override = shape | {"properties": {name: whole["properties"][name] for name in Override.model_fields}}
    named = {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}, "additionalProperties": override}
    layers = {
        "scenarios": {"type": "object", **named, "required": ["central"]},
        "profiles": shape | {"properties": dict.fromkeys(PROFILES, whole)},
    }
    described = {name: layers[name] | {"description": field.description} for name, field in Layers.model_fields.items()}
    schema |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": PARAMS_FILE,
        "description": "Everything an analyst may change.",
        "properties": schema["properties"] | described,
        "required": [*schema["required"], "scenarios"],
        "$defs": definitions | {f"Some{name}": _partial(node) for name, node in definitions.items()},
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _partial(node: Any) -> Any:
    """A schema with no key required and no default filled in, all the way down."""
    if isinstance(node, list):
        return [_partial(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {
        name: value.replace("#/$defs/", "#/$defs/Some") if name == "$ref" else _partial(value)
        for name, value in node.items()
        if not ((name == "required" and isinstance(value, list)) or name == "default")
    }


def table_file() -> str:
    """The table of parameters in the docs: key, default, unit, what it may be, what it means."""
    schema = TypeAdapter(Settings).json_schema()
    rows = []
    for path, field in keys(Settings):
        node = node_at(schema, path)
        name, value = f"`{'.'.join(path)}`", f"`{_inline(_default(field))}`"
        cells = (name, value, node.get("unit", ""), allowed(node, schema), field.description)
        rows.append(f"| {' | '.join(str(cell or '').replace('|', '\\|') for cell in cells)} |")
    scenarios = [
        f"| `{name}` | {f'`{_inline(layer.keys)}`' if layer.keys else 'nothing'} | {layer.meaning} |"
        for name, layer in SCENARIOS.items()
    ]
    return "\n".join(
        [
            TABLE_HEAD,
            *rows,
            f"\n## Scenarios\n\n{Layers.model_fields['scenarios'].description}\n",
            "| scenario | sets | meaning |\n|---|---|---|",
            *scenarios,
            f"\n## Profiles\n\n{Layers.model_fields['profiles'].description}\n",
            *(f"- `{name}`: `{_inline(keys)}`\n" for name, keys in PROFILES.items()),
        ]
    )
