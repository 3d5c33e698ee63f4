"""Rules on ratios of staff that are stated in two units or for two settings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.shortfall.audit.figures import Amount, Case, Figure, Finding, Severity, compatible, say, weigh
from pipeline.shortfall.audit.span import Span


class Staff(NamedTuple):
    """The staff that a ratio asks for: `per_unit` of what is `counted`, with its rounding."""

    figure: Figure
    counted: str
    per_unit: float
    span: Span


def other_units(case: Case) -> Iterator[Finding]:
    """A ratio of staff to people (per 10,000) against one of people to staff (1 : n) for the same year.

    Where one is for everybody and the other for the people of one setting, a difference only counts when the
    plan states them as equal in another year.
    """
    pairs = list(_unit_pairs(case))
    for total, part, severity, value in pairs:
        same = [s for a, b, s, _ in pairs if (a.indicator, b.indicator) == (total.indicator, part.indicator)]
        same_people = case.indicators[total.indicator].serves == case.indicators[part.indicator].serves
        if severity == "consistent" or same_people or "consistent" in same:
            off = Amount(total.value / value - 1, "change")
            words = [say("other_unit", part=part, value=Amount(value, total.unit), stated=total, off=off)]
            if severity != "consistent" and "consistent" in same:
                words.append(say("other_unit_equal"))
            yield Finding("other_unit", (total, part), total.value, value, severity, tuple(words))


def _unit_pairs(case: Case) -> Iterator[tuple[Figure, Figure, Severity, float]]:
    """Staff per people and people per staff on the same two quantities and year, with what the second implies."""
    for total, part in itertools.permutations(case.figures, 2):
        whole, narrow = case.indicators[total.indicator], case.indicators[part.indicator]
        if (
            not (whole.serves and narrow.serves and whole.scale and narrow.scale and part.value > 0)
            or (whole.numerator, whole.denominator) != (narrow.denominator, narrow.numerator)
            or whole.scale <= narrow.scale
            or None in (whole.numerator, whole.denominator, total.year)
            or (total.kind, total.year) != (part.kind, part.year)
            or not compatible(total, part)
        ):
            continue
        factor = whole.scale * narrow.scale
        value = factor / part.value
        yield total, part, weigh(value, total.span, Span(factor, factor).over(part.span)), value


def staff_sums(case: Case) -> Iterator[Finding]:
    """A staffing ratio for everybody against the sum of those for institution and community.

    The institution's rule counts beds; the plan's own ratios of beds to people turn it into people, from the
    smallest to the largest that it states (aims of the year, facts before it, standing norms). People in the
    community are all people less those the beds can hold. Silent where the community's ratio by itself already
    restates the total (then the total leaves institutions out) or where the plan states no ratio of beds.
    """
    for total, item, year in case.dated("target", "projection"):
        staff, people, scale = item.numerator, item.denominator, item.scale
        if item.serves != "all" or staff is None or people is None or scale is None:
            continue
        community = list(_rules(case, total, staff, "community", year))
        institution = list(_rules(case, total, staff, "institution", year))
        if len(community) != 1 or len(institution) != 1 or community[0].counted != people:
            continue
        outside, inside = community[0], institution[0]
        beds = sorted(_beds(case, inside.counted, people, year), key=lambda pair: pair[0])
        if inside.counted == people or not beds:
            continue
        (few, fewest), (many, most) = beds[0], beds[-1]
        alone = Span(outside.span.low * (1 - many) * scale, outside.span.high * scale)
        if alone.meets(total.span):
            continue
        span = Span(alone.low + inside.span.low * few * scale, alone.high + inside.span.high * many * scale)
        first = outside.per_unit * scale
        sums = [first + beds * inside.per_unit * scale for beds in (few, many)]
        low, high = (
            say("staff_terms", beds=beds, **{name: Amount(number, total.unit) for name, number in terms.items()})
            for beds, terms in (
                (figure, {"first": first, "second": value - first, "value": value})
                for figure, value in zip((fewest, most), sums, strict=True)
            )
        )
        agrees = "staff_sum_agrees" if span.meets(total.span) else "staff_sum_differs"
        words = say("staff_sum", stated=total, statements=(low,) if few == many else (low, high))
        used = (total, outside.figure, inside.figure, fewest, most)
        severity: Severity = "consistent" if span.meets(total.span) else "contradiction"
        nearest = min(sums, key=lambda value: abs(value - total.value))
        yield Finding("staff_sum", used, total.value, nearest, severity, (words, say(agrees)))


def _rules(case: Case, total: Figure, staff: str, serves: str, year: int) -> Iterator[Staff]:
    """Ratios on `staff` for one setting that hold in the year."""
    for figure in case.figures:
        item = case.indicators[figure.indicator]
        current = (figure.year, figure.kind) == (year, total.kind)
        standing = figure.kind == "norm" and figure.year in (None, year)
        if item.serves != serves or not (current or standing) or not compatible(figure, total):
            continue
        if not item.scale or figure.value <= 0 or item.numerator is None or item.denominator is None:
            continue
        one = Span(item.scale, item.scale)
        if item.numerator == staff:
            yield Staff(figure, item.denominator, figure.value / item.scale, figure.span.over(one))
        elif item.denominator == staff:
            yield Staff(figure, item.numerator, item.scale / figure.value, one.over(figure.span))


def _beds(case: Case, counted: str, people: str, year: int) -> Iterator[tuple[float, Figure]]:
    """What the plan says of how many `counted` there are per person: aims of the year, the last fact, norms."""
    facts: list[tuple[float, Figure]] = []
    for figure in case.figures:
        item = case.indicators[figure.indicator]
        if item.scale and (item.numerator, item.denominator) == (counted, people):
            pair = (figure.value / item.scale, figure)
            if figure.kind == "norm" or (figure.kind, figure.year) == ("target", year):
                yield pair
            elif figure.kind == "baseline" and figure.year is not None and figure.year <= year:
                facts.append(pair)
    yield from sorted(facts, key=lambda pair: pair[1].year or 0)[-1:]


RULES = (other_units, staff_sums)
