"""Ratings of the evidence that parameters rest on."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from pipeline.documents.fault_words import nearest, shown
from pipeline.documents.validate import read_model
from pipeline.domain import Rating
from pipeline.errors import Fault, raise_if_any
from pipeline.settings import Settings

RATINGS_FILE = "data/ratings.yaml"

_RATINGS = TypeAdapter(dict[str, Rating])


def load_ratings(root: Path) -> dict[str, Rating]:
    """Ratings by key of params.yaml, in the order of their file. InputError where one is none, or is no such key."""
    ratings, document = read_model(root, RATINGS_FILE, _RATINGS)
    known = keys(Settings)
    raise_if_any(
        Fault(RATINGS_FILE, document.place((name,)), shown(name), f"a key of params.yaml{nearest(name, known)}")
        for name in ratings
        if name not in known
    )
    return ratings


def keys(model: type[BaseModel], above: str = "") -> list[str]:
    """The keys of a section of params.yaml and of those within it, dotted."""
    found = []
    for name, field in model.model_fields.items():
        found.append(f"{above}{name}")
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += keys(field.annotation, f"{above}{name}.")
    return found
