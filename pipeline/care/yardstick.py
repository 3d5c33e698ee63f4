"""What a plan asks for: the rules that its figures set, and from them required amounts, year by year.

A *rule* is a target or norm on one indicator. Three forms turn it into an amount of the quantity asked for:

    stated    the indicator is the quantity itself                    amount = value
    ratio     quantity / other · scale = value                        amount = value / scale · amount(other)
    inverse   other / quantity · scale = value (60 beds a worker)     amount = amount(other) · scale / value

`other` is a population (given) or another quantity required by the same plan, such as institution beds behind a share
of nursing beds. Between dated targets the value runs in a straight line from the baseline; without a baseline it begins
in the first target's year. After the last target a ratio or share is kept, and a number is kept as the ratio to people
that it was in its year; all are marked carried.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from math import inf
from typing import Final, Literal, NamedTuple

import numpy as np

from pipeline.axes import Array, Mask
from pipeline.care.flow import straight
from pipeline.domain import STOCKS, Figure, Indicator, Observation, Plan
from pipeline.summary import INTERVAL, in_digits, last_digits
from pipeline.vocabulary import Grade

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

RESOURCE_OF: Final = {quantity: resource for resource, counted in QUANTITIES.items() for quantity in counted}

STAFF: Final = frozenset((*QUANTITIES["caregivers"], *QUANTITIES["social_workers"]))
"""Quantities that are people."""

SHARES: Final[Mapping[str, str]] = {
    "nursing_bed_share_all_beds": "elderly_care_beds",
    "nursing_bed_share": "institution_beds",
}
"""Shares of a stock that plans set, and the stock: nursing beds among it."""

OLD: Final = "population_60plus"

Form = Literal["stated", "ratio", "inverse"]
Role = Literal["main", "add", "check"]


def unit_of(quantity: str) -> str:
    """Percent, persons or beds."""
    return "percent" if quantity in SHARES else "persons" if quantity in STAFF else "beds"


@dataclass(frozen=True)
class RegionSupply:
    """What is known of a region under one scenario; `as_of` the year at whose end today is.

    `populations` resident people by indicator id, (draw, year); `past_60plus` those of 60+ in census years;
    `hukou_ratio` (draw, year) registered over resident people aged 60+.
    """

    observations: Sequence[Observation]
    populations: Mapping[str, Array]
    past_60plus: Mapping[int, float]
    hukou_ratio: Array | None
    years: Sequence[int]
    as_of: int

    def people(self, indicator: str, when: float, basis: str) -> Array | None:
        """People (draw,) at a date, between census days and year-ends; None where they are not known."""
        if when >= self.years[0]:
            if indicator not in self.populations:
                return None
            people = straight(self.populations[indicator], self.years, when)
            if basis != "hukou":
                return people
            return None if self.hukou_ratio is None else people * straight(self.hukou_ratio, self.years, when)
        if indicator != OLD or basis == "hukou" or not self.past_60plus:
            return None
        counted = sorted(self.past_60plus)
        logs = np.log([max(self.past_60plus[year], 1.0) for year in counted])
        return np.exp(np.interp([when], counted, logs))


class Point(NamedTuple):
    """A dated value of an indicator and the figure that states it."""

    year: int
    value: float
    figure_id: str


@dataclass(frozen=True)
class PlanRule:
    """One target or norm on one indicator: the `quantity` it sets, its dated values, and whom its staff serve.

    `form`, `other` and `scale` as in the head of this module; no `other` where the quantity is stated by itself.
    `targets` in order of year; an undated norm is one point in the first year and `standing`: it holds in every year.
    `basis` is the population the values refer to, residents where it is not "hukou". `grows_with` names the people to
    which a stated number is a ratio after its year. `role`: the main rule of its quantity, one added to it, or a check.
    """

    indicator: str
    quantity: str
    form: Form
    other: str | None
    scale: float
    targets: tuple[Point, ...]
    baseline: Point | None = None
    basis: str = "unspecified"
    serves: str = "all"
    standing: bool = False
    grows_with: str | None = None
    role: Role = "main"


@dataclass(frozen=True, eq=False)
class GapLine:
    """What is required or exists of one quantity, or the gap between both, in all years: `amount` (draw, year).

    NaN where a yardstick is silent or nothing is known; `unknown` what is missing: count:<indicator>, whole:<quantity>
    or hukou_ratio. `figure_id` (by semicolon, the last of a path of targets) and `basis` what it rests on; `carried`
    (year,) marks held targets; `grades` of supply by year. `closed` (year,) is shown in the place of the median, so
    that it closes.
    """

    quantity: str
    yardstick: str | None
    amount: Array
    figure_id: str | None
    measure: str = "required"
    basis: str = "resident"
    unknown: tuple[str, ...] = ()
    carried: bool | Mask = False
    definition: str | None = None
    severity: str | None = None
    setting: str | None = None
    supply_path: str | None = None
    grades: tuple[Grade, ...] = ()
    closed: Array | None = None

    @property
    def resource(self) -> str:
        return RESOURCE_OF[self.quantity]

    @property
    def unit(self) -> str:
        return unit_of(self.quantity)

    @cached_property
    def interval(self) -> Array:
        """Lower end of the 80 % interval, what is shown, and upper end, (3, year), in units or tenths of a percent."""
        decimals, least = (1, 0.1) if self.unit == "percent" else (0, 1.0)
        found = np.quantile(self.amount, INTERVAL, axis=0)
        found = in_digits(found, last_digits(found, len(self.amount), least))
        if self.closed is not None:
            found = np.where(np.isfinite(self.closed), found, np.nan)
            found[1] = self.closed
        return np.round(found, decimals)

    @property
    def shown(self) -> Array:
        """What tables show (year,)."""
        return self.interval[1]


def plan_rules(plan: Plan, indicators: Mapping[str, Indicator], first_year: int) -> list[PlanRule]:
    """The rules a plan's own figures set: targets of its own period, and standing norms without a dated target.

    Targets before the plan's first year are history. Of several figures for one indicator and year the most precise
    counts: an exact number before a minimum, a minimum before an approximate one. A standing norm without a year holds
    from `first_year`. A share of a stock sets the share itself and, by it, the beds.
    """
    rules: list[PlanRule] = []
    for name in dict.fromkeys(figure.indicator for figure in plan.figures):
        stated = [f for f in plan.figures if f.indicator == name and f.value is not None]
        own = [f for f in stated if f.kind == "target" and f.year is not None and f.year >= plan.horizon.start]
        norms = [f for f in stated if f.kind == "norm"]
        targets = _points(own, first_year) or _points(norms, first_year)[-1:]
        if not targets:
            continue
        before = _points([f for f in stated if f.kind == "baseline"], first_year, targets[0].year)
        figure = next(f for f in stated if f.id == targets[-1].figure_id)
        inferred = figure.basis_inferred if figure.basis == "unspecified" else None
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
            basis=inferred.value if inferred else figure.basis,
            serves=item.serves or "all",
            standing=not own and figure.year is None,
            grows_with=OLD if form == "stated" and name in STOCKS else None,
        )
        rules.append(rule)
        if name in SHARES:
            rules.append(replace(rule, quantity=name, form="stated", other=None))
    return [replace(rule, role=_role(rule, rules, plan)) for rule in rules]


def _points(figures: Iterable[Figure], first_year: int, before: float = inf) -> tuple[Point, ...]:
    """The most precise figure of each year, in order; those without a year in the first."""
    best: dict[int, Point] = {}
    for figure in sorted(figures, key=lambda figure: {"=": 0, "about": 2}.get(figure.comparator, 1)):
        year = figure.year or first_year
        if figure.value is not None and year < before:
            best.setdefault(year, Point(year, figure.value, figure.id))
    return tuple(best[year] for year in sorted(best))


def _direction(name: str, item: Indicator) -> tuple[Form, str, str | None]:
    """How an indicator sets a quantity: staff are set by "so many beds or people a worker", the inverse."""
    if item.unit.endswith("_per_worker") and item.denominator is not None:
        return "inverse", item.denominator, item.numerator or f"numerator of {name}"
    if item.numerator is not None and item.denominator is not None:
        return "ratio", item.numerator, item.denominator
    return "stated", name, None


def _role(rule: PlanRule, rules: Sequence[PlanRule], plan: Plan) -> Role:
    """As the plan's file says; else a rule for everybody heads, others check; those for different people add up."""

    def resource(rule: PlanRule) -> str | None:
        """The resource a rule is on, nursing beds for shares too; None where no report counts it."""
        return "nursing_beds" if rule.quantity in SHARES else RESOURCE_OF.get(rule.quantity)

    choice = next((choice for name, choice in plan.rules.items() if name == resource(rule)), None)
    rivals = [other for other in rules if resource(other) == resource(rule)]
    main = next((other for other in rivals if choice is not None and other.indicator == choice.main), None)
    if choice is not None and main is not None:
        adds = choice.others == "add" and rule.quantity == main.quantity
        return "main" if rule.indicator == choice.main else "add" if adds else "check"
    same = [other for other in rivals if other.quantity == rule.quantity]
    everybody = [other for other in same if other.serves == "all"]
    if everybody:
        return "main" if rule is everybody[0] else "check"
    return "main" if rule is same[0] else "add"


