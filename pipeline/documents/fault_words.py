"""Small pieces of the sentences that faults are made of."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

MOST_SHOWN = 20
"""Faults of one kind that are listed one by one; the rest are counted in one more."""


def shown(value: object) -> str:
    """A value as a fault prints it: on one line, quoted when text, shortened when long, as YAML writes it."""
    match value:
        case str():
            text = repr(value)
        case None:
            text = "null"
        case bool():
            text = str(value).lower()
        case float():
            text = f"{value:.15g}"
        case _:
            text = str(value)
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
