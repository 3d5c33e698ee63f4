"""What the sections of params.yaml are made of: keys with a meaning, a unit, limits and the default file's value."""

import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

FIRST_DAY, LAST_DAY = "2020-11-01", "2060-12-31"
"""Census day, and the end of the last year that can be projected."""


def _a_day(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        day = ""
    if day != text:
        raise ValueError("a date such as 2024-12-31")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a date from {FIRST_DAY}, the census, to {LAST_DAY}")
    return day


def _once(names: list[str]) -> list[str]:
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise ValueError(f"each name once ({twice[0]} stands there twice)")
    return names


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""What becomes the name of a folder or a file too."""

NamesOnce = Annotated[list[Name], AfterValidator(_once)]
Day = Annotated[str, AfterValidator(_a_day)]


class SettingsSection(BaseModel):
    """A mapping of params.yaml: no key beyond those named here, and nothing changed after reading.

    What a key means stands below it: the manual and the schema take it from there.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Meanings without the line breaks of this code."""
        for field in cls.model_fields.values():
            field.description = " ".join(field.description.split()) if field.description else None
        cls.model_rebuild(force=True)


def key(default: Any, unit: str = "", **limits: Any) -> Any:
    """A key that params.yaml must have: its unit and limits, and the default file's value.

    The default is that of the file alone: a key left out of params.yaml is a fault and not filled in. A mapping
    of plain values is one value, such as an interval, and is written in one line.
    """
    extra: dict[str, JsonValue] = {"default": default, **({"unit": unit} if unit else {})}
    return Field(json_schema_extra=extra, **limits)
