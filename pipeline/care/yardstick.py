"""The rules that a plan sets, and which quantity counts a resource."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.care.requirement import Form, PlanRule, Point, Role
from pipeline.domain import STOCKS, Figure, Indicator, Plan

QUANTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "beds": ("elderly_care_beds", "institution_beds"),
    "nursing_share": ("nursing_bed_share_all_beds", "nursing_bed_share"),
    "nursing_beds": ("nursing_beds",),
    "dementia_beds": ("dementia_beds",),
    "caregivers": ("certified_caregivers", "caregivers"),
    "social_workers": ("social_workers",),
    "home_beds": ("family_care_beds",),
    "mutual_aid_beds": ("rural_mutual_aid_beds",),
}
"""Resources of the reports and the quantities of the indicator catalogue that count them, the widest first."""


STAFF: Final = frozenset((*QUANTITIES["caregivers"], *QUANTITIES["social_workers"]))
"""Quantities that are people."""

SHARES: Final[Mapping[str, str]] = {
    "nursing_bed_share_all_beds": "elderly_care_beds",
    "nursing_bed_share": "institution_beds",
}
"""Shares of a stock that plans set, and the stock: nursing beds among it."""

OLD: Final = "population_60plus"

_PRECISION = {"=": 0, ">=": 1, "<=": 1, "about": 2}


def unit_of(quantity: str) -> str:
    """Percent, persons or beds."""
    return "percent" if quantity in SHARES else "persons" if quantity in STAFF else "beds"


def resource_of(quantity: str) -> str:
    """The resource that a quantity counts."""
    return next(resource for resource, options in QUANTITIES.items() if quantity in options)


def effective_basis(figure: Figure) -> str:
    """Population a figure refers to: as stated, else as inferred, else "unspecified"."""
    if figure.basis == "unspecified" and figure.basis_inferred is not None:
        return figure.basis_inferred.value
    return figure.basis


def plan_rules(plan: Plan, indicators: Mapping[str, Indicator], first_year: int) -> list[PlanRule]:
    """The rules a plan's own figures set: targets of its own period, and standing norms without a dated target.

    Targets before the plan's first year are history. Of several figures for one indicator and year the most precise
    counts (an exact number before a minimum, a minimum before an approximate one); figures without a value set no
    rule. A standing norm without a year is taken to hold from `first_year`. A share of a stock sets the share itself
    and, by it, the beds.
    """
    rules: list[PlanRule] = []
    for name in dict.fromkeys(figure.indicator for figure in plan.figures):
        stated = [f for f in plan.figures if f.indicator == name and f.value is not None]
        own = [f for f in stated if f.kind == "target" and f.year is not None and f.year >= plan.horizon.start]
        targets = _points(own, first_year)
        standing = not targets
        if standing:
            targets = _points([f for f in stated if f.kind == "norm"], first_year)[-1:]
        if not targets:
            continue
        known = _points([f for f in stated if f.kind == "baseline"], first_year)
        before = [point for point in known if point.year < targets[0].year]
        figure = next(f for f in stated if f.id == targets[-1].figure_id)
        item = indicators[name]
        form, quantity, other = _direction(name, item)
        rule = PlanRule(
            indicator=name,
            quantity=quantity,
            form=form,
            other=other,
            scale=item.scale or 1.0,
            targets=targets,
            baseline=before[-1] if before else None,
            basis=effective_basis(figure),
            serves=item.serves or "all",
            standing=standing and figure.year is None,
            grows_with=OLD if form == "stated" and name in STOCKS else None,
        )
        rules.append(rule)
        if name in SHARES:
            rules.append(replace(rule, quantity=name, form="stated", other=None))
    return [replace(rule, role=_role(rule, rules, plan)) for rule in rules]


def quantity_of(resource: str, rules: Iterable[PlanRule], stocked: Iterable[str]) -> str:
    """The quantity that counts `resource`: that of the plan's main rule, else of a stock, else the narrowest."""
    candidates = QUANTITIES[resource]
    targeted = {rule.quantity for rule in rules if rule.role == "main"}
    for known in (targeted, set(stocked)):
        for quantity in candidates:
            if quantity in known:
                return quantity
    return candidates[-1]


def _role(rule: PlanRule, rules: Sequence[PlanRule], plan: Plan) -> Role:
    """Whether a rule heads its quantity, adds to it or is a check: as the plan's file says, else by whom it serves.

    Without a word in the file a rule for everybody heads, others are checks; rules for different people add up.
    """
    rivals = [other for other in rules if resource_of_rule(other) == resource_of_rule(rule)]
    choice = next((choice for name, choice in plan.rules.items() if name == resource_of_rule(rule)), None)
    if choice is not None and any(other.indicator == choice.main for other in rivals):
        if rule.indicator == choice.main:
            return "main"
        return "add" if choice.others == "add" and rule.quantity == _quantity(choice.main, rivals) else "check"
    same = [other for other in rivals if other.quantity == rule.quantity]
    everybody = [other for other in same if other.serves == "all"]
    if everybody:
        return "main" if rule is everybody[0] else "check"
    return "main" if rule is same[0] else "add"


def resource_of_rule(rule: PlanRule) -> str | None:
    """The resource a rule is on, nursing beds for shares too; None where no report counts it."""
    if rule.quantity in SHARES:
        return "nursing_beds"
    return next((resource for resource, options in QUANTITIES.items() if rule.quantity in options), None)


def _quantity(indicator: str, rules: Iterable[PlanRule]) -> str | None:
    return next((rule.quantity for rule in rules if rule.indicator == indicator), None)


def _points(figures: Iterable[Figure], first_year: int) -> tuple[Point, ...]:
    best: dict[int, Figure] = {}
    for figure in figures:
        year = first_year if figure.year is None else figure.year
        if year not in best or _PRECISION[figure.comparator] < _PRECISION[best[year].comparator]:
            best[year] = figure
    return tuple(
        Point(year, float(figure.value), figure.id) for year, figure in sorted(best.items()) if figure.value is not None
    )


def _direction(name: str, item: Indicator) -> tuple[Form, str, str | None]:
    """How an indicator sets a quantity: staff are set by "so many beds or people a worker", the inverse."""
    if item.unit.endswith("_per_worker") and item.denominator is not None:
        return "inverse", item.denominator, item.numerator or f"numerator of {name}"
    if item.numerator is not None and item.denominator is not None:
        return "ratio", item.numerator, item.denominator
    return "stated", name, None
