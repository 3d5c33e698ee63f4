"""What a yardstick asks for: from dated target ratios and numbers to required amounts, year by year.

A *rule* is a target or norm on one indicator. Three forms turn it into an amount of the quantity asked for:

    stated    the indicator is the quantity itself                    amount = value
    ratio     quantity / other · scale = value                        amount = value / scale · amount(other)
    inverse   other / quantity · scale = value (60 beds a worker)     amount = amount(other) · scale / value

`other` is a population (given) or another quantity required by the same yardstick, such as institution beds
behind a share of nursing beds. Between dated targets the value runs in a straight line from the baseline;
without a baseline it begins in the first target's year. After the last target a ratio is kept, a share is kept,
and a number is kept as the ratio to people that it was in its year; all are marked carried.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.axes import Array

Serves = Literal["all", "institution", "community", "urban_community", "rural_community"]
Form = Literal["stated", "ratio", "inverse"]
Role = Literal["main", "add", "check"]


@dataclass(frozen=True)
class Point:
    """A dated value of an indicator and the figure that states it."""

    year: int
    value: float
    figure_id: str


@dataclass(frozen=True)
class PlanRule:
    """One target or norm on one indicator: the `quantity` it sets, its dated values, and whom its staff serve.

    `form`, `other` and `scale` as in the head of this module; `other` is None where the quantity is stated by
    itself. `targets` in order of year; an undated norm is one point in the first year asked for and `standing`: it
    holds in every year and is never carried. `basis` is the population the values refer to: "resident", "hukou" or
    "unspecified" (residents are then used). `grows_with` names the people to which a stated number is a ratio after
    its year; None for shares. `role`: the main rule of its quantity, one that adds to it, or a check beside it.
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
    standing: bool = False
    grows_with: str | None = None
    role: Role = "main"


@dataclass(frozen=True)
class Required:
    """Required amounts (draw, year), NaN where the yardstick is silent; `carried` (year,) marks held targets.

    `figure_ids` (the last of a path of dated targets) and `basis` say what they rest on; `unknown` names what is
    missing without which a rule cannot be worked out: count:<indicator>, whole:<quantity> or hukou_ratio.
    """

    amount: Array
    carried: NDArray[np.bool_]
    figure_ids: tuple[str, ...]
    basis: str
    unknown: tuple[str, ...] = field(default=())

    @property
    def figure_id(self) -> str:
        """The figures by semicolon, as tables carry them."""
        return ";".join(self.figure_ids)


def target_path(
    baseline: Point | None, targets: Sequence[Point], years: Sequence[int]
) -> tuple[Array, NDArray[np.bool_]]:
    """Value asked for in each year (year,), NaN before the path begins, and which years carry the last target."""
    known = [point for point in (baseline, *targets) if point is not None]
    when = [point.year for point in known]
    at = np.asarray(years, dtype=float)
    values = np.interp(at, when, [point.value for point in known])
    values[at < when[0]] = np.nan
    return values, at > when[-1]


def required(
    quantity: str,
    rules: Iterable[PlanRule],
    populations: Mapping[str, Array],
    hukou_ratio: Array | None,
    years: Sequence[int],
) -> Required | None:
    """Amount of `quantity` that `rules` ask for, or None where no rule speaks of it.

    `populations` by indicator id, each (draw, year), resident persons; `hukou_ratio` (draw, year) registered over
    resident people aged 60+, None where it is not known; a rule on registered people is then unknown. The main rule
    counts, with those that add to it; checks are left out.
    """
    rules = tuple(rules)
    terms = [
        term_of(rule, rules, populations, hukou_ratio, years)
        for rule in rules
        if rule.quantity == quantity and rule.role != "check"
    ]
    if len(terms) < 2:
        return terms[0] if terms else None
    bases = sorted({term.basis for term in terms})
    return Required(
        np.asarray(sum(term.amount for term in terms), dtype=float),
        np.any([term.carried for term in terms], axis=0),
        tuple(figure for term in terms for figure in term.figure_ids),
        bases[0] if len(bases) == 1 else "unspecified",
        tuple(dict.fromkeys(name for term in terms for name in term.unknown)),
    )


def term_of(
    rule: PlanRule,
    rules: tuple[PlanRule, ...],
    populations: Mapping[str, Array],
    hukou_ratio: Array | None,
    years: Sequence[int],
) -> Required:
    """What one rule asks for by itself; arguments as in `required`."""
    values, carried = target_path(rule.baseline, rule.targets, years)
    carried = carried & (not rule.standing)
    figures = (rule.targets[-1].figure_id,)
    if rule.form == "stated" or rule.other is None:
        amount = values[None]
        if rule.grows_with is not None and carried.any():
            amount = amount * _growth(populations[rule.grows_with], rule.targets[-1].year, years)
        return Required(amount, carried, figures, rule.basis)
    with np.errstate(divide="ignore"):
        factor = values / rule.scale if rule.form == "ratio" else rule.scale / values
    nothing = np.full((1, len(years)), np.nan)
    if rule.other in populations:
        people = populations[rule.other]
        if rule.basis == "hukou":
            if hukou_ratio is None:
                return Required(nothing, carried, figures, rule.basis, ("hukou_ratio",))
            people = people * hukou_ratio
        return Required(people * factor, carried, figures, rule.basis)
    remaining = tuple(r for r in rules if r is not rule)
    chained = required(rule.other, remaining, populations, hukou_ratio, years)
    if chained is None:
        kind = "whole" if rule.form == "ratio" and rule.scale == 100 else "count"
        return Required(nothing, carried, figures, rule.basis, (f"{kind}:{rule.other}",))
    return Required(
        chained.amount * factor,
        carried | chained.carried,
        (*figures, *chained.figure_ids),
        chained.basis,
        chained.unknown,
    )


def _growth(people: Array, year: int, years: Sequence[int]) -> Array:
    """People over those of `year` after it (draw, year), 1 until then; NaN after a year that is not looked at."""
    after = np.asarray(years) > year
    if year not in years:
        return np.where(after, np.nan, 1.0)[None]
    at = list(years).index(year)
    return np.where(after, people / people[:, [at]], 1.0)
