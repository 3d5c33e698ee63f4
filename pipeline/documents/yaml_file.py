"""Safe reading of YAML: plain data, no anchors, no repeated keys, and the line of every key for the faults.

The events of libyaml (through PyYAML) become data here and nowhere else, so that no tag can have anything made of it,
and a plain scalar means what YAML 1.2 says: `no` and `12:30` are text.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.documents.text_files import MEBIBYTE, read_text
from pipeline.errors import Doubt, Fault, InputError, invisible, raise_if_any, shown

YAML_LIMIT = MEBIBYTE
DEEPEST = 20

_SYNTAX = "lines of `key: value`, lists with `- `, and quotes around text that holds `: `, ` #` or begins with a sign"
_PLAIN = "the plain signs and spaces of `key: value` and `{a: 1, b: 2}`"

_SLIP = re.compile(
    r"^ *(?:- )?[a-z0-9_]+(：|:(?=[^\s])|[:：]?[\u3000\xa0])|^ *(?:- )?([\u3000\xa0])|([｛［]|\uff0c(?= *[a-z_]+:))"
)
"""A sign of another width in the place of one of YAML's, or none where a space belongs."""

_STRANGE = re.compile("[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Controls, and what libyaml would take for the end of a line where an editor shows none."""

_SCALARS: tuple[tuple[str, str, str, Callable[[str], Any]], ...] = (
    (r"~|null|Null|NULL|", r".*", "", lambda _: None),
    (r"true|True|TRUE|false|False|FALSE", r".*", "", lambda text: text.lower() == "true"),
    (
        r"[-+]?([0-9][0-9_]*(\.[0-9_]*([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|\.[0-9_]+([eE][-+][0-9]+)?)"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        r"[-+]?([0-9]{1,18}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][-+]?[0-9]{1,2})?|[-+]?\.(?i:inf|nan)",
        "a number in decimal digits, or text in quotes",
        lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
    ),
    (
        r"(?!_)[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9_]+)",
        r"[-+]?(0|[1-9][0-9]{0,17})",
        "a whole number in decimal digits, or text in quotes",
        int,
    ),
    (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
        r"([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?",
        r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        "a date such as 2021-04-02, or text in quotes",
        datetime.date.fromisoformat,
    ),
    (r"<<|=", r"(?!)", "text in quotes", str),
)
"""What YAML takes for no text by its form (0x1F, 0o17, 1_000 and times of a day too); the form that is taken here, in
words, and how it is read.
"""

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlDocument:
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

    def layered(self, path: KeyPath, layers: Sequence[KeyPath]) -> KeyPath:
        """Where the key at `path` stands in the first of the layers that hold it, else in the last."""
        return next(((*layer, *path) for layer in layers if (*layer, *path) in self.lines), (*layers[-1], *path))

    def fault(self, path: KeyPath, value: object, expected: str) -> Fault:
        """The fault of the value at `path`."""
        return Fault(self.file, self.place(path), shown(value), expected)

    def doubt(self, path: KeyPath, value: object, expected: str) -> Doubt:
        """The doubt about the value at `path`."""
        return Doubt(self.file, self.place(path), shown(value), expected)


def dotted(path: KeyPath) -> str:
    """`figures[3].unit` for ("figures", 3, "unit")."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def read_yaml(root: Path, file: str) -> YamlDocument:
    """The one document in `file` (relative to `root`). Raises InputError as `read_text` and `parse_yaml` do."""
    return parse_yaml(file, read_text(root, file, YAML_LIMIT))


def parse_yaml(file: str, text: str) -> YamlDocument:
    """The one document in `text`; `file` names it in faults.

    Raises InputError for broken syntax, deep nesting, directives, tags, anchors, aliases, invisible characters, tabs,
    numbers in another form than decimal digits, and keys said twice.
    """
    if strange := _STRANGE.search(text):
        raise InputError([Fault(file, _line_of(text, strange.start()), shown(strange[0]), invisible(strange[0]))])
    walk = _Walk(file, yaml.parse(text, Loader=yaml.CSafeLoader), {}, [])
    try:
        data = walk.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # A line without its colon is read on into the next, where the parser gives up.
        for number in (mark.line, mark.line - 1) if mark else ():
            if 0 <= number < len(lines := text.split("\n")) and (slip := _SLIP.search(lines[number])):
                sign, here = next(filter(None, slip.groups())), f"line {number + 1}"
                others = [fault for fault in walk.faults if fault.place.split(",")[0] != here]  # not of the same key
                raise InputError([*others, Fault(file, here, shown(sign), _PLAIN)]) from None
        fault = Fault(file, _spot(mark) if mark else "", f"a YAML error ({error.problem or error.context})", _SYNTAX)
        raise InputError([*walk.faults, fault]) from None
    if not walk.lines:
        raise InputError([Fault(file, "", "no content", "a YAML document")])
    if (tab := text.find("\t")) >= 0 and not walk.faults:  # looks like spaces, and some readers do not take it
        walk.faults.append(Fault(file, _line_of(text, tab), shown("\t"), invisible("\t")))
    raise_if_any(walk.faults)
    return YamlDocument(file, data, walk.lines)


def _line_of(text: str, at: int) -> str:
    return f"line {text.count('\n', 0, at) + 1}"


def _spot(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


@dataclass(frozen=True)
class _Walk:
    """Data and lines from the events of a file; what is wrong comes to `faults`."""

    file: str
    events: Iterator[Any]
    lines: dict[KeyPath, int]
    faults: list[Fault]

    def fault(self, event: Any, found: str, expected: str, path: KeyPath = ()) -> None:
        place = f"line {event.start_mark.line + 1}"
        self.faults.append(Fault(self.file, f"{place}, {dotted(path)}" if path else place, found, expected))

    def document(self) -> Any:
        """What the one document holds; raises MarkedYAMLError where the syntax is broken or there is another."""
        data = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.lines:
                    raise yaml.MarkedYAMLError(problem="another document", problem_mark=event.start_mark)
                if event.version or event.tags:
                    self.fault(event, "a directive (%)", "plain YAML without directives")
                data = self.value(next(self.events), ())
        return data

    def parts(self) -> Iterator[Any]:
        """The first events of the parts of a list, or of the keys of a mapping, up to its end."""
        while not isinstance(event := next(self.events), yaml.CollectionEndEvent):
            yield event

    def value(self, event: Any, path: KeyPath) -> Any:
        """What begins with `event`; None where it is no value. Raises InputError where it is too deep."""
        self.lines.setdefault(path, event.start_mark.line + 1)
        self.marks(event)
        if isinstance(event, yaml.AliasEvent):
            return None
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= DEEPEST:
            place = f"line {event.start_mark.line + 1}"
            raise InputError([Fault(self.file, place, "deeper nesting", f"at most {DEEPEST} levels")])
        if isinstance(event, yaml.SequenceStartEvent):
            return [self.value(part, (*path, at)) for at, part in enumerate(self.parts())]
        found: dict[str, Any] = {}
        for key in self.parts():
            if not isinstance(key, yaml.ScalarEvent):
                self.fault(key, "a list or mapping as a key", "a key of plain text")
                self.value(key, (*path, "?"))
                self.value(next(self.events), (*path, "?"))
                continue
            self.marks(key)
            name = key.value
            if _kind(key) or not name.isprintable():
                self.fault(key, f"the key {shown(name)}", "a key of plain text")
            elif name in found:
                first = self.lines[(*path, name)]
                self.fault(key, f"the key {name} again (first in line {first})", "each key once", (*path, name))
            self.lines.setdefault((*path, name), key.start_mark.line + 1)
            found[name] = self.value(next(self.events), (*path, name))
        return found

    def marks(self, event: Any) -> None:
        """A fault where `event` is an alias, or has an anchor or a tag."""
        if isinstance(event, yaml.AliasEvent):
            expected = "plain YAML without aliases, text with * in quotes"
            self.faults.append(Fault(self.file, _spot(event.start_mark), "an alias (*)", expected))
        elif event.anchor is not None:
            self.fault(event, f"the anchor &{event.anchor}", "plain YAML without anchors")
        elif event.tag is not None:
            self.fault(event, f"the tag {event.tag}", "plain YAML without tags")

    def scalar(self, event: Any, path: KeyPath) -> Any:
        text = event.value
        if (kind := _kind(event)) is None:
            if not text.isprintable():
                self.fault(event, shown(text), invisible(text), path)
            return text
        _, form, expected, read = kind
        if re.fullmatch(form, text):
            with suppress(ValueError):  # the 30th of February
                return read(text)
        self.fault(event, shown(text), expected, path)
        return None


def _kind(event: Any) -> tuple[str, str, str, Callable[[str], Any]] | None:
    """The row of _SCALARS that a scalar is of; none of text, as all is in quotes or a block."""
    return next((kind for kind in _SCALARS if event.implicit[0] and re.fullmatch(kind[0], event.value)), None)
