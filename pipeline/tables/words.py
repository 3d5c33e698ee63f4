"""Small pieces of the sentences that faults are made of."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_SHOWN = 20
"""Faults of one kind that are listed one by one; the rest are counted in one more."""


def shown(value: object) -> str:
    """A value as a fault prints it: on one line, quoted when text, shortened when long."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def nearest(word: object, options: Iterable[str]) -> str:
    """` (did you mean X?)` where an option is near the word, else an empty string."""
    found = get_close_matches(str(word), list(options), n=1, cutoff=0.6)
    return f" (did you mean {found[0]}?)" if found else ""
