"""Rules on ratios of staff: the same ratio in two units, and the whole against institution and community.

Plans state such ratios either way round, as staff per 10,000 people or as one of staff for n people or beds.
"""

import itertools
from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from pipeline.domain import Indicator
from pipeline.shortfall.audit.figures import AuditCase, Finding, StatedAmount, StatedFigure, compatible, say, weigh
from pipeline.shortfall.audit.span import Span


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

    The institution's rule counts beds; the plan's own ratios of beds to people turn it into people, from the
    smallest to the largest that it states (aims of the year, facts before it, standing norms). People in the
    community are all people less those the beds can hold. Silent where the community's ratio by itself already
    restates the total (then the total leaves institutions out) or where the plan states no ratio of beds.
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
        sums = Span(low + inside.span.low * few * item.scale, high + inside.span.high * many * item.scale)
        agrees = sums.meets(total.span)
        first = outside.per_one * item.scale
        nearest, terms = inf, []
        for share, figure in beds[:1] if few == many else (beds[0], beds[-1]):
            staff = inside.per_one * share * item.scale
            parts = {"first": first, "second": staff, "value": first + staff}
            amounts = {name: StatedAmount(value, total.unit) for name, value in parts.items()}
            terms.append(say("staff_terms", beds=figure, **amounts))
            nearest = min(nearest, first + staff, key=lambda value: abs(value - total.value))
        words = (
            say("staff_sum", stated=total, statements=tuple(terms)),
            say("staff_sum_agrees" if agrees else "staff_sum_differs"),
        )
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


RULES = (other_units, staff_sums)
