"""What is said when an input cannot be used: one sentence a fault, all faults at once."""

import json
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from io import TextIOWrapper


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with one input.

    `file` is relative to the project, `place` says where in it (row and column, or a key path),
    `value` is what was found there (already shortened for print) and `expected` what would do.
    """

    file: str
    place: str
    value: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        sentence = f"{where}: found {self.value}, expected {self.expected}"
        # One line of visible characters, whatever an input holds: no line break, no terminal command, no reversed text.
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in sentence)


DOUBT = "warning: "


@dataclass(frozen=True, order=True)
class Doubt(Fault):
    """What is probably a slip and may yet be right: told in the same form as a fault, and stops nothing."""

    def __str__(self) -> str:
        return f"{DOUBT}{super().__str__()}"


class InputError(Exception):
    """Raised once for all faults of the inputs of a run; its text has one line a fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def raise_if_any(faults: Iterable[Fault]) -> None:
    """Raise `InputError` with every fault of the iterable, or return where there is none."""
    found = tuple(faults)
    if found:
        raise InputError(found)


def print_anywhere() -> None:
    """Have what a terminal's encoding lacks, as GBK lacks r̂, printed as a question mark and not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def shown(value: object) -> str:
    """A value as a fault prints it: on one line, quoted when text, shortened when long, as YAML writes it."""
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, float):
        text = f"{value:.15g}"
    else:
        text = json.dumps(value) if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def invisible(text: str) -> str:
    """What is expected in place of `text`, which has an unprintable character (a line break, say)."""
    sign = next(sign for sign in text if not sign.isprintable())
    if sign in "\n\r\t":
        return "text on one line, without line breaks and tabs (long text in YAML: begin with >-)"
    name = unicodedata.name(sign, "control character").lower()
    return f"visible characters and plain spaces alone ({ascii(sign)[1:-1]} is a {name})"


def nearest(word: object, options: Iterable[str]) -> str:
    """` (did you mean X?)` where an option is near the word, else an empty string."""
    found = get_close_matches(str(word), list(options), n=1, cutoff=0.6)
    return f" (did you mean {found[0]}?)" if found else ""
