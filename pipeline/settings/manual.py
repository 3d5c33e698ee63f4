"""params.yaml as the user's manual: the commented default file, its JSON schema and its table, from one model.

`python -m pipeline defaults` (`make params`) writes all three. Values in params.yaml are the user's: comments are
renewed and new keys added around them, and tests hold keys and comments to the model, never the values.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from pipeline.documents.validate import allowed, node_at
from pipeline.documents.yaml_file import KeyPath, YamlDocument, parse_yaml
from pipeline.errors import Fault, nearest, raise_if_any
from pipeline.settings import PARAMS_FILE, PROFILES, SCENARIOS, Layers, Override, Settings

SCHEMA_FILE = "pipeline/params.schema.json"
TABLE_FILE = "docs/parameters.md"
WIDTH = 118

HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_FILE}
# Everything an analyst may change, with what it means. After a change: `make repro` reruns what it touches.
# {TABLE_FILE} lists every key with its unit and limits; `python -m pipeline check` says at once what is wrong.
"""


def default_file() -> str:
    """The text of params.yaml with every default, each key below what it means."""
    lines = [HEAD.rstrip()]
    for part in (_sections(Settings), _layers()):
        for section in part:
            lines += ["", *section]
    return "\n".join(lines) + "\n"


def _sections(model: type[BaseModel], indent: int = 0) -> Iterator[list[str]]:
    """The lines of each key of a model: what it means, then the key with its default or the keys inside."""
    for name, field in model.model_fields.items():
        inner = _inner(field)
        meaning = _comment(field.description, indent)
        if inner is None:
            yield [*meaning, *_written(name, _default(field), indent)]
        else:
            parts = (line for part in _sections(inner, indent + 2) for line in part)
            yield [*meaning, f"{' ' * indent}{name}:", *parts]


def _layers() -> Iterator[list[str]]:
    """The lines of the scenarios, each with what it stands for, and of the profiles."""
    meaning = {name: _comment(field.description, 0) for name, field in Layers.model_fields.items()}
    scenarios = (
        line
        for name, layer in SCENARIOS.items()
        for line in (*_comment(layer.meaning, 2), *_written(name, layer.keys, 2))
    )
    yield [*meaning["scenarios"], "scenarios:", *scenarios]
    yield [*meaning["profiles"], *_written("profiles", PROFILES, 0, deep=2)]


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a mapping whose keys have defaults of their own; None for a key with a default."""
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default" in extra:
        return None
    kind = field.annotation
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        raise TypeError(f"{field!r} has neither a default nor keys of its own")
    return kind


def _default(field: FieldInfo) -> Any:
    extra = field.json_schema_extra
    return extra["default"] if isinstance(extra, dict) else None


def _comment(text: str | None, indent: int) -> list[str]:
    margin = " " * indent + "# "
    return [margin + line for line in wrap(text or "", WIDTH - len(margin), break_on_hyphens=False)]


def _written(name: str, value: Any, indent: int, deep: int = 1) -> list[str]:
    """A key with its value: mappings of mappings over several lines, to a depth of `deep`, all else in one line."""
    margin = " " * indent
    nested = isinstance(value, Mapping) and any(isinstance(inner, Mapping) for inner in value.values())
    if not (nested and deep):
        return [f"{margin}{name}: {_inline(value)}"]
    return [
        f"{margin}{name}:",
        *(line for key, inner in value.items() for line in _written(key, inner, indent + 2, deep - 1)),
    ]


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    plain = (
        isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value) and value not in ("true", "false", "null")
    )
    return value if plain else json.dumps(value, ensure_ascii=False)


def schema_file() -> str:
    """The JSON schema of params.yaml for editors: the settings, and scenarios and profiles as parts of them."""
    schema = TypeAdapter(Settings).json_schema()
    definitions = schema["$defs"]
    partial = {f"Some{name}": _partial(node) for name, node in definitions.items()}
    whole = _partial({name: part for name, part in schema.items() if name != "$defs"})
    meaning = {name: field.description for name, field in Layers.model_fields.items()}
    names = {"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}}
    override = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: whole["properties"][name] for name in Override.model_fields},
    }
    layers: dict[str, dict[str, Any]] = {
        "scenarios": {"type": "object", **names, "additionalProperties": override, "required": ["central"]},
        "profiles": {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(PROFILES, whole)},
    }
    for name, layer in layers.items():
        layer["description"] = meaning[name]
    schema |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": PARAMS_FILE,
        "description": "Everything an analyst may change.",
        "properties": schema["properties"] | layers,
        "required": [*schema["required"], "scenarios"],
        "$defs": definitions | partial,
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
    lines = [
        "# Parameters",
        "",
        f"Every key of `{PARAMS_FILE}`, written from `pipeline/settings` by `python -m pipeline defaults`. An "
        "interval `{low, high}` holds the middle 80 % of the draws: those of positive quantities are drawn as "
        "lognormals, those of shares as logit-normals, those under `forecast` as normals; `priors` name "
        "theirs. All come from streams of the one `seed`.",
        "",
        "| key | default | unit | allowed | meaning |",
        "|---|---|---|---|---|",
    ]
    for path, field in keys(Settings):
        node = node_at(schema, path)
        cells = (
            f"`{'.'.join(path)}`",
            f"`{_inline(_default(field))}`",
            str(node.get("unit", "")),
            allowed(node, schema),
            field.description or "",
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    lines += ["", "## Scenarios", "", Layers.model_fields["scenarios"].description or "", ""]
    lines += ["| scenario | sets | meaning |", "|---|---|---|"]
    for name, layer in SCENARIOS.items():
        lines.append(f"| `{name}` | {f'`{_inline(layer.keys)}`' if layer.keys else 'nothing'} | {layer.meaning} |")
    lines += ["", "## Profiles", "", Layers.model_fields["profiles"].description or "", ""]
    lines += [f"- `{name}`: `{_inline(keys)}`" for name, keys in PROFILES.items()]
    return "\n".join(lines) + "\n"


def keys(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Path and field of every key of a model that has a value."""
    for name, field in model.model_fields.items():
        inner = _inner(field)
        if inner is None:
            yield (*above, name), field
        else:
            yield from keys(inner, (*above, name))


