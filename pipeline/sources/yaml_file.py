"""Safe reading of YAML: plain data, no anchors, no repeated keys, and the line of every key for the faults."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pipeline.errors import Fault, InputError
from pipeline.tables.files import MEBIBYTE, read_text
from pipeline.tables.words import invisible, shown

YAML_LIMIT = MEBIBYTE
DEEPEST = 20

_TAG = "tag:yaml.org,2002:"
PLAIN_TAGS = {f"{_TAG}{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")}

_SYNTAX = "lines of `key: value`, lists with `- `, and quotes around text that holds `: `, ` #` or begins with a sign"

_BOTTOMLESS = re.compile(r"(?:[\[{]\s*){50}")

_FORMS = {
    "int": (re.compile(r"[-+]?(0|[1-9][0-9]{0,17})"), "a whole number in decimal digits, or text in quotes"),
    "float": (
        re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][-+]?[0-9]{1,2})?|[-+]?\.(inf|nan)", re.I),
        "a number in decimal digits, or text in quotes",
    ),
    "timestamp": (
        re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
        "a date such as 2021-04-02, or text in quotes",
    ),
}
"""What a number and a date look like here; YAML also reads 0x1F, 0o17, 1_000 and times of day as such."""

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a YAML file holds, with the line (from 1) of each key path."""

    file: str
    data: Any
    lines: Mapping[KeyPath, int]

    def place(self, path: KeyPath) -> str:
        """`line 14, figures[3].unit`; the line is that of the nearest key above where the key itself is absent."""
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

    Raises InputError where the file is no plain UTF-8 text of at most 1 MiB, and as `parse_yaml` does.
    """
    return parse_yaml(file, read_text(root, file, YAML_LIMIT))


def parse_yaml(file: str, text: str) -> Document:
    """The one document in `text`; `file` names it in faults.

    Raises InputError where the text breaks the syntax, nests deeper than 20 levels, holds a tag, an anchor or an
    alias, an invisible character or a number in another form than decimal digits, or says a key twice in one mapping.
    """
    if bottomless := _BOTTOMLESS.search(text):
        raise InputError([_too_deep(file, f"line {text.count('\n', 0, bottomless.start()) + 1}")])
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
        problem = str(error.problem or error.context)
        if "undefined alias" in problem:
            fault = Fault(file, place, "an alias (*)", "plain YAML without aliases, text with * in quotes")
        else:
            fault = Fault(file, place, f"a YAML error ({problem})", _SYNTAX)
        raise InputError([fault]) from None
    except (YAMLError, ValueError) as error:
        raise InputError([Fault(file, "", f"a YAML error ({shown(str(error))})", _SYNTAX)]) from None


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
    if isinstance(node, ScalarNode):
        _check_scalar(node, path, file, faults)
    elif isinstance(node, SequenceNode):
        for position, item in enumerate(node.value):
            _walk(item, (*path, position), file, lines, faults)
    elif isinstance(node, MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or str(key.tag) != f"{_TAG}str" or not key.value.isprintable():
                found = f"the key {shown(key.value)}" if isinstance(key, ScalarNode) else "a list or mapping as a key"
                faults.append(Fault(file, f"line {key_line}", found, "a key of plain text"))
                continue
            if key.value in seen:
                found = f"the key {key.value} again (first in line {seen[key.value]})"
                faults.append(Fault(file, f"line {key_line}, {dotted((*path, key.value))}", found, "each key once"))
                continue
            seen[key.value] = key_line
            lines[(*path, key.value)] = key_line
            _walk(value, (*path, key.value), file, lines, faults)


def _check_scalar(node: ScalarNode, path: KeyPath, file: str, faults: list[Fault]) -> None:
    place = f"line {node.start_mark.line + 1}, {dotted(path)}"
    kind = str(node.tag).removeprefix(_TAG)
    if kind == "str" and not node.value.isprintable():
        faults.append(Fault(file, place, shown(node.value), invisible(node.value)))
    elif kind in _FORMS:
        form, expected = _FORMS[kind]
        if form.fullmatch(node.value) is None or (kind == "timestamp" and not _is_day(node.value)):
            faults.append(Fault(file, place, shown(node.value), expected))


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
