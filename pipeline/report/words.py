"""The message catalogue and each language's way of writing numbers, dates and intervals."""

from __future__ import annotations

import datetime
import string
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from babel.dates import format_date
from babel.numbers import format_decimal
from ruamel.yaml import YAML

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
MESSAGES_FOLDER = "messages"
WAN = 10_000
MILLION = 1_000_000
LEAST_CHANCE = 0.001
"""The smallest probability that is stated as a number: a thousand draws cannot tell smaller ones apart."""

type Messages = Mapping[str, Mapping[Language, str]]


class MissingMessage(KeyError):  # noqa: N818 - what is missing, beside MissingResult and MissingGlyph
    """A message, or a value that a message asks for, which nobody provides; its text names the key."""

    def __str__(self) -> str:
        return str(self.args[0])


def load_messages(texts: Mapping[str, str]) -> dict[str, dict[Language, str]]:
    """The catalogue from YAML texts by file name: each key once, with the same placeholders in both languages.

    Raises MissingMessage naming file and key where a language or one of its placeholders is missing, or a key stands
    in two files.
    """
    catalogue: dict[str, dict[Language, str]] = {}
    for name, text in texts.items():
        raw: Mapping[str, Mapping[str, object]] = YAML(typ="safe", pure=True).load(text) or {}
        for key, entry in raw.items():
            if key in catalogue:
                raise MissingMessage(f"{name}, {key}: the key stands in another file too")
            for language in LANGUAGES:
                if not isinstance(entry.get(language), str):
                    raise MissingMessage(f"{name}, {key}: no text in language {language}")
            catalogue[key] = {language: str(entry[language]) for language in LANGUAGES}
            asked = {language: _placeholders(catalogue[key][language]) for language in LANGUAGES}
            if asked["zh"] != asked["en"]:
                odd = ", ".join(sorted(asked["zh"] ^ asked["en"]))
                raise MissingMessage(f"{name}, {key}: {{{odd}}} stands in one language only")
    return catalogue


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@cache
def packaged_messages() -> Messages:
    """The catalogue that comes with the package: every YAML file of its folder, a topic each."""
    folder = files("pipeline.report").joinpath(MESSAGES_FOLDER)
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)
    return load_messages({path.name: path.read_text(encoding="utf-8") for path in found})


def significant(value: float) -> float:
    """An estimate with four significant digits from 10,000 on: no interval here is narrow enough for more."""
    return float(f"{value:.4g}") if abs(value) >= WAN else value


class Words:
    """Messages and numbers in one language."""

    def __init__(self, language: Language, messages: Messages | None = None) -> None:
        self.language: Language = language
        self._messages = packaged_messages() if messages is None else messages

    def __call__(self, key: str, **values: str) -> str:
        """The message of `key` with `values` (already written as text) put in.

        Raises MissingMessage naming the key, or the value the message asks for.
        """
        message = self.template(key)
        try:
            return message.format_map(values)
        except KeyError as error:
            raise MissingMessage(f"the message {key} asks for {error.args[0]}, which it was not given") from error

    def has(self, key: str) -> bool:
        """Whether the catalogue knows the key."""
        return key in self._messages

    def template(self, key: str) -> str:
        """The message of `key` with its placeholders left open. Raises MissingMessage naming the key."""
        if key not in self._messages:
            raise MissingMessage(f"no message for the key {key} in {MESSAGES_FOLDER}")
        return self._messages[key][self.language]

    def code(self, kind: str, code: object) -> str:
        """The message `kind.code` for a code of a table, or the code itself where the catalogue has none."""
        key = f"{kind}.{code}"
        return self(key) if self.has(key) else str(code)

    def beginning(self, prefix: str) -> list[str]:
        """Keys of the catalogue that begin with `prefix`, in its order."""
        return [key for key in self._messages if key.startswith(prefix)]

    def either(self, zh: str, en: str) -> str:
        """The one of two texts that is in this language."""
        return zh if self.language == "zh" else en

    def plain(self, value: float, decimals: int = 0) -> str:
        """A number with all its digits and thousands separators; no trailing zeros, no "-0"."""
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return format_decimal(round(value, decimals) + 0.0, format=pattern, locale="en").replace("-", "−")

    def number(self, value: float, decimals: int = 0) -> str:
        """A plain number: thousands separators in English, 万 from 10,000 on in Chinese; no "-0"."""
        rounded = round(value, decimals) + 0.0
        if self.language == "zh":
            for size, unit in ((WAN * WAN, "亿"), (WAN, "万")):
                if abs(rounded) >= size:
                    return self.plain(rounded / size, 2).replace(",", "") + unit
            return self.plain(rounded, decimals).replace(",", "")
        return self.plain(rounded, decimals)

    def rounded(self, value: float, beside: float = 0.0) -> str:
        """An estimate as a sentence says it: four significant digits from 10,000 on, millions in English.

        `beside` is a number that stands next to it, and lends it its millions where a tenth of one is reached.
        """
        least = MILLION / 10 if abs(beside) >= MILLION else MILLION
        if self.language == "en" and abs(value) >= least:
            decimals = 2 if abs(value) < 100 * MILLION else 1
            text = format_decimal(value / MILLION, format="#,##0." + "0" * decimals, locale="en").replace("-", "−")
            return self("millions", value=text)
        return self.number(significant(value))

    def chance(self, value: float) -> str:
        """A probability taken from thousands of draws: none of them and all of them are not certainty."""
        if value < LEAST_CHANCE:
            return self("chance.below", value=self.percent(LEAST_CHANCE))
        if value > 1 - LEAST_CHANCE:
            return self("chance.above", value=self.percent(1 - LEAST_CHANCE))
        return self.percent(value)

    def signed(self, value: float, decimals: int = 0) -> str:
        """As `number`, with a plus sign before what is above zero."""
        text = self.number(value, decimals)
        return f"+{text}" if round(value, decimals) > 0 else text

    def percent(self, value: float) -> str:
        """A share (1 is all) as a percentage with one decimal."""
        return f"{format_decimal(round(value * 100, 1) + 0.0, format='#,##0.0', locale='en')}%".replace("-", "−")

    def span(self, low: float, high: float) -> str:
        """The ends of an interval; in Chinese the unit stands once where both ends have the same."""
        ends = [self.number(significant(end)) for end in (low, high)]
        for unit in ("万", "亿"):
            if self.language == "zh" and all(end.endswith(unit) for end in ends):
                ends[0] = ends[0].removesuffix(unit)
        return self("range.signed" if low < 0 else "range", low=ends[0], high=ends[1])

    def share(self, value: float) -> str:
        """A share (1 is all) as a percentage without needless decimals."""
        return f"{self.number(value * 100, 1)}%"

    def signed_percent(self, value: float) -> str:
        """As `percent`, with a plus sign before what is above zero."""
        text = self.percent(value)
        return f"+{text}" if round(value * 100, 1) > 0 else text

    def date(self, iso: str) -> str:
        """A day in the language's habit: 2020年11月1日, 1 November 2020."""
        day = datetime.date.fromisoformat(iso)
        return format_date(day, "long", locale="zh_CN" if self.language == "zh" else "en_GB")

    def listed(self, items: Iterable[str]) -> str:
        """Items joined as a sentence joins them."""
        parts = list(items)
        if len(parts) < 2:
            return "".join(parts)
        if self.language == "zh":
            return "、".join(parts)
        return ", ".join(parts[:-1]) + " and " + parts[-1]

    def sentences(self, items: Iterable[str]) -> str:
        """Whole sentences one after the other: with a space between them in English only."""
        return self.either("", " ").join(item for item in items if item)