def renewed(text: str) -> str:
    """A params.yaml with the comments of the typed model, its new keys added and every value as it is written."""
    document = parse_yaml(PARAMS_FILE, text)
    present = document.data if isinstance(document.data, dict) else {}
    raise_if_any(_unread(Settings, present, document, tuple(Layers.model_fields)))
    written = _Written(text.splitlines(), document)
    lines = [HEAD.rstrip()]
    for part in written.sections(Settings, (), present):
        lines += ["", *part]
    for (name, field), part in zip(Layers.model_fields.items(), _layers(), strict=True):
        lines += ["", *([*_comment(field.description, 0), *written.lines(name)] if name in present else part)]
    return "\n".join(lines) + "\n"


def _unread(
    model: type[BaseModel],
    data: Mapping[str, Any],
    document: YamlDocument,
    more: Sequence[str] = (),
    above: KeyPath = (),
) -> Iterator[Fault]:
    """A fault for each key that no setting has."""
    known = (*model.model_fields, *more)
    for name, value in data.items():
        path = (*above, name)
        if name not in known:
            expected = f"one of {', '.join(known)}{nearest(name, known)}"
            yield Fault(document.file, document.place(path), f"the unknown key {name}", expected)
        elif name in model.model_fields and (inner := _inner(model.model_fields[name])) and isinstance(value, Mapping):
            yield from _unread(inner, value, document, (), path)


class _Written:
    """What stands in a params.yaml, key by key, as its lines."""

    def __init__(self, text: Sequence[str], document: YamlDocument) -> None:
        self.text = text
        self.starts = {path: line - 1 for path, line in document.lines.items() if path}

    def sections(self, model: type[BaseModel], above: KeyPath, data: Mapping[str, Any]) -> Iterator[list[str]]:
        """The lines of each key of the model: its comment, then what is written or, for a new key, the default."""
        fresh = _sections(model, 2 * len(above))
        for (name, field), default in zip(model.model_fields.items(), fresh, strict=True):
            inner, indent, path = _inner(field), 2 * len(above), (*above, name)
            if name not in data:
                yield default
            elif inner is None or not isinstance(data[name], Mapping) or self._in_one_line(path, data[name]):
                yield [*_comment(field.description, indent), *self.lines(*path)]
            else:
                parts = (line for part in self.sections(inner, path, data[name]) for line in part)
                yield [*_comment(field.description, indent), self.text[self.starts[path]], *parts]

    def _in_one_line(self, path: KeyPath, value: Mapping[str, Any]) -> bool:
        return any(self.starts[(*path, name)] == self.starts[path] for name in value)

    def lines(self, *path: str | int) -> list[str]:
        """The key with all that stands below it, as written, without the comment above the next key."""
        start = self.starts[path]
        following = [line for other, line in self.starts.items() if line > start and other[: len(path)] != path]
        found = list(self.text[start : min(following, default=len(self.text))])
        indent = 2 * (len(path) - 1)
        while len(found) > 1 and re.fullmatch(rf" {{0,{indent}}}#.*|\s*", found[-1]):
            found.pop()
        return found
