"""Rules on a plan's own figures: ratios, parts and gaps of one year, staffing ratios, and what it aims at."""

import itertools
from collections.abc import Iterator
from math import isclose
from typing import NamedTuple

from pipeline.domain import Indicator
from pipeline.shortfall.audit.audit_case import AuditCase, compatible, whole_of
from pipeline.shortfall.audit.figures import Finding, Span, StatedAmount, StatedFigure, finding, say, weigh, within
from pipeline.vocabulary import AuditSeverity

SAME_THING = 0.05
"""Two values of one indicator and year that differ by more speak of different things, not of one twice."""

WORDING = 1
"""Two dates so many years apart may be one: "before 2023" is said of the end of 2022 and of 2023."""

FLOWS = frozenset({"person_times", "yuan"})
"""Units of sums over a period: a later value need not lie beyond an earlier one."""


def ratios(case: AuditCase) -> Iterator[Finding]:
    """A ratio against numerator and denominator (a year off it can only agree), and whether another one fits better."""
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
            severity, amount = weigh(total, figure.level, span), StatedAmount(total, figure.unit)
            used = (figure, *terms)
            yield finding("parts", used, figure.value, total, severity, stated=figure, terms=terms, total=amount)


def subsets(case: AuditCase) -> Iterator[Finding]:
    """A quantity against one that it lies within: counts, or ratios to the same denominator."""
    for figure, item, _ in case.dated():
        names = [whole_of(item)]
        part = case.indicators.get(item.numerator or "")
        if part is not None and whole_of(part):
            wanted = (whole_of(part), item.denominator, item.scale)
            names += [name for name, o in case.indicators.items() if (o.numerator, o.denominator, o.scale) == wanted]
        for whole in filter(None, (case.beside(figure, name) for name in names)):
            severity = within(figure.value, figure.bounds.low, whole.value, whole.bounds.high)
            if severity is not None:
                used, values = (figure, whole), (figure.value, whole.value)
                yield finding("subset", used, *values, severity, stated=figure, whole=whole)


def overlaps(case: AuditCase) -> Iterator[Finding]:
    """Quantities that by their names share nothing, added up, against the whole that holds them all."""
    for figure, item, _ in case.dated():
        terms = (figure, *filter(None, (case.beside(figure, name) for name in item.disjoint_from)))
        whole = case.beside(figure, whole_of(item))
        if whole is None or len(terms) < 2:
            continue
        total, least = sum(term.value for term in terms), sum(term.bounds.low for term in terms)
        severity = within(total, least, whole.value, whole.bounds.high)
        if severity is not None:
            amount, over = (StatedAmount(value, figure.unit) for value in (total, total - whole.value))
            named, used = tuple(say("term", stated=term) for term in terms), (*terms, whole)
            values = total, whole.value
            yield finding("overlap", used, *values, severity, terms=named, total=amount, whole=whole, more=over)


def gaps(case: AuditCase) -> Iterator[Finding]:
    """A stated gap against target less stock; of several targets of one quantity the nearest counts."""
    for figure, item, year in case.dated("baseline"):
        stock = case.beside(figure, item.gap_of)
        targets = [f for f in case.by_indicator[item.gap_of or ""] if f.kind == "target" and f.value]
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
    severity = weigh(value, figure.level, Span(more.level.low - less.level.high, more.level.high - less.level.low))
    amount, used = StatedAmount(value, figure.unit), (figure, more, less)
    return finding(check, used, figure.value, value, severity, stated=figure, more=more, less=less, value=amount)


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


def outcomes(case: AuditCase) -> Iterator[Finding]:
    """A target whose year the plan already reports on: met, or missed. Neither is a fault of the plan."""
    for figure, _, year in case.dated("target"):
        facts = [fact for fact in case.facts(figure) if fact.year == year]
        if figure.bounded and facts:
            fact, up = facts[-1], figure.comparator == ">="
            missed = fact.bounds.high < figure.span.low if up else fact.bounds.low > figure.span.high
            check, values = "outcome_missed" if missed else "outcome", (figure.value, fact.value)
            yield finding(check, (figure, fact), *values, "consistent", stated=figure, fact=fact)


