"""What a yardstick asks for: from dated target ratios and numbers to required amounts, year by year.

A *rule* is a target or norm on one indicator. Three forms turn it into an amount of the quantity asked for:

    stated    the indicator is the quantity itself                    amount = value
    ratio     quantity / other · scale = value                        amount = value / scale · amount(other)
    inverse   other / quantity · scale = value (60 beds a worker)     amount = amount(other) · scale / value

`other` is a population (given) or another quantity required by the same yardstick, such as institution beds
behind a share of nursing beds. Between dated targets the value runs in a straight line from the baseline;
without a baseline it begins in the first target's year; after the last target it is held and marked carried.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Serves = Literal["all", "institution", "community", "urban_community", "rural_community"]
Form = Literal["stated", "ratio", "inverse"]


@dataclass(frozen=True)
class Point:
    """A dated value of an indicator and the figure that states it."""

    year: int
    value: float
    figure_id: str


@dataclass(frozen=True)
class Rule:
    """One target or norm on one indicator: the `quantity` it sets, its dated values, and whom its staff serve.

    `form`, `other` and `scale` as in the head of this module; `other` is None where the quantity is stated by
    itself. `targets` in order of year; an undated norm is one point in the first year asked for and `standing`: it
    holds in every year and is never carried. `basis` is
    the population the values refer to: "resident", "hukou" or "unspecified" (residents are then used).
    """

    indicator: str
    quantity: str
    form: Form
    other: str | None
    scale: float
    targets: tuple[Point, ...]
    baseline: Point | None = None
    basis: str = "unspecified"
    serves: Serves = "all"
    assumed: bool = False
    standing: bool = False


@dataclass(frozen=True)
class Required:
    """Required amounts (draw, year), NaN where the yardstick is silent; `carried` (year,) marks held targets.

    `figure_ids` (the last of a path of dated targets) and `basis` say what they rest on; `assumed` that a norm
    stands in for a plan's own word;
    `unknown` names the quantities nobody published without which a rule cannot be worked out.
    """

    amount: Array
    carried: NDArray[np.bool_]
    figure_ids: tuple[str, ...]
    basis: str
    assumed: bool
    target_year: int | None
    unknown: tuple[str, ...] = field(default=())

    @property
    def figure_id(self) -> str:
        """The figures by semicolon, as tables carry them."""
        return ";".join(self.figure_ids)


def target_path(
    baseline: Point | None, targets: Sequence[Point], years: Sequence[int]
) -> tuple[Array, NDArray[np.bool_]]:
    """Value asked for in each year (year,), NaN before the path begins, and which years carry the last target.

    Raises ValueError without a target or where targets are not in order of year.
    """
    if not targets:
        raise ValueError("a target path needs a target")
    known = [point for point in (baseline, *targets) if point is not None]
    when = [point.year for point in known]
    if any(later <= earlier for earlier, later in itertools.pairwise(when)):
        raise ValueError(f"baseline and targets must follow each other in time, found the years {when}")
    asked = np.asarray(years, dtype=float)
    values = np.interp(asked, when, [point.value for point in known])
    values[asked < when[0]] = np.nan
    return values, asked > when[-1]


def required(
    quantity: str,
    rules: Iterable[Rule],
    populations: Mapping[str, Array],
    hukou_ratio: Array | None,
    years: Sequence[int],
) -> Required | None:
    """Amount of `quantity` that `rules` ask for, or None where no rule speaks of it.

    `populations` by indicator id, each (draw, year), resident persons; `hukou_ratio` (draw, year) registered over
    resident people aged 60+, None where it is not known; a rule on registered people is then unknown.
    Terms for different people (institution, community) are summed; a term for everybody stands beside them
    as a second yardstick for the same staff, and the larger counts.
    """
    rules = tuple(rules)
    terms = [(rule, _term(rule, rules, populations, hukou_ratio, years)) for rule in rules if rule.quantity == quantity]
    if not terms:
        return None
    by_people: dict[Serves, list[Required]] = {}
    for rule, term in terms:
        by_people.setdefault(rule.serves, []).append(term)
    yardsticks = [_largest(by_people.pop("all"))] if "all" in by_people else []
    if by_people:
        yardsticks.append(_sum([_largest(same_people) for same_people in by_people.values()]))
    return _largest(yardsticks)


def _term(
    rule: Rule,
    rules: tuple[Rule, ...],
    populations: Mapping[str, Array],
    hukou_ratio: Array | None,
    years: Sequence[int],
) -> Required:
    values, carried = target_path(rule.baseline, rule.targets, years)
    carried = carried & (not rule.standing)
    figures = (rule.targets[-1].figure_id,)
    target_year = None if rule.standing else rule.targets[-1].year
    if rule.form == "stated" or rule.other is None:
        return Required(values[None], carried, figures, rule.basis, rule.assumed, target_year)
    factor = values / rule.scale if rule.form == "ratio" else rule.scale / values
    nothing = np.full((1, len(years)), np.nan)
    blank = Required(nothing, carried, figures, rule.basis, rule.assumed, target_year, (rule.other,))
    if rule.other in populations:
        people = populations[rule.other]
        if rule.basis == "hukou":
            if hukou_ratio is None:
                return blank
            people = people * hukou_ratio
        return Required(people * factor, carried, figures, rule.basis, rule.assumed, target_year)
    remaining = tuple(r for r in rules if r is not rule)
    chained = required(rule.other, remaining, populations, hukou_ratio, years)
    if chained is None:
        return blank
    return Required(
        chained.amount * factor,
        carried | chained.carried,
        (*figures, *chained.figure_ids),
        chained.basis,
        rule.assumed or chained.assumed,
        target_year,
        chained.unknown,
    )


def _largest(terms: Sequence[Required]) -> Required:
    """The larger of yardsticks for the same staff in every draw and year, of those that can be worked out.

    What it rests on, and in which years it is carried, is told of the one with the larger mean in the last year.
    """
    known = [term for term in terms if not term.unknown] or terms
    widest = max(known, key=lambda term: float(np.nan_to_num(term.amount[:, -1]).mean()))
    return replace(widest, amount=np.fmax.reduce(np.broadcast_arrays(*(term.amount for term in known))))


def _sum(terms: Sequence[Required]) -> Required:
    """The sum of terms that serve different people; unknown as soon as one of them is."""
    bases = sorted({term.basis for term in terms})
    years = [term.target_year for term in terms if term.target_year is not None]
    return Required(
        np.asarray(sum(term.amount for term in terms), dtype=float),
        np.any([term.carried for term in terms], axis=0),
        tuple(figure for term in terms for figure in term.figure_ids),
        bases[0] if len(bases) == 1 else "unspecified",
        any(term.assumed for term in terms),
        max(years) if years else None,
        tuple(name for term in terms for name in term.unknown),
    )
