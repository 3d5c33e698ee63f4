"""The audit of a plan: every rule over its figures, in a stable order.

No rule names a plan or a region: a rule reads the catalogue's relations (ratio of what, part of what, gap of what)
and compares figures that they tie together; it is silent where two figures may speak of another thing, year or
people. The rounding of every operand (half a unit of its last digit) is carried through, and a finding says

    consistent      the recomputed value rounds to the stated one
    rounding        it does not, but the rounding of the operands, or the wording of a date, can explain it
    borderline      it lies so near an end of our interval that another sample of draws could decide otherwise
    basis           the figure depends on which population or which whole is meant, and the plan does not say
    contradiction   no rounding reconciles the two

`arithmetic` has the rules on a plan's own figures; those here hold its people against censuses and registers, residents
(常住) and registered people (户籍) apart. A figure without a stated basis is tried on each; what is drawn between two
censuses never decides alone. A forecast is compared only with residents, if it or the plan's own facts speak of them.
A forecast of "more than" is a bound: only what lies wholly below it contradicts it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from math import inf, log

import pandas as pd

from pipeline.domain import Indicator, Plan
from pipeline.shortfall.audit import arithmetic
from pipeline.shortfall.audit.audit_case import COUNTED_BASES, AuditCase, Evidence, Reference, references_of, whole_of
from pipeline.shortfall.audit.figures import Clause, Finding, Span, StatedAmount, StatedFigure, persons, say, within
from pipeline.vocabulary import AUDIT_SEVERITIES, AuditSeverity

INEQUALITIES = frozenset({"subset", "overlap", "own_baseline", "outcome", "recipients"})
"""Checks of which those that merely hold say nothing one by one: they are counted."""

TWO_SIDES = 2 * 1.96
"""Width of a 95 % interval in standard deviations."""

UNSURE = 0.25
"""Standard deviations by which another sample of draws may move an end of our interval, to be safe against it."""

PRINTED = 0.005
"""By how much rounding to three digits may move it besides."""

FAR = 0.05
"""A count that no published count of the same people comes nearer than this contradicts them."""

SHARE_DRIFT = 0.5
"""Percentage points by which the share of older people may move in the one year between figure and count."""


def counted(evidence: Evidence, basis: str) -> Clause:
    """What is known of a population, as part of a sentence."""
    rows = evidence.references
    if evidence.exact or len({row.year for row in rows}) == 1:
        row = evidence.named
        return say(f"counted_{row.origin}", year=row.year, basis=basis, value=persons(row.value))
    low, high = (persons(end) for end in evidence.span)
    years = tuple(say("counted_year", year=row.year, value=persons(row.value)) for row in rows)
    return say("counted_between", basis=basis, years=years, low=low, high=high)


def _no_basis(figure: StatedFigure, severity: AuditSeverity) -> tuple[Clause, ...]:
    return () if figure.basis in COUNTED_BASES or severity == "consistent" else (say("no_basis"),)


def populations(case: AuditCase) -> Iterator[Finding]:
    """A stated fact on a population against the counts of its year, or of the census a year before or after."""
    for figure, _, _ in case.dated("baseline"):
        found = case.counted(figure, figure.indicator)
        fitting = [basis for basis, evidence in found.items() if evidence.span.meets(figure.bounds)]
        far = bool(found) and min(figure.bounds.distance(evidence.span) for evidence in found.values()) >= FAR
        if fitting or far:
            basis = (fitting or list(found))[0]
            count = found[basis].named.value
            off = StatedAmount(figure.value / count - 1, "change")
            severity: AuditSeverity = "consistent" if fitting else "contradiction"
            words = say("population", stated=figure, counted=counted(found[basis], basis), off=off)
            clauses = (words, *_no_basis(figure, severity))
            yield Finding("population", (figure,), figure.value, count, severity, clauses, basis, figure.bounded)


def implied_denominators(case: AuditCase) -> Iterator[Finding]:
    """Numerator ÷ ratio = the people a stated fact must refer to, against the counts on each basis."""
    for figure, item, _ in case.dated("baseline"):
        top = case.beside(figure, item.numerator)
        if top is None or not item.scale or figure.value <= 0 or case.beside(figure, item.denominator) is not None:
            continue
        found = case.counted(figure, item.denominator)
        value, span = top.value / figure.value * item.scale, top.level.over(figure.level, item.scale)
        fitting = [basis for basis, evidence in found.items() if evidence.span.meets(span)]
        exact = [basis for basis in fitting if found[basis].exact]
        if not fitting or (len(found) > 1 and not exact) or not 0 < span.low <= span.high < inf:
            continue
        basis = (exact or fitting)[0]
        severity: AuditSeverity = "consistent" if len(found) == 1 or len(exact) > 1 else "basis"
        known = {name: counted(evidence, name) for name, evidence in found.items()}
        low, high = (persons(end) for end in span)
        words = say("implied", top=top, stated=figure, value=persons(value), low=low, high=high, counted=known[basis])
        clauses = (
            words,
            *(say("fits_too" if b in fitting else "unfit", counted=text) for b, text in known.items() if b != basis),
            *_no_basis(figure, severity),
        )
        count = found[basis].named.value
        yield Finding("implied_denominator", (figure, top), value, count, severity, clauses, basis, figure.bounded)


def shares(case: AuditCase) -> Iterator[Finding]:
    """A share of older people in everybody against the shares counted on each basis, at most a year off."""
    for figure, item, year in case.dated():
        if item.denominator != "population_total" or item.unit != "percent":
            continue
        known = {b: case.share(figure.indicator, item, b, year) for b in case.bases(figure)}
        found = {basis: share for basis, share in known.items() if share is not None}
        near = [(basis, share, SHARE_DRIFT * (when != year)) for basis, (share, when) in found.items()]
        fitting = [basis for basis, share, drift in near if Span(share - drift, share + drift).meets(figure.span)]
        if len(fitting) == 1 and (len(found) > 1 or figure.kind == "baseline"):
            basis = fitting[0]
            severity: AuditSeverity = "basis" if len(found) > 1 else "consistent"
            clauses: list[Clause] = []
            for name, (share, when) in sorted(found.items(), key=lambda pair: pair[0] != basis):
                code, amount = "share" if name == basis else "share_unfit", StatedAmount(share, "share")
                clauses.append(say(code, stated=figure, basis=name, share=amount, when=when))
            clauses += _no_basis(figure, severity)
            check, (share, _) = "share_basis" if severity == "basis" else "share_counted", found[basis]
            yield Finding(check, (figure,), figure.value, share, severity, tuple(clauses), basis, figure.bounded)


def recipients(case: AuditCase) -> Iterator[Finding]:
    """People served or paid against the people of that age, where the plan does not count these itself."""
    for figure, item, year in case.dated("baseline"):
        whole = whole_of(item)
        if figure.unit != "persons" or whole is None or figure.value <= 0:
            continue
        found = case.counted(figure, whole)
        if case.known(figure.indicator, "resident", "census") or case.beside(figure, whole) or not found:
            continue
        basis = max(found, key=lambda name: found[name].span.high)
        count = found[basis].named
        by_year = count.value * (1 + case.growth(whole, basis, year)) ** (year - count.year)
        severity = within(figure.value, figure.bounds.low, by_year, found[basis].span.high)
        if severity is not None:
            words = say("recipients", stated=figure, whole=whole, counted=counted(found[basis], basis))
            yield Finding("recipients", (figure,), figure.value, by_year, severity, (words,), basis)


def totals(case: AuditCase) -> Iterator[Finding]:
    """A forecast's count ÷ share = the total it must expect: does it leave the last census against the trend?"""
    for figure, item, year in case.dated("projection"):
        top = case.beside(figure, item.numerator)
        if top is None or not item.scale or item.denominator is None or figure.value <= 0:
            continue
        misfit = _misfit(case, figure, top)
        censuses = case.known(item.denominator, "resident", "census")
        if misfit is None or len(censuses) < 2 or year <= censuses[-1].year:
            continue
        before, last = censuses[-2:]
        value, span = top.value / figure.value * item.scale, top.bounds.over(figure.span, item.scale)
        grows = last.value > before.value
        against = span.high < last.value if grows else span.low > last.value
        if against or last.value in span:
            code = ("total_grew" if grows else "total_shrank") if against else "total_possible"
            bound, ends = span.high == inf, {"low": persons(span.low), "high": persons(span.high)}
            least = say("implied_least", top=top, stated=figure, low=ends["low"])
            words = least if bound else say("implied_total", top=top, stated=figure, value=persons(value), **ends)
            trend = say(
                code, last=last.year, counted=persons(last.value), first=before.year, base=persons(before.value)
            )
            severity: AuditSeverity = misfit if against else "consistent"
            clauses = (words, trend, *_reading(severity, misfit))
            yield Finding("implied_total", (top, figure), value, last.value, severity, clauses, "resident", bound)


