"""The message catalogue: what reports say, in Chinese and English."""

import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from pipeline.domain import Names
from pipeline.report.numbers import LANGUAGES, Language, Numbers

MESSAGES_FOLDER = "messages"
type Messages = Mapping[str, Mapping[Language, str]]


class MissingMessage(LookupError):  # noqa: N818 - what is missing, beside MissingResult and MissingGlyph
    """A message, or a value that a message asks for, which nobody provides; its text names the key."""


def load_messages(texts: Mapping[str, str]) -> dict[str, dict[Language, str]]:
    """The catalogue from YAML texts by file name: each key once, with the same placeholders in both languages.

    Raises MissingMessage naming file and key where a language or one of its placeholders is missing, or a key stands
    in two files.
    """
    catalogue: dict[str, dict[Language, str]] = {}
    for name, text in texts.items():
        raw: Mapping[str, Mapping[str, object]] = yaml.load(text, Loader=yaml.CSafeLoader) or {}
        for key, entry in raw.items():
            if key in catalogue:
                raise MissingMessage(f"{name}, {key}: the key stands in another file too")
            for language in LANGUAGES:
                if not isinstance(entry.get(language), str):
                    raise MissingMessage(f"{name}, {key}: no text in language {language}")
            catalogue[key] = {language: str(entry[language]) for language in LANGUAGES}
            placeholders = {language: _placeholders(catalogue[key][language]) for language in LANGUAGES}
            if placeholders["zh"] != placeholders["en"]:
                odd = ", ".join(sorted(placeholders["zh"] ^ placeholders["en"]))
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


class Words(Numbers):
    """Messages and numbers in one language."""

    def __init__(self, language: Language, messages: Messages | None = None) -> None:
        super().__init__(language)
        self._messages = packaged_messages() if messages is None else messages

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
        """The one of two names that is in this language."""
        return self.either(names.zh, names.en)

    @staticmethod
    def in_sentence(name: str) -> str:
        """An English name as it stands within a sentence; Chinese ones stay."""
        return name if name[1:2].isupper() else name[:1].lower() + name[1:]

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

    @property
    def edition(self) -> str:
        """The version by which reports are cited: the newest of the editions in the catalogue."""
        return self.beginning("edition.")[0].removeprefix("edition.")

    def beginning(self, prefix: str) -> list[str]:
        """Keys of the catalogue that begin with `prefix`, in its order."""
        return [key for key in self._messages if key.startswith(prefix)]
