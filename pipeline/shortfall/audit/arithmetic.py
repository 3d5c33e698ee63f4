"""Rules on figures of one year that the catalogue ties together: ratios, parts, wholes, gaps, increases."""

import itertools
from collections.abc import Iterator

from pipeline.domain import Indicator
from pipeline.shortfall.audit.figures import (
    AuditCase,
    Finding,
    StatedAmount,
    StatedFigure,
    compatible,
    say,
    weigh,
    whole_of,
    within,
)
from pipeline.shortfall.audit.span import Span


def ratios(case: AuditCase) -> Iterator[Finding]:
    """A ratio or share against its numerator and denominator, and whether another denominator fits better.

    The denominator may be a year off; then only agreement is reported.
    """
    for figure, item, _ in case.dated():
        top = case.beside(figure, item.numerator)
        whole = case.beside(figure, item.denominator, years=1)
        if top is None or whole is None or not item.scale or whole.value == 0 or not compatible(top, whole):
            continue
        value = top.value / whole.value * item.scale
        severity = weigh(value, figure.level, top.level.over(whole.level, item.scale))
        if severity == "contradiction" and whole.year != figure.year:
            continue
        used: list[StatedFigure] = [figure, top, whole]
        clauses = [say("ratio", top=top, whole=whole, value=StatedAmount(value, figure.unit), stated=figure)]
        other = _other_label(case, figure, item, top) if severity == "contradiction" else None
        if other is not None:
            label, total, rest = other
            used += rest
            fits = StatedAmount(top.value / total * item.scale, figure.unit)
            amounts = {"total": StatedAmount(total, top.unit), "value": fits}
            clauses.append(say("label", stated=figure, label=label, top=top, **amounts))
        check = "label" if other else "share" if item.scale == 100 else "ratio"
        yield Finding(check, tuple(used), figure.value, value, severity, tuple(clauses))


def _other_label(
    case: AuditCase, figure: StatedFigure, item: Indicator, top: StatedFigure
) -> tuple[str, float, list[StatedFigure]] | None:
    """Another ratio of the same numerator that the number fits, its denominator, and what that rests on."""
    for name, label in case.indicators.items():
        same = (label.numerator, label.scale, label.unit) == (item.numerator, item.scale, item.unit)
        if not same or name == figure.indicator or item.scale is None:
            continue
        stated = case.beside(figure, label.denominator)
        totals = [(stated.value, [stated])] if stated else []
        for via, ratio in case.indicators.items():
            share, part = case.beside(figure, via), case.beside(figure, ratio.numerator)
            if ratio.denominator == label.denominator and share and part and ratio.scale and share.value:
                totals.append((part.value / share.value * ratio.scale, [share, part]))
        for total, rest in totals:
            if total > 0 and top.value / total * item.scale in figure.span:
                return name, total, rest
    return None


def parts(case: AuditCase) -> Iterator[Finding]:
    """The parts of a whole, all of them stated, against it."""
    for figure, _, _ in case.dated():
        members = [name for name, item in case.indicators.items() if item.part_of == figure.indicator]
        terms = tuple(member for name in members if (member := case.beside(figure, name)) is not None)
        if len(members) > 1 and len(terms) == len(members):
            total = sum(member.value for member in terms)
            span = Span(sum(member.level.low for member in terms), sum(member.level.high for member in terms))
            added = say("parts", stated=figure, terms=terms, total=StatedAmount(total, figure.unit))
            severity = weigh(total, figure.level, span)
            yield Finding("parts", (figure, *terms), figure.value, total, severity, (added,))


def subsets(case: AuditCase) -> Iterator[Finding]:
    """A quantity against one that it lies within: counts, or ratios to the same denominator."""
    for figure, item, _ in case.dated():
        for whole in _wholes(case, figure, item):
            severity = within(figure.value, figure.bounds.low, whole.value, whole.bounds.high)
            if severity is not None:
                words = say("subset", stated=figure, whole=whole)
                yield Finding("subset", (figure, whole), figure.value, whole.value, severity, (words,))