def own_baselines(case: AuditCase) -> Iterator[Finding]:
    """A target of the plan's own period against its latest fact before: is there anything left to do?"""
    for figure, _, year in case.dated("target"):
        facts = case.facts(figure)
        before = [fact for fact in facts if fact.year is not None and fact.year < year]
        history = any(fact.year == year for fact in facts) or (case.start is not None and year < case.start)
        if not figure.bounded or figure.unit in FLOWS or history or not before:
            continue
        fact, up = before[-1], figure.comparator == ">="
        ahead = figure.value > fact.value if up else figure.value < fact.value
        met = fact.span.low >= figure.span.high if up else fact.span.high <= figure.span.low
        same = fact.value == figure.value
        if ahead or met or same:
            severity: AuditSeverity = "consistent" if ahead else "rounding" if same else "contradiction"
            values = figure.value, fact.value
            yield finding("own_baseline", (figure, fact), *values, severity, stated=figure, fact=fact)


def restatements(case: AuditCase) -> Iterator[Finding]:
    """A target or forecast for one year and population that is stated more than once: one finding for all of them."""
    stated: dict[tuple[str, str, int, str], list[StatedFigure]] = {}
    for figure, _, year in case.dated("target", "projection"):
        stated.setdefault((figure.indicator, figure.kind, year, figure.basis), []).append(figure)
    for figures in stated.values():
        alike = tuple(
            f
            for f in figures
            if f.value and any(isclose(f.value, o.value, rel_tol=SAME_THING) for o in figures if o is not f)
        )
        if not alike:
            continue
        rough = max(alike, key=lambda f: (f.span.high - f.span.low, f.value))
        fine = max(alike, key=lambda f: (f.span.low - f.span.high, abs(f.value - rough.value)))
        severity: AuditSeverity = "rounding" if all(fine.value in f.span for f in alike) else "contradiction"
        if all(f.value == rough.value for f in alike):
            severity = "consistent"
        statements, values = tuple(say("statement", stated=f) for f in alike), (rough.value, fine.value)
        yield finding("restatement", alike, *values, severity, stated=rough, statements=statements)


def two_dates(case: AuditCase) -> Iterator[Finding]:
    """One thing to be done completely (100 %), by two dates in two sections."""
    whole = [(f, year) for f, _, year in case.dated("target") if f.value == 100 and f.unit == "percent"]
    for (early, first), (late, last) in itertools.permutations(whole, 2):
        same = (early.indicator, early.suffix) == (late.indicator, late.suffix)
        if same and first < last and early.section != late.section:
            wording = last - first <= WORDING
            words = say("wording" if wording else "two_dates", early=early, late=late, apart=last - first)
            severity: AuditSeverity = "rounding" if wording else "contradiction"
            yield Finding("two_dates", (early, late), last, first, severity, (words,), bound=True)


class StaffRatio(NamedTuple):
    """Staff for one of what is `counted` (people or beds), with the rounding of the figure that states it."""

    figure: StatedFigure
    counted: str
    per_one: float
    span: Span


def other_units(case: AuditCase) -> Iterator[Finding]:
    """A ratio of staff to people (per 10,000) against one of people to staff (1 : n) for the same year.

    Where one is for everybody and the other for the people of one setting, a difference only counts when the
    plan states them as equal in another year.
    """
    pairs = []
    for total, part in itertools.permutations(case.figures, 2):
        whole, item = case.indicators[total.indicator], case.indicators[part.indicator]
        same = total.year is not None and (total.kind, total.year) == (part.kind, part.year) and compatible(total, part)
        if not (same and whole.serves and item.serves and whole.scale and item.scale and whole.scale > item.scale):
            continue
        ratio = None if whole.numerator is None else _ratio(part, item, whole.numerator)
        if ratio is not None and item.numerator == whole.denominator:
            spread = Span(whole.scale * ratio.span.low, whole.scale * ratio.span.high)
            implied = whole.scale * ratio.per_one
            pairs.append((total, part, implied, weigh(implied, total.span, spread)))
    equal = {(total.indicator, part.indicator) for total, part, _, severity in pairs if severity == "consistent"}
    for total, part, implied, severity in pairs:
        equal_once = (total.indicator, part.indicator) in equal
        if equal_once or case.indicators[total.indicator].serves == case.indicators[part.indicator].serves:
            off = StatedAmount(total.value / implied - 1, "change")
            words = [say("other_unit", part=part, value=StatedAmount(implied, total.unit), stated=total, off=off)]
            if equal_once and severity != "consistent":
                words.append(say("other_unit_equal"))
            yield Finding("other_unit", (total, part), total.value, implied, severity, tuple(words))


