"""Columns and rules that several tables have, of what comes in and of what goes out."""

from collections.abc import Mapping

from pipeline.schemas import IDENTIFIER, Column, RowRule, integer, text
from pipeline.vocabulary import COMPARATORS, CONFIDENCES

AGES_100 = ("0", "1-4", *(f"{start}-{start + 4}" for start in range(5, 100, 5)), "100+")

SINGLE_AGES_100 = (*(str(years) for years in range(100)), "100+")


def year(low: int, high: int, description: str = "calendar year") -> Column:
    """The column `year`."""
    return integer("year", description, low=low, high=high)


def age(groups: tuple[str, ...], description: str = "age group in completed years") -> Column:
    """The column `age`."""
    return text("age", description, groups)


def unit_of(column: str, units: Mapping[str, str]) -> RowRule:
    """The unit that belongs to what `column` names."""
    words = ", ".join(f"{unit} for {name}" for name, unit in units.items())
    return RowRule("unit", words, lambda frame: frame["unit"] == frame[column].map(units))


REGION = text("region", "region id", pattern=IDENTIFIER)
INDICATOR = text("indicator", "indicator id in data/indicators.yaml", pattern=IDENTIFIER)
UNIT_OF_INDICATOR = text("unit", "unit of the indicator", pattern=IDENTIFIER)
COMPARATOR = text("comparator", "how the value is meant", COMPARATORS)
CONFIDENCE = text(
    "confidence", "published: a stated figure; derived: computed from stated ones; weak", allowed=CONFIDENCES
)
NOTE = text("note", "how the figure is meant or was derived")
SOURCE = text("source", "id of the source in data/sources.yaml", pattern=IDENTIFIER)
