"""Safe reading of YAML: plain data, no anchors, no repeated keys, and the line of every key for the faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pipeline.errors import Fault, InputError
from pipeline.tables.files import MEBIBYTE, read_text
from pipeline.tables.words import shown

YAML_LIMIT = MEBIBYTE
DEEPEST = 20

PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
}

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a YAML file holds, with the line (from 1) of each key path."""

    file: str
    data: Any
    lines: Mapping[KeyPath, int]

    def place(self, path: KeyPath) -> str:
        """`line 14, figures[3].unit`; the line is that of the nearest key above where the key itself is absent.

        Without a line where the document was written in none.
        """
        if not self.lines:
            return dotted(path)
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return f"line {self.lines.get(known, 1)}, {dotted(path)}" if path else f"line {self.lines.get((), 1)}"


def dotted(path: KeyPath) -> str:
    """`figures[3].unit` for ("figures", 3, "unit")."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def read_yaml(root: Path, file: str) -> Document:
    """The one document in `file` (relative to `root`).

    Raises InputError where the file is no plain UTF-8 text of at most 1 MiB, breaks the syntax, nests deeper than
    20 levels, holds a tag, an anchor or an alias, or says a key twice in one mapping.
    """
    text = read_text(root, file, YAML_LIMIT)
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        if node is None:
            raise InputError([Fault(file, "", "no content", "a YAML document")])
        lines: dict[KeyPath, int] = {}
        faults: list[Fault] = []
        _walk(node, (), file, lines, faults)
        if faults:
            raise InputError(faults)
        return Document(file, yaml.constructor.construct_document(node), lines)
    except RecursionError:
        raise InputError([_too_deep(file, "")]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError([Fault(file, place, f"a YAML error ({error.problem or error.context})", "YAML")]) from None
    except (YAMLError, ValueError) as error:
        raise InputError([Fault(file, "", f"a YAML error ({shown(str(error))})", "YAML")]) from None


def _too_deep(file: str, place: str) -> Fault:
    return Fault(file, place, "deeper nesting", f"at most {DEEPEST} levels")


def _walk(node: Node, path: KeyPath, file: str, lines: dict[KeyPath, int], faults: list[Fault]) -> None:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    place = f"line {line}"
    if len(path) > DEEPEST:
        faults.append(_too_deep(file, place))
        return
    if node.anchor is not None:
        faults.append(Fault(file, place, f"the anchor &{node.anchor}", "plain YAML without anchors"))
        return
    if str(node.tag) not in PLAIN_TAGS:
        faults.append(Fault(file, place, f"the tag {node.tag}", "plain YAML without tags"))
        return
    if isinstance(node, SequenceNode):
        for position, item in enumerate(node.value):
            _walk(item, (*path, position), file, lines, faults)
    elif isinstance(node, MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or str(key.tag) not in PLAIN_TAGS:
                faults.append(Fault(file, f"line {key_line}", "a key that is no text", "a key of plain text"))
                continue
            if key.value in seen:
                found = f"the key {key.value} again (first in line {seen[key.value]})"
                faults.append(Fault(file, f"line {key_line}, {dotted((*path, key.value))}", found, "each key once"))
                continue
            seen[key.value] = key_line
            lines[(*path, key.value)] = key_line
            _walk(value, (*path, key.value), file, lines, faults)
