"""Rules on what a plan aims at: beside its own facts, its outcomes, and the same aim stated again."""

import itertools
from collections.abc import Iterator

from pipeline.shortfall.audit.figures import AuditCase, Finding, StatedFigure, say
from pipeline.vocabulary import AuditSeverity

SAME_THING = 0.05
"""Two values of one indicator and year that differ by more speak of different things, not of one twice."""

WORDING = 1
"""Two dates so many years apart may be one: "before 2023" is said of the end of 2022 and of 2023."""

FLOWS = frozenset({"person_times", "yuan"})
"""Units of sums over a period: a later value need not lie beyond an earlier one."""


def outcomes(case: AuditCase) -> Iterator[Finding]:
    """A target whose year the plan already reports on: met, or missed. Neither is a fault of the plan."""
    for figure, _, year in case.dated("target"):
        facts = [fact for fact in case.facts(figure) if fact.year == year]
        if figure.bounded and facts:
            fact, up = facts[-1], figure.comparator == ">="
            missed = fact.bounds.high < figure.span.low if up else fact.bounds.low > figure.span.high
            check = "outcome_missed" if missed else "outcome"
            words = say(check, stated=figure, fact=fact)
            yield Finding(check, (figure, fact), figure.value, fact.value, "consistent", (words,))


def own_baselines(case: AuditCase) -> Iterator[Finding]:
    """A target of the plan's own period against its latest fact before: is there anything left to do?

    Targets of the period before are history: see `outcomes`.
    """
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
            words = say("own_baseline", stated=figure, fact=fact)
            yield Finding("own_baseline", (figure, fact), figure.value, fact.value, severity, (words,))


def restatements(case: AuditCase) -> Iterator[Finding]:
    """A target or forecast for one year and population that is stated more than once: one finding for all of them."""
    stated: dict[tuple[str, str, int, str], list[StatedFigure]] = {}
    for figure, _, year in case.dated("target", "projection"):
        stated.setdefault((figure.indicator, figure.kind, year, figure.basis), []).append(figure)
    for figures in stated.values():
        alike = tuple(f for f in figures if any(_same_thing(f, other) for other in figures if other is not f))
        if not alike:
            continue
        rough = max(alike, key=lambda f: (f.span.high - f.span.low, f.value))
        fine = max(alike, key=lambda f: (f.span.low - f.span.high, abs(f.value - rough.value)))
        severity: AuditSeverity = "rounding" if all(fine.value in f.span for f in alike) else "contradiction"
        if all(f.value == rough.value for f in alike):
            severity = "consistent"
        words = say("restatement", stated=rough, statements=tuple(say("statement", stated=f) for f in alike))
        yield Finding("restatement", alike, rough.value, fine.value, severity, (words,))


def _same_thing(one: StatedFigure, other: StatedFigure) -> bool:
    largest = max(abs(one.value), abs(other.value))
    return largest > 0 and abs(one.value - other.value) <= SAME_THING * largest


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


RULES = (outcomes, own_baselines, restatements, two_dates)
