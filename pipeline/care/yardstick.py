"""The rules that a plan and the documented norms set, and the stock that a plan states.

A resource is counted as one of several quantities (beds: all elderly-care beds, or institution beds). The one
that a plan's own target speaks of is used; without a target the one whose stock it states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.care.requirement import Form, Point, Rule
from pipeline.domain import Figure, Indicator

QUANTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "beds": ("elderly_care_beds", "institution_beds"),
    "nursing_beds": ("nursing_beds",),
    "dementia_beds": ("dementia_beds",),
    "caregivers": ("certified_caregivers", "caregivers"),
    "social_workers": ("social_workers",),
}
"""Resources of the reports and the quantities of the indicator catalogue that count them, the widest first."""

RESOURCES: Final = tuple(QUANTITIES)

_PRECISION = {"=": 0, ">=": 1, "<=": 1, "about": 2}


def effective_basis(figure: Figure) -> str:
    """Population a figure refers to: as stated, else as inferred, else "unspecified"."""
    if figure.basis == "unspecified" and figure.basis_inferred is not None:
        return figure.basis_inferred.value
    return figure.basis


def plan_rules(figures: Sequence[Figure], indicators: Mapping[str, Indicator], first_year: int) -> list[Rule]:
    """The rules a plan's own figures set: targets, and standing norms on indicators without a dated target.

    Of several figures for one indicator and year the most precise counts (an exact number before a minimum,
    a minimum before an approximate one); figures without a value set no rule. A standing norm without a year
    is taken to hold from `first_year`.
    """
    rules = []
    for name in dict.fromkeys(figure.indicator for figure in figures):
        stated = [f for f in figures if f.indicator == name and f.value is not None]
        targets = _points([f for f in stated if f.kind == "target"], first_year)
        if not targets:
            targets = _points([f for f in stated if f.kind == "norm"], first_year)[-1:]
        if targets:
            known = _points([f for f in stated if f.kind == "baseline"], first_year)
            before = [point for point in known if point.year < targets[0].year]
            figure = next(f for f in stated if f.id == targets[-1].figure_id)
            baseline = before[-1] if before else None
            standing = figure.year is None
            rule = _rule(name, indicators[name], targets, baseline, effective_basis(figure))
            rules.append(replace(rule, standing=standing))
    return rules


def norm_rules(indicators: Mapping[str, Indicator], first_year: int) -> list[Rule]:
    """The rules of the documented norms in the indicator catalogue: assumed wherever they are used."""
    rules = [
        _rule(name, item, (Point(first_year, item.norm.value, f"norm.{name}"),), None, "resident")
        for name, item in indicators.items()
        if item.norm is not None
    ]
    return [replace(rule, assumed=True, standing=True) for rule in rules]


def with_norms(own: Iterable[Rule], norms: Iterable[Rule]) -> list[Rule]:
    """A plan's rules, and the norms for quantities that only stand behind them.

    A norm joins where no rule of the plan sets its quantity and one needs it: institution beds behind a share
    of nursing beds, say. A norm on the resource itself does not join: a plan that sets no target has none.
    """
    rules, norms = list(own), list(norms)
    # A norm that joins may itself need another: nursing beds behind staff need institution beds.
    while joining := [norm for norm in norms if norm.quantity in _needed(rules)]:
        rules += joining
    return rules


def _needed(rules: Iterable[Rule]) -> set[str | None]:
    """Quantities that rules rest on and none of them sets."""
    rules = list(rules)
    return {rule.other for rule in rules} - {rule.quantity for rule in rules}


def quantity_of(resource: str, rules: Iterable[Rule], figures: Sequence[Figure]) -> str:
    """The quantity that counts `resource` for a plan: that of its target, else of its stock, else the widest."""
    candidates = QUANTITIES[resource]
    targeted = {rule.quantity for rule in rules}
    stocked = {figure.indicator for figure in figures if figure.kind == "baseline" and figure.value is not None}
    for known in (targeted, stocked):
        for quantity in candidates:
            if quantity in known:
                return quantity
    return candidates[0]


def stated_stock(figures: Sequence[Figure], quantity: str) -> Figure | None:
    """The latest baseline figure that states the quantity itself, or None."""
    stated = [f for f in figures if f.indicator == quantity and f.kind == "baseline" and f.value is not None]
    return max(stated, key=lambda f: f.year or 0, default=None)


def stated_ratio(figures: Sequence[Figure], indicators: Mapping[str, Indicator], quantity: str) -> Figure | None:
    """The latest baseline figure whose ratio has the quantity as its numerator, or None."""
    stated = [
        f
        for f in figures
        if f.kind == "baseline" and f.value is not None and indicators[f.indicator].numerator == quantity
    ]
    return max(stated, key=lambda f: f.year or 0, default=None)


def _points(figures: Iterable[Figure], first_year: int) -> tuple[Point, ...]:
    best: dict[int, Figure] = {}
    for figure in figures:
        year = first_year if figure.year is None else figure.year
        if year not in best or _PRECISION[figure.comparator] < _PRECISION[best[year].comparator]:
            best[year] = figure
    return tuple(
        Point(year, float(figure.value), figure.id) for year, figure in sorted(best.items()) if figure.value is not None
    )


def _rule(name: str, item: Indicator, targets: tuple[Point, ...], baseline: Point | None, basis: str) -> Rule:
    form, quantity, other = _direction(name, item)
    return Rule(
        indicator=name,
        quantity=quantity,
        form=form,
        other=other,
        scale=item.scale or 1.0,
        targets=targets,
        baseline=baseline,
        basis=basis,
        serves=item.serves or "all",
    )


def _direction(name: str, item: Indicator) -> tuple[Form, str, str | None]:
    """How an indicator sets a quantity: staff are set by "so many beds or people a worker", the inverse."""
    if item.unit.endswith("_per_worker") and item.denominator is not None:
        return "inverse", item.denominator, item.numerator or f"numerator of {name}"
    if item.numerator is not None and item.denominator is not None:
        return "ratio", item.numerator, item.denominator
    return "stated", name, None