def intervals(case: AuditCase) -> Iterator[Finding]:
    """A forecast of older people against what the census cohorts allow, and against our published interval."""
    for figure, _, year in case.dated("projection"):
        misfit = _misfit(case, figure)
        rows = case.known(figure.indicator, "resident", "cohort", "projection")
        if misfit is None:
            continue
        for row in [row for row in rows if row.year == year]:
            below, above = figure.bounds.high < row.low, figure.bounds.low > row.high
            severity: AuditSeverity = misfit if below or above else "consistent"
            if row.origin == "projection" and _unsure(figure.bounds, row):
                severity = "borderline"
            end = min((row.low, row.high), key=lambda value: abs(value - figure.value))
            off = StatedAmount(abs(figure.value / end - 1), "off")
            place = "inside" if severity == "consistent" else "below" if figure.value < end else "above"
            where = say("near_end" if severity == "borderline" else place, off=off)
            words = say(row.origin, stated=figure, low=persons(row.low), high=persons(row.high), place=where)
            expected = row.value if severity == "consistent" else end
            clauses = (words, *_reading(severity, misfit))
            bound = figure.bounded and not above
            yield Finding(row.origin, (figure,), figure.value, expected, severity, clauses, "resident", bound)


def _misfit(case: AuditCase, *figures: StatedFigure) -> AuditSeverity | None:
    """What a forecast that does not fit counted residents is: a contradiction, a question of basis, or nothing."""
    read = [case.among_residents(figure) for figure in figures]
    if None in read:
        return None
    return "contradiction" if "stated" in read else "basis"