def quantity_of(resource: str, rules: Iterable[PlanRule], stocked: Iterable[str]) -> str:
    """The quantity that counts `resource`: that of the plan's main rule, else of a stock, else the narrowest."""
    candidates, ruled = QUANTITIES[resource], {rule.quantity for rule in rules if rule.role == "main"}
    known = (quantity for some in (ruled, set(stocked)) for quantity in candidates if quantity in some)
    return next(known, candidates[-1])


def target_path(baseline: Point | None, targets: Sequence[Point], years: Sequence[int]) -> tuple[Array, Mask]:
    """Value asked for in each year (year,), NaN before the path begins, and which years carry the last target."""
    known = [point for point in (baseline, *targets) if point is not None]
    when = [point.year for point in known]
    at = np.asarray(years, dtype=float)
    values = np.interp(at, when, [point.value for point in known])
    values[at < when[0]] = np.nan
    return values, at > when[-1]


def required(quantity: str, rules: Sequence[PlanRule], region: RegionSupply) -> GapLine | None:
    """What `rules` ask for in a region, the main one and those that add to it; None where no rule speaks of it."""
    wanted = [rule for rule in rules if rule.quantity == quantity and rule.role != "check"]
    terms = [term_of(rule, rules, region) for rule in wanted]
    if len(terms) < 2:
        return terms[0] if terms else None
    bases = {term.basis for term in terms}
    return replace(
        terms[0],
        amount=reduce(np.add, (term.amount for term in terms)),
        carried=reduce(np.logical_or, (term.carried for term in terms)),
        figure_id=";".join(str(term.figure_id) for term in terms),
        basis=bases.pop() if len(bases) == 1 else "unspecified",
        unknown=tuple(dict.fromkeys(name for term in terms for name in term.unknown)),
    )


