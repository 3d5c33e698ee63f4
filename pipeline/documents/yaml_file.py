"""Safe reading of YAML: plain data, no anchors, no repeated keys, and the line of every key for the faults.

libyaml parses (through PyYAML); what it finds is turned into data here and nowhere else, so that no tag can have
anything made of it, and a plain scalar means what YAML 1.2 says: `no` and `12:30` are text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.documents.files import MEBIBYTE, read_text
from pipeline.documents.words import invisible, shown
from pipeline.errors import Fault, InputError

YAML_LIMIT = MEBIBYTE
DEEPEST = 20

_SYNTAX = "lines of `key: value`, lists with `- `, and quotes around text that holds `: `, ` #` or begins with a sign"

_BOTTOMLESS = re.compile(r"(?:[\[{]\s*){50}")

_STRANGE = re.compile("[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Controls, and what libyaml would take for the end of a line where an editor shows none."""

_KINDS = re.compile(
    r"""
      (?P<null> ~ | null | Null | NULL | )
    | (?P<bool> true | True | TRUE | false | False | FALSE )
    | (?P<float> [-+]? ( [0-9][0-9_]* ( \.[0-9_]* ([eE][-+]?[0-9]+)? | [eE][-+]?[0-9]+ )
                       | \.[0-9_]+ ([eE][-+][0-9]+)? | \.(inf|Inf|INF) )
                | \.(nan|NaN|NAN) )
    | (?P<int> (?!_) [-+]? ( 0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-fA-F_]+ | [0-9_]+ ) )
    | (?P<timestamp> [0-9]{4}-[0-9]{2}-[0-9]{2}
                   | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} ([Tt]|[ \t]+) [0-9]{1,2}:[0-9]{2}:[0-9]{2} (\.[0-9]*)?
                     ([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))? )
    | (?P<merge> << )
    | (?P<value> = )
    """,
    re.VERBOSE,
)
"""What a scalar without quotes is by its form, and text where it is none of these."""

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
"""What a number and a date look like here; YAML also reads 0x1F, 0o17, 1_000 and times of a day as such."""

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

    Raises InputError where the text breaks the syntax, nests deeper than 20 levels, holds a directive, a tag, an
    anchor or an alias, an invisible character, a tab or a number in another form than decimal digits, or says a key
    twice in one mapping.
    """
    if bottomless := _BOTTOMLESS.search(text):
        raise InputError([_too_deep(file, _line_of(text, bottomless.start()))])
    if strange := _STRANGE.search(text):
        raise InputError([Fault(file, _line_of(text, strange.start()), shown(strange[0]), invisible(strange[0]))])
    try:
        document = _Reader(file, text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _spot(mark) if mark else ""
        raise InputError([Fault(file, place, f"a YAML error ({error.problem or error.context})", _SYNTAX)]) from None
    if (tab := text.find("\t")) >= 0:  # looks like spaces and is none; some readers take it and some do not
        raise InputError([Fault(file, _line_of(text, tab), shown("\t"), invisible("\t"))])
    return document


def _line_of(text: str, at: int) -> str:
    return f"line {text.count('\n', 0, at) + 1}"


def _spot(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _too_deep(file: str, place: str) -> Fault:
    return Fault(file, place, "deeper nesting", f"at most {DEEPEST} levels")


class _Reader:
    """Data, lines and faults from what libyaml finds in a text, one event after the other."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.events = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.lines: dict[KeyPath, int] = {}
        self.faults: list[Fault] = []

    def document(self) -> Document:
        next(self.events)  # the start of the stream
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise InputError([Fault(self.file, "", "no content", "a YAML document")])
        if start.version or start.tags:
            self.fault(start, "a directive (%)", "plain YAML without directives")
        data = self.value(next(self.events), ())
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            fault = Fault(self.file, _spot(after.start_mark), "a YAML error (another document)", _SYNTAX)
            raise InputError([fault])
        if self.faults:
            raise InputError(self.faults)
        return Document(self.file, data, self.lines)

    def fault(self, event: Any, found: str, expected: str, path: KeyPath = ()) -> None:
        place = f"line {event.start_mark.line + 1}"
        self.faults.append(Fault(self.file, f"{place}, {dotted(path)}" if path else place, found, expected))

    def value(self, event: Any, path: KeyPath) -> Any:
        """What begins with `event`, to its end; None where a fault was found in it."""
        self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > DEEPEST:  # at once: a file that is made to be deep may go on for long
            raise InputError([*self.faults, _too_deep(self.file, f"line {event.start_mark.line + 1}")])
        if self.named(event):
            pass
        elif event.tag is not None:
            self.fault(event, f"the tag {event.tag}", "plain YAML without tags")
        elif isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        else:
            return self.mapping(path)
        self.skip(event)
        return None

    def named(self, event: Any) -> bool:
        """Whether the event is an alias or has an anchor, which is a fault."""
        if isinstance(event, yaml.AliasEvent):
            expected = "plain YAML without aliases, text with * in quotes"
            self.faults.append(Fault(self.file, _spot(event.start_mark), "an alias (*)", expected))
        elif event.anchor is not None:
            self.fault(event, f"the anchor &{event.anchor}", "plain YAML without anchors")
        else:
            return False
        return True

    def skip(self, event: Any) -> None:
        """Pass over the rest of what begins with `event`."""
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return
            event = next(self.events)

    def sequence(self, path: KeyPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event)
            if key is None:
                self.skip(next(self.events))
            elif key in found:
                self.fault(event, f"the key {key} again (first in line {first[key]})", "each key once", (*path, key))
                self.skip(next(self.events))
            else:
                first[key] = self.lines[(*path, key)] = event.start_mark.line + 1
                found[key] = self.value(next(self.events), (*path, key))
        return found

    def key(self, event: Any) -> str | None:
        """The key that begins with `event`; None where it is a fault."""
        expected = "a key of plain text"
        if self.named(event):
            pass
        elif not isinstance(event, yaml.ScalarEvent):
            self.fault(event, "a list or mapping as a key", expected)
        elif event.tag is not None or _kind(event) != "str" or not event.value.isprintable():
            self.fault(event, f"the key {shown(event.value)}", expected)
        else:
            return str(event.value)
        self.skip(event)
        return None

    def scalar(self, event: Any, path: KeyPath) -> Any:
        text, kind = str(event.value), _kind(event)
        match kind:
            case "str":
                if not text.isprintable():
                    self.fault(event, shown(text), invisible(text), path)
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float" | "timestamp":
                form, expected = _FORMS[kind]
                if form.fullmatch(text) is None or (kind == "timestamp" and not _is_day(text)):
                    self.fault(event, shown(text), expected, path)
                    return None
            case _:
                self.fault(event, shown(text), "text in quotes", path)
                return None
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return datetime.date.fromisoformat(text)


def _kind(event: Any) -> str:
    """What a scalar is: text where it stands in quotes or as a block."""
    found = _KINDS.fullmatch(event.value) if event.implicit[0] else None
    return (found and found.lastgroup) or "str"


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