def staff_sums(case: AuditCase) -> Iterator[Finding]:
    """A staffing ratio for everybody against the sum of those for institution and community.

    The institution's rule counts beds; the plan's own ratios of beds to people, from the smallest to the largest, turn
    it into people. Those in the community are all less those the beds can hold. Silent where the community's ratio by
    itself restates the total (it leaves institutions out) or where the plan states no ratio of beds.
    """
    for total, item, year in case.dated("target", "projection"):
        if item.serves != "all" or item.numerator is None or item.denominator is None or item.scale is None:
            continue
        outside = _only(case, total, item.numerator, "community", year)
        inside = _only(case, total, item.numerator, "institution", year)
        if outside is None or inside is None or outside.counted != item.denominator:
            continue
        beds = sorted(_beds(case, inside.counted, item.denominator, year), key=lambda pair: pair[0])
        if inside.counted == item.denominator or not beds:
            continue
        (few, fewest), (many, most) = beds[0], beds[-1]
        low, high = outside.span.low * (1 - many) * item.scale, outside.span.high * item.scale
        if Span(low, high).meets(total.span):
            continue
        whole = Span(low + inside.span.low * few * item.scale, high + inside.span.high * many * item.scale)
        agrees = whole.meets(total.span)
        first, sums, terms = outside.per_one * item.scale, [], []
        for share, figure in beds[:1] if few == many else (beds[0], beds[-1]):
            staff = inside.per_one * share * item.scale
            sums.append(first + staff)
            amounts = {"first": first, "second": staff, "value": first + staff}
            stated = {name: StatedAmount(value, total.unit) for name, value in amounts.items()}
            terms.append(say("staff_terms", beds=figure, **stated))
        words = (
            say("staff_sum", stated=total, statements=tuple(terms)),
            say("staff_sum_agrees" if agrees else "staff_sum_differs"),
        )
        nearest = min(sums, key=lambda value: abs(value - total.value))
        used = (total, outside.figure, inside.figure, fewest, most)
        yield Finding("staff_sum", used, total.value, nearest, "consistent" if agrees else "contradiction", words)


def _only(case: AuditCase, total: StatedFigure, staff: str, serves: str, year: int) -> StaffRatio | None:
    """The one ratio on `staff` for a setting that holds in the year: stated for it, or a standing norm."""
    ratios = [
        _ratio(figure, item, staff)
        for figure in case.figures
        if (item := case.indicators[figure.indicator]).serves == serves and compatible(figure, total)
        if (figure.kind, figure.year) in ((total.kind, year), ("norm", None), ("norm", year))
    ]
    found = [ratio for ratio in ratios if ratio is not None]
    return found[0] if len(found) == 1 else None


def _ratio(figure: StatedFigure, item: Indicator, staff: str) -> StaffRatio | None:
    """A figure as staff for one of something, whichever way round it is stated; None where it is no such ratio."""
    if not item.scale or figure.value <= 0 or item.numerator is None or item.denominator is None:
        return None
    scale = Span(item.scale, item.scale)
    if item.numerator == staff:
        return StaffRatio(figure, item.denominator, figure.value / item.scale, figure.span.over(scale))
    if item.denominator == staff:
        return StaffRatio(figure, item.numerator, item.scale / figure.value, scale.over(figure.span))
    return None


def _beds(case: AuditCase, counted: str, people: str, year: int) -> Iterator[tuple[float, StatedFigure]]:
    """How many `counted` the plan states for one person: aims of the year, the last fact, norms."""
    ratios = [
        (figure.value / item.scale, figure)
        for figure in case.figures
        if (item := case.indicators[figure.indicator]).scale and (item.numerator, item.denominator) == (counted, people)
    ]
    facts = [pair for pair in ratios if pair[1].kind == "baseline" and pair[1].year and pair[1].year <= year]
    yield from (pair for pair in ratios if pair[1].kind == "norm" or (pair[1].kind, pair[1].year) == ("target", year))
    yield from sorted(facts, key=lambda pair: pair[1].year or 0)[-1:]


RULES = (
    *(ratios, parts, subsets, overlaps, gaps, increases, two_wholes),
    *(outcomes, own_baselines, restatements, two_dates),
    *(other_units, staff_sums),
)