def term_of(rule: PlanRule, rules: Sequence[PlanRule], region: RegionSupply) -> GapLine:
    """What one rule asks for by itself, in a region and among `rules`."""
    values, carried = target_path(rule.baseline, rule.targets, region.years)
    last, carried = rule.targets[-1], carried & (not rule.standing)
    found = GapLine(rule.quantity, "plan", values[None], last.figure_id, basis=rule.basis, carried=carried)
    if rule.form == "stated" or rule.other is None:
        if rule.grows_with is None or not carried.any():
            return found
        people = region.populations[rule.grows_with]
        then = people[:, [list(region.years).index(last.year)]] if last.year in region.years else np.nan
        return replace(found, amount=values * np.where(carried, people / then, 1.0))
    with np.errstate(divide="ignore"):
        factor = values / rule.scale if rule.form == "ratio" else rule.scale / values
    nothing = np.full((1, len(region.years)), np.nan)
    if rule.other in region.populations:
        people = region.populations[rule.other]
        if rule.basis == "hukou":
            if region.hukou_ratio is None:
                return replace(found, amount=nothing, unknown=("hukou_ratio",))
            people = people * region.hukou_ratio
        return replace(found, amount=people * factor)
    chained = required(rule.other, [other for other in rules if other is not rule], region)
    if chained is None:
        kind = "whole" if rule.form == "ratio" and rule.scale == 100 else "count"
        return replace(found, amount=nothing, unknown=(f"{kind}:{rule.other}",))
    ids = f"{found.figure_id};{chained.figure_id}"
    carried = carried | chained.carried
    return replace(chained, quantity=rule.quantity, amount=chained.amount * factor, carried=carried, figure_id=ids)
