"""What reports say, in Chinese and English: messages by key, and one way to write numbers, dates and lists.

Counts that somebody published are written out. Estimates have three significant digits. What stands together, the ends
of an interval or the cells of a column, has one unit: 万 or 亿 in Chinese and millions in English, where all of it
reaches one.
"""

import datetime
import math
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml
from babel.dates import format_date
from babel.numbers import format_decimal

from pipeline.domain import Names

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
type Messages = Mapping[str, Mapping[Language, str]]
MESSAGES_FOLDER = "messages"

DIGITS = 3
"""Significant digits of an estimate: no interval here is narrow enough for more."""

LEAST_CHANCE = 0.001
"""The smallest probability that is stated as a number: a thousand draws cannot tell smaller ones apart."""

BLANK = "—"
"""What stands for a number that is not known, so that no page says nan."""

DASH = {"zh": "—", "en": "–"}


@dataclass(frozen=True)
class Unit:
    """What a number is divided by before it is written, and what stands behind it."""

    size: float
    sign: str


ONES = Unit(1.0, "")
UNITS = {"zh": (Unit(1e8, "亿"), Unit(1e4, "万")), "en": (Unit(1e9, " billion"), Unit(1e6, " million"))}


@dataclass(frozen=True)
class Value:
    """A result: what is shown, and the ends of its 80 % interval over the draws (NaN or equal: none)."""

    shown: float
    low: float = math.nan
    high: float = math.nan

    @property
    def certain(self) -> bool:
        """Whether there is no interval to speak of."""
        return math.isnan(self.low) or not self.high - self.low > 1e-6 * max(abs(self.shown), 1.0)


def three_digits(value: float) -> float:
    """A value with its significant digits; whole numbers below 1,000 stay."""
    return round(value) if abs(value) < 1000 and float(value).is_integer() else float(f"{value:.{DIGITS}g}")


def _formatted(value: float, decimals: str) -> str:
    """A number with its thousands set apart; `decimals` is the pattern of what follows the point."""
    pattern = "#,##0" + "." * bool(decimals) + decimals
    return format_decimal(value, format=pattern, locale="en").replace("-", "−")


def _decimals(scaled: float, unit: Unit) -> int:
    """Decimals of an estimate in a unit: those of its significant digits, none in ones."""
    return max(0, DIGITS - 1 - math.floor(math.log10(abs(scaled)))) if scaled and unit is not ONES else 0


class MissingMessage(LookupError):  # noqa: N818 - what is missing, beside MissingResult and MissingGlyph
    """A message, or a value that a message asks for, which nobody provides; its text names the key."""


def load_messages(texts: Mapping[str, str]) -> Messages:
    """The catalogue from YAML texts by file name: each key once, with the same placeholders in both languages.

    Raises MissingMessage naming file and key where a language or one of its placeholders is missing, or a key stands
    in two files.
    """
    catalogue: dict[str, Mapping[Language, str]] = {}
    for name, text in texts.items():
        for key, entry in (yaml.load(text, Loader=yaml.CSafeLoader) or {}).items():
            if key in catalogue:
                raise MissingMessage(f"{name}, {key}: the key stands in another file too")
            for language in LANGUAGES:
                if not isinstance(entry.get(language), str):
                    raise MissingMessage(f"{name}, {key}: no text in language {language}")
            if odd := _placeholders(entry["zh"]) ^ _placeholders(entry["en"]):
                raise MissingMessage(f"{name}, {key}: {{{', '.join(sorted(odd))}}} stands in one language only")
            catalogue[key] = entry
    return catalogue


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@cache
def packaged_messages() -> Messages:
    """The catalogue that comes with the package: every YAML file of its folder, a topic each."""
    folder = files("pipeline.report").joinpath(MESSAGES_FOLDER)
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".yaml")}
    return load_messages(dict(sorted(found.items())))


