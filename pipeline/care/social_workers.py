"""Social workers by a rule of several terms: per 1,000 older people, per 60 beds, per community …

Terms that serve different people add up; terms that serve the same people are two yardsticks for the same
staff, and the larger holds. A term whose count nobody published makes the whole unknown, with a reason:
a partial sum would look like a small need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.care.ranges import require_positive

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """One term of a rule: `workers` for every `per` units of `base`, for the people named in `serves`.

    `base` names a count such as "older_people", "institution_beds", "residents" or "communities"; `serves`
    says who is served, for example "institution", "community" or "all". Both numbers above 0. Raises
    ValueError naming the key.
    """

    id: str
    base: str
    per: float
    serves: str
    workers: float = 1.0

    def __post_init__(self) -> None:
        require_positive(f"social_workers.{self.id}.per", self.per, f"units of {self.base}")
        require_positive(f"social_workers.{self.id}.workers", self.workers, "workers")


@dataclass(frozen=True)
class SocialWorkers:
    """Social workers needed (draw, year), NaN where unknown; each term's own (draw, year); why unknown."""

    required: Array
    by_term: Mapping[str, Array]
    reasons: tuple[str, ...]


def social_workers(terms: Sequence[Term], counts: Mapping[str, ArrayLike | None]) -> SocialWorkers:
    """Social workers a rule asks for.

    `counts` by base, (draw, year) or anything that broadcasts with it; None, or no entry, where nobody
    published it. Raises ValueError where there is no term or two terms have one id.
    """
    if not terms:
        raise ValueError("social_workers: found no term, expected at least one")
    if len({term.id for term in terms}) < len(terms):
        raise ValueError("social_workers: found two terms of one id")
    known = {name: np.asarray(values, dtype=float) for name, values in counts.items() if values is not None}
    shape = np.broadcast_shapes((1, 1), *(values.shape for values in known.values()))
    by_term = {
        term.id: np.broadcast_to(known[term.base] * (term.workers / term.per), shape)
        if term.base in known
        else np.full(shape, np.nan)
        for term in terms
    }
    required = np.zeros(shape)
    for serves in dict.fromkeys(term.serves for term in terms):
        same_staff = [by_term[term.id] for term in terms if term.serves == serves]
        required = required + np.maximum.reduce(same_staff)
    reasons = tuple(
        f"{term.id}: the number of {term.base} is not known" for term in terms if term.base not in known
    )
    return SocialWorkers(required, by_term, reasons)