def _reading(severity: AuditSeverity, misfit: AuditSeverity) -> tuple[Clause, ...]:
    return (say("if_residents"),) if severity != "consistent" and misfit == "basis" else ()


def _unsure(bounds: Span, row: Reference) -> bool:
    """Whether another sample of draws could move an end of our interval across the stated value."""
    slack = UNSURE * log(row.high / row.low) / TWO_SIDES + PRINTED
    crossings = ((bounds.high, row.low), (bounds.low, row.high))
    return any(0 < value < inf and abs(log(value / end)) < slack for value, end in crossings)


RULES = (*arithmetic.RULES, populations, implied_denominators, shares, recipients, totals, intervals)


def audit(case: AuditCase) -> list[Finding]:
    """All findings on one plan, gravest first; those of one inequality that merely hold are counted as one."""
    listed: list[Finding] = []
    held = defaultdict[str, list[Finding]](list)
    for found in chain.from_iterable(rule(case) for rule in RULES):
        holds = found.severity == "consistent" and (found.check in INEQUALITIES or found.bound)
        (held[found.check] if holds else listed).append(found)
    for check, several in held.items():
        figures = sorted({figure for found in several for figure in found.figures}, key=lambda figure: figure.id)
        words = say(f"{check}_holds", count=len(several))
        listed.append(Finding(check, tuple(figures), None, None, "consistent", (words,), count=len(several)))
    return sorted(listed, key=lambda f: (AUDIT_SEVERITIES.index(f.severity), f.check, f.figure_ids))


def audited(plan: Plan, indicators: Mapping[str, Indicator], references: pd.DataFrame) -> list[Finding]:
    """The findings on one plan, given reference rows of its region among others; resident and registered stay apart."""
    figures = tuple(StatedFigure(**dict(figure)) for figure in plan.figures if figure.value is not None)
    return audit(AuditCase(figures, indicators, references_of(references, plan.region), plan.horizon.start))