def _wholes(case: AuditCase, figure: StatedFigure, item: Indicator) -> Iterator[StatedFigure]:
    names = [whole_of(item)]
    part = case.indicators.get(item.numerator or "")
    if part is not None and whole_of(part):
        wanted = (whole_of(part), item.denominator, item.scale)
        names += [name for name, o in case.indicators.items() if (o.numerator, o.denominator, o.scale) == wanted]
    return (whole for name in names if (whole := case.beside(figure, name)) is not None)


def overlaps(case: AuditCase) -> Iterator[Finding]:
    """Quantities that by their names share nothing, added up, against the whole that holds them all."""
    for figure, item, _ in case.dated():
        others = [case.beside(figure, name) for name in item.disjoint_from]
        terms = (figure, *(other for other in others if other is not None))
        whole = case.beside(figure, whole_of(item))
        if whole is None or len(terms) < 2:
            continue
        total = sum(member.value for member in terms)
        least = sum(member.bounds.low for member in terms)
        severity = within(total, least, whole.value, whole.bounds.high)
        if severity is not None:
            named = tuple(say("term", stated=member) for member in terms)
            over = StatedAmount(total - whole.value, figure.unit)
            words = say("overlap", terms=named, total=StatedAmount(total, figure.unit), whole=whole, more=over)
            yield Finding("overlap", (*terms, whole), total, whole.value, severity, (words,))


def gaps(case: AuditCase) -> Iterator[Finding]:
    """A stated gap against target less stock; of several targets of one quantity the nearest counts."""
    for figure, item, year in case.dated("baseline"):
        stock = case.beside(figure, item.gap_of)
        targets = [
            target for target in case.by_indicator[item.gap_of or ""] if target.kind == "target" and target.value
        ]
        later = [target for target in targets if target.year is not None and target.year > year]
        if stock is not None and later:
            yield _subtracted("gap", figure, min(later, key=lambda f: abs(f.value - stock.value - figure.value)), stock)


def increases(case: AuditCase) -> Iterator[Finding]:
    """A stated increase against the levels at both ends of its period."""
    for figure, item, year in case.dated("baseline"):
        same = [level for level in case.by_indicator[item.increase_of or ""] if level.suffix == figure.suffix]
        levels = {level.year: level for level in same if level.kind == "baseline"}
        last, first = levels.get(year), levels.get(year - (item.period or 0))
        if item.period and last is not None and first is not None:
            yield _subtracted("increase", figure, last, first)


def _subtracted(check: str, figure: StatedFigure, more: StatedFigure, less: StatedFigure) -> Finding:
    value = more.value - less.value
    words = say(check, stated=figure, more=more, less=less, value=StatedAmount(value, figure.unit))
    severity = weigh(value, figure.level, more.level.less(less.level))
    return Finding(check, (figure, more, less), figure.value, value, severity, (words,))


def two_wholes(case: AuditCase) -> Iterator[Finding]:
    """One number stated as a share of two wholes, one of which is only part of the other."""
    for one, other in itertools.permutations(case.figures, 2):
        small, large = case.indicators[one.indicator], case.indicators[other.indicator]
        inner = case.indicators.get(small.denominator or "")
        outer = whole_of(inner) if inner is not None else None
        same = (one.kind, one.year, one.value) == (other.kind, other.year, other.value)
        alike = (large.numerator, large.denominator, large.scale) == (small.numerator, outer, small.scale)
        if same and alike and one.year and outer and small.numerator and small.denominator:
            names = {"inner": small.denominator, "outer": outer, "top": small.numerator}
            words = say("two_wholes", stated=one, other=other, **names)
            yield Finding("denominator", (one, other), one.value, other.value, "basis", (words,))


RULES = (ratios, parts, subsets, overlaps, gaps, increases, two_wholes)
