"""Ratings of the evidence that parameters rest on."""

from pathlib import Path

from pydantic import TypeAdapter

from pipeline.documents.validate import read_model
from pipeline.domain import Rating
from pipeline.errors import Fault, nearest, raise_if_any, shown
from pipeline.settings import Settings
from pipeline.settings.manual import keys

RATINGS_FILE = "data/ratings.yaml"

_RATINGS = TypeAdapter(dict[str, Rating])


def load_ratings(root: Path) -> dict[str, Rating]:
    """Ratings by key of params.yaml or by its section, in the order of their file.

    Raises InputError with every rating that is none, and every key that params.yaml does not have.
    """
    ratings, document = read_model(root, RATINGS_FILE, _RATINGS)
    known = {".".join(path[:depth]) for path, _ in keys(Settings) for depth in range(1, len(path) + 1)}
    raise_if_any(
        Fault(RATINGS_FILE, document.place((name,)), shown(name), f"a key of params.yaml{nearest(name, known)}")
        for name in ratings
        if name not in known
    )
    return ratings
