"""Rules on a plan's forecasts of residents: their total, the census cohorts, and our published projection.

A forecast is compared only with residents if it speaks of residents. Where the plan does not say so and its own
facts on the indicator are residents, the comparison depends on that reading, and its severity is `basis`. A forecast
of "more than" is a bound: only what lies wholly below it contradicts it.
"""

from collections.abc import Iterator
from math import inf, log

from pipeline.shortfall.audit.figures import AuditCase, Clause, Finding, StatedAmount, StatedFigure, say
from pipeline.shortfall.audit.known_people import Reference
from pipeline.shortfall.audit.people import persons
from pipeline.shortfall.audit.span import Span
from pipeline.vocabulary import AuditSeverity

TWO_SIDES = 2 * 1.96
"""Width of a 95 % interval in standard deviations."""

UNSURE = 0.25
"""Standard deviations by which another sample of draws may move an end of our interval, to be safe against it."""

PRINTED = 0.005
"""By how much rounding to three digits may move it besides."""


def totals(case: AuditCase) -> Iterator[Finding]:
    """A forecast's count ÷ share = the total it must expect, against the two last censuses.

    A contradiction where the total would have to leave the last census against the trend of the last two.
    """
    for figure, item, year in case.dated("projection"):
        top = case.beside(figure, item.numerator)
        if top is None or not item.scale or item.denominator is None or figure.value <= 0:
            continue
        misfit = _misfit(case, figure, top)
        censuses = case.references.of(item.denominator, "resident", "census")
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
        rows = case.references.of(figure.indicator, "resident", "cohort", "projection")
        for row in [row for row in rows if row.year == year]:
            below, above = figure.bounds.high < row.low, figure.bounds.low > row.high
            if misfit is None:
                continue
            severity: AuditSeverity = misfit if below or above else "consistent"
            if row.origin == "projection" and _unsure(figure.bounds, row):
                severity = "borderline"
            end = min(row.span, key=lambda value: abs(value - figure.value))
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


RULES = (totals, intervals)