class Words:
    """Messages and numbers in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._messages = packaged_messages()

    def __call__(self, key: str, **values: str | int) -> str:
        """The message of `key` with `values` (as text, whole numbers up to 999 and years as they are) put in.

        Raises MissingMessage naming the key, or the value the message asks for.
        """
        message = self.template(key)
        try:
            return message.format_map(values)
        except KeyError as error:
            raise MissingMessage(f"the message {key} asks for {error.args[0]}, which it was not given") from error

    def named(self, names: Names) -> str:
        return self.either(names.zh, names.en)

    @staticmethod
    def in_sentence(name: str) -> str:
        """An English name as it stands within a sentence; Chinese ones stay."""
        return name if name[1:2].isupper() else name[:1].lower() + name[1:]

    def has(self, key: str) -> bool:
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

    @property
    def edition(self) -> str:
        """The version by which reports are cited: the newest of the editions in the catalogue."""
        return self.beginning("edition.")[0].removeprefix("edition.")

    def beginning(self, prefix: str) -> list[str]:
        """Keys of the catalogue that begin with `prefix`, in its order."""
        return [key for key in self._messages if key.startswith(prefix)]

    def either(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def exact(self, value: float, decimals: int = 0) -> str:
        """All digits, thousands set apart; no trailing zeros, no "-0"; a dash for a blank."""
        if math.isnan(value):
            return BLANK
        return _formatted(round(value, decimals) + 0.0, "#" * decimals)

    def unit(self, *found: Value | float | None, column: bool = False) -> Unit:
        """The largest unit that all numbers other than zero reach, ends of intervals too; an English `column` may count
        thousands."""
        ends = [(v.shown, v.low, v.high) if isinstance(v, Value) else (v or 0.0,) for v in found]
        sizes = [abs(end) for several in ends for end in several if end and not math.isnan(end)]
        least = min(sizes, default=0.0)
        if column and self.language == "en" and 1e4 <= least < 1e6:
            return Unit(1e3, " thousand")
        return next((unit for unit in UNITS[self.language] if least >= unit.size), ONES)

    def bare(self, value: float, unit: Unit = ONES, beside: float = math.nan) -> str:
        """An estimate in a unit that stands elsewhere.

        It has no more decimals than the number `beside` it, an interval's other end, unless nothing were left of it.
        """
        if math.isnan(value) or (unit is ONES and abs(value) < 1000):
            return self.exact(value, 0 if abs(value) >= 10 else 1)
        scaled = three_digits(value) / unit.size
        decimals = _decimals(scaled, unit)
        if not math.isnan(beside) and beside:
            most = _decimals(three_digits(beside) / unit.size, unit)
            decimals = min(decimals, max(most, decimals - DIGITS + 1))
        return _formatted(scaled, "0" * decimals)

    def estimate(self, value: float, unit: Unit | None = None) -> str:
        """An estimate by itself, or in the unit of what stands in one line with it."""
        unit = unit or self.unit(value)
        return self.bare(value, unit) + unit.sign

    def interval(self, low: float, high: float, unit: Unit | None = None) -> str:
        """The ends of an interval, its unit once."""
        unit = unit or self.unit(low, high)
        return f"{self.bare(low, unit, high)}{self.dash(low)}{self.bare(high, unit)}{unit.sign}"

    def ranged(self, value: Value, unit: Unit | None = None) -> str:
        """An estimate with its interval in brackets, one unit for all three."""
        unit = unit or self.unit(value)
        return self.with_ends(value, lambda number: self.bare(number, unit, value.shown), unit.sign)

    def ends(self, value: Value, unit: Unit | None = None) -> str:
        """The ends of an interval alone: what rests on national rates has no single number on the first screen."""
        if value.certain:
            return self.estimate(value.shown, unit)
        return self.interval(max(value.low, 0.0), value.high, unit)

    def with_ends(self, value: Value, written: Callable[[float], str], sign: str = "") -> str:
        """A value as `written`, the ends of its interval in brackets likewise; `sign` stands behind both."""
        shown = written(value.shown) + sign
        if value.certain:
            return shown
        inside = written(value.low) + self.dash(value.low) + written(value.high) + sign
        return shown + self.either(f"（{inside}）", f" ({inside})")

    def dash(self, low: float) -> str:
        """What stands between the ends of an interval: a word where a minus sign comes first."""
        return self.either("至", " to ") if low < 0 else DASH[self.language]

    def signed(self, value: float, decimals: int = 0) -> str:
        """All digits, with a plus sign before what is above zero."""
        text = self.exact(value, decimals)
        return f"+{text}" if round(value, decimals) > 0 else text

    def percent(self, value: float, decimals: int = 1) -> str:
        """A share (1 is all) as a percentage with all its decimals: those of a column stand below one another."""
        if math.isnan(value):
            return BLANK
        return _formatted(round(value * 100, decimals) + 0.0, "0" * decimals) + "%"

    def signed_percent(self, value: float) -> str:
        """As `percent`, with a plus sign before what is above zero."""
        return ("+" if round(value * 100, 1) > 0 else "") + self.percent(value)

    def chance(self, value: float) -> str:
        """A probability from thousands of draws, in whole percent: none of them and all of them are not certainty."""
        if value < LEAST_CHANCE:
            return self.either(f"低于{LEAST_CHANCE:.1%}", f"below {LEAST_CHANCE:.1%}")
        if value > 1 - LEAST_CHANCE:
            return self.either(f"高于{1 - LEAST_CHANCE:.1%}", f"above {1 - LEAST_CHANCE:.1%}")
        return self.percent(value, 0 if 0.01 <= value <= 0.99 else 1)

    def date(self, iso: str) -> str:
        """A day, month or year in the language's habit: 2020年11月1日, 1 November 2020."""
        patterns = {4: ("y年", "y"), 7: ("y年M月", "MMMM y"), 10: ("y年M月d日", "d MMMM y")}
        day = datetime.date.fromisoformat(iso + "-01" * ((10 - len(iso)) // 3))
        return format_date(day, self.either(*patterns[len(iso)]), locale="en_GB")

    def listed(self, items: Iterable[str]) -> str:
        """Items joined as a sentence joins them."""
        parts = list(items)
        if len(parts) < 2:
            return "".join(parts)
        return self.either("、".join(parts), ", ".join(parts[:-1]) + " and " + parts[-1])

    def clauses(self, items: Iterable[str]) -> str:
        """Items with semicolons between them."""
        return self.either("；", "; ").join(items)

    def sentences(self, items: Iterable[str]) -> str:
        """Whole sentences one after the other: with a space between them in English only."""
        return self.either("", " ").join(item for item in items if item)
